//! Generators of cases: sensible ones, which must be issued, and wild ones, which may be anything.

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use sapi_tests::generated::{Case, Change, Field, Name, Wish};

/// A sensible case: it must lead to a certificate.
pub(super) fn sensible() -> impl Strategy<Value = Case> {
    let subject = prop_oneof![
        9 => vec(field(), 1..4),
        1 => Just(Vec::new()),
    ];
    (
        (
            any::<u8>(),
            0..3u8,
            subject,
            vec(name(), 1..6),
            vec(wish(), 0..3),
        ),
        (vec(name(), 0..3), 60..400_000_000u64, option::of(serial())),
        vec(change(), 0..8),
    )
        .prop_map(
            |((key, version, subject, requested, wishes), grant, changes)| Case {
                key,
                version,
                subject,
                requested,
                wishes: one_of_each(wishes),
                as_requested: true,
                granted: grant.0,
                seconds: grant.1,
                serial: grant.2,
                changes,
            },
        )
}

/// A wild case: anything in it may be wrong.
pub(super) fn wild() -> impl Strategy<Value = Case> {
    let name = || prop_oneof![name(), wild_name()];
    let wild_change = prop_oneof![
        3 => change(),
        1 => wild_name().prop_map(Change::AddName),
        1 => any::<u8>().prop_map(Change::RepeatName),
        1 => Just(Change::DropNames),
        1 => any::<u64>().prop_map(Change::Shorten),
        1 => vec((any::<u8>(), any::<String>()).prop_map(|(kind, value)| Field { kind, value }), 0..4)
            .prop_map(Change::Subject),
        1 => (oid(), any::<bool>(), vec(any::<u8>(), 0..40))
            .prop_map(|(kind, critical, value)| Change::Extension(kind, critical, value)),
        1 => any::<String>().prop_map(Change::Crl),
        1 => any::<String>().prop_map(Change::Policy),
    ];
    let wish = (any::<u8>(), any::<bool>(), vec(any::<u8>(), 0..20)).prop_map(
        |(kind, critical, value)| Wish {
            kind,
            critical,
            value,
        },
    );
    (
        (
            any::<u8>(),
            any::<u8>(),
            vec(field(), 0..3),
            vec(name(), 0..6),
            vec(wish, 0..2),
        ),
        (
            any::<bool>(),
            vec(name(), 0..4),
            any::<u64>(),
            option::of(vec(any::<u8>(), 0..24)),
        ),
        vec(wild_change, 0..8),
    )
        .prop_map(
            |((key, version, subject, requested, wishes), grant, changes)| Case {
                key,
                version: version % 4,
                subject,
                requested,
                wishes,
                as_requested: grant.0,
                granted: grant.1,
                seconds: grant.2,
                serial: grant.3,
                changes,
            },
        )
}

fn field() -> impl Strategy<Value = Field> {
    // CN, O, OU, L and ST; any text without control characters.
    let kind = prop::sample::select(vec![0u8, 1, 2, 4, 5]);
    (kind, "[A-Za-zÄ-ü0-9 ,+=\"<>#;\\\\/]{1,60}").prop_map(|(kind, value)| Field { kind, value })
}

fn name() -> impl Strategy<Value = Name> {
    prop_oneof![
        4 => dns().prop_map(Name::Dns),
        1 => any::<[u8; 4]>().prop_map(Name::Ip4),
        1 => any::<[u8; 16]>().prop_map(Name::Ip6),
        1 => ("[a-z0-9!#$%&'*+=?^_`{|}~-]{1,20}", dns_without_wildcard())
            .prop_map(|(local, host)| Name::Email(format!("{local}@{host}"))),
        1 => ("[a-z]{1,8}", "(//[a-z]{1,9}(/([a-z0-9?:@=&.-]|%[0-9A-F]{2}){0,20})?|[a-z0-9:.-]{1,20})")
            .prop_map(|(scheme, rest)| Name::Uri(format!("{scheme}:{rest}"))),
    ]
}

fn dns() -> impl Strategy<Value = String> {
    ("(\\*\\.)?", dns_without_wildcard()).prop_map(|(star, host)| star + &host)
}

fn dns_without_wildcard() -> impl Strategy<Value = String> {
    "([a-zA-Z0-9_]([a-z0-9-]{0,20}[a-z0-9])?\\.){0,4}[a-z]{2,10}"
}

fn wild_name() -> impl Strategy<Value = Name> {
    prop_oneof![
        any::<String>().prop_map(Name::Dns),
        any::<String>().prop_map(Name::Email),
        any::<String>().prop_map(Name::Uri),
        "[ -~]{0,300}".prop_map(Name::Dns),
    ]
}

/// A serial number that is positive and fits.
fn serial() -> impl Strategy<Value = Vec<u8>> {
    (1..0x80u8, vec(any::<u8>(), 0..19)).prop_map(|(first, rest)| [&[first], &rest[..]].concat())
}

/// A wish for anything but a CA.
fn wish() -> impl Strategy<Value = Wish> {
    let kind = prop::sample::select(vec![2u8, 3, 4, 5, 6, 7, 8]);
    (kind, any::<bool>(), vec(any::<u8>(), 0..20)).prop_map(|(kind, critical, value)| Wish {
        kind,
        critical,
        value,
    })
}

fn one_of_each(wishes: Vec<Wish>) -> Vec<Wish> {
    let mut seen = Vec::new();
    let first = |wish: &Wish| {
        !seen.contains(&wish.kind) && {
            seen.push(wish.kind);
            true
        }
    };
    wishes.into_iter().filter(first).collect()
}

/// What a sensible hook may do, and what a draft refuses.
fn change() -> impl Strategy<Value = Change> {
    prop_oneof![
        (any::<u8>(), any::<bool>()).prop_map(|(place, on)| Change::Usage(place, on)),
        (1..30u8).prop_map(Change::Purposes),
        Just(Change::NoPurposes),
        "http://[a-z]{1,20}\\.example/[a-z]{0,9}".prop_map(Change::Crl),
        "http://[a-z]{1,20}\\.example".prop_map(Change::Ocsp),
        "http://[a-z]{1,20}\\.example/ca".prop_map(Change::CaIssuer),
        oid().prop_map(Change::Policy),
        // After now, or the certificate would end before it begins.
        (2_000_000_060..3_000_000_000u64).prop_map(Change::Shorten),
        (oid(), any::<bool>(), der())
            .prop_map(|(kind, critical, value)| { Change::Extension(kind, critical, value) }),
        vec(field(), 1..3).prop_map(Change::Subject),
    ]
}

/// A private OID, or one that the draft or a CA uses.
fn oid() -> impl Strategy<Value = String> {
    prop_oneof![
        3 => (1..9u32, 1..99_999u32).prop_map(|(a, b)| format!("1.3.6.1.4.1.32473.{a}.{b}")),
        1 => (1..70u8).prop_map(|last| format!("2.5.29.{last}")),
        1 => (1..20u8).prop_map(|last| format!("1.3.6.1.5.5.7.1.{last}")),
    ]
}

/// One element of DER.
fn der() -> impl Strategy<Value = Vec<u8>> {
    vec(any::<u8>(), 0..100).prop_map(|content| {
        let length = u8::try_from(content.len()).unwrap();
        [&[4, length], &content[..]].concat()
    })
}
