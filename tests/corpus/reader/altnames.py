"""Alternative names: which are acceptable."""

import re

from .der import SEQUENCE, Reader, malformed
from .refusal import Refusal

MAX_NAMES = 100
LABEL = re.compile(rb"[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?")
IPV4 = re.compile(rb"[0-9]{1,3}(?:\.[0-9]{1,3}){3}")
LOCAL_PART = re.compile(rb"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
URI = re.compile(
    rb"[A-Za-z][A-Za-z0-9+.-]*:(?:[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=-]|%[0-9A-Fa-f]{2})+"
)
EMAIL, DNS, URI_NAME, IP = 0x81, 0x82, 0x86, 0x87
# otherName, x400Address, directoryName, ediPartyName, registeredID: read, never granted.
UNSUPPORTED = (0xA0, 0xA3, 0xA4, 0xA5, 0x88)


def unacceptable(reason):
    return Refusal("unacceptable-name", reason)


def read_alternative_names(value):
    """Checks the value of a subjectAltName extension."""
    outer = Reader(value)
    names = outer.inside(SEQUENCE, "subjectAltName")
    outer.done("subjectAltName")
    if not names.more():
        raise unacceptable("no name in subjectAltName")
    found = set()
    while names.more():
        tag, _, begin, end = names.any()
        content = value[begin:end]
        if tag in UNSUPPORTED:
            raise unacceptable("unsupported kind of name")
        if tag not in CHECKS:
            raise malformed("unknown kind of name")
        if not CHECKS[tag](content):
            raise unacceptable(f"bad name {content[:40]!r}")
        found.add((tag, content.lower()))
    if len(found) > MAX_NAMES:
        raise unacceptable("too many names")


def is_host(text):
    """A host name of RFC 1123, with underscores; not the text of an IPv4 address."""
    if len(text) > 253 or IPV4.fullmatch(text):
        return False
    return all(LABEL.fullmatch(label) for label in text.split(b"."))


def is_dns(text):
    # RFC 6125, section 6.4.3: a wildcard only as the whole leftmost label.
    if text.startswith(b"*."):
        return len(text) <= 253 and is_host(text[2:])
    return is_host(text)


def is_email(text):
    local, _, host = text.rpartition(b"@")
    return (
        len(text) <= 254
        and 0 < len(local) <= 64
        and LOCAL_PART.fullmatch(local) is not None
        and is_host(host)
    )


def is_uri(text):
    return URI.fullmatch(text) is not None


def is_ip(content):
    return len(content) in (4, 16)


CHECKS = {EMAIL: is_email, DNS: is_dns, URI_NAME: is_uri, IP: is_ip}
