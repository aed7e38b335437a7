//! What strangers can send: each must come back as a verdict, quickly, and never a good one.

use badge_verifier::status_list::{StatusIndex, Width, bitstring};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::documents::{BADGE_ID, OB, V2, badge, badge_from, badge_with, badge_with_status, list_of};
use super::images::{badge_chunk, bytes, chunk, png, png_of, svg};
use super::keys::{ISSUER, STRANGER, base64url, claims, multibase};
use super::{Case, case, expected, forged, invalid, no_key, not_authentic, unreadable, valid};
use crate::support::{Expected, Input};

pub fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    graphs(&mut cases);
    contexts(&mut cases);
    json_forms(&mut cases);
    lists(&mut cases);
    pngs(&mut cases);
    svgs(&mut cases);
    tokens(&mut cases);
    numbers(&mut cases);
    keys(&mut cases);
    dids(&mut cases);
    sizes(&mut cases);
    cases
}

fn hostile(name: &str, lesson: &str, input: Input, outcome: Expected) -> Case {
    case("hostile", name, lesson, input, outcome)
}

fn refused(name: &str, lesson: &str, text: impl Into<String>, code: &str) -> Case {
    hostile(name, lesson, Input::Text(text.into()), unreadable(code))
}

fn repeated(name: &str, lesson: &str, parts: [&str; 3], times: usize, outcome: Expected) -> Case {
    let [before, repeat, after] = parts.map(str::to_owned);
    hostile(name, lesson, Input::Repeat { before, repeat, times, after }, outcome)
}

/// A proof with some signature: good enough where the document is refused before it is looked at.
fn some_proof() -> Value {
    let mut proof = ISSUER.proof();
    proof["proofValue"] = multibase(&[7; 64]).into();
    proof
}

fn graphs(cases: &mut Vec<Case>) {
    let credential = |subject: Value| {
        json!({"@context": [V2, {"knows": "https://cfa.example/ns#knows"}], "type": ["VerifiableCredential"], "issuer": ISSUER.did(),
            "credentialSubject": subject, "proof": some_proof()})
    };
    let limit = || not_authentic(&[("signature", "fail CANONICALIZATION_LIMIT")]);
    let clique: Vec<Value> = (0..10)
        .map(|one| {
            let others: Vec<Value> = (0..10)
                .filter(|other| *other != one)
                .map(|other| json!({"id": format!("_:n{other}")}))
                .collect();
            json!({"id": format!("_:n{one}"), "knows": others})
        })
        .collect();
    cases.push(hostile(
        "clique",
        "Ten nodes that all know each other would take minutes to name.",
        Input::Json(credential(clique.into())),
        not_authentic(&[
            ("conformance", "fail MALFORMED_VALUE"),
            ("signature", "fail CANONICALIZATION_LIMIT"),
        ]),
    ));
    let mut nested = json!({"knows": "x"});
    for _ in 0..9 {
        nested = json!({"knows": [nested, nested]});
    }
    cases.push(hostile(
        "alike",
        "A few kilobytes of nested objects that are all alike would take longer still.",
        Input::Json(credential(nested)),
        limit(),
    ));
}

fn contexts(cases: &mut Vec<Case>) {
    let with = |context: Value| {
        Input::Json(badge_with(|badge| {
            badge["@context"] = json!([V2, OB, context]);
            badge["proof"] = some_proof();
        }))
    };
    let both = |code: &str| not_authentic(&[("conformance", code), ("signature", code)]);
    cases.push(hostile(
        "context-remote",
        "A context from the network is never fetched.",
        with("https://evil.example/context.json".into()),
        both("fail CONTEXT_UNKNOWN"),
    ));
    cases.push(hostile(
        "context-local",
        "A context from the file system is never read.",
        with("file:///etc/passwd".into()),
        both("fail CONTEXT_UNKNOWN"),
    ));
    cases.push(hostile(
        "context-import",
        "A context must not import another one.",
        with(json!({"@import": "https://evil.example/context.json"})),
        both("fail CONTEXT_INLINE_FORBIDDEN"),
    ));
    cases.push(hostile(
        "context-vocab",
        "A context that gives every name a meaning would hide misspelt members.",
        with(json!({"@vocab": "https://evil.example/ns#"})),
        both("fail CONTEXT_INLINE_FORBIDDEN"),
    ));
    cases.push(hostile(
        "context-protected",
        "A context must not change the meaning of the standard's own terms.",
        with(json!({"VerifiableCredential": "https://evil.example/ns#Anything"})),
        both("fail CONTEXT_INLINE_FORBIDDEN"),
    ));
    let terms: serde_json::Map<String, Value> =
        (0..5001).map(|n| (format!("t{n}"), format!("https://evil.example/ns#t{n}").into())).collect();
    cases.push(hostile(
        "context-huge",
        "A context with thousands of terms is work without use.",
        with(terms.into()),
        both("fail CANONICALIZATION_LIMIT"),
    ));
}

