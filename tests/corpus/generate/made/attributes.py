"""Attributes and requested extensions: Microsoft's, repeated, a CA asked for, out of shape."""

from .der import BMP, IA5, NULL, bits, boolean, integer, octets, oid, seq, set_, text, tlv
from .request import BC, CRITICAL, EKU, EXTENSION_REQUEST, KU, SAN, SKI, Case, attribute, dns, extension, extensions, pem, request, san

OK, BAD = "accept", "malformed-request"
CHALLENGE, UNSTRUCTURED = "1.2.840.113549.1.9.7", "1.2.840.113549.1.9.2"
MS_VERSION, MS_CSP, MS_CLIENT = "1.3.6.1.4.1.311.13.2.3", "1.3.6.1.4.1.311.13.2.2", "1.3.6.1.4.1.311.21.20"
MS_EXTENSIONS = "1.3.6.1.4.1.311.2.1.14"
WWW = san(dns("www.example.com"))


def cases():
    yield from microsoft()
    yield from ordinary()
    yield from repeated()
    yield from authority()
    yield from flags()
    yield from shapes()


def with_(file, expected, why, *attributes, label="CERTIFICATE REQUEST", newline="\n"):
    der = request(attributes=list(attributes))
    return Case(f"{file}.pem", expected, why, pem(der, label, newline=newline))


def asks(file, expected, why, *parts):
    return with_(file, expected, why, extensions(*parts))


def microsoft():
    """The shape of what certreq writes: its attributes, label and line ends."""
    version = attribute(MS_VERSION, text("10.0.20348.2", IA5))
    client = attribute(MS_CLIENT, seq(integer(5), text("host.example.com"), text("EXAMPLE\\eva"), text("certreq.exe")))
    provider = text("Microsoft RSA SChannel Cryptographic Provider".encode("utf-16-be"), BMP)
    csp = attribute(MS_CSP, seq(integer(1), provider, bits(b"")))
    template = extension("1.3.6.1.4.1.311.21.7", seq(oid("1.3.6.1.4.1.311.21.8.1.2.3"), integer(100), integer(4)))
    old_template = extension("1.3.6.1.4.1.311.20.2", text("WebServer".encode("utf-16-be"), BMP))
    policies = extension("1.3.6.1.4.1.311.21.10", seq(seq(oid("1.3.6.1.5.5.7.3.1"))))
    usage = extension(KU, bits(b"\xa0", 5), CRITICAL)
    capabilities = extension("1.2.840.113549.1.9.15", seq(seq(oid("2.16.840.1.101.3.4.1.42"))))
    names = extension(SAN, seq(dns("www.example.com")))
    all_extensions = extensions(template, old_template, policies, usage, capabilities, names, extension(SKI, octets(bytes(20))))
    new = {"label": "NEW CERTIFICATE REQUEST", "newline": "\r\n"}
    yield with_("ms-version", OK, "Microsoft's OS version", version, **new)
    yield with_("ms-client", OK, "Microsoft's client information", client, **new)
    yield with_("ms-csp", OK, "Microsoft's provider", csp, **new)
    yield with_("ms-all", OK, "everything certreq writes", version, client, csp, all_extensions, **new)
    yield with_("ms-template", OK, "Microsoft's certificate template", extensions(template, names), **new)
    yield with_("ms-extensions", OK, "Microsoft's own attribute for extensions, ignored", attribute(MS_EXTENSIONS, seq(names)), **new)
    yield with_("ms-ca", "ca-requested", "Microsoft's attributes around a wish for CA:TRUE", version, client, extensions(extension(BC, seq(boolean(True)), CRITICAL)), **new)
    sid = tlv(0xA0, oid("1.3.6.1.4.1.311.25.2.1") + tlv(0xA0, octets(b"S-1-5-21-1-2-3-500")))
    yield with_("ms-sid", OK, "Microsoft's security identifier extension, ignored", extensions(extension("1.3.6.1.4.1.311.25.2", seq(sid)), names), **new)


