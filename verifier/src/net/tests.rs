//! The fetcher against servers that misbehave, over real loopback sockets.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test may panic")]

mod posting;

use super::fetcher::{Found, Lanes, Lookup, Patience};
use super::*;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use std::io::{Read as _, Write as _};
use std::net::{IpAddr, SocketAddr};
use std::pin::pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Barrier;

/// What a server does once it has read a request's head.
enum Act {
    /// Writes this and closes.
    Say(Vec<u8>),
    /// Writes the first, then the second again and again until the client hangs up.
    Pour(Vec<u8>, Vec<u8>),
    /// The same with a pause before each.
    Drip(Vec<u8>, Vec<u8>),
    /// Waits for company, then writes this and closes.
    Meet(Arc<Barrier>, Vec<u8>),
}

struct Server {
    address: SocketAddr,
    heads: Arc<Mutex<Vec<String>>>,
    most_at_once: Arc<AtomicUsize>,
}

impl Server {
    /// Answers its `n`th request, counted from 0, with `act(n)`.
    async fn start(act: impl Fn(usize) -> Act + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let heads = Arc::new(Mutex::new(Vec::new()));
        let most_at_once = Arc::new(AtomicUsize::new(0));
        let (act, now) = (Arc::new(act), Arc::new(AtomicUsize::new(0)));
        let (kept_heads, kept_most) = (heads.clone(), most_at_once.clone());
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (act, heads, now, most) = (act.clone(), heads.clone(), now.clone(), most_at_once.clone());
                tokio::spawn(async move { serve(stream, &*act, &heads, &now, &most).await });
            }
        });
        Self { address, heads: kept_heads, most_at_once: kept_most }
    }

    async fn saying(head: &str, body: &[u8]) -> Self {
        let answer = answer(head, body);
        Self::start(move |_| Act::Say(answer.clone())).await
    }

    fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    fn requests(&self) -> usize {
        self.heads.lock().unwrap().len()
    }
}

async fn serve(
    mut stream: TcpStream,
    act: &(dyn Fn(usize) -> Act + Send + Sync),
    heads: &Mutex<Vec<String>>,
    now: &AtomicUsize,
    most: &AtomicUsize,
) {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let Ok(byte) = stream.read_u8().await else { return };
        head.push(byte);
    }
    most.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
    let number = {
        let mut heads = heads.lock().unwrap();
        heads.push(String::from_utf8(head).unwrap());
        heads.len() - 1
    };
    match act(number) {
        Act::Say(bytes) => {
            now.fetch_sub(1, Ordering::SeqCst);
            // The client may hang up first; that is the point of some tests.
            let _ = stream.write_all(&bytes).await;
        }
        Act::Pour(head, again) => {
            let mut open = stream.write_all(&head).await.is_ok();
            while open {
                open = stream.write_all(&again).await.is_ok();
            }
        }
        Act::Drip(head, again) => {
            let mut open = stream.write_all(&head).await.is_ok();
            while open {
                tokio::time::sleep(Duration::from_millis(5)).await;
                open = stream.write_all(&again).await.is_ok();
            }
        }
        Act::Meet(barrier, bytes) => {
            barrier.wait().await;
            now.fetch_sub(1, Ordering::SeqCst);
            let _ = stream.write_all(&bytes).await;
        }
    }
    let _ = stream.shutdown().await;
}

fn answer(head: &str, body: &[u8]) -> Vec<u8> {
    let mut bytes = format!("HTTP/1.1 {head}\r\nConnection: close\r\n\r\n").into_bytes();
    bytes.extend_from_slice(body);
    bytes
}

fn moved_to(location: &str) -> Vec<u8> {
    answer(&format!("302 Found\r\nContent-Length: 0\r\nLocation: {location}"), b"")
}

fn gzip(plain: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(plain).unwrap();
    encoder.finish().unwrap()
}

/// A resolver that answers from a list, one entry a question, and remembers the questions.
fn table(answers: &[&[&str]]) -> (Lookup, Arc<Mutex<Vec<String>>>) {
    let answers: Vec<Vec<IpAddr>> =
        answers.iter().map(|answer| answer.iter().map(|ip| ip.parse().unwrap()).collect()).collect();
    let asked = Arc::new(Mutex::new(Vec::new()));
    let kept = asked.clone();
    let lookup = move |host: String| -> Found {
        let mut asked = asked.lock().unwrap();
        let answer = answers.get(asked.len()).cloned();
        asked.push(host);
        Box::pin(async move { answer.ok_or_else(|| std::io::ErrorKind::NotFound.into()) })
    };
    (Arc::new(lookup), kept)
}

