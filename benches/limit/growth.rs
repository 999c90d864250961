//! The cost of more connections, more names and more hooks.

use std::fmt::Write;

use sapi_benches::load::Report;
use sapi_benches::material::{Kind, authority, requests};
use sapi_benches::process::{Sample, median, memory};
use sapi_benches::server::{Server, Setup};

use crate::Scale;
use crate::run::{closed, load, put};

pub(crate) fn measure(scale: Scale) -> String {
    let mut text = String::from(HEAD);
    let counts: &[usize] = if scale.smallest {
        &[1, 256]
    } else {
        &[1, 8, 64, 256, 1024]
    };
    for connections in counts {
        let work = Work {
            connections: *connections,
            ..Work::default()
        };
        work.line(scale, &format!("{connections} connections"), &mut text);
    }
    for names in [1, 10, 100] {
        let work = Work {
            names,
            ..Work::default()
        };
        work.line(scale, &format!("{names} names"), &mut text);
    }
    for hooks in [0, 5, 20] {
        let work = Work {
            hooks,
            ..Work::default()
        };
        work.line(scale, &format!("{hooks} more hooks"), &mut text);
    }
    text
}

struct Work {
    connections: usize,
    names: usize,
    hooks: u64,
}

impl Default for Work {
    fn default() -> Self {
        Self {
            connections: 64,
            names: 1,
            hooks: 0,
        }
    }
}

impl Work {
    /// Measures on a shell of its own, so that only this work uses its memory.
    fn line(&self, scale: Scale, name: &str, text: &mut String) {
        let setup = Setup {
            hooks: self.hooks,
            ..Setup::default()
        };
        let shell = Server::shell(&authority(Kind::P256), setup);
        let bodies: Vec<_> = requests(Kind::P256, self.names)
            .iter()
            .map(|csr| csr.pem().to_owned())
            .collect();
        let plan = closed(&put(&bodies), &shell.listen, self.connections, scale.window);
        let rounds: Vec<(Sample, Report)> =
            (0..scale.rounds).map(|_| load(&shell, &plan)).collect();
        let middle = |of: fn(&(Sample, Report)) -> f64| median(rounds.iter().map(of));
        let _ = writeln!(
            text,
            "| {name} | {:.0} | {:.0} | {:.1} | {:.1} | {:.1} |",
            middle(|(sample, _)| sample.rate),
            middle(|(sample, _)| sample.cpu),
            middle(|(_, report)| report.p50) / 1e3,
            middle(|(_, report)| report.p99) / 1e3,
            memory(shell.id(), "VmHWM"),
        );
    }
}

const HEAD: &str = "| P-256 / P-256, 64 connections, 1 name, 1 hook, but | per second | CPU µs | p50 ms | p99 ms | memory MiB |\n|---|---|---|---|---|---|\n";
