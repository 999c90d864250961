"""The signature of a request: which algorithms are good enough, and whether it verifies."""

import hashlib

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519

from .der import NULL, SEQUENCE, Reader, encode_oid
from .keys import EcKey, Ed25519Key, RsaKey
from .refusal import Refusal

PKCS1 = {
    encode_oid("1.2.840.113549.1.1.11"): "sha256",
    encode_oid("1.2.840.113549.1.1.12"): "sha384",
    encode_oid("1.2.840.113549.1.1.13"): "sha512",
}
ECDSA = {
    encode_oid("1.2.840.10045.4.3.2"): hashes.SHA256(),
    encode_oid("1.2.840.10045.4.3.3"): hashes.SHA384(),
    encode_oid("1.2.840.10045.4.3.4"): hashes.SHA512(),
}
PSS = encode_oid("1.2.840.113549.1.1.10")
MGF1 = encode_oid("1.2.840.113549.1.1.8")
ED25519 = encode_oid("1.3.101.112")
DIGESTS = {
    encode_oid("2.16.840.1.101.3.4.2.1"): "sha256",
    encode_oid("2.16.840.1.101.3.4.2.2"): "sha384",
    encode_oid("2.16.840.1.101.3.4.2.3"): "sha512",
}
# DigestInfo up to the digest (RFC 8017, section 9.2, note 1).
PREFIXES = {
    "sha256": bytes.fromhex("3031300d060960864801650304020105000420"),
    "sha384": bytes.fromhex("3041300d060960864801650304020205000430"),
    "sha512": bytes.fromhex("3051300d060960864801650304020305000440"),
}
EC_CURVES = {"P-256": ec.SECP256R1(), "P-384": ec.SECP384R1(), "P-521": ec.SECP521R1()}


def weak(reason):
    return Refusal("weak-signature", reason)


def bad(reason):
    return Refusal("bad-signature", reason)


def read_algorithm(outer):
    """Reads AlgorithmIdentifier: content octets of its identifier, its parameters (tag, DER)."""
    algorithm = outer.inside(SEQUENCE, "signature algorithm")
    kind = algorithm.oid("signature algorithm")
    parameters = None
    if algorithm.more():
        tag, start, _, end = algorithm.any()
        parameters = (tag, algorithm.data[start:end])
    algorithm.done("signature algorithm")
    return kind, parameters


def verify(key, algorithm, message, signature):
    """Raises unless `signature` over `message` is of `key`, by a good algorithm."""
    kind, parameters = algorithm
    if kind in PKCS1:
        if parameters not in (None, (NULL, b"\x05\x00")):
            raise weak("parameters of an RSA signature")
        of_kind(key, RsaKey)
        verify_pkcs1(key, PKCS1[kind], message, signature)
    elif kind == PSS:
        digest = read_pss(parameters)
        of_kind(key, RsaKey)
        verify_pss(key, digest, message, signature)
    elif kind in ECDSA:
        # RFC 5758, section 3.2, wants them absent; Mbed TLS 2 writes NULL.
        if parameters not in (None, (NULL, b"\x05\x00")):
            raise weak("parameters of an ECDSA signature")
        of_kind(key, EcKey)
        verify_ecdsa(key, ECDSA[kind], message, signature)
    elif kind == ED25519:
        if parameters is not None:
            raise weak("parameters of an Ed25519 signature")
        of_kind(key, Ed25519Key)
        verify_ed25519(key, message, signature)
    else:
        raise weak("signature algorithm")


def of_kind(key, kind):
    if not isinstance(key, kind):
        raise bad("signature algorithm is not of the key's kind")


def open_rsa(key, signature):
    s = int.from_bytes(signature, "big")
    if len(signature) != key.size or s >= key.n:
        raise bad("signature out of range")
    return pow(s, key.e, key.n)


