//! What is not the evaluator's browser gets nothing.

use super::http::{Response, request, send};
use super::{Case, Served};

fn headers(served: &Served, more: &[&str]) -> Vec<String> {
    let own = [format!("Host: {}", served.authority()), format!("Origin: http://{}", served.authority())];
    let more = more.iter().map(|header| (*header).to_owned());
    own.into_iter()
        .chain(["Content-Type: application/x-www-form-urlencoded".to_owned()])
        .chain(more)
        .collect()
}

fn post(served: &Served, path: &str, headers: &[String], body: &str) -> Response {
    send(served.authority(), &request("POST", path, headers, body))
}

fn get(served: &Served, path: &str, headers: &[String]) -> Response {
    send(served.authority(), &request("GET", path, headers, ""))
}

fn host(served: &Served) -> Vec<String> {
    vec![format!("Host: {}", served.authority())]
}

const DECLINE: &str = "answer=declined&reason=no-time&go=next";

#[test]
fn another_host_another_address_another_origin_are_refused_and_change_nothing() {
    let case = Case::new();
    let thread = case.ask(&[]);
    let before = std::fs::read(&thread).unwrap();
    let served = case.serve(&thread, &[]);
    let answer = format!("{}answer", served.path());

    for name in ["localhost", "attacker.example", "127.0.0.2"] {
        let host = vec![format!("Host: {name}:{}", served.authority().split_once(':').unwrap().1)];
        let refused = get(&served, &answer, &host);
        assert_eq!(refused.status, 421, "{name}");
        assert!(!refused.body.contains("Zoé"), "{}", refused.body);
    }
    let last = served.path().trim_end_matches('/').chars().last().unwrap();
    let other = if last == 'A' { 'Q' } else { 'A' };
    let guessed = format!("{}{other}/answer", &served.path()[..served.path().len() - 2]);
    for path in ["/", "/answer", "//answer", &guessed, "/favicon.ico"] {
        let refused = get(&served, path, &host(&served));
        assert_eq!(refused.status, 404, "{path}");
        assert!(!refused.body.contains("Zoé"), "{}", refused.body);
    }
    let form = "Content-Type: application/x-www-form-urlencoded".to_owned();
    let from = |origin: &str| [host(&served), vec![form.clone(), format!("Origin: {origin}")]].concat();
    for origin in ["null", "http://attacker.example", "http://localhost:80"] {
        assert_eq!(post(&served, &answer, &from(origin), DECLINE).status, 403, "{origin}");
    }
    for site in ["Sec-Fetch-Site: cross-site", "Sec-Fetch-Site: same-site", "Sec-Fetch-Site: none"] {
        assert_eq!(post(&served, &answer, &headers(&served, &[site]), DECLINE).status, 403, "{site}");
    }
    assert_eq!(
        post(&served, &answer, &[host(&served), vec![form]].concat(), DECLINE).status,
        403,
        "no origin at all"
    );
    let crossing = [host(&served), vec!["Sec-Fetch-Site: cross-site".to_owned()]].concat();
    assert_eq!(get(&served, &answer, &crossing).status, 403, "a link on another page");
    let twice = headers(&served, &["Origin: http://attacker.example"]);
    assert_eq!(post(&served, &answer, &twice, DECLINE).status, 403, "two origins");

    // None of them was kept: what was not said by the page is still not said.
    let page = get(&served, &answer, &host(&served));
    assert!(
        page.status == 200 && page.body.contains("Zoé") && !page.body.contains("checked="),
        "{}",
        page.body
    );
    assert_eq!(std::fs::read(&thread).unwrap(), before);
}

#[test]
fn forms_of_another_kind_or_size_and_other_methods_are_refused() {
    let case = Case::new();
    let thread = case.ask(&[]);
    let served = case.serve(&thread, &[]);
    let answer = format!("{}answer", served.path());
    let long =
        [headers(&served, &[]).as_slice(), &["Content-Length: 300000".to_owned()]].concat().join("\r\n");
    let refused = send(served.authority(), &format!("POST {answer} HTTP/1.1\r\n{long}\r\n\r\n"));
    assert_eq!(refused.status, 413, "it is not even waited for");
    let mut text = headers(&served, &[]);
    text[2] = "Content-Type: text/plain".to_owned();
    assert_eq!(post(&served, &answer, &text, DECLINE).status, 415);
    for method in ["PUT", "DELETE", "OPTIONS"] {
        assert_eq!(
            send(served.authority(), &request(method, &answer, &headers(&served, &[]), "")).status,
            405,
            "{method}"
        );
    }
    assert_eq!(get(&served, &format!("{}file-7", served.path()), &host(&served)).status, 404);
    assert_eq!(get(&served, &format!("{}nothing", served.path()), &host(&served)).status, 404);
}

