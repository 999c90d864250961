//! Octets as hex.

/// Writes two digits for each octet. It avoids `format!`, because every issuance writes about 200 digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    let digit = |value: u8| {
        char::from(if value < 10 {
            b'0' + value
        } else {
            b'a' + value - 10
        })
    };
    let digits = |byte: &u8| [digit(byte >> 4), digit(byte & 15)];
    let mut text = String::with_capacity(2 * bytes.len());
    text.extend(bytes.iter().flat_map(digits));
    text
}

/// Reads two digits for each octet, in either case.
pub(crate) fn octets(text: &str) -> Option<Vec<u8>> {
    let digit = |c: &u8| {
        char::from(*c)
            .to_digit(16)
            .and_then(|digit| u8::try_from(digit).ok())
    };
    let octet = |pair: &[u8]| match pair {
        [high, low] => Some(digit(high)? << 4 | digit(low)?),
        _ => None,
    };
    text.as_bytes().chunks(2).map(octet).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn either_case_is_read() {
        assert_eq!(octets("00fFA9"), Some(vec![0, 0xff, 0xa9]));
        assert_eq!(octets(""), Some(vec![]));
        for bad in ["0", "fff", "0g", "+1", " 1", "é"] {
            assert_eq!(octets(bad), None, "{bad}");
        }
    }

    #[test]
    fn every_octet_has_its_two_digits() {
        let all: Vec<u8> = (0..=255).collect();
        let formatted: String = all.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(hex(&all), formatted);
    }
}
