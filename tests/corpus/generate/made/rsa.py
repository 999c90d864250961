"""RSA keys: sizes, factors, exponents, shape."""

import secrets
from math import gcd, isqrt, prod

from . import keys
from .der import NULL, bits, boolean, integer, oid, seq, tlv
from .keys import RSA_ENCRYPTION, Rsa, is_prime, prime
from .request import Case, pem, request

OK, WEAK, BAD = "accept", "weak-key", "malformed-request"


def cases():
    yield from sizes()
    yield from factors()
    yield from exponents()
    yield from shapes()


def of(file, expected, why, key):
    return Case(f"{file}.pem", expected, why, pem(request(key)))


def composite(size, parts=2):
    """A key whose modulus has exactly `size` bits and `parts` primes."""
    primes = [prime(size // parts) for _ in range(parts - 1)]
    rest = prod(primes)
    # The last prime is chosen so that the product lands in the upper half of its range.
    last = ((3 << (size - 2)) + secrets.randbits(size - 3)) // rest
    key = Rsa([*primes, next_prime(last)])
    return key if gcd(key.e, key.order) == 1 and key.n.bit_length() == size else composite(size, parts)


def sizes():
    for size in (256, 512, 768, 1023, 1024, 1536, 2040, 2047, 2049, 2050, 2052, 3071, 4095, 4100):
        why = "below 2048 bits" if size < 2048 else "not a multiple of 8 bits"
        yield of(f"size-{size}", WEAK, f"modulus of {size} bits, {why}", composite(max(size, 512)) if size > 256 else tiny())
    for size in (2048, 2056, 2304, 3000):
        yield of(f"size-{size}", OK, f"modulus of {size} bits", composite(size))
    for size, parts in ((8200, 8), (16384, 16)):
        yield of(f"size-{size}", WEAK, f"modulus of {size} bits, more than 8192", composite(size, parts))
    yield of("size-8192", OK, "modulus of 8192 bits, the most there may be", composite(8192, 8))
    yield of("primes-3", OK, "a modulus of three primes, which nobody can tell", composite(2048, 3))
    big = (1 << 32767) | secrets.randbits(32767) | 1
    yield shaped("size-32768", WEAK, "modulus of 32768 bits, signature of noise", seq(integer(big), integer(65537)))
    for value in (0, 1, 3, 15, 65537):
        yield shaped(f"modulus-{value}", WEAK, f"modulus {value}", seq(integer(value), integer(65537)))
    yield shaped("modulus-power", WEAK, "the modulus is a power of two", seq(integer(1 << 2047), integer(65537)))
    yield shaped("modulus-ones", WEAK, "the modulus is 2^2048 - 1", seq(integer((1 << 2048) - 1), integer(65537)))


def tiny():
    """Too small even for a PKCS #1 block: the signature is noise."""
    key = Rsa([prime(128), prime(128)])
    key.sign = lambda message: secrets.token_bytes(32)
    return key


def factors():
    for factor in (2, 3, 5, 17, 101, 743, 751):
        yield of(f"factor-{factor}", WEAK, f"the modulus is divisible by {factor}", divisible(factor))
    p = prime(1024)
    yield of("square", WEAK, "the modulus is a square", Rsa([p, p]))
    yield of("close-next", WEAK, "the second prime is the next one", Rsa([p, next_prime(p)]))
    yield of("close-100-bits", WEAK, "the primes differ by about 2^100", Rsa([p, next_prime(p + (1 << 100))]))
    for rounds in (2, 50, 90):
        # Fermat's method takes about (p - q)^2 / (8 sqrt(n)) rounds.
        gap = isqrt(8 * rounds * p)
        yield of(f"close-{rounds}-rounds", WEAK, f"Fermat's method finds the primes in about {rounds} rounds", Rsa([p, next_prime(p + gap)]))
    yield of("far", OK, "primes that differ in their upper half", Rsa([prime(1024), prime(1024)]))
    yield of("prime", OK, "the modulus is a prime, which harms only its owner; the test would cost more than a signature", Rsa([prime(2048)]))
    yield of("roca", WEAK, "the modulus has the ROCA fingerprint (CVE-2017-15361)", Rsa([roca_prime(), roca_prime()]))


def divisible(factor):
    """A key of 2048 bits with one tiny prime among its three."""
    while True:
        primes = [factor, prime(1024), prime(1024 - factor.bit_length() + 1)]
        key = Rsa(primes)
        if key.n.bit_length() == 2048 and gcd(key.e, key.order) == 1:
            return key


def next_prime(n):
    n += 1 + n % 2
    while not is_prime(n):
        n += 2
    return n


def roca_prime():
    """k * M + (65537^a mod M), as the faulty library made its primes of 1024 bits."""
    primorial = prod([p for p in range(2, 702) if is_prime(p) or p in (2, 3, 5, 7, 11)])
    spare = 1024 - primorial.bit_length()
    while True:
        k = secrets.randbits(spare) | (3 << (spare - 2))
        p = k * primorial + pow(65537, secrets.randbits(64), primorial)
        if p.bit_length() == 1024 and is_prime(p):
            return p


def exponents():
    p, q = keys.rsa().primes
    order = keys.rsa().order
    for e in (1, 3, 5, 7, 11, 13, 17, 19, 257, 65535):
        if gcd(e, order) == 1:
            yield of(f"exponent-{e}", WEAK, f"exponent {e}, below 65537", Rsa([p, q], e))
    for e in (65539, 65543, (1 << 32) + 15, (1 << 64) + 13, (1 << 256) - 189):
        while gcd(e, order) != 1:
            e += -2 if e.bit_length() == 256 else 2
        yield of(f"exponent-{e.bit_length()}-bits-{e % 1000:03}", OK, f"odd exponent of {e.bit_length()} bits, not below 65537", Rsa([p, q], e))
    for size in (257, 512, 2047):
        e = (1 << (size - 1)) + 1
        while gcd(e, order) != 1:
            e += 2
        yield of(f"exponent-{size}-bits", WEAK, f"exponent of {size} bits, above 2^256", Rsa([p, q], e))
    for e in (2, 4, 65536, 65538):
        yield shaped(f"exponent-{e}", WEAK, f"even exponent {e}, signature of noise", seq(integer(p * q), integer(e)))
    yield shaped("exponent-0", WEAK, "exponent 0, signature of noise", seq(integer(p * q), integer(0)))
    yield shaped("exponent-negative", "invalid-key", "negative exponent, signature of noise", seq(integer(p * q), integer(-65537)))
    yield shaped("exponent-modulus", WEAK, "the exponent is the modulus, signature of noise", seq(integer(p * q), integer(p * q)))


def shaped(file, expected, why, key, parameters=NULL, whole=None):
    """A request whose key is any octets; the signature is by the ordinary key of this run."""
    info = whole or seq(seq(oid(RSA_ENCRYPTION), parameters), bits(key))
    return of_spki(file, expected, why, info)


def of_spki(file, expected, why, info):
    return Case(f"{file}.pem", expected, why, pem(request(keys.rsa(), spki=info)))


def shapes():
    n, e = integer(keys.rsa().n), integer(65537)
    good = seq(n, e)
    algorithm = seq(oid(RSA_ENCRYPTION), NULL)
    octets_of_n = keys.rsa().n.to_bytes(256, "big")
    yield shaped("parameters-absent", OK, "the parameters of the key are left away", good, b"")
    yield shaped("parameters-oid", "unsupported-key", "an object identifier as the parameters", good, oid("1.2.840.10045.3.1.7"))
    yield shaped("parameters-sequence", "unsupported-key", "an empty SEQUENCE as the parameters", good, seq())
    yield shaped("parameters-boolean", "unsupported-key", "a BOOLEAN as the parameters", good, boolean(True))
    yield shaped("parameters-two", BAD, "two parameters", good, NULL + NULL)
    yield shaped("parameters-null-content", BAD, "NULL with content", good, tlv(5, b"\0"))
    yield shaped("negative", "invalid-key", "the modulus is negative: its sign octet is missing", seq(tlv(2, octets_of_n), e))
    yield shaped("padded", BAD, "the modulus is padded", seq(tlv(2, b"\0\0" + octets_of_n), e))
    yield shaped("padded-exponent", BAD, "the exponent is padded", seq(n, tlv(2, b"\0\1\0\1")))
    yield shaped("empty-modulus", BAD, "the modulus has no octet", seq(tlv(2, b""), e))
    yield shaped("empty-exponent", BAD, "the exponent has no octet", seq(n, tlv(2, b"")))
    yield shaped("one-number", BAD, "the exponent is missing", seq(n))
    yield shaped("three-numbers", BAD, "a third number", seq(n, e, e))
    yield shaped("trailing", BAD, "octets behind the key", good + b"\0\0")
    yield shaped("inner-long", BAD, "length of the key not minimal", seq(n, e, form="long"))
    yield shaped("inner-indefinite", BAD, "indefinite length of the key", seq(n, e, form="indefinite"))
    yield shaped("not-sequence", BAD, "the key is a bare number", n)
    yield shaped("octet-string", BAD, "the numbers are octet strings", seq(tlv(4, octets_of_n), e))
    yield shaped("empty", BAD, "the key is empty", b"")
    yield shaped("unused-bits", BAD, "the bit string of the key has unused bits", b"", whole=seq(algorithm, bits(good[:-1] + b"\0", 1)))
    yield shaped("no-first-octet", BAD, "the bit string of the key has no octet", b"", whole=seq(algorithm, tlv(3, b"")))
    yield shaped("octets", BAD, "the key is in an OCTET STRING", b"", whole=seq(algorithm, tlv(4, good)))
    yield shaped("bits-constructed", BAD, "the bit string of the key is in constructed form", b"", whole=seq(algorithm, tlv(0x23, bits(good))))
    yield shaped("info-three", BAD, "a third field in the key's information", b"", whole=seq(algorithm, bits(good), NULL))
    yield shaped("info-one", BAD, "the key is missing", b"", whole=seq(algorithm))
    yield shaped("no-algorithm", BAD, "the algorithm is missing", b"", whole=seq(bits(good)))
    yield shaped("algorithm-empty", BAD, "the algorithm is an empty SEQUENCE", b"", whole=seq(seq(), bits(good)))
    yield shaped("algorithm-bare", BAD, "the algorithm is a bare object identifier", b"", whole=seq(oid(RSA_ENCRYPTION), bits(good)))
    yield shaped("key-bare", BAD, "RSAPublicKey without SubjectPublicKeyInfo", b"", whole=good)
