"""Signatures: tampered, foreign, by weak algorithms, out of shape."""

from . import keys
from .der import NULL, bits, boolean, integer, octets, oid, seq, tlv
from .keys import DIGEST_OIDS, ECDSA_OIDS, PKCS1_OIDS, Ec, Ed25519, Rsa, pkcs1_block, prime
from .request import CN, Case, info, name, pem, request

OK, WEAK, WRONG, BAD = "accept", "weak-signature", "bad-signature", "malformed-request"
PSS, MGF1 = "1.2.840.113549.1.1.10", "1.2.840.113549.1.1.8"


def cases():
    yield from foreign()
    yield from algorithms()
    yield from pkcs1()
    yield from pss()
    yield from ecdsa()
    yield from edwards()
    yield from shapes()


def made(file, expected, why, key, algorithm=None, sign=None):
    """A request whose signature is whatever `sign` makes of the signed octets."""
    body = info(key=key)
    signature = (sign or key.sign)(body)
    return Case(f"{file}.pem", expected, why, pem(seq(body, algorithm or key.algorithm, bits(signature))))


def flip(octets_, at):
    changed = bytearray(octets_)
    changed[at] ^= 1
    return bytes(changed)


def foreign():
    for file, key, other in (("rsa", keys.rsa(), Rsa([prime(1024), prime(1024)])), ("ec", keys.p256(), Ec()), ("ed25519", Ed25519(), Ed25519())):
        yield made(f"{file}-other-key", WRONG, "signed by another key", key, sign=other.sign)
        yield made(f"{file}-flipped", WRONG, "one bit of the signature is changed", key, sign=lambda m: flip(key.sign(m), -1))
        yield made(f"{file}-empty", WRONG, "the signature is empty", key, sign=lambda m: b"")
        yield made(f"{file}-zeros", WRONG, "the signature is all zeros", key, sign=lambda m: bytes(len(key.sign(m))))
        tampered = info(subject=name((CN, "admin.example.com")), key=key)
        yield Case(f"{file}-tampered.pem", WRONG, "the subject was changed after signing", pem(seq(tampered, key.algorithm, bits(key.sign(info(key=key))))))
        yield made(f"{file}-appended", WRONG, "an octet behind the signature", key, sign=lambda m: key.sign(m) + b"\0")
        yield made(f"{file}-cut", WRONG, "the last octet of the signature is missing", key, sign=lambda m: key.sign(m)[:-1])
    yield made("rsa-as-ec", WRONG, "ECDSA declared, key and signature are RSA", keys.rsa(), keys.p256().algorithm)
    yield made("ec-as-rsa", WRONG, "RSA declared, key and signature are of P-256", keys.p256(), keys.rsa().algorithm)
    yield made("ec-as-ed25519", WRONG, "Ed25519 declared, key and signature are of P-256", keys.p256(), seq(oid(keys.ED25519)))
    yield made("rsa-as-sha512", WRONG, "SHA-512 declared, SHA-256 signed", keys.rsa(), seq(oid(PKCS1_OIDS["sha512"]), NULL))
    yield made("ec-as-sha384", WRONG, "SHA-384 declared, SHA-256 signed", keys.p256(), seq(oid(ECDSA_OIDS["sha384"])))


def algorithms():
    for digest in ("md5", "sha1", "sha224"):
        yield made(f"rsa-{digest}", WEAK, f"RSA with {digest}", keys.rsa(), seq(oid(PKCS1_OIDS[digest]), NULL), lambda m: keys.rsa().sign(m, digest))
    for digest in ("sha1", "sha224"):
        yield made(f"ec-{digest}", WEAK, f"ECDSA with {digest}", keys.p256(), seq(oid(ECDSA_OIDS[digest])), lambda m: keys.p256().sign(m, digest))
    for file, kind, why in UNKNOWN:
        yield made(f"algorithm-{file}", WEAK, why, keys.rsa(), seq(oid(kind), NULL))
    for file, kind, why in UNKNOWN_EC:
        yield made(f"algorithm-ec-{file}", WEAK, why, keys.p256(), seq(oid(kind)))
    for digest in ("sha256", "sha384", "sha512"):
        yield made(f"rsa-{digest}-no-null", OK, f"RSA with {digest}, parameters left away", keys.rsa(), seq(oid(PKCS1_OIDS[digest])), lambda m: keys.rsa().sign(m, digest))
        yield made(f"rsa-{digest}", OK, f"RSA with {digest}", keys.rsa(), seq(oid(PKCS1_OIDS[digest]), NULL), lambda m: keys.rsa().sign(m, digest))
        for curve in keys.CURVES:
            key = Ec(curve)
            yield made(f"{curve}-{digest}", OK, f"ECDSA with {digest} on {curve.upper()}", key, seq(oid(ECDSA_OIDS[digest])), lambda m: key.sign(m, digest))
    for file, odd in (("boolean", boolean(True)), ("oid", oid("1.2.3")), ("sequence", seq()), ("octets", octets(b""))):
        yield made(f"rsa-parameters-{file}", WEAK, f"{file} as the parameters of an RSA signature", keys.rsa(), seq(oid(PKCS1_OIDS["sha256"]), odd))
        yield made(f"ec-parameters-{file}", WEAK, f"{file} as the parameters of an ECDSA signature", keys.p256(), seq(oid(ECDSA_OIDS["sha256"]), odd))
    yield made("ec-parameters-null", OK, "NULL as the parameters of an ECDSA signature, as Mbed TLS 2 writes", keys.p256(), seq(oid(ECDSA_OIDS["sha256"]), NULL))
    yield made("rsa-parameters-two", BAD, "two parameters", keys.rsa(), seq(oid(PKCS1_OIDS["sha256"]), NULL, NULL))


