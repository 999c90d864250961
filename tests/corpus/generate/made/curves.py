"""Keys on curves, and kinds of keys that no request may have."""

from cryptography.hazmat.primitives.asymmetric import dh, ec, ed448, x448, x25519
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from . import keys
from .der import NULL, bits, integer, octets, oid, seq, tlv
from .keys import CURVES, EC_KEY, ED25519, Ec, Ed25519, spki
from .request import Case, info, pem, request

OK, NO, INVALID, BAD = "accept", "unsupported-key", "invalid-key", "malformed-request"
P256, P384, P521 = CURVES["p256"][1], CURVES["p384"][1], CURVES["p521"][1]
P = 2**256 - 2**224 + 2**192 + 2**96 - 1
B = 0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B


def cases():
    for curve in CURVES:
        yield Case(f"{curve}.pem", OK, f"key on {curve.upper()}", pem(request(Ec(curve))))
    yield from points()
    yield from parameters()
    yield from edwards()
    yield from others()


def of(file, expected, why, info_):
    """The key is any octets; the signature is by the ordinary key of this run."""
    return Case(f"{file}.pem", expected, why, pem(request(spki=info_)))


def points():
    good = keys.p256().point
    x, y = good[1:33], good[33:]

    def point(file, expected, why, octets_, curve=P256):
        return of(f"point-{file}", expected, why, spki(EC_KEY, octets_, oid(curve)))

    sign = bytes([2 + (y[-1] & 1)])
    yield point("compressed", NO, "compressed point", sign + x)
    yield point("compressed-other", NO, "compressed point with the other sign", bytes([sign[0] ^ 1]) + x)
    yield point("hybrid", NO, "hybrid point", bytes([6 + (y[-1] & 1)]) + x + y)
    yield point("infinity", INVALID, "the point at infinity", b"\0")
    yield point("infinity-long", INVALID, "zeros in the length of a point", bytes(65))
    yield point("zero", INVALID, "the coordinates are zero", b"\4" + bytes(64))
    yield point("off-curve", INVALID, "a point beside the curve", b"\4" + x + bytes([*y[:-1], y[-1] ^ 1]))
    yield point("off-curve-x", INVALID, "a point beside the curve", b"\4" + bytes([x[0] ^ 1, *x[1:]]) + y)
    yield point("ones", INVALID, "the coordinates are all ones", b"\4" + b"\xff" * 64)
    small = next(a for a in range(1, 1000) if pow(a**3 - 3 * a + B, (P - 1) // 2, P) == 1)
    root = pow(small**3 - 3 * small + B, (P + 1) // 4, P)
    yield point("not-reduced", INVALID, "x is not reduced modulo p", b"\4" + (small + P).to_bytes(32, "big") + root.to_bytes(32, "big"))
    yield point("short", INVALID, "a point one octet short", good[:-1])
    yield point("long", INVALID, "a point one octet long", good + b"\0")
    yield point("empty", INVALID, "no point", b"")
    yield point("no-prefix", INVALID, "a point without its first octet", x + y if x[0] > 7 else b"\x50" + x[1:] + y)
    yield point("prefix-5", INVALID, "there is no form 5 of a point", b"\5" + x + y)
    yield point("curve-384", INVALID, "a point of P-256 as a key on P-384", good, P384)
    yield point("curve-521", INVALID, "a point of P-256 as a key on P-521", good, P521)
    yield point("curve-256", INVALID, "a point of P-384 as a key on P-256", Ec("p384").point)
    yield point("curve-256k1", NO, "a point of P-256 as a key on secp256k1", good, "1.3.132.0.10")
    yield of("point-octets", INVALID, "the point is in an OCTET STRING within the bit string", spki(EC_KEY, octets(good), oid(P256)))
    yield of("point-unused-bits", BAD, "the bit string of the key has unused bits", seq(seq(oid(EC_KEY), oid(P256)), bits(good[:-1] + b"\0", 4)))
    yield of("point-trailing", BAD, "a third field in the key's information", seq(seq(oid(EC_KEY), oid(P256)), bits(good), NULL))


def parameters():
    good = keys.p256().point

    def curve(file, why, encoded, expected=NO):
        return of(f"curve-{file}", expected, why, spki(EC_KEY, good, encoded))

    field = seq(oid("1.2.840.10045.1.1"), integer(P))
    coefficients = seq(octets((P - 3).to_bytes(32, "big")), octets(B.to_bytes(32, "big")))
    order = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
    yield curve("explicit", "P-256 written as explicit parameters", seq(integer(1), field, coefficients, octets(good), integer(order), integer(1)))
    yield curve("explicit-generator", "explicit parameters whose generator is the key itself (CVE-2020-0601)", seq(integer(1), field, coefficients, octets(good), integer(order)))
    yield curve("implicit", "NULL: the curve is implied", NULL)
    yield curve("absent", "no curve at all", b"")
    yield curve("integer", "an INTEGER as the curve", integer(7))
    yield curve("sequence", "an empty SEQUENCE as the curve", seq())
    yield curve("two", "two curves", oid(P256) + oid(P384), BAD)
    yield curve("empty-oid", "an empty object identifier as the curve", tlv(6, b""), BAD)
    yield curve("unknown", "an unknown curve", oid("1.2.3.4"))
    yield curve("sm2", "the curve SM2", oid("1.2.156.10197.1.301"))
    for name_, kind in (("ecdh", "1.3.132.1.12"), ("ecmqv", "1.3.132.1.13")):
        yield of(f"kind-{name_}", NO, f"key restricted to {name_.upper()}", spki(kind, good, oid(P256)))
    yield of("kind-p256", NO, "the curve as the kind of key", spki(P256, good))


def edwards():
    key = Ed25519()
    yield Case("ed25519.pem", OK, "Ed25519 key", pem(request(key)))

    def of_key(file, expected, why, public, parameters_=b""):
        return of(f"ed25519-{file}", expected, why, spki(ED25519, public, parameters_))

    yield Case("ed25519-null.pem", NO, "NULL as the parameters of an Ed25519 key", pem(request(key, spki=spki(ED25519, key.public, NULL))))
    yield of_key("31", INVALID, "Ed25519 key of 31 octets", key.public[:-1])
    yield of_key("33", INVALID, "Ed25519 key of 33 octets", key.public + b"\0")
    yield of_key("empty", INVALID, "empty Ed25519 key", b"")
    yield of_key("octets", INVALID, "Ed25519 key in an OCTET STRING within the bit string", octets(key.public))
    for file, why, public in SMALL_ORDER:
        # With the neutral element as the key, this "signature" verifies for every message.
        anyone = bytes([1]) + bytes(63)
        forged = seq(info(spki=spki(ED25519, public)), key.algorithm, bits(anyone))
        yield Case(f"ed25519-{file}.pem", INVALID, why, pem(forged))


def others():
    raw = (Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    generated = [
        ("x25519", "X25519 key", x25519.X25519PrivateKey.generate()),
        ("x448", "X448 key", x448.X448PrivateKey.generate()),
        ("ed448", "Ed448 key", ed448.Ed448PrivateKey.generate()),
        ("secp256k1", "key on secp256k1", ec.generate_private_key(ec.SECP256K1())),
        ("secp224r1", "key on P-224", ec.generate_private_key(ec.SECP224R1())),
        ("secp192r1", "key on P-192", ec.generate_private_key(ec.SECP192R1())),
        ("brainpool256", "key on brainpoolP256r1", ec.generate_private_key(ec.BrainpoolP256R1())),
        ("dh", "Diffie-Hellman key", dh.DHParameterNumbers(FFDHE2048, 2).parameters().generate_private_key()),
    ]
    for file, why, private in generated:
        yield of(f"kind-{file}", NO, why, private.public_key().public_bytes(*raw))
    numbers = seq(integer(keys.rsa().n), integer(65537))
    yield of("kind-pss", NO, "key of type id-RSASSA-PSS", spki("1.2.840.113549.1.1.10", numbers))
    yield of("kind-oaep", NO, "key of type id-RSAES-OAEP", spki("1.2.840.113549.1.1.7", numbers))
    yield of("kind-rsa-x500", NO, "RSA key under the identifier of X.509 (2.5.8.1.1)", spki("2.5.8.1.1", numbers, integer(2048)))
    yield of("kind-sha256-rsa", NO, "a signature algorithm as the kind of key", spki("1.2.840.113549.1.1.11", numbers, NULL))
    dsa = seq(integer(FFDHE2048), integer(2**255 + 95), integer(4))
    yield of("kind-dsa", NO, "DSA key", spki("1.2.840.10040.4.1", integer(2**2000 + 1), dsa))
    yield of("kind-dsa-inherited", NO, "DSA key without parameters", spki("1.2.840.10040.4.1", integer(2**2000 + 1)))
    yield of("kind-gost", NO, "GOST R 34.10-2012 key", spki("1.2.643.7.1.1.1.1", octets(bytes(64)), seq(oid("1.2.643.2.2.36.0"))))
    yield of("kind-unknown", NO, "key of an unknown kind", spki("1.2.3.4.5", bytes(32)))
    yield of("kind-elgamal", NO, "ElGamal key", spki("1.3.14.7.2.1.1", bytes(32)))
    yield of("not-sequence", BAD, "the key's information is an OCTET STRING", octets(keys.p256().spki))
    yield of("empty", BAD, "the key's information is empty", seq())


SMALL_ORDER = [
    ("neutral", "the Ed25519 key is the neutral element: anyone signs", bytes([1]) + bytes(31)),
    ("order-2", "the Ed25519 key has order 2", (2**255 - 20).to_bytes(32, "little")),
    ("order-4", "the Ed25519 key has order 4", bytes(32)),
    ("not-reduced", "the Ed25519 key is not reduced modulo p", (2**255 - 18).to_bytes(32, "little")),
]
# RFC 7919, appendix A.1: the prime of ffdhe2048.
FFDHE2048 = int(
    "FFFFFFFFFFFFFFFFADF85458A2BB4A9AAFDC5620273D3CF1D8B9C583CE2D3695A9E13641146433FBCC939DCE249B3EF9"
    "7D2FE363630C75D8F681B202AEC4617AD3DF1ED5D5FD65612433F51F5F066ED0856365553DED1AF3B557135E7F57C935"
    "984F0C70E0E68B77E2A689DAF3EFE8721DF158A136ADE73530ACCA4F483A797ABC0AB182B324FB61D108A94BB2C8E3FB"
    "B96ADAB760D7F4681D4F42A3DE394DF4AE56EDE76372BB190B07A7C8EE0A6D709E02FCE1CDF7E2ECC03404CD28342F61"
    "9172FE9CE98583FF8E4F1232EEF28183C3FE3B1B4C6FAD733BB5FCBC2EC22005C58EF1837D1683B2C6F34A26C1B2EFFA"
    "886B423861285C97FFFFFFFFFFFFFFFF",
    16,
)
