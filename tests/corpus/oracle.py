#!/usr/bin/env python3
"""Says of request bodies whether a strict CA signs them, and if not, by which problem slug.

    oracle.py FILE...                 one line each: FILE, "accept" or "refuse <slug>", the reason
    oracle.py --manifest [MANIFEST]   holds every case of the manifest against this reader
    oracle.py --stdin                 reads bodies, each after its length (4 octets, big-endian);
                                      answers one line each, "accept" or "refuse <slug>"

Needs Python 3.11 and pyca/cryptography (for ECDSA and Ed25519 only).
"""

import json
import pathlib
import sys

from reader.refusal import Refusal
from reader.request import check


def main(arguments):
    if arguments[:1] == ["--stdin"]:
        return serve(sys.stdin.buffer, sys.stdout)
    if arguments[:1] == ["--manifest"]:
        default = pathlib.Path(__file__).parent / "manifest.jsonl"
        return compare(pathlib.Path(arguments[1]) if arguments[1:] else default)
    for name in arguments:
        slug, reason = judge(pathlib.Path(name).read_bytes())
        print(name, answer(slug), f"({reason})" if reason else "", sep="\t")
    return 0


def judge(body):
    """Slug and reason; the slug is None for a body to be signed."""
    try:
        check(body)
    except Refusal as refusal:
        return refusal.slug, refusal.reason
    return None, ""


def answer(slug):
    return f"refuse {slug}" if slug else "accept"


def serve(source, sink):
    while header := source.read(4):
        slug, _ = judge(source.read(int.from_bytes(header, "big")))
        sink.write(answer(slug) + "\n")
        sink.flush()
    return 0


def compare(manifest):
    cases = faults = 0
    for line in manifest.read_text().splitlines():
        case = json.loads(line)
        cases += 1
        slug, reason = judge((manifest.parent / case["file"]).read_bytes())
        if slug != case["slug"]:
            faults += 1
            print(f"{case['file']}: manifest {case['slug']}, oracle {slug} ({reason})")
    print(f"{cases} cases, {faults} disagreements")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
