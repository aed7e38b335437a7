//! Looks an alignment up in the tables we carry, and says so when we carry none.

use super::digcomp::{self, Edition, Entry};
use super::{Claim, Framework, claim, eqf, esco, french, isced};
use crate::achievement::Alignment;
use crate::identifiers::{IdentifierError, IdentifierKind, check};
use crate::problem::{Code, Problem};

/// What looking an alignment up gave. None of these is a verdict on the badge.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LookUp {
    /// It is in the table, under the name the alignment gives it.
    Found {
        /// Which framework.
        framework: Framework,
        /// Which edition of it, where it has several.
        version: Option<&'static str>,
        /// Its English name in the table: to be shown rather than the one in the badge.
        label: &'static str,
    },
    /// The complete table of that framework is at hand, and it is not there.
    NotInTable {
        /// Which framework.
        framework: Framework,
    },
    /// No complete table of that framework is at hand; what could be checked of the form was, and is in order.
    NotLookedUp {
        /// Which framework, if we know it by name.
        framework: Option<Framework>,
    },
    /// It is not written as its framework writes it.
    Malformed(Fault),
    /// It is in the table, under a name that is neither the English nor our French one.
    LabelDiffers {
        /// Which framework.
        framework: Framework,
        /// Its English name in the table.
        expected: &'static str,
        /// The code that does have the name given, if one has: then this is no question of translation.
        belongs_to: Option<&'static str>,
    },
}

/// What is wrong with how an alignment is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Its members name two frameworks.
    Contradictory {
        /// One.
        framework: Framework,
        /// The other.
        other: Framework,
    },
    /// One of its members has another form than the framework's, or contradicts another member.
    Member {
        /// The framework.
        framework: Framework,
        /// `targetCode`, `targetUrl` or `targetType`.
        member: &'static str,
        /// What it says; empty if it is absent.
        found: String,
        /// What it should be: a value or a regular expression.
        expected: String,
    },
}

impl LookUp {
    /// The same as a problem with the alignment; `None` if there is none. Say where with [`Problem::at`].
    pub fn problem(&self, alignment: &Alignment) -> Option<Problem> {
        let target = alignment.target_code.as_deref().unwrap_or(&alignment.target_url);
        match self {
            Self::Found { .. } => None,
            Self::NotInTable { framework } => Some(
                Problem::new(Code::AlignmentUnknown)
                    .with("framework", framework.name())
                    .with("target", target),
            ),
            Self::NotLookedUp { .. } => Some(Problem::new(Code::AlignmentNotLookedUp).with("target", target)),
            Self::Malformed(Fault::Contradictory { framework, other }) => Some(
                Problem::new(Code::AlignmentContradictory)
                    .with("framework", framework.name())
                    .with("other", other.name()),
            ),
            Self::Malformed(Fault::Member { framework, member, found, expected }) => Some(
                Problem::new(Code::AlignmentMalformed)
                    .with("framework", framework.name())
                    .with("member", member)
                    .with("found", if found.is_empty() { "∅" } else { found })
                    .with("expected", expected),
            ),
            Self::LabelDiffers { framework, expected, .. } => Some(
                Problem::new(Code::AlignmentLabelDiffers)
                    .with("target", target)
                    .with("found", &alignment.target_name)
                    .with("framework", framework.name())
                    .with("expected", expected),
            ),
        }
    }
}

/// Looks an alignment up.
///
/// DigComp (areas and competences) and EQF are looked up; of ESCO, ISCED-F, RNCP, RS and ROME the form is checked, and the answer
/// is [`LookUp::NotLookedUp`]. Concepts that ESCO renamed or retired are therefore never errors.
pub fn look_up(alignment: &Alignment) -> LookUp {
    let framework = match claim(alignment) {
        Claim::None => return LookUp::NotLookedUp { framework: None },
        Claim::Two(framework, other) => {
            return LookUp::Malformed(Fault::Contradictory { framework, other });
        }
        Claim::One(framework) => framework,
    };
    let found = match framework {
        Framework::DigComp => digcomp(alignment),
        Framework::Eqf => eqf(alignment),
        Framework::Esco => esco(alignment),
        Framework::IscedF => isced(alignment),
        Framework::Rncp | Framework::Rs => certification(framework, alignment),
        Framework::Rome => rome(alignment),
        Framework::EntreComp | Framework::GreenComp | Framework::LifeComp => Ok(not_looked_up(framework)),
    };
    found.unwrap_or_else(LookUp::Malformed)
}

