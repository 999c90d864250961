#!/usr/bin/env python3
"""The request vectors of PyPI's cryptography_vectors. Needs: pip install cryptography_vectors.

Usage: vectors.py OUT; prints one line "file TAB expected TAB why" for each file copied.
"""

import pathlib
import sys

import cryptography_vectors

# What this CA does with each, and why; a vector that is new to this list stops the script.
EXPECTED = {
    "bad-version": ("bad-signature", "version 1, and the signature does not verify"),
    "basic_constraints": ("ca-requested", "basicConstraints CA:TRUE"),
    "challenge": ("accept", "challengePassword"),
    "challenge-invalid": ("bad-signature", "challengePassword of an odd type, and the signature does not verify"),
    "challenge-multi-valued": ("bad-signature", "two values of challengePassword, and the signature does not verify"),
    "challenge-unstructured": ("accept", "challengePassword and unstructuredName"),
    "dsa_sha1": ("unsupported-key", "DSA key"),
    "ec_sha256": ("accept", "key on P-384"),
    "ec_sha256_old_header": ("accept", "label NEW CERTIFICATE REQUEST"),
    "freeipa-bad-critical": ("malformed-request", "critical FALSE is written out, which DER forbids"),
    "invalid_signature": ("weak-key", "RSA key of 1024 bits, and a signature that does not verify"),
    "long-form-attribute": ("bad-signature", "an attribute with a tag number above 30, and a signature that does not verify"),
    "rsa_md4": ("weak-signature", "RSA with MD4"),
    "rsa_sha1": ("weak-signature", "RSA with SHA-1"),
    "rsa_sha256": ("accept", "RSA with SHA-256"),
    "san_rsa_sha1": ("weak-signature", "RSA with SHA-1"),
    "two_basic_constraints": ("duplicate-extension", "two basicConstraints"),
    "unsupported_extension": ("weak-signature", "unknown extension, and RSA with SHA-1"),
    "unsupported_extension_critical": ("weak-signature", "unknown critical extension, and RSA with SHA-1"),
    "zero-element-attribute": ("malformed-request", "extensionRequest without a value"),
}


def main():
    out = pathlib.Path(sys.argv[1])
    source = pathlib.Path(cryptography_vectors.__file__).parent / "x509" / "requests"
    for path in sorted(source.iterdir()):
        expected, why = EXPECTED[path.stem]
        (out / path.name).write_bytes(path.read_bytes())
        print(path.name, expected, why, sep="\t")


if __name__ == "__main__":
    main()
