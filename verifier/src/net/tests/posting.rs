//! Sending within the same guard: nothing goes where it was not addressed.

use super::*;

async fn post(url: &str, json: &[u8]) -> Result<Answered, FetchError> {
    let fetcher = Fetcher::new(Reach::DangerLoopback).unwrap();
    fetcher.post(url, json.to_vec(), &mut Budget::credential()).await
}

#[tokio::test]
async fn what_is_sent_arrives_and_any_status_but_a_redirect_is_an_answer() {
    for (head, status) in [("201 Created", 201), ("422 Unprocessable Content", 422), ("500 Oh", 500)] {
        let server =
            Server::saying(&format!("{head}\r\nContent-Type: application/json\r\nContent-Length: 2"), b"{}")
                .await;
        let answered = post(&server.url("/x"), b"[1]").await.unwrap();
        assert_eq!((answered.status, answered.bytes.as_slice()), (status, b"{}".as_slice()));
        let head = server.heads.lock().unwrap()[0].to_ascii_lowercase();
        assert!(
            head.starts_with("post /x http/1.1") && head.contains("content-type: application/json"),
            "{head}"
        );
        assert!(
            head.contains("content-length: 3") && !head.contains("cookie") && !head.contains("referer"),
            "{head}"
        );
    }
}

#[tokio::test]
async fn what_is_sent_follows_no_redirect() {
    let elsewhere = Server::saying("200 OK\r\nContent-Length: 2", b"{}").await;
    for status in ["301 Moved", "302 Found", "303 See Other", "307 Temporary", "308 Permanent"] {
        let head = format!("{status}\r\nContent-Length: 0\r\nLocation: {}", elsewhere.url("/"));
        let server = Server::saying(&head, b"").await;
        assert!(matches!(post(&server.url("/"), b"{}").await, Err(FetchError::Status { .. })), "{status}");
    }
    assert_eq!(elsewhere.requests(), 0);
}

#[tokio::test]
async fn sending_meets_the_same_guard_and_the_same_limits() {
    let server = Server::saying("200 OK\r\nContent-Length: 0", b"").await;
    let fetcher = Fetcher::new(Reach::PublicHttps).unwrap();
    let mut budget = Budget::credential();
    for url in [
        server.url("/"),
        "http://org.example/".into(),
        "https://10.0.0.1/".into(),
        "https://u:p@org.example/".into(),
    ] {
        assert!(fetcher.post(&url, Vec::new(), &mut budget).await.is_err(), "{url}");
    }
    assert_eq!((server.requests(), budget.fetches()), (0, 0));
    let (fetcher, _) = with_table(Reach::PublicHttps, &[&["93.184.216.34", "192.168.0.1"]]);
    let refused = fetcher.post("https://org.example/", Vec::new(), &mut budget).await;
    assert!(matches!(refused, Err(FetchError::AddressForbidden { .. })), "{refused:?}");

    let long = vec![b' '; ANSWER_BYTES + 1];
    let server = Server::saying("200 OK\r\nConnection: close", &long).await;
    assert!(matches!(
        post(&server.url("/"), b"{}").await,
        Err(FetchError::TooLarge { .. } | FetchError::Broken { .. })
    ));
    let bomb = gzip(&long);
    let server =
        Server::saying(&format!("200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {}", bomb.len()), &bomb)
            .await;
    assert!(matches!(post(&server.url("/"), b"{}").await, Err(FetchError::TooLarge { limit: ANSWER_BYTES })));
    let server =
        Server::start(|_| Act::Drip(answer("200 OK\r\nContent-Length: 9999", b""), b" ".to_vec())).await;
    let slow = hasty().post(&server.url("/"), Vec::new(), &mut Budget::credential()).await;
    assert!(matches!(slow, Err(FetchError::Timeout { .. })), "{slow:?}");
}
