//! Assertions on an observation. They print the whole story when they fail.

use crate::certificate::IssuedCertificate;
use crate::hooks::Rejection;
use crate::pipeline::Observation;
use crate::request::AltName;

/// For tests. An assertion that fails panics with the whole observation.
impl Observation {
    /// Asserts that the client gets its certificate, and returns it.
    ///
    /// # Panics
    ///
    /// If it does not.
    ///
    /// ```no_run
    /// # fn f(seen: &sapi::Observation) {
    /// assert!(seen.assert_issued().pem().contains("BEGIN CERTIFICATE"));
    /// # }
    /// ```
    #[track_caller]
    pub fn assert_issued(&self) -> &IssuedCertificate {
        match (self.rejection(), self.certificate()) {
            (None, Some(certificate)) => certificate,
            _ => panic!("no certificate was issued\n{self}"),
        }
    }

    /// Asserts that the request is denied (403), for a reason that contains this text.
    ///
    /// # Panics
    ///
    /// If it is not, or for another reason.
    ///
    /// ```no_run
    /// # fn f(seen: &sapi::Observation) {
    /// seen.assert_denied("unknown client");
    /// # }
    /// ```
    #[track_caller]
    pub fn assert_denied(&self, part_of_the_reason: &str) {
        match self.rejection() {
            Some(Rejection::Denied { reason }) if reason.contains(part_of_the_reason) => {}
            _ => panic!("not denied with {part_of_the_reason:?}\n{self}"),
        }
    }

    /// Asserts that the client gets no certificate, for this kind of reason: `pending`, `hook-timeout`,
    /// `internal-error`.
    ///
    /// # Panics
    ///
    /// If it gets one, or for another kind of reason.
    ///
    /// ```no_run
    /// # fn f(seen: &sapi::Observation) {
    /// seen.assert_rejected("pending");
    /// # }
    /// ```
    #[track_caller]
    pub fn assert_rejected(&self, slug: &str) {
        let got = self.rejection().map(Rejection::slug);
        assert!(got == Some(slug), "not rejected as {slug}\n{self}");
    }

    /// Asserts that the certificate has exactly these alternative names, in any order.
    ///
    /// # Panics
    ///
    /// If the client gets no certificate, if its names differ, or if a given name is not valid.
    ///
    /// ```no_run
    /// # fn f(seen: &sapi::Observation) {
    /// seen.assert_names(["DNS:www.example.com", "IP:192.0.2.1"]);
    /// # }
    /// ```
    #[track_caller]
    pub fn assert_names<'a>(&self, names: impl IntoIterator<Item = &'a str>) {
        let wanted: Vec<AltName> = names
            .into_iter()
            .map(|name| match name.parse() {
                Ok(name) => name,
                Err(error) => panic!("{error}"),
            })
            .collect();
        let got = self.assert_issued().names();
        let same = got.len() == wanted.len() && wanted.iter().all(|name| got.contains(name));
        assert!(same, "the names are not {wanted:?}\n{self}");
    }

    /// Asserts that the draft after `presign` equals this text, as
    /// [`snapshot`](crate::DraftCertificate::snapshot) writes it.
    ///
    /// # Panics
    ///
    /// If it differs, or if there was no draft.
    ///
    /// ```no_run
    /// # fn f(seen: &sapi::Observation) {
    /// seen.assert_draft("subject             CN=web01\n");
    /// # }
    /// ```
    #[track_caller]
    pub fn assert_draft(&self, snapshot: &str) {
        match self.presigned() {
            Some(draft) => assert_eq!(draft.snapshot(), snapshot, "\n{self}"),
            None => panic!("there was no draft to be signed\n{self}"),
        }
    }
}
