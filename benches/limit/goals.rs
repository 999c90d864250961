//! Each goal of the project, measured.

use std::fmt::Write;
use std::thread::{available_parallelism, sleep};
use std::time::Duration;

use sapi::testing::Authority;
use sapi_benches::least::Least;
use sapi_benches::load::{Plan, Report};
use sapi_benches::material::{Kind, authority, requests};
use sapi_benches::process::{Sample, median, memory};
use sapi_benches::server::{Server, Setup};

use crate::Scale;
use crate::run::{ask, begin, closed, load, post, put};

/// One pair of keys, with everything that is measured on it, round by round.
struct Pair {
    ca: Kind,
    client: Kind,
    goal: f64,
    least: Vec<Sample>,
    http: Vec<(Sample, Report)>,
    silent: Vec<Sample>,
    cfssl: Vec<Sample>,
    open: Vec<Report>,
    missing: Vec<Report>,
}

impl Pair {
    fn new(ca: Kind, client: Kind, goal: f64) -> Self {
        let (least, http, silent) = (Vec::new(), Vec::new(), Vec::new());
        let (cfssl, open, missing) = (Vec::new(), Vec::new(), Vec::new());
        Self {
            ca,
            client,
            goal,
            least,
            http,
            silent,
            cfssl,
            open,
            missing,
        }
    }

    /// One round.
    fn round(&mut self, scale: Scale, with: &Servers) {
        let csrs = requests(self.client, 1);
        let bodies: Vec<_> = csrs.iter().map(|csr| csr.pem().to_owned()).collect();
        let puts = put(&bodies);
        let least = Least::new(&with.authority, &csrs).measure(scale.window);
        self.least.push(least);
        let plan = closed(&puts, &with.shell.listen, 64, scale.window);
        let http = load(&with.shell, &plan);
        self.silent.push(
            load(
                &with.silent,
                &closed(&puts, &with.silent.listen, 64, scale.window),
            )
            .0,
        );
        if let Some(cfssl) = &with.cfssl {
            let plan = closed(&post(&bodies), &cfssl.listen, 64, scale.window);
            self.cfssl.push(load(cfssl, &plan).0);
        }
        let rate = Some(0.4 * http.0.rate);
        self.open.push(load(&with.shell, &Plan { rate, ..plan }).1);
        self.missing
            .push(beside_load(&puts, &with.shell, scale.window));
        self.http.push(http);
    }

    fn ratios(&self, of: impl Fn(usize) -> f64) -> f64 {
        median((0..self.least.len()).map(of))
    }

    fn lines(&self, text: &mut String) {
        let pair = format!("{} / {}", self.ca, self.client);
        let mut line = |what: &str, goal: String, measured: String| {
            let _ = writeln!(text, "| {pair} | {what} | {goal} | {measured} |");
        };
        let cpu = self.ratios(|r| self.http[r].0.cpu / self.least[r].cpu);
        line(
            "CPU, × least",
            format!("≤ {:.2}", self.goal),
            format!("{cpu:.2}"),
        );
        let cores = available_parallelism().map_or(1, usize::from) as f64;
        let rate = self.ratios(|r| {
            let (sample, report) = &self.http[r];
            let own = report.cpu / cores / report.seconds;
            sample.rate / (1.0 - own) / self.least[r].rate
        });
        line("throughput, × least", "≥ 0.80".into(), format!("{rate:.2}"));
        let audit = self.ratios(|r| self.http[r].0.cpu / self.silent[r].cpu - 1.0);
        line(
            "audit log and metrics",
            "≤ 3 %".into(),
            format!("{:.1} %", audit * 100.0),
        );
        if !self.cfssl.is_empty() {
            let faster = self.ratios(|r| self.http[r].0.rate / self.cfssl[r].rate);
            let cheaper = self.ratios(|r| self.cfssl[r].cpu / self.http[r].0.cpu);
            let measured = format!("{faster:.2} (CPU {cheaper:.2})");
            line("throughput, × cfssl serve", "≥ 3.5".into(), measured);
        }
        let tail = self.ratios(|r| self.http[r].1.p99 / self.http[r].1.p50);
        let (p50, p99) = (
            self.ratios(|r| self.http[r].1.p50),
            self.ratios(|r| self.http[r].1.p99),
        );
        let measured = format!("{tail:.2} ({:.1} / {:.1} ms)", p99 / 1e3, p50 / 1e3);
        line("p99 / p50 at 64 connections", "≤ 1.6".into(), measured);
        let open = self.ratios(|r| self.open[r].p99 / self.least[r].cpu);
        let p99 = self.ratios(|r| self.open[r].p99) / 1e3;
        line(
            "p99 at 40 % load, × least",
            "≤ 10".into(),
            format!("{open:.1} ({p99:.2} ms)"),
        );
        let (p50, p99) = (
            self.ratios(|r| self.missing[r].p50),
            self.ratios(|r| self.missing[r].p99),
        );
        let measured = format!("{:.1} ms (p50 {:.2} ms)", p99 / 1e3, p50 / 1e3);
        line("a 404 beside full load, p99", "≤ 5 ms".into(), measured);
    }
}