fn json_forms(cases: &mut Vec<Case>) {
    let too_deep = || unreadable("JSON_TOO_DEEP");
    cases.push(repeated(
        "deep",
        "JSON nested 200 levels deep is refused.",
        ["{\"a\":", "[", ""],
        200,
        too_deep(),
    ));
    cases.push(repeated(
        "very-deep",
        "JSON nested 100,000 levels deep overflows no stack.",
        ["", "{\"a\":", ""],
        100_000,
        too_deep(),
    ));
    let twice =
        ISSUER.seal(&badge()).to_string().replacen("{\"@context\"", "{\"id\":\"urn:uuid:1\",\"@context\"", 1);
    cases.push(refused(
        "duplicate-name",
        "A member that stands twice is read differently by different programs.",
        twice,
        "JSON_DUPLICATE_KEY",
    ));
    let escaped = ISSUER.seal(&badge()).to_string().replacen(
        "{\"@context\"",
        "{\"\\u0069d\":\"urn:uuid:1\",\"@context\"",
        1,
    );
    cases.push(refused(
        "duplicate-name-escaped",
        "A member stands twice also when one is spelt with an escape.",
        escaped,
        "JSON_DUPLICATE_KEY",
    ));
    cases.push(refused(
        "number-too-large",
        "A number beyond every double is refused.",
        "{\"a\":1e400}",
        "JSON_NUMBER",
    ));
    cases.push(refused(
        "integer-too-large",
        "An integer that doubles cannot hold is refused.",
        "{\"a\":9007199254740993}",
        "JSON_NUMBER",
    ));
    cases.push(refused(
        "lone-surrogate",
        "Half a character is no text.",
        "{\"a\":\"\\ud800\"}",
        "JSON_SYNTAX",
    ));
    cases.push(refused(
        "trailing",
        "What follows the document is not passed over.",
        "{\"type\":\"VerifiableCredential\"}{}",
        "JSON_SYNTAX",
    ));
    cases.push(refused(
        "truncated",
        "Half a file is no badge.",
        "{\"@context\":[\"https://www.w3.org/ns/cred",
        "JSON_SYNTAX",
    ));
    cases.push(hostile(
        "not-utf8",
        "Text in another encoding is refused.",
        bytes(b"{\"nom\":\"Zo\xe9\"}"),
        unreadable("JSON_INVALID_UTF8"),
    ));
    cases.push(repeated(
        "flat",
        "Ten megabytes of numbers are refused before they are read.",
        ["[0", ",0", "]"],
        5_000_000,
        unreadable("INPUT_TOO_LARGE"),
    ));
    cases.push(refused("empty", "Nothing is no badge.", "", "INPUT_EMPTY"));
    cases.push(refused(
        "page",
        "A web page about a badge is no badge.",
        "<!doctype html><html><title>Badge</title></html>",
        "UNSUPPORTED_CONTAINER",
    ));
    cases.push(refused(
        "evidence-bundle",
        "A bundle of evidence is named as what it is: its evaluator has to open it first.",
        "skills-badge evaluation bundle v1\n{\"for\":\"did:key:z6Mk\",\"expires\":\"2027-01-01T00:00:00Z\"}\nxxxx",
        "EVIDENCE_BUNDLE_GIVEN",
    ));
    cases.push(refused(
        "not-a-credential",
        "JSON of another kind is no credential.",
        "{\"type\":\"Person\",\"name\":\"Zoé\"}",
        "NOT_A_CREDENTIAL",
    ));
}