def pkcs1():
    key = keys.rsa()

    def block(file, why, make):
        return made(f"pkcs1-{file}", WRONG, why, key, sign=lambda m: key.apply(make(m)))

    def good(message, digest="sha256"):
        return pkcs1_block(256, message, digest)

    def digest_info(message, parameters):
        return seq(seq(oid(DIGEST_OIDS["sha256"]), parameters), octets(good(message)[-32:]))

    def padded(content, kind=1, behind=b""):
        return bytes([0, kind]) + b"\xff" * (253 - len(content) - len(behind)) + b"\0" + content + behind

    yield block("sha1-inside", "SHA-256 declared, SHA-1 inside", lambda m: good(m, "sha1"))
    yield block("sha512-inside", "SHA-256 declared, SHA-512 inside", lambda m: good(m, "sha512"))
    yield block("no-null", "the DigestInfo lacks its NULL", lambda m: padded(digest_info(m, b"")))
    yield block("no-info", "a bare digest without DigestInfo", lambda m: padded(good(m)[-32:]))
    yield block("type-2", "the padding of encryption", lambda m: padded(good(m)[-51:], 2))
    yield block("garbage-behind", "garbage behind the digest (CVE-2006-4339)", lambda m: padded(good(m)[-51:], 1, bytes(100)))
    yield block("short-padding", "garbage before a short padding", lambda m: b"\0\1\xff\xff\0" + good(m)[-51:] + bytes(200))
    yield block("digest-junk", "parameters of the digest hold garbage", lambda m: padded(digest_info(m, octets(b"garbage"))))
    yield block("long-length", "a length in DigestInfo not minimal", lambda m: padded(b"\x30\x81\x31" + good(m)[-49:]))
    yield made("pkcs1-number-1", WRONG, "the signature is the number 1", key, sign=lambda m: (1).to_bytes(256, "big"))
    yield made("pkcs1-not-reduced", WRONG, "the signature is not below the modulus", *not_reduced())
    yield made("pkcs1-zero-before", WRONG, "a zero octet before the signature", key, sign=lambda m: b"\0" + key.sign(m))
    yield made("pkcs1-in-octets", WRONG, "the signature is in an OCTET STRING within the bit string", key, sign=lambda m: octets(key.sign(m)))


def not_reduced():
    """A key and a signer whose number, a modulus too high, still fits into the octets."""
    while True:
        key = Rsa([prime(1024), prime(1024)])
        for _ in range(20):
            body = info(key=key)
            number = int.from_bytes(key.sign(body), "big") + key.n
            if number < 1 << 2048:
                return key, None, lambda m: number.to_bytes(256, "big")


def pss_parameters(digest="sha256", mask="sha256", salt=32, trailer=b"", null=NULL):
    hash_ = seq(oid(DIGEST_OIDS[digest]), null)
    generator = seq(oid(MGF1), seq(oid(DIGEST_OIDS[mask]), null))
    return seq(tlv(0xA0, hash_), tlv(0xA1, generator), tlv(0xA2, integer(salt)), trailer)


