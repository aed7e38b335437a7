//! Finding badges by skill, whatever the accents and capitals.

use badge_schemas::achievement::Alignment;

/// Whether an alignment is the skill that is looked for: its URI exactly, or its name or code containing the text.
pub(crate) fn matches(alignment: &Alignment, wanted: &str) -> bool {
    let folded = fold(wanted.trim());
    let within = |text: &str| !folded.is_empty() && fold(text).contains(&folded);
    alignment.target_url == wanted.trim()
        || within(&alignment.target_name)
        || alignment.target_code.as_deref().is_some_and(within)
}

/// Lower case, without the accents and ligatures of European Latin alphabets, whether composed or not; other scripts stay.
fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for character in text.chars().flat_map(char::to_lowercase) {
        match character {
            'à' | 'á' | 'â' | 'ã' | 'ä' | 'å' | 'ā' | 'ă' | 'ą' => folded.push('a'),
            'ç' | 'ć' | 'č' => folded.push('c'),
            'ď' | 'đ' => folded.push('d'),
            'è' | 'é' | 'ê' | 'ë' | 'ē' | 'ė' | 'ę' | 'ě' => folded.push('e'),
            'ğ' | 'ģ' => folded.push('g'),
            'ì' | 'í' | 'î' | 'ï' | 'ī' | 'į' | 'ı' => folded.push('i'),
            'ķ' => folded.push('k'),
            'ł' | 'ļ' | 'ľ' => folded.push('l'),
            'ñ' | 'ń' | 'ņ' | 'ň' => folded.push('n'),
            'ò' | 'ó' | 'ô' | 'õ' | 'ö' | 'ø' | 'ő' => folded.push('o'),
            'ř' => folded.push('r'),
            'ś' | 'š' | 'ş' | 'ș' => folded.push('s'),
            'ť' | 'ţ' | 'ț' => folded.push('t'),
            'ù' | 'ú' | 'û' | 'ü' | 'ū' | 'ů' | 'ű' | 'ų' => folded.push('u'),
            'ý' | 'ÿ' => folded.push('y'),
            'ź' | 'ż' | 'ž' => folded.push('z'),
            'œ' => folded.push_str("oe"),
            'æ' => folded.push_str("ae"),
            'ß' => folded.push_str("ss"),
            '’' => folded.push('\''),
            '\u{300}'..='\u{36f}' => {}
            other => folded.push(other),
        }
    }
    folded
}

#[cfg(test)]
mod tests {
    use super::fold;

    #[test]
    fn accents_capitals_and_ligatures_do_not_matter() {
        assert_eq!(fold("Éléver l’ŒUVRE"), "elever l'oeuvre");
        assert_eq!(fold("e\u{301}le\u{300}ve"), fold("élève"));
        assert_eq!(fold("Straße"), "strasse");
        assert_ne!(fold("pâte"), fold("patte"));
        assert_eq!(fold("技能"), "技能");
    }
}
