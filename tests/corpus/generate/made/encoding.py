"""Encoding: every element of a request written in ways that DER forbids, and versions."""

from . import keys
from .der import BIT_STRING, BMP, INTEGER, NULL, OCTET_STRING, OID_TAG, SEQUENCE, SET, UTF8, bits, integer, oid, seq, set_, text, tlv
from .request import CN, SAN, EXTENSION_REQUEST, Case, info, pem, request

BAD = "malformed-request"
FORMS = {
    "long": "its length is not minimal",
    "indefinite": "its length is indefinite",
    "junk": "a zero octet stands behind its content",
    "other": "it is constructed instead of primitive, or the reverse",
}


def cases():
    for node in NODES:
        for form, why in FORMS.items():
            if (node, form) not in EXCEPT:
                yield deformed(node, form, why)
    yield from versions()
    yield from trailing()
    yield from cut()
    yield from wholes()


def deformed(node, form, why):
    """A request one element of which is written wrongly; all lengths and the signature are right."""
    # A body that begins with another octet than 30 is no DER to begin with.
    expected = "not-a-request" if (node, form) == ("request", "other") else BAD
    return Case(f"{node}-{form}.der", expected, f"{NODES[node]}: {why}", build(node, form))


def build(node, form):
    def put(name, tag, *parts):
        return tlv(tag, b"".join(parts), form if name == node else "")

    def content(encoded):
        return encoded[2:]

    key = keys.p256()
    number, kind, curve = integer(0), content(oid(keys.EC_KEY)), content(oid(key.oid))
    pair = put("pair", SEQUENCE, put("pair-type", OID_TAG, content(oid(CN))), put("pair-value", UTF8, b"www.example.com"))
    subject = put("subject", SEQUENCE, put("rdn", SET, pair))
    algorithm = put("key-algorithm", SEQUENCE, put("key-kind", OID_TAG, kind), put("curve", OID_TAG, curve))
    public = put("key", SEQUENCE, algorithm, put("key-bits", BIT_STRING, b"\0", key.point))
    names = put("names", SEQUENCE, put("dns", 0x82, b"www.example.com"), put("ip", 0x87, b"\xc0\0\2\1"))
    extension = put("extension", SEQUENCE, put("extension-id", OID_TAG, content(oid(SAN))), put("critical", 1, b"\xff"), put("extension-value", OCTET_STRING, names))
    values = put("values", SET, put("extensions", SEQUENCE, extension))
    attribute = put("attribute", SEQUENCE, put("attribute-id", OID_TAG, content(oid(EXTENSION_REQUEST))), values)
    body = put("info", SEQUENCE, put("version", INTEGER, content(number)), subject, public, put("attributes", 0xA0, attribute))
    signed_by = put("signature-algorithm", SEQUENCE, put("signature-kind", OID_TAG, content(oid(keys.ECDSA_OIDS["sha256"]))))
    return put("request", SEQUENCE, body, signed_by, put("signature", BIT_STRING, b"\0", key.sign(body)))


def versions():
    for number in (0, 1, 2):
        yield Case(f"version-{number}.pem", "accept", f"version {number}", pem(request(version=integer(number))))
    for number in (3, 4, 5, 127, 128, 255, 256, 65536, 2**31, 2**32, 2**64, 2**512, -1, -129):
        name = f"2-to-{number.bit_length() - 1}" if number > 65535 else str(number).replace("-", "minus-")
        yield Case(f"version-{name}.pem", "unsupported-version", f"version {number if number < 2**33 else name}", pem(request(version=integer(number))))
    for file, why, encoded in VERSIONS:
        yield Case(f"version-{file}.pem", BAD, why, pem(request(version=encoded)))


def trailing():
    good = request()
    for file, why, behind in (("zero", "a zero octet", b"\0"), ("newline", "a newline", b"\n"), ("null", "NULL", NULL), ("end", "an end of contents", b"\0\0"), ("text", "text", b"hello")):
        yield Case(f"trailing-{file}.der", "trailing-data", f"{why} behind the request", good + behind)
        yield Case(f"trailing-{file}.pem", "trailing-data", f"{why} behind the request, within the block", pem(good + behind))
    yield Case("trailing-request.der", "trailing-data", "a second request behind the first", good + request())
    yield Case("trailing-request.pem", "trailing-data", "a second request behind the first, within the block", pem(good + good))


def cut():
    good = request(keys.rsa())
    for at in (3, 4, 5, 8, 20, 60, 100, 300, 400, len(good) - 256, len(good) - 1):
        yield Case(f"cut-{at}.der", BAD, f"only the first {at} of {len(good)} octets", good[:at])
        yield Case(f"cut-{at}.pem", BAD, f"only the first {at} of {len(good)} octets, within the block", pem(good[:at]))
    short = bytearray(good)
    short[3] += 1
    yield Case("length-high.der", BAD, "the outermost length is one too high", bytes(short))
    short[3] -= 2
    yield Case("length-low.der", BAD, "the outermost length is one too low", bytes(short[:-1]))
    yield Case("length-huge.der", BAD, "a length of 2^32 - 1", b"\x30\x84\xff\xff\xff\xff" + good[4:])
    yield Case("length-wide.der", BAD, "a length of 126 octets", b"\x30\xfe" + b"\xff" * 126 + good[4:])
    yield Case("length-reserved.der", BAD, "the reserved length FF", b"\x30\xff" + good[2:])


