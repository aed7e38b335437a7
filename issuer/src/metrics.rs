//! What the service counts, for [Prometheus](https://prometheus.io/docs/instrumenting/exposition_formats/) (OpenMetrics text). The one file
//! that uses `prometheus-client`.
//!
//! Labels are routes, organisations, methods, statuses and codes: each from a list that this program knows, never what a request says.

use std::fmt;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use prometheus_client::encoding::{EncodeLabelSet, text};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};

/// The media type of the text.
pub const MEDIA_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Upper bounds of the times measured, in seconds: a list from memory takes less than a millisecond, an award some.
const BUCKETS: [f64; 10] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0];

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Answered {
    organisation: String,
    method: String,
    route: String,
    status: u16,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Timed {
    method: String,
    route: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Refused {
    organisation: String,
    code: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Of {
    organisation: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Kind {
    kind: String,
}

/// One request, as it is counted.
pub struct Request<'a> {
    /// The organisation's name; empty for the issuer at the root.
    pub organisation: &'a str,
    /// The method, where it is one of ours.
    pub method: &'a str,
    /// The route of the table, or `none`.
    pub route: &'a str,
    /// The status.
    pub status: u16,
    /// The code of the refusal, where it was refused.
    pub code: Option<&'a str>,
    /// How long it took, in seconds.
    pub seconds: f64,
}

/// What is asked of the record when somebody reads the metrics.
pub struct Reading {
    /// The organisation's name.
    pub organisation: String,
    /// Entries of the chain; `None` where the record cannot be read.
    pub entries: Option<u64>,
    /// Tokens that count.
    pub tokens: usize,
    /// When the first of them ends, as a Unix time.
    pub token_end: Option<i64>,
    /// Awards that fell short of their panel since the start.
    pub short_panels: u64,
}

/// The counters.
pub struct Metrics {
    registry: Registry,
    requests: Family<Answered, Counter>,
    seconds: Family<Timed, Histogram>,
    refusals: Family<Refused, Counter>,
    entries: Family<Of, Gauge<i64, AtomicI64>>,
    readable: Family<Of, Gauge<i64, AtomicI64>>,
    tokens: Family<Of, Gauge<i64, AtomicI64>>,
    token_end: Family<Of, Gauge<i64, AtomicI64>>,
    short_panels: Family<Of, Counter>,
    certificate_failures: Counter<u64, AtomicU64>,
    remembered: Family<Kind, Gauge<i64, AtomicI64>>,
}

impl fmt::Debug for Metrics {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Metrics")
    }
}

impl Metrics {
    /// Nothing counted yet; `started` is a Unix time.
    pub fn new(started: i64) -> Self {
        let metrics = Self {
            registry: Registry::with_prefix("badge_issuer"),
            requests: Family::default(),
            seconds: Family::new_with_constructor(|| Histogram::new(BUCKETS)),
            refusals: Family::default(),
            entries: Family::default(),
            readable: Family::default(),
            tokens: Family::default(),
            token_end: Family::default(),
            short_panels: Family::default(),
            certificate_failures: Counter::default(),
            remembered: Family::default(),
        };
        metrics.registered(started)
    }

    fn registered(mut self, started: i64) -> Self {
        let registry = &mut self.registry;
        let begun: Gauge<i64, AtomicI64> = Gauge::default();
        begun.set(started);
        registry.register_with_unit("start_time", "When the service started", Unit::Seconds, begun);
        registry.register("requests", "Requests answered", self.requests.clone());
        let time = "Time to answer a request";
        registry.register_with_unit("request_duration", time, Unit::Seconds, self.seconds.clone());
        registry.register("refusals", "Requests refused, by problem code", self.refusals.clone());
        registry.register("chain_entries", "Entries of the record", self.entries.clone());
        let readable = "Whether the record can be read: 1 or 0";
        registry.register("record_readable", readable, self.readable.clone());
        registry.register("tokens_in_force", "Tokens that count", self.tokens.clone());
        let end = "When the next token in force ends, as a Unix time";
        registry.register_with_unit("next_token_end", end, Unit::Seconds, self.token_end.clone());
        let short = "Awards that fell short of their panel when an evaluation was withdrawn";
        registry.register("panels_lost", short, self.short_panels.clone());
        let failures = "Renewed certificates that could not be taken up";
        registry.register("certificate_reload_failures", failures, self.certificate_failures.clone());
        let remembered = "Addresses and tokens that count towards rate limits";
        registry.register("rate_limited_callers", remembered, self.remembered.clone());
        self
    }

    /// Counts a request.
    pub fn request(&self, request: &Request<'_>) {
        let (method, route) = (request.method.to_owned(), request.route.to_owned());
        let organisation = request.organisation.to_owned();
        self.seconds
            .get_or_create(&Timed { method: method.clone(), route: route.clone() })
            .observe(request.seconds);
        if let Some(code) = request.code {
            let refused = Refused { organisation: organisation.clone(), code: code.to_owned() };
            self.refusals.get_or_create(&refused).inc();
        }
        self.requests.get_or_create(&Answered { organisation, method, route, status: request.status }).inc();
    }

    /// Counts a certificate that could not be taken up.
    pub fn certificate_failure(&self) {
        self.certificate_failures.inc();
    }

    /// Everything, as text, with what was read of the records just now.
    ///
    /// # Errors
    /// That of the formatter.
    pub fn text(
        &self,
        readings: &[Reading],
        remembered: impl IntoIterator<Item = (&'static str, usize)>,
    ) -> Result<String, fmt::Error> {
        let number = |value: usize| i64::try_from(value).unwrap_or(i64::MAX);
        for reading in readings {
            let of = Of { organisation: reading.organisation.clone() };
            self.readable.get_or_create(&of).set(i64::from(reading.entries.is_some()));
            if let Some(entries) = reading.entries {
                self.entries.get_or_create(&of).set(i64::try_from(entries).unwrap_or(i64::MAX));
            }
            self.tokens.get_or_create(&of).set(number(reading.tokens));
            self.short_panels.get_or_create(&of).inner().store(reading.short_panels, Ordering::Relaxed);
            match reading.token_end {
                Some(end) => {
                    self.token_end.get_or_create(&of).set(end);
                }
                None => {
                    self.token_end.remove(&of);
                }
            }
        }
        for (kind, count) in remembered {
            self.remembered.get_or_create(&Kind { kind: kind.to_owned() }).set(number(count));
        }
        let mut out = String::new();
        text::encode(&mut out, &self.registry)?;
        Ok(out)
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may panic")]
    use super::*;

    #[test]
    fn what_is_counted_is_told() {
        let metrics = Metrics::new(7);
        let request = Request {
            organisation: "lycée",
            method: "GET",
            route: "/api/awards",
            status: 403,
            code: Some("ROLE_INSUFFICIENT"),
            seconds: 0.002,
        };
        metrics.request(&request);
        metrics.request(&request);
        metrics.certificate_failure();
        let organisation = "lycée".to_owned();
        let reading =
            Reading { organisation, entries: Some(3), tokens: 2, token_end: Some(9), short_panels: 4 };
        let text = metrics.text(&[reading], [("address", 1)]).unwrap();
        for line in [
            "badge_issuer_requests_total{organisation=\"lycée\",method=\"GET\",route=\"/api/awards\",status=\"403\"} 2",
            "badge_issuer_refusals_total{organisation=\"lycée\",code=\"ROLE_INSUFFICIENT\"} 2",
            "badge_issuer_request_duration_seconds_bucket{le=\"0.0025\",method=\"GET\",route=\"/api/awards\"} 2",
            "badge_issuer_chain_entries{organisation=\"lycée\"} 3",
            "badge_issuer_record_readable{organisation=\"lycée\"} 1",
            "badge_issuer_panels_lost_total{organisation=\"lycée\"} 4",
            "badge_issuer_next_token_end_seconds{organisation=\"lycée\"} 9",
            "badge_issuer_certificate_reload_failures_total 1",
            "badge_issuer_start_time_seconds 7",
        ] {
            assert!(text.lines().any(|found| found == line), "{line}\n{text}");
        }
        assert!(text.ends_with("# EOF\n"));
        let organisation = "lycée".to_owned();
        let unreadable = Reading { organisation, entries: None, tokens: 0, token_end: None, short_panels: 4 };
        let text = metrics.text(&[unreadable], []).unwrap();
        assert!(
            text.contains("record_readable{organisation=\"lycée\"} 0")
                && !text.contains("next_token_end_seconds{")
        );
    }
}
