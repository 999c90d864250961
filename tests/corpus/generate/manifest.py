#!/usr/bin/env python3
"""Writes manifest.jsonl from what the generators said. Needs: python3.

Usage: manifest.py CORPUS NOTES; NOTES holds, for each folder made anew, `name.tsv` with the lines of
its generator and `name.source` with the tool and its version ("__" stands for "/" in `name`). The
cases of all other folders stay as the present manifest has them.
"""

import json
import pathlib
import sys

OWN_LICENCE = "MIT OR Apache-2.0"
LICENCES = {"vectors": "Apache-2.0 OR BSD-3-Clause"}
STATUS = {
    "empty-body": 400,
    "not-a-request": 400,
    "encrypted-pem": 400,
    "several-requests": 400,
    "trailing-data": 400,
    "malformed-request": 400,
    "body-too-large": 413,
    "unsupported-version": 422,
    "bad-signature": 422,
    "weak-signature": 422,
    "weak-key": 422,
    "unsupported-key": 422,
    "invalid-key": 422,
    "duplicate-extension": 422,
    "duplicate-attribute": 422,
    "unacceptable-name": 422,
    "unacceptable-subject": 422,
    "ca-requested": 422,
    "no-name": 422,
}


def main():
    corpus, notes = map(pathlib.Path, sys.argv[1:])
    manifest = corpus / "manifest.jsonl"
    made_anew = {path.stem.replace("__", "/") + "/" for path in notes.glob("*.tsv")}
    kept = map(json.loads, manifest.read_text().splitlines() if manifest.exists() else [])
    cases = [each for each in kept if not each["file"].startswith(tuple(made_anew))]
    for path in sorted(notes.glob("*.tsv")):
        folder = path.stem.replace("__", "/")
        source = path.with_suffix(".source").read_text().strip()
        for line in path.read_text().splitlines():
            cases.append(case(folder, source, *line.split("\t")))
    cases.sort(key=lambda each: each["file"])
    names = [each["file"] for each in cases]
    if len(set(names)) < len(names):
        sys.exit("a file is listed twice: " + next(n for n in names if names.count(n) > 1))
    on_disk = {str(p.relative_to(corpus)) for top in ("tools", "made", "vectors") for p in (corpus / top).rglob("*") if p.is_file()}
    if on_disk != set(names):
        sys.exit(f"files and lines differ: {sorted(on_disk ^ set(names))}")
    lines = [json.dumps(each, ensure_ascii=False) for each in cases]
    manifest.write_text("\n".join(lines) + "\n")


def case(folder, source, file, expected, why):
    slug = None if expected == "accept" else expected
    return {
        "file": f"{folder}/{file}",
        "source": source,
        "licence": LICENCES.get(folder, OWN_LICENCE),
        "expected": "refuse" if slug else "accept",
        "status": STATUS[slug] if slug else 200,
        "slug": slug,
        "why": why[0].upper() + why[1:] + ".",
    }


if __name__ == "__main__":
    main()
