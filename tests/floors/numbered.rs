//! File names that count parts instead of saying what is inside.

/// Words of the field that end in digits.
const WORDS: [&str; 9] = [
    "base64", "ed25519", "ed448", "ipv4", "ipv6", "utf8", "x509", "x25519", "x448",
];

/// Families in which a number is the name: `sha256`, `pkcs8`, `rfc5280`, `asn1`.
const FAMILIES: [&str; 6] = ["asn", "p", "pkcs", "rfc", "sha", "http"];

/// `request/foo2.rs`, `foo_2.rs`, `part1/mod.rs`: any word of the path that ends in a number.
pub(super) fn is_numbered_part(path: &str) -> bool {
    let stem = path.trim_end_matches(".rs");
    stem.split(['/', '_', '-', '.']).any(|word| {
        let name = word.trim_end_matches(|c: char| c.is_ascii_digit());
        let number = &word[name.len()..];
        !number.is_empty() && !WORDS.contains(&word) && !is_of_family(name, number)
    })
}

fn is_of_family(name: &str, number: &str) -> bool {
    // `p1` and `p2` are parts, `p256` is a curve.
    FAMILIES.contains(&name) && (name != "p" || number.len() == 3)
}
