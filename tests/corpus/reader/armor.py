"""From the body to the DER of one request: size, PEM armor (RFC 7468), Base64."""

import binascii
import re

from .refusal import Refusal

MAX_BODY = 65536
LABELS = (b"CERTIFICATE REQUEST", b"NEW CERTIFICATE REQUEST")
BEGIN = re.compile(rb"-----BEGIN (.*)-----[ \t]*")
END = re.compile(rb"-----END (.*)-----[ \t]*")
BASE64 = re.compile(rb"[A-Za-z0-9+/]*={0,2}")
LINES = re.compile(rb"\r\n|\n|\r")
BOM = b"\xef\xbb\xbf"


def to_der(body):
    """The DER in a body, be it DER already or PEM with text around it."""
    if not body.strip():
        raise Refusal("empty-body")
    if len(body) > MAX_BODY:
        raise Refusal("body-too-large")
    # A request is far longer than 127 octets: DER begins with 30 8x, which no text does.
    if body[0] == 0x30 and len(body) > 1 and body[1] >= 0x80:
        return bytes(body)
    if body.startswith(BOM):
        body = body[len(BOM) :]
    lines = LINES.split(body)
    begins = [i for i, line in enumerate(lines) if BEGIN.fullmatch(line)]
    if not begins:
        # A lone DER element with a short length is DER all the same, only not a request.
        if body[:1] == b"\x30" and len(body) > 1 and body[1] == len(body) - 2:
            raise Refusal("malformed-request", "DER, but no request")
        raise Refusal("not-a-request", "no PEM block")
    first = begins[0]
    if any(is_encrypted(line) for line in lines[first:]):
        raise Refusal("encrypted-pem")
    labels = [BEGIN.fullmatch(lines[i]).group(1) for i in begins]
    for label in labels:
        if label not in LABELS:
            raise Refusal("not-a-request", "PEM label " + repr(label))
    if len(begins) > 1:
        raise Refusal("several-requests")
    return decode(lines[first + 1 :], labels[0])


def is_encrypted(line):
    return line.startswith(b"Proc-Type:") and b"ENCRYPTED" in line


def decode(lines, label):
    text = []
    for line in lines:
        if line.startswith(b"-----"):
            end = END.fullmatch(line)
            if not end or end.group(1) != label:
                raise Refusal("malformed-request", "END line does not match")
            return decode_base64(b"".join(text))
        text.append(re.sub(rb"[ \t]+", b"", line))
    raise Refusal("malformed-request", "no END line")


def decode_base64(text):
    if not text or len(text) % 4 or not BASE64.fullmatch(text):
        raise Refusal("malformed-request", "bad Base64")
    der = binascii.a2b_base64(text)
    # Bits behind the last octet must be zero (RFC 4648, section 3.5).
    if binascii.b2a_base64(der, newline=False) != text:
        raise Refusal("malformed-request", "Base64 not canonical")
    return der
