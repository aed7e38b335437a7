//! A page for one request, for evaluators who live in a browser: served on this machine alone, until it is signed or stopped.
//!
//! It needs no script: every page is made here, and every form is sent here. The key is opened at the terminal before anything is served, and never
//! leaves the process.

mod desk;
mod draft;
pub(crate) mod evidence;
mod gate;
mod html;
mod read;
mod server;
#[cfg(test)]
mod tests;
mod view;
mod visit;

use std::io;
use std::net::{Ipv4Addr, TcpListener};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use badge_schemas::lang::Lang;
use badge_schemas::problem::{Code, Problem};

pub(crate) use self::desk::{Desk, Entries, OwnBadge};
pub(crate) use self::evidence::look;
pub(crate) use self::visit::Signed;

use self::gate::Gate;
use self::server::Ending;
use self::visit::Visit;

/// How long the page waits for the next click: two hours. Evidence takes its time to be read; an open key should not stay overnight.
pub(crate) const IDLE: Duration = Duration::from_hours(2);

/// How a visit ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Ended {
    /// What was signed and written.
    pub(crate) signed: Vec<Signed>,
    /// Whether the page was left alone for too long.
    pub(crate) is_idle: bool,
}

/// Serves the page until the visit ends. `ready` is given the address to open, which is secret.
///
/// # Errors
/// [`Code::PageUnservable`], [`Code::RandomnessMissing`].
pub(crate) fn serve(
    desk: Desk,
    lang: Lang,
    idle: Duration,
    ready: impl FnOnce(&str),
) -> Result<Ended, Problem> {
    let unservable = |error: io::Error| Problem::new(Code::PageUnservable).with("reason", error);
    // A free port, on this machine's own interface: no other machine reaches it.
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).map_err(unservable)?;
    let gate = listener.local_addr().map_err(unservable).and_then(Gate::new)?;
    let url = gate.url();
    let visit = Arc::new(Mutex::new(Visit::new(desk, lang)));
    let ending = server::serve(listener, gate, visit.clone(), &view::style_source(), idle, || ready(&url))
        .map_err(unservable)?;
    let signed = visit.lock().map(|visit| visit.signed().to_vec()).unwrap_or_default();
    Ok(Ended { signed, is_idle: ending == Ending::Idle })
}

/// What was signed, in words.
pub(crate) fn signed_words(signed: Signed, lang: Lang) -> String {
    view::signed(signed, lang)
}