fn patient(total: Duration) -> Patience {
    Patience { connect: total, read: total, total }
}

const LONG: Duration = Duration::from_mins(1);

fn with_table(reach: Reach, answers: &[&[&str]]) -> (Fetcher, Arc<Mutex<Vec<String>>>) {
    let (lookup, asked) = table(answers);
    (Fetcher::assemble(reach, patient(LONG), lookup, Vec::new()).unwrap(), asked)
}

fn hasty() -> Fetcher {
    Fetcher::assemble(Reach::DangerLoopback, patient(Duration::from_millis(100)), table(&[]).0, Vec::new())
        .unwrap()
}

async fn get(url: &str, kind: Kind) -> Result<Fetched, FetchError> {
    Fetcher::new(Reach::DangerLoopback).unwrap().fetch(url, kind, &mut Budget::credential()).await
}

#[tokio::test]
async fn a_plain_answer_arrives_whole_and_the_request_says_little() {
    let server = Server::saying(
        "200 OK\r\nContent-Type: Application/VC+JWT; charset=utf-8\r\nContent-Length: 4",
        b"abcd",
    )
    .await;
    let fetched = get(&server.url("/status/1?x=y#part"), Kind::StatusList).await.unwrap();
    assert_eq!(fetched.bytes, b"abcd");
    assert_eq!(fetched.media_type.as_deref(), Some("application/vc+jwt"));
    assert_eq!(fetched.final_url, server.url("/status/1?x=y"));

    let head = server.heads.lock().unwrap()[0].to_ascii_lowercase();
    let mut lines: Vec<_> = head.trim_end().lines().collect();
    lines.sort_unstable();
    assert_eq!(
        lines,
        [
            "accept-encoding: gzip".into(),
            format!("accept: {}", Kind::StatusList.accept()),
            "get /status/1?x=y http/1.1".into(),
            format!("host: {}", server.address),
            "user-agent: badge-verifier/0.1".into(),
        ]
    );
}

#[tokio::test]
async fn public_reach_opens_no_socket_to_loopback() {
    let server = Server::saying("200 OK\r\nContent-Length: 0", b"").await;
    let port = server.address.port();
    let fetcher = Fetcher::new(Reach::PublicHttps).unwrap();
    let mut budget = Budget::credential();
    for url in [server.url("/"), format!("https://127.0.0.1:{port}/"), format!("https://localhost:{port}/")] {
        fetcher.fetch(&url, Kind::Jwks, &mut budget).await.unwrap_err();
    }
    assert_eq!((server.requests(), budget.fetches()), (0, 0));

    // The same server answers when asked by somebody who may.
    get(&server.url("/"), Kind::Jwks).await.unwrap();
    assert_eq!(server.requests(), 1);
}

#[tokio::test]
async fn a_name_is_refused_for_any_of_its_addresses() {
    for (reach, answer, culprit) in [
        (Reach::PublicHttps, &["127.0.0.1"][..], "127.0.0.1"),
        (Reach::PublicHttps, &["93.184.216.34", "10.0.0.1"], "10.0.0.1"),
        (Reach::PublicHttps, &["::ffff:127.0.0.1"], "::ffff:127.0.0.1"),
        (Reach::PublicHttps, &["169.254.169.254"], "169.254.169.254"),
        (Reach::DangerLoopback, &["127.0.0.1", "192.168.0.1"], "192.168.0.1"),
    ] {
        let (fetcher, asked) = with_table(reach, &[answer]);
        let mut budget = Budget::credential();
        let error = fetcher.fetch("https://badge.test/", Kind::Jwks, &mut budget).await.unwrap_err();
        let FetchError::AddressForbidden { address, .. } = error else { panic!("{answer:?}: {error:?}") };
        assert_eq!(address, culprit.parse::<IpAddr>().unwrap());
        assert_eq!(*asked.lock().unwrap(), ["badge.test"]);
    }
    let (fetcher, _) = with_table(Reach::PublicHttps, &[]);
    let error =
        fetcher.fetch("https://badge.test/", Kind::Jwks, &mut Budget::credential()).await.unwrap_err();
    assert_eq!(error, FetchError::Dns { host: "badge.test".into() });
}

