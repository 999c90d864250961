"""Alternative names: good, bad, unsupported, too many."""

from .der import IA5, SEQUENCE, UTF8, oid, seq, set_, text, tlv
from .request import CN, SAN, Case, dns, extension, extensions, name, pem, request, san


def cases():
    for number, (expected, value, why) in enumerate(DNS):
        yield named(f"dns-{number:02}", expected, why, dns(value))
    for number, (expected, value, why) in enumerate(EMAILS):
        yield named(f"email-{number:02}", expected, why, text(value, 0x81))
    for number, (expected, value, why) in enumerate(URIS):
        yield named(f"uri-{number:02}", expected, why, text(value, 0x86))
    for size in (0, 1, 3, 4, 5, 8, 15, 16, 17, 32):
        expected = "accept" if size in (4, 16) else "unacceptable-name"
        yield named(f"ip-{size}", expected, f"IP address of {size} octets", tlv(0x87, bytes(range(1, size + 1))))
    yield named("ip-text", "unacceptable-name", "IP address written as text in iPAddress", tlv(0x87, b"192.0.2.1"))
    for file, tag, content, why in UNSUPPORTED:
        yield named(file, "unacceptable-name", why, tlv(tag, content))
        yield named(file + "-beside", "unacceptable-name", why + ", beside a good name", dns("www.example.com"), tlv(tag, content))
    yield from repeated()
    yield from counted()
    yield from forms()


def named(file, expected, why, *names):
    return Case(f"{file}.pem", expected, why, pem(request(attributes=[san(*names)])))


def repeated():
    www = dns("www.example.com")
    yield named("twice-dns", "accept", "the same DNS name twice: taken once", www, www)
    yield named("twice-case", "accept", "the same DNS name in capitals: taken once", www, dns("WWW.EXAMPLE.COM"))
    yield named("twice-email", "accept", "the same address twice: taken once", *[text("eva@example.com", 0x81)] * 2)
    yield named("twice-ip", "accept", "the same IP address twice: taken once", *[tlv(0x87, b"\xc0\0\2\1")] * 2)
    yield named("twice-uri", "accept", "the same URI twice: taken once", *[text("https://example.com/", 0x86)] * 2)
    yield named("good-and-bad", "unacceptable-name", "a bad name behind a good one", www, dns("bad name"))


def counted():
    def many(count):
        return [dns(f"n{i}.example.com") for i in range(count)]

    yield named("count-100", "accept", "100 names, the most there may be", *many(100))
    yield named("count-101", "unacceptable-name", "101 names", *many(101))
    short = [dns("%x" % i) for i in range(0x1000, 0x1000 + 10000)]
    yield Case("count-10000.der", "unacceptable-name", "10,000 names", request(attributes=[san(*short)]))
    yield named("count-2000", "unacceptable-name", "2,000 names", *many(2000))


def forms():
    www = dns("www.example.com")

    def raw(file, expected, why, value):
        return Case(f"{file}.pem", expected, why, pem(request(attributes=[extensions(extension(SAN, value))])))

    yield raw("form-empty", "unacceptable-name", "no name in the extension", seq())
    yield raw("form-no-octets", "malformed-request", "the extension has no content", b"")
    yield raw("form-string", "malformed-request", "a name without the SEQUENCE around it", www)
    yield raw("form-set", "malformed-request", "SET instead of SEQUENCE", set_(www))
    yield raw("form-trailing", "malformed-request", "octets behind the names", seq(www) + b"\0\0")
    yield raw("form-long", "malformed-request", "length not minimal", seq(www, form="long"))
    yield raw("form-indefinite", "malformed-request", "indefinite length", seq(www, form="indefinite"))
    yield raw("form-inner-long", "malformed-request", "length of a name not minimal", seq(tlv(0x82, b"www.example.com", "long")))
    yield raw("form-cut", "malformed-request", "the last name is cut off", tlv(SEQUENCE, www[:-1]))
    yield raw("form-ia5", "malformed-request", "IA5String instead of a tagged name", seq(text("www.example.com", IA5)))
    yield raw("form-utf8", "malformed-request", "UTF8String instead of a tagged name", seq(text("www.example.com", UTF8)))
    yield raw("form-tag-9", "malformed-request", "there is no kind of name with tag 9", seq(tlv(0x89, b"www.example.com")))
    yield raw("form-constructed", "malformed-request", "a DNS name in constructed form", seq(tlv(0xA2, www)))
    yield raw("form-explicit", "malformed-request", "a DNS name with an explicit tag", seq(tlv(0xA2, text("www.example.com", IA5))))
    yield raw("form-ip-constructed", "malformed-request", "an IP address in constructed form", seq(tlv(0xA7, b"\4\4\xc0\0\2\1")))
    yield Case("none.pem", "no-name", "neither subject nor alternative name", pem(request(subject=seq(), attributes=[])))
    yield Case("none-usage.pem", "no-name", "no subject, and extensions without a name", pem(request(subject=seq(), attributes=[extensions(extension("2.5.29.37", seq(oid("1.3.6.1.5.5.7.3.1"))))])))
    yield Case("only-san.pem", "accept", "no subject, but a name", pem(request(subject=seq())))
    yield Case("only-subject.pem", "accept", "a subject and no attributes", pem(request(attributes=[])))