def ordinary():
    challenge = attribute(CHALLENGE, text("example-challenge", 0x13))
    yield with_("none", OK, "no attribute")
    yield with_("challenge", OK, "challengePassword", challenge, WWW)
    yield with_("unstructured", OK, "unstructuredName", attribute(UNSTRUCTURED, text("router", IA5)), WWW)
    yield with_("unsorted", OK, "attributes not in DER order, as many tools write them", WWW, challenge)
    yield with_("sorted", OK, "attributes in DER order", *sorted([WWW, challenge]))
    yield with_("unknown", OK, "unknown attribute", attribute("1.2.3.4.5", NULL), WWW)
    yield with_("two-values", OK, "two values of an unknown attribute", attribute("1.2.3.4.5", integer(1), integer(2)), WWW)
    yield with_("60", OK, "60 different unknown attributes, ignored", *[attribute(f"1.2.3.{i}", NULL) for i in range(60)], WWW)
    yield with_("150", BAD, "150 different attributes, more than anybody needs", *[attribute(f"1.2.3.{i}", NULL) for i in range(150)], WWW)
    yield Case("missing.pem", OK, "the field of attributes is left away, as old tools do", pem(request(attributes=b"")))
    yield asks("eku", OK, "extendedKeyUsage", extension(EKU, seq(oid("1.3.6.1.5.5.7.3.1"), oid("1.3.6.1.5.5.7.3.2"))))
    yield asks("eku-any", OK, "anyExtendedKeyUsage, ignored", extension(EKU, seq(oid("2.5.29.37.0"))))
    yield asks("aia", OK, "authorityInfoAccess, ignored", extension("1.3.6.1.5.5.7.1.1", seq(seq(oid("1.3.6.1.5.5.7.48.1"), text("http://ocsp.example.com/", 0x86)))))
    yield asks("aki", OK, "authorityKeyIdentifier, ignored", extension("2.5.29.35", seq(tlv(0x80, bytes(20)))))
    yield asks("issuer-alt-name", OK, "issuerAltName, ignored", extension("2.5.29.18", seq(dns("ca.example.com"))))
    yield asks("poison", OK, "precertificate poison, ignored", extension("1.3.6.1.4.1.11129.2.4.3", NULL, CRITICAL))
    yield asks("unknown-extension", OK, "unknown extension with odd content, ignored", extension("1.2.3.4.5", b"\xff\xff"))
    yield asks("empty-extension", OK, "unknown extension without content, ignored", extension("1.2.3.4.5", b""))


def repeated():
    dup = "duplicate-attribute"
    yield with_("repeated-request", dup, "two extensionRequests", WWW, WWW)
    yield with_("repeated-request-other", dup, "two different extensionRequests", WWW, san(dns("other.example.com")))
    yield with_("repeated-challenge", dup, "two challengePasswords", *[attribute(CHALLENGE, text("a"))] * 2)
    yield with_("repeated-unknown", dup, "an unknown attribute twice", *[attribute("1.2.3.4", NULL)] * 2)
    yield with_("repeated-120", dup, "the same attribute 120 times", *[attribute("1.2.3.4", NULL)] * 120)
    names = extension(SAN, seq(dns("www.example.com")))
    usage = extension(KU, bits(b"\x80", 7))
    dup = "duplicate-extension"
    yield asks("twice-san", dup, "two extensions of names", names, names)
    yield asks("twice-san-other", dup, "two different extensions of names", names, extension(SAN, seq(dns("other.example.com"))))
    yield asks("twice-usage", dup, "keyUsage twice", usage, usage)
    yield asks("twice-bc", dup, "basicConstraints twice", *[extension(BC, seq())] * 2)
    yield asks("twice-apart", dup, "keyUsage twice, names between", usage, names, usage)
    yield asks("twice-unknown", dup, "an unknown extension twice", *[extension("1.2.3.4.5", NULL)] * 2)
    yield asks("twice-critical", dup, "an extension critical and not critical", usage, extension(KU, bits(b"\x80", 7), CRITICAL))


def authority():
    def bc(file, expected, why, content):
        return asks(f"bc-{file}", expected, why, extension(BC, content, CRITICAL))

    def ku(file, expected, why, content):
        return asks(f"ku-{file}", expected, why, extension(KU, content, CRITICAL))

    ca = "ca-requested"
    yield bc("true", ca, "CA:TRUE", seq(boolean(True)))
    yield bc("true-pathlen", ca, "CA:TRUE with a path length", seq(boolean(True), integer(0)))
    yield asks("bc-not-critical", ca, "CA:TRUE in an extension that is not critical", extension(BC, seq(boolean(True))))
    yield bc("empty", OK, "CA:FALSE by default", seq())
    yield bc("false", OK, "CA:FALSE written out, as some tools do", seq(boolean(False)))
    yield bc("true-01", BAD, "CA:TRUE as 01 instead of FF", seq(tlv(1, b"\1")))
    yield bc("boolean-two", BAD, "BOOLEAN of two octets", seq(tlv(1, b"\xff\xff")))
    yield bc("boolean-empty", BAD, "BOOLEAN of no octet", seq(tlv(1, b"")))
    yield bc("trailing", BAD, "octets behind basicConstraints", seq() + b"\0\0")
    yield bc("three", BAD, "three fields", seq(boolean(True), integer(0), integer(0)))
    yield bc("bare", BAD, "BOOLEAN without a SEQUENCE", boolean(True))
    yield bc("indefinite", BAD, "indefinite length", seq(boolean(True), form="indefinite"))
    yield ku("certsign", ca, "keyCertSign", bits(b"\x04", 2))
    yield ku("crlsign", ca, "cRLSign", bits(b"\x02", 1))
    yield ku("all", ca, "all bits", bits(b"\xff\x80", 7))
    yield ku("certsign-among", ca, "keyCertSign among others", bits(b"\xa4", 2))
    yield ku("certsign-long", ca, "keyCertSign and decipherOnly", bits(b"\x04\x80", 7))
    yield ku("ordinary", OK, "digitalSignature, keyEncipherment", bits(b"\xa0", 5))
    yield ku("agreement", OK, "keyAgreement, decipherOnly", bits(b"\x08\x80", 7))
    yield ku("octets", BAD, "OCTET STRING instead of BIT STRING", octets(b"\x80"))
    yield ku("no-octet", BAD, "BIT STRING without its first octet", tlv(3, b""))
    yield ku("unused-8", BAD, "eight unused bits", bits(b"\x80", 8))
    yield ku("unused-set", BAD, "an unused bit is set", bits(b"\xa1", 5))
    yield ku("trailing", BAD, "octets behind keyUsage", bits(b"\x80", 7) + b"\0")