fn lists(cases: &mut Vec<Case>) {
    let mut with = |name: &str, lesson: &str, encoded: &str, words: &str| {
        let outcome = expected("indeterminate", &[&[("status", words)]]);
        cases.push(
            hostile(name, lesson, Input::Json(ISSUER.seal(&badge_with_status())), outcome)
                .list(ISSUER.seal(&list_of("revocation", encoded))),
        );
    };
    let bomb = bitstring::encode(&StatusIndex::empty((8 << 23) + 8, Width::ONE));
    with(
        "list-bomb",
        "A list that unpacks to more than 8 MiB is not unpacked further.",
        &bomb,
        "undetermined STATUS_LIST_TOO_LARGE",
    );
    let good = bitstring::encode(&StatusIndex::empty(131_072, Width::ONE));
    let unverified = "undetermined STATUS_VERIFICATION_ERROR";
    with(
        "list-without-multibase",
        "A list without its multibase letter is not guessed at.",
        &good[1..],
        unverified,
    );
    let packed = URL_SAFE_NO_PAD.decode(&good[1..]).unwrap();
    let two = format!("u{}", base64url(&[packed.clone(), packed.clone()].concat()));
    with(
        "list-two-members",
        "A second compressed part is invisible to some readers: refused.",
        &two,
        unverified,
    );
    let cut = format!("u{}", base64url(&packed[..packed.len() - 5]));
    with("list-truncated", "A list cut off in its middle is refused.", &cut, unverified);
    let mut wrong = packed;
    let at = wrong.len() - 6;
    wrong[at] ^= 1;
    with(
        "list-checksum",
        "A list whose checksum does not fit is refused.",
        &format!("u{}", base64url(&wrong)),
        unverified,
    );
}

fn pngs(cases: &mut Vec<Case>) {
    let badge = ISSUER.seal(&badge()).to_string();
    let plain = badge_chunk(&badge);
    let mut add = |name: &str, lesson: &str, image: &[u8], outcome: Expected| {
        cases.push(hostile(name, lesson, bytes(image), outcome))
    };
    let form = || unreadable("PNG_BADGE_CHUNK_FORM");
    let damaged = || unreadable("PNG_DAMAGED");
    add(
        "png-huge-picture",
        "Pixels are never decoded, so their number does not matter.",
        &png_of(60_000, 60_000, std::slice::from_ref(&plain)),
        valid(&[]),
    );
    let compressed = chunk(
        b"iTXt",
        &[b"openbadgecredential\0\x01\0\0\0".as_slice(), &[0x78, 0xda, 0x03, 0, 0, 0, 0, 1]].concat(),
    );
    add(
        "png-compressed",
        "A compressed badge could unpack to anything: it is not unpacked.",
        &png(&[compressed]),
        form(),
    );
    add(
        "png-two-badges",
        "Two badges in one image are read differently by different programs.",
        &png(&[plain.clone(), plain.clone()]),
        form(),
    );
    let text = chunk(b"tEXt", &[b"openbadgecredential\0".as_slice(), badge.as_bytes()].concat());
    add(
        "png-text-chunk",
        "A badge in another kind of chunk is not where the standard puts it.",
        &png(&[text]),
        form(),
    );
    add("png-no-badge", "An image without badge is no badge.", &png(&[]), unreadable("PNG_NO_BADGE_CHUNK"));
    let old = chunk(b"iTXt", b"openbadges\0\0\0\0\0https://cfa.example/assertions/1");
    add(
        "png-open-badges-2",
        "A badge of Open Badges 2.0 is named as such.",
        &png(&[old]),
        unreadable("OB2_BADGE_DETECTED"),
    );
    let mut lying = png(std::slice::from_ref(&plain));
    lying[33] = 0x7f;
    add("png-length-lies", "A chunk longer than the file is damage.", &lying, damaged());
    let mut checksum = png(std::slice::from_ref(&plain));
    checksum[33 + plain.len() - 1] ^= 1;
    add("png-checksum", "A chunk whose checksum does not fit is damage.", &checksum, damaged());
    let whole = png(std::slice::from_ref(&plain));
    add("png-no-end", "An image without its end is damage.", &whole[..whole.len() - 12], damaged());
    add(
        "png-after-end",
        "Something after the image's end is damage.",
        &[whole.as_slice(), b"PK\x03\x04"].concat(),
        damaged(),
    );
    add("png-empty-badge", "An empty badge is none.", &png(&[badge_chunk("")]), form());
}

