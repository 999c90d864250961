"""A strict reader of DER (X.690): one element at a time, nothing forgiven."""

from .refusal import Refusal

BOOLEAN, INTEGER, BIT_STRING, OCTET_STRING, NULL, OID = 0x01, 0x02, 0x03, 0x04, 0x05, 0x06
SEQUENCE, SET = 0x30, 0x31
# Tag numbers below 31; of the universal class only those that exist, and strings only primitive
# (X.690, section 10.2), EXTERNAL and EMBEDDED PDV, like SEQUENCE and SET, only constructed.
TAGS = frozenset(
    [n for n in range(1, 31) if n not in (8, 11, 14, 15, 16, 17)]
    + [0x28, 0x2B, SEQUENCE, SET]
    + [n for n in range(0x40, 0x100) if n & 0x1F != 0x1F]
)


def malformed(reason):
    return Refusal("malformed-request", reason)


class Reader:
    """Walks over the elements inside `data[start:end]`."""

    __slots__ = ("data", "at", "end")

    def __init__(self, data, start=0, end=None):
        self.data = data
        self.at = start
        self.end = len(data) if end is None else end

    def more(self):
        return self.at < self.end

    def peek(self):
        """The tag that comes next, or None at the end."""
        return self.data[self.at] if self.at < self.end else None

    def any(self):
        """The next element: tag, start of the whole, start and end of its content."""
        data, start, end = self.data, self.at, self.end
        if start + 2 > end:
            raise malformed("element runs out")
        tag, at = data[start], start + 1
        if tag & 0x1F == 0x1F:
            tag, at = self.long_tag(at)
        elif tag not in TAGS:
            raise malformed(f"tag {tag:02x}")
        if at >= end:
            raise malformed("length missing")
        length, at = data[at], at + 1
        if length == 0x80:
            raise malformed("indefinite length")
        if length > 0x80:
            count = length & 0x7F
            if count > 4 or at + count > end:
                raise malformed("length too long")
            length = int.from_bytes(data[at : at + count], "big")
            if length < 0x80 or data[at] == 0:
                raise malformed("length not minimal")
            at += count
        if at + length > end:
            raise malformed("content runs out")
        if tag == NULL and length:
            raise malformed("NULL with content")
        self.at = at + length
        return tag, start, at, at + length

    def long_tag(self, at):
        """A tag number above 30; the answer equals no tag that is ever expected."""
        number, first = 0, at
        while at < self.end and at < first + 3:
            octet, at = self.data[at], at + 1
            number = number << 7 | octet & 0x7F
            if octet < 0x80:
                if number < 31 or self.data[first] == 0x80:
                    break
                return 0x100 + number, at
        raise malformed("tag number not minimal, cut off or too large")

    def expect(self, tag, what):
        """The next element, which must carry `tag`: start of the whole, start and end of content."""
        found, start, begin, end = self.any()
        if found != tag:
            raise malformed(f"{what}: tag {found:02x} instead of {tag:02x}")
        return start, begin, end

    def inside(self, tag, what):
        """A reader of the content of the next element."""
        _, begin, end = self.expect(tag, what)
        return Reader(self.data, begin, end)

    def done(self, what):
        if self.at != self.end:
            raise malformed(f"{what}: trailing data")

    def oid(self, what="object identifier"):
        """The content octets of an OBJECT IDENTIFIER, checked to be well formed."""
        _, begin, end = self.expect(OID, what)
        octets = self.data[begin:end]
        check_oid(octets, what)
        return octets

    def integer(self, what="integer"):
        _, begin, end = self.expect(INTEGER, what)
        return read_integer(self.data[begin:end], what)

    def boolean(self, what="boolean"):
        _, begin, end = self.expect(BOOLEAN, what)
        content = self.data[begin:end]
        if content not in (b"\x00", b"\xff"):
            raise malformed(f"{what}: neither 00 nor ff")
        return content == b"\xff"

    def octets(self, what="octet string"):
        _, begin, end = self.expect(OCTET_STRING, what)
        return self.data[begin:end]

    def whole_octets(self, what):
        """The content of a BIT STRING without unused bits."""
        _, begin, end = self.expect(BIT_STRING, what)
        if begin == end:
            raise malformed(f"{what}: empty bit string")
        if self.data[begin] != 0:
            raise malformed(f"{what}: unused bits")
        return self.data[begin + 1 : end]


def check_oid(octets, what):
    if not octets or octets[-1] & 0x80:
        raise malformed(f"{what}: bad object identifier")
    first = True
    for octet in octets:
        if first and octet == 0x80:
            raise malformed(f"{what}: padded arc")
        first = not octet & 0x80


def read_integer(content, what):
    if not content:
        raise malformed(f"{what}: empty integer")
    if len(content) > 1 and (
        (content[0] == 0 and content[1] < 0x80) or (content[0] == 0xFF and content[1] >= 0x80)
    ):
        raise malformed(f"{what}: padded integer")
    return int.from_bytes(content, "big", signed=True)


def encode_oid(dotted):
    """The content octets of a dotted object identifier."""
    arcs = [int(arc) for arc in dotted.split(".")]
    out = bytearray()
    for arc in [arcs[0] * 40 + arcs[1], *arcs[2:]]:
        septets = [arc & 0x7F]
        while arc := arc >> 7:
            septets.append(arc & 0x7F | 0x80)
        out += bytes(reversed(septets))
    return bytes(out)