/// A name that answers loopback to the check and a private address afterwards: there is no "afterwards".
#[tokio::test]
async fn the_address_checked_is_the_address_connected_to() {
    let server = Server::start(|number| {
        Act::Say(if number == 0 { moved_to("/again") } else { answer("200 OK\r\nContent-Length: 0", b"") })
    })
    .await;
    let url = format!("http://badge.test:{}/", server.address.port());

    let (fetcher, asked) = with_table(Reach::DangerLoopback, &[&["127.0.0.1"], &["10.0.0.1"]]);
    let error = fetcher.fetch(&url, Kind::Jwks, &mut Budget::credential()).await.unwrap_err();
    assert!(matches!(error, FetchError::AddressForbidden { .. }), "{error:?}");
    assert_eq!(server.requests(), 1, "one answer, one connection");
    assert_eq!(
        asked.lock().unwrap().len(),
        2,
        "asked once for each connection, not once to check and once to connect"
    );
}

#[tokio::test]
async fn plain_http_to_a_public_name_is_refused() {
    let (fetcher, _) = with_table(Reach::DangerLoopback, &[&["93.184.216.34"]]);
    let error = fetcher.fetch("http://badge.test/", Kind::Jwks, &mut Budget::credential()).await.unwrap_err();
    assert!(matches!(error, FetchError::AddressForbidden { range: "beyond loopback", .. }), "{error:?}");
}

#[tokio::test]
async fn redirects_are_followed_within_reason() {
    let server = Server::start(|number| {
        Act::Say(if number < 3 { moved_to(&format!("/{number}")) } else { answer("200 OK", b"there") })
    })
    .await;
    let fetched = get(&server.url("/"), Kind::Jwks).await.unwrap();
    assert_eq!((fetched.bytes.as_slice(), fetched.final_url), (&b"there"[..], server.url("/2")));

    let server = Server::start(|_| Act::Say(moved_to("/"))).await;
    assert_eq!(get(&server.url("/"), Kind::Jwks).await, Err(FetchError::TooManyRedirects { limit: 3 }));
    assert_eq!(server.requests(), 4);
}

#[tokio::test]
async fn redirects_meet_every_check_again() {
    for (location, expected) in [
        ("http://10.0.0.1/", "address 10.0.0.1 forbidden: private (RFC 1918)"),
        ("http://169.254.169.254/latest/", "address 169.254.169.254 forbidden: link-local (RFC 3927)"),
        ("http://3232235777/", "address 192.168.1.1 forbidden: private (RFC 1918)"),
        ("http://8.8.8.8/", "scheme http forbidden"),
        ("https://8.8.8.8:22/", "port 22 forbidden"),
        ("file:///etc/passwd", "scheme file forbidden"),
        ("http://user@127.0.0.1/", "user information in the URL"),
        ("http://[", "redirect 302 without a usable location"),
    ] {
        let server = Server::start(move |_| Act::Say(moved_to(location))).await;
        let error = get(&server.url("/"), Kind::Jwks).await.unwrap_err();
        assert_eq!(error.to_string(), expected, "{location}");
        assert_eq!(server.requests(), 1);
    }
    let server = Server::saying("307 Temporary Redirect\r\nContent-Length: 0", b"").await;
    assert_eq!(get(&server.url("/"), Kind::Jwks).await, Err(FetchError::RedirectInvalid { code: 307 }));
}

#[tokio::test]
async fn only_200_is_an_answer() {
    for code in [204, 206, 300, 304, 400, 404, 410, 429, 500, 503] {
        let server = Server::saying(&format!("{code} Whatever\r\nContent-Length: 0"), b"").await;
        assert_eq!(get(&server.url("/"), Kind::Jwks).await, Err(FetchError::Status { code }));
    }
}

