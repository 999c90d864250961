//! The metrics of the road, as plain numbers. They do not tell clients apart.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{PoisonError, RwLock};
use std::time::Duration;

use super::histogram::Histogram;
use crate::hooks::HookCall;

/// Counts decisions, times of hooks and times of signing. A request costs well under a microsecond.
#[derive(Debug, Default)]
pub(crate) struct Metrics {
    decisions: RwLock<BTreeMap<&'static str, AtomicU64>>,
    hooks: RwLock<BTreeMap<String, [Histogram; PHASES.len()]>>,
    signing: Histogram,
}

impl Metrics {
    /// Counts a decision: `issued`, or the slug of a rejection.
    pub(crate) fn decided(&self, slug: &'static str) {
        let known = self
            .decisions
            .read()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = known.get(slug) {
            count.fetch_add(1, Ordering::Relaxed);
            return;
        }
        drop(known);
        let mut all = self
            .decisions
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        all.entry(slug).or_default().fetch_add(1, Ordering::Relaxed);
    }

    /// Counts a call of a hook.
    pub(crate) fn hook_ran(&self, time: &HookCall) {
        let Some(phase) = PHASES.iter().position(|phase| *phase == time.method) else {
            return;
        };
        let known = self.hooks.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(histogram) = known.get(&*time.hook).and_then(|all| all.get(phase)) {
            histogram.observe(time.took);
            return;
        }
        drop(known);
        let mut all = self.hooks.write().unwrap_or_else(PoisonError::into_inner);
        let histograms = all.entry(time.hook.clone()).or_default();
        if let Some(histogram) = histograms.get(phase) {
            histogram.observe(time.took);
        }
    }

    /// Counts a signature: how long a signing thread took to render, sign and verify a certificate.
    pub(crate) fn signed(&self, took: Duration) {
        self.signing.observe(took);
    }

    pub(crate) fn signing(&self) -> &Histogram {
        &self.signing
    }

    /// Shows every slug counted so far.
    pub(crate) fn each_decision(&self, mut show: impl FnMut(&'static str, u64)) {
        let all = self
            .decisions
            .read()
            .unwrap_or_else(PoisonError::into_inner);
        for (slug, count) in all.iter() {
            show(slug, count.load(Ordering::Relaxed));
        }
    }

    /// Shows every method of a hook that has run so far.
    pub(crate) fn each_hook(&self, mut show: impl FnMut(&str, &'static str, &Histogram)) {
        let all = self.hooks.read().unwrap_or_else(PoisonError::into_inner);
        for (hook, histograms) in all.iter() {
            for (phase, histogram) in PHASES.iter().zip(histograms) {
                if histogram.count() > 0 {
                    show(hook, phase, histogram);
                }
            }
        }
    }
}

/// The methods of a hook that run for a request.
const PHASES: [&str; 4] = ["authorize", "serial_number", "presign", "postsign"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_met_for_the_first_time_is_counted_too() {
        let metrics = Metrics::default();
        metrics.decided("denied");
        metrics.decided("denied");
        metrics.hook_ran(&HookCall {
            hook: "members".into(),
            method: "presign",
            took: Duration::from_millis(1),
            answer: String::new(),
        });
        metrics.hook_ran(&HookCall {
            hook: "members".into(),
            method: "boot",
            took: Duration::from_millis(1),
            answer: String::new(),
        });
        let mut seen = Vec::new();
        metrics.each_decision(|slug, count| seen.push(format!("{slug} {count}")));
        metrics.each_hook(|hook, phase, times| {
            seen.push(format!("{hook}.{phase} {}", times.count()));
        });
        assert_eq!(seen, ["denied 2", "members.presign 1"]);
    }
}
