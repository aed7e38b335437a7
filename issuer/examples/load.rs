//! Awards badges over real sockets as fast as a service lets us, and says how fast that was.
//!
//! ```sh
//! cargo run --release --example load -- http://127.0.0.1:8080 TOKEN-FILE [CLIENTS] [SECONDS] [jwt|json]
//! ```
//!
//! Each client keeps one connection, sends one award at a time with a key of its own, and sends the next when it has read the whole
//! answer. What is counted is acknowledged awards: signed, verified, on record and durable. A benchmark is a program and never a test:
//! how fast a machine is says nothing about whether the program is right.

#![expect(clippy::print_stdout, clippy::unwrap_used, reason = "a program for the person who runs it")]

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::time::{Duration, Instant};
use std::{env, fs, process, thread};

use serde_json::{Value, json};

/// Seconds before counting begins: connections are opened, first lists are signed.
const WARM_UP: u64 = 2;

fn main() {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let text = |at: usize| arguments.get(at).map(String::as_str);
    let (Some(url), Some(token)) = (text(0), text(1)) else {
        println!("load URL TOKEN-FILE [CLIENTS] [SECONDS] [jwt|json]");
        process::exit(2);
    };
    let number = |at: usize, default: u64| text(at).map_or(default, |text| text.parse().unwrap());
    let (clients, seconds, format) = (number(2, 64), number(3, 20), text(4).unwrap_or("jwt"));
    let address = url.strip_prefix("http://").unwrap().trim_end_matches('/');
    let token = fs::read_to_string(token).unwrap().trim().to_owned();
    let badge = json!({
        "name": "Évaluer des données",
        "description": "Sait évaluer des données, des informations et des contenus numériques.",
        "achievementType": "Competency",
        "criteria": {"narrative": "Trois mises en situation réussies."},
    });
    let mut first = Connection::open(address, &token);
    let (status, answer) = first.send("/api/badges", "", &badge.to_string());
    assert_eq!(status, 201, "{answer}");
    let badge = answer["id"].as_str().unwrap().to_owned();
    let run = process::id();

    let begin = Instant::now() + Duration::from_secs(WARM_UP);
    let end = begin + Duration::from_secs(seconds);
    let mut times: Vec<Duration> = thread::scope(|scope| {
        let threads: Vec<_> = (0..clients)
            .map(|client| {
                let (badge, token) = (&badge, &token);
                scope.spawn(move || {
                    let mut connection = Connection::open(address, token);
                    let path = format!("/api/badges/{badge}/awards");
                    let mut times = Vec::new();
                    for number in 0.. {
                        let key = format!("{run}-{client}-{number}");
                        let body =
                            json!({"recipient": {"email": format!("{key}@example.org")}, "format": format});
                        let sent = Instant::now();
                        if sent >= end {
                            break;
                        }
                        let (status, answer) = connection.send(&path, &key, &body.to_string());
                        assert_eq!(status, 201, "{answer}");
                        if sent >= begin {
                            times.push(sent.elapsed());
                        }
                    }
                    times
                })
            })
            .collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    });
    times.sort_unstable();
    let at = |percent: usize| times[(times.len() - 1) * percent / 100].as_secs_f64() * 1000.0;
    let rate = f64::from(u32::try_from(times.len()).unwrap()) / Duration::from_secs(seconds).as_secs_f64();
    println!(
        "{format}, {clients} clients, {seconds} s: {} awards, {rate:.0}/s; p50 {:.1} ms, p95 {:.1} ms, p99 {:.1} ms, longest {:.1} ms",
        times.len(),
        at(50),
        at(95),
        at(99),
        at(100)
    );
}

struct Connection<'a> {
    stream: BufReader<TcpStream>,
    token: &'a str,
}

impl<'a> Connection<'a> {
    fn open(address: &str, token: &'a str) -> Self {
        let stream = TcpStream::connect(address).unwrap();
        stream.set_nodelay(true).unwrap();
        Self { stream: BufReader::new(stream), token }
    }

    fn send(&mut self, path: &str, key: &str, body: &str) -> (u16, Value) {
        let key = if key.is_empty() { String::new() } else { format!("Idempotency-Key: {key}\r\n") };
        let (token, length) = (self.token, body.len());
        let request = format!(
            "POST {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\nContent-Type: application/json\r\n{key}Content-Length: {length}\r\n\r\n{body}"
        );
        self.stream.get_mut().write_all(request.as_bytes()).unwrap();
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            assert_ne!(self.stream.read_line(&mut head).unwrap(), 0, "the service closed the connection");
        }
        let lower = head.to_ascii_lowercase();
        let length =
            lower.lines().find_map(|line| line.strip_prefix("content-length: ")?.trim().parse().ok());
        let mut bytes = vec![0; length.unwrap()];
        self.stream.read_exact(&mut bytes).unwrap();
        (head.split(' ').nth(1).unwrap().parse().unwrap(), serde_json::from_slice(&bytes).unwrap())
    }
}
