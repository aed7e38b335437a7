//! What was achieved: `Achievement`, its alignments, results and criteria, and the closed lists of Open Badges 3.0.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::lenient::one_or_many;
use crate::profile::{IdentifierEntry, IdentityObject, Profile};
use crate::timestamp::DateTimeStamp;

/// A closed list of names that may be extended by `ext:` names, as Open Badges defines several.
macro_rules! extensible_names {
    ($(#[$doc:meta])* $type:ident { $($variant:ident = $name:literal),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub enum $type {
            $(#[doc = concat!("`", $name, "`")] $variant,)*
            /// An extension, written with its `ext:` prefix.
            Ext(String),
        }

        impl $type {
            /// Every name the standard defines.
            pub const NAMES: &[&str] = &[$($name,)*];

            /// The name as written.
            pub fn as_str(&self) -> &str {
                match self { $(Self::$variant => $name,)* Self::Ext(name) => name }
            }
        }

        impl TryFrom<String> for $type {
            type Error = UnknownName;

            fn try_from(name: String) -> Result<Self, UnknownName> {
                match name.as_str() {
                    $($name => Ok(Self::$variant),)*
                    _ if is_extension(&name) => Ok(Self::Ext(name)),
                    _ => Err(UnknownName { name, list: stringify!($type) }),
                }
            }
        }

        impl From<$type> for String {
            fn from(value: $type) -> Self { value.as_str().to_owned() }
        }
    };
}

/// A name that is neither in the standard's list nor an `ext:` extension.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{name:?} is neither a known {list} nor an ext: extension")]
pub struct UnknownName {
    /// The name that was given.
    pub name: String,
    /// The list it was looked up in.
    pub list: &'static str,
}

/// `ext:` followed by letters, digits, `.`, `_` or `-` to the end: the standard's pattern, anchored.
fn is_extension(name: &str) -> bool {
    name.strip_prefix("ext:").is_some_and(|rest| {
        !rest.is_empty() && rest.bytes().all(|c| c.is_ascii_alphanumeric() || matches!(c, b'.' | b'_' | b'-'))
    })
}

extensible_names! {
    /// The 31 kinds of achievement ([AchievementType](https://www.imsglobal.org/spec/ob/v3p0/#achievementtype-enumeration)).
    AchievementType {
        Achievement = "Achievement", ApprenticeshipCertificate = "ApprenticeshipCertificate", Assessment = "Assessment",
        Assignment = "Assignment", AssociateDegree = "AssociateDegree", Award = "Award", Badge = "Badge",
        BachelorDegree = "BachelorDegree", Certificate = "Certificate", CertificateOfCompletion = "CertificateOfCompletion",
        Certification = "Certification", CommunityService = "CommunityService", Competency = "Competency", Course = "Course",
        CoCurricular = "CoCurricular", Degree = "Degree", Diploma = "Diploma", DoctoralDegree = "DoctoralDegree",
        Fieldwork = "Fieldwork", GeneralEducationDevelopment = "GeneralEducationDevelopment",
        JourneymanCertificate = "JourneymanCertificate", LearningProgram = "LearningProgram", License = "License",
        Membership = "Membership", ProfessionalDoctorate = "ProfessionalDoctorate",
        QualityAssuranceCredential = "QualityAssuranceCredential", MasterCertificate = "MasterCertificate",
        MasterDegree = "MasterDegree", MicroCredential = "MicroCredential", ResearchDoctorate = "ResearchDoctorate",
        SecondarySchoolDiploma = "SecondarySchoolDiploma",
    }
}

extensible_names! {
    /// What an alignment points at ([AlignmentTargetType](https://www.imsglobal.org/spec/ob/v3p0/#alignmenttargettype-enumeration)); ESCO is not in it, hence `ext:ESCOSkill`.
    AlignmentTargetType {
        CeasnCompetency = "ceasn:Competency", CetermsCredential = "ceterms:Credential", CfItem = "CFItem", CfRubric = "CFRubric",
        CfRubricCriterion = "CFRubricCriterion", CfRubricCriterionLevel = "CFRubricCriterionLevel", Ctdl = "CTDL",
    }
}

extensible_names! {
    /// What a result measures ([ResultType](https://www.imsglobal.org/spec/ob/v3p0/#resulttype-enumeration)).
    ResultType {
        GradePointAverage = "GradePointAverage", LetterGrade = "LetterGrade", Percent = "Percent",
        PerformanceLevel = "PerformanceLevel", PredictedScore = "PredictedScore", RawScore = "RawScore", Result = "Result",
        RubricCriterion = "RubricCriterion", RubricCriterionLevel = "RubricCriterionLevel", RubricScore = "RubricScore",
        ScaledScore = "ScaledScore", Status = "Status",
    }
}

extensible_names! {
    /// In which system an identifier counts ([IdentifierTypeEnum](https://www.imsglobal.org/spec/ob/v3p0/#identifiertypeenum-enumeration)).
    IdentifierType {
        Name = "name", SourcedId = "sourcedId", SystemId = "systemId", ProductId = "productId", UserName = "userName",
        AccountId = "accountId", EmailAddress = "emailAddress", NationalIdentityNumber = "nationalIdentityNumber", Isbn = "isbn",
        Issn = "issn", LisSourcedId = "lisSourcedId", OneRosterSourcedId = "oneRosterSourcedId", SisSourcedId = "sisSourcedId",
        LtiContextId = "ltiContextId", LtiDeploymentId = "ltiDeploymentId", LtiToolId = "ltiToolId",
        LtiPlatformId = "ltiPlatformId", LtiUserId = "ltiUserId", Identifier = "identifier",
    }
}

/// How far a result got ([ResultStatusType](https://www.imsglobal.org/spec/ob/v3p0/#resultstatustype-enumeration)); a closed list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the names are the standard's and say it all")]
pub enum ResultStatus {
    Completed,
    Enrolled,
    Failed,
    InProgress,
    OnHold,
    Provisional,
    Withdrew,
}

/// What a badge recognises ([Achievement](https://www.imsglobal.org/spec/ob/v3p0/#achievement)).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Achievement {
    /// A URI, the same for every badge of this achievement.
    pub id: String,
    /// Contains `Achievement`.
    #[serde(rename = "type", deserialize_with = "one_or_many")]
    pub kind: Vec<String>,
    /// Its name.
    pub name: String,
    /// What it is.
    pub description: String,
    /// What had to be done.
    pub criteria: Criteria,
    /// What kind of achievement.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub achievement_type: Option<AchievementType>,
    /// The skills and levels it corresponds to.
    #[serde(default, deserialize_with = "one_or_many", skip_serializing_if = "Vec::is_empty")]
    pub alignment: Vec<Alignment>,
    /// Who defined it, where that is not the issuer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub creator: Option<Profile>,
    /// Credits that can be earned.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub credits_available: Option<f64>,
    /// Endorsements of this achievement, each a credential of its own.
    #[serde(default, deserialize_with = "one_or_many", skip_serializing_if = "Vec::is_empty")]
    pub endorsement: Vec<Value>,
    /// Endorsements of this achievement as compact JWS.
    #[serde(default, deserialize_with = "one_or_many", skip_serializing_if = "Vec::is_empty")]
    pub endorsement_jwt: Vec<String>,
    /// Field of study.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field_of_study: Option<String>,
    /// A code people use for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub human_code: Option<String>,
    /// Its picture.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image: Option<Image>,
    /// Language of its texts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub in_language: Option<String>,
    /// Its identifiers elsewhere.
    #[serde(default, deserialize_with = "one_or_many", skip_serializing_if = "Vec::is_empty")]
    pub other_identifier: Vec<IdentifierEntry>,
    /// Its versions and translations; never skills.
    #[serde(default, deserialize_with = "one_or_many", skip_serializing_if = "Vec::is_empty")]
    pub related: Vec<Related>,
    /// The results an earner may have.
    #[serde(default, deserialize_with = "one_or_many", skip_serializing_if = "Vec::is_empty")]
    pub result_description: Vec<ResultDescription>,
    /// Specialisation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub specialization: Option<String>,
    /// Key words.
    #[serde(default, deserialize_with = "one_or_many", skip_serializing_if = "Vec::is_empty")]
    pub tag: Vec<String>,
    /// Version of this definition.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
}

