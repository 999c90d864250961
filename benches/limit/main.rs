//! The whole road against the least issuance, in one interleaved run: see docs/performance.md.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a bench prints its results, and has nothing to hand over but the message when it cannot go on"
)]

mod document;
mod goals;
mod growth;
mod plot;
mod run;
mod shell;
mod table;

use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;
use sapi_benches::{load, road};

/// Measures what an issuance costs against its bare cryptography.
#[derive(Parser)]
struct Cli {
    /// A few seconds, two kinds of key, one round: to see that the bench still runs
    #[arg(long)]
    smallest: bool,
    /// How many rounds to measure; the table shows medians
    #[arg(long, default_value_t = 5)]
    rounds: usize,
    /// How long each single measurement takes, in seconds
    #[arg(long, default_value_t = 1.0)]
    seconds: f64,
    /// Measure only these parts
    #[arg(long, value_delimiter = ',', default_values = ["table", "goals", "growth"])]
    parts: Vec<String>,
    /// Write tables and plot into docs/performance.md and docs/performance.svg
    #[arg(long)]
    write: bool,
    /// Internal: run one part of the bench, described on standard input
    #[arg(long, hide = true)]
    child: Option<String>,
}

#[cfg(feature = "mimalloc")]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    if std::env::var_os("BENCH_SHELL").is_some() {
        return shell::run();
    }
    measure(&Cli::parse());
    ExitCode::SUCCESS
}

fn measure(cli: &Cli) {
    match cli.child.as_deref() {
        Some("load") => return run::child(|plan: load::Plan| load::run(&plan)),
        Some("road") => {
            return run::child(|plan: run::Road| {
                road::measure(plan.identity(), &plan.bodies, plan.window)
            });
        }
        Some("prepare") => return run::child(|wanted: run::Preparation| wanted.make()),
        _ => {}
    }
    let scale = Scale {
        rounds: if cli.smallest { 1 } else { cli.rounds },
        window: Duration::from_secs_f64(if cli.smallest { 0.2 } else { cli.seconds }),
        smallest: cli.smallest,
    };
    let wanted = |part: &str| cli.parts.iter().any(|p| p == part);
    let mut sections = Vec::new();
    if wanted("table") {
        let rows = table::measure(scale);
        sections.push(("table", table::markdown(&rows)));
        if cli.write {
            document::write_plot(&plot::draw(&rows));
        }
    }
    if wanted("goals") {
        sections.push(("goals", goals::measure(scale)));
    }
    if wanted("growth") {
        sections.push(("growth", growth::measure(scale)));
    }
    for (name, text) in &sections {
        println!("\n## {name}\n\n{text}");
        if cli.write {
            document::write_section(name, text);
        }
    }
}

/// How much is measured.
#[derive(Clone, Copy)]
pub(crate) struct Scale {
    pub(crate) rounds: usize,
    pub(crate) window: Duration,
    pub(crate) smallest: bool,
}
