#!/usr/bin/env python3
"""The public interface of sapi as a listing, from rustdoc's JSON: tests/api/listing.py sapi.json

Says what stands in docs/api.txt, and fails if that file says otherwise: a change of the interface shows in
the change that makes it. With --write the file is written. An item without an example fails, too: modules,
types, traits, functions and methods have one each; variants, fields and constants are shown by their type's.
Hidden items are listed too.
"""
import json
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
LISTING = ROOT / "docs/api.txt"
HIDDEN = "sapi::internals"
OWN = {"struct", "enum", "trait", "function", "type_alias", "module"}


class Interface:
    def __init__(self, document):
        self.index = document["index"]
        self.lines = set()
        self.bare = set()
        self.sources = {}
        self.walk(self.index[str(document["root"])], "sapi")

    def item(self, number):
        return self.index.get(str(number))

    def walk(self, module, path):
        for number in module["inner"]["module"]["items"]:
            item = self.item(number)
            if item is None or item["visibility"] != "public":
                continue
            kind, inner = next(iter(item["inner"].items()))
            if kind == "use":
                target = self.item(inner["id"]) if inner["id"] is not None else None
                if target is None:
                    self.lines.add(f"use {path}::{inner['name']} = {inner['source']}")
                else:
                    self.add(target, f"{path}::{inner['name']}")
            else:
                self.add(item, f"{path}::{item['name']}")

    def add(self, item, path):
        kind, inner = next(iter(item["inner"].items()))
        if kind == "module":
            self.lines.add(f"mod {path}")
            self.documented(item, kind, path)
            self.walk(item, path)
            return
        self.lines.add(f"{path}: {self.signature(item)}")
        self.documented(item, kind, path)
        if kind == "trait":
            for number in inner["items"]:
                self.member(self.item(number), path)
        for number in inner.get("variants", []):
            self.member(self.item(number), path)
        for number in self.fields(inner):
            self.member(self.item(number), path)
        for number in inner.get("impls", []):
            self.implementation(self.item(number), path)

    @staticmethod
    def fields(inner):
        plain = inner.get("kind", {})
        return plain.get("plain", {}).get("fields", []) if isinstance(plain, dict) else []

    def implementation(self, item, path):
        if item is None:
            return
        inner = item["inner"]["impl"]
        if inner["blanket_impl"] is not None or inner["is_negative"]:
            return
        if inner["trait"] is None:
            for number in inner["items"]:
                self.member(self.item(number), path)
        elif inner["trait"]["path"] in ("Send", "Sync") or not inner["is_synthetic"]:
            arguments = "" if inner["is_synthetic"] else self.arguments(item)
            self.lines.add(f"{path}: impl {inner['trait']['path']}{arguments}")

    def arguments(self, item):
        """`<str>` of `impl PartialEq<str> for ..`, as the source has it."""
        found = re.match(r"impl\s*(?:<.*>\s*)?[\w:]+(<[^{]*?>)\s+for\b", self.text(item) or "")
        return found.group(1) if found else ""

    def member(self, item, path):
        if item is None or item["visibility"] not in ("public", "default"):
            return
        kind = next(iter(item["inner"]))
        self.lines.add(f"{path}::{item['name']}: {self.signature(item)}")
        self.documented(item, kind, f"{path}::{item['name']}")

    def documented(self, item, kind, path):
        # What is hidden is counted, but nobody outside is to use it.
        if kind in OWN and not path.startswith(HIDDEN) and "```" not in (item["docs"] or ""):
            self.bare.add(path)

    def signature(self, item):
        """The head of an item as the source has it, in one line."""
        kind = next(iter(item["inner"]))
        text = self.text(item) or item["name"]
        if kind == "variant":
            return f"variant {' '.join(re.sub('///.*', '', text).split())}"
        if kind not in ("struct_field", "assoc_const", "constant"):
            text = re.split(r"\{|;", text, maxsplit=1)[0]
        return f"{kind.replace('_', ' ')} {' '.join(text.split())}".rstrip(" ;")

    def text(self, item):
        span = item["span"]
        if span is None:
            return None
        name = span["filename"]
        if name not in self.sources:
            self.sources[name] = (ROOT / name).read_text(encoding="utf-8").splitlines(keepends=True)
        (first, begin), (last, end) = span["begin"], span["end"]
        lines = self.sources[name][first - 1 : last]
        if not lines:
            return None
        if first == last:
            return lines[0][begin - 1 : end - 1]
        return lines[0][begin - 1 :] + "".join(lines[1:-1]) + lines[-1][: end - 1]


def main(arguments):
    interface = Interface(json.loads(pathlib.Path(arguments[0]).read_text(encoding="utf-8")))
    listing = "".join(f"{line}\n" for line in sorted(interface.lines))
    faults = [f"no example: {path}" for path in sorted(interface.bare)]
    if "--write" in arguments:
        LISTING.write_text(listing, encoding="utf-8")
    elif not LISTING.exists() or LISTING.read_text(encoding="utf-8") != listing:
        old = set(LISTING.read_text(encoding="utf-8").splitlines()) if LISTING.exists() else set()
        faults += [f"gone: {line}" for line in sorted(old - interface.lines)]
        faults += [f"new: {line}" for line in sorted(interface.lines - old)]
        faults.append("docs/api.txt is not the interface: see docs/stability.md, then run this with --write")
    print("\n".join(faults) or f"{len(interface.lines)} lines, as committed; every item has an example")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
