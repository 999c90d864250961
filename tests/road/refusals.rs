//! What a request or a hook cannot get.

use sapi::testing::{Authority, Harness, RequestBuilder};
use sapi::{
    AltName, CertRequest, DistinguishedName, DraftCertificate, Extension, Rejection, Terms,
    Validity, Verdict,
};

use super::scripted::{Scripted, drafting, request, source_of};

async fn slug_of(harness: Harness, request: &CertRequest) -> &'static str {
    harness.issue("web01", request).await.unwrap_err().slug()
}

fn day_by_day() -> Harness {
    Harness::new(Scripted::granting(Validity::days(1)))
}

#[tokio::test]
async fn the_cas_own_key_and_name() {
    let subject = DistinguishedName::from_fields([("O", "Example"), ("CN", "Example CA")]).unwrap();
    let ca = Authority::new().with_subject(subject.clone());
    let with_key = RequestBuilder::new()
        .common_name("a")
        .key(ca.key().clone())
        .build();
    let with_name = RequestBuilder::new()
        .subject_der(subject.as_der())
        .dns("a.example")
        .build();
    assert_eq!(
        slug_of(day_by_day().authority(ca.clone()), &with_key).await,
        "ca-key"
    );
    assert_eq!(
        slug_of(day_by_day().authority(ca), &with_name).await,
        "ca-subject"
    );
}

#[tokio::test]
async fn a_certificate_that_names_nobody() {
    let nobody = RequestBuilder::new().build();
    assert_eq!(slug_of(day_by_day(), &nobody).await, "no-name");
    let harness = drafting(|draft| {
        draft.set_subject(DistinguishedName::from_fields([]).unwrap());
        draft.names_mut().clear();
        Ok(())
    });
    assert_eq!(slug_of(harness, &request()).await, "no-name");
    // Asked for, but not granted.
    let wishing = RequestBuilder::new().dns("www.example.com").build();
    let hooks =
        Scripted::default().authorize(|_| Ok(Verdict::Grant(Terms::valid_for(Validity::days(1)))));
    assert_eq!(slug_of(Harness::new(hooks), &wishing).await, "no-name");
}

#[test]
fn extensions_that_are_no_hooks_business() {
    // basicConstraints, key usage, names, both key identifiers, purposes, CRL, policies, access
    let modelled = [
        "2.5.29.19",
        "2.5.29.15",
        "2.5.29.17",
        "2.5.29.14",
        "2.5.29.35",
        "2.5.29.37",
        "2.5.29.31",
        "2.5.29.32",
        "1.3.6.1.5.5.7.1.1",
    ];
    // name constraints, policy mappings, policy constraints, inhibit anyPolicy
    let only_for_ca = ["2.5.29.30", "2.5.29.33", "2.5.29.36", "2.5.29.54"];
    let refused = |kind: &'static str| {
        let (sender, receiver) = std::sync::mpsc::channel();
        let harness = drafting(move |draft| {
            let answer = draft.push_extension(Extension::new(kind, false, &[5, 0])?);
            sender.send(answer).unwrap();
            Ok(())
        });
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .build()
            .unwrap();
        let issued = runtime.block_on(harness.issue("web01", &request()));
        assert!(issued.is_ok(), "a hook may shrug it off");
        receiver.recv().unwrap().unwrap_err()
    };
    for kind in modelled {
        assert!(
            refused(kind)
                .to_string()
                .contains("the draft has fields for it"),
            "{kind}"
        );
    }
    for kind in only_for_ca {
        assert!(
            refused(kind)
                .to_string()
                .contains("only in a CA's certificate"),
            "{kind}"
        );
    }
}

#[tokio::test]
async fn an_extension_twice() {
    let harness = drafting(|draft| {
        draft.push_extension(Extension::text("1.3.6.1.4.1.32473.1", "rack 7")?)?;
        draft.push_extension(Extension::text("1.3.6.1.4.1.32473.1", "rack 8")?)?;
        Ok(())
    });
    let rejection = harness.issue("web01", &request()).await.unwrap_err();
    assert_eq!(
        source_of(rejection),
        "scripted.presign: extension 1.3.6.1.4.1.32473.1: is in the draft already"
    );
}

/// A change that no presign may make: nothing is signed, the client learns nothing, the log says why.
async fn broken(
    change: impl Fn(&mut DraftCertificate) -> Result<(), Rejection> + Send + Sync + 'static,
) -> String {
    let rejection = drafting(change)
        .issue("web01", &request())
        .await
        .unwrap_err();
    assert_eq!(rejection.slug(), "internal-error");
    source_of(rejection)
}

#[tokio::test]
async fn names_a_hook_made_up_are_held_to_their_form() {
    for name in [
        AltName::Dns("a b.example".into()),
        AltName::Dns("a.example\0.evil.example".into()),
        AltName::Dns("a.example,DNS:evil.example".into()),
        AltName::Dns("müller.example".into()),
        AltName::Dns(String::new()),
        AltName::Dns("192.0.2.1".into()),
        AltName::Email("nobody".into()),
        AltName::Uri("no-scheme".into()),
    ] {
        let pushed = name.clone();
        let cause = broken(move |draft| {
            draft.names_mut().push(pushed.clone());
            Ok(())
        });
        let cause = cause.await;
        assert!(cause.contains("would break a rule"), "{name:?}: {cause}");
        let granted = Scripted::default().authorize(move |_| {
            let terms = Terms::valid_for(Validity::days(1)).with_names([name.clone()]);
            Ok(Verdict::Grant(terms))
        });
        assert_eq!(
            slug_of(Harness::new(granted), &request()).await,
            "internal-error"
        );
    }
}

#[tokio::test]
async fn a_name_twice() {
    let cause = broken(|draft| {
        draft
            .names_mut()
            .push(AltName::Dns("WWW.example.com".into()));
        Ok(())
    });
    assert!(cause.await.contains("each once"));
}

#[tokio::test]
async fn urls_that_are_none() {
    for url in [
        "",
        "ca.crl",
        "http://ca.example.com/a crl",
        "http://ca.example.com/\n",
    ] {
        let harness = drafting(move |draft| {
            assert!(draft.add_crl_url(url).is_err(), "{url:?}");
            assert!(draft.add_ocsp_url(url).is_err(), "{url:?}");
            assert!(draft.add_ca_issuer_url(url).is_err(), "{url:?}");
            assert!(draft.add_policy(url).is_err(), "{url:?}");
            Ok(())
        });
        assert!(harness.issue("web01", &request()).await.is_ok());
    }
}