#[test]
fn a_signature_is_made_only_over_what_was_shown() {
    let case = Case::new();
    let thread = case.ask(&[]);
    let before = std::fs::read(&thread).unwrap();
    let served = case.serve(&thread, &[]);
    let own = headers(&served, &[]);
    let to = |step: &str| format!("{}{step}", served.path());
    assert_eq!(post(&served, &to("answer"), &own, DECLINE).status, 303);
    let page = get(&served, &to("confirm"), &host(&served));
    let shown =
        page.body.split_once("name=\"shown\" value=\"").unwrap().1.split('"').next().unwrap().to_owned();

    // Another window changes the answer; what was read in this one is not what would be signed.
    assert_eq!(
        post(&served, &to("answer"), &own, "answer=recused&reason=conflict-of-interest&tie=teaching&go=next")
            .status,
        303
    );
    for stale in [shown.as_str(), "", "0"] {
        let body = format!("go=sign&shown={stale}");
        assert_eq!(post(&served, &to("confirm"), &own, &body).status, 303, "{stale}");
        assert_eq!(std::fs::read(&thread).unwrap(), before, "{stale}");
    }
    let page = get(&served, &to("confirm"), &host(&served));
    assert!(page.body.contains("recuse yourself"), "{}", page.body);

    // A file that another program changed is not written over.
    std::fs::write(&thread, [before.as_slice(), b"\n"].concat()).unwrap();
    let shown =
        page.body.split_once("name=\"shown\" value=\"").unwrap().1.split('"').next().unwrap().to_owned();
    assert_eq!(post(&served, &to("confirm"), &own, &format!("go=sign&shown={shown}")).status, 303);
    let page = get(&served, &to("confirm"), &host(&served));
    assert!(page.body.contains("THREAD_CHANGED"), "{}", page.body);
    assert_eq!(std::fs::read(&thread).unwrap(), [before.as_slice(), b"\n"].concat());
}

#[test]
fn every_answer_guards_itself_and_evidence_is_never_shown_as_a_page() {
    let case = Case::new();
    let thread = case.ask(&[]);
    let folder = case.evidence("un réseau");
    let served = case.serve(&thread, &["--evidence-dir", &folder]);
    for path in ["answer", "file-0", "nothing"] {
        let answer = get(&served, &format!("{}{path}", served.path()), &host(&served));
        for header in [
            "cache-control: no-store",
            "x-content-type-options: nosniff",
            "x-frame-options: deny",
            "referrer-policy: same-origin",
            "cross-origin-resource-policy: same-origin",
            "cross-origin-opener-policy: same-origin",
            "default-src 'none'",
            "frame-ancestors 'none'",
        ] {
            assert!(answer.head.contains(header), "{path}: {header}: {}", answer.head);
        }
        assert!(!answer.head.contains("set-cookie"), "{}", answer.head);
    }
    let page = get(&served, &format!("{}answer", served.path()), &host(&served));
    assert!(
        !page.body.contains("<script") && !page.body.contains("<img") && !page.head.contains("script-src")
    );
    let file = get(&served, &format!("{}file-0", served.path()), &host(&served));
    assert!(
        file.head.contains("content-disposition: attachment; filename=\"evidence-1.txt\""),
        "{}",
        file.head
    );
    assert!(
        file.head.contains("content-type: application/octet-stream") && file.head.contains("sandbox"),
        "{}",
        file.head
    );
    assert!(file.body.contains("un réseau"));
    // Changed while the page is open: not handed on any more.
    case.evidence("un autre réseau");
    assert_eq!(get(&served, &format!("{}file-0", served.path()), &host(&served)).status, 404);
}

#[test]
fn nothing_is_served_where_there_is_nothing_to_do() {
    let case = Case::new();
    let thread = case.ask(&[]);
    let candidate = case.candidate.run(&["evaluate", &thread, "--page"]);
    assert!(
        candidate.code == 2 && candidate.err.contains("SELF_EVALUATION") && candidate.out.is_empty(),
        "{}",
        candidate.err
    );
    case.evaluator.ok(&["evaluate", "decline", &thread, "--reason", "no-time"]);
    let over = case.evaluator.run(&["evaluate", &thread, "--page"]);
    assert!(over.code == 2 && over.err.contains("MOVE_NOT_NOW") && over.out.is_empty(), "{}", over.err);
    let piped = case.evaluator.run(&["evaluate", &thread, "--page", "-o", "-"]);
    assert!(piped.code == 2 && piped.err.contains("OPTION_INVALID"), "{}", piped.err);
}
