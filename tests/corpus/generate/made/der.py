"""A tiny writer of DER that can also write what DER forbids."""

BOOLEAN, INTEGER, BIT_STRING, OCTET_STRING, NULL_TAG, OID_TAG = 1, 2, 3, 4, 5, 6
UTF8, PRINTABLE, TELETEX, IA5, UNIVERSAL, BMP = 0x0C, 0x13, 0x14, 0x16, 0x1C, 0x1E
SEQUENCE, SET = 0x30, 0x31


def length(count, form=""):
    """Length octets; form "long" takes one octet too many, "indefinite" says 80."""
    if form == "indefinite":
        return b"\x80"
    octets = count.to_bytes((count.bit_length() + 7) // 8, "big")
    if form == "long":
        octets = b"\0" * (1 if len(octets) else 2) + octets if count > 127 else octets or b"\0"
        return bytes([0x80 | len(octets)]) + octets
    return bytes([count]) if count < 128 else bytes([0x80 | len(octets)]) + octets


def tlv(tag, content, form=""):
    """One element; forms besides those of `length`: "junk" (a 00 behind the content, inside) and
    "other" (constructed instead of primitive, or the reverse)."""
    if form == "junk":
        content += b"\0"
    if form == "other":
        tag ^= 0x20
    end = b"\0\0" if form == "indefinite" else b""
    return bytes([tag]) + length(len(content), form) + content + end


def seq(*parts, form=""):
    return tlv(SEQUENCE, b"".join(parts), form)


def set_(*parts, form=""):
    return tlv(SET, b"".join(parts), form)


def integer(value):
    return tlv(INTEGER, value.to_bytes(value.bit_length() // 8 + 1, "big", signed=True))


def boolean(value):
    return tlv(BOOLEAN, b"\xff" if value else b"\0")


def octets(content, form=""):
    return tlv(OCTET_STRING, content, form)


def bits(content, unused=0, form=""):
    return tlv(BIT_STRING, bytes([unused]) + content, form)


NULL = tlv(NULL_TAG, b"")


def oid(dotted, form=""):
    arcs = [int(arc) for arc in dotted.split(".")]
    out = b""
    for arc in [arcs[0] * 40 + arcs[1], *arcs[2:]]:
        septets = [arc & 0x7F]
        while arc := arc >> 7:
            septets.append(arc & 0x7F | 0x80)
        out += bytes(reversed(septets))
    return tlv(OID_TAG, out, form)


def text(value, tag=UTF8, form=""):
    return tlv(tag, value if isinstance(value, bytes) else value.encode(), form)