fn not_looked_up(framework: Framework) -> LookUp {
    LookUp::NotLookedUp { framework: Some(framework) }
}

fn fault(framework: Framework, member: &'static str, found: &str, expected: impl Into<String>) -> Fault {
    Fault::Member { framework, member, found: found.to_owned(), expected: expected.into() }
}

/// What the codes of DigComp look like; learning outcomes and competence statements are those of 3.0.
const DIGCOMP_CODE: &str = "^([1-5](\\.[1-6])?|(LO|CS)[1-5]\\.[1-6]\\.[0-9]{2})$";

fn digcomp(alignment: &Alignment) -> Result<LookUp, Fault> {
    let (framework, url) = (Framework::DigComp, alignment.target_url.as_str());
    let named = alignment
        .target_framework
        .as_deref()
        .and_then(Framework::from_target_framework)
        .and_then(|(_, version)| version);
    let edition = match named.map(Edition::from_version) {
        Some(None) => return Ok(not_looked_up(framework)),
        Some(Some(edition)) => Some(edition),
        None => None,
    };
    let addressed =
        Edition::ALL.into_iter().find_map(|edition| Some((edition, url.strip_prefix(edition.url_base())?)));
    if let (Some(named), Some((addressed, code))) = (edition, addressed)
        && named != addressed
    {
        return Err(fault(framework, "targetUrl", url, format!("{}{code}", named.url_base())));
    }
    let fragment = addressed.map(|(_, code)| code);
    let code = match (alignment.target_code.as_deref(), fragment) {
        (Some(code), Some(fragment)) if code != fragment => {
            return Err(fault(framework, "targetCode", code, fragment));
        }
        (Some(code), _) | (None, Some(code)) => code,
        // The EU Vocabularies number the competences of 2.2 with opaque codes, which we do not carry.
        (None, None) if url.starts_with("http://data.europa.eu/snb/dcf/") => {
            return Ok(not_looked_up(framework));
        }
        (None, None) => return Err(fault(framework, "targetCode", "", DIGCOMP_CODE)),
    };
    let one = edition.or(addressed.map(|(edition, _)| edition));
    let editions = one.map_or(Edition::ALL.to_vec(), |edition| vec![edition]);
    if editions.iter().any(|edition| edition.table().competences.is_empty()) {
        return Ok(not_looked_up(framework));
    }
    digcomp_code(alignment, code, &editions)
}

