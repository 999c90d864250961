//! Compares our reader of requests with the independent one of the corpus, on mutated requests:
//! `differential COUNT [SEED [PYTHON]]`. Prints every disagreement about a signed request, and exits with 1
//! if we sign one that the strict reader refuses.
#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a tool for a terminal"
)]

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitCode, Stdio};

use sapi::CertRequest;
use sapi::openssl::base64;

fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let number = |place: usize, default| {
        arguments
            .get(place)
            .map_or(default, |text| text.parse().unwrap())
    };
    let count = number(0, 10_000);
    let mut random = Random(number(1, 1) | 1);
    let python = arguments.get(2).map_or("python3", String::as_str);

    let bodies = corpus();
    let parts: Vec<_> = bodies.iter().filter_map(|body| parts(body)).collect();
    let mut oracle = Oracle::start(python);
    let mut kinds: BTreeMap<String, u64> = BTreeMap::new();
    let (mut signed, mut faults) = (0u64, 0u64);
    for round in 0..count {
        let body = match round % 2 {
            0 => mutate(&bodies, &mut random),
            _ => mutate_and_sign(&parts, &mut random),
        };
        let ours = match CertRequest::from_pem(&body) {
            // The road refuses it because nobody grants a name. The strict reader refuses it at once.
            Ok(read) if read.subject().is_empty() && read.names().is_empty() => {
                "refuse no-name".to_owned()
            }
            Ok(_) => "accept".to_owned(),
            Err(error) => format!("refuse {}", error.slug()),
        };
        let theirs = oracle.judge(&body);
        // A form feed is white space to us, as RFC 7468 section 3 allows, and a fault to the strict reader.
        if body.contains(&0x0c) && body.first() != Some(&0x30) {
            continue;
        }
        signed += u64::from(ours == "accept");
        if ours != theirs {
            let kind = format!("ours: {ours}; strict: {theirs}");
            if ours == "accept" {
                println!("{kind}: {}", base64::encode_block(&body));
            }
            *kinds.entry(kind).or_default() += 1;
        }
        faults += u64::from(ours == "accept" && theirs != "accept");
        if (round + 1) % 100_000 == 0 {
            println!(
                "{}: {signed} signed, {faults} that must be refused",
                round + 1
            );
        }
    }
    println!("{count} requests, {signed} signed, {faults} signed that must be refused");
    for (kind, count) in kinds {
        println!("{count:>8} {kind}");
    }
    ExitCode::from(u8::from(faults > 0))
}

/// One to three small changes of a request; in half of the cases in its DER, put into PEM again.
fn mutate(bodies: &[Vec<u8>], random: &mut Random) -> Vec<u8> {
    let body = &bodies[random.below(bodies.len())];
    let der = decode(body).filter(|_| random.below(2) == 0);
    let mut octets = der.clone().unwrap_or_else(|| body.clone());
    for _ in 0..=random.below(3) {
        change(&mut octets, bodies, random);
    }
    if der.is_some() && random.below(2) == 0 {
        return octets;
    }
    match der {
        Some(_) => format!(
            "-----BEGIN CERTIFICATE REQUEST-----\n{}\n-----END CERTIFICATE REQUEST-----\n",
            base64::encode_block(&octets)
        )
        .into_bytes(),
        None => octets,
    }
}

/// As many changes of subject and attributes, with a valid signature.
fn mutate_and_sign(parts: &[Vec<u8>], random: &mut Random) -> Vec<u8> {
    let mut input = parts[random.below(parts.len())].clone();
    let mut rest = input.split_off(2);
    for _ in 0..=random.below(3) {
        change(&mut rest, parts, random);
    }
    sapi_tests::fuzz::request::body(&[input, rest].concat())
}

/// Subject and attributes of a request, as the fuzz target `request` takes them.
fn parts(body: &[u8]) -> Option<Vec<u8>> {
    let der = decode(body)?;
    let (request, _) = element(&der)?;
    let (info, _) = element(request)?;
    let (_, after_version) = element(info)?;
    let (_, after_subject) = element(after_version)?;
    let subject = after_version.get(..after_version.len() - after_subject.len())?;
    let (_, after_key) = element(after_subject)?;
    let (attributes, _) = element(after_key)?;
    let length = u8::try_from(subject.len()).ok()?;
    Some([&[2, length], subject, attributes].concat())
}

