//! What a client asks for, parsed once at the door.

use badge_schemas::document::Document;
use badge_schemas::evaluation::MAX_SEALED;
use badge_schemas::problem::{Code, Problem};
use badge_schemas::timestamp::DateTimeStamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::members::{Members, malformed, missing};
use crate::recipient::Recipient;
use crate::selective::MAX_DISCLOSABLE;
use crate::template::Template;

/// A form in which a badge can be had.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// JSON with an embedded proof.
    #[default]
    Json,
    /// A compact JWS.
    Jwt,
    /// A PNG image that carries the JSON.
    Png,
    /// An SVG image that carries the JSON.
    Svg,
    /// JSON with a base proof of `ecdsa-sd-2023`, from which the holder can show parts.
    #[serde(rename = "ecdsa-sd-2023")]
    EcdsaSd2023,
    /// The badge as an SD-JWT, whose holder chooses what to show.
    #[serde(rename = "sd-jwt")]
    SdJwt,
    /// The same as an SD-JWT VC, the form that digital identity wallets keep.
    #[serde(rename = "dc+sd-jwt")]
    DcSdJwt,
}

impl Format {
    /// Every form.
    pub const ALL: [Self; 7] =
        [Self::Json, Self::Jwt, Self::Png, Self::Svg, Self::EcdsaSd2023, Self::SdJwt, Self::DcSdJwt];

    /// `json`, `jwt`, `png`, `svg`, `ecdsa-sd-2023`, `sd-jwt` or `dc+sd-jwt`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Jwt => "jwt",
            Self::Png => "png",
            Self::Svg => "svg",
            Self::EcdsaSd2023 => "ecdsa-sd-2023",
            Self::SdJwt => "sd-jwt",
            Self::DcSdJwt => "dc+sd-jwt",
        }
    }

    /// The ending of such a file's name.
    pub fn extension(self) -> &'static str {
        match self {
            Self::EcdsaSd2023 => "json",
            other => other.as_str(),
        }
    }

    /// Reads the name. A `+` that was not escaped in a query arrives as a space, and no name has one.
    pub fn parse(name: &str) -> Option<Self> {
        let name = name.replace(' ', "+");
        Self::ALL.into_iter().find(|format| format.as_str() == name)
    }

    /// What a web server says of such a file ([Open Badges 3.0 §5](https://www.imsglobal.org/spec/ob/v3p0/#file-format)).
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Json | Self::EcdsaSd2023 => "application/vc+ld+json",
            Self::Jwt => "text/plain; charset=utf-8",
            Self::Png => "image/png",
            Self::Svg => "image/svg+xml",
            Self::SdJwt => "application/vc+sd-jwt",
            Self::DcSdJwt => "application/dc+sd-jwt",
        }
    }
}

/// An award that was asked for: of which badge stands elsewhere.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Draft {
    /// To whom.
    pub recipient: RecipientRecord,
    /// [Evidence](https://www.imsglobal.org/spec/ob/v3p0/#evidence), each an object.
    pub evidence: Vec<Value>,
    /// [Results](https://www.imsglobal.org/spec/ob/v3p0/#result), each an object.
    pub result: Vec<Value>,
    /// What this person did.
    pub narrative: Option<String>,
    /// From when on the badge is valid; from the award on, where absent.
    pub valid_from: Option<DateTimeStamp>,
    /// Until when the badge is valid.
    pub valid_until: Option<DateTimeStamp>,
    /// What its holder can hide in an SD-JWT form, by JSON Pointer into the badge; where absent, what is about the person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub disclosable: Option<Vec<String>>,
    /// The form in which to answer.
    pub format: Format,
    /// The language of the badge, where it has several; its own where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// Which forms are signed.
    #[serde(default, skip_serializing_if = "Signed::is_every")]
    pub signed: Signed,
    /// Evaluations by peers: threads, or endorsements as JSON or JWT, as they were received.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub evaluations: Vec<Value>,
}

/// Which forms of an award are signed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Signed {
    /// JSON with a proof and a JWT, and the form asked for where it is another.
    #[default]
    Every,
    /// The form asked for alone; images carry the JSON. The badge can then be had in no other.
    Asked,
}

impl Signed {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
    fn is_every(&self) -> bool {
        *self == Self::Every
    }
}

