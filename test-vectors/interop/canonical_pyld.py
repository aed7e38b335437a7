"""Reads documents with our canonical form, one JSON object on each line, and says what PyLD makes of them.

    python canonical_pyld.py CONTEXTS < LINES

One JSON object on each line of stdout: {"sha256": …} or {"error": …}. PyLD 3 has no RDFC-1.0 with SHA-384.
"""

import json
import sys
from pathlib import Path

from pyld import jsonld

FILES = {
    "https://www.w3.org/ns/credentials/v2": "credentials-v2.json",
    "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json": "open-badges-3.0.3.json",
}


def load(url, _options):
    text = (Path(sys.argv[1]) / FILES[url]).read_text("utf-8")
    return {"contentType": "application/ld+json", "contextUrl": None, "documentUrl": url, "document": json.loads(text)}


for line in sys.stdin:
    try:
        document = json.loads(line)["document"]
        options = {"algorithm": "URDNA2015", "format": "application/n-quads", "documentLoader": load}
        answer = {"sha256": jsonld.normalize(document, options)}
    except Exception as error:  # whatever it is, it is an answer
        answer = {"error": f"{type(error).__name__} {error}"}
    print(json.dumps(answer), flush=True)
