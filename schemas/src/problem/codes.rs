//! The table of codes: one row each, in both languages. Past 600 lines because it is one table, and a reader looks codes up in it.

use super::ProblemType;
use crate::lang::Lang;

macro_rules! codes {
    ($($name:ident = $wire:literal, $kind:ident, en: [$en:literal, $en_hint:literal], fr: [$fr:literal, $fr_hint:literal];)*) => {
        /// A stable code: what exactly was found. Its name never changes meaning; new codes may come.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Code {
            $(#[doc = $en] $name,)*
        }

        impl Code {
            /// Every code, in the order of the table.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// The code as it stands in reports and problem details.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$name => $wire,)* }
            }

            /// The type of problem this code belongs to.
            pub fn problem_type(self) -> ProblemType {
                match self { $(Self::$name => ProblemType::$kind,)* }
            }

            /// The sentence that says what is wrong, with `{placeholders}`.
            pub fn sentence(self, lang: Lang) -> &'static str {
                match self { $(Self::$name => lang.pick($en, $fr),)* }
            }

            /// The sentence that says what to do.
            pub fn hint(self, lang: Lang) -> &'static str {
                match self { $(Self::$name => lang.pick($en_hint, $fr_hint),)* }
            }
        }
    };
}

codes! {
    // ── Reading the input ──
    InputTooLarge = "INPUT_TOO_LARGE", ParsingError,
        en: ["The input is {size} bytes; at most {limit} are read.",
             "Check that this is a badge and not another kind of file."],
        fr: ["L’entrée fait {size} octets\u{a0}; {limit} au plus sont lus.",
             "Vérifiez qu’il s’agit bien d’un badge et non d’un autre type de fichier."];
    InputEmpty = "INPUT_EMPTY", ParsingError,
        en: ["The input is empty.",
             "Give the file that the issuer sent."],
        fr: ["L’entrée est vide.",
             "Donnez le fichier envoyé par l’émetteur."];
    UnsupportedContainer = "UNSUPPORTED_CONTAINER", ParsingError,
        en: ["The input is neither JSON, nor a compact JWT, nor an SD-JWT, nor a PNG or SVG image (found: {found}).",
             "Ask for the badge as .json, .jwt, .sd-jwt, .png or .svg."],
        fr: ["L’entrée n’est ni du JSON, ni un JWT compact, ni un SD-JWT, ni une image PNG ou SVG (trouvé\u{a0}: {found}).",
             "Demandez le badge au format .json, .jwt, .sd-jwt, .png ou .svg."];
    EvidenceBundleGiven = "EVIDENCE_BUNDLE_GIVEN", ParsingError,
        en: ["This is an encrypted bundle of evidence, which its evaluator alone can open.",
             "Open it first, and go on with thread.json in that directory: badge-wallet evaluate open FILE -o DIRECTORY."],
        fr: ["Ceci est un paquet chiffré de preuves, que seul son évaluateur peut ouvrir.",
             "Ouvrez-le d’abord, et poursuivez avec thread.json dans ce répertoire\u{a0}: badge-wallet evaluate open FICHIER -o RÉPERTOIRE."];
    NotAThread = "NOT_A_THREAD", ParsingError,
        en: ["This is {found}, not a thread of an evaluation.",
             "Give the file that badge-wallet evaluate request began. What is a badge or an endorsement is kept with badge-wallet add, and checked with badge-verifier check."],
        fr: ["Ceci est {found}, et non un dossier d’évaluation.",
             "Donnez le fichier qu’a commencé badge-wallet evaluate request. Un badge ou un endossement se garde avec badge-wallet add, et se vérifie avec badge-verifier check."];
    JsonSyntax = "JSON_SYNTAX", ParsingError,
        en: ["The JSON is broken at byte {offset}: {reason}.",
             "Get the file again; if it was edited by hand, restore the original."],
        fr: ["Le JSON est incorrect à l’octet {offset}\u{a0}: {reason}.",
             "Récupérez le fichier à nouveau\u{a0}; s’il a été modifié à la main, reprenez l’original."];
    JsonInvalidUtf8 = "JSON_INVALID_UTF8", ParsingError,
        en: ["The text is not UTF-8 at byte {offset}.",
             "Get the file again without converting its encoding."],
        fr: ["Le texte n’est pas de l’UTF-8 à l’octet {offset}.",
             "Récupérez le fichier à nouveau sans convertir son encodage."];
    JsonDuplicateKey = "JSON_DUPLICATE_KEY", ParsingError,
        en: ["The member {name} stands twice in the same object.",
             "Readers disagree on which one counts, so neither does: ask the issuer for a correct file."],
        fr: ["Le membre {name} figure deux fois dans le même objet.",
             "Les lecteurs ne s’accordent pas sur celui qui compte\u{a0}: demandez un fichier correct à l’émetteur."];
    JsonTooDeep = "JSON_TOO_DEEP", ParsingError,
        en: ["The JSON nests deeper than {limit} levels.",
             "No badge needs this; do not trust the file."],
        fr: ["Le JSON s’imbrique sur plus de {limit} niveaux.",
             "Aucun badge n’en a besoin\u{a0}; ne vous fiez pas à ce fichier."];
    JsonNumber = "JSON_NUMBER", ParsingError,
        en: ["The number {value} is not read the same by every program.",
             "The issuer must write it as a string or keep it within ±(2^53 − 1)."],
        fr: ["Le nombre {value} n’est pas lu de la même façon par tous les programmes.",
             "L’émetteur doit l’écrire comme texte ou le garder dans ±(2^53 − 1)."];
    PngDamaged = "PNG_DAMAGED", ParsingError,
        en: ["The PNG image is damaged at byte {offset}: {reason}.",
             "Get the original image again; do not use a screenshot or a copy from a social network."],
        fr: ["L’image PNG est abîmée à l’octet {offset}\u{a0}: {reason}.",
             "Récupérez l’image d’origine\u{a0}; n’utilisez ni capture d’écran ni copie venant d’un réseau social."];
    PngNoBadgeChunk = "PNG_NO_BADGE_CHUNK", ParsingError,
        en: ["The PNG image carries no badge.",
             "Some phones and social networks remove it: download the image again from the issuer."],
        fr: ["L’image PNG ne contient pas de badge.",
             "Certains téléphones et réseaux sociaux le retirent\u{a0}: téléchargez l’image à nouveau auprès de l’émetteur."];
    PngBadgeChunkForm = "PNG_BADGE_CHUNK_FORM", ParsingError,
        en: ["The badge in the PNG image is stored in a form that Open Badges does not allow: {reason}.",
             "Ask the issuer for an image with one uncompressed iTXt chunk named openbadgecredential."],
        fr: ["Le badge de l’image PNG est enregistré sous une forme qu’Open Badges n’autorise pas\u{a0}: {reason}.",
             "Demandez à l’émetteur une image avec un seul bloc iTXt non compressé nommé openbadgecredential."];
    SvgDamaged = "SVG_DAMAGED", ParsingError,
        en: ["The SVG image cannot be read: {reason}.",
             "Get the original image again."],
        fr: ["L’image SVG ne peut pas être lue\u{a0}: {reason}.",
             "Récupérez l’image d’origine."];
    SvgDtdForbidden = "SVG_DTD_FORBIDDEN", ParsingError,
        en: ["The SVG image contains a document type declaration.",
             "Such declarations can attack readers and are refused: ask the issuer for a plain SVG."],
        fr: ["L’image SVG contient une déclaration de type de document.",
             "De telles déclarations peuvent attaquer les lecteurs et sont refusées\u{a0}: demandez un SVG simple à l’émetteur."];
    SvgNoBadge = "SVG_NO_BADGE", ParsingError,
        en: ["The SVG image carries no badge.",
             "Download the image again from the issuer."],
        fr: ["L’image SVG ne contient pas de badge.",
             "Téléchargez l’image à nouveau auprès de l’émetteur."];
    SvgMultipleBadges = "SVG_MULTIPLE_BADGES", ParsingError,
        en: ["The SVG image carries more than one badge.",
             "Ask the issuer for an image with one badge."],
        fr: ["L’image SVG contient plus d’un badge.",
             "Demandez à l’émetteur une image avec un seul badge."];
    Ob2BadgeDetected = "OB2_BADGE_DETECTED", ParsingError,
        en: ["This is an Open Badges 2.0 badge; this program reads Open Badges 3.0.",
             "Ask the issuer to reissue it as Open Badges 3.0."],
        fr: ["Ceci est un badge Open Badges 2.0\u{a0}; ce programme lit Open Badges 3.0.",
             "Demandez à l’émetteur de le réémettre en Open Badges 3.0."];
    SdJwtMalformed = "SD_JWT_MALFORMED", ParsingError,
        en: ["The SD-JWT is malformed: {reason}.",
             "Get the whole file again: the issuer-signed JWT, the disclosures, and the ~ after each of them."],
        fr: ["Le SD-JWT est mal formé\u{a0}: {reason}.",
             "Récupérez le fichier entier\u{a0}: le JWT signé par l’émetteur, les divulgations, et le ~ après chacun."];
    SdJwtProfileUndecided = "SD_JWT_PROFILE_UNDECIDED", ParsingError,
        en: ["The SD-JWT must carry either vct or @context, as its typ has it (found: {found}).",
             "Standards disagree on what such a credential says: ask the issuer for a dc+sd-jwt with vct, or a vc+sd-jwt with @context."],
        fr: ["Le SD-JWT doit porter soit vct, soit @context, selon son typ (trouvé\u{a0}: {found}).",
             "Les normes ne s’accordent pas sur ce que dit une telle attestation\u{a0}: demandez à l’émetteur un dc+sd-jwt avec vct, ou un vc+sd-jwt avec @context."];
    JwsJsonUnsupported = "JWS_JSON_UNSUPPORTED", ParsingError,
        en: ["This is a JWS in JSON serialisation; only the compact one is read.",
             "Ask for the compact serialisation, with dots between its parts and, for an SD-JWT, ~ after each."],
        fr: ["C’est une JWS en sérialisation JSON\u{a0}; seule la sérialisation compacte est lue.",
             "Demandez la sérialisation compacte, avec des points entre ses parties et, pour un SD-JWT, un ~ après chacune."];
    SdAlgUnsupported = "SD_ALG_UNSUPPORTED", CryptographicSecurityError,
        en: ["The hash function {found} of the disclosures is not accepted.",
             "The issuer must use sha-256, sha-384 or sha-512."],
        fr: ["La fonction de hachage {found} des divulgations n’est pas acceptée.",
             "L’émetteur doit employer sha-256, sha-384 ou sha-512."];
    SdMemberMisplaced = "SD_MEMBER_MISPLACED", ParsingError,
        en: ["A member {name} stands where it conveys no digest.",
             "This name belongs to selective disclosure: ask the issuer for a correct file."],
        fr: ["Un membre {name} se trouve là où il ne transmet aucune empreinte.",
             "Ce nom appartient à la divulgation sélective\u{a0}: demandez un fichier correct à l’émetteur."];
    TooManyDisclosures = "TOO_MANY_DISCLOSURES", ParsingError,
        en: ["There are {count} disclosures; at most {limit} are read.",
             "No badge needs this; do not trust the file."],
        fr: ["Il y a {count} divulgations\u{a0}; {limit} au plus sont lues.",
             "Aucun badge n’en a besoin\u{a0}; ne vous fiez pas à ce fichier."];
    DisclosureMalformed = "DISCLOSURE_MALFORMED", ParsingError,
        en: ["Disclosure {number} cannot be read: {reason}.",
             "Get the file again; if it was shortened by hand, remove whole disclosures only."],
        fr: ["La divulgation {number} est illisible\u{a0}: {reason}.",
             "Récupérez le fichier à nouveau\u{a0}; s’il a été raccourci à la main, n’enlevez que des divulgations entières."];
    DisclosedNameForbidden = "DISCLOSED_NAME_FORBIDDEN", ParsingError,
        en: ["Disclosure {number} discloses a claim named {name}, which belongs to selective disclosure itself.",
             "Do not trust the file; ask the issuer for a correct one."],
        fr: ["La divulgation {number} divulgue une affirmation nommée {name}, nom réservé à la divulgation sélective.",
             "Ne vous fiez pas à ce fichier\u{a0}; demandez-en un correct à l’émetteur."];
    DisclosedNameTaken = "DISCLOSED_NAME_TAKEN", ParsingError,
        en: ["A disclosure brings a second claim named {name} to the same object.",
             "Readers would disagree on which one counts, so neither does: ask the issuer for a correct file."],
        fr: ["Une divulgation ajoute une seconde affirmation nommée {name} au même objet.",
             "Les lecteurs ne s’accorderaient pas sur celle qui compte\u{a0}: demandez un fichier correct à l’émetteur."];
    DisclosureRepeated = "DISCLOSURE_REPEATED", ParsingError,
        en: ["Disclosure {number} is there twice.",
             "Send each disclosure once."],
        fr: ["La divulgation {number} est présente deux fois.",
             "Envoyez chaque divulgation une seule fois."];
    DisclosureUnreferenced = "DISCLOSURE_UNREFERENCED", CryptographicSecurityError,
        en: ["Disclosure {number} is not one that the issuer signed, or the one around it is missing.",
             "Something was added or changed after signing: get the credential again from its holder."],
        fr: ["La divulgation {number} n’a pas été signée par l’émetteur, ou celle qui l’entoure manque.",
             "Quelque chose a été ajouté ou modifié après la signature\u{a0}: redemandez l’attestation à son détenteur."];
    DisclosureMisplaced = "DISCLOSURE_MISPLACED", ParsingError,
        en: ["Disclosure {number} is of the wrong kind for its place: a member where an element is needed, or the other way round.",
             "Ask the issuer for a correct file."],
        fr: ["La divulgation {number} n’est pas de la bonne sorte pour sa place\u{a0}: un membre là où il faut un élément, ou l’inverse.",
             "Demandez un fichier correct à l’émetteur."];
    DigestRepeated = "DIGEST_REPEATED", ParsingError,
        en: ["The digest {digest} stands twice.",
             "One disclosure would appear in two places: ask the issuer for a correct file."],
        fr: ["L’empreinte {digest} figure deux fois.",
             "Une divulgation apparaîtrait en deux endroits\u{a0}: demandez un fichier correct à l’émetteur."];
    ClaimNotDisclosable = "CLAIM_NOT_DISCLOSABLE", MalformedValueError,
        en: ["{claim} decides whether the credential counts, and can be hidden by its holder.",
             "The issuer must sign it in plain sight."],
        fr: ["{claim} décide si l’attestation compte, et son détenteur peut le cacher.",
             "L’émetteur doit le signer en clair."];
    KeyBindingMalformed = "KEY_BINDING_MALFORMED", ParsingError,
        en: ["The key binding JWT is malformed: {reason}.",
             "The holder must present the credential again with another program."],
        fr: ["Le JWT de liaison de clé est mal formé\u{a0}: {reason}.",
             "Le détenteur doit présenter l’attestation à nouveau avec un autre programme."];
    KeyBindingMissing = "KEY_BINDING_MISSING", HolderBinding,
        en: ["Nothing shows that the holder presents this credential to you, now: there is no key binding JWT.",
             "Send the holder a challenge and ask for a presentation; the file alone may be a copy."],
        fr: ["Rien ne montre que le détenteur vous présente cette attestation, maintenant\u{a0}: il n’y a pas de JWT de liaison de clé.",
             "Envoyez un défi au détenteur et demandez une présentation\u{a0}; le fichier seul peut être une copie."];
    KeyBindingUnexpected = "KEY_BINDING_UNEXPECTED", HolderBinding,
        en: ["This credential was presented to {audience}: it comes with a key binding JWT.",
             "Ask the issuer for the credential itself, which ends with ~."],
        fr: ["Cette attestation a été présentée à {audience}\u{a0}: elle porte un JWT de liaison de clé.",
             "Demandez à l’émetteur l’attestation elle-même, qui se termine par ~."];
    KeyBindingHashMismatch = "KEY_BINDING_HASH_MISMATCH", CryptographicSecurityError,
        en: ["The key binding JWT is about another credential or other disclosures.",
             "Something was added, removed or exchanged after the holder signed: refuse it."],
        fr: ["Le JWT de liaison de clé porte sur une autre attestation ou d’autres divulgations.",
             "Quelque chose a été ajouté, retiré ou échangé après la signature du détenteur\u{a0}: refusez-la."];
    KeyBindingStale = "KEY_BINDING_STALE", RangeError,
        en: ["The key binding JWT was made at {issuedAt}, more than {limit} s before now ({now}).",
             "Send a fresh challenge and ask for a new presentation."],
        fr: ["Le JWT de liaison de clé a été fait le {issuedAt}, plus de {limit} s avant maintenant ({now}).",
             "Envoyez un nouveau défi et demandez une nouvelle présentation."];
    ConfirmationUnusable = "CONFIRMATION_UNUSABLE", HolderBinding,
        en: ["The credential does not name a usable key of its holder (cnf): {reason}.",
             "Its holder cannot prove to be the one; ask the issuer for a credential with cnf.jwk."],
        fr: ["L’attestation ne nomme pas de clé utilisable de son détenteur (cnf)\u{a0}: {reason}.",
             "Son détenteur ne peut pas le prouver\u{a0}; demandez à l’émetteur une attestation avec cnf.jwk."];
    DisclosureRefused = "DISCLOSURE_REFUSED", Request,
        en: ["The claim {pointer} cannot be chosen for disclosure: {reason}.",
             "Give the JSON Pointer of a claim that can be hidden, such as /credentialSubject/result."],
        fr: ["L’affirmation {pointer} ne peut pas être choisie pour la divulgation\u{a0}: {reason}.",
             "Donnez le JSON Pointer d’une affirmation qui peut être cachée, par exemple /credentialSubject/result."];
    JwtMalformed = "JWT_MALFORMED", ParsingError,
        en: ["The JWT is not well formed: {reason}.",
             "Copy the whole token, with its two dots and nothing around it."],
        fr: ["Le JWT est mal formé\u{a0}: {reason}.",
             "Copiez le jeton entier, avec ses deux points et rien autour."];

    // ── Conformance: data model, contexts, schemas ──
    NotACredential = "NOT_A_CREDENTIAL", MalformedValueError,
        en: ["The document is neither a verifiable credential nor a verifiable presentation.",
             "Its type must contain VerifiableCredential or VerifiablePresentation."],
        fr: ["Le document n’est ni un justificatif vérifiable ni une présentation vérifiable.",
             "Son type doit contenir VerifiableCredential ou VerifiablePresentation."];
    MalformedValue = "MALFORMED_VALUE", MalformedValueError,
        en: ["The value of {member} is not what the standard allows: {reason}.",
             "Ask the issuer for a correct credential."],
        fr: ["La valeur de {member} n’est pas celle que permet la norme\u{a0}: {reason}.",
             "Demandez un justificatif correct à l’émetteur."];
    ContextOrder = "CONTEXT_ORDER", MalformedValueError,
        en: ["The first @context must be {expected}.",
             "Ask the issuer for a credential of the VC Data Model 2.0."],
        fr: ["Le premier @context doit être {expected}.",
             "Demandez à l’émetteur un justificatif du modèle VC Data Model 2.0."];
    ContextUnknown = "CONTEXT_UNKNOWN", MalformedValueError,
        en: ["The context {iri} is not one that this program carries.",
             "Contexts are never fetched; the issuer should use the standard ones."],
        fr: ["Le contexte {iri} n’est pas embarqué dans ce programme.",
             "Les contextes ne sont jamais téléchargés\u{a0}; l’émetteur devrait utiliser les contextes standard."];
    ContextInlineForbidden = "CONTEXT_INLINE_FORBIDDEN", MalformedValueError,
        en: ["The inline context uses {member}, which could change the meaning of other terms.",
             "Ask the issuer to use published contexts."],
        fr: ["Le contexte en ligne utilise {member}, ce qui pourrait changer le sens d’autres termes.",
             "Demandez à l’émetteur d’utiliser des contextes publiés."];
    JsonldUndefinedTerm = "JSONLD_UNDEFINED_TERM", ProofTransformationError,
        en: ["No context defines {term}, so no signature could cover it.",
             "Remove it, or name the context that defines it."],
        fr: ["Aucun contexte ne définit {term}\u{a0}; aucune signature ne pourrait donc le couvrir.",
             "Retirez-le, ou indiquez le contexte qui le définit."];
    JsonldRelativeIri = "JSONLD_RELATIVE_IRI", ProofTransformationError,
        en: ["{value} is a relative reference where an absolute IRI is needed.",
             "Write the complete IRI."],
        fr: ["{value} est une référence relative là où il faut un IRI absolu.",
             "Écrivez l’IRI complet."];
    JsonldInvalid = "JSONLD_INVALID", ProofTransformationError,
        en: ["The document is not valid JSON-LD: {reason}.",
             "Ask the issuer for a correct credential."],
        fr: ["Le document n’est pas du JSON-LD valide\u{a0}: {reason}.",
             "Demandez un justificatif correct à l’émetteur."];
    CanonicalizationLimit = "CANONICALIZATION_LIMIT", ProofTransformationError,
        en: ["The document is too complex to canonicalise ({reason}).",
             "No badge needs this; do not trust the file."],
        fr: ["Le document est trop complexe pour être mis sous forme canonique ({reason}).",
             "Aucun badge n’en a besoin\u{a0}; ne vous fiez pas à ce fichier."];
    WorkLimit = "WORK_LIMIT", ProofTransformationError,
        en: ["Everything in this input together costs more than {limit} steps to verify; the rest was not looked at.",
             "Present fewer badges at a time; if there are only a few, do not trust the file."],
        fr: ["Tout ce que contient cette entrée demanderait plus de {limit} étapes de vérification\u{a0}; le reste n’a pas été examiné.",
             "Présentez moins de badges à la fois\u{a0}; s’il y en a peu, ne vous fiez pas à ce fichier."];
    SchemaViolation = "SCHEMA_VIOLATION", MalformedValueError,
        en: ["The credential does not follow the {schema} schema: {reason}.",
             "Ask the issuer for a correct credential."],
        fr: ["Le justificatif ne suit pas le schéma {schema}\u{a0}: {reason}.",
             "Demandez un justificatif correct à l’émetteur."];
    CredentialSchemaUnsupported = "CREDENTIAL_SCHEMA_UNSUPPORTED", MalformedValueError,
        en: ["The credential names the schema {schema} of type {kind}, which this program does not carry.",
             "It could not be checked against that schema; the standard's own schema was used."],
        fr: ["Le justificatif cite le schéma {schema} de type {kind}, que ce programme n’embarque pas.",
             "Il n’a pas pu être comparé à ce schéma\u{a0}; celui de la norme a été utilisé."];
    VcdmVariantMismatch = "VCDM_VARIANT_MISMATCH", MalformedValueError,
        en: ["The member {member} does not belong to the data model that @context announces.",
             "Ask the issuer for a credential of one data model only."],
        fr: ["Le membre {member} n’appartient pas au modèle de données annoncé par @context.",
             "Demandez à l’émetteur un justificatif d’un seul modèle de données."];
    VcdmVersionUnsupported = "VCDM_VERSION_UNSUPPORTED", MalformedValueError,
        en: ["This credential uses the VC Data Model {version}, which is read and no longer written.",
             "Issue it by the VC Data Model 2.0."],
        fr: ["Ce justificatif utilise le modèle VC Data Model {version}, qui est lu et n’est plus écrit.",
             "Émettez-le selon le modèle VC Data Model 2.0."];
    VcdmContextsMixed = "VCDM_CONTEXTS_MIXED", MalformedValueError,
        en: ["The context {iri} does not belong to the data model {version} that the first @context announces.",
             "Ask the issuer for a credential of one data model only."],
        fr: ["Le contexte {iri} n’appartient pas au modèle de données {version} annoncé par le premier @context.",
             "Demandez à l’émetteur un justificatif d’un seul modèle de données."];
    RelatedResourceDuplicate = "RELATED_RESOURCE_DUPLICATE", MalformedValueError,
        en: ["The related resource {resource} is listed twice.",
             "Each resource is listed once, with all its digests: ask the issuer for a correct credential."],
        fr: ["La ressource liée {resource} figure deux fois.",
             "Chaque ressource figure une fois, avec toutes ses empreintes\u{a0}: demandez un justificatif correct à l’émetteur."];
    RelatedResourceDigestMissing = "RELATED_RESOURCE_DIGEST_MISSING", MalformedValueError,
        en: ["The related resource {resource} has neither digestSRI nor digestMultibase.",
             "Ask the issuer to add a digest."],
        fr: ["La ressource liée {resource} n’a ni digestSRI ni digestMultibase.",
             "Demandez à l’émetteur d’ajouter une empreinte."];
    DigestAlgorithmForbidden = "DIGEST_ALGORITHM_FORBIDDEN", MalformedValueError,
        en: ["A digest uses {algorithm}, which is not accepted.",
             "Use SHA-384, or SHA-256 or SHA-512; the data model advises SHA-384 at least."],
        fr: ["Une empreinte utilise {algorithm}, qui n’est pas accepté.",
             "Utilisez SHA-384, ou SHA-256 ou SHA-512\u{a0}; le modèle de données conseille SHA-384 au moins."];
    TooManyRelatedResources = "TOO_MANY_RELATED_RESOURCES", MalformedValueError,
        en: ["The document states digests of more than {limit} resources.",
             "No badge needs this; do not trust the file."],
        fr: ["Le document donne les empreintes de plus de {limit} ressources.",
             "Aucun badge n’en a besoin\u{a0}; ne vous fiez pas à ce fichier."];
    RelatedResourceMismatch = "RELATED_RESOURCE_MISMATCH", CryptographicSecurityError,
        en: ["{resource} does not have the digest that the document states.",
             "The resource is not the one the issuer meant: do not rely on it, and ask the issuer."],
        fr: ["{resource} n’a pas l’empreinte donnée par le document.",
             "La ressource n’est pas celle que l’émetteur avait en vue\u{a0}: ne vous y fiez pas et demandez-lui."];
    RelatedResourceNotLookedAt = "RELATED_RESOURCE_NOT_LOOKED_AT", Retrieval,
        en: ["Nobody has looked whether {resource} has the digest that the document states.",
             "Before relying on it, compare its digest; related-resources = \"fetched\" in the policy does so."],
        fr: ["Personne n’a vérifié si {resource} a l’empreinte donnée par le document.",
             "Avant de vous y fier, comparez son empreinte\u{a0}; related-resources = \"fetched\" dans la politique le fait."];
    RelatedResourceUnavailable = "RELATED_RESOURCE_UNAVAILABLE", Retrieval,
        en: ["{resource} could not be obtained, so its digest was not compared: {reason}.",
             "Try again later, or ask the issuer."],
        fr: ["{resource} n’a pas pu être obtenue\u{a0}; son empreinte n’a donc pas été comparée\u{a0}: {reason}.",
             "Réessayez plus tard, ou demandez à l’émetteur."];
    CredentialSchemaUnavailable = "CREDENTIAL_SCHEMA_UNAVAILABLE", Retrieval,
        en: ["The schema {schema} could not be obtained: {reason}.",
             "Whether the credential follows it is not known: try again later, or ask the issuer."],
        fr: ["Le schéma {schema} n’a pas pu être obtenu\u{a0}: {reason}.",
             "On ne sait pas si le justificatif le suit\u{a0}: réessayez plus tard, ou demandez à l’émetteur."];
    CredentialSchemaRefused = "CREDENTIAL_SCHEMA_REFUSED", MalformedValueError,
        en: ["The schema {schema} is not used: {reason}.",
             "Whether the credential follows it is not known; the issuer should publish a simpler, self-contained schema."],
        fr: ["Le schéma {schema} n’est pas utilisé\u{a0}: {reason}.",
             "On ne sait pas si le justificatif le suit\u{a0}; l’émetteur devrait publier un schéma plus simple et autonome."];
    SubjectUnidentified = "SUBJECT_UNIDENTIFIED", MalformedValueError,
        en: ["The credential does not say whom it is about: credentialSubject has neither id nor identifier.",
             "Ask the issuer to add one."],
        fr: ["Le justificatif ne dit pas de qui il parle\u{a0}: credentialSubject n’a ni id ni identifier.",
             "Demandez à l’émetteur d’en ajouter un."];
    CriteriaEmpty = "CRITERIA_EMPTY", MalformedValueError,
        en: ["The achievement's criteria have neither id nor narrative.",
             "The issuer should say what was required; readers cannot judge the badge without it."],
        fr: ["Les critères de la réalisation n’ont ni id ni narrative.",
             "L’émetteur devrait dire ce qui était exigé\u{a0}; sans cela, on ne peut pas juger le badge."];
    ResultDescriptionDangling = "RESULT_DESCRIPTION_DANGLING", MalformedValueError,
        en: ["A result refers to {reference}, which the achievement does not describe.",
             "Ask the issuer to correct the result."],
        fr: ["Un résultat renvoie à {reference}, que la réalisation ne décrit pas.",
             "Demandez à l’émetteur de corriger le résultat."];
    ResultValueOutOfRange = "RESULT_VALUE_OUT_OF_RANGE", MalformedValueError,
        en: ["The result {value} is not among the values that its description allows.",
             "Ask the issuer to correct the result."],
        fr: ["Le résultat {value} ne fait pas partie des valeurs permises par sa description.",
             "Demandez à l’émetteur de corriger le résultat."];
    TooManyProofs = "TOO_MANY_PROOFS", MalformedValueError,
        en: ["The document carries {count} proofs; at most {limit} are read.",
             "No badge needs this; do not trust the file."],
        fr: ["Le document porte {count} preuves\u{a0}; {limit} au plus sont lues.",
             "Aucun badge n’en a besoin\u{a0}; ne vous fiez pas à ce fichier."];
    NestingTooDeep = "NESTING_TOO_DEEP", MalformedValueError,
        en: ["Credentials are embedded in each other deeper than {limit} levels.",
             "No badge needs this; do not trust the file."],
        fr: ["Les justificatifs s’imbriquent sur plus de {limit} niveaux.",
             "Aucun badge n’en a besoin\u{a0}; ne vous fiez pas à ce fichier."];
    TooManyCredentials = "TOO_MANY_CREDENTIALS", MalformedValueError,
        en: ["The document embeds more than {limit} credentials.",
             "Split it into several documents."],
        fr: ["Le document contient plus de {limit} justificatifs.",
             "Répartissez-le en plusieurs documents."];

    // ── Signature, keys and purpose ──
    NoProof = "NO_PROOF", CryptographicSecurityError,
        en: ["The document is not signed.",
             "Anyone could have written it: ask the issuer for the signed badge."],
        fr: ["Le document n’est pas signé.",
             "N’importe qui a pu l’écrire\u{a0}: demandez le badge signé à l’émetteur."];
    SignatureInvalid = "SIGNATURE_INVALID", CryptographicSecurityError,
        en: ["The signature does not match the content.",
             "The badge was changed after it was signed, or was not signed by this key: do not trust it, ask the issuer for the original."],
        fr: ["La signature ne correspond pas au contenu.",
             "Le badge a été modifié après sa signature, ou n’a pas été signé par cette clé\u{a0}: ne vous y fiez pas, demandez l’original à l’émetteur."];
    ProofMalformed = "PROOF_MALFORMED", ProofVerificationError,
        en: ["The proof is not well formed: {reason}.",
             "Ask the issuer for a correctly signed badge."],
        fr: ["La preuve est mal formée\u{a0}: {reason}.",
             "Demandez à l’émetteur un badge correctement signé."];
    BaseProofPresented = "BASE_PROOF_PRESENTED", ProofVerificationError,
        en: ["The proof is a base proof, which is for the holder alone: it was not derived for whoever is to verify it.",
             "Ask the holder to present what they want to show; a wallet derives a proof for that."],
        fr: ["La preuve est une preuve de base, destinée au seul titulaire\u{a0}: elle n’a pas été dérivée pour celui qui la vérifie.",
             "Demandez au titulaire de présenter ce qu’il veut montrer\u{a0}; un portefeuille en dérive une preuve."];
    NoBaseProof = "NO_BASE_PROOF", ProofTransformationError,
        en: ["The document has no base proof, so a part of it cannot be shown by itself.",
             "Show it whole, or ask the issuer for a badge in the format ecdsa-sd-2023."],
        fr: ["Le document n’a pas de preuve de base\u{a0}: on ne peut pas en montrer une partie seule.",
             "Montrez-le en entier, ou demandez à l’émetteur un badge au format ecdsa-sd-2023."];
    DisclosurePointer = "DISCLOSURE_POINTER", ProofTransformationError,
        en: ["The pointer {pointer} selects nothing in the document.",
             "Give JSON Pointers (RFC 6901) to members that are there, such as /credentialSubject/achievement/name."],
        fr: ["Le pointeur {pointer} ne désigne rien dans le document.",
             "Donnez des pointeurs JSON (RFC 6901) vers des membres présents, comme /credentialSubject/achievement/name."];
    DisclosureEmpty = "DISCLOSURE_EMPTY", ProofTransformationError,
        en: ["Nothing of the document would be disclosed.",
             "Select at least one member to reveal."],
        fr: ["Rien du document ne serait révélé.",
             "Choisissez au moins un membre à révéler."];
    DisclosureImpossible = "DISCLOSURE_IMPOSSIBLE", ProofTransformationError,
        en: ["The selected part says something that the whole document does not say, so it cannot be disclosed by itself.",
             "Reveal an ordered list in full rather than some of its items."],
        fr: ["La partie choisie dit autre chose que le document entier\u{a0}: elle ne peut pas être révélée seule.",
             "Révélez une liste ordonnée en entier plutôt que quelques-uns de ses éléments."];
    CryptosuiteUnsupported = "CRYPTOSUITE_UNSUPPORTED", ProofVerificationError,
        en: ["The proof uses {suite}, which this program does not read.",
             "Ask the issuer for a badge signed with eddsa-rdfc-2022 or as a JWT."],
        fr: ["La preuve utilise {suite}, que ce programme ne lit pas.",
             "Demandez à l’émetteur un badge signé en eddsa-rdfc-2022 ou sous forme de JWT."];
    KeyCryptosuiteMismatch = "KEY_CRYPTOSUITE_MISMATCH", ProofVerificationError,
        en: ["A key for {alg} cannot have made a proof with {suite}.",
             "Ask the issuer for a badge signed with the right key."],
        fr: ["Une clé pour {alg} ne peut pas avoir produit une preuve {suite}.",
             "Demandez à l’émetteur un badge signé avec la bonne clé."];
    ProofContextMismatch = "PROOF_CONTEXT_MISMATCH", ProofVerificationError,
        en: ["The contexts that the proof was made in are not those the document begins with.",
             "Somebody changed what the badge's words mean after it was signed: ask the issuer for the original."],
        fr: ["Les contextes dans lesquels la preuve a été produite ne sont pas ceux par lesquels le document commence.",
             "Le sens des mots du badge a été modifié après sa signature\u{a0}: demandez l’original à l’émetteur."];
    PreviousProofUnresolved = "PREVIOUS_PROOF_UNRESOLVED", ProofVerificationError,
        en: ["The proof follows {previous}: {reason}.",
             "A proof was taken out or changed after this one was made: ask for the complete file."],
        fr: ["La preuve fait suite à {previous}\u{a0}: {reason}.",
             "Une preuve a été retirée ou modifiée après celle-ci\u{a0}: demandez le fichier complet."];
    AlgForbidden = "ALG_FORBIDDEN", CryptographicSecurityError,
        en: ["The algorithm {alg} is not accepted for this key.",
             "Ask the issuer for a badge signed with EdDSA, ES256 or RS256."],
        fr: ["L’algorithme {alg} n’est pas accepté pour cette clé.",
             "Demandez à l’émetteur un badge signé en EdDSA, ES256 ou RS256."];
    JoseHeaderUnexpected = "JOSE_HEADER_UNEXPECTED", CryptographicSecurityError,
        en: ["The JWT header contains {name}, which Open Badges does not allow.",
             "Ask the issuer for a JWT with only alg, kid, jwk and typ in its header."],
        fr: ["L’en-tête du JWT contient {name}, qu’Open Badges n’autorise pas.",
             "Demandez à l’émetteur un JWT dont l’en-tête ne contient que alg, kid, jwk et typ."];
    JwkPrivateKeyExposed = "JWK_PRIVATE_KEY_EXPOSED", CryptographicSecurityError,
        en: ["The message publishes a private key.",
             "Tell the issuer at once: anyone can sign in its name."],
        fr: ["Le message publie une clé privée.",
             "Prévenez l’émetteur sans attendre\u{a0}: n’importe qui peut signer en son nom."];
    KidJwkDisagree = "KID_JWK_DISAGREE", CryptographicSecurityError,
        en: ["The JWT names one key (kid) and carries another (jwk).",
             "Ask the issuer for a correctly signed badge."],
        fr: ["Le JWT désigne une clé (kid) et en transporte une autre (jwk).",
             "Demandez à l’émetteur un badge correctement signé."];
    ClaimMismatch = "CLAIM_MISMATCH", CryptographicSecurityError,
        en: ["The JWT claim {claim} says {found}, the credential says {expected}.",
             "Ask the issuer for a correctly signed badge."],
        fr: ["La déclaration {claim} du JWT indique {found}, le justificatif indique {expected}.",
             "Demandez à l’émetteur un badge correctement signé."];
    IssuedAtUnreadable = "ISSUED_AT_UNREADABLE", CryptographicSecurityError,
        en: ["The token says it was made at {found}, which is no number of seconds.",
             "Nothing depends on it; the issuer should write iat as RFC 7519 has it."],
        fr: ["Le jeton dit avoir été produit à {found}, ce qui n’est pas un nombre de secondes.",
             "Rien n’en dépend\u{a0}; l’émetteur devrait écrire iat comme le veut la RFC 7519."];
    KeyUnresolved = "KEY_UNRESOLVED", InvalidVerificationMethod,
        en: ["The key {method} was not found in its controller document.",
             "The issuer may have withdrawn it, or published its keys elsewhere: ask the issuer."],
        fr: ["La clé {method} est introuvable dans le document de son contrôleur.",
             "L’émetteur l’a peut-être retirée, ou publie ses clés ailleurs\u{a0}: demandez-lui."];
    KeyMalformed = "KEY_MALFORMED", InvalidVerificationMethod,
        en: ["The key {method} cannot be read: {reason}.",
             "Ask the issuer to publish a correct key."],
        fr: ["La clé {method} ne peut pas être lue\u{a0}: {reason}.",
             "Demandez à l’émetteur de publier une clé correcte."];
    KeyRevoked = "KEY_REVOKED", InvalidVerificationMethod,
        en: ["The key {method} must not be relied on since {since}, and nothing but the signature itself says that it is older.",
             "Ask the issuer for a badge signed with a current key; or give evidence that this one existed before (trusted-times in the policy, or the snapshot of an earlier check)."],
        fr: ["On ne doit plus se fier à la clé {method} depuis le {since}, et rien que la signature elle-même ne dit qu’elle est antérieure.",
             "Demandez à l’émetteur un badge signé avec une clé actuelle\u{a0}; ou apportez la preuve que celui-ci existait avant (trusted-times dans la politique, ou l’instantané d’une vérification antérieure)."];
    KeyExpired = "KEY_EXPIRED", InvalidVerificationMethod,
        en: ["The key {method} expired on {since}, and nothing but the signature itself could say that it is older.",
             "Ask the issuer for a badge signed with a current key; or give evidence that this one existed before (trusted-times in the policy, or the snapshot of an earlier check)."],
        fr: ["La clé {method} a expiré le {since}, et seule la signature elle-même pourrait dire qu’elle est antérieure.",
             "Demandez à l’émetteur un badge signé avec une clé actuelle\u{a0}; ou apportez la preuve que celui-ci existait avant (trusted-times dans la politique, ou l’instantané d’une vérification antérieure)."];
    KeyRetired = "KEY_RETIRED", InvalidVerificationMethod,
        en: ["The signature says that it was made after {since}, when the key {method} was already retired.",
             "Ask the issuer: this signature should not exist."],
        fr: ["La signature se dit faite après le {since}, alors que la clé {method} était déjà retirée du service.",
             "Interrogez l’émetteur\u{a0}: cette signature ne devrait pas exister."];
    KeyUnavailable = "KEY_UNAVAILABLE", InvalidVerificationMethod,
        en: ["The keys of {controller} could not be obtained: {reason}.",
             "Who signed is not known: try again online or later."],
        fr: ["Les clés de {controller} n’ont pas pu être obtenues\u{a0}: {reason}.",
             "On ne sait pas qui a signé\u{a0}: réessayez en ligne ou plus tard."];
    KeyProvenanceMissing = "KEY_PROVENANCE_MISSING", InvalidVerificationMethod,
        en: ["Nothing shows that the key belongs to the issuer {issuer}.",
             "A key that comes only with the message proves nothing: ask the issuer to publish it."],
        fr: ["Rien ne montre que la clé appartient à l’émetteur {issuer}.",
             "Une clé fournie seulement avec le message ne prouve rien\u{a0}: demandez à l’émetteur de la publier."];
    DidUnsupported = "DID_UNSUPPORTED", InvalidVerificationMethod,
        en: ["The identifier {did} uses a method that this program does not resolve.",
             "Supported: did:key, did:jwk, did:web and https issuers."],
        fr: ["L’identifiant {did} utilise une méthode que ce programme ne résout pas.",
             "Pris en charge\u{a0}: did:key, did:jwk, did:web et les émetteurs https."];
    ControllerDocumentInvalid = "CONTROLLER_DOCUMENT_INVALID", InvalidVerificationMethod,
        en: ["The controller document of {controller} is not valid: {reason}.",
             "Ask the issuer to correct it."],
        fr: ["Le document de contrôleur de {controller} n’est pas valide\u{a0}: {reason}.",
             "Demandez à l’émetteur de le corriger."];
    ControllerNotIssuer = "CONTROLLER_NOT_ISSUER", CryptographicSecurityError,
        en: ["The key belongs to {controller}, not to the issuer {issuer}.",
             "Someone signed in another's name: do not trust this badge."],
        fr: ["La clé appartient à {controller}, et non à l’émetteur {issuer}.",
             "Quelqu’un a signé au nom d’un autre\u{a0}: ne vous fiez pas à ce badge."];
    ControllerNotHolder = "CONTROLLER_NOT_HOLDER", CryptographicSecurityError,
        en: ["The key belongs to {controller}, not to the holder {holder}.",
             "Someone presents in another's name: ask the holder to present again."],
        fr: ["La clé appartient à {controller}, et non au détenteur {holder}.",
             "Quelqu’un présente au nom d’un autre\u{a0}: demandez au détenteur de présenter à nouveau."];
    ProofPurposeWrong = "PROOF_PURPOSE_WRONG", CryptographicSecurityError,
        en: ["The proof was made for {found}; {expected} is needed here.",
             "Ask for a document signed for this use."],
        fr: ["La preuve a été faite pour {found}\u{a0}; il faut ici {expected}.",
             "Demandez un document signé pour cet usage."];
    PurposeNotAuthorized = "PURPOSE_NOT_AUTHORIZED", CryptographicSecurityError,
        en: ["The controller {controller} does not allow this key for {purpose}.",
             "Ask the issuer to sign with a key it authorises."],
        fr: ["Le contrôleur {controller} n’autorise pas cette clé pour {purpose}.",
             "Demandez à l’émetteur de signer avec une clé qu’il autorise."];
    ProofExpired = "PROOF_EXPIRED", ProofVerificationError,
        en: ["The proof expired on {expires} (checked as of {now}).",
             "Ask for a new one."],
        fr: ["La preuve a expiré le {expires} (vérifiée à la date du {now}).",
             "Demandez-en une nouvelle."];
    ProofFromTheFuture = "PROOF_FROM_THE_FUTURE", ProofVerificationError,
        en: ["The proof says it was created on {created}, after {now}.",
             "Check this machine's clock; otherwise ask for a new one."],
        fr: ["La preuve dit avoir été créée le {created}, après le {now}.",
             "Vérifiez l’horloge de cette machine\u{a0}; sinon, demandez-en une nouvelle."];

    // ── Validity period ──
    NotYetValid = "NOT_YET_VALID", RangeError,
        en: ["The credential is valid from {validFrom} on (checked as of {now}).",
             "Wait until then, or check this machine's clock."],
        fr: ["Le justificatif est valable à partir du {validFrom} (vérifié à la date du {now}).",
             "Attendez cette date, ou vérifiez l’horloge de cette machine."];
    Expired = "EXPIRED", RangeError,
        en: ["The credential expired on {validUntil} (checked as of {now}).",
             "Ask the issuer for a renewed badge."],
        fr: ["Le justificatif a expiré le {validUntil} (vérifié à la date du {now}).",
             "Demandez un badge renouvelé à l’émetteur."];
    ValidityReversed = "VALIDITY_REVERSED", RangeError,
        en: ["The credential would end ({validUntil}) before it begins ({validFrom}).",
             "Ask the issuer for a correct credential."],
        fr: ["Le justificatif finirait ({validUntil}) avant de commencer ({validFrom}).",
             "Demandez un justificatif correct à l’émetteur."];

    // ── Status ──
    Revoked = "REVOKED", CredentialStatus,
        en: ["It was revoked: its issuer no longer stands by it.",
             "It no longer counts; ask the holder or the issuer why."],
        fr: ["Il a été révoqué\u{a0}: son émetteur ne le soutient plus.",
             "Il ne compte plus\u{a0}; demandez pourquoi au détenteur ou à l’émetteur."];
    Suspended = "SUSPENDED", CredentialStatus,
        en: ["It was suspended for now by its issuer.",
             "Ask the issuer when it will be reinstated."],
        fr: ["Il a été suspendu pour le moment par son émetteur.",
             "Demandez à l’émetteur quand il sera rétabli."];
    StatusRetrievalError = "STATUS_RETRIEVAL_ERROR", StatusRetrievalError,
        en: ["The status list {list} could not be obtained: {reason}.",
             "Whether the badge was revoked is not known: try again online or later."],
        fr: ["La liste de statuts {list} n’a pas pu être obtenue\u{a0}: {reason}.",
             "On ne sait pas si le badge a été révoqué\u{a0}: réessayez en ligne ou plus tard."];
    StatusVerificationError = "STATUS_VERIFICATION_ERROR", StatusVerificationError,
        en: ["The status list {list} cannot be relied on: {reason}.",
             "Whether the badge was revoked is not known: ask the issuer."],
        fr: ["La liste de statuts {list} n’est pas fiable\u{a0}: {reason}.",
             "On ne sait pas si le badge a été révoqué\u{a0}: demandez à l’émetteur."];
    StatusListLengthError = "STATUS_LIST_LENGTH_ERROR", StatusListLengthError,
        en: ["The status list {list} has {length} entries; at least {minimum} are required.",
             "Ask the issuer to publish a correct list."],
        fr: ["La liste de statuts {list} a {length} entrées\u{a0}; il en faut au moins {minimum}.",
             "Demandez à l’émetteur de publier une liste correcte."];
    StatusListTooLarge = "STATUS_LIST_TOO_LARGE", StatusVerificationError,
        en: ["The status list {list} unpacks to more than {limit} bytes.",
             "This is a mistake or an attack: ask the issuer."],
        fr: ["La liste de statuts {list} dépasse {limit} octets une fois décompressée.",
             "C’est une erreur ou une attaque\u{a0}: demandez à l’émetteur."];
    StatusRangeError = "STATUS_RANGE_ERROR", RangeError,
        en: ["The status index {index} lies outside the list {list}.",
             "Ask the issuer for a correct badge."],
        fr: ["L’indice de statut {index} est hors de la liste {list}.",
             "Demandez un badge correct à l’émetteur."];
    StatusPurposeMismatch = "STATUS_PURPOSE_MISMATCH", StatusVerificationError,
        en: ["The badge asks for {expected}, the list {list} is about {found}.",
             "Ask the issuer for a correct badge."],
        fr: ["Le badge demande {expected}, la liste {list} porte sur {found}.",
             "Demandez un badge correct à l’émetteur."];
    StatusIssuerMismatch = "STATUS_ISSUER_MISMATCH", StatusVerificationError,
        en: ["The status list {list} is signed by {found}, not by the badge's issuer {issuer}.",
             "If that body may speak for the issuer, say so in the trust policy (status-issuers)."],
        fr: ["La liste de statuts {list} est signée par {found}, et non par l’émetteur du badge {issuer}.",
             "Si cet organisme peut parler au nom de l’émetteur, indiquez-le dans la politique de confiance (status-issuers)."];
    StatusListStale = "STATUS_LIST_STALE", StatusVerificationError,
        en: ["The status list {list} is out of date: {reason}.",
             "Whether the badge was revoked since is not known: try again online."],
        fr: ["La liste de statuts {list} n’est plus à jour\u{a0}: {reason}.",
             "On ne sait pas si le badge a été révoqué depuis\u{a0}: réessayez en ligne."];
    StatusEntryMalformed = "STATUS_ENTRY_MALFORMED", MalformedValueError,
        en: ["The credential's status entry cannot be read: {reason}.",
             "Ask the issuer for a correct badge."],
        fr: ["L’entrée de statut du justificatif ne peut pas être lue\u{a0}: {reason}.",
             "Demandez un badge correct à l’émetteur."];
    StatusTypeUnsupported = "STATUS_TYPE_UNSUPPORTED", StatusVerificationError,
        en: ["The badge uses the status method {kind}, which this program does not read.",
             "Whether the badge was revoked is not known: ask the issuer."],
        fr: ["Le badge utilise la méthode de statut {kind}, que ce programme ne lit pas.",
             "On ne sait pas si le badge a été révoqué\u{a0}: demandez à l’émetteur."];
    StatusMissing = "STATUS_MISSING", StatusVerificationError,
        en: ["The badge has no status entry, and your policy requires one.",
             "Ask the issuer for a badge that can be revoked, or change require-status in the policy."],
        fr: ["Le badge n’a pas d’entrée de statut, et votre politique en exige une.",
             "Demandez à l’émetteur un badge révocable, ou modifiez require-status dans la politique."];
    StatusMessage = "STATUS_MESSAGE", CredentialStatus,
        en: ["The issuer gave this badge the status {status}: a message, which decides nothing by itself.",
             "Ask the issuer what it means for your use."],
        fr: ["L’émetteur a donné à ce badge le statut {status}\u{a0}: un message, qui ne décide de rien par lui-même.",
             "Demandez à l’émetteur ce que cela signifie pour votre usage."];
    StatusRefresh = "STATUS_REFRESH", CredentialStatus,
        en: ["The issuer has a newer version of this badge.",
             "This one still counts; ask the holder for the newer one, or have it fetched (--refresh)."],
        fr: ["L’émetteur a une version plus récente de ce badge.",
             "Celle-ci compte encore\u{a0}; demandez la plus récente au détenteur, ou faites-la chercher (--refresh)."];
    StatusMeaningUnknown = "STATUS_MEANING_UNKNOWN", StatusVerificationError,
        en: ["The issuer gave this badge the status {status} for {purpose}, whose meaning this program does not know.",
             "Ask the issuer whether the badge still counts."],
        fr: ["L’émetteur a donné à ce badge le statut {status} pour {purpose}, dont ce programme ignore le sens.",
             "Demandez à l’émetteur si le badge compte encore."];

    // ── Issuer recognition ──
    IssuerUnknown = "ISSUER_UNKNOWN", IssuerRecognition,
        en: ["No registry you use lists the issuer {issuer}.",
             "This says nothing against the badge: add a registry, or decide for yourself whether you know this issuer."],
        fr: ["Aucun registre que vous utilisez ne cite l’émetteur {issuer}.",
             "Cela ne dit rien contre le badge\u{a0}: ajoutez un registre, ou jugez vous-même si vous connaissez cet émetteur."];
    IssuerOutOfScope = "ISSUER_OUT_OF_SCOPE", IssuerRecognition,
        en: ["The registry {registry} recognises the issuer, but not for this badge ({dimension}).",
             "Ask the issuer by what right it issues this badge."],
        fr: ["Le registre {registry} reconnaît l’émetteur, mais pas pour ce badge ({dimension}).",
             "Demandez à l’émetteur à quel titre il émet ce badge."];
    RegistryExpired = "REGISTRY_EXPIRED", IssuerRecognition,
        en: ["The registry {registry} expired on {validUntil}.",
             "Get a current copy of the registry."],
        fr: ["Le registre {registry} a expiré le {validUntil}.",
             "Procurez-vous une copie à jour du registre."];
    RegistryInvalid = "REGISTRY_INVALID", IssuerRecognition,
        en: ["The registry {registry} cannot be relied on: {reason}.",
             "Get the registry again from its publisher."],
        fr: ["Le registre {registry} n’est pas fiable\u{a0}: {reason}.",
             "Procurez-vous à nouveau le registre auprès de son éditeur."];
    RegistryUnchecked = "REGISTRY_UNCHECKED", IssuerRecognition,
        en: ["The registry {registry} could not be consulted: {reason}.",
             "Try again online, or give a saved copy with --registry."],
        fr: ["Le registre {registry} n’a pas pu être consulté\u{a0}: {reason}.",
             "Réessayez en ligne, ou donnez une copie enregistrée avec --registry."];

    // ── Holder and recipient ──
    ChallengeNotExpected = "CHALLENGE_NOT_EXPECTED", InvalidChallengeError,
        en: ["No challenge was expected, so an old presentation would look the same as a fresh one.",
             "Give the challenge you sent with --challenge."],
        fr: ["Aucun défi n’était attendu\u{a0}: une ancienne présentation serait indiscernable d’une nouvelle.",
             "Donnez avec --challenge le défi que vous avez envoyé."];
    ChallengeMismatch = "CHALLENGE_MISMATCH", InvalidChallengeError,
        en: ["The presentation answers the challenge {found}, not {expected}.",
             "It was made for someone else or for another occasion: ask the holder to present again."],
        fr: ["La présentation répond au défi {found}, et non à {expected}.",
             "Elle a été faite pour quelqu’un d’autre ou pour une autre occasion\u{a0}: demandez au détenteur de présenter à nouveau."];
    DomainMismatch = "DOMAIN_MISMATCH", InvalidDomainError,
        en: ["The presentation was made for {found}, not for {expected}.",
             "It was made for someone else: ask the holder to present again."],
        fr: ["La présentation a été faite pour {found}, et non pour {expected}.",
             "Elle a été faite pour quelqu’un d’autre\u{a0}: demandez au détenteur de présenter à nouveau."];
    DomainNotExpected = "DOMAIN_NOT_EXPECTED", InvalidDomainError,
        en: ["The presentation was made for {found}, and no domain was expected.",
             "Give your own domain with --domain, so that a presentation made for another is refused."],
        fr: ["La présentation a été faite pour {found}, et aucun domaine n’était attendu.",
             "Donnez votre domaine avec --domain, pour qu’une présentation faite pour un autre soit refusée."];
    PresenterNotSubject = "PRESENTER_NOT_SUBJECT", HolderBinding,
        en: ["The badge was given to {subject}; it is presented by {presenter}.",
             "Do not accept it: ask the person it was given to."],
        fr: ["Le badge a été remis à {subject}\u{a0}; il est présenté par {presenter}.",
             "Ne l’acceptez pas\u{a0}: adressez-vous à la personne à qui il a été remis."];
    PresenterUnprovable = "PRESENTER_UNPROVABLE", HolderBinding,
        en: ["The badge names its recipient only by {kind}, so the presenter {presenter} could not be compared with it.",
             "Give the recipient you expect with --recipient."],
        fr: ["Le badge ne désigne son destinataire que par {kind}\u{a0}; le présentateur {presenter} n’a donc pas pu lui être comparé.",
             "Donnez le destinataire attendu avec --recipient."];
    RecipientNotMatched = "RECIPIENT_NOT_MATCHED", HolderBinding,
        en: ["The badge was not given to {recipient}.",
             "Check the address or identifier; the badge itself may be genuine, but about someone else."],
        fr: ["Le badge n’a pas été remis à {recipient}.",
             "Vérifiez l’adresse ou l’identifiant\u{a0}; le badge peut être authentique, mais concerner quelqu’un d’autre."];
    RecipientHashWeak = "RECIPIENT_HASH_WEAK", HolderBinding,
        en: ["The badge hides its recipient with {weakness}, which can be guessed.",
             "The recipient matches; the issuer should use sha256 with a salt."],
        fr: ["Le badge masque son destinataire avec {weakness}, ce qui peut se deviner.",
             "Le destinataire correspond\u{a0}; l’émetteur devrait utiliser sha256 avec un sel."];

    // ── Embedded credentials ──
    EndorsementInvalid = "ENDORSEMENT_INVALID", EmbeddedCredential,
        en: ["The endorsement by {endorser} is not valid.",
             "Do not count it; see its own report."],
        fr: ["L’endossement de {endorser} n’est pas valide.",
             "N’en tenez pas compte\u{a0}; voyez son propre rapport."];
    EndorsementIndeterminate = "ENDORSEMENT_INDETERMINATE", EmbeddedCredential,
        en: ["Whether the endorsement by {endorser} is valid could not be determined.",
             "See its own report."],
        fr: ["On n’a pas pu déterminer si l’endossement de {endorser} est valide.",
             "Voyez son propre rapport."];
    EndorsementTargetMismatch = "ENDORSEMENT_TARGET_MISMATCH", EmbeddedCredential,
        en: ["The endorsement speaks of {target}, not of this badge, its achievement or its issuer.",
             "Do not count it."],
        fr: ["L’endossement parle de {target}, et non de ce badge, de sa réalisation ou de son émetteur.",
             "N’en tenez pas compte."];
    EndorserSelf = "ENDORSER_SELF", EmbeddedCredential,
        en: ["The endorsement by {endorser} is signed by the issuer itself.",
             "It adds nothing to the issuer's own word."],
        fr: ["L’endossement de {endorser} est signé par l’émetteur lui-même.",
             "Il n’ajoute rien à la parole de l’émetteur."];
    EndorsementStaleVersion = "ENDORSEMENT_STALE_VERSION", EmbeddedCredential,
        en: ["The endorsement by {endorser} speaks of another version of {target}.",
             "Do not count it; the evaluator would have to look at this version."],
        fr: ["L’endossement de {endorser} parle d’une autre version de {target}.",
             "N’en tenez pas compte\u{a0}; l’évaluateur devrait examiner cette version."];
    EndorsementWithdrawn = "ENDORSEMENT_WITHDRAWN", EmbeddedCredential,
        en: ["The endorsement by {endorser} was withdrawn.",
             "Do not count it; the evaluator no longer stands by it."],
        fr: ["L’endossement de {endorser} a été retiré.",
             "N’en tenez pas compte\u{a0}; l’évaluateur ne le soutient plus."];
    EndorsementReciprocal = "ENDORSEMENT_RECIPROCAL", EmbeddedCredential,
        en: ["{endorser} and {candidate} vouch for each other.",
             "Their words are not independent: neither is counted."],
        fr: ["{endorser} et {candidate} se portent garants l’un de l’autre.",
             "Leurs paroles ne sont pas indépendantes\u{a0}: aucune n’est comptée."];
    ReciprocityNotKnown = "RECIPROCITY_NOT_KNOWN", EmbeddedCredential,
        en: ["Whether evaluators and candidates vouch for each other cannot be seen in one file.",
             "Only the issuer sees all evaluations; ask it where that matters."],
        fr: ["Un seul fichier ne permet pas de voir si évaluateurs et candidats se portent garants les uns des autres.",
             "Seul l’émetteur voit toutes les évaluations\u{a0}; demandez-lui si cela importe."];
    EvaluatorIsCandidate = "EVALUATOR_IS_CANDIDATE", EmbeddedCredential,
        en: ["{evaluator} evaluates itself.",
             "Nobody is their own evaluator: do not count it, and ask somebody else."],
        fr: ["{evaluator} s’évalue lui-même.",
             "Nul n’est son propre évaluateur\u{a0}: n’en tenez pas compte, et demandez à quelqu’un d’autre."];
    EndorserUnqualified = "ENDORSER_UNQUALIFIED", EmbeddedCredential,
        en: ["Nothing that the policy recognises shows that {endorser} may evaluate this skill at this level: {reason}.",
             "It is not counted for the panel; the evaluator's own badge for the skill, or an entry in a registry that the policy names, would show it."],
        fr: ["Rien de ce que la politique reconnaît ne montre que {endorser} peut évaluer cette compétence à ce niveau\u{a0}: {reason}.",
             "Il n’est pas compté dans le jury\u{a0}; le badge de l’évaluateur pour cette compétence, ou une inscription dans un registre que la politique désigne, le montrerait."];
    SkillNotInBadge = "SKILL_NOT_IN_BADGE", EmbeddedCredential,
        en: ["The endorsement evaluates {skill}, which is no skill of this badge.",
             "Do not count it for this badge."],
        fr: ["L’endossement évalue {skill}, qui n’est pas une compétence de ce badge.",
             "N’en tenez pas compte pour ce badge."];
    PanelQuorumNotMet = "PANEL_QUORUM_NOT_MET", EmbeddedCredential,
        en: ["The quorum is not met for {skill}: {counted} of {quorum} evaluators count.",
             "See in the list of evaluations why each of the others is not counted."],
        fr: ["Le quorum n’est pas atteint pour {skill}\u{a0}: {counted} évaluateurs sur {quorum} comptent.",
             "Voyez dans la liste des évaluations pourquoi chacun des autres n’est pas compté."];
    EvaluationTooOld = "EVALUATION_TOO_OLD", EmbeddedCredential,
        en: ["The evaluation of {validFrom} is older than the policy allows ({limit} days).",
             "Ask the evaluator for a new one."],
        fr: ["L’évaluation du {validFrom} est plus ancienne que la politique ne le permet ({limit} jours).",
             "Demandez-en une nouvelle à l’évaluateur."];
    EvaluatorOrganisation = "EVALUATOR_ORGANISATION", EmbeddedCredential,
        en: ["{endorser} names no organisation, or one that is counted already, and the policy wants distinct ones.",
             "An evaluator of another organisation would be counted."],
        fr: ["{endorser} ne désigne aucune organisation, ou en désigne une déjà comptée, et la politique en veut de distinctes.",
             "Un évaluateur d’une autre organisation serait compté."];
    SealedEvaluationMismatch = "SEALED_EVALUATION_MISMATCH", EmbeddedCredential,
        en: ["The evaluation that was opened is not as the issuer sealed it: {member} differs.",
             "Ask the issuer: what it vouched for is something else."],
        fr: ["L’évaluation qui a été ouverte n’est pas celle que l’émetteur a scellée\u{a0}: {member} diffère.",
             "Interrogez l’émetteur\u{a0}: ce dont il s’est porté garant est autre chose."];

    // ── Peer evaluation: mandates and what answers them ──
    MandateExpired = "MANDATE_EXPIRED", EmbeddedCredential,
        en: ["The mandate ended on {validUntil}; the move was made on {made}.",
             "The candidate would have to ask again."],
        fr: ["La demande a pris fin le {validUntil}\u{a0}; l’acte date du {made}.",
             "Le candidat devrait renouveler sa demande."];
    MandateScopeExceeded = "MANDATE_SCOPE_EXCEEDED", EmbeddedCredential,
        en: ["The evaluation goes beyond the mandate: {reason} ({value}).",
             "Only what the candidate asked for counts; it can be asked for in a new mandate."],
        fr: ["L’évaluation va au-delà de la demande\u{a0}: {reason} ({value}).",
             "Seul ce que le candidat a demandé compte\u{a0}; il peut demander cela par une nouvelle demande."];
    MandateReplayed = "MANDATE_REPLAYED", EmbeddedCredential,
        en: ["The record answers another mandate ({found}) than this one ({expected}).",
             "A mandate serves one candidate, one evaluator and one version, once."],
        fr: ["L’enregistrement répond à une autre demande ({found}) que celle-ci ({expected}).",
             "Une demande sert pour un candidat, un évaluateur et une version, une seule fois."];
    EvaluationTooLarge = "EVALUATION_TOO_LARGE", MalformedValueError,
        en: ["{member} holds {count}; at most {limit} are read.",
             "Ask for less at once; nobody can evaluate this much."],
        fr: ["{member} en contient {count}\u{a0}; {limit} au plus sont lus.",
             "Demandez-en moins à la fois\u{a0}; personne ne peut évaluer autant."];
    EvidenceChanged = "EVIDENCE_CHANGED", EmbeddedCredential,
        en: ["The evidence {name} is not the one that the candidate committed to.",
             "What was evaluated and what is shown now differ: ask for the original, or for a new evaluation."],
        fr: ["La preuve {name} n’est pas celle sur laquelle le candidat s’est engagé.",
             "Ce qui a été évalué et ce qui est montré diffèrent\u{a0}: demandez l’original, ou une nouvelle évaluation."];
    ThreadWithoutMandate = "THREAD_WITHOUT_MANDATE", EmbeddedCredential,
        en: ["The thread does not begin with a request that counts.",
             "Ask for the whole thread, from the request on: without it nothing else in it counts."],
        fr: ["Le dossier ne commence pas par une demande qui compte.",
             "Demandez le dossier entier, à partir de la demande\u{a0}: sans elle, rien d’autre n’y compte."];
    MandateNotAuthentic = "MANDATE_NOT_AUTHENTIC", EmbeddedCredential,
        en: ["The first record, the request by {issuer}, was changed after it was signed, or is not signed by its author.",
             "Do not rely on this file; ask whoever sent it for the thread again."],
        fr: ["Le premier enregistrement, la demande de {issuer}, a été modifié après sa signature, ou n’est pas signé par son auteur.",
             "Ne vous fiez pas à ce fichier\u{a0}; redemandez le dossier à qui vous l’a envoyé."];
    RecordUnsound = "RECORD_UNSOUND", EmbeddedCredential,
        en: ["The {record} by {issuer} does not verify ({reason}) and is passed over.",
             "See its own report; its author may sign it again."],
        fr: ["L’enregistrement {record} de {issuer} ne passe pas la vérification ({reason})\u{a0}; il est ignoré.",
             "Voyez son propre rapport\u{a0}; son auteur peut le signer à nouveau."];
    RecordOutOfPlace = "RECORD_OUT_OF_PLACE", EmbeddedCredential,
        en: ["The {record} by {issuer} does not follow the record before it and is passed over.",
             "It belongs to another thread or another place; ask for the whole thread."],
        fr: ["L’enregistrement {record} de {issuer} ne suit pas celui qui le précède\u{a0}; il est ignoré.",
             "Il appartient à un autre dossier ou à une autre place\u{a0}; demandez le dossier entier."];
    RecordNotEntitled = "RECORD_NOT_ENTITLED", EmbeddedCredential,
        en: ["The {record} is signed by {issuer}, and only {entitled} may make this move; it is passed over.",
             "Do not count it."],
        fr: ["L’enregistrement {record} est signé par {issuer}, et seul {entitled} peut accomplir cet acte\u{a0}; il est ignoré.",
             "N’en tenez pas compte."];
    RecordUnexpected = "RECORD_UNEXPECTED", EmbeddedCredential,
        en: ["The {record} by {issuer} is no move that can be made now (the state is {state}); it is passed over.",
             "Do not count it; a new mandate can always be made."],
        fr: ["L’enregistrement {record} de {issuer} n’est pas un acte possible à ce stade (l’état est {state})\u{a0}; il est ignoré.",
             "N’en tenez pas compte\u{a0}; une nouvelle demande est toujours possible."];
    RecordSuspended = "RECORD_SUSPENDED", CredentialStatus,
        en: ["The status list says that the {record} is suspended for now, not taken back.",
             "Do not rely on it until its signer has decided; ask when that will be."],
        fr: ["La liste de statuts dit de cet enregistrement ({record}) qu’il est suspendu pour le moment, non retiré.",
             "Ne vous y fiez pas tant que son signataire n’a pas décidé\u{a0}; demandez-lui quand ce sera."];
    BundleMalformed = "BUNDLE_MALFORMED", ParsingError,
        en: ["This is no evidence bundle, or not a whole one: {reason}.",
             "Ask the candidate to send it again."],
        fr: ["Ce n’est pas un paquet de preuves, ou il n’est pas entier\u{a0}: {reason}.",
             "Demandez au candidat de le renvoyer."];
    BundleTooLarge = "BUNDLE_TOO_LARGE", MalformedValueError,
        en: ["The evidence bundle is too large: {member}, {count}; at most {limit}.",
             "Make several bundles for the one request, each with some of the files (--evidence), or ask anew with smaller files; a file that is too large alone can be handed over in another way, the evaluator compares it all the same (--evidence-dir)."],
        fr: ["Le paquet de preuves est trop volumineux\u{a0}: {member}, {count}\u{a0}; au plus {limit}.",
             "Faites plusieurs paquets pour la même demande, chacun avec une partie des fichiers (--evidence), ou refaites la demande avec des fichiers plus petits\u{a0}; un fichier trop gros à lui seul peut être remis autrement, l’évaluateur le compare tout de même (--evidence-dir)."];
    BundleKeyUnsuitable = "BUNDLE_KEY_UNSUITABLE", EmbeddedCredential,
        en: ["Nothing can be encrypted to {did}: it is not a did:key with an Ed25519 key.",
             "The evaluator needs a wallet of this kind; or show them the evidence in another way."],
        fr: ["Rien ne peut être chiffré pour {did}\u{a0}: ce n’est pas un did:key à clé Ed25519.",
             "L’évaluateur a besoin d’un tel portefeuille\u{a0}; ou montrez-lui les preuves autrement."];
    BundleMandateUnfit = "BUNDLE_MANDATE_UNFIT", EmbeddedCredential,
        en: ["No evidence bundle goes with this mandate: {reason}.",
             "A bundle is made by the candidate of a mandate, for its evaluator, while it can be answered."],
        fr: ["Aucun paquet de preuves ne va avec cette demande\u{a0}: {reason}.",
             "Un paquet est fait par le candidat d’une demande, pour son évaluateur, tant qu’on peut y répondre."];
    BundleOfAnother = "BUNDLE_OF_ANOTHER", EmbeddedCredential,
        en: ["The evidence bundle is meant for {recipient}, not for this wallet ({own}).",
             "Give it to the one it is for; only that key opens it."],
        fr: ["Le paquet de preuves est destiné à {recipient}, et non à ce portefeuille ({own}).",
             "Transmettez-le à son destinataire\u{a0}; sa clé seule l’ouvre."];
    BundleDamaged = "BUNDLE_DAMAGED", EmbeddedCredential,
        en: ["The evidence bundle was changed on its way, or was not encrypted to this wallet.",
             "Nothing was written. Ask the candidate to send it again."],
        fr: ["Le paquet de preuves a été modifié en chemin, ou n’a pas été chiffré pour ce portefeuille.",
             "Rien n’a été écrit. Demandez au candidat de le renvoyer."];
    BundleNotByCandidate = "BUNDLE_NOT_BY_CANDIDATE", EmbeddedCredential,
        en: ["The evidence bundle was not made by {candidate}, the candidate of the mandate in it, for this wallet.",
             "Do not trust it; somebody may have passed on, or made up, what is in it."],
        fr: ["Le paquet de preuves n’a pas été fait par {candidate}, le candidat de la demande qu’il contient, pour ce portefeuille.",
             "Ne vous y fiez pas\u{a0}; quelqu’un a pu en transmettre, ou en inventer, le contenu."];
    BundleExpired = "BUNDLE_EXPIRED", EmbeddedCredential,
        en: ["The evidence bundle ended on {expires}.",
             "The candidate can make a new one while the mandate runs."],
        fr: ["Le paquet de preuves a pris fin le {expires}.",
             "Le candidat peut en faire un nouveau tant que court la demande."];
    CredentialInvalid = "CREDENTIAL_INVALID", EmbeddedCredential,
        en: ["A presented credential is not valid.",
             "See its own report."],
        fr: ["Un justificatif présenté n’est pas valide.",
             "Voyez son propre rapport."];
    CredentialIndeterminate = "CREDENTIAL_INDETERMINATE", EmbeddedCredential,
        en: ["Whether a presented credential is valid could not be determined.",
             "See its own report."],
        fr: ["On n’a pas pu déterminer si un justificatif présenté est valide.",
             "Voyez son propre rapport."];
    PresentationEmpty = "PRESENTATION_EMPTY", EmbeddedCredential,
        en: ["The presentation contains no credential.",
             "Ask the holder to present the badge."],
        fr: ["La présentation ne contient aucun justificatif.",
             "Demandez au détenteur de présenter le badge."];

    // ── Refresh ──
    RefreshFailed = "REFRESH_FAILED", Retrieval,
        en: ["The newer version of the badge could not be used: {reason}.",
             "The badge you gave was checked instead."],
        fr: ["La version plus récente du badge n’a pas pu être utilisée\u{a0}: {reason}.",
             "Le badge que vous avez donné a été vérifié à sa place."];
    RefreshIdChanged = "REFRESH_ID_CHANGED", EmbeddedCredential,
        en: ["The refreshed badge has another {member}.",
             "The badge you gave was checked instead; ask the issuer."],
        fr: ["Le badge rafraîchi a un autre {member}.",
             "Le badge que vous avez donné a été vérifié à sa place\u{a0}; demandez à l’émetteur."];

    // ── The issuer's log ──
    LogMalformed = "LOG_MALFORMED", ParsingError,
        en: ["The {part} of this log or receipt is not in the form of a transparency log (C2SP tlog-tiles, tlog-proof).",
             "Get the file again from the issuer, unchanged; a text editor that rewrites line ends spoils it."],
        fr: ["Un élément de ce journal ou de ce reçu ({part}) n’a pas la forme d’un journal de transparence (C2SP tlog-tiles, tlog-proof).",
             "Récupérez le fichier auprès de l’émetteur, sans le modifier\u{a0}; un éditeur qui réécrit les fins de ligne l’abîme."];
    LogNotSigned = "LOG_NOT_SIGNED", ProofVerificationError,
        en: ["No valid key of the issuer signed the checkpoint of the log {origin}.",
             "Do not rely on it. Ask the issuer for its log; under did:web, give its DID document with --did-document."],
        fr: ["Aucune clé valable de l’émetteur n’a signé le point de contrôle du journal {origin}.",
             "Ne vous y fiez pas. Demandez son journal à l’émetteur\u{a0}; sous did:web, donnez son document DID avec --did-document."];
    LogProofWrong = "LOG_PROOF_WRONG", ProofVerificationError,
        en: ["The entry is not where the receipt says in the log {origin}: the proof does not lead to the signed root.",
             "Do not rely on the receipt: the entry, its place or the proof was changed. Ask the issuer for a new one."],
        fr: ["L’entrée n’est pas à l’endroit indiqué du journal {origin}\u{a0}: la preuve ne mène pas à la racine signée.",
             "Ne vous fiez pas au reçu\u{a0}: l’entrée, sa place ou la preuve a été modifiée. Demandez-en un nouveau à l’émetteur."];
    LogOtherBadge = "LOG_OTHER_BADGE", ProofVerificationError,
        en: ["The receipt does not record this badge as issued.",
             "It belongs to another badge, or to another act, or does not show what it records. Ask the issuer for the receipt of this badge, with its opening."],
        fr: ["Le reçu n’enregistre pas l’émission de ce badge.",
             "Il porte sur un autre badge ou un autre acte, ou ne montre pas ce qu’il enregistre. Demandez à l’émetteur le reçu de ce badge, avec son contenu."];
    LogDiffers = "LOG_DIFFERS", ProofVerificationError,
        en: ["The log {origin} contradicts its own checkpoint: {file}.",
             "Keep what you have as evidence and ask the issuer. An incomplete copy gives this too: fetch it again whole."],
        fr: ["Le journal {origin} contredit son propre point de contrôle\u{a0}: {file}.",
             "Gardez ce que vous avez comme preuve et interrogez l’émetteur. Une copie incomplète donne aussi ce constat\u{a0}: récupérez-la en entier."];
    LogRewritten = "LOG_REWRITTEN", ProofVerificationError,
        en: ["The log {origin} no longer begins with what its checkpoint at {size} entries says.",
             "It was rewritten or cut. Keep both checkpoints: together, signed by the same issuer, they prove it."],
        fr: ["Le journal {origin} ne commence plus par ce que dit son point de contrôle à {size} entrées.",
             "Il a été réécrit ou tronqué. Gardez les deux points de contrôle\u{a0}: signés du même émetteur, ils le prouvent ensemble."];
    // ── Retrieval ──
    ResourceMissing = "RESOURCE_MISSING", Retrieval,
        en: ["Needed, and not at hand: {resource}.",
             "Look online: without --offline, or with --online where the command has it; or give a saved snapshot."],
        fr: ["Nécessaire, et pas disponible\u{a0}: {resource}.",
             "Regardez en ligne\u{a0}: sans --offline, ou avec --online si la commande en dispose\u{a0}; ou donnez un instantané enregistré."];
    FetchRefused = "FETCH_REFUSED", Retrieval,
        en: ["{url} was not fetched: {reason}.",
             "Only public https addresses are fetched; for tests on this machine see --danger-allow-loopback."],
        fr: ["{url} n’a pas été téléchargé\u{a0}: {reason}.",
             "Seules les adresses https publiques sont consultées\u{a0}; pour des essais sur cette machine, voir --danger-allow-loopback."];
    FetchFailed = "FETCH_FAILED", Retrieval,
        en: ["{url} could not be fetched: {reason}.",
             "Check the network and try again."],
        fr: ["{url} n’a pas pu être téléchargé\u{a0}: {reason}.",
             "Vérifiez le réseau et réessayez."];

    // ── Requests to the programs ──
    FileUnreadable = "FILE_UNREADABLE", Request,
        en: ["{path} cannot be read: {reason}.",
             "Check the path and your rights on the file."],
        fr: ["{path} ne peut pas être lu\u{a0}: {reason}.",
             "Vérifiez le chemin et vos droits sur le fichier."];
    FileUnwritable = "FILE_UNWRITABLE", Request,
        en: ["{path} cannot be written: {reason}.",
             "Check the directory, the free space and your rights."],
        fr: ["{path} ne peut pas être écrit\u{a0}: {reason}.",
             "Vérifiez le répertoire, l’espace libre et vos droits."];
    FileExists = "FILE_EXISTS", Request,
        en: ["{path} exists already; nothing is written over it.",
             "Name another one."],
        fr: ["{path} existe déjà\u{a0}; rien ne sera écrit par-dessus.",
             "Donnez un autre nom."];
    PolicyInvalid = "POLICY_INVALID", Request,
        en: ["The trust policy {path} is not valid: {reason}.",
             "See the documented example in verifier/README.md."],
        fr: ["La politique de confiance {path} n’est pas valide\u{a0}: {reason}.",
             "Voyez l’exemple documenté dans verifier/README.md."];
    SnapshotInvalid = "SNAPSHOT_INVALID", Request,
        en: ["The snapshot {path} is not valid: {reason}.",
             "Save it again with --save-snapshot."],
        fr: ["L’instantané {path} n’est pas valide\u{a0}: {reason}.",
             "Enregistrez-le à nouveau avec --save-snapshot."];
    TimeInvalid = "TIME_INVALID", Request,
        en: ["{value} is not a date and time with a zone.",
             "Write it like 2026-11-22T10:00:00Z."],
        fr: ["{value} n’est pas une date et heure avec fuseau.",
             "Écrivez-la comme 2026-11-22T10:00:00Z."];
    OptionInvalid = "OPTION_INVALID", Request,
        en: ["{option} cannot be used here: {reason}.",
             "See --help."],
        fr: ["{option} ne peut pas être utilisé ici\u{a0}: {reason}.",
             "Voir --help."];
    FileOfAnotherKind = "FILE_OF_ANOTHER_KIND", Request,
        en: ["{option} is given {path}, which is {found}; what is wanted there is {wanted}.",
             "Give such a file; see --help."],
        fr: ["{option} reçoit {path}, qui est {found}\u{a0}; ce qu’il faut là est {wanted}.",
             "Donnez un tel fichier\u{a0}; voir --help."];

    // ── Alignments and identifiers ──
    AlignmentUnknown = "ALIGNMENT_UNKNOWN", MalformedValueError,
        en: ["{framework} has no {target}.",
             "Look the code up in the framework and correct the alignment."],
        fr: ["{framework} ne contient pas {target}.",
             "Cherchez le code dans le référentiel et corrigez l’alignement."];
    AlignmentMalformed = "ALIGNMENT_MALFORMED", MalformedValueError,
        en: ["The alignment with {framework} is not written as that framework writes it: {member} is {found}, expected {expected}.",
             "Copy the identifier from the framework itself, without changing http to https."],
        fr: ["L’alignement sur {framework} n’est pas écrit comme ce référentiel l’écrit\u{a0}: {member} vaut {found}, attendu {expected}.",
             "Recopiez l’identifiant depuis le référentiel lui-même, sans changer http en https."];
    AlignmentContradictory = "ALIGNMENT_CONTRADICTORY", MalformedValueError,
        en: ["The alignment names {framework} in one place and {other} in another.",
             "Make targetType, targetFramework and targetUrl speak of the same framework."],
        fr: ["L’alignement désigne {framework} à un endroit et {other} à un autre.",
             "Faites en sorte que targetType, targetFramework et targetUrl parlent du même référentiel."];
    AlignmentLabelDiffers = "ALIGNMENT_LABEL_DIFFERS", MalformedValueError,
        en: ["The alignment calls {target} “{found}”; {framework} calls it “{expected}”.",
             "A translation may explain it; otherwise trust the code, not the name."],
        fr: ["L’alignement appelle {target} «\u{a0}{found}\u{a0}»\u{a0}; {framework} l’appelle «\u{a0}{expected}\u{a0}».",
             "Une traduction peut l’expliquer\u{a0}; sinon, fiez-vous au code et non au nom."];
    AlignmentNotLookedUp = "ALIGNMENT_NOT_LOOKED_UP", Retrieval,
        en: ["The alignment with {target} was not looked up: this program has no complete table of its framework.",
             "Open the address of the target to see what it means."],
        fr: ["L’alignement sur {target} n’a pas été recherché\u{a0}: ce programme n’a pas de table complète de son référentiel.",
             "Ouvrez l’adresse de la cible pour voir ce qu’elle signifie."];
    TargetTypeUnknown = "TARGET_TYPE_UNKNOWN", MalformedValueError,
        en: ["The target type {value} is neither in the list of Open Badges nor one this program knows.",
             "Use a type of the list, or one of ext:ESCOSkill, ext:DigCompCompetence, ext:EQFLevel, ext:RNCP, ext:RNCPBloc, ext:RS, ext:ROME, ext:ISCEDF."],
        fr: ["Le type de cible {value} n’est ni dans la liste d’Open Badges ni connu de ce programme.",
             "Utilisez un type de la liste, ou l’un de ext:ESCOSkill, ext:DigCompCompetence, ext:EQFLevel, ext:RNCP, ext:RNCPBloc, ext:RS, ext:ROME, ext:ISCEDF."];
    IdentifierMalformed = "IDENTIFIER_MALFORMED", MalformedValueError,
        en: ["The {kind} identifier {value} does not have the form {expected}.",
             "Copy it from the register it comes from."],
        fr: ["L’identifiant {kind} {value} n’a pas la forme {expected}.",
             "Recopiez-le depuis le registre dont il vient."];
    IdentifierSpaces = "IDENTIFIER_SPACES", MalformedValueError,
        en: ["The {kind} identifier {value} contains spaces; without them it is {expected}.",
             "Write it without spaces: what is signed must be exact."],
        fr: ["L’identifiant {kind} {value} contient des espaces\u{a0}; sans eux, c’est {expected}.",
             "Écrivez-le sans espaces\u{a0}: ce qui est signé doit être exact."];
    IdentifierCheckDigit = "IDENTIFIER_CHECK_DIGIT", MalformedValueError,
        en: ["The check digit of the {kind} identifier {value} does not fit.",
             "One character was mistyped: copy the identifier from the register it comes from."],
        fr: ["La clé de contrôle de l’identifiant {kind} {value} ne convient pas.",
             "Un caractère a été mal saisi\u{a0}: recopiez l’identifiant depuis le registre dont il vient."];
    IdentifierRegion = "IDENTIFIER_REGION", MalformedValueError,
        en: ["The {kind} identifier {value} begins with {region}, which is no region of France.",
             "Copy it from the public list of training bodies."],
        fr: ["L’identifiant {kind} {value} commence par {region}, qui n’est pas une région française.",
             "Recopiez-le depuis la liste publique des organismes de formation."];
    IdentifierTypeUnknown = "IDENTIFIER_TYPE_UNKNOWN", MalformedValueError,
        en: ["{type} looks like a type of identifier that is known here, and is none of {known}.",
             "Write it as one of these. A type of your own does not begin with ext:fr and a capital letter."],
        fr: ["{type} ressemble à un type d’identifiant connu ici, et n’est aucun de {known}.",
             "Écrivez-le comme l’un de ceux-là. Un type qui vous est propre ne commence pas par ext:fr suivi d’une capitale."];
    CountryUnknown = "COUNTRY_UNKNOWN", MalformedValueError,
        en: ["No country has the code {code} in ISO 3166-1.",
             "Give the two capital letters of the country, as in FR or BE; the United Kingdom is GB, Greece GR."],
        fr: ["Aucun pays n’a le code {code} dans la norme ISO 3166-1.",
             "Donnez les deux lettres capitales du pays, comme FR ou BE\u{a0}; le Royaume-Uni est GB, la Grèce GR."];

    // ── Lint profiles ──
    LintExtensionsContext = "LINT_EXTENSIONS_CONTEXT", MalformedValueError,
        en: ["The type {type} is used without the context {context}, which defines it.",
             "Add {context} to @context: without it the validator of 1EdTech refuses the badge."],
        fr: ["Le type {type} est employé sans le contexte {context}, qui le définit.",
             "Ajoutez {context} à @context\u{a0}: sans lui, le validateur de 1EdTech refuse le badge."];
    LintEvidenceEmpty = "LINT_EVIDENCE_EMPTY", MalformedValueError,
        en: ["This evidence has neither an address nor a narrative.",
             "Give it an id at which it can be seen, or a narrative that tells it."],
        fr: ["Cette preuve n’a ni adresse ni récit.",
             "Donnez-lui un id où la voir, ou un récit (narrative) qui la raconte."];
    LintIssuerNotFound = "LINT_ISSUER_NOT_FOUND", MalformedValueError,
        en: ["The validator of 1EdTech does not find the keys of {issuer}.",
             "Use a did:web, a did:key or an https address as the issuer's id."],
        fr: ["Le validateur de 1EdTech ne trouve pas les clés de {issuer}.",
             "Employez un did:web, un did:key ou une adresse https comme id de l’émetteur."];
    LintSuiteNotCertified = "LINT_SUITE_NOT_CERTIFIED", ProofVerificationError,
        en: ["A proof by {suite} is not among those that 1EdTech certifies.",
             "Sign with eddsa-rdfc-2022 or ecdsa-sd-2023 beside it, for displays that know no other."],
        fr: ["Une preuve par {suite} n’est pas de celles que certifie 1EdTech.",
             "Signez aussi avec eddsa-rdfc-2022 ou ecdsa-sd-2023, pour les afficheurs qui n’en connaissent pas d’autre."];
    LintIdentifierTypeHyphen = "LINT_IDENTIFIER_TYPE_HYPHEN", MalformedValueError,
        en: ["The identifier type {type} has a hyphen, which some readings of the schema of Open Badges refuse.",
             "Write it in one word with capitals inside, such as ext:frSiret."],
        fr: ["Le type d’identifiant {type} a un trait d’union, que certaines lectures du schéma d’Open Badges refusent.",
             "Écrivez-le en un mot avec des capitales à l’intérieur, comme ext:frSiret."];
    McLearner = "MC_LEARNER", MalformedValueError,
        en: ["Micro-credential, element 1: the learner is not identified.",
             "Award it to a DID or to an e-mail address."],
        fr: ["Microcertification, élément 1\u{a0}: l’apprenant n’est pas identifié.",
             "Attribuez-la à un DID ou à une adresse électronique."];
    McTitle = "MC_TITLE", MalformedValueError,
        en: ["Micro-credential, element 2: it has no title.",
             "Give the achievement a name."],
        fr: ["Microcertification, élément 2\u{a0}: elle n’a pas d’intitulé.",
             "Donnez un nom (name) à la réalisation."];
    McCountry = "MC_COUNTRY", MalformedValueError,
        en: ["Micro-credential, element 3: the country or region of the issuer is missing.",
             "Set country in [issuer] of the settings; it becomes address.addressCountryCode."],
        fr: ["Microcertification, élément 3\u{a0}: le pays ou la région de l’émetteur manque.",
             "Donnez country dans [issuer] des réglages\u{a0}; il devient address.addressCountryCode."];
    McAwardingBody = "MC_AWARDING_BODY", MalformedValueError,
        en: ["Micro-credential, element 4: the awarding body has no name.",
             "Set name in [issuer] of the settings."],
        fr: ["Microcertification, élément 4\u{a0}: l’organisme qui la délivre n’a pas de nom.",
             "Donnez name dans [issuer] des réglages."];
    McDate = "MC_DATE", MalformedValueError,
        en: ["Micro-credential, element 5: the date of issuing is missing.",
             "Add validFrom; this issuer writes it by itself."],
        fr: ["Microcertification, élément 5\u{a0}: la date de délivrance manque.",
             "Ajoutez validFrom\u{a0}; cet émetteur l’écrit de lui-même."];
    McLearningOutcomes = "MC_LEARNING_OUTCOMES", MalformedValueError,
        en: ["Micro-credential, element 6: the learning outcomes are missing.",
             "Say in criteria.narrative what was shown, and name at least one skill in alignment."],
        fr: ["Microcertification, élément 6\u{a0}: les acquis d’apprentissage manquent.",
             "Dites dans criteria.narrative ce qui a été démontré, et nommez au moins une compétence dans alignment."];
    McWorkload = "MC_WORKLOAD", MalformedValueError,
        en: ["Micro-credential, element 7: the notional workload is missing.",
             "Add creditsAvailable (ECTS), or notionalWorkload with a value above 0 and the unit ECTS or hours."],
        fr: ["Microcertification, élément 7\u{a0}: la charge de travail théorique manque.",
             "Ajoutez creditsAvailable (ECTS), ou notionalWorkload avec une valeur (value) supérieure à 0 et l’unité (unit) ECTS ou hours."];
    McLevel = "MC_LEVEL", MalformedValueError,
        en: ["Micro-credential, element 8: no level is named; it is mandatory where one applies.",
             "Where the learning has a level, add an alignment to http://data.europa.eu/snb/eqf/1 to 8, of type ext:EQFLevel."],
        fr: ["Microcertification, élément 8\u{a0}: aucun niveau n’est indiqué\u{a0}; il est obligatoire s’il y en a un.",
             "Si l’apprentissage a un niveau, ajoutez un alignement vers http://data.europa.eu/snb/eqf/1 à 8, de type ext:EQFLevel."];
    McAssessment = "MC_ASSESSMENT", MalformedValueError,
        en: ["Micro-credential, element 9: the type of assessment is missing.",
             "Add typeOfAssessment to the achievement, such as “practical test before a jury”."],
        fr: ["Microcertification, élément 9\u{a0}: le type d’évaluation manque.",
             "Ajoutez typeOfAssessment à la réalisation, par exemple «\u{a0}mise en situation devant un jury\u{a0}»."];
    McParticipation = "MC_PARTICIPATION", MalformedValueError,
        en: ["Micro-credential, element 10: the form of participation is missing.",
             "Add formOfParticipation to the achievement, such as “on site” or “online”."],
        fr: ["Microcertification, élément 10\u{a0}: la forme de participation manque.",
             "Ajoutez formOfParticipation à la réalisation, par exemple «\u{a0}en présence\u{a0}» ou «\u{a0}en ligne\u{a0}»."];
    McQualityAssurance = "MC_QUALITY_ASSURANCE", MalformedValueError,
        en: ["Micro-credential, element 11: the quality assurance behind it is missing.",
             "Add qualityAssurance to the achievement: who assures the quality, and by what."],
        fr: ["Microcertification, élément 11\u{a0}: l’assurance qualité qui l’étaye manque.",
             "Ajoutez qualityAssurance à la réalisation\u{a0}: qui assure la qualité, et comment (Qualiopi, par exemple)."];
    FrBodyUnidentified = "FR_BODY_UNIDENTIFIED", MalformedValueError,
        en: ["Nothing says which French body the issuer is.",
             "Add its SIRET or SIREN, its UAI or its number as a training body (NDA) to identifiers in [issuer] of the settings."],
        fr: ["Rien ne dit de quel organisme français il s’agit.",
             "Ajoutez son SIRET ou son SIREN, son UAI ou son numéro de déclaration d’activité (NDA) à identifiers dans [issuer] des réglages."];
    FrSiretOfAnother = "FR_SIRET_OF_ANOTHER", MalformedValueError,
        en: ["The SIRET {siret} is not of the body with SIREN {siren}: its first nine digits would be the same.",
             "Copy both from the same notice of the Sirene register."],
        fr: ["Le SIRET {siret} n’est pas celui de l’organisme de SIREN {siren}\u{a0}: ses neuf premiers chiffres seraient les mêmes.",
             "Recopiez les deux depuis le même avis du répertoire Sirene."];
    FrCertificationMalformed = "FR_CERTIFICATION_MALFORMED", MalformedValueError,
        en: ["{code} is not written as a certification or bloc of the RNCP or the RS.",
             "Write it as RNCP38596, RS5875 or RNCP38596BC02."],
        fr: ["{code} n’est pas écrit comme une certification ou un bloc du RNCP ou du RS.",
             "Écrivez-le comme RNCP38596, RS5875 ou RNCP38596BC02."];
    FrCertificationNotHeld = "FR_CERTIFICATION_NOT_HELD", MalformedValueError,
        en: ["The badge names {code} as its own, which only the body that holds this certification, or a partner it has authorised, may.",
             "Name it in alignment where the badge prepares for it. If you may award it, list it under certifications in [lint] of the settings."],
        fr: ["Le badge se donne {code} pour identifiant, ce que seul peut faire le certificateur ou un partenaire qu’il a habilité.",
             "Nommez-le dans alignment si le badge y prépare. Si vous êtes habilité, inscrivez-le sous certifications dans [lint] des réglages."];
    FrLanguageMissing = "FR_LANGUAGE_MISSING", MalformedValueError,
        en: ["Nothing says in which language the badge is written.",
             "Add inLanguage to the achievement, such as fr."],
        fr: ["Rien ne dit dans quelle langue le badge est écrit.",
             "Ajoutez inLanguage à la réalisation, par exemple fr."];
    PlainSentenceLong = "PLAIN_SENTENCE_LONG", MalformedValueError,
        en: ["The sentence that begins “{beginning}” has {words} words; most readers follow {limit}.",
             "Make two of it."],
        fr: ["La phrase qui commence par «\u{a0}{beginning}\u{a0}» a {words} mots\u{a0}; la plupart des lecteurs en suivent {limit}.",
             "Faites-en deux."];
    PlainAbbreviation = "PLAIN_ABBREVIATION", MalformedValueError,
        en: ["{abbreviation} is nowhere spelt out.",
             "Write it in full once, with the abbreviation in brackets after it."],
        fr: ["{abbreviation} n’est développé nulle part.",
             "Écrivez-le en toutes lettres une fois, avec le sigle entre parenthèses."];
    PlainAccentsMissing = "PLAIN_ACCENTS_MISSING", MalformedValueError,
        en: ["“{word}” has lost its accents: {expected}.",
             "Write it with its accents; a signed text cannot be corrected."],
        fr: ["«\u{a0}{word}\u{a0}» a perdu ses accents\u{a0}: {expected}.",
             "Écrivez-le avec ses accents\u{a0}; un texte signé ne se corrige plus."];
    PlainTitleLong = "PLAIN_TITLE_LONG", MalformedValueError,
        en: ["The title has {length} characters; beside a badge there is room for {limit}.",
             "Say what the person can do in a few words, and the rest in the description."],
        fr: ["L’intitulé a {length} caractères\u{a0}; à côté d’un badge il y a place pour {limit}.",
             "Dites en quelques mots ce que la personne sait faire, et le reste dans la description."];
    PlainDescriptionShort = "PLAIN_DESCRIPTION_SHORT", MalformedValueError,
        en: ["The description has only {length} characters.",
             "Say what the person can do, with what, and in which situations."],
        fr: ["La description n’a que {length} caractères.",
             "Dites ce que la personne sait faire, avec quoi et dans quelles situations."];

    // ── Issuer ──
    TokenRequired = "TOKEN_REQUIRED", Request,
        en: ["This needs a token: {reason}.",
             "Send it as Authorization: Bearer TOKEN. Administrators make tokens (badge-issuer token create); the first administrator's is in the file admin-token of the data directory."],
        fr: ["Ceci demande un jeton\u{a0}: {reason}.",
             "Envoyez-le comme Authorization: Bearer JETON. Les administrateurs créent les jetons (badge-issuer token create)\u{a0}; celui du premier est dans le fichier admin-token du répertoire de données."];
    TokenExpired = "TOKEN_EXPIRED", Request,
        en: ["The token of {account} ended at {at}.",
             "Ask an administrator for a new one: badge-issuer token create."],
        fr: ["Le jeton de {account} a pris fin le {at}.",
             "Demandez-en un nouveau à l’administration\u{a0}: badge-issuer token create."];
    TokenRevoked = "TOKEN_REVOKED", Request,
        en: ["The token of {account} was revoked at {at}.",
             "Ask an administrator why, and for a new one where it is due: badge-issuer token create."],
        fr: ["Le jeton de {account} a été révoqué le {at}.",
             "Demandez-en la raison à l’administration, et un nouveau s’il y a lieu\u{a0}: badge-issuer token create."];
    RoleInsufficient = "ROLE_INSUFFICIENT", Request,
        en: ["This is for the roles {needed}, and the token of {account} has {held}.",
             "Use a token that has one of these roles, or ask an administrator for one: badge-issuer token create."],
        fr: ["Ceci est réservé aux rôles {needed}, et le jeton de {account} a {held}.",
             "Utilisez un jeton qui a l’un de ces rôles, ou demandez-en un à l’administration\u{a0}: badge-issuer token create."];
    BadgeOutOfScope = "BADGE_OUT_OF_SCOPE", Request,
        en: ["The token of {account} is limited to some badges, and {badge} is not one of them.",
             "Use another token, or ask an administrator for one that names this badge: badge-issuer token create --badge."],
        fr: ["Le jeton de {account} est limité à certains badges, et {badge} n’en fait pas partie.",
             "Utilisez un autre jeton, ou demandez à l’administration un jeton qui nomme ce badge\u{a0}: badge-issuer token create --badge."];
    NotReady = "NOT_READY", Request,
        en: ["The record of an issuer cannot be read now.",
             "Look into the log of the service for what is wrong; OPERATIONS.md says what to do."],
        fr: ["Le registre d’un émetteur ne peut pas être lu pour l’instant.",
             "Le journal du service dit ce qui ne va pas\u{a0}; EXPLOITATION.md dit que faire."];
    RateLimited = "RATE_LIMITED", Request,
        en: ["Too many requests: {limit} a second are taken from each {whom}.",
             "Wait as many seconds as the header Retry-After says, and send it again; an operator can change this under [limits] in the settings."],
        fr: ["Trop de requêtes\u{a0}: {limit} par seconde sont acceptées pour chaque {whom}.",
             "Attendez autant de secondes que l’indique l’en-tête Retry-After, puis renvoyez-la\u{a0}; ces limites se règlent sous [limits] dans les réglages."];
    OrganisationInvalid = "ORGANISATION_INVALID", Request,
        en: ["{path} cannot be served as an organisation: {reason}.",
             "Rename it, or move it out of the directory organisations."],
        fr: ["{path} ne peut pas être servi comme organisation\u{a0}: {reason}.",
             "Renommez-le, ou sortez-le du répertoire organisations."];
    TlsFilesInvalid = "TLS_FILES_INVALID", Request,
        en: ["The certificate or its key in {path} cannot be used: {reason}.",
             "Name the whole chain as PEM under certificate and its own private key under key, in [tls] of the settings."],
        fr: ["Le certificat ou sa clé dans {path} ne peut pas servir\u{a0}: {reason}.",
             "Indiquez la chaîne entière en PEM sous certificate et sa propre clé privée sous key, dans [tls] des réglages."];
    TokensFull = "TOKENS_FULL", Request,
        en: ["There are already {limit} tokens in force.",
             "Revoke those that are no longer needed: badge-issuer token list, then token revoke."],
        fr: ["Il y a déjà {limit} jetons en vigueur.",
             "Révoquez ceux qui ne servent plus\u{a0}: badge-issuer token list, puis token revoke."];
    TokenEndPast = "TOKEN_END_PAST", Request,
        en: ["The token would have ended at {at}, before it began.",
             "Give an end that is still to come, or none: it then counts for a year."],
        fr: ["Le jeton aurait pris fin le {at}, avant d’avoir commencé.",
             "Donnez une fin à venir, ou aucune\u{a0}: il vaut alors un an."];
    FormAbsent = "FORM_ABSENT", Request,
        en: ["This badge was not made as {format}.",
             "Leave format out to have the form that there is."],
        fr: ["Ce badge n’a pas été fait sous la forme {format}.",
             "N’indiquez pas format pour obtenir la forme qui existe."];
    FormUnavailable = "FORM_UNAVAILABLE", Request,
        en: ["This issuer cannot make a badge as {format}: it has no P-256 key.",
             "Choose another form; an issuer under an https public URL has such a key."],
        fr: ["Cet émetteur ne peut pas faire de badge sous la forme {format}\u{a0}: il n’a pas de clé P-256.",
             "Choisissez une autre forme\u{a0}; un émetteur sous une URL publique https a une telle clé."];
    PointerNowhere = "POINTER_NOWHERE", Request,
        en: ["{member} leads nowhere in such a badge.",
             "Name a place that the badge has, by JSON Pointer: /credentialSubject/result, for example."],
        fr: ["{member} ne mène nulle part dans un tel badge.",
             "Nommez un endroit que le badge possède, par pointeur JSON\u{a0}: /credentialSubject/result, par exemple."];
    LanguageTwice = "LANGUAGE_TWICE", Request,
        en: ["The badge is given twice in the language {language}.",
             "Keep one of the two."],
        fr: ["Le badge est donné deux fois dans la langue {language}.",
             "Gardez l’un des deux."];
    NotFound = "NOT_FOUND", Request,
        en: ["There is no {resource} here under this name.",
             "Check the address; ids are case-sensitive."],
        fr: ["Il n’y a pas ici de {resource} de ce nom.",
             "Vérifiez l’adresse\u{a0}; la casse des identifiants compte."];
    MethodNotAllowed = "METHOD_NOT_ALLOWED", Request,
        en: ["{method} cannot be used on this address; it takes {allowed}.",
             "See /openapi.json."],
        fr: ["{method} ne s’emploie pas sur cette adresse\u{a0}; elle accepte {allowed}.",
             "Voir /openapi.json."];
    MediaTypeUnsupported = "MEDIA_TYPE_UNSUPPORTED", Request,
        en: ["The body is announced as {found}; this address reads JSON.",
             "Send Content-Type: application/json."],
        fr: ["Le corps est annoncé comme {found}\u{a0}; cette adresse lit du JSON.",
             "Envoyez Content-Type: application/json."];
    BodyTimeout = "BODY_TIMEOUT", Request,
        en: ["The body did not arrive within {seconds} seconds.",
             "Send the request again."],
        fr: ["Le corps n’est pas arrivé en {seconds} secondes.",
             "Envoyez la requête à nouveau."];
    BodyUnreadable = "BODY_UNREADABLE", Request,
        en: ["The body of the request could not be read to its end: {reason}.",
             "Send the request again."],
        fr: ["Le corps de la requête n’a pas pu être lu jusqu’au bout\u{a0}: {reason}.",
             "Envoyez la requête à nouveau."];
    MemberUnknown = "MEMBER_UNKNOWN", Request,
        en: ["{member} is not a member of this request.",
             "Remove it or correct its spelling; see /openapi.json."],
        fr: ["{member} n’est pas un membre de cette requête.",
             "Retirez-le ou corrigez-le\u{a0}; voir /openapi.json."];
    MemberMissing = "MEMBER_MISSING", Request,
        en: ["{member} is missing.",
             "Add it; see /openapi.json."],
        fr: ["{member} manque.",
             "Ajoutez-le\u{a0}; voir /openapi.json."];
    ParameterInvalid = "PARAMETER_INVALID", Request,
        en: ["The parameter {parameter} cannot be {value}: {reason}.",
             "See /openapi.json."],
        fr: ["Le paramètre {parameter} ne peut pas être {value}\u{a0}: {reason}.",
             "Voir /openapi.json."];
    RecipientInvalid = "RECIPIENT_INVALID", Request,
        en: ["The recipient is not usable: {reason}.",
             "Give either the holder's DID as id, or an e-mail address as email."],
        fr: ["Le destinataire n’est pas utilisable\u{a0}: {reason}.",
             "Donnez soit le DID du détenteur comme id, soit une adresse électronique comme email."];
    IdempotencyKeyRequired = "IDEMPOTENCY_KEY_REQUIRED", Request,
        en: ["The header Idempotency-Key is needed: {reason}.",
             "Send 1 to 200 visible ASCII characters, new for each award and the same when you send an award again."],
        fr: ["L’en-tête Idempotency-Key est nécessaire\u{a0}: {reason}.",
             "Envoyez de 1 à 200 caractères ASCII visibles, nouveaux pour chaque attribution et identiques quand vous la renvoyez."];
    IdempotencyConflict = "IDEMPOTENCY_CONFLICT", Request,
        en: ["This Idempotency-Key was used for another request, which gave award {award}.",
             "Use a new key for a new award."],
        fr: ["Cet Idempotency-Key a servi à une autre requête, qui a donné l’attribution {award}.",
             "Employez une nouvelle clé pour une nouvelle attribution."];
    BatchColumnUnknown = "BATCH_COLUMN_UNKNOWN", Request,
        en: ["The first line names a column {column}, which means nothing here.",
             "Known are email, id, recipient, narrative, validFrom, validUntil, evidence, evidence name, evidence description, result and language. Rename it, remove it, or begin its name with # to have it passed over."],
        fr: ["La première ligne nomme une colonne {column}, qui ne veut rien dire ici.",
             "Sont connues courriel, identifiant, destinataire, récit, début de validité, fin de validité, preuve, nom de la preuve, description de la preuve, résultat et langue. Renommez-la, retirez-la, ou faites commencer son nom par # pour qu’elle soit ignorée."];
    BatchColumnTwice = "BATCH_COLUMN_TWICE", Request,
        en: ["The first line names twice what the column {column} says.",
             "Keep one of the two columns."],
        fr: ["La première ligne nomme deux fois ce que dit la colonne {column}.",
             "Gardez l’une des deux colonnes."];
    BatchRecipientColumnMissing = "BATCH_RECIPIENT_COLUMN_MISSING", Request,
        en: ["No column says to whom the badges go.",
             "Give the table a first line with a column email, id or recipient. Known are email, id, recipient, narrative, validFrom, validUntil, evidence, evidence name, evidence description, result and language."],
        fr: ["Aucune colonne ne dit à qui vont les badges.",
             "Donnez au tableau une première ligne avec une colonne courriel, identifiant ou destinataire. Sont connues courriel, identifiant, destinataire, récit, début de validité, fin de validité, preuve, nom de la preuve, description de la preuve, résultat et langue."];
    BatchRowCells = "BATCH_ROW_CELLS", Request,
        en: ["The line has {found} cells, and the first line names {expected} columns.",
             "Look for a missing or an extra delimiter; a cell that holds one stands between double quotes."],
        fr: ["La ligne a {found} cellules, et la première ligne nomme {expected} colonnes.",
             "Cherchez un séparateur manquant ou en trop\u{a0}; une cellule qui en contient un se met entre guillemets droits."];
    BatchLineTooLong = "BATCH_LINE_TOO_LONG", Request,
        en: ["The line goes on for more than {limit} bytes.",
             "Look for double quotes that are opened here and never closed; give long evidence as an address."],
        fr: ["La ligne dépasse {limit} octets.",
             "Cherchez des guillemets droits ouverts ici et jamais fermés\u{a0}; donnez les longues preuves par leur adresse."];
    BatchNotUtf8 = "BATCH_NOT_UTF8", Request,
        en: ["The line holds characters that are not UTF-8.",
             "Save the table as “CSV UTF-8”, not as plain CSV."],
        fr: ["La ligne contient des caractères qui ne sont pas en UTF-8.",
             "Enregistrez le tableau au format «\u{a0}CSV UTF-8\u{a0}», et non CSV tout court."];
    BatchNameInvalid = "BATCH_NAME_INVALID", Request,
        en: ["The batch has no usable name.",
             "Name it in 1 to 100 characters, without control characters; the same line under the same name is awarded once."],
        fr: ["Le lot n’a pas de nom utilisable.",
             "Nommez-le en 1 à 100 caractères, sans caractères de contrôle\u{a0}; la même ligne sous le même nom n’est attribuée qu’une fois."];
    BatchConflict = "BATCH_CONFLICT", Request,
        en: ["This Idempotency-Key was used for another batch, job {job}.",
             "Use a new key; give the same batch name where it continues that one."],
        fr: ["Cet Idempotency-Key a servi à un autre lot, la tâche {job}.",
             "Employez une nouvelle clé\u{a0}; donnez le même nom de lot s’il continue celui-là."];
    BatchesFull = "BATCHES_FULL", Request,
        en: ["There are already {limit} batches waiting or running.",
             "Wait until one has ended, or cancel one: DELETE /api/batches/ID."],
        fr: ["Il y a déjà {limit} lots en attente ou en cours.",
             "Attendez que l’un d’eux soit terminé, ou annulez-en un\u{a0}: DELETE /api/batches/ID."];
    BatchMediaType = "BATCH_MEDIA_TYPE", Request,
        en: ["The body is announced as {found}; a batch is CSV or JSON lines.",
             "Send Content-Type: text/csv or application/jsonl."],
        fr: ["Le corps est annoncé comme {found}\u{a0}; un lot est en CSV ou en lignes JSON.",
             "Envoyez Content-Type: text/csv ou application/jsonl."];
    LanguageUnknown = "LANGUAGE_UNKNOWN", Request,
        en: ["The badge is not in the language {language}; it is in {known}.",
             "Choose one of these, or add a translation to the badge."],
        fr: ["Le badge n’existe pas dans la langue {language}\u{a0}; il existe en {known}.",
             "Choisissez-en une, ou ajoutez une traduction (translations) au badge."];
    BadgeVersionConflict = "BADGE_VERSION_CONFLICT", Request,
        en: ["The badge is at version {actual}; it was changed while you were changing it.",
             "Read it again and repeat your change."],
        fr: ["Le badge est à la version {actual}\u{a0}; il a été modifié pendant que vous le modifiiez.",
             "Relisez-le et refaites votre modification."];
    LogNotPublic = "LOG_NOT_PUBLIC", Request,
        en: ["This issuer shows no log of its record.",
             "Ask the issuer for a copy; its operator can show it with public = true under [log] in the settings."],
        fr: ["Cet émetteur ne montre pas de journal de son registre.",
             "Demandez-lui une copie\u{a0}; son exploitant peut le montrer avec public = true sous [log] dans les réglages."];
    EvaluationsNotOffered = "EVALUATIONS_NOT_OFFERED", Request,
        en: ["This issuer keeps no status entries for evaluations.",
             "An evaluation can be made without one; its operator can offer them with [evaluations] in the settings."],
        fr: ["Cet émetteur ne tient pas d’entrées de statut pour les évaluations.",
             "Une évaluation peut se faire sans\u{a0}; son exploitant peut les proposer avec [evaluations] dans les réglages."];
    EvaluationNotOurs = "EVALUATION_NOT_OURS", Request,
        en: ["The mandate is not about a badge of this issuer: {reason}.",
             "Ask the issuer whose badge or template the mandate names, in the version that it gives out now."],
        fr: ["La demande ne porte pas sur un badge de cet émetteur\u{a0}: {reason}.",
             "Adressez-vous à l’émetteur dont la demande désigne le badge ou le modèle, dans la version qu’il remet aujourd’hui."];
    ThreadNotOpen = "THREAD_NOT_OPEN", Request,
        en: ["The thread is at the state {state}; entries are given once the evaluator has accepted, and as long as the mandate runs.",
             "Send the thread with the acceptance in it; where the mandate is over, a new one can be made."],
        fr: ["Le dossier est à l’état {state}\u{a0}; des entrées sont données dès que l’évaluateur a accepté, et tant que court la demande.",
             "Envoyez le dossier avec l’acceptation\u{a0}; si la demande est close, une nouvelle peut être faite."];
    ThreadWithoutEvaluation = "THREAD_WITHOUT_EVALUATION", Request,
        en: ["No evaluation stands in this thread, which is at the state {state}.",
             "Leave it out, or send it again with the evaluation in it."],
        fr: ["Aucune évaluation ne tient dans ce dossier, qui est à l’état {state}.",
             "Laissez-le de côté, ou renvoyez-le avec l’évaluation."];
    EvaluationLimit = "EVALUATION_LIMIT", Request,
        en: ["No more than {limit} entries for evaluations are given in one day to {whom}.",
             "Come back as many seconds later as the header Retry-After says; an operator can change entries-per-day under [evaluations] in the settings."],
        fr: ["Il n’est pas donné plus de {limit} entrées pour des évaluations en un jour à {whom}.",
             "Revenez après autant de secondes que l’indique l’en-tête Retry-After\u{a0}; entries-per-day se règle sous [evaluations] dans les réglages."];
    WithdrawalMissing = "WITHDRAWAL_MISSING", Request,
        en: ["No evaluation is taken back in this thread.",
             "Send the whole thread with the withdrawal that the evaluator signed in it."],
        fr: ["Aucune évaluation n’est retirée dans ce dossier.",
             "Envoyez le dossier entier, avec le retrait signé par l’évaluateur."];
    EvaluationEntryForeign = "EVALUATION_ENTRY_FOREIGN", Request,
        en: ["The evaluation {endorsement} does not name the entry that is kept here for it: {reason}.",
             "It can be withdrawn only where its entry is kept."],
        fr: ["L’évaluation {endorsement} ne désigne pas l’entrée tenue ici pour elle\u{a0}: {reason}.",
             "Elle ne peut être retirée que là où son entrée est tenue."];
    EvaluationKeysNotFetched = "EVALUATION_KEYS_NOT_FETCHED", Request,
        en: ["This issuer does not fetch {url} for what is sent without a token: its setting evaluations.fetch is {setting}.",
             "Take part under did:key or did:jwk, or ask its operator: with always, keys are fetched for every thread; with for-awards, for the withdrawals of evaluations that have an entry."],
        fr: ["Cet émetteur ne télécharge pas {url} pour ce qui est envoyé sans jeton\u{a0}: son réglage evaluations.fetch est {setting}.",
             "Participez sous did:key ou did:jwk, ou adressez-vous à son exploitant\u{a0}: avec always, les clés sont téléchargées pour tout dossier\u{a0}; avec for-awards, pour le retrait des évaluations qui ont une entrée."];
    TranslationSkillsDiffer = "TRANSLATION_SKILLS_DIFFER", Request,
        en: ["The translation ({language}) is aligned with other skills than the badge, and the panel is asked about the badge's.",
             "Give it the same targetUrls, or leave alignment out of it: then it is that of the badge."],
        fr: ["La traduction ({language}) est alignée sur d’autres compétences que le badge, et c’est sur celles du badge que le jury se prononce.",
             "Donnez-lui les mêmes targetUrl, ou laissez alignment de côté\u{a0}: c’est alors celui du badge."];
    EvaluationsChanged = "EVALUATIONS_CHANGED", Request,
        en: ["The evaluations come to something else than when this award was begun, and it was not signed.",
             "Send the request again: it is weighed anew."],
        fr: ["Les évaluations n’aboutissent plus au même résultat que lorsque cette attribution a commencé\u{a0}; elle n’a pas été signée.",
             "Renvoyez la requête\u{a0}: elle sera examinée à nouveau."];
    RingNotSearched = "RING_NOT_SEARCHED", Request,
        en: ["These people have more than {limit} awards here: whether they vouch for each other was not found out.",
             "Award without these evaluations, or ask whoever runs the service."],
        fr: ["Ces personnes ont plus de {limit} attributions ici\u{a0}: on n’a pas cherché si elles se portent garantes les unes des autres.",
             "Attribuez sans ces évaluations, ou adressez-vous à qui exploite le service."];
    VouchedMeanwhile = "VOUCHED_MEANWHILE", Request,
        en: ["While it was looked who vouches for whom, others vouched, again and again; nothing was signed.",
             "Send the request again, with the same Idempotency-Key where it had one."],
        fr: ["Pendant que l’on cherchait qui se porte garant de qui, d’autres l’ont fait, à plusieurs reprises\u{a0}; rien n’a été signé.",
             "Renvoyez la requête, avec la même Idempotency-Key si elle en avait une."];
    EndorsementWouldReveal = "ENDORSEMENT_WOULD_REVEAL", Request,
        en: ["The evaluators of this badge are not named in it, and an endorsement put into it would name one.",
             "The holder can show it beside the badge; a new award can be made with all evaluations."],
        fr: ["Les évaluateurs de ce badge n’y sont pas nommés, et un soutien qui y serait placé en nommerait un.",
             "Le détenteur peut le montrer à côté du badge\u{a0}; une nouvelle attribution peut être faite avec toutes les évaluations."];
    FormsNotReissuable = "FORMS_NOT_REISSUABLE", Request,
        en: ["The badge is held in a form whose holder shows parts of it ({form}), and is not signed again.",
             "The holder can show the endorsements beside the badge."],
        fr: ["Le badge est détenu sous une forme dont son détenteur montre des parties ({form})\u{a0}; il n’est pas signé à nouveau.",
             "Le détenteur peut montrer les soutiens à côté du badge."];
    AwardChanged = "AWARD_CHANGED", Request,
        en: ["The badge was signed again while you were adding to it.",
             "Send the request again."],
        fr: ["Le badge a été signé à nouveau pendant que vous y ajoutiez.",
             "Renvoyez la requête."];
    StatusNotExpressible = "STATUS_NOT_EXPRESSIBLE", Request,
        en: ["An award that is {from} cannot become {to}: its status entry is for {purpose}.",
             "Revocation is final and suspension is reversible; the badge's template chose one of them."],
        fr: ["Une attribution à l’état {from} ne peut pas passer à {to}\u{a0}: son entrée de statut sert à {purpose}.",
             "La révocation est définitive, la suspension réversible\u{a0}; le modèle du badge a choisi l’une des deux."];
    StatusConflict = "STATUS_CONFLICT", Request,
        en: ["The award is {actual}; its status was changed while you were changing it.",
             "Read it again and repeat your change."],
        fr: ["L’attribution est à l’état {actual}\u{a0}; son statut a changé pendant que vous le modifiiez.",
             "Relisez-la et refaites votre modification."];
    AwardErased = "AWARD_ERASED", Request,
        en: ["What was personal about this award has been erased.",
             "Only its identifiers, times and status remain; ask the holder for the badge."],
        fr: ["Ce qui était personnel dans cette attribution a été effacé.",
             "Seuls restent ses identifiants, ses dates et son statut\u{a0}; demandez le badge à son détenteur."];
    ErasureUnconfirmed = "ERASURE_UNCONFIRMED", Request,
        en: ["Erasing what is personal about award {award} cannot be undone; nothing was erased.",
             "Say --yes if you mean it."],
        fr: ["Effacer ce qui est personnel dans l’attribution {award} est sans retour\u{a0}; rien n’a été effacé.",
             "Indiquez --yes si c’est bien ce que vous voulez."];
    ServiceBusy = "SERVICE_BUSY", Request,
        en: ["The service is busy: {limit} requests of this kind are being worked on or wait.",
             "Wait as many seconds as the header Retry-After says, and send it again; nothing was recorded."],
        fr: ["Le service est occupé\u{a0}: {limit} requêtes de cette sorte sont en cours ou en attente.",
             "Attendez autant de secondes que l’indique l’en-tête Retry-After, puis renvoyez-la\u{a0}; rien n’a été enregistré."];
    StorageFull = "STORAGE_FULL", Request,
        en: ["The disk is full: nothing was recorded.",
             "Free some space; the same request can be sent again."],
        fr: ["Le disque est plein\u{a0}: rien n’a été enregistré.",
             "Libérez de la place\u{a0}; la même requête peut être renvoyée."];
    RecordClosed = "RECORD_CLOSED", Request,
        en: ["A write failed, and the record has closed itself: nothing more is recorded.",
             "Look in the log for the cause (disk, file system), then restart the service; the same request can be sent again."],
        fr: ["Une écriture a échoué et le registre s’est fermé\u{a0}: plus rien n’est enregistré.",
             "Cherchez la cause dans le journal du service (disque, système de fichiers), puis redémarrez-le\u{a0}; la même requête peut être renvoyée."];
    RecordDamaged = "RECORD_DAMAGED", Request,
        en: ["{path} is damaged at byte {offset}: {reason}.",
             "Nothing was changed and nothing is signed. Put the file back from a copy; badge-issuer store verify then checks the whole record."],
        fr: ["{path} est endommagé à l’octet {offset}\u{a0}: {reason}.",
             "Rien n’a été modifié et rien n’est signé. Remettez le fichier depuis une copie\u{a0}; badge-issuer store verify contrôle ensuite tout le registre."];
    RecordTailLost = "RECORD_TAIL_LOST", Request,
        en: ["The journal ends at entry {journal}, but {path} has seen entry {witness}: the end of the record is lost.",
             "Nothing was changed and nothing is signed. Put back the whole of store/ as it was at one time, from the newest copy."],
        fr: ["Le journal s’arrête à l’entrée {journal}, mais {path} a vu l’entrée {witness}\u{a0}: la fin du registre est perdue.",
             "Rien n’a été modifié et rien n’est signé. Remettez tout le répertoire store/ tel qu’il était à un même moment, depuis la copie la plus récente."];
    RecordBehindCheckpoint = "RECORD_BEHIND_CHECKPOINT", Request,
        en: ["The record ends at entry {found}, and the checkpoint at {place} was signed at entry {expected}: the end of the record is lost.",
             "Nothing was changed and nothing is signed. Put the newest data directory back. If there is none, badge-issuer store checkpoint --accept-loss takes the record as it is: the awards recorded since are then unknown to it, and their status indexes can be given again."],
        fr: ["Le registre s’arrête à l’entrée {found}, alors que le point de contrôle en {place} a été signé à l’entrée {expected}\u{a0}: la fin du registre est perdue.",
             "Rien n’a été modifié et rien n’est signé. Remettez le répertoire de données le plus récent. S’il n’y en a pas, badge-issuer store checkpoint --accept-loss prend le registre tel qu’il est\u{a0}: il ignorera les attributions faites depuis, et leurs index de statut pourront resservir."];
    RecordDiffersFromCheckpoint = "RECORD_DIFFERS_FROM_CHECKPOINT", Request,
        en: ["Entry {sequence} of the record is not the one that the checkpoint at {place} was signed over: this record has another history.",
             "Nothing was changed and nothing is signed. Look for a second copy of the data directory that was used meanwhile. badge-issuer store checkpoint --accept-loss takes this record as it is."],
        fr: ["L’entrée {sequence} du registre n’est pas celle du point de contrôle en {place}\u{a0}: ce registre a une autre histoire.",
             "Rien n’a été modifié et rien n’est signé. Cherchez une seconde copie du répertoire de données qui aurait servi entre-temps. badge-issuer store checkpoint --accept-loss prend ce registre tel qu’il est."];
    CheckpointUnusable = "CHECKPOINT_UNUSABLE", Request,
        en: ["The checkpoint of the record at {place} cannot be used: {reason}.",
             "Without it the loss of the end of the record would go unseen, so nothing is signed. Make the place reachable, or put the checkpoint back; to keep it elsewhere from now on, change checkpoint under [store] in the settings and run badge-issuer store checkpoint --accept-loss."],
        fr: ["Le point de contrôle du registre en {place} est inutilisable\u{a0}: {reason}.",
             "Sans lui, la perte de la fin du registre passerait inaperçue\u{a0}: rien n’est donc signé. Rendez l’emplacement accessible ou remettez-y le point de contrôle\u{a0}; pour le garder ailleurs désormais, changez checkpoint sous [store] dans les réglages et lancez badge-issuer store checkpoint --accept-loss."];
    CheckpointUnavailable = "CHECKPOINT_UNAVAILABLE", Request,
        en: ["The place of the record's checkpoint, {place}, does not answer: {reason}.",
             "Without it the loss of the end of the record would go unseen, so nothing is signed. Start again once it answers; to keep the checkpoint elsewhere from now on, change checkpoint under [store] in the settings and run badge-issuer store checkpoint --accept-loss."],
        fr: ["L’emplacement du point de contrôle du registre, {place}, ne répond pas\u{a0}: {reason}.",
             "Sans lui, la perte de la fin du registre passerait inaperçue\u{a0}: rien n’est donc signé. Relancez dès qu’il répond\u{a0}; pour garder le point de contrôle ailleurs désormais, changez checkpoint sous [store] dans les réglages et lancez badge-issuer store checkpoint --accept-loss."];
    RecordInconsistent = "RECORD_INCONSISTENT", Request,
        en: ["The record contradicts itself: {reason}.",
             "Keep a copy of the data directory as it is. badge-issuer store rebuild makes the index anew; if the finding stays, ask for help with this message."],
        fr: ["Le registre se contredit\u{a0}: {reason}.",
             "Gardez une copie du répertoire de données tel quel. badge-issuer store rebuild refait l’index\u{a0}; si le constat demeure, demandez de l’aide avec ce message."];
    DatabaseUnavailable = "DATABASE_UNAVAILABLE", Request,
        en: ["The database does not answer ({reason}); what was asked is recorded or not.",
             "Send the same request again in a moment, with the same idempotency key: nothing is done twice. If it lasts, look after the database or the network on the way to it."],
        fr: ["La base de données ne répond pas ({reason})\u{a0}; ce qui était demandé est enregistré, ou ne l’est pas.",
             "Renvoyez la même requête dans un instant, avec la même clé d’idempotence\u{a0}: rien n’est fait deux fois. Si cela dure, occupez-vous de la base ou du réseau qui y mène."];
    DatabaseRefuses = "DATABASE_REFUSES", Request,
        en: ["The database refuses: {reason}.",
             "Check its address, user, rights and version in the settings ([store]) and in the database itself."],
        fr: ["La base de données refuse\u{a0}: {reason}.",
             "Vérifiez son adresse, l’utilisateur, ses droits et la version, dans les réglages ([store]) et dans la base elle-même."];
    ImportLine = "IMPORT_LINE", Request,
        en: ["Line {line} of the export: {reason}. Nothing of it was recorded.",
             "Make the export again (badge-issuer store export), or take another copy of it."],
        fr: ["Ligne {line} de l’export\u{a0}: {reason}. Rien n’en a été enregistré.",
             "Refaites l’export (badge-issuer store export), ou prenez-en une autre copie."];
    ImportUnlawful = "IMPORT_UNLAWFUL", Request,
        en: ["Entry {sequence} of the export is no act that can follow those before it: {reason}.",
             "The export was made by hand or by a faulty program: import one made by badge-issuer store export."],
        fr: ["L’entrée {sequence} de l’export n’est pas un acte qui puisse suivre les précédents\u{a0}: {reason}.",
             "L’export a été fait à la main ou par un programme fautif\u{a0}: importez-en un fait par badge-issuer store export."];
    ImportAnother = "IMPORT_ANOTHER", Request,
        en: ["This store holds another record than the export: they part at or before entry {sequence}.",
             "Import into an empty store, or into one that holds a beginning of the same record."],
        fr: ["Ce dépôt contient un autre registre que l’export\u{a0}: ils se séparent à l’entrée {sequence} ou avant.",
             "Importez dans un dépôt vide, ou dans un dépôt qui contient le début du même registre."];
    ImportUnfinished = "IMPORT_UNFINISHED", Request,
        en: ["An import into this record has begun and not ended; until it has, nothing else is recorded.",
             "Run badge-issuer store import again with the same file: it goes on where it stopped."],
        fr: ["Une importation dans ce registre a commencé sans se terminer\u{a0}; d’ici là, rien d’autre n’est enregistré.",
             "Relancez badge-issuer store import avec le même fichier\u{a0}: l’importation reprend où elle s’est arrêtée."];
    EntryDamaged = "ENTRY_DAMAGED", Request,
        en: ["The record is damaged at entry {sequence}: {reason}.",
             "Change nothing; restore the database from a backup, or import an export of the record into an empty one."],
        fr: ["Le registre est endommagé à l’entrée {sequence}\u{a0}: {reason}.",
             "Ne modifiez rien\u{a0}; restaurez la base à partir d’une sauvegarde, ou importez un export du registre dans une base vide."];
    DataInUse = "DATA_IN_USE", Request,
        en: ["{path} is in use by another process.",
             "Stop the running service, or send it the request."],
        fr: ["{path} est utilisé par un autre processus.",
             "Arrêtez le service en cours, ou adressez-lui la requête."];
    DataUnusable = "DATA_UNUSABLE", Request,
        en: ["The recorded data cannot be used: {reason}.",
             "Nothing was changed. Restore the data directory from a backup, or ask for help with this message."],
        fr: ["Les données enregistrées sont inutilisables\u{a0}: {reason}.",
             "Rien n’a été modifié. Restaurez le répertoire de données depuis une sauvegarde, ou demandez de l’aide avec ce message."];
    KeyFileUnusable = "KEY_FILE_UNUSABLE", Request,
        en: ["The key file {path} cannot be used: {reason}.",
             "Check the file and the passphrase; the key was not replaced."],
        fr: ["Le fichier de clé {path} est inutilisable\u{a0}: {reason}.",
             "Vérifiez le fichier et la phrase secrète\u{a0}; la clé n’a pas été remplacée."];
    TokenUnusable = "TOKEN_UNUSABLE", Request,
        en: ["The security token {token} cannot be used: {reason}.",
             "Check [keys.pkcs11] in the settings: module, token, and the PIN in pin-file or BADGE_ISSUER_PIN; a wrong PIN is not tried twice. No key was replaced."],
        fr: ["Le jeton de sécurité {token} est inutilisable\u{a0}: {reason}.",
             "Vérifiez [keys.pkcs11] dans les réglages\u{a0}: module, token, et le code PIN dans pin-file ou BADGE_ISSUER_PIN\u{a0}; un code faux n’est pas essayé deux fois. Aucune clé n’a été remplacée."];
    TokenAbsent = "TOKEN_ABSENT", Request,
        en: ["The security token {token} is not there: {reason}.",
             "Plug it in, or start what leads to it, and check token under [keys.pkcs11] in the settings. No key was replaced."],
        fr: ["Le jeton de sécurité {token} n’est pas là\u{a0}: {reason}.",
             "Branchez-le, ou lancez ce qui y mène, et vérifiez token sous [keys.pkcs11] dans les réglages. Aucune clé n’a été remplacée."];
    SignerUnavailable = "SIGNER_UNAVAILABLE", Request,
        en: ["The signer at {path} cannot be asked: {reason}.",
             "Start badge-issuer signer with this --socket; this process's user must be one of its --allow-uid."],
        fr: ["Le signataire à {path} ne peut être interrogé\u{a0}: {reason}.",
             "Lancez badge-issuer signer avec ce --socket\u{a0}; l’utilisateur de ce processus doit figurer parmi ses --allow-uid."];
    KeysUnavailable = "KEYS_UNAVAILABLE", Request,
        en: ["The signing keys cannot be reached at the moment.",
             "Send the same request again, with the same Idempotency-Key, in a few seconds."],
        fr: ["Les clés de signature sont momentanément inaccessibles.",
             "Renvoyez la même requête, avec la même Idempotency-Key, dans quelques secondes."];
    PassphraseRequired = "PASSPHRASE_REQUIRED", Request,
        en: ["The key file {path} is encrypted and no passphrase was given.",
             "Give --passphrase-file FILE, or set BADGE_ISSUER_PASSPHRASE."],
        fr: ["Le fichier de clé {path} est chiffré et aucune phrase secrète n’a été donnée.",
             "Donnez --passphrase-file FICHIER, ou définissez BADGE_ISSUER_PASSPHRASE."];
    PlainKeysLoopbackOnly = "PLAIN_KEYS_LOOPBACK_ONLY", Request,
        en: ["The keys are not encrypted, so the service does not listen on {listen}.",
             "Give a passphrase (--passphrase-file or BADGE_ISSUER_PASSPHRASE), or listen on 127.0.0.1."],
        fr: ["Les clés ne sont pas chiffrées\u{a0}: le service n’écoute donc pas sur {listen}.",
             "Donnez une phrase secrète (--passphrase-file ou BADGE_ISSUER_PASSPHRASE), ou écoutez sur 127.0.0.1."];
    PublicUrlInvalid = "PUBLIC_URL_INVALID", Request,
        en: ["{url} cannot be the public URL: {reason}.",
             "Give the https address at which the world reaches this service, without query or final slash."],
        fr: ["{url} ne peut pas être l’adresse publique\u{a0}: {reason}.",
             "Donnez l’adresse https par laquelle le monde atteint ce service, sans requête ni barre finale."];
    PublicUrlChanged = "PUBLIC_URL_CHANGED", Request,
        en: ["This data directory belongs to {recorded}; badges already issued name that address, so it cannot become {given}.",
             "Keep the old address, or start with a new data directory."],
        fr: ["Ce répertoire de données appartient à {recorded}\u{a0}; des badges déjà émis citent cette adresse, qui ne peut donc pas devenir {given}.",
             "Gardez l’ancienne adresse, ou commencez avec un nouveau répertoire de données."];
    IssuerChanged = "ISSUER_CHANGED", Request,
        en: ["This data directory belongs to {recorded}; badges already issued name it, and it would become {given}.",
             "Start it with the keys and the public URL it had, or begin with a new data directory."],
        fr: ["Ce répertoire de données appartient à {recorded}\u{a0}; des badges déjà émis le citent, et il deviendrait {given}.",
             "Lancez-le avec les clés et l’adresse publique qu’il avait, ou commencez avec un nouveau répertoire de données."];
    DataFileMissing = "DATA_FILE_MISSING", Request,
        en: ["{path} is missing, and this data directory has been used with it.",
             "Restore it from a backup: without it badges already issued would no longer be this issuer's. For a new issuer, begin with a new data directory."],
        fr: ["{path} manque, et ce répertoire de données a servi avec lui.",
             "Restaurez-le depuis une sauvegarde\u{a0}: sans lui, les badges déjà émis ne seraient plus ceux de cet émetteur. Pour un nouvel émetteur, commencez avec un nouveau répertoire de données."];
    AwardNotWritten = "AWARD_NOT_WRITTEN", Request,
        en: ["The award {award} is recorded, but its badge could not be written to {path}: {reason}.",
             "Start the service on the same data and fetch it from /api/awards/{award}/file."],
        fr: ["L’attribution {award} est enregistrée, mais son badge n’a pas pu être écrit dans {path}\u{a0}: {reason}.",
             "Lancez le service sur les mêmes données et prenez-le à /api/awards/{award}/file."];
    AwardNotIssued = "AWARD_NOT_ISSUED", Request,
        en: ["The award is recorded, but it was interrupted before it was signed.",
             "Send the same award again with its Idempotency-Key: it is then finished."],
        fr: ["L’attribution est enregistrée, mais elle a été interrompue avant d’être signée.",
             "Renvoyez la même attribution avec son Idempotency-Key\u{a0}: elle sera alors terminée."];
    SettingsInvalid = "SETTINGS_INVALID", Request,
        en: ["The settings {path} are not valid: {reason}.",
             "See the documented example in issuer/README.md."],
        fr: ["Les réglages {path} ne sont pas valides\u{a0}: {reason}.",
             "Voyez l’exemple documenté dans issuer/README.md."];
    ListenFailed = "LISTEN_FAILED", Request,
        en: ["The service cannot listen on {listen}: {reason}.",
             "Choose another address with --listen."],
        fr: ["Le service ne peut pas écouter sur {listen}\u{a0}: {reason}.",
             "Choisissez une autre adresse avec --listen."];
    ListenUnavailable = "LISTEN_UNAVAILABLE", Request,
        en: ["The service cannot listen on {listen} yet: {reason}.",
             "Stop what listens there, or bring up the network that has this address, and start again; or choose another address with --listen."],
        fr: ["Le service ne peut pas encore écouter sur {listen}\u{a0}: {reason}.",
             "Arrêtez ce qui y écoute, ou établissez le réseau qui a cette adresse, puis relancez\u{a0}; ou choisissez une autre adresse avec --listen."];
    OwnWorkRefused = "OWN_WORK_REFUSED", Request,
        en: ["The badge that was just signed does not verify ({reason}), so it was not given out.",
             "This should not happen: please report it with this message."],
        fr: ["Le badge qui vient d’être signé ne passe pas la vérification ({reason})\u{a0}; il n’a donc pas été remis.",
             "Cela ne devrait pas arriver\u{a0}: signalez-le avec ce message."];

    // ── Wallet ──
    WalletExists = "WALLET_EXISTS", Request,
        en: ["{path} already holds a wallet; nothing was changed.",
             "Use it as it is, or name another directory with --wallet."],
        fr: ["{path} contient déjà un portefeuille\u{a0}; rien n’a été modifié.",
             "Utilisez-le tel quel, ou désignez un autre répertoire avec --wallet."];
    WalletMissing = "WALLET_MISSING", Request,
        en: ["{path} holds no wallet.",
             "Make one with badge-wallet init, or name its directory with --wallet."],
        fr: ["{path} ne contient pas de portefeuille.",
             "Créez-en un avec badge-wallet init, ou désignez son répertoire avec --wallet."];
    WalletNowhere = "WALLET_NOWHERE", Request,
        en: ["There is no home directory in which to look for the wallet.",
             "Name a directory with --wallet or BADGE_WALLET_DIR."],
        fr: ["Il n’y a pas de répertoire personnel où chercher le portefeuille.",
             "Désignez un répertoire avec --wallet ou BADGE_WALLET_DIR."];
    WalletKeyDamaged = "WALLET_KEY_DAMAGED", Request,
        en: ["The holder's key {path} cannot be read: {reason}.",
             "Restore this file from a backup; the badges beside it are not affected."],
        fr: ["La clé du détenteur {path} ne peut pas être lue\u{a0}: {reason}.",
             "Restaurez ce fichier depuis une sauvegarde\u{a0}; les badges à côté ne sont pas touchés."];
    WalletKeyExposed = "WALLET_KEY_EXPOSED", Request,
        en: ["Other accounts of this machine can read {path}.",
             "Take their rights away: chmod 600."],
        fr: ["D’autres comptes de cette machine peuvent lire {path}.",
             "Retirez-leur ce droit\u{a0}: chmod 600."];
    PassphraseEmpty = "PASSPHRASE_EMPTY", Request,
        en: ["The passphrase is empty.",
             "Choose one, or say --danger-no-passphrase to leave the key unencrypted."],
        fr: ["La phrase secrète est vide.",
             "Choisissez-en une, ou indiquez --danger-no-passphrase pour laisser la clé sans chiffrement."];
    PassphraseMismatch = "PASSPHRASE_MISMATCH", Request,
        en: ["The two passphrases differ.",
             "Run the command again and type the same one twice."],
        fr: ["Les deux phrases secrètes diffèrent.",
             "Relancez la commande et tapez deux fois la même."];
    PassphraseNeeded = "PASSPHRASE_NEEDED", Request,
        en: ["A passphrase is needed and there is no terminal to ask for it.",
             "Give it with --passphrase-file or in BADGE_WALLET_PASSPHRASE."],
        fr: ["Il faut une phrase secrète et il n’y a pas de terminal où la demander.",
             "Donnez-la avec --passphrase-file ou dans BADGE_WALLET_PASSPHRASE."];
    PassphraseWrong = "PASSPHRASE_WRONG", Request,
        en: ["This passphrase does not open the key {path}.",
             "Try again; without the right one the key cannot be recovered."],
        fr: ["Cette phrase secrète n’ouvre pas la clé {path}.",
             "Réessayez\u{a0}; sans la bonne, la clé ne peut pas être récupérée."];
    NotKeptInWallet = "NOT_KEPT_IN_WALLET", Request,
        en: ["This is a document of another kind ({kind}), and a wallet keeps badges.",
             "Add the badge itself; badge-verifier check reads the other kinds."],
        fr: ["C’est un document d’une autre sorte ({kind}), et un portefeuille garde des badges.",
             "Ajoutez le badge lui-même\u{a0}; badge-verifier check lit les autres sortes."];
    EndorsementWithoutBadge = "ENDORSEMENT_WITHOUT_BADGE", Request,
        en: ["No badge in this wallet is what this endorsement speaks of ({target}).",
             "Add the badge first; an endorsement is kept beside it."],
        fr: ["Aucun badge de ce portefeuille n’est celui dont parle cet endossement ({target}).",
             "Ajoutez d’abord le badge\u{a0}; un endossement se garde à côté de lui."];
    ThreadHasNothingToKeep = "THREAD_HAS_NOTHING_TO_KEEP", Request,
        en: ["No evaluation in this thread is known to stand.",
             "Add it again when there is one, or with a connection where a status could not be looked at."],
        fr: ["Aucune évaluation de ce dossier n’est connue pour tenir.",
             "Ajoutez-le de nouveau quand il y en aura une, ou avec une connexion si un statut n’a pas pu être examiné."];
    ThreadAboutAClaim = "THREAD_ABOUT_A_CLAIM", Request,
        en: ["This thread is about what {candidate} claims, not about a badge; no badge in this wallet is about it.",
             "Hand the thread to the body that may award a badge from it. Once you have that badge, add it, and then this thread."],
        fr: ["Ce dossier porte sur ce que déclare {candidate}, et non sur un badge\u{a0}; aucun badge de ce portefeuille n’en traite.",
             "Remettez le dossier à l’organisme qui peut décerner un badge d’après lui. Quand vous aurez ce badge, ajoutez-le, puis ce dossier."];
    TooManyEndorsements = "TOO_MANY_ENDORSEMENTS", Request,
        en: ["A wallet keeps at most {limit} endorsements beside one badge.",
             "Ask the issuer to fold them into a new version of the badge."],
        fr: ["Un portefeuille garde au plus {limit} endossements à côté d’un badge.",
             "Demandez à l’émetteur de les intégrer à une nouvelle version du badge."];
    BadgeNotFound = "BADGE_NOT_FOUND", Request,
        en: ["No badge in the wallet has an identifier that begins with {id}.",
             "badge-wallet list shows them all."],
        fr: ["Aucun badge du portefeuille n’a un identifiant qui commence par {id}.",
             "badge-wallet list les montre tous."];
    BadgeIdAmbiguous = "BADGE_ID_AMBIGUOUS", Request,
        en: ["{count} badges have an identifier that begins with {id}.",
             "Give more of it: badge-wallet list --json shows them in full."],
        fr: ["{count} badges ont un identifiant qui commence par {id}.",
             "Donnez-en davantage\u{a0}: badge-wallet list --json les montre en entier."];
    StoredBadgeDamaged = "STORED_BADGE_DAMAGED", Request,
        en: ["{path} is no longer the badge that was kept: {reason}.",
             "The file was left as it is; add the badge again from the issuer's file or a backup."],
        fr: ["{path} n’est plus le badge qui avait été gardé\u{a0}: {reason}.",
             "Le fichier a été laissé tel quel\u{a0}; ajoutez à nouveau le badge depuis le fichier de l’émetteur ou une sauvegarde."];
    StoredNoteDamaged = "STORED_NOTE_DAMAGED", Request,
        en: ["The notes beside a badge cannot be read and were passed over: {path}.",
             "The badge is not affected; badge-wallet show --online writes them anew."],
        fr: ["Les notes à côté d’un badge sont illisibles et ont été ignorées\u{a0}: {path}.",
             "Le badge n’est pas touché\u{a0}; badge-wallet show --online les réécrit."];
    BadgeOlderThanKept = "BADGE_OLDER_THAN_KEPT", Request,
        en: ["The wallet already keeps a newer version of this badge ({id}); this one was not added.",
             "To go back to it, remove the newer one first."],
        fr: ["Le portefeuille garde déjà une version plus récente de ce badge ({id})\u{a0}; celle-ci n’a pas été ajoutée.",
             "Pour y revenir, retirez d’abord la plus récente."];
    BadgeOfAnother = "BADGE_OF_ANOTHER", HolderBinding,
        en: ["This badge was given to {subject}, not to the holder of this wallet.",
             "It can be kept, but a verifier will refuse it when this wallet presents it; ask the issuer to award it to the identifier that badge-wallet did prints."],
        fr: ["Ce badge a été remis à {subject}, et non au détenteur de ce portefeuille.",
             "Il peut être gardé, mais un vérificateur le refusera si ce portefeuille le présente\u{a0}; demandez à l’émetteur de le remettre à l’identifiant qu’affiche badge-wallet did."];
    BadgeNotBound = "BADGE_NOT_BOUND", HolderBinding,
        en: ["This badge does not name its recipient by a DID, so that presenting it does not prove by itself that it is yours.",
             "It can be kept and presented; a verifier must also know you by the identifier it carries. Better: ask the issuer to award it to the identifier that badge-wallet did prints."],
        fr: ["Ce badge ne désigne pas son destinataire par un DID\u{a0}; le présenter ne prouve donc pas à soi seul qu’il est à vous.",
             "Il peut être gardé et présenté\u{a0}; un vérificateur doit aussi vous connaître par l’identifiant qu’il porte. Mieux\u{a0}: demandez à l’émetteur de le remettre à l’identifiant qu’affiche badge-wallet did."];
    PresentationUnsound = "PRESENTATION_UNSOUND", Request,
        en: ["The presentation did not pass its own verification ({check}) and was not written.",
             "See the finding that follows."],
        fr: ["La présentation n’a pas passé sa propre vérification ({check}) et n’a pas été écrite.",
             "Voyez le constat qui suit."];
    ConfirmationNeeded = "CONFIRMATION_NEEDED", Request,
        en: ["There is no terminal on which to confirm; nothing was done.",
             "Say --yes."],
        fr: ["Il n’y a pas de terminal où confirmer\u{a0}; rien n’a été fait.",
             "Indiquez --yes."];
    BadgeWithoutSkill = "BADGE_WITHOUT_SKILL", Request,
        en: ["This badge does not have the skill {skill}; it has: {known}.",
             "Ask about a skill that the badge has, or without --badge."],
        fr: ["Ce badge n’a pas la compétence {skill}\u{a0}; il a\u{a0}: {known}.",
             "Demandez une compétence qu’a le badge, ou faites la demande sans --badge."];
    LevelWithoutFramework = "LEVEL_WITHOUT_FRAMEWORK", Request,
        en: ["The framework of the level {level} is missing.",
             "Write both: …@EQF:5, …@DigComp:5 or …@CEFR:B2."],
        fr: ["Le référentiel du niveau {level} manque.",
             "Écrivez les deux\u{a0}: …@EQF:5, …@DigComp:5 ou …@CECRL:B2."];
    ReasonUnsaid = "REASON_UNSAID", Request,
        en: ["The reason other says nothing by itself.",
             "Say it in your words: --statement \"…\" (in a file of answers, \"statement\")."],
        fr: ["Le motif other ne dit rien à lui seul.",
             "Dites-le en vos mots\u{a0}: --statement \"…\" (dans un fichier de réponses, «\u{a0}statement\u{a0}»)."];
    MoveNotNow = "MOVE_NOT_NOW", Request,
        en: ["The thread is {state}: it is not the moment to {move}.",
             "badge-wallet evaluate status says what can be done next, and by whom."],
        fr: ["Le dossier est {state}\u{a0}: {move} n’est pas possible à ce stade.",
             "badge-wallet evaluate status dit ce qui peut être fait ensuite, et par qui."];
    MoveNotYours = "MOVE_NOT_YOURS", Request,
        en: ["Only {entitled} can {move}; this wallet is {own}.",
             "Use the wallet of the one who is meant (--wallet), or ask them."],
        fr: ["Seul {entitled} peut {move}\u{a0}; ce portefeuille est {own}.",
             "Utilisez le portefeuille de la personne concernée (--wallet), ou adressez-vous à elle."];
    EmailNotAsked = "EMAIL_NOT_ASKED", Request,
        en: ["The request was sent to another e-mail address than {email}.",
             "Give the address at which you received it: --email ADDRESS."],
        fr: ["La demande a été envoyée à une autre adresse que {email}.",
             "Donnez l’adresse à laquelle vous l’avez reçue\u{a0}: --email ADRESSE."];
    AppealPending = "APPEAL_PENDING", Request,
        en: ["An appeal about {skill} is under way already; {addressee} decides it.",
             "Send {addressee} the thread."],
        fr: ["Un recours est déjà en cours sur {skill}\u{a0}; {addressee} tranche.",
             "Envoyez le dossier à {addressee}."];
    EvidenceNotOffered = "EVIDENCE_NOT_OFFERED", Request,
        en: ["{name} is not a file that this request announces.",
             "Give the very file that you announced, or make a new request."],
        fr: ["{name} n’est pas un fichier que cette demande annonce.",
             "Donnez le fichier même que vous avez annoncé, ou faites une nouvelle demande."];
    EmailNeeded = "EMAIL_NEEDED", Request,
        en: ["This request came by e-mail.",
             "Give the address at which you received it: --email ADDRESS."],
        fr: ["Cette demande est venue par courriel.",
             "Donnez l’adresse à laquelle vous l’avez reçue\u{a0}: --email ADRESSE."];
    StatusKeptBefore = "STATUS_KEPT_BEFORE", Request,
        en: ["The service {url} has kept the status of an evaluation of {skill} in this thread before: another one needs a new request.",
             "The candidate: badge-wallet evaluate request. Without --at, it can be evaluated in this thread, and has no status."],
        fr: ["Le service {url} a déjà tenu le statut d’une évaluation de {skill} dans ce dossier\u{a0}: une nouvelle demande est nécessaire.",
             "Le candidat\u{a0}: badge-wallet evaluate request. Sans --at, l’évaluation peut se faire dans ce dossier, et n’a pas de statut."];
    FindingsUnfit = "FINDINGS_UNFIT", Request,
        en: ["What is said of {skill} does not fit together: {reason}.",
             "Say it again; nothing was signed."],
        fr: ["Ce qui est dit de {skill} ne va pas ensemble\u{a0}: {reason}.",
             "Dites-le autrement\u{a0}; rien n’a été signé."];
    TiesUnsaid = "TIES_UNSAID", Request,
        en: ["It is not said what ties you and the other, and nobody says it for you: --tie none where nothing does, else --tie with one of {known}.",
             "Add it to the command, more than once where there is more than one tie; --tie-statement says it in your words. Nothing was signed."],
        fr: ["Il n’est pas dit ce qui vous lie à l’autre, et personne ne le dit pour vous\u{a0}: --tie none si rien ne vous lie, sinon --tie avec l’un de {known}.",
             "Ajoutez-le à la commande, plusieurs fois s’il y a plusieurs liens\u{a0}; --tie-statement le dit en vos mots. Rien n’a été signé."];
    EvaluatedAlready = "EVALUATED_ALREADY", Request,
        en: ["Evaluated already in this thread: {skills}.",
             "Send the thread to the candidate. To evaluate anew, take that evaluation back first: badge-wallet evaluate withdraw FILE --skill SKILL --reason error-found."],
        fr: ["Déjà évalué dans ce dossier\u{a0}: {skills}.",
             "Envoyez le dossier au candidat. Pour évaluer à nouveau, retirez d’abord cette évaluation\u{a0}: badge-wallet evaluate withdraw FICHIER --skill COMPÉTENCE --reason error-found."];
    SelfEvaluation = "SELF_EVALUATION", Request,
        en: ["{own} is the candidate, and nobody is their own evaluator.",
             "Name somebody else with --evaluator or --evaluator-email; a request is answered from the wallet of the one who was asked (--wallet)."],
        fr: ["{own} est le candidat, et nul n’est son propre évaluateur.",
             "Désignez quelqu’un d’autre par --evaluator ou --evaluator-email\u{a0}; une demande reçoit sa réponse depuis le portefeuille de qui est sollicité (--wallet)."];
    AppealToParty = "APPEAL_TO_PARTY", Request,
        en: ["{addressee} is the {role} of this thread, and decides no appeal in it.",
             "Name somebody else with --to: for instance the body behind the badge, by its DID, such as did:web:body.example."],
        fr: ["{addressee} est {role} de ce dossier, et n’y tranche aucun recours.",
             "Désignez quelqu’un d’autre par --to\u{a0}: par exemple l’organisme derrière le badge, par son DID, comme did:web:organisme.example."];
    ReasonMissing = "REASON_MISSING", Request,
        en: ["A reason is needed: --reason with one of {known}.",
             "Add it to the command; with other, say which in --statement."],
        fr: ["Il faut un motif\u{a0}: --reason avec l’un de {known}.",
             "Ajoutez-le à la commande\u{a0}; avec other, dites lequel par --statement."];
    SkillNotSought = "SKILL_NOT_SOUGHT", Request,
        en: ["The request seeks no skill {skill}, or more than one that this fits. It seeks: {sought}.",
             "Name one of these with --skill, or in the file of answers, by its address, its code or words of its name."],
        fr: ["La demande ne porte sur aucune compétence {skill}, ou sur plusieurs auxquelles cela convient. Elle porte sur\u{a0}: {sought}.",
             "Nommez l’une de celles-ci par --skill, ou dans le fichier de réponses\u{a0}: son adresse, son code ou des mots de son nom."];
    ReasonUnfit = "REASON_UNFIT", Request,
        en: ["The reason {value} does not fit here: {reason} (possible: {known}).",
             "Choose another one: badge-wallet evaluate VERB --help lists them."],
        fr: ["Le motif {value} ne convient pas ici\u{a0}: {reason} (possibles\u{a0}: {known}).",
             "Choisissez-en un autre\u{a0}: badge-wallet evaluate VERBE --help les énumère."];
    LevelUnknown = "LEVEL_UNKNOWN", Request,
        en: ["{level} is no level of {framework} that can be compared with another.",
             "A level is a number, or A1 to C2; DigComp and EQF have 1 to 8."],
        fr: ["{level} n’est pas un niveau de {framework} qui se compare à un autre.",
             "Un niveau est un nombre, ou A1 à C2\u{a0}; DigComp et le CEC en ont de 1 à 8."];
    SkillUnreadable = "SKILL_UNREADABLE", Request,
        en: ["This does not name a skill and a level: {value} ({reason}).",
             "Write digcomp:1.1@5, or 'URI NAME@FRAMEWORK:LEVEL'."],
        fr: ["Ceci ne désigne pas une compétence et un niveau\u{a0}: {value} ({reason}).",
             "Écrivez digcomp:1.1@5, ou 'URI NOM@RÉFÉRENTIEL:NIVEAU'."];
    NotTheOneAsked = "NOT_THE_ONE_ASKED", Request,
        en: ["The {what} given is not the version that the request is about.",
             "Ask the candidate for the very file that the request was made with."],
        fr: ["Le fichier donné ({what}) n’est pas la version sur laquelle porte la demande.",
             "Demandez au candidat le fichier même avec lequel la demande a été faite."];
    ThreadChanged = "THREAD_CHANGED", Request,
        en: ["{path} changed while this command was at work; nothing was written.",
             "Run the command again."],
        fr: ["{path} a changé pendant l’exécution de cette commande\u{a0}; rien n’a été écrit.",
             "Relancez la commande."];
    AnswersNeeded = "ANSWERS_NEEDED", Request,
        en: ["There is no terminal to ask on; nothing was signed.",
             "Give what you found with --outcome (and --reason, --comment), or with --answers FILE."],
        fr: ["Il n’y a pas de terminal où demander\u{a0}; rien n’a été signé.",
             "Donnez votre constat avec --outcome (et --reason, --comment), ou avec --answers FICHIER."];
    InputEnded = "INPUT_ENDED", Request,
        en: ["The input ended; nothing was signed.",
             "Run the command again when you are ready, or say in its options what is asked for; --help lists them."],
        fr: ["La saisie s’est arrêtée\u{a0}; rien n’a été signé.",
             "Relancez la commande quand vous serez prêt, ou dites par ses options ce qui est demandé\u{a0}; --help les énumère."];
    ServiceRefuses = "SERVICE_REFUSES", Request,
        en: ["The service {url} refuses: {reason}.",
             "Check the address; the issuer says for which badges it keeps evaluations."],
        fr: ["Le service {url} refuse\u{a0}: {reason}.",
             "Vérifiez l’adresse\u{a0}; l’émetteur dit pour quels badges il tient des évaluations."];
    PageUnservable = "PAGE_UNSERVABLE", Request,
        en: ["The page cannot be served on this machine: {reason}.",
             "Evaluate in the terminal: badge-wallet evaluate THREAD, without --page."],
        fr: ["La page ne peut pas être servie sur cette machine\u{a0}: {reason}.",
             "Évaluez dans le terminal\u{a0}: badge-wallet evaluate FICHIER, sans --page."];
    ImageUnfit = "IMAGE_UNFIT", Request,
        en: ["The badge cannot be put into its image: {reason}.",
             "Take it as it is, with --format original; where only its picture is at fault, the other image format may do."],
        fr: ["Le badge ne peut pas être placé dans son image\u{a0}: {reason}.",
             "Prenez-le tel quel, avec --format original\u{a0}; si seule son image est en cause, l’autre format d’image peut convenir."];
    RandomnessMissing = "RANDOMNESS_MISSING", Request,
        en: ["The operating system gave no randomness; no key was made.",
             "Try again; without it no key is safe."],
        fr: ["Le système n’a pas fourni d’aléa\u{a0}; aucune clé n’a été créée.",
             "Réessayez\u{a0}; sans lui, aucune clé n’est sûre."];
}
