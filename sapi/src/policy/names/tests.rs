//! Names, checked against rules.

use super::*;

fn reason(names: &Names, name: &str) -> String {
    match names.check(&[name.parse().unwrap()]) {
        Ok(()) => "allowed".into(),
        Err(Rejection::Denied { reason }) => reason.into_owned(),
        Err(other) => panic!("{other:?}"),
    }
}

#[test]
fn each_refusal_names_the_name_and_the_rule() {
    let names = Names::none()
        .dns_under("Example.com")
        .and_then(|names| names.dns("one.example.net"))
        .and_then(|names| names.ip("192.0.2.0/24"))
        .and_then(|names| names.uri("spiffe://example.org/**"))
        .unwrap();
    for (name, said) in [
        ("DNS:a.b.example.com", "allowed"),
        ("DNS:EXAMPLE.COM", "allowed"),
        ("DNS:one.example.net", "allowed"),
        ("IP:192.0.2.255", "allowed"),
        ("URI:spiffe://example.org/a/b", "allowed"),
        (
            "DNS:badexample.com",
            "DNS:badexample.com: is not allowed; allowed are example.com and below, one.example.net",
        ),
        (
            "DNS:a.one.example.net",
            "DNS:a.one.example.net: is not allowed",
        ),
        (
            "DNS:*.example.com",
            "DNS:*.example.com: wildcards are not allowed",
        ),
        (
            "IP:192.0.3.0",
            "IP:192.0.3.0: is not allowed; allowed are 192.0.2.0/24",
        ),
        ("IP:::ffff:192.0.2.1", "is not allowed"),
        (
            "email:a@example.com",
            "email:a@example.com: names of this kind are not allowed",
        ),
        (
            "URI:spiffe://example.net/a",
            "URI:spiffe://example.net/a: is not allowed; allowed are spiffe://example.org/**",
        ),
    ] {
        let reason = reason(&names, name);
        assert!(reason.contains(said), "{reason}");
    }
    let with = names.wildcards();
    assert_eq!(reason(&with, "DNS:*.example.com"), "allowed");
    assert_eq!(reason(&with, "DNS:*.a.example.com"), "allowed");
    for outside in ["DNS:*.com", "DNS:*.example.net", "DNS:*.badexample.com"] {
        assert!(
            reason(&with, outside).contains("is not allowed"),
            "{outside}"
        );
    }
}

#[test]
fn a_list_allows_its_names_and_is_not_told() {
    let list = ["DNS:*.example.com", "email:ops@example.com", "IP:192.0.2.1"];
    let names = list.iter().map(|name| name.parse().unwrap());
    let names = names.fold(Names::none(), Names::exactly);
    for name in list {
        assert_eq!(reason(&names, name), "allowed");
    }
    for name in ["DNS:www.example.com", "email:a@example.com", "URI:a://b/"] {
        let told = format!("{name}: is not among the allowed names");
        assert_eq!(reason(&names, name), told);
    }
    let told = reason(&names, "DNS:*.example.net");
    assert_eq!(told, "DNS:*.example.net: wildcards are not allowed");
}

#[test]
fn a_slip_in_a_rule_is_told_when_it_is_made() {
    for bad in ["", "*.example.com", "a b", ".example.com", "10.0.0.1"] {
        assert!(Names::none().dns(bad).is_err(), "{bad}");
        assert!(Names::none().dns_under(bad).is_err(), "{bad}");
        assert!(Names::none().email_at(bad).is_err(), "{bad}");
    }
    for bad in ["", "10.0.0.0/33", "example.com", "10.0.0"] {
        assert!(Names::none().ip(bad).is_err(), "{bad}");
    }
}
