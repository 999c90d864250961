"""A whole CertificationRequest (RFC 2986), from the body to the verdict."""

from .altnames import read_alternative_names
from .armor import to_der
from .der import BIT_STRING, BOOLEAN, SEQUENCE, SET, Reader, encode_oid, malformed
from .keys import read_key
from .refusal import Refusal
from .signature import read_algorithm, verify
from .subject import read_subject

EXTENSION_REQUEST = encode_oid("1.2.840.113549.1.9.14")
ALTERNATIVE_NAME = encode_oid("2.5.29.17")
BASIC_CONSTRAINTS = encode_oid("2.5.29.19")
KEY_USAGE = encode_oid("2.5.29.15")


def check(body):
    """Raises `Refusal` unless a CA that grants every name would sign this body."""
    der = to_der(body)
    outer = Reader(der)
    tag, _, begin, end = outer.any()
    if tag != SEQUENCE:
        raise malformed("not a SEQUENCE")
    if outer.more():
        raise Refusal("trailing-data")
    parts = Reader(der, begin, end)
    start, begin, end = parts.expect(SEQUENCE, "certificationRequestInfo")
    key, nameless = read_info(Reader(der, begin, end))
    algorithm = read_algorithm(parts)
    signature = parts.whole_octets("signature")
    parts.done("certificationRequest")
    # The key policy comes after all faults of form, and before any arithmetic with the signature.
    key.check()
    verify(key, algorithm, der[start:end], signature)
    if nameless:
        raise Refusal("no-name")


def read_info(info):
    version = info.integer("version")
    # RFC 2986 says 0; certbot, Puppet and pyOpenSSL have sent 2 for years.
    if not 0 <= version <= 2:
        raise Refusal("unsupported-version")
    empty = read_subject(info)
    key = read_key(info)
    named = False
    if info.more():
        # Old tools leave the attributes away where there are none.
        named = read_attributes(info.inside(0xA0, "attributes"))
    info.done("certificationRequestInfo")
    return key, empty and not named


def read_attributes(attributes):
    """Checks all attributes; answers whether they ask for an alternative name."""
    seen, named = set(), False
    while attributes.more():
        attribute = attributes.inside(SEQUENCE, "attribute")
        kind = attribute.oid("attribute")
        values = attribute.inside(SET, "attribute")
        attribute.done("attribute")
        if kind in seen:
            raise Refusal("duplicate-attribute")
        seen.add(kind)
        if len(seen) > 64:
            raise malformed("more than 64 attributes")
        if kind == EXTENSION_REQUEST:
            if not values.more():
                raise malformed("extensionRequest without a value")
            named = read_extensions(values.inside(SEQUENCE, "extensionRequest"))
            values.done("extensionRequest")
        while values.more():
            values.any()
    return named


def read_extensions(extensions):
    seen = set()
    while extensions.more():
        extension = extensions.inside(SEQUENCE, "extension")
        kind = extension.oid("extension")
        if extension.peek() == BOOLEAN and not extension.boolean("critical"):
            raise malformed("critical: the default is encoded")
        value = extension.octets("extension")
        extension.done("extension")
        if kind in seen:
            raise Refusal("duplicate-extension")
        seen.add(kind)
        if kind == ALTERNATIVE_NAME:
            read_alternative_names(value)
        elif kind == BASIC_CONSTRAINTS:
            read_basic_constraints(value)
        elif kind == KEY_USAGE:
            read_key_usage(value)
    return ALTERNATIVE_NAME in seen


def read_basic_constraints(value):
    outer = Reader(value)
    fields = outer.inside(SEQUENCE, "basicConstraints")
    outer.done("basicConstraints")
    # An encoded default is not DER, but widespread here; it asks for nothing.
    authority = fields.peek() == BOOLEAN and fields.boolean("cA")
    if fields.more():
        fields.integer("pathLenConstraint")
    fields.done("basicConstraints")
    if authority:
        raise Refusal("ca-requested")


def read_key_usage(value):
    outer = Reader(value)
    _, begin, end = outer.expect(BIT_STRING, "keyUsage")
    outer.done("keyUsage")
    content = value[begin:end]
    if not content or content[0] > 7 or (len(content) == 1 and content[0]):
        raise malformed("keyUsage: bad bit string")
    if len(content) > 1 and content[-1] & ((1 << content[0]) - 1):
        raise malformed("keyUsage: unused bits set")
    # Bits 5 and 6: keyCertSign and cRLSign (RFC 5280, section 4.2.1.3).
    if len(content) > 1 and content[1] & 0x06:
        raise Refusal("ca-requested")