/// A [`Recipient`] as it is recorded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RecipientRecord {
    /// See [`Recipient::Did`].
    Id(String),
    /// See [`Recipient::Email`].
    Email(String),
}

impl From<Recipient> for RecipientRecord {
    fn from(recipient: Recipient) -> Self {
        match recipient {
            Recipient::Did(did) => Self::Id(did),
            Recipient::Email(email) => Self::Email(email),
        }
    }
}

impl From<RecipientRecord> for Recipient {
    fn from(record: RecipientRecord) -> Self {
        match record {
            RecipientRecord::Id(did) => Self::Did(did),
            RecipientRecord::Email(email) => Self::Email(email),
        }
    }
}

/// A draft that brings its badge along.
#[derive(Clone, Debug, PartialEq)]
pub struct InlineDraft {
    /// What is awarded.
    pub template: Template,
    /// The rest.
    pub draft: Draft,
}

impl Draft {
    /// Reads the body of an award: `recipient`, and perhaps `evidence`, `result`, `narrative`, `validFrom`, `validUntil`, `disclosable`, `format`, `language`, `signed`, `evaluations`.
    ///
    /// # Errors
    /// [`Code::MemberUnknown`], [`Code::MemberMissing`], [`Code::MalformedValue`], [`Code::RecipientInvalid`], each with its pointer.
    pub fn parse(document: Document) -> Result<Self, Problem> {
        Self::of(document.into_value())
    }

    /// The same, from members at hand.
    ///
    /// # Errors
    /// As [`Draft::parse`].
    pub fn of(members: Value) -> Result<Self, Problem> {
        let mut members = Members::of(members, "")?;
        let draft = Self::take(&mut members, None)?;
        members.finish()?;
        Ok(draft)
    }

    fn take(members: &mut Members, to: Option<Recipient>) -> Result<Self, Problem> {
        let given = match members.any("recipient") {
            Some(value) => Some(Recipient::from_json(value, &members.at("recipient"))?),
            None => None,
        };
        let recipient = match (to, given) {
            (Some(to), Some(given)) if to != given => {
                return Err(Problem::new(Code::RecipientInvalid).at("/recipient").with_words(
                    "reason",
                    "the draft names another than --to",
                    "le brouillon en nomme un autre que --to",
                ));
            }
            (Some(recipient), _) | (None, Some(recipient)) => recipient,
            (None, None) => return Err(missing("/recipient")),
        };
        let format = match members.text("format")?.as_deref() {
            None => Format::default(),
            Some("json") => Format::Json,
            Some("jwt") => Format::Jwt,
            Some("ecdsa-sd-2023") => Format::EcdsaSd2023,
            Some("sd-jwt") => Format::SdJwt,
            Some("dc+sd-jwt") => Format::DcSdJwt,
            Some(_) => {
                return Err(malformed(
                    "/format",
                    "it is none of json, jwt, ecdsa-sd-2023, sd-jwt and dc+sd-jwt",
                    "ce n’est ni json, ni jwt, ni ecdsa-sd-2023, ni sd-jwt, ni dc+sd-jwt",
                ));
            }
        };
        Ok(Self {
            recipient: recipient.into(),
            evidence: members.objects("evidence", "Evidence")?,
            result: members.objects("result", "Result")?,
            evaluations: evaluations(members, "evaluations")?,
            narrative: members.text("narrative")?,
            valid_from: members.time("validFrom")?,
            valid_until: members.time("validUntil")?,
            disclosable: members.texts("disclosable", MAX_DISCLOSABLE)?,
            format,
            language: members.text("language")?,
            signed: match members.text("signed")?.as_deref() {
                None | Some("every") => Signed::Every,
                Some("asked") => Signed::Asked,
                Some(_) => {
                    return Err(malformed(
                        "/signed",
                        "it is neither every nor asked",
                        "ce n’est ni every ni asked",
                    ));
                }
            },
        })
    }
}