fn svgs(cases: &mut Vec<Case>) {
    let badge = ISSUER.seal(&badge()).to_string();
    let sound = svg(&badge, "");
    let doctype = |inner: &str| format!("<!DOCTYPE svg [{inner}]>{sound}");
    cases.push(refused(
        "svg-entity",
        "An entity could read a file: no document type is accepted.",
        doctype("<!ENTITY x SYSTEM \"file:///etc/passwd\">"),
        "SVG_DTD_FORBIDDEN",
    ));
    cases.push(refused(
        "svg-laughs",
        "Entities of entities could fill all memory: no document type is accepted.",
        doctype("<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;&a;&a;\"><!ENTITY c \"&b;&b;&b;&b;\">"),
        "SVG_DTD_FORBIDDEN",
    ));
    let open = "<svg xmlns=\"http://www.w3.org/2000/svg\"";
    let damaged = || unreadable("SVG_DAMAGED");
    cases.push(repeated(
        "svg-deep",
        "A drawing nested 100,000 levels deep overflows no stack.",
        [&format!("{open}>"), "<g>", ""],
        100_000,
        damaged(),
    ));
    cases.push(repeated(
        "svg-wide",
        "A drawing of hundreds of thousands of elements is not read.",
        [&format!("{open}>"), "<g/>", "</svg>"],
        400_000,
        damaged(),
    ));
    cases.push(repeated(
        "svg-attributes",
        "An element with thousands of attributes is not read.",
        [open, " a=\"\"", "/>"],
        20_000,
        damaged(),
    ));
    let active = "<script>alert(1)</script><foreignObject><iframe src=\"https://evil.example\"/></foreignObject><image href=\"https://evil.example/x.png\"/>";
    cases.push(hostile(
        "svg-active",
        "A drawing is never rendered: only the badge in it is read.",
        Input::Text(svg(&badge, active)),
        valid(&[]),
    ));
    let element = &sound[sound.find("<openbadges:").unwrap()..sound.find("</svg>").unwrap()];
    cases.push(refused(
        "svg-two-badges",
        "Two badges in one drawing are read differently by different programs.",
        svg(&badge, element),
        "SVG_MULTIPLE_BADGES",
    ));
    let inside = sound.replace(element, &format!("<g>{element}</g>"));
    cases.push(refused(
        "svg-misplaced",
        "A badge inside a part of the drawing is not where the standard puts it.",
        inside,
        "SVG_DAMAGED",
    ));
    cases.push(refused(
        "svg-no-badge",
        "A drawing without badge is no badge.",
        format!("{open}/>"),
        "SVG_NO_BADGE",
    ));
}

