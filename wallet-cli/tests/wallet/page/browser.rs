//! A real Chromium, driven over [WebDriver](https://www.w3.org/TR/webdriver2/) and by its keyboard alone.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::TempDir;

use super::http;

/// The member that names an element in WebDriver.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// How long a page may take to come: a machine under load signs slowly.
const PATIENCE: Duration = Duration::from_mins(1);

/// More than there are places to tab to on any page.
const MOST_TABS: usize = 150;

pub(super) const TAB: &str = "\u{e004}";
pub(super) const ENTER: &str = "\u{e007}";
pub(super) const HOME: &str = "\u{e011}";
pub(super) const DOWN: &str = "\u{e015}";
const SHIFT: &str = "\u{e008}";

/// A browser with a profile of its own.
pub(super) struct Browser {
    driver: Child,
    authority: String,
    session: String,
    _profile: TempDir,
}

impl Browser {
    /// Starts it, with a window of this width.
    pub(super) fn start(width: u32) -> Self {
        let mut driver = Command::new("chromedriver")
            .args(["--port=0", "--log-level=SEVERE"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap_or_else(|error| {
                unreachable!("no chromedriver ({error}): .ci/setup test installs it (Debian: apt-get install chromium chromium-driver)")
            });
        let lines = BufReader::new(driver.stdout.take().unwrap()).lines();
        let port: u16 = lines
            .map_while(Result::ok)
            .find_map(|line| line.split_once("successfully on port ")?.1.trim_end_matches('.').parse().ok())
            .unwrap_or_else(|| unreachable!("chromedriver does not say on which port it listens"));
        let profile = tempfile::tempdir().unwrap();
        let mut arguments: Vec<String> = [
            "--headless=new",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--disable-dev-shm-usage",
        ]
        .map(str::to_owned)
        .to_vec();
        arguments.push(format!("--user-data-dir={}", profile.path().display()));
        arguments.push(format!("--window-size={width},900"));
        // Chromium's own sandbox cannot be set up by root; the page under test is ours.
        if std::process::Command::new("id").arg("-u").output().is_ok_and(|said| said.stdout == b"0\n") {
            arguments.push("--no-sandbox".to_owned());
        }
        let mut browser = Self {
            driver,
            authority: format!("127.0.0.1:{port}"),
            session: String::new(),
            _profile: profile,
        };
        let started = browser.call(
            "POST",
            "",
            &json!({"capabilities": {"alwaysMatch": {
                "goog:chromeOptions": {"args": arguments},
                "goog:loggingPrefs": {"browser": "ALL", "performance": "ALL"},
            }}}),
        );
        browser.session = format!(
            "/{}",
            started["sessionId"]
                .as_str()
                .unwrap_or_else(|| unreachable!("chromium does not start: {started}"))
        );
        // The width asked for on the command line has a floor; this has none.
        browser.cdp(
            "Emulation.setDeviceMetricsOverride",
            &json!({"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": false}),
        );
        // Away from the browser's own first page, and what that asked for forgotten.
        browser.open("about:blank");
        browser.asked();
        browser
    }

    /// Opens an address.
    pub(super) fn open(&self, url: &str) {
        self.post("/url", &json!({"url": url}));
    }

    /// Runs a script of the test's, beside the page's own none.
    pub(super) fn script(&self, script: &str, args: &[&str]) -> Value {
        self.post("/execute/sync", &json!({"script": script, "args": args}))
    }

    /// The text of the first element that a selector names.
    pub(super) fn text(&self, selector: &str) -> String {
        let script = "const e = document.querySelector(arguments[0]); return e ? e.innerText : null";
        self.script(script, &[selector])
            .as_str()
            .map_or_else(|| unreachable!("{selector}: {}", self.page()), str::to_owned)
    }

    /// Whether there is such an element.
    pub(super) fn has(&self, selector: &str) -> bool {
        self.script("return document.querySelector(arguments[0]) !== null", &[selector]) == json!(true)
    }

    /// Everything that is read on the page.
    pub(super) fn page(&self) -> String {
        self.script("return document.title + '\\n' + document.body.innerText", &[])
            .as_str()
            .unwrap()
            .to_owned()
    }

    /// Presses and releases keys, one after the other.
    pub(super) fn press(&self, keys: &str) {
        let strokes: Vec<Value> = keys
            .chars()
            .map(|key| if key == '\n' { ENTER.to_owned() } else { key.to_string() })
            .flat_map(|key| ["keyDown", "keyUp"].map(|kind| json!({"type": kind, "value": key})))
            .collect();
        self.post("/actions", &json!({"actions": [{"type": "key", "id": "keyboard", "actions": strokes}]}));
    }

    /// Goes on with Tab until what has the focus fits, and shows that it has it.
    pub(super) fn tab_to(&self, selector: &str) {
        for _ in 0..MOST_TABS {
            self.press(TAB);
            if self.focused(selector) {
                self.shows_its_focus(selector);
                return;
            }
        }
        unreachable!("the keyboard does not reach {selector}: {}", self.page());
    }

    /// Goes back by one.
    pub(super) fn tab_back(&self) {
        let stroke = |kind: &str, key: &str| json!({"type": kind, "value": key});
        let strokes =
            [stroke("keyDown", SHIFT), stroke("keyDown", TAB), stroke("keyUp", TAB), stroke("keyUp", SHIFT)];
        self.post("/actions", &json!({"actions": [{"type": "key", "id": "keyboard", "actions": strokes}]}));
    }

    /// Whether what has the focus fits.
    pub(super) fn focused(&self, selector: &str) -> bool {
        self.script("return document.activeElement.matches(arguments[0])", &[selector]) == json!(true)
    }

    /// Waits until what has the focus fits.
    pub(super) fn focus_comes_to(&self, selector: &str) {
        let patience = Instant::now();
        while !self.focused(selector) {
            assert!(patience.elapsed() < PATIENCE, "{selector} never has the focus: {}", self.page());
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    fn shows_its_focus(&self, selector: &str) {
        let outline = "const e = document.activeElement; const of = x => x ? getComputedStyle(x).outlineStyle : 'none'; \
             return of(e) !== 'none' || of(e.nextElementSibling) !== 'none'";
        assert_eq!(self.script(outline, &[]), json!(true), "{selector}: the focus is not seen");
    }

    /// Chooses one of several with the arrows.
    pub(super) fn choose(&self, name: &str, value: &str) {
        self.tab_to(&format!("input[name={name}]"));
        for _ in 0..MOST_TABS {
            if self.focused(&format!("#{name}-{value}")) {
                self.press(" ");
                assert!(self.has(&format!("#{name}-{value}:checked")));
                return;
            }
            self.press(DOWN);
        }
        unreachable!("no {name} {value}: {}", self.page());
    }

    /// Ticks or clears a box.
    pub(super) fn tick(&self, id: &str) {
        self.tab_to(&format!("#{id}"));
        self.press(" ");
    }

    /// Chooses from a list with the arrows.
    pub(super) fn pick(&self, id: &str, value: &str) {
        self.tab_to(&format!("#{id}"));
        for _ in 0..MOST_TABS {
            if self.value(id) == value {
                return;
            }
            self.press(DOWN);
        }
        unreachable!("no {id} {value}: {}", self.page());
    }

    /// Types into a field.
    pub(super) fn write(&self, id: &str, words: &str) {
        self.tab_to(&format!("#{id}"));
        self.press(words);
    }

    /// What stands in a field.
    pub(super) fn value(&self, id: &str) -> String {
        self.script("return document.getElementById(arguments[0]).value", &[id]).as_str().unwrap().to_owned()
    }

    /// Presses a button with the keyboard and waits for the page that follows.
    pub(super) fn push(&self, id: &str) {
        self.tab_to(&format!("#{id}"));
        self.leave(ENTER);
    }

    /// Presses keys that lead to another page, and waits for it.
    pub(super) fn leave(&self, keys: &str) {
        let before = self.post("/element", &json!({"using": "css selector", "value": "html"}));
        let old = format!("/element/{}/name", before[ELEMENT].as_str().unwrap());
        self.press(keys);
        let patience = Instant::now();
        while self.try_call("GET", &format!("{}{old}", self.session), &Value::Null).0 == 200 {
            assert!(patience.elapsed() < PATIENCE, "no page followed {}", self.page());
            std::thread::sleep(Duration::from_millis(20));
        }
        while self.script("return document.readyState", &[]) != json!("complete") {
            assert!(patience.elapsed() < PATIENCE);
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// What the console says; asked for, it is cleared.
    pub(super) fn console(&self) -> Vec<String> {
        self.log("browser").iter().map(|entry| entry["message"].as_str().unwrap().to_owned()).collect()
    }

    /// Every address that was asked for.
    pub(super) fn asked(&self) -> Vec<String> {
        let messages = self.log("performance").into_iter().filter_map(|entry| {
            let message: Value = serde_json::from_str(entry["message"].as_str()?).ok()?;
            let sent = message.pointer("/message/method")? == "Network.requestWillBeSent";
            sent.then(|| message.pointer("/message/params/request/url").unwrap().as_str().unwrap().to_owned())
        });
        messages.collect()
    }

    /// A command of Chromium's own.
    pub(super) fn cdp(&self, command: &str, params: &Value) -> Value {
        self.post("/goog/cdp/execute", &json!({"cmd": command, "params": params}))
    }

    fn log(&self, kind: &str) -> Vec<Value> {
        self.post("/se/log", &json!({"type": kind})).as_array().unwrap().clone()
    }

    fn post(&self, path: &str, body: &Value) -> Value {
        self.call("POST", &format!("{}{path}", self.session), body)
    }

    fn call(&self, method: &str, path: &str, body: &Value) -> Value {
        let (status, value) = self.try_call(method, path, body);
        assert_eq!(status, 200, "{method} {path}: {value}");
        value
    }

    fn try_call(&self, method: &str, path: &str, body: &Value) -> (u16, Value) {
        let headers =
            [format!("Host: {}", self.authority), "Content-Type: application/json; charset=utf-8".to_owned()];
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let response =
            http::send(&self.authority, &http::request(method, &format!("/session{path}"), &headers, &body));
        let answer: Value =
            serde_json::from_str(&response.body).unwrap_or_else(|_| unreachable!("{}", response.body));
        (response.status, answer["value"].clone())
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        if !self.session.is_empty() {
            let _ = self.try_call("DELETE", &self.session, &Value::Null);
        }
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}
