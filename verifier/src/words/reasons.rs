//! The French of reasons. A finding gives its reason in English, which programs may have pinned; whoever reads French hears it here.
//!
//! `{}` stands for a part that is the same in both languages: a name, a number, an address.

/// Reasons that we give ourselves. One that no source gives any more fails a test.
pub const OWN: &[(&str, &str)] = &[
    ("it is missing", "elle manque"),
    ("{} is missing", "{} manque"),
    ("it is missing, and no certificate stands for it", "elle manque, et aucun certificat n’en tient lieu"),
    ("it is empty", "elle est vide"),
    ("this name belongs to a JWT claim", "ce nom est celui d’une déclaration de JWT"),
    ("an object is needed", "il faut un objet"),
    ("a string is needed", "il faut un texte"),
    ("one or more objects are needed", "il faut un ou plusieurs objets"),
    ("one or more terms or URLs are needed", "il faut un ou plusieurs termes ou URL"),
    ("a URI, or an object whose id is a URI, is needed", "il faut un URI, ou un objet dont l’id est un URI"),
    ("a date and time with a zone is needed", "il faut une date et une heure avec un fuseau"),
    ("id and type are needed", "id et type sont nécessaires"),
    ("each must have an id", "chacun doit avoir un id"),
    ("each must have a type", "chacun doit avoir un type"),
    ("it is not a string", "ce n’est pas un texte"),
    ("it is not an object", "ce n’est pas un objet"),
    ("it is not a date and time with a zone", "ce n’est pas une date et une heure avec un fuseau"),
    (
        "it is not a number of seconds between the years 0 and 9999",
        "ce n’est pas un nombre de secondes entre les années 0 et 9999",
    ),
    ("it is the label of a blank node, not a URL", "c’est l’étiquette d’un nœud anonyme, et non une URL"),
    ("it is neither a URL nor an object with an id", "ce n’est ni une URL ni un objet avec un id"),
    ("it is named twice", "elle est nommée deux fois"),
    ("it must contain {}", "il faut {}"),
    (
        "it stands on another object with the id of the document",
        "elle figure sur un autre objet qui a l’id du document",
    ),
    (
        "another object beside it has the same id and other members",
        "un autre objet à côté a le même id et d’autres membres",
    ),
    (
        "a credential is an object; a token stands in an EnvelopedVerifiableCredential",
        "un justificatif est un objet\u{a0}; un jeton se place dans un EnvelopedVerifiableCredential",
    ),
    (
        "a credential with an achievement must be an AchievementCredential",
        "un justificatif avec une réalisation (achievement) doit être un AchievementCredential",
    ),
    ("an EndorsementCredential is needed here", "il faut ici un EndorsementCredential"),
    ("an envelope has no other type", "une enveloppe n’a pas d’autre type"),
    ("an envelope holds a token", "une enveloppe contient un jeton"),
    (
        "the envelope says it holds something else than it does",
        "l’enveloppe annonce autre chose que ce qu’elle contient",
    ),
    ("id is not a data: URL", "l’id n’est pas une URL data:"),
    ("the data: URL carries broken base64", "l’URL data: contient du base64 défectueux"),
    (
        "the media type of the data: URL is not that of what it carries",
        "le type de média de l’URL data: n’est pas celui de son contenu",
    ),
    (
        "the outcome is “met” and the level reached is lower, or on another scale",
        "le résultat est «\u{a0}acquis\u{a0}» et le niveau atteint est inférieur, ou sur une autre échelle",
    ),
    ("the credential has several subjects", "le justificatif a plusieurs sujets"),
    ("two statusMessages have the same status", "deux statusMessages ont le même état"),
    ("the check could not run", "le contrôle n’a pas pu se faire"),
    ("a key in it names another controller", "une clé y nomme un autre contrôleur"),
    ("it has neither or both of jwks and jwks_uri", "il lui faut jwks ou jwks_uri, et un seul des deux"),
    (
        "it lists too many keys, and this is none of the first",
        "il énumère trop de clés, et celle-ci n’est pas parmi les premières",
    ),
    ("it lists too many keys", "il énumère trop de clés"),
    ("its id is not the identifier that was asked for", "son id n’est pas l’identifiant demandé"),
    ("its issuer is not the one that was asked for", "son émetteur n’est pas celui qui était demandé"),
    ("it is given in two forms", "elle est donnée sous deux formes"),
    (
        "it is given in no form that this program reads",
        "elle n’est donnée sous aucune forme que ce programme lit",
    ),
    ("it holds a private key", "il contient une clé privée"),
    ("not a point on {}", "ce n’est pas un point de {}"),
    ("the key is not canonically encoded", "son encodage n’est pas canonique"),
    ("the key is of small order", "elle est d’ordre faible"),
    ("the modulus is even", "le module est pair"),
    ("the modulus has {} bits, not {} to {}", "le module a {} bits, et non {} à {}"),
    ("the exponent is not an odd number from 3 to {}", "l’exposant n’est pas un nombre impair de 3 à {}"),
    ("proofValue is longer than any {} signature", "proofValue est plus long que toute signature {}"),
    ("{} must be base58btc, beginning with z", "{} doit être en base58btc, et commencer par z"),
    (
        "a proof of selective disclosure follows no other",
        "une preuve à divulgation sélective n’en suit aucune autre",
    ),
    (
        "it uses a cryptosuite that this program does not read",
        "elle emploie une suite cryptographique que ce programme ne lit pas",
    ),
    ("no proof has this id", "aucune preuve n’a cet id"),
    ("two proofs have this id", "deux preuves ont cet id"),
    ("the proofs follow each other in a circle", "les preuves se suivent en cercle"),
    ("it is a status list", "c’est une liste de statuts"),
    ("its typ is {}, another kind of token", "son typ est {}, une autre sorte de jeton"),
    (
        "its typ is {} where a presentation of this form has {}",
        "son typ est {} là où une présentation de cette forme porte {}",
    ),
    (
        "its typ is {}: a part of an SD-JWT stands alone",
        "son typ est {}\u{a0}: une partie d’un SD-JWT est seule",
    ),
    (
        "its typ is vp+jwt, and it holds no presentation",
        "son typ est vp+jwt, et il ne contient pas de présentation",
    ),
    ("its typ is not kb+jwt", "son typ n’est pas kb+jwt"),
    ("its typ is not statuslist+jwt", "son typ n’est pas statuslist+jwt"),
    (
        "its typ is none of dc+sd-jwt, vc+sd-jwt and vp+sd-jwt",
        "son typ n’est ni dc+sd-jwt, ni vc+sd-jwt, ni vp+sd-jwt",
    ),
    ("its type is another one", "son type est autre"),
    ("its kid is empty", "son kid est vide"),
    ("its header has no alg", "son en-tête n’a pas d’alg"),
    ("its payload is not an object", "son contenu n’est pas un objet"),
    ("its salt is not a string", "son sel n’est pas un texte"),
    ("the header is not a JSON object", "l’en-tête n’est pas un objet JSON"),
    ("the payload is not a JSON object", "le contenu n’est pas un objet JSON"),
    ("the name of its claim is not a string", "le nom de sa déclaration n’est pas un texte"),
    ("it is not a compact JWS", "ce n’est pas un JWS compact"),
    ("it is not a compact JWT", "ce n’est pas un JWT compact"),
    ("it is not a JSON array", "ce n’est pas un tableau JSON"),
    ("it has {} part(s) where 3 are needed", "il a {} partie(s) là où il en faut 3"),
    ("it has neither two nor three elements", "il n’a ni deux ni trois éléments"),
    (
        "it has no ~, with which the issuer-signed JWT and every disclosure end",
        "il n’a pas de ~, qui termine le JWT signé par l’émetteur et chaque divulgation",
    ),
    ("{} is not one string", "{} n’est pas un texte unique"),
    ("of {}", "elle est du {}"),
    ("it has another id", "il a un autre id"),
    ("its id is another list's", "son id est celui d’une autre liste"),
    ("its sub is another list's", "son sub est celui d’une autre liste"),
    ("its ttl is not a positive number", "son ttl n’est pas un nombre positif"),
    ("its statusSize is not the entry's", "son statusSize n’est pas celui de l’entrée"),
    ("it belongs to another issuer", "elle appartient à un autre émetteur"),
    ("it is not a BitstringStatusListCredential", "ce n’est pas un BitstringStatusListCredential"),
    ("it is not a 1EdTechRevocationList", "ce n’est pas une 1EdTechRevocationList"),
    (
        "the list is not base64url as its form wants it",
        "la liste n’est pas en base64url comme le veut sa forme",
    ),
    (
        "the list is not one whole {} stream and nothing else",
        "la liste n’est pas un flux {} entier et rien d’autre",
    ),
    (
        "it lacks a claim of a status list token, or one is malformed",
        "il lui manque une déclaration de liste de statuts, ou l’une est mal formée",
    ),
    (
        "it is issued by {}, not by the one the policy names",
        "il est émis par {}, et non par celui que nomme la politique",
    ),
    ("it is not a registry of recognised entities", "ce n’est pas un registre d’entités reconnues"),
    (
        "the policy does not say who must have signed it (issuer)",
        "la politique ne dit pas qui doit l’avoir signé (issuer)",
    ),
    ("dialect {} is not read", "le dialecte {} n’est pas lu"),
    ("it does not name its dialect in $schema", "il ne nomme pas son dialecte dans $schema"),
    ("keyword {} inside the schema", "mot-clé {} à l’intérieur du schéma"),
    ("more than {} steps", "plus de {} étapes"),
    ("not a schema at {}: {}", "ce n’est pas un schéma, en {}\u{a0}: {}"),
    ("reference {} leads back to itself", "la référence {} ramène à elle-même"),
    ("reference {} does not point inside the schema", "la référence {} ne mène pas à l’intérieur du schéma"),
    ("schema larger than {} bytes", "le schéma dépasse {} octets"),
    ("it is no JsonSchemaCredential", "ce n’est pas un JsonSchemaCredential"),
    ("it holds no jsonSchema", "il ne contient pas de jsonSchema"),
    ("its subject is no JsonSchema", "son sujet n’est pas un JsonSchema"),
    (
        "it is not an algorithm, a hyphen and the digest in base64",
        "ce n’est pas un algorithme, un trait d’union et l’empreinte en base64",
    ),
    (
        "it is not a multihash in base64url (u…) or base58btc (z…)",
        "ce n’est pas un multihash en base64url (u…) ou base58btc (z…)",
    ),
    ("there are too many digests", "il y a trop d’empreintes"),
    ("bytes of RDF: {}", "octets de RDF\u{a0}: {}"),
    ("context depth: {}", "profondeur des contextes\u{a0}: {}"),
    ("contexts: {}", "contextes\u{a0}: {}"),
    ("inline terms: {}", "termes en ligne\u{a0}: {}"),
    ("n-degree hash depth: {}", "profondeur de l’empreinte de degré n\u{a0}: {}"),
    ("n-degree hash steps: {}", "étapes de l’empreinte de degré n\u{a0}: {}"),
    ("n-degree hash calls: {}", "appels de l’empreinte de degré n\u{a0}: {}"),
    ("values: {}", "valeurs\u{a0}: {}"),
    ("JSON Pointers: {}", "pointeurs JSON\u{a0}: {}"),
];

