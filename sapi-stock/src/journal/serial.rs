//! Serial numbers in JSON: lower-case hex.

use serde::{Deserialize, Deserializer, Serializer, de::Error as _};

use sapi::SerialNumber;

/// Reads hex in either case, as tools and people write it: perhaps with `0x`, colons or an odd first digit.
///
/// ```
/// use sapi_stock::journal::parse_serial;
///
/// assert_eq!(parse_serial("1:FF"), parse_serial("0x01ff"));
/// assert!(parse_serial("web01").is_none());
/// ```
#[must_use]
pub fn parse_serial(text: &str) -> Option<SerialNumber> {
    let text = text.strip_prefix("0x").unwrap_or(text);
    let mut digits: Vec<u8> = Vec::new();
    for c in text.chars().filter(|c| *c != ':') {
        digits.push(u8::try_from(c.to_digit(16)?).ok()?);
    }
    if digits.len() % 2 == 1 {
        digits.insert(0, 0);
    }
    let octets: Vec<u8> = digits
        .chunks_exact(2)
        .map(|pair| pair.iter().fold(0, |octet, digit| octet << 4 | digit))
        .collect();
    SerialNumber::from_be_bytes(&octets).ok()
}

pub(super) fn serialize<S: Serializer>(serial: &SerialNumber, to: S) -> Result<S::Ok, S::Error> {
    to.collect_str(serial)
}

pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<SerialNumber, D::Error> {
    let text = String::deserialize(from)?;
    parse_serial(&text).ok_or_else(|| D::Error::custom(format!("{text:?} is no serial number")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hex_as_people_write_it() {
        let serial = |text| parse_serial(text).map(|serial| serial.to_string());
        for text in ["1ff", "01FF", "0x1ff", "01:ff", "0001ff"] {
            assert_eq!(serial(text).as_deref(), Some("01ff"), "{text}");
        }
        for text in ["", "0", "xyz", "-1", &"ff".repeat(20)] {
            assert_eq!(serial(text), None, "{text}");
        }
    }
}
