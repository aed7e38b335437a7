//! Issuing without a service: what has to be published is written as files, to be hosted anywhere.

use std::path::{Path, PathBuf};

use badge_schemas::problem::Problem;
use jiff::Timestamp;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use crate::files::{self, Readers};
use crate::issuer::Issuer;
use crate::refusal::Refusal;
use crate::template::Template;

/// The id of a badge that came in a draft: made from its content, so that the same achievement is the same badge every time
/// (UUID version 8, [RFC 9562 §5.8](https://www.rfc-editor.org/rfc/rfc9562#section-5.8)).
pub fn badge_id(template: &Template) -> String {
    let mut digest = Sha256::new()
        .chain_update(template.achievement.to_string())
        .chain_update(crate::credential::purpose_name(template.status_purpose));
    for pointer in &template.mandatory_pointers {
        digest.update(b"\n");
        digest.update(pointer);
    }
    for translation in &template.translations {
        digest.update(b"\n");
        digest.update(translation.to_string());
    }
    let digest = digest.finalize();
    let mut bytes = [0; 16];
    bytes.iter_mut().zip(digest.iter()).for_each(|(to, from)| *to = *from);
    uuid::Builder::from_custom_bytes(bytes).into_uuid().to_string()
}

/// Puts findings about a template where it stands in the draft.
pub fn within_achievement(refusal: Refusal) -> Refusal {
    match refusal {
        Refusal::Request(problems) => {
            Refusal::Request(problems.into_iter().map(|problem| problem.under("/achievement")).collect())
        }
        failure @ Refusal::Failure(_) => failure,
    }
}

/// Writes what the issuer's public URL must answer: status lists, badges, its keys and Profile; each under its path.
///
/// # Errors
/// [`Refusal`] where a list cannot be signed or a file not written.
pub fn publish(issuer: &Issuer, directory: &Path, now: Timestamp) -> Result<Vec<PathBuf>, Refusal> {
    let mut written = Vec::new();
    let mut write = |path: &str, bytes: &[u8]| -> Result<(), Problem> {
        let path = directory.join(path);
        files::make_directory(path.parent().unwrap_or(directory))?;
        files::write_whole(&path, bytes, Readers::Everyone)?;
        written.push(path);
        Ok(())
    };
    let identity = issuer.identity();
    let mut json = |path: &str, value: &Value| write(path, value.to_string().as_bytes());
    json(".well-known/did.json", &identity.did_document())?;
    json("did.json", &identity.did_document())?;
    json(".well-known/jwks.json", &identity.jwks())?;
    json("issuer", identity.profile())?;
    for (version, template) in issuer.badges()? {
        json(&format!("badges/{}", version.badge), &template.achievement)?;
        for translation in &template.translations {
            let language = translation.get("inLanguage").and_then(Value::as_str).unwrap_or_default();
            json(&format!("badges/{}.{language}", version.badge), translation)?;
        }
    }
    for list in issuer.store.lists()? {
        for (form, signed) in issuer.static_status_list(&list.list, now)? {
            write(&format!("{}/{}", form.folder(), list.list), signed.text.as_bytes())?;
        }
    }
    Ok(written)
}