/// Reasons that the reader of JSON gives.
const FOREIGN: &[(&str, &str)] = &[
    ("missing field `{}`", "le membre {} manque"),
    ("unknown field `{}`, expected {}", "le membre {} est inconnu (attendu\u{a0}: {})"),
    ("unknown variant `{}`, expected {}", "{} n’est pas une valeur connue (attendu\u{a0}: {})"),
    (
        "invalid type: {}, expected {}",
        "type inattendu («\u{a0}{}\u{a0}»\u{a0}; attendu\u{a0}: «\u{a0}{}\u{a0}»)",
    ),
];

/// A reason in French; nothing where it is not known, or is the same in every language.
pub fn french(reason: &str) -> Option<String> {
    let exact = OWN.iter().find(|(english, _)| *english == reason);
    let found = exact.into_iter().chain(OWN).chain(FOREIGN);
    found.into_iter().find_map(|(english, french)| Some(fill(french, &parts(english, reason)?)))
}

/// What stands in a text where a form has `{}`; nothing where it is of another form.
fn parts<'t>(form: &str, text: &'t str) -> Option<Vec<&'t str>> {
    let mut fixed = form.split("{}");
    let mut rest = text.strip_prefix(fixed.next()?)?;
    let mut parts = Vec::new();
    let mut fixed = fixed.peekable();
    while let Some(next) = fixed.next() {
        // The last part runs to the end, or to what the form ends with.
        let end = match (next.is_empty(), fixed.peek()) {
            (true, None) => rest.len(),
            (false, None) => rest.len().checked_sub(next.len()).filter(|_| rest.ends_with(next))?,
            (_, Some(_)) => rest.find(next)?,
        };
        let (part, after) = rest.split_at_checked(end)?;
        if part.is_empty() {
            return None;
        }
        parts.push(part);
        rest = after.strip_prefix(next)?;
    }
    // What begins a form is one name, and no sentence of its own.
    let is_name = !form.starts_with("{}") || !parts.first()?.contains(' ');
    (rest.is_empty() && is_name).then_some(parts)
}

