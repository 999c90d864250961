//! Serial numbers of certificates.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use openssl::error::ErrorStack;
#[cfg(not(test))]
use openssl::rand::rand_bytes as draw;

use crate::encoding::hex::{hex, octets};
use crate::encoding::text::serde_as_text;

/// A certificate's serial number: positive, at most 20 octets (RFC 5280 section 4.1.2.2).
///
/// ```
/// use sapi::SerialNumber;
///
/// let serial = SerialNumber::from_be_bytes(&[0x00, 0x01, 0xff]).unwrap();
/// assert_eq!(serial.to_string(), "01ff");
/// assert_eq!(serial, "1:FF".parse()?);
/// assert!(SerialNumber::from_be_bytes(&[0]).is_err());
/// # Ok::<(), sapi::InvalidSerialNumber>(())
/// ```
///
/// With serde it is the text of `Display`.
#[derive(Clone, PartialEq, Eq, Hash)]
#[doc(alias = "SERIAL_NUMBER_GENERATOR_CB")]
pub struct SerialNumber {
    /// Big-endian, without leading zero octets; not empty.
    octets: Vec<u8>,
}

impl SerialNumber {
    /// Draws 159 random bits from OpenSSL's generator: 20 octets with the top bit clear. With it set,
    /// the encoding would take 21.
    ///
    /// # Errors
    ///
    /// OpenSSL's error, if its random generator fails.
    ///
    /// ```
    /// use sapi::SerialNumber;
    ///
    /// assert_ne!(SerialNumber::random()?, SerialNumber::random()?);
    /// # Ok::<(), openssl::error::ErrorStack>(())
    /// ```
    pub fn random() -> Result<Self, ErrorStack> {
        loop {
            let mut octets = [0; 20];
            draw(&mut octets)?;
            if let Some(first) = octets.first_mut() {
                *first &= 0x7f;
            }
            // Only zero is not a serial number; draw again then.
            if let Ok(serial) = Self::from_be_bytes(&octets) {
                return Ok(serial);
            }
        }
    }

    /// A serial number from big-endian octets.
    ///
    /// # Errors
    ///
    /// [`InvalidSerialNumber`] for zero, or if the positive INTEGER takes more than 20 octets.
    ///
    /// ```
    /// use sapi::SerialNumber;
    ///
    /// assert!(SerialNumber::from_be_bytes(&[0x7f; 20]).is_ok());
    /// assert!(SerialNumber::from_be_bytes(&[0x80; 20]).is_err());
    /// ```
    pub fn from_be_bytes(bytes: &[u8]) -> Result<Self, InvalidSerialNumber> {
        let start = bytes.iter().position(|byte| *byte != 0);
        let octets = start.and_then(|start| bytes.get(start..));
        let Some(octets) = octets else {
            return Err(InvalidSerialNumber("is zero, and must be positive".into()));
        };
        let sign = usize::from(octets.first().is_some_and(|first| *first >= 0x80));
        if octets.len() + sign > 20 {
            return Err(InvalidSerialNumber(
                "takes more than 20 octets, the sign bit included".into(),
            ));
        }
        Ok(Self {
            octets: octets.to_vec(),
        })
    }

    /// Big-endian, without leading zero octets.
    ///
    /// ```
    /// let serial = sapi::SerialNumber::from_be_bytes(&[0, 7]).unwrap();
    /// assert_eq!(serial.as_be_bytes(), [7]);
    /// ```
    #[must_use]
    pub fn as_be_bytes(&self) -> &[u8] {
        &self.octets
    }
}

/// Lower-case hex, two digits to an octet.
impl fmt::Display for SerialNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex(&self.octets))
    }
}

impl fmt::Debug for SerialNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SerialNumber({self})")
    }
}

/// Reads hex in either case, as tools and people write it: perhaps with `0x`, colons or an odd first digit.
impl FromStr for SerialNumber {
    type Err = InvalidSerialNumber;