#[tokio::test]
async fn bytes_are_counted_after_decompression() {
    let limit = Kind::Jwks.max_bytes();
    let encoded = "200 OK\r\nContent-Encoding: gzip";

    let just = vec![b'x'; limit];
    let server = Server::saying(encoded, &gzip(&just)).await;
    assert_eq!(get(&server.url("/"), Kind::Jwks).await.unwrap().bytes, just);

    let bomb = gzip(&vec![0; limit + 1]);
    assert!(bomb.len() < limit / 100);
    let server = Server::saying(encoded, &bomb).await;
    assert_eq!(get(&server.url("/"), Kind::Jwks).await, Err(FetchError::TooLarge { limit }));

    let server = Server::saying(encoded, &gzip(b"cut short")[..12]).await;
    assert!(matches!(get(&server.url("/"), Kind::Jwks).await, Err(FetchError::Broken { .. })));

    let server = Server::saying("200 OK\r\nContent-Encoding: br", b"?").await;
    assert_eq!(get(&server.url("/"), Kind::Jwks).await, Err(FetchError::Encoding { encoding: "br".into() }));
}

#[tokio::test]
async fn an_endless_body_is_cut_at_the_limit() {
    let endless = || Act::Pour(answer("200 OK", b""), vec![b'x'; 16 << 10]);
    let server = Server::start(move |_| endless()).await;
    for kind in [Kind::Jwks, Kind::DidDocument, Kind::Credential, Kind::StatusList, Kind::Image] {
        assert_eq!(get(&server.url("/"), kind).await, Err(FetchError::TooLarge { limit: kind.max_bytes() }));
    }

    let chunk = [&b"1000\r\n"[..], &[b'x'; 0x1000], b"\r\n"].concat();
    let server =
        Server::start(move |_| Act::Pour(answer("200 OK\r\nTransfer-Encoding: chunked", b""), chunk.clone()))
            .await;
    let limit = Kind::Jwks.max_bytes();
    assert_eq!(get(&server.url("/"), Kind::Jwks).await, Err(FetchError::TooLarge { limit }));
}

#[tokio::test]
async fn a_wrong_length_is_not_believed() {
    let server = Server::saying("200 OK\r\nContent-Length: 10", b"short").await;
    assert!(matches!(get(&server.url("/"), Kind::Jwks).await, Err(FetchError::Broken { .. })));

    let server = Server::saying("200 OK\r\nContent-Length: 5", b"exactly five are ours").await;
    assert_eq!(get(&server.url("/"), Kind::Jwks).await.unwrap().bytes, b"exact");

    let limit = Kind::Jwks.max_bytes();
    let server = Server::saying(&format!("200 OK\r\nContent-Length: {}", limit + 1), b"").await;
    assert_eq!(get(&server.url("/"), Kind::Jwks).await, Err(FetchError::TooLarge { limit }));

    let server = Server::saying("200 OK\r\nContent-Length: 5\r\nContent-Length: 6", b"abcdef").await;
    assert!(matches!(get(&server.url("/"), Kind::Jwks).await, Err(FetchError::Broken { .. })));
}

#[tokio::test]
async fn slowness_is_cut() {
    let host = "127.0.0.1".to_owned();
    // A gzip header, then stored blocks of length 0 that are never the last: compressed data that never yields a byte.
    let hollow_head = [&answer("200 OK\r\nContent-Encoding: gzip", b"")[..], &gzip(b"")[..10]].concat();
    let hollow_blocks = [0, 0, 0, 0xff, 0xff].repeat(1000);
    for (head, again) in [
        (Vec::new(), Vec::new()),
        (b"HTTP/1.1 200 OK\r\nX: ".to_vec(), b"x".to_vec()),
        (answer("200 OK", b""), b"x".to_vec()),
        (hollow_head, hollow_blocks),
    ] {
        let server = Server::start(move |_| Act::Drip(head.clone(), again.clone())).await;
        let error = hasty().fetch(&server.url("/"), Kind::Jwks, &mut Budget::credential()).await.unwrap_err();
        assert_eq!(error, FetchError::Timeout { host: host.clone() });
    }
}

#[tokio::test]
async fn a_budget_runs_out_in_number_and_in_time() {
    let server = Server::saying("200 OK\r\nContent-Length: 0", b"").await;
    let fetcher = Fetcher::new(Reach::DangerLoopback).unwrap();
    let mut budget = Budget::credential();
    fetcher.fetch("http://10.0.0.1/", Kind::Jwks, &mut budget).await.unwrap_err();
    for _ in 0..8 {
        fetcher.fetch(&server.url("/"), Kind::Jwks, &mut budget).await.unwrap();
    }
    let spent = FetchError::Budget(Exhausted::Fetches { limit: 8 });
    assert_eq!(fetcher.fetch(&server.url("/"), Kind::Jwks, &mut budget).await, Err(spent));
    assert_eq!(server.requests(), 8);

    let server = Server::start(|_| Act::Drip(answer("200 OK", b""), b"x".to_vec())).await;
    let limit = Duration::from_millis(50);
    let mut budget = Budget::new(8, limit);
    let spent = Err(FetchError::Budget(Exhausted::Time { limit }));
    assert_eq!(fetcher.fetch(&server.url("/"), Kind::Jwks, &mut budget).await, spent);
    assert_eq!(fetcher.fetch(&server.url("/"), Kind::Jwks, &mut budget).await, spent);
    assert_eq!(server.requests(), 1);
}

