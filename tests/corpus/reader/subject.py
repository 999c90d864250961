"""The subject of a request: which distinguished names are acceptable."""

import unicodedata

from .der import SEQUENCE, SET, Reader, encode_oid
from .refusal import Refusal

UTF8, PRINTABLE, IA5 = 0x0C, 0x13, 0x16
PRINTABLE_CHARACTERS = frozenset(
    b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789 '()+,-./:=?"
)
COUNTRY = encode_oid("2.5.4.6")
# Upper bounds of RFC 5280, appendix A.1, in characters.
BOUNDS = {
    encode_oid(oid): bound
    for oid, bound in {
        "2.5.4.3": 64,  # commonName
        "2.5.4.5": 64,  # serialNumber
        "2.5.4.7": 128,  # localityName
        "2.5.4.8": 128,  # stateOrProvinceName
        "2.5.4.10": 64,  # organizationName
        "2.5.4.11": 64,  # organizationalUnitName
        "2.5.4.12": 64,  # title
        "2.5.4.65": 128,  # pseudonym
        "1.2.840.113549.1.9.1": 255,  # emailAddress
    }.items()
}


def unacceptable(reason):
    return Refusal("unacceptable-subject", reason)


def read_subject(outer):
    """Reads a Name from `outer`; answers whether it is empty."""
    name = outer.inside(SEQUENCE, "subject")
    empty = not name.more()
    while name.more():
        rdn = name.inside(SET, "relative distinguished name")
        if not rdn.more():
            raise unacceptable("empty relative distinguished name")
        before = b""
        while rdn.more():
            start, begin, end = rdn.expect(SEQUENCE, "attribute of the subject")
            pair = Reader(rdn.data, begin, end)
            kind = pair.oid("attribute type")
            tag, _, value_at, value_end = pair.any()
            pair.done("attribute of the subject")
            check_value(kind, tag, rdn.data[value_at:value_end])
            encoded = rdn.data[start:end]
            if encoded < before:
                raise unacceptable("relative distinguished name not in DER order")
            before = encoded
    return empty


def check_value(kind, tag, content):
    if tag == UTF8:
        try:
            text = content.decode("utf-8")
        except UnicodeDecodeError:
            raise unacceptable("bad UTF-8") from None
    elif tag == PRINTABLE:
        if not PRINTABLE_CHARACTERS.issuperset(content):
            raise unacceptable("character outside PrintableString")
        text = content.decode("ascii")
    elif tag == IA5:
        if not content.isascii():
            raise unacceptable("character outside IA5String")
        text = content.decode("ascii")
    else:
        raise unacceptable(f"string type {tag:02x}")
    if not text:
        raise unacceptable("empty value")
    if any(unicodedata.category(c) == "Cc" for c in text):
        raise unacceptable("control character")
    if kind == COUNTRY and not (len(text) == 2 and text.isascii() and text.isalpha()):
        raise unacceptable("country is not two letters")
    if len(text) > BOUNDS.get(kind, len(text)):
        raise unacceptable("value too long")