/// Who achieved it ([AchievementSubject](https://www.imsglobal.org/spec/ob/v3p0/#achievementsubject)); `id` or `identifier` must be there.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AchievementSubject {
    /// The holder's DID or another URI.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Contains `AchievementSubject`.
    #[serde(rename = "type", deserialize_with = "one_or_many")]
    pub kind: Vec<String>,
    /// What was achieved.
    pub achievement: Achievement,
    /// Other ways to recognise the holder.
    #[serde(default, deserialize_with = "one_or_many", skip_serializing_if = "Vec::is_empty")]
    pub identifier: Vec<IdentityObject>,
    /// When the activity began.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub activity_start_date: Option<DateTimeStamp>,
    /// When the activity ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub activity_end_date: Option<DateTimeStamp>,
    /// Credits earned.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub credits_earned: Option<f64>,
    /// A picture for this award.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image: Option<Image>,
    /// Licence number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub license_number: Option<String>,
    /// What this person did, in Markdown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub narrative: Option<String>,
    /// What this person's results were.
    #[serde(default, deserialize_with = "one_or_many", skip_serializing_if = "Vec::is_empty")]
    pub result: Vec<AchievementResult>,
    /// Role in the activity.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    /// Who assessed on behalf of the issuer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<Profile>,
    /// Academic term.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub term: Option<String>,
}

