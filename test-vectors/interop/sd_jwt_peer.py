"""Peer of the interoperability of SD-JWTs: issues, presents and verifies with sd-jwt, ES256.

    python sd_jwt_peer.py < REQUEST

The requests and answers are those of sd_jwt.mjs, but for the hidden claims, which `hidden` names by JSON Pointer, and the shown
ones, which `frame` gives in the form of this library. Exit code 0: done or verified; 1: refused; 2: could not run.
"""

import json
import socket
import sys

from jwcrypto.jwk import JWK
from sd_jwt.common import SDObj
from sd_jwt.holder import SDJWTHolder
from sd_jwt.issuer import SDJWTIssuer
from sd_jwt.verifier import SDJWTVerifier


def no_network(*_):
    raise RuntimeError("this peer has no network")


socket.socket.connect = no_network


def key(jwk):
    return JWK.from_json(json.dumps(jwk)) if jwk else None


def marked(value, hidden, pointer=""):
    """The claims with what can be hidden marked, as this library wants it."""
    if isinstance(value, dict):
        names = {name: f"{pointer}/{name}" for name in value}
        return {SDObj(name) if at in hidden else name: marked(value[name], hidden, at) for name, at in names.items()}
    if isinstance(value, list):
        items = [(f"{pointer}/{index}", item) for index, item in enumerate(value)]
        return [SDObj(marked(item, hidden, at)) if at in hidden else marked(item, hidden, at) for at, item in items]
    return value


def issue(iss, kid, key_, claims, hidden, holder):
    claims = marked({"iss": iss, **claims}, set(hidden))
    issuer = SDJWTIssuer(claims, key_, holder_key=holder, sign_alg="ES256",
                         add_decoy_claims=True, extra_header_parameters={"typ": "dc+sd-jwt", "kid": kid})
    return {"sdJwt": issuer.sd_jwt_issuance}


def present(sd_jwt, frame, key_, audience, nonce):
    holder = SDJWTHolder(sd_jwt)
    holder.create_presentation(frame, nonce, audience, key_, sign_alg="ES256")
    return {"sdJwt": holder.sd_jwt_presentation}


class Verifier(SDJWTVerifier):
    """Takes the holder's algorithm from the holder's key; the library would take ES256 whatever the key is."""

    def _verify_key_binding_jwt(self, expected_aud, expected_nonce, sign_alg=None):
        kind = self._holder_public_key_payload["jwk"]["kty"] if self._holder_public_key_payload else None
        super()._verify_key_binding_jwt(expected_aud, expected_nonce, sign_alg or ("EdDSA" if kind == "OKP" else None))


def verify(sd_jwt, key_, audience, nonce):
    return {"claims": Verifier(sd_jwt, lambda _issuer, _header: key_, audience, nonce).get_verified_payload()}


def main():
    asked = json.load(sys.stdin)
    verb = asked["verb"]
    try:
        if verb == "issue":
            answer = issue(asked["iss"], asked["kid"], key(asked["key"]), asked["claims"], asked["hidden"], key(asked.get("holder")))
        elif verb == "present":
            answer = present(asked["sdJwt"], asked["frame"], key(asked["key"]), asked["audience"], asked["nonce"])
        else:
            answer = verify(asked["sdJwt"], key(asked["key"]), asked.get("audience"), asked.get("nonce"))
    except Exception as problem:  # whatever the library finds
        print(json.dumps({"reason": f"{type(problem).__name__}: {problem}"}))
        return 1 if verb == "verify" else 2
    print(json.dumps(answer))
    return 0


if __name__ == "__main__":
    sys.exit(main())
