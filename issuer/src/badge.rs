//! Badges: versioned templates, linted before they are recorded.

use badge_schemas::problem::{Code, Problem};
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::credential::{Decided, Plan, compose};
use crate::draft::{Draft, Format, RecipientRecord, Signed};
use crate::identity::Identity;
use crate::image;
use crate::issuer::{Act, Issuer, read_template};
use crate::lint::{self, Findings};
use crate::profiles::{Linting, Stage};
use crate::public_url::PublicUrl;
use crate::randomness;
use crate::refusal::Refusal;
use crate::store::{BadgeVersion, NewBadge};
use crate::template::Template;

/// Where the achievement stands in a badge; findings about a template are told without it.
const ACHIEVEMENT: &str = "/credentialSubject/achievement";

/// A version of a badge as recorded, and what its issuer should know about it.
#[derive(Clone, Debug)]
pub struct Defined {
    /// The badge's id.
    pub badge: String,
    /// Counted from 1.
    pub version: u32,
    /// The template, filled in.
    pub template: Template,
    /// What the lint found, short of an error.
    pub warnings: Vec<Problem>,
}

impl Issuer {
    /// Records a new badge, or the next version of one.
    ///
    /// # Errors
    /// What the lint found; [`Code::NotFound`] when `badge` is unknown; [`Code::BadgeVersionConflict`].
    pub fn define(&self, badge: Option<&str>, template: Template, act: Act<'_>) -> Result<Defined, Refusal> {
        let (badge, replaces) = match badge {
            None => (randomness::uuid()?, 0),
            Some(badge) => (badge.to_owned(), self.find_badge(badge, None)?.0.version),
        };
        self.record_badge(badge, replaces, template, act)
    }

    /// Records a template under an id of the caller's choosing; the same template under the same id is recorded once.
    ///
    /// # Errors
    /// As [`Issuer::define`].
    pub fn define_as(&self, badge: String, template: Template, act: Act<'_>) -> Result<Defined, Refusal> {
        match self.store.badge(&badge, None)? {
            None => self.record_badge(badge, 0, template, act),
            Some(recorded) => {
                let filled = template.fill_in(&badge, &self.identity)?;
                let known = read_template(recorded.definition)?;
                if known == filled {
                    let warnings = lint_template(&filled, &self.identity, &self.linting, act.at).warnings;
                    Ok(Defined { badge, version: recorded.version, template: known, warnings })
                } else {
                    self.record_badge(badge, recorded.version, filled, act)
                }
            }
        }
    }

    /// A badge in one version, or in its latest.
    ///
    /// # Errors
    /// [`Code::NotFound`].
    pub fn find_badge(&self, badge: &str, version: Option<u32>) -> Result<(BadgeVersion, Template), Refusal> {
        let found = self.store.badge(badge, version)?;
        let found = found.ok_or_else(|| Problem::new(Code::NotFound).with("resource", "badge"))?;
        let template = read_template(found.definition.clone())?;
        Ok((found, template))
    }

    /// The latest version of every badge.
    ///
    /// # Errors
    /// [`Refusal::Failure`].
    pub fn badges(&self) -> Result<Vec<(BadgeVersion, Template)>, Refusal> {
        let versions = self.store.badges()?;
        versions
            .into_iter()
            .map(|version| Ok((version.clone(), read_template(version.definition)?)))
            .collect()
    }

    fn record_badge(
        &self,
        badge: String,
        replaces: u32,
        template: Template,
        act: Act<'_>,
    ) -> Result<Defined, Refusal> {
        let (template, warnings) = self.examine(&badge, template, act.at)?;
        let definition = serde_json::to_value(&template)
            .map_err(|error| Refusal::Failure(format!("a template: {error}")))?;
        let new = NewBadge { badge, replaces, definition, actor: act.actor.to_owned(), at: act.at };
        let recorded = self.store.put_badge(new, randomness::entropy()?)?;
        Ok(Defined { badge: recorded.badge, version: recorded.version, template, warnings })
    }

    /// A template as it would be recorded, and what its issuer should know about it. Nothing is recorded.
    ///
    /// # Errors
    /// What the lint found.
    pub fn examine(
        &self,
        badge: &str,
        template: Template,
        now: Timestamp,
    ) -> Result<(Template, Vec<Problem>), Refusal> {
        let template = template.fill_in(badge, &self.identity)?;
        let mut findings = lint_template(&template, &self.identity, &self.linting, now);
        for (index, translation) in template.translations.iter().enumerate() {
            let spoken = Template { achievement: translation.clone(), ..template.clone() };
            let others = lint_template(&spoken, &self.identity, &self.linting, now)
                .relocated(|pointer| format!("/translations/{index}{pointer}"));
            findings.append(others);
        }
        findings.errors.extend(image::check(&template).err());
        findings.errors.extend(template.stray_pointer());
        findings.errors.extend(self.panel_findings(&template));
        if findings.errors.is_empty() {
            Ok((template, findings.warnings))
        } else {
            Err(Refusal::Request(findings.errors))
        }
    }
}

/// Lints a template inside a badge as it would be awarded.
fn lint_template(template: &Template, identity: &Identity, linting: &Linting, now: Timestamp) -> Findings {
    look_at_template(template, identity.profile(), identity.public_url(), linting, now)
}

/// Lints a template inside a badge as it would be awarded by this issuer; pointers lead into the achievement, or into the badge where
/// they are about anything else.
pub fn look_at_template(
    template: &Template,
    profile: &Value,
    public_url: Option<&PublicUrl>,
    linting: &Linting,
    now: Timestamp,
) -> Findings {
    let draft = Draft {
        recipient: RecipientRecord::Id("did:example:recipient".to_owned()),
        evidence: Vec::new(),
        result: Vec::new(),
        narrative: None,
        valid_from: None,
        valid_until: None,
        disclosable: None,
        format: Format::Json,
        signed: Signed::Every,
        language: None,
        evaluations: Vec::new(),
    };
    let plan = Plan { draft, subject: String::new(), salt: String::new(), seed: None, result: None };
    let decided =
        Decided { credential_id: "urn:uuid:00000000-0000-4000-8000-000000000000", slot: None, at: now };
    let mut sample = compose(&plan, template, profile, public_url, &decided);
    // A badge without a name of its own, so that a missing name is found once and in its place.
    if let Some(members) = sample.as_object_mut() {
        members.remove("name");
    }
    let mut findings = lint::badge(&sample, now);
    findings.append(linting.findings(&sample, Stage::Template));
    findings.relocated(|pointer| pointer.strip_prefix(ACHIEVEMENT).unwrap_or(pointer).to_owned())
}

/// A badge as the API shows it.
pub fn to_json(badge: &str, version: u32, template: &Template, warnings: &[Problem]) -> Value {
    let mut answer = json!({
        "id": badge,
        "version": version,
        "achievement": template.achievement,
        "statusPurpose": template.status_purpose,
    });
    if !template.mandatory_pointers.is_empty() {
        answer["mandatoryPointers"] = json!(template.mandatory_pointers);
    }
    if !template.translations.is_empty() {
        answer["translations"] = json!(template.translations);
    }
    if let Some(panel) = &template.panel {
        answer["panel"] = json!(panel);
    }
    if !warnings.is_empty() {
        answer["warnings"] = json!(warnings);
    }
    answer
}