def verify_pkcs1(key, digest, message, signature):
    content = PREFIXES[digest] + hashlib.new(digest, message).digest()
    padding = b"\xff" * (key.size - 3 - len(content))
    expected = b"\x00\x01" + padding + b"\x00" + content
    if open_rsa(key, signature) != int.from_bytes(expected, "big"):
        raise bad("PKCS #1 signature")


def read_pss(parameters):
    """The digest named in RSASSA-PSS-params, if all of them are of the one form accepted."""
    if parameters is None or parameters[0] != SEQUENCE:
        raise weak("PSS parameters missing")
    try:
        fields = Reader(parameters[1]).inside(SEQUENCE, "PSS parameters")
        digest = read_digest(fields.inside(0xA0, "PSS hash"))
        mask = fields.inside(0xA1, "PSS mask")
        generator = mask.inside(SEQUENCE, "PSS mask")
        mask.done("PSS mask")
        if generator.oid() != MGF1 or read_digest(generator) != digest:
            raise weak("PSS mask")
        salt = fields.inside(0xA2, "PSS salt length")
        length = salt.integer("PSS salt length")
        salt.done("PSS salt length")
        # RFC 4055, section 3.1: a reader must take the default of trailerField, written or not.
        if fields.more():
            trailer = fields.inside(0xA3, "PSS trailer")
            if trailer.integer("PSS trailer") != 1:
                raise weak("PSS trailer")
            trailer.done("PSS trailer")
        fields.done("PSS parameters")
    except Refusal as refusal:
        raise weak(refusal.reason) from None
    if digest is None or length != hashlib.new(digest).digest_size:
        raise weak("PSS digest or salt length")
    return digest


def read_digest(outer):
    kind, parameters = read_algorithm(outer)
    outer.done("digest")
    if parameters not in (None, (NULL, b"\x05\x00")):
        raise weak("parameters of a digest")
    return DIGESTS.get(kind)


def verify_pss(key, digest, message, signature):
    """EMSA-PSS-VERIFY (RFC 8017, section 9.1.2)."""
    hashed = hashlib.new(digest, message).digest()
    size = len(hashed)
    bits = key.n.bit_length() - 1
    length = (bits + 7) // 8
    number = open_rsa(key, signature)
    if number.bit_length() > bits:
        raise bad("PSS signature")
    encoded = number.to_bytes(length, "big")
    if length < 2 * size + 2 or encoded[-1] != 0xBC:
        raise bad("PSS signature")
    masked, inner = encoded[: -size - 1], encoded[-size - 1 : -1]
    mask = b"".join(
        hashlib.new(digest, inner + counter.to_bytes(4, "big")).digest()
        for counter in range(-(-len(masked) // size))
    )
    block = bytearray(a ^ b for a, b in zip(masked, mask))
    block[0] &= 0xFF >> (8 * length - bits)
    padding, salt = bytes(block[:-size]), bytes(block[-size:])
    if padding != bytes(len(padding) - 1) + b"\x01":
        raise bad("PSS padding")
    if hashlib.new(digest, bytes(8) + hashed + salt).digest() != inner:
        raise bad("PSS signature")


def verify_ecdsa(key, digest, message, signature):
    try:
        outer = Reader(signature)
        pair = outer.inside(SEQUENCE, "ECDSA signature")
        outer.done("ECDSA signature")
        r, s = pair.integer("r"), pair.integer("s")
        pair.done("ECDSA signature")
    except Refusal as refusal:
        raise bad(refusal.reason) from None
    if not (0 < r < key.curve.order and 0 < s < key.curve.order):
        raise bad("r or s out of range")
    try:
        point = ec.EllipticCurvePublicKey.from_encoded_point(EC_CURVES[key.curve.name], key.point)
        point.verify(signature, message, ec.ECDSA(digest))
    except (InvalidSignature, ValueError):
        raise bad("ECDSA signature") from None


def verify_ed25519(key, message, signature):
    try:
        ed25519.Ed25519PublicKey.from_public_bytes(key.octets).verify(signature, message)
    except (InvalidSignature, ValueError):
        raise bad("Ed25519 signature") from None
