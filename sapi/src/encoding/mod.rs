//! How things are written as octets and as text, whatever they mean.

pub(crate) mod asn1;
pub(crate) mod der_writer;
pub(crate) mod hex;
pub(crate) mod time;