/// A link to a skill, level or certification elsewhere ([Alignment](https://www.imsglobal.org/spec/ob/v3p0/#alignment)).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Alignment {
    /// Contains `Alignment`.
    #[serde(rename = "type", deserialize_with = "one_or_many")]
    pub kind: Vec<String>,
    /// Code in the framework, for instance `1.1` or `RNCP38596BC02`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target_code: Option<String>,
    /// What the target means.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target_description: Option<String>,
    /// Name of the target.
    pub target_name: String,
    /// Name and version of the framework, for instance `ESCO v1.2.1`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target_framework: Option<String>,
    /// What kind of target.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target_type: Option<AlignmentTargetType>,
    /// The target's URI; for ESCO compared as a string, `http` and all.
    pub target_url: String,
}

/// What had to be done ([Criteria](https://www.imsglobal.org/spec/ob/v3p0/#criteria)).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Criteria {
    /// A page that says it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Markdown that says it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub narrative: Option<String>,
}

/// A picture ([Image](https://www.imsglobal.org/spec/ob/v3p0/#image)).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Image {
    /// A URL or `data:` URI.
    pub id: String,
    /// `Image`.
    #[serde(rename = "type")]
    pub kind: String,
    /// What it shows, for those who cannot see it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub caption: Option<String>,
}

/// Another version or translation of an achievement ([Related](https://www.imsglobal.org/spec/ob/v3p0/#related)).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Related {
    /// The other achievement's URI.
    pub id: String,
    /// Contains `Related`.
    #[serde(rename = "type", deserialize_with = "one_or_many")]
    pub kind: Vec<String>,
    /// Its language.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub in_language: Option<String>,
    /// Its version.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
}

