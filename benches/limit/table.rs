//! Least, road, HTTP and nginx, for every kind of CA and client.

use std::fmt::Write;

use sapi_benches::least::Least;
use sapi_benches::material::{CA_KINDS, CLIENT_KINDS, Kind, authority, requests};
use sapi_benches::process::{Sample, median};
use sapi_benches::server::{Server, Setup};

use crate::Scale;
use crate::run::{Road, closed, load, put};

/// One kind of CA with one kind of client: a sample for each round.
pub(crate) struct Row {
    pub(crate) ca: Kind,
    pub(crate) client: Kind,
    pub(crate) least: Vec<Sample>,
    pub(crate) road: Vec<Sample>,
    pub(crate) http: Vec<Sample>,
    pub(crate) nginx: Vec<Sample>,
}

impl Row {
    /// The CPU time in least issuances, as the median over the rounds.
    pub(crate) fn ratio(&self, samples: &[Sample]) -> f64 {
        median(
            samples
                .iter()
                .zip(&self.least)
                .map(|(s, least)| s.cpu / least.cpu),
        )
    }
}

pub(crate) fn cpu(samples: &[Sample]) -> f64 {
    median(samples.iter().map(|sample| sample.cpu))
}

pub(crate) fn rate(samples: &[Sample]) -> f64 {
    median(samples.iter().map(|sample| sample.rate))
}

/// Measures round by round, so that other work of the machine affects all alike.
pub(crate) fn measure(scale: Scale) -> Vec<Row> {
    let kinds: &[Kind] = if scale.smallest {
        &[Kind::P256]
    } else {
        &CA_KINDS
    };
    let authorities: Vec<_> = kinds.iter().map(|kind| (*kind, authority(*kind))).collect();
    let shells: Vec<Server> = authorities
        .iter()
        .map(|(_, authority)| Server::shell(authority, Setup::default()))
        .collect();
    let (_nginx, ports) = Server::nginx(&shells.iter().collect::<Vec<_>>());
    let clients = CLIENT_KINDS.map(|kind| (kind, requests(kind, 1)));
    let mut rows = Vec::new();
    for (ca, _) in &authorities {
        for (client, _) in &clients {
            rows.push(Row {
                ca: *ca,
                client: *client,
                least: Vec::new(),
                road: Vec::new(),
                http: Vec::new(),
                nginx: Vec::new(),
            });
        }
    }
    for round in 0..scale.rounds {
        eprintln!("table: round {} of {}", round + 1, scale.rounds);
        let mut rows = rows.iter_mut();
        for ((_, authority), (shell, port)) in authorities.iter().zip(shells.iter().zip(&ports)) {
            for (_, requests) in &clients {
                let Some(row) = rows.next() else { continue };
                let bodies: Vec<_> = requests.iter().map(|csr| csr.pem().to_owned()).collect();
                let puts = put(&bodies);
                row.least
                    .push(Least::new(authority, requests).measure(scale.window));
                row.road
                    .push(Road::measure(authority, &bodies, scale.window));
                let direct = closed(&puts, &shell.listen, 64, scale.window);
                row.http.push(load(shell, &direct).0);
                let proxied = closed(&puts, port, 64, scale.window);
                row.nginx.push(load(shell, &proxied).0);
            }
        }
    }
    rows
}

pub(crate) fn markdown(rows: &[Row]) -> String {
    let mut text = String::from(
        "| CA / client | least | road in process | HTTP, unix socket | behind nginx | least/s | road/s | HTTP/s | nginx/s |\n\
         |---|---|---|---|---|---|---|---|---|\n",
    );
    for row in rows {
        let with =
            |samples: &[Sample]| format!("{:.0} ({:.2} ×)", cpu(samples), row.ratio(samples));
        let _ = writeln!(
            text,
            "| {} / {} | {:.0} | {} | {} | {} | {:.0} | {:.0} | {:.0} | {:.0} |",
            row.ca,
            row.client,
            cpu(&row.least),
            with(&row.road),
            with(&row.http),
            with(&row.nginx),
            rate(&row.least),
            rate(&row.road),
            rate(&row.http),
            rate(&row.nginx),
        );
    }
    text
}
