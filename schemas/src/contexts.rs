//! The JSON-LD contexts that come with the program; no other is ever used, and none is ever fetched.

/// One context: its IRI, the bytes we carry, and their digest.
#[derive(Clone, Copy, Debug)]
pub struct Context {
    /// The IRI by which documents name it; matched exactly.
    pub iri: &'static str,
    /// The document, byte for byte as published.
    pub text: &'static str,
    /// SHA-256 of the bytes, in lower-case hexadecimal; a test recomputes it.
    pub sha256: &'static str,
}

macro_rules! context {
    ($iri:literal, $file:literal, $sha256:literal) => {
        Context { iri: $iri, text: include_str!(concat!("../contexts/", $file)), sha256: $sha256 }
    };
}

/// Every context we carry. Where they were obtained and under which licence stands in `schemas/README.md`.
pub const ALL: &[Context] = &[
    context!(
        "https://www.w3.org/2018/credentials/v1",
        "credentials-v1.json",
        "ab4ddd9a531758807a79a5b450510d61ae8d147eab966cc9a200c07095b0cdcc"
    ),
    context!(
        "https://www.w3.org/ns/credentials/v2",
        "credentials-v2.json",
        "59955ced6697d61e03f2b2556febe5308ab16842846f5b586d7f1f7adec92734"
    ),
    context!(
        "https://www.w3.org/ns/credentials/examples/v2",
        "credentials-examples-v2.json",
        "57393fbc69d6efb9b9b5dc9cb6b9880b0944360abfe2eaf459c9e58cf2279d7c"
    ),
    context!(
        "https://w3id.org/security/data-integrity/v1",
        "data-integrity-v1.json",
        "b5d829bd09aa7c42abc6efa0c8ed7635313b5487f37ccfce3ecd149ca9418554"
    ),
    context!(
        "https://w3id.org/security/data-integrity/v2",
        "data-integrity-v2.json",
        "67f21e6e33a6c14e5ccfd2fc7865f7474fb71a04af7e94136cb399dfac8ae8f4"
    ),
    context!(
        "https://w3id.org/security/multikey/v1",
        "multikey-v1.json",
        "ba2c182de2d92f7e47184bcca8fcf0beaee6d3986c527bf664c195bbc7c58597"
    ),
    context!(
        "https://www.w3.org/ns/did/v1",
        "did-v1.json",
        "4f3eae5568c9c5f036a082088f9e192019ee06faa78973c87ff91d5421b88dad"
    ),
    context!(
        "https://w3id.org/security/suites/ed25519-2020/v1",
        "ed25519-2020-v1.json",
        "b9e1ab971fd8bf2c7553e0c4a9438e0b9450afde1ea1ca5b2492368b9f549588"
    ),
    context!(
        "https://w3id.org/security/suites/jws-2020/v1",
        "jws-2020-v1.json",
        "d648e05ddc6577827ca2bfd5e931f53e9ebc6e52a57a8da81df4ec8c46ffcd1e"
    ),
    context!(
        "https://w3id.org/vc/status-list/2021/v1",
        "status-list-2021-v1.json",
        "6dd06a52bedb771e059c1083ba8ba7848dce22f6b4a8cfa0b98ba3fc188870e4"
    ),
    context!(
        "https://purl.imsglobal.org/spec/ob/v3p0/context.json",
        "open-badges-3.0.0.json",
        "b077fa134d909d92c1dcd1c153f2af1b244aeb415967fdc1467d7fc5dd48ac10"
    ),
    context!(
        "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.1.json",
        "open-badges-3.0.1.json",
        "5f3d9dd6288ef437ff8286cf95ffbff609c748a66f24a1e9450c45ca64be1571"
    ),
    context!(
        "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.2.json",
        "open-badges-3.0.2.json",
        "00666ad080ba407687ed1846b7f5e7495f5019042b202a727de47c48a1755c53"
    ),
    context!(
        "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
        "open-badges-3.0.3.json",
        "3d34f4d4ef1bce691106e63798beb5e7b862ba841423f5ee1e53ab7ddf3bca84"
    ),
    context!(
        "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json",
        "open-badges-extensions.json",
        "87c06c81bc2317663bf288d740d94fddd2818c4342b186270ff6371dfaa63f93"
    ),
    context!(
        "https://purl.imsglobal.org/spec/clr/v2p0/context-2.0.1.json",
        "clr-2.0.1.json",
        "880f1902d4158f2f33ce06af41b90719977cd1ea337a9de2e41edb3ff5e543d6"
    ),
    context!(
        "https://w3id.org/citizenship/v4rc1",
        "citizenship-v4rc1.json",
        "a89b0bc00b1848ac3dfdf956c7dd5de8567e755351c07ec6a1c2b4a08b67953b"
    ),
    context!(
        "https://w3id.org/vdl/v1",
        "vdl-v1.json",
        "5e61aa138bc6a1bf92299edd01408df52f20c24057b9dbea72ccaeef5b792010"
    ),
    context!(
        "https://w3id.org/skills-badge/v1",
        "skills-badge-v1.json",
        "e946c0759c8671428a57bda5f3ac5313bad31c586dacafce224bb8978b0f135c"
    ),
    context!(
        "https://w3id.org/skills-badge/recognition/v1",
        "recognition-v1.json",
        "6b13cdf5aa76f45afd4071e14a58df8afb532fbd45c3f1dd6f2c248b6a69656c"
    ),
    context!(
        "https://w3id.org/skills-badge/evaluation/v1",
        "evaluation-v1.json",
        "50c41d9dab6b2f3a1c3c72b86663d514779fe76200ff0609fd3fd55bdb66d44e"
    ),
];

/// The document of a context, by its exact IRI.
pub fn lookup(iri: &str) -> Option<&'static str> {
    ALL.iter().find(|context| context.iri == iri).map(|context| context.text)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may panic")]
    use std::collections::BTreeSet;

    use sha2::{Digest, Sha256};

    use super::*;

    #[test]
    fn every_context_is_the_one_we_pinned() {
        for context in ALL {
            let digest = Sha256::digest(context.text)
                .iter()
                .fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"));
            assert_eq!(digest, context.sha256, "{}", context.iri);
            let document: serde_json::Value = serde_json::from_str(context.text).unwrap();
            assert!(document.get("@context").is_some(), "{}", context.iri);
        }
        assert_eq!(ALL.iter().map(|context| context.iri).collect::<BTreeSet<_>>().len(), ALL.len());
    }
}