fn fill(form: &str, parts: &[&str]) -> String {
    parts.iter().fold(form.to_owned(), |filled, part| filled.replacen("{}", part, 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_keeps_its_parts() {
        for (english, french) in OWN.iter().chain(FOREIGN) {
            assert_eq!(english.matches("{}").count(), french.matches("{}").count(), "{english}");
        }
    }

    #[test]
    fn a_reason_is_found_with_what_varies_in_it() {
        for (english, said) in [
            ("it is missing", "elle manque"),
            ("cnf is missing", "cnf manque"),
            ("it has 2 part(s) where 3 are needed", "il a 2 partie(s) là où il en faut 3"),
            ("the modulus has 512 bits, not 2048 to 8192", "le module a 512 bits, et non 2048 à 8192"),
            (
                "not a schema at \"/a\": format: regex",
                "ce n’est pas un schéma, en \"/a\"\u{a0}: format: regex",
            ),
            ("missing field `id`", "le membre id manque"),
        ] {
            assert_eq!(french(english).as_deref(), Some(said));
        }
        for other in [
            "",
            "of ",
            " is missing",
            "required: name",
            "the end is missing",
            "it is missing!",
            "it has 2 part(s)",
        ] {
            assert_eq!(french(other), None, "{other}");
        }
    }
}
