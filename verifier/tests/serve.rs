//! `badge-verifier serve`, over a real socket.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod support;

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::Stdio;

use badge_schemas::json_schema::{SchemaName, validate};
use serde_json::Value;
use support::{Issuer, Running, Server, badge, program, status_entry};

fn start(arguments: &[&str]) -> (Running, String) {
    let home = std::env::temp_dir();
    let mut child = program(&home)
        .args([&["serve", "--listen", "127.0.0.1:0"], arguments].concat())
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let address = line.trim_end().strip_prefix("listening on http://").unwrap().to_owned();
    (Running(child), address)
}

fn ask(address: &str, head: &str, body: &[u8]) -> (u16, String, Value) {
    let mut stream = TcpStream::connect(address).unwrap();
    let length = if head.contains("Content-Length") || head.contains("chunked") {
        String::new()
    } else {
        format!("Content-Length: {}\r\n", body.len())
    };
    let request = format!("{head}\r\nHost: {address}\r\n{length}Connection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).unwrap();
    // A refusal may come before the whole body is sent.
    let _ = stream.write_all(body);
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    let answer = String::from_utf8(answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    (status, head.to_ascii_lowercase(), serde_json::from_str(body).unwrap_or_default())
}

#[test]
fn a_report_is_an_answer_whatever_its_verdict() {
    let (_running, address) = start(&[]);
    let issuer = Issuer::new(1);
    let unsigned = badge(&issuer.did()).to_string();
    for (input, verdict) in
        [(issuer.badge(|_| ()), "valid"), (unsigned, "invalid"), ("?".to_owned(), "invalid")]
    {
        let (status, head, report) = ask(
            &address,
            "POST /verify HTTP/1.1\r\nContent-Type: application/octet-stream",
            input.as_bytes(),
        );
        assert_eq!((status, report["verdict"].as_str()), (200, Some(verdict)), "{report}");
        assert!(head.contains("application/json") && head.contains("no-store"), "{head}");
        assert_eq!(validate(SchemaName::Report, &report), []);
    }
    let signed = issuer.badge(|_| ());
    let (status, _, report) =
        ask(&address, "POST /verify?recipient=x%40a.example HTTP/1.1", signed.as_bytes());
    assert_eq!((status, report["verdict"].as_str()), (200, Some("invalid")), "what is expected counts");
}

#[test]
fn a_thread_is_judged_and_takes_no_parameters() {
    let (_running, address) = start(&[]);
    let thread = badge_verifier::evaluation::thread::thread(&[]).to_string();
    let (status, _, report) = ask(&address, "POST /verify HTTP/1.1", thread.as_bytes());
    assert_eq!((status, report["kind"].as_str()), (200, Some("evaluation-thread")), "{report}");
    assert_eq!(
        (report["verdict"].as_str(), report["problem"]["code"].as_str()),
        (Some("invalid"), Some("THREAD_WITHOUT_MANDATE"))
    );
    let (status, _, problem) = ask(&address, "POST /verify?challenge=x HTTP/1.1", thread.as_bytes());
    assert_eq!(
        (status, problem["code"].as_str()),
        (400, Some("PARAMETER_INVALID")),
        "a thread answers no challenge"
    );
}

#[test]
fn what_is_no_request_for_a_report_is_a_problem() {
    let (_running, address) = start(&[]);
    let big = format!("POST /verify HTTP/1.1\r\nContent-Length: {}", (8 << 20) + 1);
    for (head, body, status, code) in [
        ("POST /verify HTTP/1.1", &b""[..], 400, "INPUT_EMPTY"),
        ("POST /verify?chalenge=x HTTP/1.1", b"{}", 400, "PARAMETER_INVALID"),
        ("POST /verify?at=yesterday HTTP/1.1", b"{}", 400, "PARAMETER_INVALID"),
        ("POST /verify?recipient=nobody HTTP/1.1", b"{}", 400, "PARAMETER_INVALID"),
        ("POST /verify?domain=a&domain=b HTTP/1.1", b"{}", 400, "PARAMETER_INVALID"),
        (
            "POST /verify HTTP/1.1\r\nContent-Type: multipart/form-data; boundary=x",
            b"{}",
            415,
            "MEDIA_TYPE_UNSUPPORTED",
        ),
        (
            "POST /verify HTTP/1.1\r\nContent-Type: application/x-www-form-urlencoded",
            b"{}",
            415,
            "MEDIA_TYPE_UNSUPPORTED",
        ),
        ("POST /verify HTTP/1.1\r\nContent-Encoding: gzip", b"{}", 415, "MEDIA_TYPE_UNSUPPORTED"),
        (&big, b"{}", 413, "INPUT_TOO_LARGE"),
        ("GET /verify HTTP/1.1", b"", 405, "METHOD_NOT_ALLOWED"),
        ("POST /healthz HTTP/1.1", b"", 405, "METHOD_NOT_ALLOWED"),
        ("GET /elsewhere HTTP/1.1", b"", 404, "NOT_FOUND"),
    ] {
        let (found, headers, problem) = ask(&address, head, body);
        assert_eq!((found, problem["code"].as_str()), (status, Some(code)), "{head}: {problem}");
        assert_eq!(problem["status"], status, "{head}");
        assert!(headers.contains("application/problem+json"), "{headers}");
        for member in ["type", "title", "detail", "hint"] {
            assert!(problem[member].is_string(), "{member} in {problem}");
        }
    }
    let endless = [b"900000\r\n".as_slice(), &vec![b' '; 0x90_0000], b"\r\n0\r\n\r\n"].concat();
    let (status, _, problem) = ask(&address, "POST /verify HTTP/1.1\r\nTransfer-Encoding: chunked", &endless);
    assert_eq!(
        (status, problem["code"].as_str()),
        (413, Some("INPUT_TOO_LARGE")),
        "a size that was not announced is counted"
    );
    let (status, _, body) = ask(&address, "GET /healthz HTTP/1.1", b"");
    assert_eq!((status, body["status"].as_str()), (200, Some("ok")), "and it is still there");
}

#[test]
fn the_service_reaches_this_machine_only_where_told_to() {
    let issuer = Issuer::new(1);
    let server = Server::start();
    let list = server.url("/status/1");
    server.say("/status/1", issuer.status_list(&list, &[7]));
    let signed = issuer.badge(|document| document["credentialStatus"] = status_entry(&list, 7));
    let verdict = |arguments: &[&str]| {
        let (_running, address) = start(arguments);
        let (_, _, report) = ask(&address, "POST /verify HTTP/1.1", signed.as_bytes());
        report["verdict"].as_str().unwrap().to_owned()
    };
    assert_eq!(verdict(&[]), "indeterminate");
    assert!(server.asked().is_empty());
    assert_eq!(verdict(&["--danger-allow-loopback"]), "invalid");
}
