#!/usr/bin/env python3
"""Requests by Mbed TLS through python-mbedtls. Needs: pip install python-mbedtls (2.10).

Usage: python-mbedtls.py OUT; prints one line "file TAB expected TAB why" for each request written.
"""

import pathlib
import sys

from mbedtls import hashlib, pk, x509


def write(out, file, expected, why, key, subject="CN=www.example.com,O=Example,C=CH", digest=hashlib.sha256):
    request = x509.CSR.new(key, subject, digest())
    body = request.to_PEM().encode().rstrip(b"\0") if file.endswith(".pem") else request.to_DER()
    (out / file).write_bytes(body)
    print(file, expected, why, sep="\t")


def rsa(bits):
    key = pk.RSA()
    key.generate(bits)
    return key


def ecc(curve):
    key = pk.ECC(curve)
    key.generate()
    return key


def main():
    out = pathlib.Path(sys.argv[1])
    for bits in (2048, 3072, 4096):
        write(out, f"rsa{bits}.pem", "accept", f"RSA key of {bits} bits", rsa(bits))
    write(out, "rsa1024.pem", "weak-key", "RSA key of only 1024 bits", rsa(1024))
    curves = pk.Curve
    for curve in (curves.SECP256R1, curves.SECP384R1, curves.SECP521R1):
        write(out, f"{curve.name.lower()}.pem", "accept", f"key on {curve.name.lower()}", ecc(curve))
    for curve in (curves.SECP192R1, curves.SECP224R1, curves.SECP256K1, curves.BRAINPOOLP256R1, curves.BRAINPOOLP384R1, curves.BRAINPOOLP512R1):
        name = curve.name.lower()
        write(out, f"{name}.pem", "unsupported-key", f"curve {name} is not on the list", ecc(curve))
    key, rsa_key = ecc(curves.SECP256R1), rsa(2048)
    write(out, "p256.der", "accept", "DER", key)
    write(out, "rsa.der", "accept", "DER", rsa_key)
    for digest in ("sha384", "sha512"):
        write(out, f"ec-{digest}.pem", "accept", f"ECDSA with {digest}", key, digest=getattr(hashlib, digest))
        write(out, f"rsa-{digest}.pem", "accept", f"RSA with {digest}", rsa_key, digest=getattr(hashlib, digest))
    for digest in ("md5", "sha1", "sha224"):
        write(out, f"rsa-{digest}.pem", "weak-signature", f"RSA with {digest}", rsa_key, digest=getattr(hashlib, digest))
    write(out, "ec-sha1.pem", "weak-signature", "ECDSA with SHA-1", key, digest=hashlib.sha1)
    write(out, "serial.pem", "accept", "serialNumber and title", key, "CN=eva,serialNumber=4711,title=Dr")


if __name__ == "__main__":
    main()
