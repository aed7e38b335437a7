"""Spoils a signed badge, in whichever file it travels: each spoiling must be refused by whoever checks it.

A badge is a JSON document with a proof or a compact JWT, alone in a file or baked into a PNG or SVG image.
Images are baked again around the spoiled badge; `run` also bakes them again around the unspoiled one, which must
still be accepted: a refusal then speaks of the badge, not of the baking.
"""

import base64
import json
import struct
import zlib
from xml.etree import ElementTree

PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
KEYWORD = b"openbadgecredential"
SVG_NAMESPACE = "https://purl.imsglobal.org/ob/v3p0"
SVG_ELEMENT = f"{{{SVG_NAMESPACE}}}credential"
BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"


def extract(data):
    """The badge in a file, as text."""
    return transform(data, lambda text: text)[0]


def rebake(data, spoil):
    """The same file around the spoiled badge."""
    return transform(data, spoil)[1]


def transform(data, spoil):
    """The badge's text, and the file with what `spoil` makes of it."""
    if data.startswith(PNG_SIGNATURE):
        return transform_png(data, spoil)
    if data.lstrip().startswith(b"<"):
        return transform_svg(data, spoil)
    text = data.decode("utf-8").strip()
    return text, spoil(text).encode("utf-8")


def transform_png(data, spoil):
    found, out, at = None, [PNG_SIGNATURE], len(PNG_SIGNATURE)
    while at < len(data):
        length, kind = struct.unpack_from(">I4s", data, at)
        body = data[at + 8:at + 8 + length]
        if kind == b"iTXt" and body.startswith(KEYWORD + b"\0"):
            compressed, _method, rest = body[len(KEYWORD) + 1], body[len(KEYWORD) + 2], body[len(KEYWORD) + 3:]
            _language, _translated, text = rest.split(b"\0", 2)
            found = (zlib.decompress(text) if compressed else text).decode("utf-8")
            body = KEYWORD + b"\0\0\0\0\0" + spoil(found).encode("utf-8")
        out.append(struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body)))
        at += 12 + length
    if found is None:
        raise ValueError("the PNG carries no badge")
    return found, b"".join(out)


def transform_svg(data, spoil):
    # The name of the prefix is the standard's; some readers look for it.
    ElementTree.register_namespace("openbadges", SVG_NAMESPACE)
    ElementTree.register_namespace("", "http://www.w3.org/2000/svg")
    root = ElementTree.fromstring(data)
    element = root.find(f".//{SVG_ELEMENT}")
    if element is None:
        raise ValueError("the SVG carries no badge")
    found = element.get("verify") or element.text.strip()
    if element.get("verify"):
        element.set("verify", spoil(found))
    else:
        element.text = spoil(found)
    return found, ElementTree.tostring(root, encoding="utf-8")


def changed(text):
    """Another name of the achievement; of an endorsement, another comment."""
    def change(badge):
        subject = badge["credentialSubject"]
        if "achievement" in subject:
            subject["achievement"]["name"] += " et bien plus"
        else:
            subject["endorsementComment"] += " Et bien plus."
    return edit(text, change)


def added(text):
    """A member that no context defines: it is in no signed statement, so a verifier must notice it otherwise."""
    def add(badge):
        badge["credentialSubject"]["mentionTresBien"] = True
    return edit(text, add)


def extended(text):
    """A member that the context defines, signed by nobody."""
    def add(badge):
        badge["validUntil"] = "2099-01-01T00:00:00Z"
    return edit(text, add)


def signature(text):
    """One bit of the signature."""
    if not text.startswith("{"):
        head, payload, last = text.split(".")
        bits = bytearray(base64.urlsafe_b64decode(last + "=" * (-len(last) % 4)))
        bits[10] ^= 1
        return ".".join((head, payload, encode(bytes(bits))))
    badge = json.loads(text)
    proof = badge["proof"] if isinstance(badge["proof"], dict) else badge["proof"][0]
    bits = bytearray(from_base58(proof["proofValue"][1:]))
    bits[10] ^= 1
    proof["proofValue"] = "z" + to_base58(bytes(bits))
    return json.dumps(badge, ensure_ascii=False)


def unsigned(text):
    """Without its signature."""
    if not text.startswith("{"):
        return text[:text.rindex(".") + 1]
    badge = json.loads(text)
    del badge["proof"]
    return json.dumps(badge, ensure_ascii=False)


def presented_changed(text):
    """Another name of the achievement of the first badge in a presentation."""
    presentation = json.loads(text)
    first = presentation["verifiableCredential"][0]
    if "credentialSubject" in first:
        first["credentialSubject"]["achievement"]["name"] += " et bien plus"
    else:
        # An enveloped badge: a JWT in a data URL.
        media_type, token = first["id"].split(",", 1)
        first["id"] = f"{media_type},{changed(token)}"
    return json.dumps(presentation, ensure_ascii=False)


def other_holder(text):
    """A presentation in the name of somebody else."""
    presentation = json.loads(text)
    presentation["holder"] = "did:key:z6MkjZRZv3aezoqNyFQSuCxYwWVSDgtHEsJeXyTuiSqr3pUP"
    return json.dumps(presentation, ensure_ascii=False)


PRESENTATION_SPOILINGS = {"badge changed": presented_changed, "other holder": other_holder, "signature": signature, "unsigned": unsigned}
SPOILINGS = {each.__name__: each for each in (changed, added, extended, signature, unsigned)}


def edit(text, change):
    """The badge after `change`, under the signature it had."""
    if text.startswith("{"):
        badge = json.loads(text)
        change(badge)
        return json.dumps(badge, ensure_ascii=False)
    head, payload, last = text.split(".")
    badge = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    change(badge)
    return ".".join((head, encode(json.dumps(badge).encode("utf-8")), last))


def encode(data):
    return base64.urlsafe_b64encode(data).decode("ascii").rstrip("=")


def to_base58(data):
    number, text = int.from_bytes(data, "big"), ""
    while number:
        number, digit = divmod(number, 58)
        text = BASE58[digit] + text
    return "1" * (len(data) - len(data.lstrip(b"\0"))) + text


def from_base58(text):
    number = 0
    for digit in text:
        number = number * 58 + BASE58.index(digit)
    return b"\0" * (len(text) - len(text.lstrip("1"))) + number.to_bytes((number.bit_length() + 7) // 8, "big")
