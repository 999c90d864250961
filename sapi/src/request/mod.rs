//! What a client asks for, read and judged: nothing here knows of hooks, HTTP or the CA's key.

mod fermat;
mod limbs;
mod reciprocal;
mod roca;
mod rsa_policy;
mod small_primes;
mod weak_rsa_key;

pub use rsa_policy::{RsaBoundsError, RsaPolicy};
pub use weak_rsa_key::WeakRsaKey;
