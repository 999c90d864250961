//! Tests of the issuer: its name and its chain.

use super::*;
use crate::testing::{Authority, RequestBuilder};

fn name(common_name: &str) -> DistinguishedName {
    DistinguishedName::from_fields([("CN", common_name)]).unwrap()
}

#[test]
fn its_name_in_other_letters_is_its_name() {
    let ca = Authority::new().with_subject(name("Test CA"));
    let identity = ca.identity();
    let issuer = identity.issuer();
    assert!(issuer.is_called(&name("Test CA")) && issuer.is_called(&name("test  ca")));
    assert!(!issuer.is_called(&name("Test CA 2")));
    assert_eq!(issuer.subject_text(), "CN=Test CA");
    let refused = issuer.refuse_own(&RequestBuilder::new().common_name("TEST CA").build());
    assert_eq!(refused.unwrap_err().slug(), "ca-subject");
    assert!(
        issuer
            .refuse_own(&RequestBuilder::new().common_name("web01").build())
            .is_ok()
    );
}

#[test]
fn the_chain_is_what_stands_above() {
    let root = Authority::new();
    let below = root.intermediate("Below");
    let identity = below.identity();
    let issuer = identity.issuer();
    let chain: Vec<_> = issuer
        .chain()
        .iter()
        .map(|link| link.to_der().unwrap())
        .collect();
    assert_eq!(chain, [root.certificate().to_der().unwrap()]);
    assert!(root.identity().issuer().chain().is_empty());
}
