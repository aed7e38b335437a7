//! The languages in which the programs speak to people.

/// A language of messages and reports. Codes and JSON are the same in every language.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Lang {
    /// English.
    #[default]
    En,
    /// French.
    Fr,
}

impl Lang {
    /// Reads a language from a BCP 47 tag or a POSIX locale name (`fr`, `fr-BE`, `fr_FR.UTF-8`); anything else is English.
    pub fn from_tag(tag: &str) -> Self {
        let primary = tag.split(['-', '_', '.', '@']).next().unwrap_or_default();
        if primary.eq_ignore_ascii_case("fr") { Self::Fr } else { Self::En }
    }

    /// Chooses among the values of `LC_ALL`, `LC_MESSAGES` and `LANG`, in that order: the first that is set and not empty.
    pub fn from_locale(values: [Option<&str>; 3]) -> Self {
        values.into_iter().flatten().find(|value| !value.is_empty()).map_or(Self::En, Self::from_tag)
    }

    /// The BCP 47 tag of this language.
    pub fn tag(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Fr => "fr",
        }
    }

    /// Picks the text in this language.
    pub fn pick<T>(self, en: T, fr: T) -> T {
        match self {
            Self::En => en,
            Self::Fr => fr,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Lang;

    #[test]
    fn the_first_locale_variable_that_is_set_decides() {
        assert_eq!(Lang::from_locale([None, Some(""), Some("fr_FR.UTF-8")]), Lang::Fr);
        assert_eq!(Lang::from_locale([Some("C"), Some("fr_FR"), None]), Lang::En);
        assert_eq!(Lang::from_locale([None, None, None]), Lang::En);
        assert_eq!(Lang::from_tag("fr-CA"), Lang::Fr);
        assert_eq!(Lang::from_tag("frr"), Lang::En, "North Frisian is not French");
    }
}
