//! The judge: what counts as a finding against hooks.

use std::collections::HashSet;

use super::case::Case;
use super::report::ConformanceReport;
use crate::certificate::IssuedCertificate;
use crate::pipeline::Observation;
use crate::request::AltName;

/// Judges every request. Remembers serial numbers, because none may appear twice.
pub(super) struct Judge {
    configured: Vec<AltName>,
    serials: HashSet<String>,
}

impl Judge {
    pub(super) fn new(configured: Vec<AltName>) -> Self {
        Self {
            configured,
            serials: HashSet::new(),
        }
    }

    /// Judges one request.
    pub(super) fn hold(&mut self, report: &mut ConformanceReport, case: &Case, seen: &Observation) {
        report.asked(case.is_garbage(), seen.certificate().is_some());
        for call in seen.calls() {
            let panicked = format!("{}.{} panicked", call.hook(), call.method());
            if call.answer().contains(&panicked) {
                report.finding("a panic", call.answer(), case);
                return;
            }
        }
        match seen.decision() {
            "internal-error" | "withheld" => {
                let cause = seen.rejection().map(|rejection| rejection.in_words());
                report.finding(
                    "an error instead of a decision",
                    &cause.unwrap_or_default(),
                    case,
                );
            }
            "hook-timeout" => {
                let cause = seen.rejection().map(|rejection| rejection.in_words());
                report.finding("a missed time limit", &cause.unwrap_or_default(), case);
            }
            _ => {}
        }
        let Some(certificate) = seen.certificate() else {
            return;
        };
        if case.is_garbage() && seen.rejection().is_none() {
            let names: Vec<_> = certificate
                .names()
                .iter()
                .map(ToString::to_string)
                .collect();
            let names = names.join(" ");
            report.finding("a certificate for garbage", &names, case);
        }
        self.hold_certificate(report, case, certificate);
    }

    fn hold_certificate(
        &mut self,
        report: &mut ConformanceReport,
        case: &Case,
        certificate: &IssuedCertificate,
    ) {
        let text = certificate.as_openssl().and_then(|it| it.to_text());
        let text = text.unwrap_or_default();
        if !String::from_utf8_lossy(&text).contains("CA:FALSE") {
            report.finding("a CA certificate", &certificate.subject().to_string(), case);
        }
        let asked = case.request().names();
        for name in certificate.names() {
            if !asked.contains(name) && !self.configured.contains(name) {
                let what = "a name neither asked for nor configured";
                report.finding(what, &name.to_string(), case);
            }
        }
        for (field, value) in certificate.subject().fields() {
            if field == "CN" && !self.may_be_called(case, value) {
                let what = "a common name neither asked for nor configured";
                report.finding(what, value, case);
            }
        }
        let serial = certificate.serial().to_string();
        if !self.serials.insert(serial.clone()) {
            report.finding("a serial number twice", &serial, case);
        }
    }

    fn may_be_called(&self, case: &Case, value: &str) -> bool {
        let request = case.request();
        let asked = request.subject().fields().any(|(_, own)| own == value);
        let names = request.names().iter().chain(&self.configured);
        asked || value == case.client() || names.into_iter().any(|name| name.value() == value)
    }

    /// Judges a request that ran together with others. It must get the same names as alone, or nothing.
    pub(super) fn hold_together(
        &mut self,
        report: &mut ConformanceReport,
        case: &Case,
        seen: &Observation,
    ) {
        let (Some(alone), Some(certificate)) = (case.alone(), seen.certificate()) else {
            return;
        };
        if certificate.names() != alone {
            let shown = |names: &[AltName]| {
                let names: Vec<_> = names.iter().map(ToString::to_string).collect();
                names.join(" ")
            };
            let (alone, together) = (shown(alone), shown(certificate.names()));
            let what = format!("[{alone}] alone, [{together}] together with others");
            report.finding("other names when requests come together", &what, case);
        }
    }

    /// Judges the same garbage sent twice: both answers must be the same.
    pub(super) fn compare(
        &mut self,
        report: &mut ConformanceReport,
        case: &Case,
        first: &Observation,
        second: &Observation,
    ) {
        if let Some(certificate) = second.certificate() {
            self.serials.insert(certificate.serial().to_string());
        }
        let words = |seen: &Observation| match seen.rejection() {
            Some(rejection) => rejection.in_words(),
            None => seen.decision().to_owned(),
        };
        let (first, second) = (words(first), words(second));
        if first != second {
            let what = format!("first {first}, then {second}");
            report.finding("two answers to the same garbage", &what, case);
        }
    }
}