def pss():
    key = keys.rsa()

    def one(file, expected, why, parameters, digest="sha256", mask=None, salt=None):
        return made(f"pss-{file}", expected, why, key, seq(oid(PSS), parameters), lambda m: key.sign_pss(m, digest, mask, salt))

    for digest, length in (("sha256", 32), ("sha384", 48), ("sha512", 64)):
        yield one(digest, OK, f"RSA-PSS with {digest}", pss_parameters(digest, digest, length), digest)
        yield one(f"{digest}-no-null", OK, f"RSA-PSS with {digest}, parameters of the digests left away", pss_parameters(digest, digest, length, null=b""), digest)
    yield one("trailer-1", OK, "the default of trailerField is written out (RFC 4055 wants it taken)", pss_parameters(trailer=tlv(0xA3, integer(1))))
    yield one("trailer-2", WEAK, "trailerField 2", pss_parameters(trailer=tlv(0xA3, integer(2))))
    yield one("salt-0", WEAK, "no salt", pss_parameters(salt=0), salt=0)
    yield one("salt-20", WEAK, "salt of 20 octets with SHA-256", pss_parameters(salt=20), salt=20)
    yield one("salt-33", WEAK, "salt of 33 octets with SHA-256", pss_parameters(salt=33), salt=33)
    yield one("salt-222", WEAK, "the longest salt", pss_parameters(salt=222), salt=222)
    yield one("salt-negative", WEAK, "negative length of the salt", pss_parameters(salt=-1))
    yield one("salt-huge", WEAK, "length of the salt of 2^64", pss_parameters(salt=1 << 64))
    yield one("sha1", WEAK, "RSA-PSS with SHA-1", pss_parameters("sha1", "sha1", 20), "sha1")
    yield one("sha224", WEAK, "RSA-PSS with SHA-224", pss_parameters("sha224", "sha224", 28), "sha224")
    yield one("mask-sha1", WEAK, "the mask is by SHA-1", pss_parameters(mask="sha1"), mask="sha1")
    yield one("mask-sha512", WEAK, "the mask is by another digest", pss_parameters(mask="sha512"), mask="sha512")
    yield one("defaults", WEAK, "all defaults: SHA-1", seq(), "sha1")
    yield one("absent", WEAK, "the parameters are left away", b"")
    yield one("null", WEAK, "NULL as the parameters", NULL)
    yield one("field-5", WEAK, "a fifth field", pss_parameters(trailer=tlv(0xA4, integer(1))))
    unknown_mask = seq(tlv(0xA0, seq(oid(DIGEST_OIDS["sha256"]), NULL)), tlv(0xA1, seq(oid("1.2.3.4"), seq(oid(DIGEST_OIDS["sha256"]), NULL))), tlv(0xA2, integer(32)))
    yield one("mask-unknown", WEAK, "an unknown mask", unknown_mask)
    yield one("salt-other", WRONG, "the salt is not as long as declared", pss_parameters(), salt=20)
    yield one("digest-other", WRONG, "SHA-256 declared, SHA-384 signed", pss_parameters(), "sha384", salt=32)
    yield made("pss-flipped", WRONG, "one bit of the signature is changed", key, seq(oid(PSS), pss_parameters()), lambda m: flip(key.sign_pss(m), 200))
    yield made("pss-is-pkcs1", WRONG, "RSA-PSS declared, PKCS #1 signed", key, seq(oid(PSS), pss_parameters()), key.sign)
    yield made("pkcs1-is-pss", WRONG, "PKCS #1 declared, RSA-PSS signed", key, None, key.sign_pss)
    yield made("pss-by-ec", WRONG, "RSA-PSS declared, key and signature are of P-256", keys.p256(), seq(oid(PSS), pss_parameters()))


def ecdsa():
    key, order = keys.p256(), 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551

    def one(file, why, make, expected=WRONG):
        def sign(message):
            r, s = key.numbers(message)
            return make(r, s)

        return made(f"ecdsa-{file}", expected, why, key, sign=sign)

    def padded(n):
        content = integer(n)[2:]
        return tlv(2, b"\0" + content)

    yield one("other-s", "s replaced by n - s, which is as good", lambda r, s: seq(integer(r), integer(order - s)), OK)
    yield one("r-zero", "r is zero", lambda r, s: seq(integer(0), integer(s)))
    yield one("s-zero", "s is zero", lambda r, s: seq(integer(r), integer(0)))
    yield one("both-zero", "r and s are zero", lambda r, s: seq(integer(0), integer(0)))
    yield one("r-order", "r is the order", lambda r, s: seq(integer(order), integer(s)))
    yield one("s-order", "s is the order", lambda r, s: seq(integer(r), integer(order)))
    yield one("r-not-reduced", "r is an order too high", lambda r, s: seq(integer(r + order), integer(s)))
    yield one("s-not-reduced", "s is an order too high", lambda r, s: seq(integer(r), integer(s + order)))
    yield one("r-negative", "r is negative", lambda r, s: seq(integer(-r), integer(s)))
    yield one("s-negative", "s is s - n, hence negative", lambda r, s: seq(integer(r), integer(s - order)))
    yield one("r-padded", "r is padded", lambda r, s: seq(padded(r), integer(s)))
    yield one("s-padded", "s is padded", lambda r, s: seq(integer(r), padded(s)))
    yield one("empty-numbers", "r and s have no octet", lambda r, s: seq(tlv(2, b""), tlv(2, b"")))
    yield one("one-number", "s is missing", lambda r, s: seq(integer(r)))
    yield one("three-numbers", "a third number", lambda r, s: seq(integer(r), integer(s), integer(1)))
    yield one("trailing-inside", "an octet behind s", lambda r, s: seq(integer(r), integer(s), b"\0"))
    yield one("trailing-null", "NULL behind the signature", lambda r, s: seq(integer(r), integer(s)) + NULL)
    yield one("long", "length not minimal", lambda r, s: seq(integer(r), integer(s), form="long"))
    yield one("indefinite", "indefinite length", lambda r, s: seq(integer(r), integer(s), form="indefinite"))
    yield one("set", "SET in place of SEQUENCE", lambda r, s: tlv(0x31, integer(r) + integer(s)))
    yield one("raw", "r and s without any DER", lambda r, s: r.to_bytes(32, "big") + s.to_bytes(32, "big"))
    yield one("octets", "r and s as octet strings", lambda r, s: seq(octets(integer(r)[2:]), octets(integer(s)[2:])))
    yield one("swapped", "r and s are swapped", lambda r, s: seq(integer(s), integer(r)))
    yield one("r-one", "r and s are one", lambda r, s: seq(integer(1), integer(1)))
    yield one("huge", "r and s of 10,000 bits", lambda r, s: seq(integer(1 << 10000), integer(1 << 10000)))


