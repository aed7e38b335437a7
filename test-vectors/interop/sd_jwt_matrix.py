"""SD-JWTs between this project and its peers: issued on one side, presented and verified on the other, spoiled in several ways."""

import base64
import hashlib
import json
import subprocess
from datetime import datetime, timezone

NONCE, AUDIENCE = "c-7f3a9e", "jobs.example.org"

GOOD = ("as issued", "nothing shown", "presented", "presented by the other")
COLUMNS = (*GOOD, "signature", "disclosure changed", "disclosure added", "disclosure removed", "other nonce", "other audience", "unbound")

# What may refuse each: here by check, there by a word of the reason. A refusal for another reason proves nothing.
OUR_CHECKS = {
    "signature": {"signature"}, "disclosure changed": {"container"}, "disclosure added": {"container"},
    "disclosure removed": {"presenter"}, "other nonce": {"challenge"}, "other audience": {"domain"}, "unbound": {"challenge"},
}
PEER_WORDS = {
    "signature": ["signature"], "disclosure changed": ["unused", "disclosure", "digest", "hash"],
    "disclosure added": ["unused", "disclosure", "digest", "hash"],
    "disclosure removed": ["sd_hash", "digest"], "other nonce": ["nonce"], "other audience": ["audience"],
    "unbound": ["key binding", "not a valid", "kb", "none", "format", "token", "jws"],
}


class Peer:
    """A program that answers one request in JSON."""

    def __init__(self, name, command, patience):
        self.name, self.command, self.patience = name, [str(word) for word in command], patience

    def ask(self, **request):
        done = subprocess.run(self.command, input=json.dumps(request), capture_output=True, text=True,
                              encoding="utf-8", timeout=self.patience, check=False)
        try:
            return done.returncode, json.loads(done.stdout)
        except json.JSONDecodeError:
            return 2, {"reason": done.stderr.strip()[-400:]}

    def must(self, **request):
        code, answer = self.ask(**request)
        if code != 0:
            raise OSError(f"{self.name}: {request['verb']}: {answer['reason']}")
        return answer


class Answer:
    def __init__(self, accepted, reason=""):
        self.accepted, self.reason = accepted, reason


class There:
    """A peer as a verifier of files; it must read the same claims as we do."""

    def __init__(self, peer, key, holder):
        self.name, self.peer, self.key, self.holder = peer.name, peer, key, holder

    def verify(self, file, claims=None, **bound):
        code, answer = self.peer.ask(verb="verify", sdJwt=file.read_text("utf-8").strip(), key=self.key, holder=self.holder, **bound)
        if code == 0 and claims is not None and answer["claims"] != claims:
            return Answer(False, f"it reads other claims: {answer['claims']}")
        return Answer(code == 0, answer.get("reason", ""))

    @staticmethod
    def refused_for(spoiling, reason):
        return any(word in reason.lower() for word in PEER_WORDS[spoiling])


class Here:
    """Our verifier."""

    def __init__(self, ours):
        self.name, self.ours = ours.name, ours

    def verify(self, file, claims=None, nonce=None, audience=None):
        expected = {name: value for name, value in (("challenge", nonce), ("domain", audience)) if value}
        return self.ours.verify(file, **expected)

    @staticmethod
    def refused_for(spoiling, reason):
        return bool(OUR_CHECKS[spoiling] & set(reason.split(", ")))


