"""Reads files that left Plantain with the reference code's Python binding: pip install c2pa-python

    python tests/independent_reader.py root.pem FILE...

For each file: trusted with the root, valid with one kind of complaint without it, invalid when a bit is changed. Exit code 1 when one isn't.
"""

import io
import json
import mimetypes
import sys

import c2pa


def read(data, mime, settings):
    context = c2pa.Context(c2pa.Settings.from_dict(settings))
    told = json.loads(c2pa.Reader(mime, io.BytesIO(data), context=context).json())
    codes = {status["code"] for status in told.get("validation_status", [])}
    return told["validation_state"], codes, len(told["manifests"])


def main():
    root, failed = open(sys.argv[1]).read(), False
    trust = {"trust": {"user_anchors": root}}
    for name in sys.argv[2:]:
        data, mime = open(name, "rb").read(), mimetypes.guess_type(name)[0]
        bent = bytearray(data)
        # Among the pixels: first in a WebP, last in the others.
        bent[200 if mime == "image/webp" else -40] ^= 1
        seen = [read(data, mime, trust), read(data, mime, {}), read(bytes(bent), mime, trust)]
        right = (
            seen[0][:2] == ("Trusted", set())
            and seen[1][:2] == ("Valid", {"signingCredential.untrusted"})
            and seen[2][0] == "Invalid"
        )
        failed |= not right
        print("right" if right else "WRONG", name, seen)
    sys.exit(failed)


main()
