//! The holder's part: choosing what to disclose, and binding it to one verifier.

use std::collections::BTreeSet;

use badge_schemas::problem::{Code, Problem};

use super::SdJwt;
use super::key_binding::{self, KeyBinding};
use crate::securing::Prepared;

/// Which of the claims that can be hidden are shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Selection {
    /// All of them.
    All,
    /// These, by JSON Pointer into [`SdJwt::claims`], and what has to be shown for them to have a place.
    ///
    /// A pointer to a claim that is always shown stands for everything that can be hidden in it.
    Claims(Vec<String>),
}

impl SdJwt {
    /// The same SD-JWT with the selected disclosures only, ending with `~`; never more than was selected
    /// ([RFC 9901 §7.2](https://www.rfc-editor.org/rfc/rfc9901#section-7.2)).
    ///
    /// # Errors
    /// [`Code::DisclosureRefused`] for a pointer at which no claim stands, or none that can be hidden.
    pub fn select(&self, selection: &Selection) -> Result<String, Problem> {
        let chosen: BTreeSet<usize> = match selection {
            Selection::All => (0..self.disclosures.len()).collect(),
            Selection::Claims(pointers) => {
                let mut chosen = BTreeSet::new();
                for pointer in pointers {
                    chosen.extend(self.revealing(pointer)?);
                }
                chosen
            }
        };
        let mut text = format!("{}~", self.issuer_signed.as_str());
        for (index, disclosure) in self.disclosures.iter().enumerate() {
            if chosen.contains(&index) {
                text.push_str(disclosure.as_str());
                text.push('~');
            }
        }
        Ok(text)
    }

    /// The disclosures that show the claim at `pointer`.
    fn revealing(&self, pointer: &str) -> Result<Vec<usize>, Problem> {
        let refused = |en: &str, fr: &'static str| {
            Problem::new(Code::DisclosureRefused).with("pointer", pointer).with_words("reason", en, fr)
        };
        if self.claims().pointer(pointer).is_none() {
            return Err(refused("no claim stands there", "aucune affirmation ne s’y trouve"));
        }
        let places = &self.processed.places;
        let at = |wanted: &dyn Fn(&str) -> bool| -> Vec<usize> {
            let found = places.iter().enumerate().filter(|(_, place)| wanted(place));
            found.map(|(index, _)| index).collect()
        };
        let itself = places.iter().any(|place| place == pointer);
        let mut chosen = at(&|place| place == pointer || within(pointer, place));
        if !itself {
            chosen.extend(at(&|place| within(place, pointer)));
        }
        if chosen.is_empty() {
            return Err(refused("it is always shown", "elle est toujours montrée"));
        }
        Ok(chosen)
    }
}

/// Selects, and prepares the key binding JWT for it ([RFC 9901 §4.3](https://www.rfc-editor.org/rfc/rfc9901#section-4.3)).
///
/// # Errors
/// What [`SdJwt::select`] finds; [`Code::ConfirmationUnusable`] where `cnf` does not name the key that is to sign.
pub fn prepare(sd_jwt: &SdJwt, selection: &Selection, binding: KeyBinding) -> Result<Prepared, Problem> {
    let selected = sd_jwt.select(selection)?;
    let confirmed = sd_jwt.confirmation_key()?;
    if !confirmed.is_some_and(|key| key.is(&binding.key)) {
        let problem = Problem::new(Code::ConfirmationUnusable).at("/cnf");
        return Err(problem.with_words(
            "reason",
            "it names another key, or none",
            "elle désigne une autre clé, ou aucune",
        ));
    }
    Ok(key_binding::prepare(&selected, sd_jwt.hash(), binding))
}

/// Whether `place` lies inside what `pointer` points to.
fn within(place: &str, pointer: &str) -> bool {
    place.strip_prefix(pointer).is_some_and(|rest| rest.starts_with('/'))
}
