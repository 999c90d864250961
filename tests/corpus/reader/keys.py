"""Public keys: read from SubjectPublicKeyInfo and held to the key policy."""

from math import gcd, isqrt, prod

from .der import NULL, OID, SEQUENCE, Reader, check_oid, encode_oid
from .refusal import Refusal

RSA, EC, ED25519 = (
    encode_oid("1.2.840.113549.1.1.1"),
    encode_oid("1.2.840.10045.2.1"),
    encode_oid("1.3.101.112"),
)
FERMAT_ROUNDS = 110


class Curve:
    """A prime curve y^2 = x^3 - 3x + b."""

    def __init__(self, name, size, p, b, order):
        self.name, self.size, self.p, self.b, self.order = name, size, p, b, order

    def holds(self, x, y):
        return x < self.p and y < self.p and (y * y - (x * x * x - 3 * x + self.b)) % self.p == 0


CURVES = {
    encode_oid("1.2.840.10045.3.1.7"): Curve(
        "P-256",
        32,
        2**256 - 2**224 + 2**192 + 2**96 - 1,
        0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B,
        0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551,
    ),
    encode_oid("1.3.132.0.34"): Curve(
        "P-384",
        48,
        2**384 - 2**128 - 2**96 + 2**32 - 1,
        int(
            "b3312fa7e23ee7e4988e056be3f82d19181d9c6efe8141120314088f5013875a"
            "c656398d8a2ed19d2a85c8edd3ec2aef",
            16,
        ),
        int(
            "ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf"
            "581a0db248b0a77aecec196accc52973",
            16,
        ),
    ),
    encode_oid("1.3.132.0.35"): Curve(
        "P-521",
        66,
        2**521 - 1,
        int(
            "51953eb9618e1c9a1f929a21a0b68540eea2da725b99b315f3b8b489918ef109e15"
            "6193951ec7e937b1652c0bd3bb1bf073573df883d2c34f1ef451fd46b503f00",
            16,
        ),
        int(
            "1fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
            "fa51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e91386409",
            16,
        ),
    ),
}


def weak(reason):
    return Refusal("weak-key", reason)


def unsupported(reason):
    return Refusal("unsupported-key", reason)


def invalid(reason):
    return Refusal("invalid-key", reason)


class RsaKey:
    def __init__(self, n, e):
        self.n, self.e = n, e
        self.size = (n.bit_length() + 7) // 8
        self.verdict = None

    def check(self):
        """Holds the numbers against the key policy, once for each key."""
        if self.verdict is None:
            try:
                self.weigh()
                self.verdict = True
            except Refusal as refusal:
                self.verdict = refusal
        if isinstance(self.verdict, Refusal):
            raise self.verdict

    def weigh(self):
        n, e = self.n, self.e
        bits = n.bit_length()
        if not 2048 <= bits <= 8192 or bits % 8:
            raise weak(f"modulus of {bits} bits")
        if e % 2 == 0 or e < 65537 or e.bit_length() > 256:
            raise weak("exponent")
        if n % 2 == 0 or gcd(n, SMALL_PRODUCT) != 1:
            raise weak("small factor")
        if falls_to_fermat(n):
            raise weak("close primes")
        if all(n % p in powers for p, powers in ROCA):
            raise weak("ROCA")


class EcKey:
    def __init__(self, curve, point):
        self.curve, self.point = curve, point

    def check(self):
        """Nothing is left to ask: the curve and the point were checked on reading."""


class Ed25519Key:
    def __init__(self, octets):
        self.octets = octets

    def check(self):
        """Nothing is left to ask: the point was checked on reading."""


CACHE = {}


def read_key(outer):
    """Reads SubjectPublicKeyInfo from `outer`."""
    start, begin, end = outer.expect(SEQUENCE, "subjectPublicKeyInfo")
    whole = outer.data[start:end]
    key = CACHE.get(whole)
    if key is None:
        try:
            key = parse(Reader(outer.data, begin, end))
        except Refusal as refusal:
            key = refusal
        if len(CACHE) > 20000:
            CACHE.clear()
        CACHE[whole] = key
    if isinstance(key, Refusal):
        raise key
    return key


def parse(info):
    algorithm = info.inside(SEQUENCE, "key algorithm")
    kind = algorithm.oid("key algorithm")
    parameters = None
    if algorithm.more():
        tag, _, begin, end = algorithm.any()
        parameters = (tag, algorithm.data[begin:end])
        if tag == OID:
            check_oid(parameters[1], "curve")
    algorithm.done("key algorithm")
    octets = info.whole_octets("public key")
    info.done("subjectPublicKeyInfo")
    if kind == RSA:
        return parse_rsa(parameters, octets)
    if kind == EC:
        return parse_ec(parameters, octets)
    if kind == ED25519:
        return parse_ed25519(parameters, octets)
    raise unsupported("key type")


def parse_rsa(parameters, octets):
    if parameters not in (None, (NULL, b"")):
        raise unsupported("parameters of an RSA key")
    outer = Reader(octets)
    numbers = outer.inside(SEQUENCE, "RSA key")
    outer.done("RSA key")
    key = RsaKey(numbers.integer("modulus"), numbers.integer("exponent"))
    numbers.done("RSA key")
    if key.n < 0 or key.e < 0:
        raise invalid("negative number")
    return key


def parse_ec(parameters, octets):
    if parameters is None or parameters[0] != OID or parameters[1] not in CURVES:
        raise unsupported("curve")
    curve = CURVES[parameters[1]]
    if not octets:
        raise invalid("empty point")
    if octets[0] in (2, 3, 6, 7):
        raise unsupported("compressed or hybrid point")
    if octets[0] != 4 or len(octets) != 1 + 2 * curve.size:
        raise invalid("point")
    x = int.from_bytes(octets[1 : 1 + curve.size], "big")
    y = int.from_bytes(octets[1 + curve.size :], "big")
    if not curve.holds(x, y):
        raise invalid("point not on the curve")
    return EcKey(curve, octets)


def parse_ed25519(parameters, octets):
    if parameters is not None:
        raise unsupported("parameters of an Ed25519 key")
    if len(octets) != 32:
        raise invalid("Ed25519 key length")
    y = int.from_bytes(octets, "little") & (1 << 255) - 1
    # Points of small order let anyone sign; encodings beyond p are not canonical (RFC 8032, 5.1.3).
    if y >= P25519 or y in SMALL_ORDER:
        raise invalid("Ed25519 point")
    return Ed25519Key(octets)


def falls_to_fermat(n):
    a = isqrt(n - 1) + 1
    for _ in range(FERMAT_ROUNDS):
        b2 = a * a - n
        if isqrt(b2) ** 2 == b2:
            return True
        a += 1
    return False


def primes_below(limit):
    return [n for n in range(2, limit) if all(n % d for d in range(2, isqrt(n) + 1))]


def powers_of(base, p):
    found, x = set(), 1
    while x not in found:
        found.add(x)
        x = x * base % p
    return found


SMALL_PRODUCT = prod(primes_below(752))
# "The Return of Coppersmith's Attack" (CVE-2017-15361): such moduli are powers of 65537 modulo
# every small prime.
ROCA = [(p, powers_of(65537, p)) for p in primes_below(168)[1:]]
P25519 = 2**255 - 19
# y of the points of order 1, 2, 4 and 8.
SMALL_ORDER = {
    0,
    1,
    P25519 - 1,
    0x05FC536D880238B13933C6D305ACDFD5F098EFF289F4C345B027B2C28F95E826,
    0x7A03AC9277FDC74EC6CC392CFA53202A0F67100D760B3CBA4FD83D3D706A17C7,
}
