//! The least issuance: verify the request's signature, build and sign the certificate, nothing else.
//!
//! It knows its request's parts beforehand and checks only the signature. It shows what a server would
//! cost if it did nothing but cryptography.

use std::thread;
use std::time::{Duration, Instant};

use der::asn1::BitStringRef;
use der::{AnyRef, Decode, Reader, SliceReader};
use openssl::bn::{BigNum, BigNumContext};
use openssl::ec::{EcGroup, EcKey, EcPoint};
use openssl::ecdsa::EcdsaSig;
use openssl::hash::MessageDigest;
use openssl::nid::Nid;
use openssl::pkey::{Id, PKey, Private};
use openssl::rand::rand_bytes;
use openssl::rsa::{Padding, Rsa};
use openssl::sha::{Sha1, Sha256, Sha384};
use openssl::sign::Signer;
use sapi::CertRequest;
use sapi::testing::Authority;

use crate::process::{Sample, thread_cpu};

#[allow(missing_debug_implementations, reason = "nobody prints a key")]
/// A CA's key, and the parts that all its certificates share.
pub struct Least {
    key: PKey<Private>,
    algorithm: Vec<u8>,
    issuer: Vec<u8>,
    authority_key_id: Vec<u8>,
    p256: EcGroup,
    requests: Vec<Parts>,
}

/// A request, taken apart.
struct Parts {
    info: Vec<u8>,
    signature: Vec<u8>,
    subject: Vec<u8>,
    spki: Vec<u8>,
    key_bits: Vec<u8>,
    numbers: Numbers,
    names: Vec<u8>,
}

enum Numbers {
    Rsa { modulus: Vec<u8>, exponent: Vec<u8> },
    P256,
}

impl Least {
    /// Prepares everything that can be prepared.
    ///
    /// # Panics
    /// When a request's key is neither RSA nor P-256.
    #[must_use]
    pub fn new(authority: &Authority, requests: &[CertRequest]) -> Self {
        let certificate = authority.certificate();
        let key_id = certificate.subject_key_id().unwrap().as_slice();
        let key_id = element(0x30, &[&element(0x80, &[key_id])]);
        let der = certificate.to_der().unwrap();
        Self {
            key: authority.key().private_key().clone(),
            // A CA of the benches has signed itself, as it signs others.
            algorithm: signature_algorithm(&der),
            issuer: certificate.subject_name().to_der().unwrap(),
            authority_key_id: extension(&[0x55, 0x1d, 35], false, &key_id),
            p256: EcGroup::from_curve_name(Nid::X9_62_PRIME256V1).unwrap(),
            requests: requests.iter().map(Parts::of).collect(),
        }
    }

    /// Issues a certificate for one of the requests.
    ///
    /// # Panics
    /// When the request's signature is not valid.
    #[must_use]
    pub fn issue(&self, number: usize) -> Vec<u8> {
        let request = &self.requests[number % self.requests.len()];
        assert!(self.verify(request), "the request's signature is not valid");
        let tbs = self.tbs(request);
        let signature = element(0x03, &[&[0], &self.sign(&tbs)]);
        element(0x30, &[&tbs, &self.algorithm, &signature])
    }

    /// Issues on one thread per core for a while.
    #[must_use]
    pub fn measure(&self, window: Duration) -> Sample {
        let cores = thread::available_parallelism().map_or(1, usize::from);
        let begun = Instant::now();
        let loops: Vec<(u64, Duration)> = thread::scope(|scope| {
            let one = |_| {
                scope.spawn(|| {
                    let (before, mut issued) = (thread_cpu(), 0);
                    while begun.elapsed() < window {
                        std::hint::black_box(self.issue(issued));
                        issued += 1;
                    }
                    (issued as u64, thread_cpu() - before)
                })
            };
            let threads: Vec<_> = (0..cores).map(one).collect();
            threads.into_iter().map(|t| t.join().unwrap()).collect()
        });
        let issued = loops.iter().map(|(issued, _)| issued).sum();
        let cpu = loops.iter().map(|(_, cpu)| *cpu).sum();
        Sample::new(issued, cpu, begun.elapsed())
    }

    fn verify(&self, request: &Parts) -> bool {
        let digest = sha256(&request.info);
        match &request.numbers {
            Numbers::Rsa { modulus, exponent } => {
                let number = |octets: &[u8]| BigNum::from_slice(octets).unwrap();
                let key = Rsa::from_public_components(number(modulus), number(exponent)).unwrap();
                let mut held = vec![0; request.signature.len()];
                let length = key.public_decrypt(&request.signature, &mut held, Padding::PKCS1);
                held.truncate(length.unwrap());
                held.ends_with(&digest)
            }
            Numbers::P256 => {
                let mut context = BigNumContext::new().unwrap();
                let point = EcPoint::from_bytes(&self.p256, &request.key_bits, &mut context);
                let key = EcKey::from_public_key(&self.p256, &point.unwrap()).unwrap();
                let signature = EcdsaSig::from_der(&request.signature).unwrap();
                signature.verify(&digest, &key).unwrap()
            }
        }
    }

