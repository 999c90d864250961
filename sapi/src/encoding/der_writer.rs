//! A writer of DER. It writes front to back and inserts each length once the content is known.

use der::asn1::ObjectIdentifier;
use der::{Encode, Header, Length, SliceWriter, Tag};

/// A growing piece of DER.
#[derive(Default)]
pub(crate) struct DerWriter(Vec<u8>);

impl DerWriter {
    pub(crate) fn with_capacity(octets: usize) -> Self {
        Self(Vec::with_capacity(octets))
    }

    /// Adds octets that are already DER.
    pub(crate) fn raw(&mut self, der: &[u8]) {
        self.0.extend_from_slice(der);
    }

    /// Adds a value that knows its own encoding.
    pub(crate) fn value(&mut self, value: &impl Encode) -> der::Result<()> {
        value.encode_to_vec(&mut self.0).map(|_| ())
    }

    /// Adds an element with the given content.
    pub(crate) fn element(&mut self, tag: Tag, content: &[u8]) -> der::Result<()> {
        self.nest(tag, |inner| {
            inner.raw(content);
            Ok(())
        })
    }

    /// Adds an element. `write` adds its content.
    pub(crate) fn nest(
        &mut self,
        tag: Tag,
        write: impl FnOnce(&mut Self) -> der::Result<()>,
    ) -> der::Result<()> {
        let start = self.0.len();
        write(self)?;
        let content = Length::try_from(self.0.len() - start)?;
        let mut octets = [0; 12];
        let mut header = SliceWriter::new(&mut octets);
        Header::new(tag, content).encode(&mut header)?;
        self.0
            .splice(start..start, header.finish()?.iter().copied());
        Ok(())
    }

    /// Adds `Extension ::= SEQUENCE { extnID, critical BOOLEAN DEFAULT FALSE, extnValue OCTET STRING }`.
    pub(crate) fn extension(
        &mut self,
        kind: ObjectIdentifier,
        critical: bool,
        value: &[u8],
    ) -> der::Result<()> {
        self.nest(Tag::Sequence, |fields| {
            fields.value(&kind)?;
            if critical {
                fields.value(&true)?;
            }
            fields.element(Tag::OctetString, value)
        })
    }

    pub(crate) fn finish(self) -> Vec<u8> {
        self.0
    }
}
