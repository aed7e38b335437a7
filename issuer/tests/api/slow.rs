//! A body that never comes does not hold a connection for ever.

use std::io::Write as _;
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use badge_issuer::access::Access;
use badge_issuer::app::{App, Process, start};
use badge_issuer::batch::jobs::Jobs;
use badge_issuer::body::Limits;
use badge_issuer::data_directory;
use badge_issuer::headers::Transport;
use badge_issuer::limits::Rates;
use badge_issuer::settings::{Options, Settings};
use jiff::Timestamp;

use crate::harness::read_answer;

#[test]
fn a_stalled_body_is_answered_with_408() {
    let directory = tempfile::tempdir().unwrap();
    let data: PathBuf = directory.path().join("data");
    let settings = Settings::resolve(Options { data: Some(data.clone()), ..Options::default() }).unwrap();
    let opened = data_directory::open(&settings, None).unwrap_or_else(|refusal| panic!("{refusal:?}"));
    let (access, token) = Access::open(&data, Timestamp::now()).unwrap();
    let jobs = Arc::new(Jobs::open(&data, Timestamp::now).unwrap());
    let token = token.unwrap();
    let token = std::fs::read_to_string(token).unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let (handles, handle) = std::sync::mpsc::channel();
    let service = std::thread::spawn(move || {
        actix_web::rt::System::new().block_on(async {
            let app = App { name: String::new(), issuer: opened.issuer, access, jobs, clock: Timestamp::now };
            let process = Process::new(app, Vec::new(), Rates::default(), Transport::Plain, Timestamp::now());
            let limits = Limits { body_timeout: Duration::from_millis(100) };
            let server = start(process, listener, limits, None).unwrap();
            handles.send(server.handle()).unwrap();
            server.await.unwrap();
        });
    });
    let handle = handle.recv().unwrap();
    let mut stream = TcpStream::connect(address).unwrap();
    let head = format!(
        "POST /api/badges HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\nConnection: close\r\n\
         Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{{\"name\""
    );
    stream.write_all(head.as_bytes()).unwrap();
    let answer = read_answer(&mut stream);
    assert_eq!(answer.expect(408)["code"], "BODY_TIMEOUT");
    drop(stream);
    drop(handle.stop(false));
    service.join().unwrap();
}
