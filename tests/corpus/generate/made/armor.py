"""What stands around a request: PEM, text, labels, other things than requests."""

import base64
import gzip

from . import keys
from .der import bits, integer, octets, oid, seq, tlv
from .request import SUBJECT, Case, pem, request

OK, BAD, NOT = "accept", "malformed-request", "not-a-request"
LABEL = "CERTIFICATE REQUEST"


def cases():
    yield from accepted()
    yield from broken()
    yield from several()
    yield from labels()
    yield from encrypted()
    yield from others()
    yield from sizes()


def accepted():
    good = request()
    block = pem(good)
    yield Case("plain.pem", OK, "a plain block", block)
    yield Case("new.pem", OK, "label NEW CERTIFICATE REQUEST", pem(good, "NEW " + LABEL))
    yield Case("plain.der", OK, "DER", good)
    yield Case("crlf.pem", OK, "lines end with CR LF", pem(good, newline="\r\n"))
    yield Case("no-last-newline.pem", OK, "no newline at the end", block.rstrip())
    yield Case("text-before.pem", OK, "text before the block", b"Please sign this:\n\n" + block)
    yield Case("text-behind.pem", OK, "text behind the block", block + b"\nThank you\n")
    yield Case("text-utf8.pem", OK, "UTF-8 text around the block", "Grüße\n".encode() + block + "Größe\n".encode())
    yield Case("text-latin1.pem", OK, "Latin-1 text before the block", b"Gr\xfc\xdfe\n" + block)
    yield Case("text-nul.pem", OK, "NUL in the text before the block", b"a\0b\n" + block)
    yield Case("bom.pem", OK, "a byte order mark before the block", b"\xef\xbb\xbf" + block)
    yield Case("bom-text.pem", OK, "a byte order mark and text before the block", b"\xef\xbb\xbfHello\r\n" + block)
    yield Case("blank-lines.pem", OK, "blank lines around the block", b"\n\n\r\n" + block + b"\n\n\n")
    yield Case("width-76.pem", OK, "lines of 76 characters", pem(good, width=76))
    yield Case("width-4.pem", OK, "lines of 4 characters", pem(good, width=4))
    yield Case("width-none.pem", OK, "all of Base64 in one line", pem(good, width=9999))
    yield Case("trailing-blanks.pem", OK, "blanks at the ends of lines", block.replace(b"\n", b"  \n"))


def broken():
    good = request()
    lines = pem(good).splitlines(keepends=True)
    first, last = lines[0], lines[-1]
    body = b"".join(lines[1:-1])
    text = base64.b64encode(good)

    def case(file, why, *parts, expected=BAD):
        return Case(f"broken-{file}.pem", expected, why, b"".join(parts))

    yield case("no-end", "the END line is missing", first, body)
    yield case("no-end-text", "text instead of the END line", first, body, b"and so on\n")
    yield case("no-begin", "the BEGIN line is missing", body, last, expected=NOT)
    yield case("only-begin", "nothing but the BEGIN line", first)
    yield case("only-end", "nothing but the END line", last, expected=NOT)
    yield case("empty", "nothing between BEGIN and END", first, last)
    yield case("blank", "a blank line between BEGIN and END", first, b"\n", last)
    yield case("end-other", "END has another label", first, body, b"-----END CERTIFICATE-----\n")
    yield case("end-new", "BEGIN says CERTIFICATE REQUEST, END says NEW", first, body, b"-----END NEW CERTIFICATE REQUEST-----\n")
    yield case("end-dashes", "the END line has too few dashes", first, body, b"-----END CERTIFICATE REQUEST---\n")
    yield case("begin-dashes", "the BEGIN line has too few dashes", b"----BEGIN CERTIFICATE REQUEST----\n", body, last, expected=NOT)
    yield case("begin-small", "BEGIN in small letters", b"-----begin certificate request-----\n", body, last, expected=NOT)
    yield case("star", "an asterisk in Base64", first, b"*", body, last)
    yield case("nul", "NUL in Base64", first, body[:70], b"\0", body[70:], last)
    yield case("utf8", "UTF-8 in Base64", first, body[:70], "ü".encode(), body[70:], last)
    yield case("url-safe", "Base64 of URLs", first, base64.urlsafe_b64encode(b"\xff\xfe\xfd" * 30), b"\n", last)
    yield case("padding-inside", "padding inside Base64", first, text[:64], b"====\n", text[64:], b"\n", last)
    yield case("padding-many", "too much padding", first, body.rstrip(), b"====\n", last)
    yield case("letter-missing", "a character of Base64 is missing", first, body[1:], last)
    yield case("letters-two", "two characters of Base64 are missing", first, body[2:], last)
    yield case("padding-none", "padding is missing", first, padded_to_one(good)[0], b"\n", last)
    yield case("bits-left", "bits behind the last octet are not zero", first, padded_to_one(good)[1], b"\n", last)
    yield case("header", "a header within the block", first, b"Comment: hello\n\n", body, last)
    yield case("checksum", "a checksum of OpenPGP behind Base64", first, body, b"=abcd\n", last)
    yield case("hex", "hexadecimal instead of Base64", first, good.hex().encode(), b"Z\n", last)
    yield case("raw", "DER instead of Base64", first, good, b"\n", last)
    yield case("reversed", "END before BEGIN", last, body, first)
    yield case("utf16", "UTF-16", pem(good).decode().encode("utf-16"), expected=NOT)