fn tokens(cases: &mut Vec<Case>) {
    let payload = claims(&badge());
    let kid = ISSUER.method();
    let mut header = |name: &str, lesson: &str, header: Value, outcome: Expected| {
        cases.push(hostile(name, lesson, Input::Text(ISSUER.token(&header, &payload)), outcome));
    };
    header(
        "jwt-none",
        "A token that says it is not signed is not.",
        json!({"alg": "none", "kid": kid}),
        unreadable("ALG_FORBIDDEN"),
    );
    header(
        "jwt-hs256",
        "A shared secret signs nothing for the public.",
        json!({"alg": "HS256", "kid": kid}),
        unreadable("ALG_FORBIDDEN"),
    );
    header(
        "jwt-other-algorithm",
        "The key decides about the algorithm, not the token.",
        json!({"alg": "ES256", "kid": kid}),
        not_authentic(&[("signature", "fail ALG_FORBIDDEN")]),
    );
    for name in ["crit", "jku", "x5u", "x5c", "b64", "zip"] {
        let lesson = format!("A header member that could change how a token is read is refused: {name}.");
        let mut members = json!({"alg": "EdDSA", "kid": kid});
        members[name] = json!(["https://evil.example/keys.json"]);
        header(&format!("jwt-{name}"), &lesson, members, unreadable("JOSE_HEADER_UNEXPECTED"));
    }
    header(
        "jwt-other-jwk",
        "A token that carries another key than it names is refused.",
        json!({"alg": "EdDSA", "kid": kid, "jwk": STRANGER.jwk()}),
        not_authentic(&[("signature", "fail KID_JWK_DISAGREE")]),
    );
    let mut private = ISSUER.jwk();
    private["d"] = "AA".into();
    header(
        "jwt-private-jwk",
        "A token that carries a private key is refused.",
        json!({"alg": "EdDSA", "jwk": private}),
        unreadable("JWK_PRIVATE_KEY_EXPOSED"),
    );
    for (name, path) in [
        ("path", "../../etc/passwd"),
        ("sql", "x' UNION SELECT 'key"),
        ("url", "https://evil.example/keys#1"),
    ] {
        let lesson = format!("A kid is a name to compare, never a place to read from: {name}.");
        header(
            &format!("jwt-kid-{name}"),
            &lesson,
            json!({"alg": "EdDSA", "kid": path}),
            no_key("invalid", "fail KEY_PROVENANCE_MISSING"),
        );
    }
    header(
        "jwt-access-token",
        "A token of another kind is no badge.",
        json!({"alg": "EdDSA", "kid": kid, "typ": "at+jwt"}),
        unreadable("JWT_MALFORMED"),
    );
    let twice = format!("{{\"alg\":\"EdDSA\",\"alg\":\"EdDSA\",\"kid\":\"{kid}\"}}");
    cases.push(refused(
        "jwt-duplicate-name",
        "A header member that stands twice is refused.",
        ISSUER.token_of_text(&twice, &payload.to_string()),
        "JSON_DUPLICATE_KEY",
    ));
    let token = ISSUER.jwt(&badge());
    cases.push(refused(
        "jwt-padding",
        "A second spelling of the same bytes is refused.",
        format!("{token}=="),
        "UNSUPPORTED_CONTAINER",
    ));
    cases.push(hostile(
        "jwt-longer-signature",
        "A signature with a byte too many is none.",
        Input::Text(format!("{token}A")),
        forged(),
    ));
    let strangers = STRANGER.token(&json!({"alg": "EdDSA", "jwk": STRANGER.jwk()}), &payload);
    cases.push(hostile(
        "jwt-own-jwk",
        "Whoever carries his own key proves only that he has one.",
        Input::Text(strangers),
        no_key("invalid", "fail KEY_PROVENANCE_MISSING"),
    ));
}

fn numbers(cases: &mut Vec<Case>) {
    let payload = claims(&badge()).to_string();
    let exp = format!("\"exp\":{}", claims(&badge())["exp"]);
    let header = json!({"alg": "EdDSA", "kid": ISSUER.method()}).to_string();
    let token =
        |value: &str| ISSUER.token_of_text(&header, &payload.replace(&exp, &format!("\"exp\":{value}")));
    let signed = |code: &str| invalid(&[("conformance", code)]);
    cases.push(refused(
        "jwt-exp-huge",
        "A time beyond every calendar is refused without panic.",
        token("1e300"),
        "JSON_NUMBER",
    ));
    cases.push(refused(
        "jwt-exp-64-bits",
        "A time beyond exact integers is refused.",
        token("18446744073709551616"),
        "JSON_NUMBER",
    ));
    cases.push(hostile(
        "jwt-exp-negative",
        "A time before 1970 is another time.",
        Input::Text(token("-1")),
        signed("fail CLAIM_MISMATCH"),
    ));
    cases.push(hostile(
        "jwt-exp-text",
        "A time as text is no time.",
        Input::Text(token("\"2029\"")),
        signed("fail MALFORMED_VALUE"),
    ));
    cases.push(hostile(
        "jwt-exp-year-10000",
        "A time after the year 9999 is refused.",
        Input::Text(token("253402300800")),
        signed("fail MALFORMED_VALUE"),
    ));
    let mut future = badge();
    future["iat"] = 1_797_000_000_i64.into();
    let token = ISSUER.token(&json!({"alg": "EdDSA", "kid": ISSUER.method(), "typ": "vc+jwt"}), &future);
    cases.push(hostile(
        "jwt-iat-future",
        "A token made next month is not believed.",
        Input::Text(token),
        invalid(&[("validity", "fail PROOF_FROM_THE_FUTURE")]),
    ));
    let year = |text: &str| Input::Json(ISSUER.seal(&badge_with(|badge| badge["validUntil"] = text.into())));
    for (name, text) in [
        ("year-10000", "10000-01-01T00:00:00Z"),
        ("no-zone", "2029-11-01T00:00:00"),
        ("date-only", "2029-11-01"),
        ("thirteenth-month", "2029-13-01T00:00:00Z"),
        ("leap-second", "2028-12-31T23:59:60Z"),
    ] {
        cases.push(hostile(
            &format!("time-{name}"),
            &format!("A time that is none is refused: {name}."),
            year(text),
            signed("fail MALFORMED_VALUE"),
        ));
    }
}

