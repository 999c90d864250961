"""Subjects: string types, lengths, characters, shape."""

from .der import BMP, IA5, NULL, PRINTABLE, TELETEX, UNIVERSAL, UTF8, boolean, integer, oid, seq, set_, text, tlv
from .request import CN, EMAIL, C, Case, O, extension, extensions, name, pair, pem, request

OK, NO, BAD = "accept", "unacceptable-subject", "malformed-request"


def cases():
    for tag, kind in ((UTF8, "utf8"), (PRINTABLE, "printable"), (IA5, "ia5")):
        yield value(f"type-{kind}", OK, f"{kind} string", text("www.example.com", tag))
    for tag, kind in STRINGS:
        encoded = "www.example.com".encode(ENCODINGS.get(tag, "ascii"))
        yield value(f"type-{kind}", NO, f"{kind} string in a subject", tlv(tag, encoded))
    yield from odd_values()
    yield from bounds()
    yield from characters()
    yield from countries()
    yield from shapes()


def subject(file, expected, why, der):
    return Case(f"{file}.pem", expected, why, pem(request(subject=der)))


def value(file, expected, why, der, kind=CN):
    return subject(file, expected, why, name((kind, der)))


def odd_values():
    yield value("value-integer", NO, "INTEGER as a value", integer(7))
    yield value("value-null", NO, "NULL as a value", NULL)
    yield value("value-boolean", NO, "BOOLEAN as a value", boolean(True))
    yield value("value-sequence", NO, "SEQUENCE as a value", seq(text("www.example.com")))
    yield value("value-tagged", NO, "context-specific tag as a value", tlv(0x80, b"www.example.com"))
    yield value("value-octets", NO, "OCTET STRING as a value", tlv(4, b"www.example.com"))
    yield value("value-constructed", BAD, "UTF8String in constructed form", tlv(0x2C, text("www.example.com")))
    yield value("empty-cn", NO, "empty commonName", text(""))
    yield value("empty-o", NO, "empty organizationName", text("", PRINTABLE), O)
    yield value("empty-unknown", NO, "empty value of an unknown attribute", text(""), "1.2.3.4")
    yield value("unknown-attribute", OK, "unknown attribute in a subject", text("anything"), "1.2.3.4.5.6")
    yield value("unstructured-name", OK, "unstructuredName in the subject", text("router", IA5), "1.2.840.113549.1.9.2")
    yield value("email-utf8", OK, "emailAddress as UTF8String", text("eva@example.com"), EMAIL)
    yield value("dc-utf8", OK, "domainComponent as UTF8String", text("example"), "0.9.2342.19200300.100.1.25")
    yield value("dc-ia5", OK, "domainComponent", text("example", IA5), "0.9.2342.19200300.100.1.25")
    yield value("serial-utf8", OK, "serialNumber as UTF8String", text("4711"), "2.5.4.5")


def bounds():
    for kind, oid_, bound in BOUNDS:
        tag = IA5 if oid_ == EMAIL else UTF8
        filler = ("a" * (bound - 12) + "@example.com") if oid_ == EMAIL else "a" * bound
        yield value(f"bound-{kind}-{bound}", OK, f"{kind} of {bound} characters", text(filler, tag), oid_)
        yield value(f"bound-{kind}-{bound + 1}", NO, f"{kind} of {bound + 1} characters", text("a" + filler, tag), oid_)
    yield value("bound-cn-wide", OK, "commonName of 64 characters in 128 octets", text("ü" * 64))
    yield value("bound-cn-wide-65", NO, "commonName of 65 characters in 130 octets", text("ü" * 65))
    yield value("bound-cn-10000", NO, "commonName of 10,000 characters", text("a" * 10000))


def characters():
    for code in (0x00, 0x01, 0x07, 0x08, 0x09, 0x0A, 0x0D, 0x1B, 0x1F, 0x7F, 0x80, 0x85, 0x9F):
        yield value(f"control-{code:02x}", NO, f"control character U+{code:04X}", text(f"www{chr(code)}.example.com"))
    yield value("control-ia5", NO, "newline in an IA5String", text("www\n.example.com", IA5))
    yield value("control-nul-end", NO, "NUL at the end", text("www.example.com\0"))
    for file, sample in SCRIPTS.items():
        yield value(f"script-{file}", OK, f"UTF-8: {file}", text(sample))
    yield value("utf8-latin1", NO, "Latin-1 labelled UTF-8", text(b"M\xfcller"))
    yield value("utf8-overlong", NO, "overlong UTF-8", text(b"a\xc0\xafb"))
    yield value("utf8-surrogate", NO, "a surrogate in UTF-8", text(b"a\xed\xa0\x80b"))
    yield value("utf8-cut", NO, "UTF-8 cut off", text(b"abc\xe2\x82"))
    yield value("utf8-beyond", NO, "a code point above U+10FFFF", text(b"a\xf4\x90\x80\x80"))
    yield value("printable-star", NO, "asterisk in a PrintableString", text("*.example.com", PRINTABLE))
    yield value("printable-at", NO, "at sign in a PrintableString", text("eva@example.com", PRINTABLE))
    yield value("printable-underscore", NO, "underscore in a PrintableString", text("a_b", PRINTABLE))
    yield value("printable-latin1", NO, "Latin-1 in a PrintableString", text(b"M\xfcller", PRINTABLE))
    yield value("printable-all", OK, "every character of PrintableString", text("Az09 '()+,-./:=?", PRINTABLE))
    yield value("ia5-latin1", NO, "Latin-1 in an IA5String", text(b"M\xfcller", IA5))
    yield value("special", OK, "characters that text forms of names escape", text('a,b+c="d"\\<e>;#f/g'))
    yield value("spaces", OK, "leading and trailing blanks", text(" www.example.com "))


