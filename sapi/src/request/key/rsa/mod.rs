//! Which RSA keys are good enough, and the arithmetic that tells.

pub(crate) mod fermat;
pub(crate) mod limbs;
pub(crate) mod policy;
pub(crate) mod primes;
pub(crate) mod reciprocal;
pub(crate) mod roca;
pub(crate) mod weak;
