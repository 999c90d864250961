//! Encodings: DER, hex, and values as text, whatever they mean.

pub(crate) mod asn1;
pub(crate) mod der_writer;
pub mod duration;
pub(crate) mod extensions;
pub(crate) mod hex;
pub(crate) mod list;
pub(crate) mod oids;
pub mod printable;
pub(crate) mod tags;
pub(crate) mod text;
pub(crate) mod time;