def flags():
    names = seq(dns("www.example.com"))
    yield asks("critical-false", BAD, "critical FALSE written out, which DER forbids", extension(SAN, names, boolean(False)))
    yield asks("critical-01", BAD, "critical TRUE as 01 instead of FF", extension(SAN, names, tlv(1, b"\1")))
    yield asks("critical-two", BAD, "critical of two octets", extension(SAN, names, tlv(1, b"\xff\xff")))
    yield asks("critical-integer", BAD, "critical as an INTEGER", extension(SAN, names, integer(1)))
    yield asks("critical-behind", BAD, "critical behind the value", seq(oid(SAN), octets(names), CRITICAL))


def shapes():
    names = seq(dns("www.example.com"))
    good = extension(SAN, names)
    yield with_("request-none", BAD, "extensionRequest without a value", attribute(EXTENSION_REQUEST))
    yield with_("request-two", BAD, "extensionRequest with two values", attribute(EXTENSION_REQUEST, seq(good), seq(extension(EKU, seq(oid("1.3.6.1.5.5.7.3.1"))))))
    yield with_("request-octets", BAD, "extensionRequest inside an OCTET STRING", attribute(EXTENSION_REQUEST, octets(seq(good))))
    yield with_("request-bare", BAD, "an extension without the SEQUENCE of extensions", attribute(EXTENSION_REQUEST, good))
    yield with_("request-set", BAD, "SET of extensions", attribute(EXTENSION_REQUEST, set_(good)))
    yield asks("value-missing", BAD, "an extension without its value", seq(oid(SAN)))
    yield asks("value-bare", BAD, "the value is not in an OCTET STRING", seq(oid(SAN), names))
    yield asks("value-utf8", BAD, "the value is in a UTF8String", seq(oid(SAN), tlv(12, names)))
    yield asks("value-twice", BAD, "an extension with two values", seq(oid(SAN), octets(names), octets(names)))
    yield asks("value-constructed", BAD, "OCTET STRING in constructed form", seq(oid(SAN), tlv(0x24, octets(names))))
    yield asks("oid-missing", BAD, "an extension without its identifier", seq(octets(names)))
    yield asks("oid-bad", BAD, "an extension with a bad identifier", seq(tlv(6, b"\x80\x01"), octets(names)))
    yield with_("attribute-sequence", BAD, "SEQUENCE in place of SET", seq(oid(CHALLENGE), seq(text("a"))))
    yield with_("attribute-three", BAD, "an attribute with three fields", seq(oid(CHALLENGE), set_(text("a")), NULL))
    yield with_("attribute-alone", BAD, "an attribute without values", seq(oid(CHALLENGE)))
    yield with_("attribute-bare", BAD, "a value without its attribute", text("a"))
    for tag, file, why in ((0xA1, "tag-1", "tag 1"), (0x80, "primitive", "primitive form"), (0x31, "set", "SET"), (0x30, "sequence", "SEQUENCE")):
        yield Case(f"field-{file}.pem", BAD, f"the field of attributes has {why} instead of tag 0", pem(request(attributes=tlv(tag, WWW))))
    yield Case("field-twice.pem", BAD, "two fields of attributes", pem(request(attributes=tlv(0xA0, WWW) + tlv(0xA0, b""))))
    yield Case("field-behind.pem", BAD, "NULL behind the attributes", pem(request(attributes=tlv(0xA0, WWW) + NULL)))