#[tokio::test]
async fn nobody_listening_is_a_connection_error() {
    let address = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let error = get(&format!("http://{address}/"), Kind::Jwks).await.unwrap_err();
    assert!(matches!(error, FetchError::Connect { .. }), "{error:?}");

    let server = Server::start(|_| Act::Say(b"SSH-2.0-OpenSSH_9.2\r\n".to_vec())).await;
    let error = get(&server.url("/"), Kind::Jwks).await.unwrap_err();
    assert!(matches!(error, FetchError::Broken { .. }), "{error:?}");
}

#[test]
fn a_third_request_waits_for_its_turn() {
    let lanes = Lanes::default();
    let mut context = Context::from_waker(Waker::noop());
    let (mut first, mut second) = (pin!(lanes.enter("a.test")), pin!(lanes.enter("a.test")));
    let Poll::Ready(Some(permit)) = first.as_mut().poll(&mut context) else { panic!("first") };
    let Poll::Ready(Some(_other)) = second.as_mut().poll(&mut context) else { panic!("second") };

    let mut third = pin!(lanes.enter("a.test"));
    assert!(third.as_mut().poll(&mut context).is_pending());
    assert!(pin!(lanes.enter("b.test")).poll(&mut context).is_ready(), "another host's turns are its own");
    drop(permit);
    assert!(third.as_mut().poll(&mut context).is_ready());
}

#[test]
fn hosts_without_requests_are_forgotten() {
    let lanes = Lanes::default();
    let mut context = Context::from_waker(Waker::noop());
    for number in 0..100 {
        assert!(pin!(lanes.enter(&format!("{number}.test"))).poll(&mut context).is_ready());
    }
    assert_eq!(lanes.len(), 1);
}

#[tokio::test]
async fn a_host_serves_two_at_once_and_no_more() {
    let pair = Arc::new(Barrier::new(2));
    let server =
        Server::start(move |_| Act::Meet(pair.clone(), answer("200 OK\r\nContent-Length: 0", b""))).await;
    let fetcher = Arc::new(Fetcher::new(Reach::DangerLoopback).unwrap());
    let running: Vec<_> = (0..8)
        .map(|_| {
            let (fetcher, url) = (fetcher.clone(), server.url("/"));
            tokio::spawn(async move { fetcher.fetch(&url, Kind::Jwks, &mut Budget::credential()).await })
        })
        .collect();
    for task in running {
        task.await.unwrap().unwrap();
    }
    assert_eq!(server.most_at_once.load(Ordering::SeqCst), 2);
}

/// A self-signed certificate for `badge.test` and 127.0.0.1, 2020 to 2120, and its key: made for this test alone.
const CERTIFICATE: &str = "MIIBZzCCAQ2gAwIBAgIBATAKBggqhkjOPQQDAjAVMRMwEQYDVQQDDApiYWRnZS50\
    ZXN0MCAXDTIwMDEwMTAwMDAwMFoYDzIxMjAwMTAxMDAwMDAwWjAVMRMwEQYDVQQDDApiYWRnZS50ZXN0MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcD\
    QgAE8f5fX197PxBB4DG8nIILAfEB91mz0Q5Y+RcI+tBTOJokIUwX97J22rLZjVc0M5eIEHgxJayRRTgUIcZjcMpC7KNMMEowGwYDVR0RBBQwEoIK\
    YmFkZ2UudGVzdIcEfwAAATAMBgNVHRMBAf8EAjAAMB0GA1UdDgQWBBShtIIK5ixlXVh0w8Y8vpqHq8oITDAKBggqhkjOPQQDAgNIADBFAiAh6Q9A\
    VBkHVhPC+SvcLWVbYL8V9bLl46IOaFaThdkIJwIhALCN4DxmRH24BCLIks0KHIuf8fTYV6V2ZIEiebUe/EjP";
