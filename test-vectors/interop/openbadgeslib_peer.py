"""Peer of the interoperability matrix: issues and verifies with openbadgeslib.

    openbadgeslib_peer.py issue --secure eddsa-rdfc-2022|EdDSA|ES256|RS256 --draft FILE --recipient DID|EMAIL --out FILE
                                [--image PNG|SVG] [--claim-issuer DID]
    openbadgeslib_peer.py verify --issuer DID [--did-document FILE] [--email ADDRESS] FILE

One JSON object on stdout. Exit code 0: done or verified; 1: refused; 2: could not run.
Its JSON-LD contexts are those the library carries; `run` checks that they are, byte for byte, the ones we carry.
"""

import argparse
import json
import secrets
import socket
import sys
from pathlib import Path

from openbadgeslib.errors import LibOpenBadgesException
from openbadgeslib.keys import KeyECC, KeyEd25519, KeyRSA, public_jwk_from_pem
from openbadgeslib.ob3 import OB3Signer, OB3Verifier
from openbadgeslib.ob3.credential import (Achievement, Alignment, Evidence, IdentityObject, Issuer,
                                          OpenBadgeCredential, Result, ResultDescription)
from openbadgeslib.ob3.did import did_jwk_from_jwk, did_key_from_pem
from openbadgeslib.ob3.ldp import OB3LdpSigner, OB3LdpVerifier
from openbadgeslib.util import hash_email

KEYS = {"eddsa-rdfc-2022": KeyEd25519, "EdDSA": KeyEd25519, "ES256": KeyECC, "RS256": KeyRSA}


def no_network(*_arguments, **_options):
    raise OSError("this peer has no network")


def credential_from(draft, issuer, recipient):
    """The library's model, filled with as much of our draft as it has room for."""
    given = draft["achievement"]
    alignments = [Alignment(each["targetName"], each["targetUrl"], each.get("targetFramework"), each.get("targetCode"))
                  for each in given["alignment"]]
    results = [ResultDescription(each["id"], each["name"], each["resultType"], value_min=each.get("valueMin"),
                                 value_max=each.get("valueMax")) for each in given["resultDescription"]]
    achievement = Achievement("urn:uuid:5f2c3a68-7a0b-4a4e-9b38-0d7a2f7a9a11", given["name"], given["description"],
                              given["criteria"]["narrative"], tags=given["tag"], achievement_type=given["achievementType"],
                              credits_available=given["creditsAvailable"], alignments=alignments,
                              result_descriptions=results)
    by_email = "@" in recipient
    identifiers = [IdentityObject.create(recipient, secrets.token_hex(16))] if by_email else []
    return OpenBadgeCredential(
        issuer=Issuer(issuer, "Pair en Python"),
        recipient_id="urn:uuid:0b2a7c0e-4f6e-4f8e-8d5a-3f0a6f6f2c11" if by_email else recipient,
        achievement=achievement,
        evidence=[Evidence(each["id"], each["narrative"], each["name"]) for each in draft["evidence"]],
        results=[Result(value=each["value"], result_description=each["resultDescription"]) for each in draft["result"]],
        identifiers=identifiers, credits_earned=given["creditsAvailable"])


def issue(options):
    key = KEYS[options.secure]()
    private, public = key.generate_keypair()
    did = did_jwk_from_jwk(public_jwk_from_pem(public)) if options.secure == "RS256" else did_key_from_pem(public)
    issuer = options.claim_issuer or did
    draft = json.loads(Path(options.draft).read_text("utf-8"))
    credential = credential_from(draft, issuer, options.recipient)
    if options.secure == "eddsa-rdfc-2022":
        # Without a claimed issuer the library names the key's own did:key.
        method = f"{issuer}#{issuer.removeprefix('did:key:')}" if options.claim_issuer else None
        signer = OB3LdpSigner(private, verification_method=method)
        in_text = signer.sign_to_json
    else:
        signer = OB3Signer(private, algorithm=options.secure)
        in_text = signer.sign
    if options.image:
        image = Path(options.image).read_bytes()
        bake = signer.sign_into_png if image.startswith(b"\x89PNG") else signer.sign_into_svg
        Path(options.out).write_bytes(bake(credential, image))
    else:
        Path(options.out).write_text(in_text(credential), "utf-8")
    return {"issuer": issuer, "signer": did}


def carried(path):
    """The badge in a file: its text, out of the image where it is one."""
    data = Path(path).read_bytes()
    if data.startswith(b"\x89PNG"):
        return OB3Verifier.extract_token_from_png(data)
    if data.lstrip().startswith(b"<"):
        return OB3Verifier.extract_token_from_svg(data)
    return data.decode("utf-8").strip()


def verify(options):
    def download(url, *_arguments, **_options):
        """Answers for the one DID document that was given, and for nothing else."""
        if options.did_document and url == did_web_url(options.issuer):
            return Path(options.did_document).read_bytes()
        raise OSError(f"this peer has no network for {url}")

    try:
        text = carried(options.file)
        verifier = OB3LdpVerifier if text.startswith("{") else OB3Verifier
        anchored = verifier.for_issuer_did(options.issuer, download=download)
        credential = anchored.verify(text, download=download)
    except LibOpenBadgesException as refusal:
        return {"verified": False, "reason": f"{type(refusal).__name__}: {refusal}"}
    if options.email:
        hashes = [each for each in credential.identifiers
                  if each.identity_hash == "sha256$" + hash_email(options.email, each.salt or "").decode("ascii")]
        if not hashes:
            return {"verified": False, "reason": "the hash in the badge is not that of the address"}
    return {"verified": True}


def did_web_url(did):
    return f"https://{did.removeprefix('did:web:')}/.well-known/did.json"


def main():
    socket.create_connection = socket.getaddrinfo = no_network
    parser = argparse.ArgumentParser()
    verbs = parser.add_subparsers(dest="verb", required=True)
    issuing = verbs.add_parser("issue")
    issuing.add_argument("--secure", choices=KEYS, required=True)
    for name in ("--draft", "--recipient", "--out"):
        issuing.add_argument(name, required=True)
    issuing.add_argument("--image")
    issuing.add_argument("--claim-issuer")
    verifying = verbs.add_parser("verify")
    verifying.add_argument("--issuer", required=True)
    verifying.add_argument("--did-document")
    verifying.add_argument("--email")
    verifying.add_argument("file")
    options = parser.parse_args()
    answer = issue(options) if options.verb == "issue" else verify(options)
    print(json.dumps(answer))
    return 1 if answer.get("verified") is False else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Exception as error:  # whatever it is: the peer could not do its part
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        sys.exit(2)
