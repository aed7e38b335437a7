"""Peer of the interoperability matrix: issues and verifies with openvc-core, without network.

    openvc_peer.py issue --secure SUITE --contexts DIR --draft FILE --recipient DID --out FILE
    openvc_peer.py verify --contexts DIR FILE

SUITE is a Data Integrity cryptosuite, with `-p384` behind it for that curve. The library's tokens are not asked for: it writes a
credential of the VC Data Model 2.0 into a `vc` claim, which VC-JOSE-COSE §3.1.3 forbids.
One JSON object on stdout. Exit code 0: done or verified; 1: refused; 2: could not run.
"""

import argparse
import json
import socket
import sys
import uuid
from datetime import datetime, timezone
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from openvc import VerificationPolicy, verify_credential
from openvc.errors import OpenvcError
from openvc.keys import Ed25519SigningKey, P256SigningKey, P384SigningKey
from openvc.multibase import encode_multibase
from openvc.proof.data_integrity import DataIntegrityProofSuite
from openvc.proof.di_ecdsa_rdfc import EcdsaRdfcProofSuite
from openvc.proof.di_jcs import EcdsaJcsProofSuite, EddsaJcsProofSuite

VC_2 = "https://www.w3.org/ns/credentials/v2"
OPEN_BADGES = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"
CONTEXT_FILES = {
    OPEN_BADGES: "open-badges-3.0.3.json",
    "https://w3id.org/security/data-integrity/v2": "data-integrity-v2.json",
    # What an evaluation says beyond an endorsement.
    "https://w3id.org/skills-badge/evaluation/v1": "evaluation-v1.json",
}
SUITES = {
    "eddsa-rdfc-2022": (DataIntegrityProofSuite, Ed25519SigningKey),
    "eddsa-jcs-2022": (EddsaJcsProofSuite, Ed25519SigningKey),
    "ecdsa-rdfc-2019": (EcdsaRdfcProofSuite, P256SigningKey),
    "ecdsa-rdfc-2019-p384": (EcdsaRdfcProofSuite, P384SigningKey),
    "ecdsa-jcs-2019": (EcdsaJcsProofSuite, P256SigningKey),
    "ecdsa-jcs-2019-p384": (EcdsaJcsProofSuite, P384SigningKey),
}
PRIVATE = {
    Ed25519SigningKey: ed25519.Ed25519PrivateKey.generate,
    P256SigningKey: lambda: ec.generate_private_key(ec.SECP256R1()),
    P384SigningKey: lambda: ec.generate_private_key(ec.SECP384R1()),
}
MULTICODECS = {Ed25519SigningKey: b"\xed\x01", P256SigningKey: b"\x80\x24", P384SigningKey: b"\x81\x24"}


def no_network(*_arguments, **_options):
    raise OSError("this peer has no network")


def key_of(kind):
    """A new key whose kid is its own did:key URL, and that DID."""
    private = PRIVATE[kind]()
    multikey = encode_multibase(MULTICODECS[kind] + kind(private, kid="_").public_key_raw())
    did = f"did:key:{multikey}"
    return kind(private, kid=f"{did}#{multikey}"), did


def contexts(folder):
    return {iri: json.loads((Path(folder) / name).read_text("utf-8")) for iri, name in CONTEXT_FILES.items()}


def issue(options):
    suite, kind = SUITES[options.secure]
    key, did = key_of(kind)
    draft = json.loads(Path(options.draft).read_text("utf-8"))
    achievement, now = draft["achievement"], datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    credential = {
        "@context": [VC_2, OPEN_BADGES],
        "id": f"urn:uuid:{uuid.uuid4()}",
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": achievement["name"],
        "issuer": {"id": did, "type": ["Profile"], "name": "Pair en Python, à clés variées"},
        "validFrom": now,
        "awardedDate": now,
        "credentialSubject": {
            "id": options.recipient,
            "type": ["AchievementSubject"],
            "achievement": {"id": f"urn:uuid:{uuid.uuid4()}", "type": ["Achievement"], **achievement},
            "narrative": draft["narrative"],
            "result": draft["result"],
        },
        # So many nodes without an id that two hash functions hardly ever put them in the same order.
        "evidence": [*draft["evidence"], *({"type": ["Evidence"], "name": f"Pièce {number}"} for number in range(1, 7))],
    }
    more = {"extra_contexts": contexts(options.contexts)} if "rdfc" in options.secure else {}
    signed = suite().add_proof(credential, signing_key=key, verification_method=key.kid, **more)
    secured = json.dumps(signed, ensure_ascii=False, indent=2)
    Path(options.out).write_text(secured, "utf-8")
    return {"issuer": did, "signer": did}


def read(path):
    text = Path(path).read_text("utf-8").strip()
    return json.loads(text) if text.startswith("{") else text


def verify(options):
    try:
        verify_credential(read(options.file), policy=VerificationPolicy(require_status=False), extra_contexts=contexts(options.contexts))
    except (OpenvcError, ValueError) as problem:
        return {"verified": False, "reason": f"{type(problem).__name__}: {problem}"}
    return {"verified": True}


def main():
    socket.socket.connect = no_network
    verbs = {"issue": issue, "verify": verify}
    parser = argparse.ArgumentParser()
    parser.add_argument("verb", choices=verbs)
    for name in ("secure", "contexts", "draft", "recipient", "out"):
        parser.add_argument(f"--{name}")
    parser.add_argument("file", nargs="?")
    options = parser.parse_intermixed_args()
    answer = verbs[options.verb](options)
    print(json.dumps(answer, ensure_ascii=False))
    return 1 if answer.get("verified") is False else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Exception as problem:  # whatever it is, it is no verdict
        print(f"openvc_peer: {type(problem).__name__}: {problem}", file=sys.stderr)
        sys.exit(2)
