//! Each stop of the road by itself: `cargo bench -p sapi-benches`.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a bench that cannot go on has nothing to hand over but the message"
)]

use std::time::SystemTime;

use divan::{Bencher, black_box};
use sapi::{CertRequest, Identity, Peer, Pipeline, RequestPolicy, internals};
use sapi_benches::least::Least;
use sapi_benches::material::{Kind, authority, requests};
use sapi_benches::road::Grant;

fn main() {
    divan::main();
}

/// CA and client have keys of the same kind.
const KINDS: [Kind; 2] = [Kind::Rsa2048, Kind::P256];

struct Desk {
    identity: Identity,
    csr: CertRequest,
}

impl Desk {
    fn of(kind: Kind) -> Self {
        let identity = authority(kind).identity();
        let csr = requests(kind, 1).remove(0);
        Self { identity, csr }
    }

    fn draft(&self) -> internals::Draft {
        internals::draft(&self.csr, self.identity.issuer(), SystemTime::now()).unwrap()
    }
}

#[divan::bench(args = KINDS)]
fn a_pem(bencher: Bencher<'_, '_>, kind: Kind) {
    let body = Desk::of(kind).csr.pem().to_owned();
    bencher.bench_local(|| internals::find_request(black_box(body.as_bytes())).unwrap());
}

#[divan::bench(args = KINDS)]
fn b_read_request(bencher: Bencher<'_, '_>, kind: Kind) {
    let desk = Desk::of(kind);
    bencher.bench_local(|| CertRequest::from_der(black_box(desk.csr.der())).unwrap());
}

#[divan::bench(args = KINDS)]
fn c_key_policy(bencher: Bencher<'_, '_>, kind: Kind) {
    let (desk, policy) = (Desk::of(kind), RequestPolicy::default());
    bencher.bench_local(|| internals::check_key(black_box(&desk.csr), &policy).unwrap());
}

#[divan::bench(args = KINDS)]
fn d_verify(bencher: Bencher<'_, '_>, kind: Kind) {
    let desk = Desk::of(kind);
    let (info, signature) = sapi_benches::least::signed_parts(&desk.csr);
    bencher.bench_local(|| internals::verify(&desk.csr, black_box(&info), &signature).unwrap());
}

#[divan::bench(args = KINDS)]
fn e_draft(bencher: Bencher<'_, '_>, kind: Kind) {
    let desk = Desk::of(kind);
    bencher.bench_local(|| desk.draft());
}

#[divan::bench(args = KINDS)]
fn f_write(bencher: Bencher<'_, '_>, kind: Kind) {
    let desk = Desk::of(kind);
    let (draft, issuer) = (desk.draft(), desk.identity.issuer());
    bencher.bench_local(|| internals::write(black_box(&draft), &desk.csr, issuer).unwrap());
}

#[divan::bench(args = KINDS)]
fn g_invariants(bencher: Bencher<'_, '_>, kind: Kind) {
    let desk = Desk::of(kind);
    let (draft, issuer) = (desk.draft(), desk.identity.issuer());
    let tbs = internals::write(&draft, &desk.csr, issuer).unwrap();
    bencher.bench_local(|| internals::check(black_box(&tbs), &draft, &desk.csr, issuer).unwrap());
}

#[divan::bench(args = KINDS)]
fn h_sign(bencher: Bencher<'_, '_>, kind: Kind) {
    let desk = Desk::of(kind);
    bencher
        .with_inputs(|| internals::render(desk.draft(), &desk.csr, desk.identity.issuer()).unwrap())
        .bench_local_values(|tbs| internals::sign(&desk.identity, tbs).unwrap());
}

#[divan::bench(args = KINDS)]
fn i_whole_road(bencher: Bencher<'_, '_>, kind: Kind) {
    let desk = Desk::of(kind);
    let body = desk.csr.pem().to_owned();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .unwrap();
    let pipeline = runtime.block_on(async { Pipeline::new(desk.identity, Grant).unwrap() });
    bencher.bench_local(|| {
        let csr = CertRequest::from_pem(black_box(body.as_bytes())).unwrap();
        let issue = pipeline.issue("web01".parse().unwrap(), csr, Peer::local());
        runtime.block_on(issue).unwrap()
    });
}

#[divan::bench(args = KINDS)]
fn j_least(bencher: Bencher<'_, '_>, kind: Kind) {
    let (authority, requests) = (authority(kind), requests(kind, 1));
    let least = Least::new(&authority, &requests);
    bencher.bench_local(|| least.issue(black_box(0)));
}

/// The cost of metrics for a request: compare it with `i_whole_road`.
#[divan::bench]
fn k_metrics(bencher: Bencher<'_, '_>) {
    bencher.bench_local(internals::counting());
}