def wholes():
    key = keys.p256()
    good = request()
    yield Case("nested.der", BAD, "a request within a SEQUENCE", seq(good))
    yield Case("nested-octets.pem", BAD, "a request within an OCTET STRING", pem(tlv(4, good)))
    yield Case("info-only.pem", BAD, "the signed part alone", pem(info()))
    yield Case("key-only.pem", BAD, "a public key labelled as a request", pem(key.spki))
    yield Case("set.pem", BAD, "SET in place of the outermost SEQUENCE", pem(b"\x31" + good[1:]))
    yield Case("empty-sequence.pem", BAD, "an empty SEQUENCE", pem(seq()))
    yield Case("null.pem", BAD, "NULL instead of a request", pem(NULL))
    yield Case("zeros.pem", BAD, "zeros instead of a request", pem(bytes(300)))
    yield Case("text.pem", BAD, "text instead of DER within the block", pem(b"this is not a request"))
    deep = seq()
    for _ in range(2000):
        deep = seq(deep)
    yield Case("deep.der", BAD, "2,000 nested SEQUENCEs", deep)
    indefinite = b"\x30\x80" * 5000 + b"\0\0" * 5000
    yield Case("deep-indefinite.der", BAD, "5,000 nested SEQUENCEs of indefinite length", indefinite)
    yield Case("no-subject.pem", BAD, "the subject is missing", pem(resigned(integer(0), key.spki, tlv(0xA0, b""))))
    yield Case("no-version.pem", BAD, "the version is missing", pem(resigned(seq(), key.spki, tlv(0xA0, b""))))
    yield Case("no-key.pem", BAD, "the key is missing", pem(resigned(integer(0), seq(), tlv(0xA0, b""))))
    yield Case("swapped.pem", BAD, "subject and key are swapped", pem(resigned(integer(0), key.spki, seq(), tlv(0xA0, b""))))
    yield Case("string-bmp-dns.pem", BAD, "BMPString instead of a tagged DNS name", pem(request(attributes=[san_of(text("example".encode("utf-16-be"), BMP))])))
    yield Case("crmf.pem", BAD, "a certificate request message of RFC 4211 in shape", pem(seq(seq(integer(1), seq(tlv(0xA5, set_()), tlv(0xA6, key.spki[2:]))))))


def resigned(*fields):
    body = seq(*fields)
    return seq(body, keys.p256().algorithm, bits(keys.p256().sign(body)))


def san_of(*names):
    return seq(oid(EXTENSION_REQUEST), set_(seq(seq(oid(SAN), tlv(4, seq(*names))))))


NODES = {
    "request": "the request",
    "info": "the signed part",
    "version": "the version",
    "subject": "the subject",
    "rdn": "the relative name",
    "pair": "the attribute of the subject",
    "pair-type": "the type of an attribute of the subject",
    "pair-value": "the value of an attribute of the subject",
    "key": "the key's information",
    "key-algorithm": "the key's algorithm",
    "key-kind": "the key's kind",
    "curve": "the curve",
    "key-bits": "the key's bit string",
    "attributes": "the field of attributes",
    "attribute": "the attribute",
    "attribute-id": "the attribute's identifier",
    "values": "the attribute's values",
    "extensions": "the extensions",
    "extension": "the extension",
    "extension-id": "the extension's identifier",
    "critical": "the mark critical",
    "extension-value": "the extension's value",
    "names": "the alternative names",
    "dns": "the DNS name",
    "ip": "the IP address",
    "signature-algorithm": "the signature algorithm",
    "signature-kind": "the signature algorithm's identifier",
    "signature": "the signature",
}
# A zero behind the content of these only changes their value, or belongs to another rule.
EXCEPT = {(node, "junk") for node in ("version", "pair-value", "pair-type", "key-kind", "curve", "key-bits", "attribute-id", "extension-id", "dns", "ip", "signature-kind", "signature")}
VERSIONS = [
    ("padded", "the version is padded", tlv(INTEGER, b"\0\0")),
    ("padded-minus", "the version is padded", tlv(INTEGER, b"\xff\xff")),
    ("empty", "the version has no octet", tlv(INTEGER, b"")),
    ("enumerated", "the version is an ENUMERATED", tlv(10, b"\0")),
    ("octets", "the version is an OCTET STRING", tlv(4, b"\0")),
    ("tagged", "the version has an explicit tag, as in a certificate", tlv(0xA0, integer(0))),
    ("null", "the version is NULL", NULL),
    ("boolean", "the version is a BOOLEAN", tlv(1, b"\0")),
    ("absent", "the version is left away", b""),
]
