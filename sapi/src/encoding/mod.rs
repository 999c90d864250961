//! Encodings, DER and hex, whatever the octets mean.

pub(crate) mod asn1;
pub(crate) mod der_writer;
pub(crate) mod hex;
pub(crate) mod time;
