"""Puts a request together, piece by piece, each of which a case may replace."""

import base64
import dataclasses
import textwrap

from . import keys
from .der import BOOLEAN, PRINTABLE, bits, integer, octets, oid, seq, set_, text, tlv

CN, C, O, EMAIL = "2.5.4.3", "2.5.4.6", "2.5.4.10", "1.2.840.113549.1.9.1"
EXTENSION_REQUEST = "1.2.840.113549.1.9.14"
SAN, BC, KU, EKU, SKI = "2.5.29.17", "2.5.29.19", "2.5.29.15", "2.5.29.37", "2.5.29.14"


@dataclasses.dataclass
class Case:
    """A body, what must become of it ("accept" or a slug), and why."""

    file: str
    expected: str
    why: str
    body: bytes


def pem(der, label="CERTIFICATE REQUEST", width=64, newline="\n"):
    lines = textwrap.wrap(base64.b64encode(der).decode(), width)
    return newline.join([f"-----BEGIN {label}-----", *lines, f"-----END {label}-----", ""]).encode()


def pair(kind, value):
    """One attribute of a subject; text becomes a UTF8String."""
    return seq(oid(kind), value if isinstance(value, bytes) else text(value))


def name(*pairs):
    return seq(*(set_(pair(*each)) for each in pairs))


SUBJECT = name((C, text("CH", PRINTABLE)), (O, "Example"), (CN, "www.example.com"))


def extension(kind, value, critical=b""):
    return seq(oid(kind), critical, octets(value))


CRITICAL = tlv(BOOLEAN, b"\xff")


def attribute(kind, *values):
    return seq(oid(kind), set_(*values))


def extensions(*parts):
    return attribute(EXTENSION_REQUEST, seq(*parts))


def dns(value):
    return text(value, 0x82)


def san(*names):
    return extensions(extension(SAN, seq(*names)))


def info(subject=SUBJECT, spki=None, attributes=None, version=None, key=None):
    """CertificationRequestInfo; `attributes` replaces the whole field if it is bytes."""
    if attributes is None:
        attributes = [san(dns("www.example.com"))]
    if not isinstance(attributes, bytes):
        attributes = tlv(0xA0, b"".join(attributes))
    version = integer(0) if version is None else version
    return seq(version, subject, spki or (key or keys.p256()).spki, attributes)


def request(key=None, algorithm=None, signature=None, **fields):
    """A whole request, signed by `key` unless the signature is given."""
    key = key or keys.p256()
    body = info(key=key, **fields)
    signature = key.sign(body) if signature is None else signature
    return seq(body, algorithm or key.algorithm, bits(signature))
