//! The policy for RSA keys, and the arithmetic it needs.
//!
//! Why the arithmetic is our own: the policy runs for every request with an RSA key, before any hook.
//! It is small and special: remainders by fixed numbers, one square root, and bit sets that are made
//! at compile time. OpenSSL is linked anyway, but it does not have an integer square root. All numbers
//! are public, so nothing has to run in constant time.
//!
//! The whole policy costs about 3 µs for an RSA-2048 key (docs/performance.md). No big-integer library
//! was measured beside it. The unit tests and the fuzz target `key_policy` compare the results with
//! OpenSSL's arithmetic.

pub(crate) mod fermat;
pub(crate) mod limbs;
pub(crate) mod policy;
pub(crate) mod primes;
pub(crate) mod reciprocal;
pub(crate) mod roca;
pub(crate) mod weak;