const KEY: &str = "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg1M+9tZdaVIe3y594dNFPZmYgCPGc0BYc4Vuanxn3e0Sh\
    RANCAATx/l9fX3s/EEHgMbycggsB8QH3WbPRDlj5Fwj60FM4miQhTBf3snbastmNVzQzl4gQeDElrJFFOBQhxmNwykLs";

fn certificate() -> CertificateDer<'static> {
    STANDARD.decode(CERTIFICATE).unwrap().into()
}

/// Answers `count` connections over TLS on a thread of its own, some of which may fail their handshake.
fn tls_server(count: usize, answer: Vec<u8>) -> SocketAddr {
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(STANDARD.decode(KEY).unwrap()));
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate()], key)
        .unwrap();
    let config = Arc::new(config);
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for stream in listener.incoming().take(count) {
            let session = rustls::ServerConnection::new(config.clone()).unwrap();
            let mut stream = rustls::StreamOwned::new(session, stream.unwrap());
            let mut head = Vec::new();
            let mut byte = [0];
            while !head.ends_with(b"\r\n\r\n") && stream.read_exact(&mut byte).is_ok() {
                head.push(byte[0]);
            }
            if head.ends_with(b"\r\n\r\n") {
                stream.write_all(&answer).unwrap();
                stream.conn.send_close_notify();
                stream.flush().unwrap();
            }
        }
    });
    address
}

#[tokio::test]
async fn https_needs_a_trusted_certificate_for_that_very_name() {
    let address = tls_server(4, answer("200 OK\r\nContent-Length: 6", b"secret"));
    let port = address.port();
    let trusting = |lookup: Lookup| {
        Fetcher::assemble(Reach::DangerLoopback, patient(LONG), lookup, vec![certificate()]).unwrap()
    };
    let mut budget = Budget::credential();
    let by_name = format!("https://badge.test:{port}/");

    let (lookup, asked) = table(&[&["127.0.0.1"], &["127.0.0.1"]]);
    let fetcher = trusting(lookup);
    assert_eq!(fetcher.fetch(&by_name, Kind::Jwks, &mut budget).await.unwrap().bytes, b"secret");
    let by_address = format!("https://{address}/");
    assert_eq!(fetcher.fetch(&by_address, Kind::Jwks, &mut budget).await.unwrap().bytes, b"secret");
    let other_name = format!("https://other.test:{port}/");
    let error = fetcher.fetch(&other_name, Kind::Jwks, &mut budget).await.unwrap_err();
    assert!(matches!(&error, FetchError::Tls { host, .. } if host == "other.test"), "{error:?}");
    assert_eq!(*asked.lock().unwrap(), ["badge.test", "other.test"]);

    // Without that root: no trust, whether or not this machine has roots of its own.
    let (fetcher, _) = with_table(Reach::DangerLoopback, &[&["127.0.0.1"]]);
    let error = fetcher.fetch(&by_name, Kind::Jwks, &mut budget).await.unwrap_err();
    assert!(matches!(&error, FetchError::Tls { host, .. } if host == "badge.test"), "{error:?}");
}

#[tokio::test]
async fn a_redirect_from_https_to_http_is_refused() {
    let plain = Server::saying("200 OK\r\nContent-Length: 0", b"").await;
    let address = tls_server(1, moved_to(&plain.url("/")));
    let fetcher =
        Fetcher::assemble(Reach::DangerLoopback, patient(LONG), table(&[]).0, vec![certificate()]).unwrap();
    let error = fetcher
        .fetch(&format!("https://{address}/"), Kind::Jwks, &mut Budget::credential())
        .await
        .unwrap_err();
    assert_eq!(error, FetchError::SchemeForbidden { scheme: "http".into() });
    assert_eq!(plain.requests(), 0);
}

#[tokio::test]
async fn https_to_a_server_without_tls_fails() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await.unwrap();
    });
    let fetcher =
        Fetcher::assemble(Reach::DangerLoopback, patient(LONG), table(&[]).0, vec![certificate()]).unwrap();
    let error = fetcher
        .fetch(&format!("https://{address}/"), Kind::Jwks, &mut Budget::credential())
        .await
        .unwrap_err();
    assert!(matches!(error, FetchError::Tls { .. } | FetchError::Connect { .. }), "{error:?}");
}