def decoded(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def encoded(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def write(folder, name, text):
    file = folder / f"{name}.sd-jwt"
    file.write_text(text + "\n", "utf-8")
    return file


def trials(folder, stem, whole, presented, by_other, claims=None, other_disclosure=None):
    """An SD-JWT as issued, presented, and spoiled in each way."""
    bound = {"nonce": NONCE, "audience": AUDIENCE}
    parts = whole.split("~")
    first, last = presented.rsplit("~", 1)
    signature = parts[0].rsplit(".", 1)
    flipped = ("B" if signature[1][0] == "A" else "A") + signature[1][1:]
    claim = json.loads(decoded(parts[1]))
    claim[-1] = "spoiled"
    changed = encoded(json.dumps(claim).encode())
    stranger = other_disclosure or encoded(b'["c2Vs","spoiled",true]')
    shown = first.split("~")

    def file(name, text):
        return write(folder, f"{stem}-{name}", text)
    return {
        "as issued": (file("whole", whole), {"claims": claims}),
        "nothing shown": (file("bare", parts[0] + "~"), {}),
        "presented": (file("presented", presented), bound),
        "presented by the other": (file("other", by_other), bound),
        "signature": (file("signature", "~".join([f"{signature[0]}.{flipped}", *parts[1:]])), {}),
        "disclosure changed": (file("changed", "~".join([parts[0], changed, *parts[2:]])), {}),
        "disclosure added": (file("added", "~".join([*parts[:-1], stranger, ""])), {}),
        "disclosure removed": (file("removed", "~".join([shown[0], *shown[2:], last])), bound),
        "other nonce": (file("nonce", presented), {**bound, "nonce": "c-7f3a9f"}),
        "other audience": (file("audience", presented), {**bound, "audience": "job.example.org"}),
        "unbound": (file("unbound", whole), bound),
    }


def fill(matrix, ours, peers, folder, public_url):
    """Every cell of the matrix."""
    ours_there(matrix, ours, peers, folder, public_url)
    theirs_here(matrix, ours, peers, folder)


def ours_there(matrix, ours, peers, folder, public_url):
    """A badge of ours, presented by our wallet, verified there; an SD-JWT VC of a holder whose key is there, presented there."""
    address = ["--public-url", public_url]
    ours_did = ours.wallet("did")
    holder = {"kty": "OKP", "crv": "Ed25519", "x": encoded(decoded_did(ours_did))}
    for peer in peers:
        key = json.loads((folder / "did-web" / "public" / ".well-known" / "jwks.json").read_text())["keys"]
        key = next(each for each in key if each.get("crv") == "P-256")
        key = {name: key[name] for name in ("kty", "crv", "x", "y")}
        stem = f"ours-dc-{peers.index(peer)}"
        issued = folder / f"{stem}.sd-jwt"
        ours.issue(issued, form="dc+sd-jwt", to=ours_did, data="did-web", options=address)
        whole = issued.read_text("utf-8").strip()
        mine = folder / f"{stem}-mine.sd-jwt"
        identifier = ours.wallet("add", "--offline", issued)
        ours.wallet("present", identifier, "--challenge", NONCE, "--domain", AUDIENCE, "--disclose-all", "-o", mine)
        presented = mine.read_text("utf-8").strip()
        # The same badge for a holder there, who presents it with the peer's own program.
        theirs = make_key()
        did = f"did:jwk:{encoded(json.dumps(public(theirs)).encode())}"
        held = folder / f"{stem}-held.sd-jwt"
        ours.issue(held, form="dc+sd-jwt", to=did, data="did-web", options=address)
        other = peer.must(verb="present", sdJwt=held.read_text("utf-8").strip(), frame={"narrative": True},
                          key=theirs, audience=AUDIENCE, nonce=NONCE)["sdJwt"]
        rows = trials(folder, stem, whole, presented, other)
        there = There(peer, key, holder)
        held_by = There(peer, key, public(theirs))
        other = rows.pop("presented by the other")
        matrix.row(f"ours → {peer.name} | dc+sd-jwt ES256, EdDSA holder", there, rows)
        matrix.row(f"ours, presented there → {peer.name} | dc+sd-jwt ES256, ES256 holder", held_by,
                   {"presented by the other": other})
        matrix.row(f"ours, presented by {peer.name} → here | dc+sd-jwt ES256, ES256 holder", Published(ours, folder, public_url),
                   {"presented by the other": other})


class Published(Here):
    """Our verifier, with the issuer's keys at hand as it published them."""

    def __init__(self, ours, folder, public_url):
        super().__init__(ours)
        self.folder, self.public_url = folder, public_url

    def verify(self, file, claims=None, nonce=None, audience=None):
        expected = {name: value for name, value in (("challenge", nonce), ("domain", audience)) if value}
        expected["snapshot"] = str(self.snapshot())
        return self.ours.verify(file, **expected)

    def snapshot(self):
        """What a verifier online would have fetched: the issuer's DID document."""
        document = (self.folder / "did-web" / "public" / ".well-known" / "did.json").read_bytes()
        file = self.folder / "sd-jwt-snapshot.json"
        file.write_text(json.dumps({"version": 1, "resources": [{
            "kind": "controller-document", "url": f"{self.public_url}/.well-known/did.json",
            "fetchedAt": f"{datetime.now(timezone.utc):%Y-%m-%dT%H:%M:%SZ}",
            "sha256": hashlib.sha256(document).hexdigest(), "body": base64.b64encode(document).decode(),
        }]}), "utf-8")
        return file


def theirs_here(matrix, ours, peers, folder):
    """An SD-JWT VC of a peer, presented there, verified here."""
    for index, peer in enumerate(peers):
        key, holder = make_key(), make_key()
        did = f"did:jwk:{encoded(json.dumps(public(key)).encode())}"
        claims = {"vct": "https://credentials.example.org/membership/1", "iat": 1790000000, "exp": 1990000000,
                  "given_name": "Zoé", "nationalities": ["FR", "DE"], "address": {"locality": "Brest", "country": "FR"}}
        whole = peer.must(
            verb="issue", iss=did, kid=f"{did}#0", key=key, claims=claims, holder=public(holder),
            frame={"_sd": ["given_name", "address"], "address": {"_sd": ["locality"]}, "nationalities": {"_sd": [1]}},
            hidden=["/given_name", "/address", "/address/locality", "/nationalities/1"])["sdJwt"]
        frames = {"@sd-jwt/sd-jwt-vc": {"given_name": True, "nationalities": {"1": True}}}
        presented, by_other = (
            each.must(verb="present", sdJwt=whole, key=holder, audience=AUDIENCE, nonce=NONCE,
                      frame=frames.get(each.name, {"given_name": True, "nationalities": [False, True]}))["sdJwt"]
            for each in (peer, peers[1 - index]))
        matrix.row(f"{peer.name} → ours | dc+sd-jwt ES256, ES256 holder", Here(ours),
                   trials(folder, f"theirs-{index}", whole, presented, by_other))


def decoded_did(did):
    """The bytes of an Ed25519 did:key."""
    alphabet = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
    number = 0
    for letter in did.removeprefix("did:key:z"):
        number = number * 58 + alphabet.index(letter)
    return number.to_bytes(34, "big")[2:]


def make_key():
    """A P-256 key, by OpenSSL: the peers take JWKs."""
    der = subprocess.run(["openssl", "ecparam", "-name", "prime256v1", "-genkey", "-noout", "-outform", "DER"],
                         capture_output=True, check=True).stdout
    # ECPrivateKey (RFC 5915): 32 bytes of secret after its first header, and the uncompressed point at the end.
    secret, point = der[7:39], der[-64:]
    return {"kty": "EC", "crv": "P-256", "x": encoded(point[:32]), "y": encoded(point[32:]), "d": encoded(secret)}


def public(jwk):
    return {name: value for name, value in jwk.items() if name != "d"}