fn digcomp_code(alignment: &Alignment, code: &str, editions: &[Edition]) -> Result<LookUp, Fault> {
    let framework = Framework::DigComp;
    let outcome = digcomp::outcome_competence(code);
    let kind = alignment.target_type.as_ref().map(crate::achievement::AlignmentTargetType::as_str);
    match kind {
        Some(kind @ digcomp::LEARNING_OUTCOME_TYPE) if outcome.is_none() => {
            return Err(fault(framework, "targetType", kind, digcomp::COMPETENCE_TYPE));
        }
        Some(kind @ digcomp::COMPETENCE_TYPE) if outcome.is_some() => {
            return Err(fault(framework, "targetType", kind, digcomp::LEARNING_OUTCOME_TYPE));
        }
        _ => {}
    }
    if let Some(competence) = outcome {
        // We carry no table of learning outcomes, but one of the competences they belong to.
        let known = editions.contains(&Edition::V3_0) && Edition::V3_0.entry(competence).is_some();
        return Ok(if known { not_looked_up(framework) } else { LookUp::NotInTable { framework } });
    }
    if !(digcomp::is_competence(code) || digcomp::is_area(code)) {
        return Err(fault(framework, "targetCode", code, DIGCOMP_CODE));
    }
    let entries: Vec<(Edition, &'static Entry)> =
        editions.iter().filter_map(|edition| Some((*edition, edition.entry(code)?))).collect();
    let Some((_, first)) = entries.first() else { return Ok(LookUp::NotInTable { framework }) };
    let given = plain(&alignment.target_name, code);
    if let Some((edition, entry)) = entries.iter().find(|(_, entry)| is_called(entry, &given)) {
        return Ok(LookUp::Found { framework, version: Some(edition.version()), label: &entry.en });
    }
    let belongs_to = editions
        .iter()
        .flat_map(|edition| edition.table().competences.iter().chain(&edition.table().areas))
        .find(|entry| is_called(entry, &given))
        .map(|entry| entry.code.as_str());
    Ok(LookUp::LabelDiffers { framework, expected: &first.en, belongs_to })
}

fn is_called(entry: &Entry, given: &str) -> bool {
    [&entry.en, &entry.fr].into_iter().any(|name| {
        let rest = given.strip_prefix(plain(name, "").as_str());
        // “Managing digital identity – level 4” bears the name; “Programming languages” does not bear that of 3.4.
        rest.is_some_and(|rest| {
            rest.is_empty() || rest.trim_start().starts_with(['-', '–', '—', '(', ':', ','])
        })
    })
}

/// A name without its code, in lower case, with single spaces and straight apostrophes.
fn plain(name: &str, code: &str) -> String {
    let name = name.to_lowercase().replace('’', "'");
    let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
    match name.strip_prefix(code) {
        Some(rest) if !code.is_empty() && rest.starts_with([' ', '.', ':', '-']) => {
            rest.trim_start_matches([' ', '.', ':', '-']).to_owned()
        }
        _ => name,
    }
}

fn eqf(alignment: &Alignment) -> Result<LookUp, Fault> {
    let (framework, url) = (Framework::Eqf, alignment.target_url.as_str());
    let number = url.strip_prefix(eqf::URL_BASE).filter(|number| is_number(number));
    let Some(number) = number else {
        return Err(fault(framework, "targetUrl", url, format!("^{}[1-8]$", eqf::URL_BASE)));
    };
    if let Some(code) = alignment.target_code.as_deref().filter(|code| *code != number) {
        return Err(fault(framework, "targetCode", code, number));
    }
    if eqf::levels().is_empty() {
        return Ok(not_looked_up(framework));
    }
    let Some(level) = eqf::levels().iter().find(|level| level.uri == url) else {
        return Ok(LookUp::NotInTable { framework });
    };
    // Every language has its own words for “level”; the digit is the same in all.
    let digits: Vec<&str> = alignment
        .target_name
        .split(|c: char| !c.is_ascii_digit())
        .filter(|digits| !digits.is_empty())
        .collect();
    if digits == [number] {
        return Ok(LookUp::Found { framework, version: None, label: &level.en });
    }
    let other = |known: &&eqf::Level| digits == [known.uri.trim_start_matches(eqf::URL_BASE)];
    let belongs_to =
        eqf::levels().iter().find(other).map(|known| known.uri.trim_start_matches(eqf::URL_BASE));
    Ok(LookUp::LabelDiffers { framework, expected: &level.en, belongs_to })
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.len() <= 5 && text.bytes().all(|c| c.is_ascii_digit())
}

fn esco(alignment: &Alignment) -> Result<LookUp, Fault> {
    let (framework, url) = (Framework::Esco, alignment.target_url.as_str());
    let [_, field] = isced::URL_BASES;
    let kind = alignment.target_type.as_ref().map(crate::achievement::AlignmentTargetType::as_str);
    let expected = match kind {
        Some(esco::OCCUPATION_TYPE) => IdentifierKind::EscoOccupation,
        Some(esco::SKILL_TYPE) => IdentifierKind::EscoSkill,
        _ if url.contains("/occupation/") => IdentifierKind::EscoOccupation,
        // A group of knowledge concepts has the address of its field.
        _ if url.strip_prefix(field).is_some_and(isced::is_field) => return Ok(not_looked_up(framework)),
        _ => IdentifierKind::EscoSkill,
    };
    check(expected, url).map_err(|_| fault(framework, "targetUrl", url, expected.form()))?;
    Ok(not_looked_up(framework))
}

fn isced(alignment: &Alignment) -> Result<LookUp, Fault> {
    let (framework, url) = (Framework::IscedF, alignment.target_url.as_str());
    let field =
        isced::URL_BASES.iter().find_map(|base| url.strip_prefix(base)).filter(|code| isced::is_field(code));
    let Some(field) = field else {
        let [ours, _] = isced::URL_BASES;
        return Err(fault(framework, "targetUrl", url, format!("^{ours}[0-9]{{2,4}}$")));
    };
    match alignment.target_code.as_deref() {
        Some(code) if code != field => Err(fault(framework, "targetCode", code, field)),
        _ => Ok(not_looked_up(framework)),
    }
}

fn certification(framework: Framework, alignment: &Alignment) -> Result<LookUp, Fault> {
    let url = alignment.target_url.as_str();
    let base = if framework == Framework::Rs { french::RS_URL_BASE } else { french::RNCP_URL_BASE };
    let (address, bloc) = match url.split_once('#') {
        Some((address, bloc)) if check(IdentifierKind::RncpBloc, bloc).is_ok() => (address, Some(bloc)),
        _ => (url, None),
    };
    let page =
        address.strip_prefix(base).map(|rest| rest.trim_end_matches('/')).filter(|number| is_number(number));
    let kind = alignment.target_type.as_ref().map(crate::achievement::AlignmentTargetType::as_str);
    let kinds: &[IdentifierKind] = match (framework, kind) {
        (Framework::Rs, _) => &[IdentifierKind::Rs],
        (_, Some(french::RNCP_BLOC_TYPE)) => &[IdentifierKind::RncpBloc],
        (_, Some(french::RNCP_TYPE)) => &[IdentifierKind::Rncp],
        _ => &[IdentifierKind::Rncp, IdentifierKind::RncpBloc],
    };
    let Some(code) = alignment.target_code.as_deref() else {
        // A page says which certification, never which block of it.
        return match (page, kinds) {
            (Some(_), [.., IdentifierKind::Rncp | IdentifierKind::Rs] | [_, _]) => {
                Ok(not_looked_up(framework))
            }
            _ => Err(missing_code(framework, kinds)),
        };
    };
    one_of(framework, kinds, code)?;
    match page {
        Some(number) if number != french::number(code) => {
            Err(fault(framework, "targetUrl", url, format!("{base}{}/", french::number(code))))
        }
        // Another bloc of the same certification.
        Some(_) if bloc.is_some_and(|bloc| bloc != code) => {
            Err(fault(framework, "targetUrl", url, format!("{address}#{code}")))
        }
        _ => Ok(not_looked_up(framework)),
    }
}

fn rome(alignment: &Alignment) -> Result<LookUp, Fault> {
    let (framework, kinds) = (Framework::Rome, &[IdentifierKind::Rome]);
    let page = alignment.target_url.strip_prefix(french::ROME_URL_BASE);
    let Some(code) = alignment.target_code.as_deref().or(page) else {
        return Err(missing_code(framework, kinds));
    };
    one_of(framework, kinds, code)?;
    match page.filter(|page| *page != code) {
        Some(page) => Err(fault(framework, "targetCode", code, page)),
        None => Ok(not_looked_up(framework)),
    }
}

/// Whether a code has one of the forms its framework allows here.
fn one_of(framework: Framework, kinds: &[IdentifierKind], code: &str) -> Result<(), Fault> {
    let wrong: Vec<IdentifierError> = kinds.iter().filter_map(|kind| check(*kind, code).err()).collect();
    if wrong.len() < kinds.len() { Ok(()) } else { Err(fault(framework, "targetCode", code, forms(kinds))) }
}

fn missing_code(framework: Framework, kinds: &[IdentifierKind]) -> Fault {
    fault(framework, "targetCode", "", forms(kinds))
}

fn forms(kinds: &[IdentifierKind]) -> String {
    kinds.iter().map(|kind| kind.form()).collect::<Vec<_>>().join(" | ")
}
