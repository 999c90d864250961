"""Key pairs that sign hand-made requests: RSA by plain integers, the rest by pyca/cryptography."""

import functools
import hashlib
import secrets
import subprocess
from math import gcd, lcm, prod

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, utils
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from .der import NULL, bits, integer, octets, oid, seq

RSA_ENCRYPTION, EC_KEY, ED25519 = "1.2.840.113549.1.1.1", "1.2.840.10045.2.1", "1.3.101.112"
DIGEST_OIDS = {
    "md5": "1.2.840.113549.2.5",
    "sha1": "1.3.14.3.2.26",
    "sha224": "2.16.840.1.101.3.4.2.4",
    "sha256": "2.16.840.1.101.3.4.2.1",
    "sha384": "2.16.840.1.101.3.4.2.2",
    "sha512": "2.16.840.1.101.3.4.2.3",
}
PKCS1_OIDS = {
    "md5": "1.2.840.113549.1.1.4",
    "sha1": "1.2.840.113549.1.1.5",
    "sha224": "1.2.840.113549.1.1.14",
    "sha256": "1.2.840.113549.1.1.11",
    "sha384": "1.2.840.113549.1.1.12",
    "sha512": "1.2.840.113549.1.1.13",
}
ECDSA_OIDS = {
    "sha1": "1.2.840.10045.4.1",
    "sha224": "1.2.840.10045.4.3.1",
    "sha256": "1.2.840.10045.4.3.2",
    "sha384": "1.2.840.10045.4.3.3",
    "sha512": "1.2.840.10045.4.3.4",
}
CURVES = {
    "p256": (ec.SECP256R1(), "1.2.840.10045.3.1.7"),
    "p384": (ec.SECP384R1(), "1.3.132.0.34"),
    "p521": (ec.SECP521R1(), "1.3.132.0.35"),
}


def prime(bits_wanted):
    """A random prime with its two top bits set."""
    out = subprocess.run(
        ["openssl", "prime", "-generate", "-bits", str(bits_wanted)],
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    return int(out.stdout)


def is_prime(n):
    if n > SMALL and gcd(n, SMALL) != 1:
        return False
    return n % 2 and all(pow(a, n - 1, n) == 1 for a in (2, 3, 5, 7, 11))


SMALL = prod(n for n in range(3, 2000, 2) if all(n % d for d in range(3, n, 2)))


def spki(algorithm, key, parameters=b""):
    return seq(seq(oid(algorithm), parameters), bits(key))


class Rsa:
    """An RSA key of any distinct primes, or powers of them, and any exponent."""

    def __init__(self, primes, e=65537):
        self.primes, self.e = primes, e
        self.n = prod(primes)
        # A repeated prime adds itself to the order of the group.
        orders = [p - 1 for p in primes] + [p for p in primes if primes.count(p) > 1]
        self.order = lcm(*orders)

    @property
    def size(self):
        return (self.n.bit_length() + 7) // 8

    @property
    def spki(self):
        return spki(RSA_ENCRYPTION, seq(integer(self.n), integer(self.e)), NULL)

    algorithm = seq(oid(PKCS1_OIDS["sha256"]), NULL)

    def raw(self, message):
        """The number whose power by e is `message`."""
        if len(set(self.primes)) < len(self.primes):
            return pow(message, pow(self.e, -1, self.order), self.n)
        result = 0
        for p in self.primes:
            rest = self.n // p
            part = pow(message % p, pow(self.e, -1, p - 1), p)
            result += part * rest * pow(rest, -1, p)
        return result % self.n

    def apply(self, block):
        return self.raw(int.from_bytes(block, "big")).to_bytes(self.size, "big")

    def sign(self, message, digest="sha256"):
        return self.apply(pkcs1_block(self.size, message, digest))

    def sign_pss(self, message, digest="sha256", mask=None, salt_length=None):
        size = (self.n.bit_length() + 6) // 8
        block = pss_block(size, self.n.bit_length() - 1, message, digest, mask or digest, salt_length)
        return self.apply(block)


def pkcs1_block(size, message, digest):
    """EMSA-PKCS1-v1_5 (RFC 8017, section 9.2)."""
    hashed = hashlib.new(digest, message).digest()
    info = seq(seq(oid(DIGEST_OIDS[digest]), NULL), octets(hashed))
    return b"\0\1" + b"\xff" * (size - 3 - len(info)) + b"\0" + info


def pss_block(size, used, message, digest, mask, salt_length):
    """EMSA-PSS (RFC 8017, section 9.1.1)."""
    hashed = hashlib.new(digest, message).digest()
    salt = secrets.token_bytes(len(hashed) if salt_length is None else salt_length)
    inner = hashlib.new(digest, bytes(8) + hashed + salt).digest()
    block = bytes(size - len(salt) - len(inner) - 2) + b"\1" + salt
    stream, counter = b"", 0
    while len(stream) < len(block):
        stream += hashlib.new(mask, inner + counter.to_bytes(4, "big")).digest()
        counter += 1
    masked = bytearray(a ^ b for a, b in zip(block, stream))
    masked[0] &= 0xFF >> (8 * size - used)
    return bytes(masked) + inner + b"\xbc"


class Ec:
    """A key on one of the three accepted curves."""

    def __init__(self, curve="p256"):
        self.curve, self.oid = CURVES[curve]
        self.private = ec.generate_private_key(self.curve)
        self.point = self.private.public_key().public_bytes(
            Encoding.X962, PublicFormat.UncompressedPoint
        )

    @property
    def spki(self):
        return spki(EC_KEY, self.point, oid(self.oid))

    algorithm = seq(oid(ECDSA_OIDS["sha256"]))

    def numbers(self, message, digest="sha256"):
        kind = getattr(hashes, digest.upper())()
        return utils.decode_dss_signature(self.private.sign(message, ec.ECDSA(kind)))

    def sign(self, message, digest="sha256"):
        return seq(*map(integer, self.numbers(message, digest)))


class Ed25519:
    def __init__(self):
        self.private = ed25519.Ed25519PrivateKey.generate()
        self.public = self.private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)

    @property
    def spki(self):
        return spki(ED25519, self.public)

    algorithm = seq(oid(ED25519))

    def sign(self, message):
        return self.private.sign(message)


@functools.cache
def rsa():
    """The ordinary RSA key of 2048 bits of this run."""
    return Rsa([prime(1024), prime(1024)])


@functools.cache
def p256():
    """The ordinary key on P-256 of this run."""
    return Ec()
