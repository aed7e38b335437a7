//! A body that never comes does not hold a connection for ever, and work that anybody may ask for is taken in turns.

use std::io::Write as _;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, mpsc};
use std::time::Duration;

use actix_web::web::Data;
use badge_issuer::access::Access;
use badge_issuer::app::{App, Process, start};
use badge_issuer::batch::jobs::Jobs;
use badge_issuer::body::Limits;
use badge_issuer::data_directory;
use badge_issuer::headers::Transport;
use badge_issuer::limits::Rates;
use badge_issuer::settings::{Options, Settings};
use badge_issuer::turns::MOST_WAITING;
use jiff::Timestamp;

use crate::harness::{read_answer, send};

/// Serves in this process, with bodies that must come in a tenth of a second, while something is done with it.
fn serving(act: impl FnOnce(SocketAddr, &Data<Process>, &str)) {
    let directory = tempfile::tempdir().unwrap();
    let data = directory.path().join("data");
    let settings = Settings::resolve(Options { data: Some(data.clone()), ..Options::default() }).unwrap();
    let opened = data_directory::open(&settings, None).unwrap_or_else(|refusal| panic!("{refusal:?}"));
    let (access, token) = Access::open(&data, opened.issuer.store(), Timestamp::now()).unwrap();
    let jobs = Arc::new(Jobs::in_directory(&data, Timestamp::now).unwrap());
    let token = std::fs::read_to_string(token.unwrap()).unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let issuer = opened.issuer;
    let app = App { name: String::new(), issuer, access, jobs, log: None, clock: Timestamp::now };
    let process = Process::new(app, Vec::new(), Rates::default(), Transport::Plain, Timestamp::now());
    let (handles, handle) = mpsc::channel();
    let shared = process.clone();
    let service = std::thread::spawn(move || {
        actix_web::rt::System::new().block_on(async {
            let limits = Limits { body_timeout: Duration::from_millis(100) };
            let server = start(shared, listener, limits, None).unwrap();
            handles.send(server.handle()).unwrap();
            server.await.unwrap();
        });
    });
    let handle = handle.recv().unwrap();
    act(address, &process, &token);
    drop(handle.stop(false));
    service.join().unwrap();
}

#[test]
fn a_stalled_body_is_answered_with_408() {
    serving(|address, _, token| {
        let mut stream = TcpStream::connect(address).unwrap();
        let head = format!(
            "POST /api/badges HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\nConnection: close\r\n\
             Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{{\"name\""
        );
        stream.write_all(head.as_bytes()).unwrap();
        assert_eq!(read_answer(&mut stream).expect(408)["code"], "BODY_TIMEOUT");
    });
}

/// While every turn is taken, some wait and the next is told to come back; nobody else is held up.
#[test]
fn threads_are_judged_in_turns_and_too_many_are_told_to_come_back() {
    serving(|address, process, _| {
        let address = address.to_string();
        let type_ = [("Content-Type", "application/json")];
        let post = |path: &str| send(&address, "POST", path, &type_, b"{}");
        let cores = std::thread::available_parallelism().unwrap().get();
        let take = || actix_web::rt::System::new().block_on(process.entry_turns.take(None)).unwrap();
        let held: Vec<_> = (0..cores).map(|_| take()).collect();
        let (answers, answer) = mpsc::channel();
        std::thread::scope(|scope| {
            for _ in 0..=MOST_WAITING {
                let (answers, post) = (answers.clone(), &post);
                scope.spawn(move || answers.send(post("/evaluations/entries")).unwrap());
            }
            let first = answer.recv().unwrap();
            let body = first.expect(503);
            assert_eq!(body["code"], "SERVICE_BUSY", "{body}");
            assert!(first.headers["retry-after"].parse::<u32>().unwrap() > 0);
            assert_eq!(post("/evaluations/withdrawals").expect(422)["code"], "NOT_A_THREAD");
            send(&address, "GET", "/healthz", &[], b"").expect(200);
            assert!(answer.try_recv().is_err(), "the others wait");
            drop(held);
            for _ in 0..MOST_WAITING {
                assert_eq!(answer.recv().unwrap().expect(404)["code"], "EVALUATIONS_NOT_OFFERED");
            }
        });
    });
}