fn keys(cases: &mut Vec<Case>) {
    let sealed = ISSUER.seal(&badge());
    let signature = bs58::decode(&sealed["proof"]["proofValue"].as_str().unwrap()[1..]).into_vec().unwrap();
    let with_signature = |signature: &[u8]| {
        let mut changed = sealed.clone();
        changed["proof"]["proofValue"] = multibase(signature).into();
        Input::Json(changed)
    };
    // The order of the group, little-endian: S + L verifies with readers that do not compare S with L.
    const ORDER: [u8; 32] = [
        0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14, 0, 0,
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
    ];
    let mut larger = signature.clone();
    let mut carry = 0_u16;
    for (byte, order) in larger[32..].iter_mut().zip(ORDER) {
        let sum = u16::from(*byte) + u16::from(order) + carry;
        *byte = sum.to_le_bytes()[0];
        carry = sum >> 8;
    }
    cases.push(hostile(
        "signature-plus-order",
        "A second spelling of a signature is refused.",
        with_signature(&larger),
        forged(),
    ));
    cases.push(hostile(
        "signature-zero",
        "Sixty-four zeros sign nothing.",
        with_signature(&[0; 64]),
        forged(),
    ));
    cases.push(hostile(
        "signature-short",
        "A signature of another length is none.",
        with_signature(&signature[..63]),
        forged(),
    ));
    let long = format!("z{}", "2".repeat(100_000));
    let mut endless = sealed.clone();
    endless["proof"]["proofValue"] = long.into();
    cases.push(hostile(
        "signature-long",
        "A signature of 100,000 characters is not decoded.",
        Input::Json(endless),
        not_authentic(&[("signature", "fail PROOF_MALFORMED")]),
    ));
    let mut identity = [0; 32];
    identity[0] = 1;
    let mut weak = |name: &str, lesson: &str, bytes: &[u8], code: &str| {
        let key = multibase(bytes);
        let did = format!("did:key:{key}");
        let mut document = badge_from(&did);
        let mut proof = some_proof();
        proof["verificationMethod"] = format!("{did}#{key}").into();
        document["proof"] = proof;
        cases.push(hostile(name, lesson, Input::Json(document), no_key("invalid", code)));
    };
    weak(
        "key-small-order",
        "A key under which anyone can sign is no key.",
        &[&[0xed, 1][..], &identity].concat(),
        "fail KEY_MALFORMED",
    );
    weak(
        "key-not-canonical",
        "A second spelling of a key is refused.",
        &[&[0xed, 1][..], &[0xff; 32]].concat(),
        "fail KEY_MALFORMED",
    );
    weak("key-short", "A did:key of the wrong length is none.", &[0xed, 1, 1, 2, 3], "fail DID_UNSUPPORTED");
    weak(
        "key-unknown-kind",
        "A did:key of an unknown kind is not guessed at.",
        &[&[0xe7, 1][..], &[2; 33]].concat(),
        "fail DID_UNSUPPORTED",
    );
}