OK, NO = "accept", "unacceptable-name"
LABEL = "a" * 63
DNS = [
    (OK, "example.com", "plain name"),
    (OK, "localhost", "a single label"),
    (OK, "xn--bcher-kva.example", "A-label"),
    (OK, "EXAMPLE.com", "capitals"),
    (OK, "1.example.com", "a label of digits"),
    (OK, "a-b.example.com", "a hyphen inside a label"),
    (OK, "_dmarc.example.com", "a leading underscore"),
    (OK, "a_b.example.com", "an underscore inside a label"),
    (OK, "*.example.com", "wildcard as the leftmost label"),
    (OK, "*.com", "wildcard above a single label"),
    (OK, LABEL + ".example.com", "a label of 63 octets"),
    (OK, ".".join([LABEL] * 3 + ["a" * 61]), "a name of 253 octets"),
    (NO, "", "empty name"),
    (NO, " ", "a blank"),
    (NO, ".", "a lone dot"),
    (NO, ".example.com", "leading dot"),
    (NO, "example.com.", "trailing dot"),
    (NO, "a..example.com", "empty label"),
    (NO, "*", "a bare asterisk"),
    (NO, "*.", "an asterisk and a dot"),
    (NO, "*.*.example.com", "two wildcards"),
    (NO, "www.*.example.com", "wildcard not leftmost"),
    (NO, "example.*", "wildcard on the right"),
    (NO, "w*.example.com", "wildcard behind a letter"),
    (NO, "*w.example.com", "wildcard before a letter"),
    (NO, "w*w.example.com", "wildcard inside a label"),
    (NO, "**.example.com", "two asterisks"),
    (NO, "*example.com", "wildcard without its dot"),
    (NO, "-a.example.com", "leading hyphen"),
    (NO, "a-.example.com", "trailing hyphen"),
    (NO, LABEL + "a.example.com", "a label of 64 octets"),
    (NO, ".".join([LABEL] * 3 + ["a" * 62]), "a name of 254 octets"),
    (NO, "www.example.com\0", "NUL at the end"),
    (NO, "www.example.com\0.example.net", "NUL inside"),
    (NO, "\0", "NUL alone"),
    (NO, "www.example.com\n", "newline at the end"),
    (NO, "a.example.com\nb.example.com", "newline inside"),
    (NO, "a.example.com\r\nb.example.com", "CR LF inside"),
    (NO, "a\tb.example.com", "tab"),
    (NO, "a\x1b[2J.example.com", "terminal escape"),
    (NO, "a\x7f.example.com", "DEL"),
    (NO, " www.example.com", "leading blank"),
    (NO, "www.example.com ", "trailing blank"),
    (NO, "www example.com", "blank inside"),
    (NO, "a.example.com,b.example.com", "comma, which others split at"),
    (NO, "a.example.com,DNS:b.example.com", "comma and a prefix, as OpenSSL's text has them"),
    (NO, "a.example.com;b.example.com", "semicolon"),
    (NO, "a.example.com/b", "slash"),
    (NO, "a.example.com:443", "port"),
    (NO, "https://www.example.com/", "a URI as a DNS name"),
    (NO, "eva@example.com", "an address as a DNS name"),
    (NO, "192.0.2.1", "IPv4 address as a DNS name"),
    (NO, "*.0.2.1.192.0.2.1:1", "port and digits"),
    (NO, "2001:db8::1", "IPv6 address as a DNS name"),
    (NO, "[2001:db8::1]", "IPv6 address in brackets"),
    (NO, "bücher.example", "UTF-8 in a DNS name"),
    (NO, b"b\xfccher.example", "Latin-1 in a DNS name"),
    (NO, "exаmple.com", "a Cyrillic letter"),
    (NO, "www.example.com\u202e", "direction override"),
    (NO, b"w\0w\0w\0.\0c\0o\0m\0", "UTF-16 in a DNS name"),
    (NO, "a\\b.example.com", "backslash"),
    (NO, 'a"b.example.com', "quotation mark"),
    (NO, "a'b.example.com", "apostrophe"),
    (NO, "a%00.example.com", "percent sign"),
    (NO, "$(id).example.com", "shell expansion"),
    (NO, "<b>.example.com", "angle brackets"),
    (NO, "a+b.example.com", "plus sign"),
    (NO, "CN=www.example.com", "equals sign"),
    (NO, "www．example．com", "full-width dots"),
]
EMAILS = [
    (OK, "eva@example.com", "plain address"),
    (OK, "eva.muster+tag@mail.example.com", "dot and plus in the local part"),
    (OK, "o'neil@example.com", "apostrophe in the local part"),
    (OK, "a" * 64 + "@example.com", "local part of 64 octets"),
    (NO, "", "empty address"),
    (NO, "eva", "no at sign"),
    (NO, "@example.com", "no local part"),
    (NO, "eva@", "no host"),
    (NO, "eva@@example.com", "two at signs"),
    (NO, "eva@example.com@example.net", "two hosts"),
    (NO, "eva muster@example.com", "blank"),
    (NO, "eva@exam ple.com", "blank in the host"),
    (NO, "eva@.example.com", "empty label"),
    (NO, "eva@example.com.", "trailing dot"),
    (NO, ".eva@example.com", "leading dot"),
    (NO, "eva..m@example.com", "two dots"),
    (NO, "eva@-example.com", "leading hyphen in the host"),
    (NO, "eva@*.example.com", "wildcard in the host"),
    (NO, "Eva <eva@example.com>", "a display name"),
    (NO, "eva@example.com,bob@example.com", "two addresses"),
    (NO, "eva@example.com\n", "newline"),
    (NO, "eva\0@example.com", "NUL"),
    (NO, "eva@example.com\0", "NUL at the end"),
    (NO, "evä@example.com", "UTF-8 in the local part"),
    (NO, "eva@bücher.example", "UTF-8 in the host"),
    (NO, "a" * 65 + "@example.com", "local part of 65 octets"),
    (NO, "eva@" + ".".join([LABEL] * 4), "host too long"),
    (NO, "mailto:eva@example.com", "a URI as an address"),
    (NO, "eva@192.0.2.1", "IP address without brackets as the host"),
]
URIS = [
    (OK, "https://www.example.com/a/b?c=d&e=f#g", "plain URI"),
    (OK, "spiffe://example.org/ns/prod/sa/web", "SPIFFE identity"),
    (OK, "urn:uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf6", "URN"),
    (OK, "https://[2001:db8::1]:8443/", "IPv6 address and port"),
    (OK, "https://example.com/%C3%BC", "percent encoding"),
    (OK, "mailto:eva@example.com", "mailto"),
    (NO, "", "empty URI"),
    (NO, "/a/b", "no scheme"),
    (NO, "www.example.com/a", "no scheme"),
    (NO, "//www.example.com/", "no scheme"),
    (NO, "1http://example.com/", "scheme begins with a digit"),
    (NO, "ht tp://example.com/", "blank in the scheme"),
    (NO, "https:", "nothing behind the scheme"),
    (NO, ":", "a lone colon"),
    (NO, "https://example.com/a b", "blank"),
    (NO, "https://example.com/\n", "newline"),
    (NO, "https://example.com/\0", "NUL"),
    (NO, "https://example.com/\x7f", "DEL"),
    (NO, "https://example.com/ü", "UTF-8"),
    (NO, "https://example.com/<b>", "angle brackets"),
    (NO, 'https://example.com/"', "quotation mark"),
    (NO, "https://example.com/\\a", "backslash"),
    (NO, "https://example.com/{a}", "braces"),
    (NO, "https://example.com/%zz", "bad percent encoding"),
    (NO, "https://example.com/%4", "percent encoding cut off"),
]
UPN = oid("1.3.6.1.4.1.311.20.2.3") + tlv(0xA0, text("eva@example.com"))
UNSUPPORTED = [
    ("other-upn", 0xA0, UPN, "otherName (user principal name)"),
    ("other-xmpp", 0xA0, oid("1.3.6.1.5.5.7.8.5") + tlv(0xA0, text("eva@example.com")), "otherName (XMPP address)"),
    ("other-smtputf8", 0xA0, oid("1.3.6.1.5.5.7.8.9") + tlv(0xA0, text("evä@example.com")), "otherName (SmtpUTF8Mailbox)"),
    ("x400", 0xA3, seq(), "x400Address"),
    ("directory", 0xA4, name((CN, "www.example.com")), "directoryName"),
    ("edi", 0xA5, tlv(0xA1, text("example")), "ediPartyName"),
    ("registered", 0x88, b"\x2a\x03\x04", "registeredID"),
]