def padded_to_one(der):
    """Base64 of a request that needs padding: once without it, once with odd bits at the end."""
    while len(der) % 3 != 2:
        der = request()
    text = base64.b64encode(der)
    alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    odd = alphabet[alphabet.index(text[-2]) | 1 : (alphabet.index(text[-2]) | 1) + 1]
    return text.rstrip(b"="), text[:-2] + odd + b"="


def several():
    one, two = pem(request()), pem(request())
    yield Case("two.pem", "several-requests", "two requests", one + two)
    yield Case("two-same.pem", "several-requests", "the same request twice", one + one)
    yield Case("two-labels.pem", "several-requests", "two requests with different labels", one + pem(request(), "NEW " + LABEL))
    yield Case("two-text.pem", "several-requests", "two requests with text between", one + b"and another\n" + two)
    yield Case("twenty.pem", "several-requests", "twenty requests", one * 20)
    yield Case("nested.pem", "several-requests", "a block within a block", one[:100].rsplit(b"\n", 1)[0] + b"\n" + two + one[100:])
    yield Case("nested-base64.pem", BAD, "PEM within the Base64 of PEM", pem(one))
    yield Case("begin-twice.pem", "several-requests", "two BEGIN lines", one.split(b"\n")[0] + b"\n" + one)
    yield Case("with-certificate.pem", NOT, "a certificate behind the request", one + pem(certificate(), "CERTIFICATE"))
    yield Case("with-key.pem", NOT, "a private key (forged: its octets are zero) behind the request", one + pem(bytes(120), "PRIVATE KEY"))
    yield Case("key-first.pem", NOT, "a private key (forged: its octets are zero) before the request", pem(bytes(120), "PRIVATE KEY") + one)


def certificate():
    """The shape of a certificate, with a signature of noise."""
    dates = seq(tlv(0x17, b"260101000000Z"), tlv(0x17, b"270101000000Z"))
    algorithm = keys.p256().algorithm
    body = seq(tlv(0xA0, integer(2)), integer(4711), algorithm, SUBJECT, dates, SUBJECT, keys.p256().spki)
    return seq(body, algorithm, bits(keys.p256().sign(body)))


