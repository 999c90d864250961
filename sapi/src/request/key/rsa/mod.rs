//! The policy for RSA keys, and the arithmetic it needs.
//!
//! Why the arithmetic is our own: the policy runs for every request with an RSA key, before any hook.
//! It is small and special: remainders by fixed numbers, one square root, and bit sets that are made
//! at compile time. OpenSSL is linked anyway, but it does not have an integer square root. All numbers
//! are public, so nothing has to run in constant time.
//!
//! The whole policy costs 2.2 µs for an RSA-2048 key and 4.2 µs for RSA-4096. With `crypto-bigint` 0.7, on the same
//! machine at the same time: the square root alone 1.8 and 4.1 µs, the 132 remainders 41 and 84 µs, the hundred
//! squares of Fermat's method 60 and 286 µs. The unit tests and the fuzz target `key_policy` compare the results
//! with OpenSSL's arithmetic.

pub(crate) mod fermat;
pub(crate) mod limbs;
pub(crate) mod policy;
pub(crate) mod primes;
pub(crate) mod reciprocal;
pub(crate) mod roca;
pub(crate) mod weak;