/// Takes endorsements or threads: objects, or texts that are JWTs.
///
/// # Errors
/// [`Code::EvaluationTooLarge`], [`Code::MalformedValue`].
pub(crate) fn evaluations(members: &mut Members, name: &str) -> Result<Vec<Value>, Problem> {
    let at = members.at(name);
    let items = match members.any(name) {
        None => return Ok(Vec::new()),
        Some(Value::Array(items)) => items,
        Some(single) => vec![single],
    };
    if items.len() > MAX_SEALED {
        return Err(Problem::new(Code::EvaluationTooLarge)
            .at(at)
            .with("member", name)
            .with("count", items.len())
            .with("limit", MAX_SEALED));
    }
    match items.iter().position(|item| !item.is_object() && !item.is_string()) {
        None => Ok(items),
        Some(index) => Err(malformed(
            &format!("{at}/{index}"),
            "it is neither an object nor a JWT",
            "ce n’est ni un objet ni un JWT",
        )),
    }
}

impl InlineDraft {
    /// Reads the same body with an `achievement` in it, and perhaps `statusPurpose` and `mandatoryPointers`; `to` stands for or must equal the `recipient`.
    ///
    /// # Errors
    /// As [`Draft::parse`].
    pub fn parse(document: Document, to: Option<Recipient>) -> Result<Self, Problem> {
        let mut members = Members::of(document.into_value(), "")?;
        let template = Template::take(&mut members)?;
        let draft = Draft::take(&mut members, to)?;
        members.finish()?;
        Ok(Self { template, draft })
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may panic")]
    use serde_json::json;

    use super::*;

    fn parse(value: &Value) -> Result<Draft, Problem> {
        Draft::parse(Document::parse(value.to_string()).unwrap())
    }

    #[test]
    fn what_is_wrong_is_named_with_its_place() {
        let recipient = json!({"email": "a@b.fr"});
        for (value, code, pointer) in [
            (json!([]), Code::MalformedValue, ""),
            (json!({}), Code::MemberMissing, "/recipient"),
            (json!({"recipient": recipient, "recipent/x": 1}), Code::MemberUnknown, "/recipent~1x"),
            (json!({"recipient": recipient, "narrative": ""}), Code::MalformedValue, "/narrative"),
            (json!({"recipient": recipient, "validFrom": "2026-01-01"}), Code::MalformedValue, "/validFrom"),
            (json!({"recipient": recipient, "validUntil": null}), Code::MalformedValue, "/validUntil"),
            (json!({"recipient": recipient, "evidence": [{}, "x"]}), Code::MalformedValue, "/evidence/1"),
            (json!({"recipient": recipient, "result": "x"}), Code::MalformedValue, "/result"),
            (json!({"recipient": recipient, "format": "png"}), Code::MalformedValue, "/format"),
            (json!({"recipient": recipient, "achievement": {}}), Code::MemberUnknown, "/achievement"),
        ] {
            let problem = parse(&value).unwrap_err();
            assert_eq!((problem.code, problem.pointer.as_deref()), (code, Some(pointer)), "{value}");
        }
    }

    #[test]
    fn a_draft_survives_being_recorded() {
        let draft = parse(&json!({
            "recipient": {"email": "Zoé@exemple.fr"}, "evidence": {"name": "é"}, "validUntil": "2030-01-01T00:00:00+02:00",
        }))
        .unwrap();
        assert_eq!(draft.evidence, [json!({"name": "é", "type": ["Evidence"]})]);
        let text = serde_json::to_string(&draft).unwrap();
        assert_eq!(serde_json::from_str::<Draft>(&text).unwrap(), draft);
    }

    #[test]
    fn the_command_line_and_the_draft_name_the_same_recipient() {
        let parse = |value: Value, to: Option<&str>| {
            let to = to.map(|text| Recipient::from_text(text).unwrap());
            InlineDraft::parse(Document::parse(value.to_string()).unwrap(), to)
        };
        assert!(parse(json!({"achievement": {}}), Some("a@b.fr")).is_ok());
        assert!(parse(json!({"achievement": {}, "recipient": {"email": "A@b.fr"}}), Some("a@B.fr")).is_ok());
        let refused = parse(json!({"achievement": {}, "recipient": {"email": "c@b.fr"}}), Some("a@b.fr"));
        assert_eq!(refused.unwrap_err().code, Code::RecipientInvalid);
        assert_eq!(parse(json!({"achievement": {}}), None).unwrap_err().code, Code::MemberMissing);
        let refused = parse(json!({"achievement": {}, "statusPurpose": "message"}), Some("a@b.fr"));
        assert_eq!(refused.unwrap_err().pointer.as_deref(), Some("/statusPurpose"));
    }
}
