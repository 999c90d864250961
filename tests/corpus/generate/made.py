#!/usr/bin/env python3
"""Hand-made requests for every rule. Needs: python3 with pyca/cryptography, openssl (for primes).

Usage: made.py OUT; prints one line "file TAB expected TAB why" for each request written.
"""

import importlib
import pathlib
import sys

MODULES = "names subjects attributes rsa curves signatures encoding armor".split()


def main():
    out = pathlib.Path(sys.argv[1])
    for module in sys.argv[2:] or MODULES:
        (out / module).mkdir(parents=True, exist_ok=True)
        for case in importlib.import_module(f"made.{module}").cases():
            (out / module / case.file).write_bytes(case.body)
            print(f"{module}/{case.file}", case.expected, case.why, sep="\t")


if __name__ == "__main__":
    main()