    fn tbs(&self, request: &Parts) -> Vec<u8> {
        let mut serial = [0; 16];
        rand_bytes(&mut serial).unwrap();
        serial[0] = serial[0] & 0x7f | 0x40;
        let mut sha1 = Sha1::new();
        sha1.update(&request.key_bits);
        let key_id = extension(&[0x55, 0x1d, 14], false, &element(4, &[&sha1.finish()]));
        let extensions = element(
            0xa3,
            &[&element(
                0x30,
                &[
                    FIXED_EXTENSIONS,
                    &request.names,
                    &key_id,
                    &self.authority_key_id,
                ],
            )],
        );
        element(
            0x30,
            &[
                &[0xa0, 3, 2, 1, 2],
                &element(2, &[&serial]),
                &self.algorithm,
                &self.issuer,
                VALIDITY,
                &request.subject,
                &request.spki,
                &extensions,
            ],
        )
    }

    fn sign(&self, tbs: &[u8]) -> Vec<u8> {
        match self.key.id() {
            Id::RSA => Signer::new(MessageDigest::sha256(), &self.key)
                .unwrap()
                .sign_oneshot_to_vec(tbs)
                .unwrap(),
            Id::EC => {
                let key = self.key.ec_key().unwrap();
                let digest = if self.key.bits() == 384 {
                    sha384(tbs)
                } else {
                    sha256(tbs).to_vec()
                };
                let signature = EcdsaSig::sign(&digest, &key).unwrap();
                signature.to_der().unwrap()
            }
            _ => Signer::new_without_digest(&self.key)
                .unwrap()
                .sign_oneshot_to_vec(tbs)
                .unwrap(),
        }
    }
}

impl Parts {
    fn of(request: &CertRequest) -> Self {
        let (info, signature) = signed_parts(request);
        let spki = request.public_key_der();
        let [_, bits] = fields(spki);
        let key_bits = BitStringRef::from_der(bits).unwrap().raw_bytes().to_vec();
        let key = request.public_key();
        let numbers = match key.rsa() {
            Ok(rsa) => Numbers::Rsa {
                modulus: rsa.n().to_vec(),
                exponent: rsa.e().to_vec(),
            },
            Err(_) => Numbers::P256,
        };
        let names: Vec<_> = request.names().iter().map(|n| n.value()).collect();
        let names: Vec<_> = names
            .iter()
            .map(|n| element(0x82, &[n.as_bytes()]))
            .collect();
        let names = element(0x30, &[&names.concat()]);
        Self {
            info,
            signature,
            subject: request.subject().as_der().to_vec(),
            names: extension(&[0x55, 0x1d, 17], false, &names),
            spki: spki.to_vec(),
            key_bits,
            numbers,
        }
    }
}

/// The signed bytes of a request, and the signature.
///
/// # Panics
/// When the request is not DER. The benches' own requests are.
#[must_use]
pub fn signed_parts(request: &CertRequest) -> (Vec<u8>, Vec<u8>) {
    let [info, _, signature] = fields(request.der());
    let signature = BitStringRef::from_der(signature).unwrap();
    (info.to_vec(), signature.raw_bytes().to_vec())
}

/// The elements of a SEQUENCE.
fn fields<const N: usize>(der: &[u8]) -> [&[u8]; N] {
    let content = AnyRef::from_der(der).unwrap().value();
    let mut reader = SliceReader::new(content).unwrap();
    [(); N].map(|()| reader.tlv_bytes().unwrap())
}

fn signature_algorithm(certificate: &[u8]) -> Vec<u8> {
    let [_, algorithm, _] = fields(certificate);
    algorithm.to_vec()
}

fn extension(kind: &[u8], critical: bool, value: &[u8]) -> Vec<u8> {
    let critical: &[u8] = if critical { &[1, 1, 0xff] } else { &[] };
    element(
        0x30,
        &[&element(6, &[kind]), critical, &element(4, &[value])],
    )
}

fn element(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let length: usize = parts.iter().map(|part| part.len()).sum();
    let mut out = Vec::with_capacity(length + 4);
    out.push(tag);
    match length {
        0..=0x7f => out.push(length as u8),
        0x80..=0xff => out.extend([0x81, length as u8]),
        _ => out.extend([0x82, (length >> 8) as u8, length as u8]),
    }
    parts.iter().for_each(|part| out.extend_from_slice(part));
    out
}

fn sha256(message: &[u8]) -> [u8; 32] {
    let mut digest = Sha256::new();
    digest.update(message);
    digest.finish()
}

fn sha384(message: &[u8]) -> Vec<u8> {
    let mut digest = Sha384::new();
    digest.update(message);
    digest.finish().to_vec()
}

/// Thirty days.
const VALIDITY: &[u8] = b"\x30\x1e\x17\x0d250101000000Z\x17\x0d250131000000Z";

/// basicConstraints CA:FALSE, keyUsage digitalSignature, extendedKeyUsage serverAuth and clientAuth.
const FIXED_EXTENSIONS: &[u8] = &[
    0x30, 12, 6, 3, 0x55, 0x1d, 19, 1, 1, 0xff, 4, 2, 0x30, 0, // basicConstraints
    0x30, 14, 6, 3, 0x55, 0x1d, 15, 1, 1, 0xff, 4, 4, 3, 2, 7, 0x80, // keyUsage
    0x30, 29, 6, 3, 0x55, 0x1d, 37, 4, 22, 0x30, 20, // extendedKeyUsage
    6, 8, 0x2b, 6, 1, 5, 5, 7, 3, 1, 6, 8, 0x2b, 6, 1, 5, 5, 7, 3, 2,
];