    fn from_str(text: &str) -> Result<Self, InvalidSerialNumber> {
        let mut digits = text.strip_prefix("0x").unwrap_or(text).replace(':', "");
        if digits.len() % 2 == 1 {
            digits.insert(0, '0');
        }
        match octets(&digits) {
            Some(octets) if !octets.is_empty() => Self::from_be_bytes(&octets),
            _ => {
                let start: String = text.chars().take(60).collect();
                let rule = format!("{start:?} is not written in hexadecimal");
                Err(InvalidSerialNumber(rule.into()))
            }
        }
    }
}

serde_as_text!(SerialNumber);

/// Octets or a text are not a serial number (RFC 5280 section 4.1.2.2).
///
/// ```
/// let error = sapi::SerialNumber::from_be_bytes(&[0, 0]).unwrap_err();
/// assert_eq!(error.to_string(), "the serial number is zero, and must be positive");
/// ```
#[derive(Debug, thiserror::Error)]
#[error("the serial number {0}")]
pub struct InvalidSerialNumber(Cow<'static, str>);

#[cfg(test)]
use no_random_numbers::draw;

/// Lets the random generator fail in unit tests, on the thread that asks for it.
#[cfg(test)]
pub(crate) mod no_random_numbers {
    use std::cell::Cell;

    use openssl::error::ErrorStack;

    thread_local! {
        static NONE: Cell<bool> = const { Cell::new(false) };
    }

    pub(crate) fn set(none: bool) {
        NONE.set(none);
    }

    pub(super) fn draw(octets: &mut [u8]) -> Result<(), ErrorStack> {
        if NONE.get() {
            return Err(ErrorStack::get());
        }
        openssl::rand::rand_bytes(octets)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positive_and_at_most_20_octets_encoded() {
        for length in 1..=20 {
            assert!(SerialNumber::from_be_bytes(&vec![0x7f; length]).is_ok());
        }
        assert!(SerialNumber::from_be_bytes(&[0x80; 19]).is_ok());
        for bad in [&[][..], &[0], &[0; 30], &[0x80; 20], &[1; 21]] {
            assert!(SerialNumber::from_be_bytes(bad).is_err(), "{bad:?}");
        }
        let padded = [&[0; 9][..], &[1; 20]].concat();
        assert_eq!(
            SerialNumber::from_be_bytes(&padded).unwrap().as_be_bytes(),
            [1; 20]
        );
    }

    #[test]
    fn what_is_wrong_with_octets_is_told() {
        let told = |octets: &[u8]| SerialNumber::from_be_bytes(octets).unwrap_err().to_string();
        assert_eq!(
            told(&[0]),
            "the serial number is zero, and must be positive"
        );
        assert!(told(&[1; 21]).starts_with("the serial number "));
        assert_ne!(told(&[1; 21]), told(&[0]));
    }

    #[test]
    fn hex_as_people_write_it() {
        let serial = |text: &str| text.parse::<SerialNumber>();
        for text in ["1ff", "01FF", "0x1ff", "01:ff", "0001ff"] {
            assert_eq!(serial(text).unwrap().to_string(), "01ff", "{text}");
        }
        for text in ["", ":", "0", "xyz", "-1", &"ff".repeat(20)] {
            assert!(serial(text).is_err(), "{text}");
        }
        let told = serial("web01").unwrap_err().to_string();
        assert_eq!(
            told,
            "the serial number \"web01\" is not written in hexadecimal"
        );
    }

    #[test]
    fn files_keep_the_text_of_a_number() {
        let number: SerialNumber = serde_json::from_str("\"1:FF\"").unwrap();
        assert_eq!(serde_json::to_value(&number).unwrap(), "01ff");
        assert!(serde_json::from_str::<SerialNumber>("\"0\"").is_err());
    }

    #[test]
    fn random_ones_fit_and_differ() {
        let drawn: std::collections::HashSet<_> =
            (0..2000).map(|_| SerialNumber::random().unwrap()).collect();
        assert_eq!(drawn.len(), 2000);
        assert!(drawn.iter().all(|s| s.as_be_bytes().len() <= 20));
        assert!(
            drawn
                .iter()
                .all(|s| s.as_be_bytes()[0] < 0x80 || s.as_be_bytes().len() < 20)
        );
    }
}
