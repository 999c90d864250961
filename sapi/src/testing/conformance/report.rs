//! The report of the suite: what was tried, and what was found.

use std::fmt;

use super::case::Case;

/// What [`conformance`](super::conformance) tried, and its findings against the hooks. Its `Display` shows
/// both, with one request for each kind of finding.
///
/// ```
/// # struct Members;
/// # impl sapi::SigningHooks for Members {}
/// # tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(async {
/// let report = sapi::testing::conformance(Members).requests(10).report().await;
/// println!("{report}");
/// # });
/// ```
#[derive(Debug, Default)]
pub struct ConformanceReport {
    known: usize,
    garbage: usize,
    unreadable: usize,
    issued: usize,
    findings: Vec<(String, usize)>,
    kinds: Vec<String>,
}

impl ConformanceReport {
    /// The findings against the hooks, one text for each kind. It includes the first request that led to it.
    ///
    /// ```no_run
    /// # fn f(report: &sapi::testing::ConformanceReport) { assert!(report.findings().is_empty()); }
    /// ```
    #[must_use]
    pub fn findings(&self) -> Vec<&str> {
        self.findings
            .iter()
            .map(|(text, _)| text.as_str())
            .collect()
    }

    /// How many certificates were issued. If none was, the suite tested little: name a client that the hooks
    /// know.
    ///
    /// ```no_run
    /// # fn f(report: &sapi::testing::ConformanceReport) { assert!(report.issued() > 0); }
    /// ```
    #[must_use]
    pub fn issued(&self) -> usize {
        self.issued
    }

    pub(super) fn unreadable(&mut self) {
        self.unreadable += 1;
    }

    pub(super) fn asked(&mut self, garbage: bool, issued: bool) {
        match garbage {
            true => self.garbage += 1,
            false => self.known += 1,
        }
        self.issued += usize::from(issued);
    }

    pub(super) fn finding(&mut self, kind: &str, what: &str, case: &Case) {
        let place = self.kinds.iter().position(|known| known == kind);
        match place.and_then(|place| self.findings.get_mut(place)) {
            Some((_, times)) => *times += 1,
            None => {
                self.kinds.push(kind.to_owned());
                self.findings.push((format!("{kind}: {what}\n{case}"), 1));
            }
        }
    }

    pub(super) fn refused_throughout(&mut self) {
        let text = "not one certificate was issued: do the hooks know the client and the name, and does \
                    the suite's .peer() prove what the hooks require?";
        self.findings.push((text.to_owned(), 1));
    }

    /// Whether more requests would only take time.
    pub(super) fn is_hopeless(&self) -> bool {
        self.kinds.iter().any(|kind| kind == "a missed time limit")
    }
}

impl fmt::Display for ConformanceReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "conformance: asked {} times as a known client and {} times as a stranger, one by one and all at once \
             ({} more requests were refused by the reader, such as those to be a CA); {} certificates were signed",
            self.known, self.garbage, self.unreadable, self.issued
        )?;
        if self.issued == 0 {
            writeln!(
                f,
                "nothing was issued: name a client and names that the hooks know, with .client() and .name()"
            )?;
        }
        for (text, times) in &self.findings {
            writeln!(f, "\nfound {times} times: {text}")?;
        }
        Ok(())
    }
}