def labels():
    good = request()
    for label in OTHER_LABELS:
        file = label.lower().replace(" ", "-").replace("#", "")
        why = f"label {label}" + (" (forged: its octets are zero)" if "PRIVATE" in label else "")
        yield Case(f"label-{file}.pem", NOT, why, pem(bytes(120) if "PRIVATE" in label else certificate(), label))
    for label in ("", "REQUEST", "certificate request", "CERTIFICATE  REQUEST", "X509 REQUEST", "CERTIFICATE REQUEST ", "CERTIFICATE", "NEW CERTIFICATE"):
        yield Case(f"request-as-{label.replace(' ', '_') or 'nothing'}.pem", NOT, f"a good request labelled {label!r}", pem(good, label))
    yield Case("certificate.der", BAD, "a certificate in DER", certificate())
    yield Case("certificate-as-request.pem", BAD, "a certificate labelled as a request", pem(certificate()))
    yield Case("private-key.der", BAD, "a private key in DER (forged: its octets are zero)", seq(integer(0), seq(oid(keys.EC_KEY), oid(keys.p256().oid)), octets(seq(integer(1), octets(bytes(32)), tlv(0xA1, bits(bytes(65)))))))


def encrypted():
    head = "Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,00112233445566778899AABBCCDDEEFF\n\n"
    for label in (LABEL, "NEW " + LABEL, "RSA PRIVATE KEY", "EC PRIVATE KEY", "CERTIFICATE"):
        body = base64.b64encode(bytes(96)).decode()
        text = f"-----BEGIN {label}-----\n{head}{body}\n-----END {label}-----\n"
        yield Case(f"encrypted-{label.lower().replace(' ', '-')}.pem", "encrypted-pem", f"encrypted by the rules of RFC 1421, label {label} (octets are zero)", text.encode())
        yield Case(f"encrypted-{label.lower().replace(' ', '-')}-crlf.pem", "encrypted-pem", f"the same with CR LF, label {label}", text.replace("\n", "\r\n").encode())
    good = pem(request()).decode().split("\n", 1)
    yield Case("encrypted-good.pem", "encrypted-pem", "headers of encryption above a plain request", f"{good[0]}\n{head}{good[1]}".encode())


def others():
    block = pem(request())
    yield Case("empty", "empty-body", "an empty body", b"")
    yield Case("other-blanks", "empty-body", "nothing but blanks", b"  \n\n  \r\n")
    for file, why, body in (
        ("bom-only", "nothing but a byte order mark", b"\xef\xbb\xbf"),
        ("nul", "one NUL", b"\0"),
        ("text", "a sentence", b"hello, please sign my request\n"),
        ("json", "JSON around a block", b'{"csr": "' + block.replace(b"\n", b"\\n") + b'"}'),
        ("html", "HTML", b"<html><body>csr</body></html>\n"),
        ("form", "a form of the web", b"csr=-----BEGIN+CERTIFICATE+REQUEST-----%0A"),
        ("base64", "Base64 without BEGIN and END", base64.b64encode(request()) + b"\n"),
        ("ssh", "a key of SSH", b"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA eva\n"),
        ("gzip", "a block compressed by gzip", gzip.compress(block, mtime=0)),
        ("hex", "DER in hexadecimal", request().hex().encode()),
        ("ff", "noise", b"\xff" * 300),
        ("zeros", "zeros", bytes(300)),
        ("escape", "terminal escapes", b"\x1b[2J\x1b]0;owned\x07\n"),
    ):
        yield Case(f"other-{file}", NOT, why, body)


def sizes():
    block = pem(request())
    filler = b"x" * 99 + b"\n"

    def filled(size):
        missing = size - len(block)
        return (filler * (missing // 100 + 1))[-missing:] + block

    yield Case("size-65536.pem", OK, "a body of exactly 64 KiB, most of it text", filled(65536))
    yield Case("size-65537.pem", "body-too-large", "a body of 64 KiB and one octet", filled(65537))


OTHER_LABELS = [
    "CERTIFICATE",
    "X509 CERTIFICATE",
    "TRUSTED CERTIFICATE",
    "PRIVATE KEY",
    "RSA PRIVATE KEY",
    "EC PRIVATE KEY",
    "DSA PRIVATE KEY",
    "ENCRYPTED PRIVATE KEY",
    "OPENSSH PRIVATE KEY",
    "PUBLIC KEY",
    "RSA PUBLIC KEY",
    "X509 CRL",
    "PKCS7",
    "CMS",
    "PKCS #7 SIGNED DATA",
    "DH PARAMETERS",
    "EC PARAMETERS",
    "PGP MESSAGE",
    "SSH2 PUBLIC KEY",
]