fn dids(cases: &mut Vec<Case>) {
    let with = |issuer: &str, method: &str| {
        let mut document = badge_from(issuer);
        let mut proof = some_proof();
        proof["verificationMethod"] = method.into();
        document["proof"] = proof;
        Input::Json(document)
    };
    for (name, did) in [
        ("user", "did:web:user%40evil.example"),
        ("path", "did:web:cfa.example:..:admin"),
        ("encoded-path", "did:web:cfa.example:%2e%2e:admin"),
        ("slash", "did:web:cfa.example%2Fadmin"),
        ("port", "did:web:cfa.example%3A99999"),
        ("control", "did:web:cfa.example:a%00b"),
    ] {
        let lesson = format!("A did:web that could lead elsewhere is refused: {name}.");
        cases.push(hostile(
            &format!("did-web-{name}"),
            &lesson,
            with(did, &format!("{did}#k1")),
            no_key("invalid", "fail DID_UNSUPPORTED"),
        ));
    }
    // Whether an address may be reached is for the one who fetches; the verification only says which document it needs.
    cases.push(hostile(
        "did-web-loopback",
        "A did:web of this machine is no different here: nothing is fetched by verifying.",
        with("did:web:127.0.0.1", "did:web:127.0.0.1#k1"),
        no_key("indeterminate", "missing controller-document"),
    ));
    cases.push(hostile(
        "did-method-unknown",
        "A DID of another method is not resolved.",
        with("did:example:1", "did:example:1#k1"),
        no_key("invalid", "fail DID_UNSUPPORTED"),
    ));
    cases.push(hostile(
        "key-relative",
        "A key that is named only by its fragment is nobody's.",
        with(&ISSUER.did(), "#k1"),
        no_key("invalid", "fail DID_UNSUPPORTED"),
    ));
    let method = format!("{}#{}", ISSUER.did(), STRANGER.multibase());
    cases.push(hostile(
        "did-key-other-fragment",
        "A did:key has one key, its own.",
        with(&ISSUER.did(), &method),
        no_key("invalid", "fail KEY_UNRESOLVED"),
    ));
}

fn sizes(cases: &mut Vec<Case>) {
    let evidence = "{\"id\":\"urn:uuid:5b6f1c1e-6a0f-4f0e-9a53-0c2f5d7a1b30\",\"type\":[\"Evidence\"]}";
    let badge = badge_with(|badge| badge["evidence"] = json!(["HERE"])).to_string();
    let (before, after) = badge.split_once("\"HERE\"").unwrap();
    let repeat = format!("{evidence},");
    let after = format!("{evidence}{after}");
    let outcome = no_key("invalid", "fail NO_PROOF").and(&[("conformance", "fail CANONICALIZATION_LIMIT")]);
    cases.push(repeated(
        "evidence",
        "Ten thousand pieces of evidence are more than any badge needs.",
        [before, &repeat, &after],
        10_000,
        outcome,
    ));
    let proof = some_proof().to_string();
    let open = badge_with(|badge| badge["proof"] = json!(["HERE"])).to_string();
    let (before, after) = open.split_once("\"HERE\"").unwrap();
    let outcome = no_key("invalid", "fail TOO_MANY_PROOFS");
    cases.push(repeated(
        "proofs",
        "A hundred proofs are not looked at.",
        [before, &format!("{proof},"), &format!("{proof}{after}")],
        100,
        outcome,
    ));
    // In RDF a member may be written on any object with the document's id: the signature would hold, and no reader see it.
    let mut moved = ISSUER.seal(&badge_with(|badge| {
        badge["credentialSubject"]["achievement"]["related"] =
            json!([{"id": BADGE_ID, "type": ["Related", "VerifiableCredential"]}]);
    }));
    let until = moved.as_object_mut().unwrap().remove("validUntil").unwrap();
    moved["credentialSubject"]["achievement"]["related"][0]["validUntil"] = until;
    let lesson = "The end of the period must not hide on another object with the badge's id: the signature would hold.";
    cases.push(hostile(
        "member-moved",
        lesson,
        Input::Json(moved),
        invalid(&[("conformance", "fail MALFORMED_VALUE")]),
    ));
}
