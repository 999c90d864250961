//! Dates: from the hook's terms, within the profile's bounds and the CA's.

use std::time::{Duration, SystemTime};

use sapi::testing::{Authority, Harness};
use sapi::{IssuedCertificate, Profile, Rejection, Validity};
use sapi_tests::verifiers::openssl_text;

use super::scripted::{Scripted, drafted, drafting, request};

/// 2023-11-14T22:13:20Z
fn now() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000)
}

const DAY: Duration = Duration::from_secs(86_400);

fn day_by_day() -> Harness {
    Harness::new(Scripted::granting(Validity::days(1)))
}

async fn issued(harness: &Harness) -> IssuedCertificate {
    harness.issue("web01", &request()).await.unwrap()
}

#[tokio::test]
async fn from_five_minutes_back_until_the_terms_end() {
    let certificate = issued(&day_by_day().at(now() + Duration::from_millis(999))).await;
    assert_eq!(certificate.not_before(), now() - Duration::from_secs(300));
    assert_eq!(certificate.not_after(), now() + DAY);
    let text = openssl_text(certificate.pem());
    assert!(
        text.contains("Not Before: Nov 14 22:08:20 2023 GMT"),
        "{text}"
    );
    assert!(
        text.contains("Not After : Nov 15 22:13:20 2023 GMT"),
        "{text}"
    );
}

#[tokio::test]
async fn the_backdate_is_the_operators() {
    for (backdate, seconds) in [
        (Duration::ZERO, 0),
        (Duration::from_secs(60), 60),
        (Duration::from_millis(1500), 2),
        (Duration::from_secs(1_000_000), 86_400),
    ] {
        let profile = Profile::default().with_backdate(backdate);
        let certificate = issued(&day_by_day().profile(profile).at(now())).await;
        assert_eq!(
            certificate.not_before(),
            now() - Duration::from_secs(seconds)
        );
        assert_eq!(certificate.not_after(), now() + DAY);
    }
}

#[tokio::test]
async fn the_longest_validity_is_the_operators() {
    for (longest, days) in [(Validity::hours(12), 0.5), (Validity::days(2), 1.0)] {
        let profile = Profile::default().with_max_validity(longest);
        let certificate = issued(&day_by_day().profile(profile).at(now())).await;
        assert_eq!(certificate.not_after(), now() + DAY.mul_f64(days));
    }
}

#[tokio::test]
async fn no_certificate_reaches_beyond_its_ca() {
    let ca = Authority::new().valid(
        now() - Duration::from_secs(10),
        now() + Duration::from_secs(60),
    );
    let certificate = issued(&day_by_day().authority(ca).at(now())).await;
    assert_eq!(certificate.not_before(), now() - Duration::from_secs(10));
    assert_eq!(certificate.not_after(), now() + Duration::from_secs(60));
    let far = Harness::new(Scripted::granting(Validity::years(100_000)));
    let certificate = issued(&far.at(now())).await;
    assert_eq!(certificate.not_after(), far_end());
}

/// 2099-12-31T23:59:59Z, when a test CA ends.
fn far_end() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(4_102_444_799)
}

#[tokio::test]
async fn a_ca_outside_its_dates_signs_nothing() {
    let second = Duration::from_secs(1);
    let ca = || Authority::new().valid(now(), now() + DAY);
    for (time, holds) in [
        (now() - second, false),
        (now(), true),
        (now() + DAY, false),
        (now() + DAY - second, true),
        (now() + DAY + second, false),
        (SystemTime::UNIX_EPOCH, false),
    ] {
        let answer = day_by_day()
            .authority(ca())
            .at(time)
            .issue("web01", &request())
            .await;
        // In its very last second the CA is still valid, but its certificates could not end after they begin.
        let last = time == now() + DAY;
        match answer {
            Ok(_) => assert!(holds || last, "{time:?}"),
            Err(rejection) => {
                assert!(!holds, "{rejection:?}");
                let why = if time < now() {
                    "is not valid yet"
                } else {
                    "has expired"
                };
                let Rejection::Unavailable { reason } = rejection else {
                    panic!("{rejection:?}");
                };
                assert!(last || reason.contains(why), "{time:?}: {reason}");
            }
        }
    }
}

#[tokio::test]
async fn from_2050_on_dates_are_written_with_four_digits_of_the_year() {
    // 2049-12-31T23:59:59Z and one second later
    let last = SystemTime::UNIX_EPOCH + Duration::from_secs(2_524_607_999);
    let backdate = Profile::default().with_backdate(Duration::ZERO);
    let harness = Harness::new(Scripted::granting(Validity::seconds(1))).profile(backdate);
    let certificate = issued(&harness.at(last)).await;
    let der = certificate.der();
    let at = |needle: &[u8]| der.windows(needle.len()).any(|window| window == needle);
    assert!(at(b"\x17\x0d491231235959Z"), "a UTCTime");
    assert!(at(b"\x18\x0f20500101000000Z"), "a GeneralizedTime");
    let text = openssl_text(certificate.pem());
    assert!(
        text.contains("Not After : Jan  1 00:00:00 2050 GMT"),
        "{text}"
    );
}

#[tokio::test]
async fn a_hook_shortens_and_never_lengthens() {
    let granted = drafted(|_| Ok(())).await;
    let longer = drafted(|draft| {
        let before = draft.not_after();
        draft.shorten(before + DAY);
        assert_eq!(draft.not_after(), before);
        Ok(())
    });
    assert!(longer.await.not_after() <= granted.not_after() + Duration::from_secs(60));
    let shorter = drafted(|draft| {
        draft.shorten(draft.not_before() + Duration::from_millis(3_600_900));
        Ok(())
    });
    let shorter = shorter.await;
    let lasts = shorter.not_after().duration_since(shorter.not_before());
    assert_eq!(lasts.unwrap().as_secs(), 3600);
}

#[tokio::test]
async fn shortened_to_nothing_is_not_signed() {
    let harness = drafting(|draft| {
        draft.shorten(draft.not_before());
        Ok(())
    });
    let rejection = harness.issue("web01", &request()).await.unwrap_err();
    assert_eq!(rejection.slug(), "internal-error");
}