/// Content and rest.
fn element(der: &[u8]) -> Option<(&[u8], &[u8])> {
    let (header, length) = match *der.get(1)? {
        short @ 0..0x80 => (2, usize::from(short)),
        long => {
            let octets = der.get(2..2 + usize::from(long & 3))?;
            let length = octets
                .iter()
                .fold(0, |sum, octet| sum << 8 | usize::from(*octet));
            (2 + octets.len(), length)
        }
    };
    Some((
        der.get(header..header + length)?,
        der.get(header + length..)?,
    ))
}

fn change(octets: &mut Vec<u8>, bodies: &[Vec<u8>], random: &mut Random) {
    let at = random.below(octets.len().max(1));
    let Some(octet) = octets.get(at).copied() else {
        octets.push(0x30);
        return;
    };
    match random.below(9) {
        0 => octets[at] ^= 1 << random.below(8),
        1 => octets[at] = INTERESTING[random.below(INTERESTING.len())],
        2 => octets[at] = octet.wrapping_add(1),
        3 => octets[at] = octet.wrapping_sub(1),
        4 => octets.insert(at, INTERESTING[random.below(INTERESTING.len())]),
        5 => drop(octets.remove(at)),
        6 => octets.truncate(at),
        7 => {
            let end = (at + 1 + random.below(40)).min(octets.len());
            let piece = octets[at..end].to_vec();
            let to = random.below(octets.len());
            octets.splice(to..to, piece);
        }
        _ => {
            let other = &bodies[random.below(bodies.len())];
            let from = random.below(other.len().max(1));
            let end = (from + 1 + random.below(60)).min(other.len());
            let piece = other.get(from..end).unwrap_or_default().to_vec();
            octets.splice(at..at, piece);
        }
    }
}

/// The DER of a body, which is one PEM block or DER.
fn decode(body: &[u8]) -> Option<Vec<u8>> {
    if body.first() == Some(&0x30) {
        return Some(body.to_vec());
    }
    let text = std::str::from_utf8(body).ok()?;
    let after = text.split_once("REQUEST-----")?.1;
    let inside = after.split_once("-----END")?.0;
    base64::decode_block(&inside.split_whitespace().collect::<String>()).ok()
}

struct Oracle {
    // It ends when its standard input ends.
    process: Child,
    answers: BufReader<std::process::ChildStdout>,
}

impl Oracle {
    fn start(python: &str) -> Self {
        let mut process = Command::new(python)
            .arg(folder().join("oracle.py"))
            .arg("--stdin")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let answers = BufReader::new(process.stdout.take().unwrap());
        Self { process, answers }
    }

    fn judge(&mut self, body: &[u8]) -> String {
        let length = u32::try_from(body.len()).unwrap().to_be_bytes();
        let stdin = self.process.stdin.as_mut().unwrap();
        stdin.write_all(&[&length, body].concat()).unwrap();
        stdin.flush().unwrap();
        let mut answer = String::new();
        self.answers.read_line(&mut answer).unwrap();
        answer.trim().to_owned()
    }
}

fn corpus() -> Vec<Vec<u8>> {
    let manifest = fs::read_to_string(folder().join("manifest.jsonl")).unwrap();
    let mut bodies = Vec::new();
    for line in manifest.lines() {
        let case: serde_json::Value = serde_json::from_str(line).unwrap();
        let body = fs::read(folder().join(case["file"].as_str().unwrap())).unwrap();
        // A request that is signed unchanged is nearest to one that might be signed wrongly.
        let weight = if case["expected"] == "accept" { 6 } else { 1 };
        if body.len() < 20_000 {
            bodies.extend(std::iter::repeat_n(body, weight));
        }
    }
    bodies
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus")
}

/// xorshift64*: the same seed, the same requests.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let high = self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33;
        usize::try_from(high).unwrap() % bound
    }
}

const INTERESTING: [u8; 24] = [
    0, 1, 2, 3, 4, 5, 6, 0x0c, 0x13, 0x14, 0x16, 0x1e, 0x30, 0x31, 0x7f, 0x80, 0x81, 0x82, 0x84,
    0x87, 0xa0, 0xa1, 0xff, b'\n',
];