def countries():
    for sample in ("C", "CHE", "41", "C1", "C ", "Ch\u00e4", "ÄÖ"):
        yield value(f"country-{sample.encode().hex()}", NO, f"countryName {sample!r} is not two letters", text(sample), C)
    yield value("country-lower", OK, "countryName in small letters", text("ch", PRINTABLE), C)
    yield value("country-utf8", OK, "countryName as UTF8String", text("CH"), C)
    yield value("country-empty", NO, "empty countryName", text("", PRINTABLE), C)


def shapes():
    cn, org = pair(CN, "www.example.com"), pair(O, "Example")
    yield subject("rdn-empty", NO, "an empty relative name", seq(set_(), set_(cn)))
    yield subject("rdn-empty-only", NO, "nothing but an empty relative name", seq(set_()))
    yield subject("rdn-empty-last", NO, "an empty relative name at the end", seq(set_(cn), set_()))
    low, high = sorted((cn, org))
    yield subject("rdn-two", OK, "two attributes in one relative name", seq(set_(low, high)))
    yield subject("rdn-unsorted", NO, "two attributes in one relative name, not in DER order", seq(set_(high, low)))
    yield subject("rdn-sequence", BAD, "SEQUENCE in place of SET", seq(seq(cn)))
    yield subject("not-sequence", BAD, "SET in place of SEQUENCE", set_(set_(cn)))
    yield subject("pair-alone", BAD, "an attribute without a value", seq(set_(seq(oid(CN)))))
    yield subject("pair-three", BAD, "an attribute with two values", seq(set_(seq(oid(CN), text("a"), text("b")))))
    yield subject("pair-swapped", BAD, "value before type", seq(set_(seq(text("a"), oid(CN)))))
    yield subject("pair-flat", BAD, "type and value without a SEQUENCE", seq(set_(oid(CN), text("a"))))
    yield subject("type-empty-oid", BAD, "empty object identifier", seq(set_(seq(tlv(6, b""), text("a")))))
    yield subject("type-open-oid", BAD, "object identifier without its last octet", seq(set_(seq(tlv(6, b"\x55\x84"), text("a")))))
    yield subject("type-padded-oid", BAD, "object identifier with a padded arc", seq(set_(seq(tlv(6, b"\x55\x80\x03"), text("a")))))
    yield subject("repeated-ou", OK, "organizationalUnitName five times", name(*[("2.5.4.11", f"Unit {i}") for i in range(5)]))
    yield subject("many", OK, "50 relative names", name(*[("2.5.4.11", f"Unit {i}") for i in range(50)]))
    usage = extensions(extension("2.5.29.37", seq(oid("1.3.6.1.5.5.7.3.1"))))
    yield Case("empty-with-usage.pem", "no-name", "empty subject, and no name among the extensions", pem(request(subject=seq(), attributes=[usage])))


STRINGS = [
    (TELETEX, "teletex"),
    (BMP, "bmp"),
    (UNIVERSAL, "universal"),
    (0x12, "numeric"),
    (0x1A, "visible"),
    (0x1B, "general"),
    (0x15, "videotex"),
    (0x19, "graphic"),
]
ENCODINGS = {BMP: "utf-16-be", UNIVERSAL: "utf-32-be"}
# RFC 5280, appendix A.1.
BOUNDS = [
    ("cn", CN, 64),
    ("serial", "2.5.4.5", 64),
    ("locality", "2.5.4.7", 128),
    ("state", "2.5.4.8", 128),
    ("organization", O, 64),
    ("unit", "2.5.4.11", 64),
    ("title", "2.5.4.12", 64),
    ("email", EMAIL, 255),
]
SCRIPTS = {"german": "Jürgen Größe", "greek": "Αθήνα", "cyrillic": "Москва", "chinese": "北京", "arabic": "القاهرة", "emoji": "🔑 key"}