struct Servers {
    authority: Authority,
    shell: Server,
    silent: Server,
    cfssl: Option<Server>,
}

impl Servers {
    fn start(pair: &Pair) -> Self {
        let authority = authority(pair.ca);
        let silent = Setup {
            silent: true,
            ..Setup::default()
        };
        Self {
            shell: Server::shell(&authority, Setup::default()),
            silent: Server::shell(&authority, silent),
            cfssl: Server::cfssl(&authority),
            authority,
        }
    }
}

pub(crate) fn measure(scale: Scale) -> String {
    let mut pairs = vec![Pair::new(Kind::P256, Kind::P256, 1.9)];
    if !scale.smallest {
        pairs.push(Pair::new(Kind::Rsa2048, Kind::Rsa2048, 1.2));
        pairs.push(Pair::new(Kind::Rsa4096, Kind::Rsa2048, 1.05));
    }
    let servers: Vec<_> = pairs.iter().map(Servers::start).collect();
    if servers.iter().any(|servers| servers.cfssl.is_none()) {
        eprintln!("cfssl is not installed: not compared");
    }
    for round in 0..scale.rounds {
        eprintln!("goals: round {} of {}", round + 1, scale.rounds);
        for (pair, servers) in pairs.iter_mut().zip(&servers) {
            pair.round(scale, servers);
        }
    }
    drop(servers);
    let mut text = String::from("| CA / client | what | goal | measured |\n|---|---|---|---|\n");
    pairs.iter().for_each(|pair| pair.lines(&mut text));
    let single = |what: &str, goal: &str, measured: String, text: &mut String| {
        let _ = writeln!(text, "| P-256 / P-256 | {what} | {goal} | {measured} |");
    };
    let nap = napping(scale);
    let _ = writeln!(
        text,
        "| RSA-2048 / RSA-2048 | throughput with a hook that sleeps 50 ms, × without | ≥ 0.9 | {nap:.2} |"
    );
    let (idle, loaded, ready) = resources(scale);
    single(
        "resident memory, idle",
        "≤ 16 MiB",
        format!("{idle:.1} MiB"),
        &mut text,
    );
    single(
        "resident memory, 256 connections",
        "≤ 30 MiB",
        format!("{loaded:.1} MiB"),
        &mut text,
    );
    single(
        "ready after start",
        "≤ 100 ms",
        format!("{:.0} ms", ready * 1e3),
        &mut text,
    );
    text
}

/// How long a 404 takes while every core signs.
fn beside_load(puts: &[Vec<u8>], shell: &Server, window: Duration) -> Report {
    let signing = begin(
        "load",
        &closed(puts, &shell.listen, 64, window + Duration::from_millis(200)),
    );
    sleep(Duration::from_millis(100));
    let get = b"GET /nothing HTTP/1.1\r\nHost: localhost\r\n\r\n".to_vec();
    let probe = Plan {
        rate: Some(200.0),
        status: 404,
        ..closed(&[get], &shell.listen, 1, window)
    };
    let report: Report = ask("load", &probe);
    let _: Report = signing.finish();
    report
}

/// Throughput with a hook that sleeps, relative to that without it, on 256 connections. It uses RSA: 256
/// connections that sleep 50 ms each ask for at most 5,120 certificates a second, and P-256 can give more.
fn napping(scale: Scale) -> f64 {
    let authority = authority(Kind::Rsa2048);
    let quick = Server::shell(&authority, Setup::default());
    let napping = Server::shell(
        &authority,
        Setup {
            nap: 50,
            ..Setup::default()
        },
    );
    let bodies: Vec<_> = requests(Kind::Rsa2048, 1)
        .iter()
        .map(|csr| csr.pem().to_owned())
        .collect();
    let puts = put(&bodies);
    let ratio = |_| {
        let rate = |shell: &Server| {
            load(shell, &closed(&puts, &shell.listen, 256, scale.window))
                .0
                .rate
        };
        rate(&napping) / rate(&quick)
    };
    median((0..scale.rounds).map(ratio))
}

/// Resident memory when idle and under 256 connections, in MiB; seconds until ready.
fn resources(scale: Scale) -> (f64, f64, f64) {
    let bodies: Vec<_> = requests(Kind::P256, 1)
        .iter()
        .map(|csr| csr.pem().to_owned())
        .collect();
    let puts = put(&bodies);
    let authority = authority(Kind::P256);
    let each: Vec<_> = (0..scale.rounds)
        .map(|_| {
            let shell = Server::shell(&authority, Setup::default());
            sleep(Duration::from_millis(300));
            let idle = memory(shell.id(), "VmRSS");
            let _ = load(&shell, &closed(&puts, &shell.listen, 256, scale.window));
            (idle, memory(shell.id(), "VmHWM"), shell.ready.as_secs_f64())
        })
        .collect();
    (
        median(each.iter().map(|(idle, ..)| *idle)),
        median(each.iter().map(|(_, loaded, _)| *loaded)),
        median(each.iter().map(|(.., ready)| *ready)),
    )
}
