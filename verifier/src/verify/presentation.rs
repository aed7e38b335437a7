//! A presentation: what the holder shows, and what travels beside it to support it.

use serde_json::Value;

use super::beside::{Role, Sibling, roles, siblings};
use super::{Findings, MAX_CREDENTIALS, Place, Presenter, Run, forged, in_time, securing, text, too_many};
use crate::authenticate::Claimant;
use crate::checks::conformance::{self, DocumentKind};
use crate::checks::{endorsement, validity};
use crate::content::Content;
use crate::report::{CheckId, NotRun, Outcome, Report, Summary};
use crate::securing::rdfc::Rdf;
use crate::securing::{Audience, data_integrity, vp_jwt};

impl Run<'_> {
    pub(super) fn presentation(&self, content: &Content, value: Value) -> Report {
        let mut findings = Findings::default();
        findings.set(CheckId::Container, Outcome::Pass);
        let bare = data_integrity::without_proof(&value);
        let rdf = Rdf::new(&bare, self.work);
        findings.set(CheckId::Conformance, conformance::check(content, &rdf, DocumentKind::Presentation));
        let holder_id = match content {
            Content::Jws(jws) => vp_jwt::presenter(jws.payload().value()),
            Content::SdJwt(sd_jwt) => vp_jwt::presenter(sd_jwt.claims()),
            Content::Json(_) => vp_jwt::presenter(&value),
        };
        let authentication =
            self.authenticate(Audience::Verifier, content, &rdf, Claimant::Holder(holder_id), &mut findings);
        let facts = &authentication.facts;
        let signed = authentication.holds();
        let blocked = || Outcome::NotRun(NotRun::Blocked(CheckId::Signature));
        let binding = match content {
            Content::SdJwt(sd_jwt) if signed => self.key_binding(sd_jwt),
            _ => None,
        };
        findings.set(
            CheckId::Validity,
            if authentication.signature.passed() {
                let own = validity::check(&value, facts, self.at(), self.now, self.policy.clock_skew_seconds);
                in_time(own, binding.as_ref())
            } else {
                blocked()
            },
        );
        let (challenge, domain, bound) = self.presentation_answers(facts, binding.as_ref());
        findings.set(CheckId::Challenge, if signed { challenge } else { blocked() });
        findings.set(CheckId::Domain, if signed { domain } else { blocked() });
        let unasked = matches!(content, Content::SdJwt(sd_jwt) if !signed && sd_jwt.key_binding().is_some());
        findings.set(CheckId::Presenter, if unasked { blocked() } else { bound });

        findings.set(CheckId::RelatedResource, self.related_resources(&value, authentication.holds()));
        let bound = binding.as_ref().is_none_or(|binding| binding.presenter.passed());
        let presenter: Presenter = if signed && bound { authentication.signer.clone() } else { None };
        let shown: Vec<(String, &Value)> = match value.get("verifiableCredential") {
            Some(Value::Array(items)) => items
                .iter()
                .enumerate()
                .map(|(index, item)| (format!("/verifiableCredential/{index}"), item))
                .collect(),
            Some(single) => vec![("/verifiableCredential".to_owned(), single)],
            None => Vec::new(),
        };
        // The content of a presentation that is broken itself is not looked at: that would be work for whoever sends most.
        let closed = if shown.len() > MAX_CREDENTIALS {
            Some(Outcome::Fail(too_many("/verifiableCredential")))
        } else if !findings.passed(CheckId::Conformance) {
            Some(Outcome::NotRun(NotRun::Blocked(CheckId::Conformance)))
        } else if forged(&authentication.signature) {
            Some(Outcome::NotRun(NotRun::Blocked(CheckId::Signature)))
        } else {
            None
        };
        let shown = if closed.is_some() { Vec::new() } else { shown };
        self.siblings.replace(siblings(self.work, &shown));
        let roles = roles(&self.siblings.borrow());
        let attached_to = |index: usize| -> Vec<Sibling> {
            let siblings = self.siblings.borrow();
            let attached =
                roles.iter().zip(siblings.iter()).filter(|(role, _)| **role == Role::Attached(index));
            attached.map(|(_, sibling)| sibling.clone()).collect()
        };
        let credentials: Vec<Report> = shown
            .into_iter()
            .enumerate()
            .filter(|(index, _)| roles.get(*index) == Some(&Role::Presented))
            .map(|(index, (pointer, item))| {
                let attached = attached_to(index);
                self.embedded(item, &pointer, Place::Presented { by: &presenter, attached: &attached }, 1)
            })
            .collect();
        findings.set(CheckId::Credentials, closed.unwrap_or_else(|| endorsement::presented(&credentials)));
        let summary = Summary {
            kind: Some(DocumentKind::Presentation.as_str()),
            id: text(&value, "/id"),
            issuer: authentication.signer.clone().or_else(|| holder_id.map(str::to_owned)),
            ..Summary::default()
        };
        let mut report = self.report(findings, summary, Some(value));
        report.securing = securing(&authentication);
        report.credentials = credentials;
        report
    }
}