def edwards():
    key, order = Ed25519(), 2**252 + 27742317777372353535851937790883648493
    yield made("ed25519-null", WEAK, "NULL as the parameters of an Ed25519 signature", key, seq(oid(keys.ED25519), NULL))
    yield made("ed25519-as-ed448", WEAK, "Ed448 declared", key, seq(oid("1.3.101.113")))

    def malleated(message):
        signature = key.sign(message)
        return signature[:32] + (int.from_bytes(signature[32:], "little") + order).to_bytes(32, "little")

    yield made("ed25519-not-reduced", WRONG, "S is an order too high", key, sign=malleated)


def shapes():
    body, key = info(), keys.p256()
    signature = key.sign(body)

    def shape(file, why, *rest):
        return Case(f"shape-{file}.pem", BAD, why, pem(seq(body, *rest)))

    for unused in (1, 4, 7, 8):
        yield shape(f"unused-{unused}", f"the bit string of the signature has {unused} unused bits", key.algorithm, bits(signature, unused))
    yield shape("no-octet", "the bit string of the signature has no octet", key.algorithm, tlv(3, b""))
    yield shape("constructed", "the bit string of the signature is in constructed form", key.algorithm, tlv(0x23, bits(signature)))
    yield shape("octets", "the signature is an OCTET STRING", key.algorithm, octets(signature))
    yield shape("no-signature", "the signature is missing", key.algorithm)
    yield shape("no-algorithm", "the signature algorithm is missing", bits(signature))
    yield shape("swapped", "signature before algorithm", bits(signature), key.algorithm)
    yield shape("nothing", "algorithm and signature are missing")
    yield shape("four", "a fourth field", key.algorithm, bits(signature), NULL)
    yield shape("two-signatures", "two signatures", key.algorithm, bits(signature), bits(signature))
    yield shape("bare-oid", "the algorithm is a bare object identifier", oid(ECDSA_OIDS["sha256"]), bits(signature))
    yield shape("empty-algorithm", "the algorithm is an empty SEQUENCE", seq(), bits(signature))
    yield shape("trailing-algorithm", "three fields in the algorithm", seq(oid(ECDSA_OIDS["sha256"]), NULL, NULL), bits(signature))


UNKNOWN = [
    ("md2", "1.2.840.113549.1.1.2", "RSA with MD2"),
    ("md4", "1.2.840.113549.1.1.3", "RSA with MD4"),
    ("sha512-256", "1.2.840.113549.1.1.16", "RSA with SHA-512/256"),
    ("sha1-oiw", "1.3.14.3.2.29", "RSA with SHA-1, the old identifier"),
    ("rsa", "1.2.840.113549.1.1.1", "rsaEncryption as the signature algorithm"),
    ("ripemd", "1.3.36.3.3.1.2", "RSA with RIPEMD-160"),
    ("sha256", "2.16.840.1.101.3.4.2.1", "a bare digest as the signature algorithm"),
    ("sha3", "2.16.840.1.101.3.4.3.14", "RSA with SHA3-256"),
    ("unknown", "1.2.3.4.5", "an unknown signature algorithm"),
    ("dsa", "2.16.840.1.101.3.4.3.2", "DSA with SHA-256"),
]
UNKNOWN_EC = [
    ("sha3", "2.16.840.1.101.3.4.3.10", "ECDSA with SHA3-256"),
    ("recommended", "1.2.840.10045.4.2", "ecdsa-with-Recommended"),
    ("specified", "1.2.840.10045.4.3", "ecdsa-with-Specified"),
    ("key", "1.2.840.10045.2.1", "the kind of key as the signature algorithm"),
]