/// What a result can be ([ResultDescription](https://www.imsglobal.org/spec/ob/v3p0/#resultdescription)).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ResultDescription {
    /// A URI; results refer to it.
    pub id: String,
    /// Contains `ResultDescription`.
    #[serde(rename = "type", deserialize_with = "one_or_many")]
    pub kind: Vec<String>,
    /// Its name.
    pub name: String,
    /// What it measures.
    pub result_type: ResultType,
    /// Skills it measures.
    #[serde(default, deserialize_with = "one_or_many", skip_serializing_if = "Vec::is_empty")]
    pub alignment: Vec<Alignment>,
    /// Allowed values, lowest first.
    #[serde(default, deserialize_with = "one_or_many", skip_serializing_if = "Vec::is_empty")]
    pub allowed_value: Vec<String>,
    /// The rubric level that must be reached, by its URI.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub required_level: Option<String>,
    /// The value that must be reached.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub required_value: Option<String>,
    /// Rubric levels, lowest first.
    #[serde(default, deserialize_with = "one_or_many", skip_serializing_if = "Vec::is_empty")]
    pub rubric_criterion_level: Vec<RubricCriterionLevel>,
    /// Largest possible value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value_max: Option<String>,
    /// Smallest possible value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value_min: Option<String>,
}

/// One level of a rubric ([RubricCriterionLevel](https://www.imsglobal.org/spec/ob/v3p0/#rubriccriterionlevel)).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RubricCriterionLevel {
    /// A URI; results refer to it.
    pub id: String,
    /// Contains `RubricCriterionLevel`.
    #[serde(rename = "type", deserialize_with = "one_or_many")]
    pub kind: Vec<String>,
    /// Its name.
    pub name: String,
    /// Skills at this level.
    #[serde(default, deserialize_with = "one_or_many", skip_serializing_if = "Vec::is_empty")]
    pub alignment: Vec<Alignment>,
    /// What it means.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Its place in the rubric.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub level: Option<String>,
    /// Points it is worth.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub points: Option<String>,
}

/// A result of the earner ([Result](https://www.imsglobal.org/spec/ob/v3p0/#result)).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AchievementResult {
    /// Contains `Result`.
    #[serde(rename = "type", deserialize_with = "one_or_many")]
    pub kind: Vec<String>,
    /// The rubric level reached, by its URI.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub achieved_level: Option<String>,
    /// Skills this result shows.
    #[serde(default, deserialize_with = "one_or_many", skip_serializing_if = "Vec::is_empty")]
    pub alignment: Vec<Alignment>,
    /// The description it answers to, by its URI.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub result_description: Option<String>,
    /// How far it got.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<ResultStatus>,
    /// The value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may panic")]
    use super::*;

    #[test]
    fn the_closed_lists_have_the_standard_number_of_names() {
        assert_eq!(AchievementType::NAMES.len(), 31);
        assert_eq!(AlignmentTargetType::NAMES.len(), 7);
        assert_eq!(ResultType::NAMES.len(), 12);
        assert_eq!(IdentifierType::NAMES.len(), 19);
    }

    #[test]
    fn a_bare_esco_is_not_a_target_type() {
        assert!(AlignmentTargetType::try_from("ESCO".to_owned()).is_err());
        assert!(AlignmentTargetType::try_from("ext:".to_owned()).is_err());
        assert!(AlignmentTargetType::try_from("ext:ESCO Skill".to_owned()).is_err());
        assert!(
            AlignmentTargetType::try_from("x ext:ESCOSkill".to_owned()).is_err(),
            "the pattern is anchored"
        );
        assert_eq!(
            AlignmentTargetType::try_from("ext:ESCOSkill".to_owned()).unwrap().as_str(),
            "ext:ESCOSkill"
        );
    }

    #[test]
    fn reads_a_single_value_for_an_array_and_writes_an_array() {
        let read: Alignment = serde_json::from_str(
            r#"{"type":"Alignment","targetName":"é","targetUrl":"http://data.europa.eu/esco/skill/x"}"#,
        )
        .unwrap();
        assert_eq!(serde_json::to_value(&read).unwrap()["type"], serde_json::json!(["Alignment"]));
    }
}
