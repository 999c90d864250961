//! A fast verifier for many ECDSA signatures of one key.
//!
//! A verification adds two multiples: one of the curve's generator and one of the public key. OpenSSL
//! has a table only for the generator, so the second multiple costs several times as much. But OpenSSL
//! makes a table for any generator. So the key becomes the generator of a second group, and gets a
//! table as well. The result of the verification is the same.
#![allow(unsafe_code)]

use std::ffi::{c_int, c_void};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, OnceLock};
use std::{ptr, thread};

use foreign_types::ForeignType;
use openssl::bn::{BigNum, BigNumContext, BigNumRef};
use openssl::ec::{EcGroup, EcKey, EcKeyRef, EcPoint};
use openssl::ecdsa::EcdsaSigRef;
use openssl::error::ErrorStack;
use openssl::pkey::Public;

/// A public key on a named curve. It gets its table once it is in steady use: a table takes tens of
/// milliseconds, and neither a start nor a single certificate should wait for it.
pub(crate) struct SteadyKey {
    key: EcKey<Public>,
    uses: AtomicU32,
    fixed: Arc<OnceLock<FixedKey>>,
}

impl SteadyKey {
    pub(crate) fn new(key: EcKey<Public>) -> Self {
        Self {
            key,
            uses: AtomicU32::new(0),
            fixed: Arc::default(),
        }
    }

    /// Whether a signature of a digest is valid.
    pub(crate) fn holds(&self, digest: &[u8], signature: &EcdsaSigRef) -> Result<bool, ErrorStack> {
        if let Some(fixed) = self.fixed.get() {
            return fixed.holds(digest, signature);
        }
        if self.uses.fetch_add(1, Ordering::Relaxed) == STEADY {
            self.make_table();
        }
        signature.verify(digest, &self.key)
    }

    /// Makes the table on another thread. If that fails, OpenSSL goes on verifying, only slower.
    fn make_table(&self) {
        let (key, place) = (self.key.clone(), Arc::clone(&self.fixed));
        let work = move || {
            if let Ok(fixed) = FixedKey::new(&key) {
                // Only one such thread is ever started.
                let _ = place.set(fixed);
            }
        };
        let _ = thread::Builder::new().name("key-table".into()).spawn(work);
    }
}

/// How many signatures count as steady use.
const STEADY: u32 = 32;

/// A key with its table.
struct FixedKey {
    curve: EcGroup,
    own: EcGroup,
    order: BigNum,
    /// The exponent that gives an inverse, by Fermat, because the order is prime.
    inverse: BigNum,
}

impl FixedKey {
    fn new(key: &EcKeyRef<Public>) -> Result<Self, ErrorStack> {
        let (mut order, mut cofactor) = (BigNum::new()?, BigNum::new()?);
        let mut context = BigNumContext::new()?;
        key.group().order(&mut order, &mut context)?;
        key.group().cofactor(&mut cofactor, &mut context)?;
        let name = key.group().curve_name().ok_or_else(ErrorStack::get)?;
        let curve = EcGroup::from_curve_name(name)?;
        let mut own = EcGroup::from_curve_name(name)?;
        let point = key.public_key().to_owned(&own)?;
        own.set_generator(point, order.to_owned()?, cofactor)?;
        Ok(Self {
            curve: with_table(curve)?,
            own: with_table(own)?,
            inverse: &*order - &*BigNum::from_u32(2)?,
            order,
        })
    }

    /// Verifies as in FIPS 186-5 section 6.4.2, for a digest that is not longer than the order.
    pub(crate) fn holds(&self, digest: &[u8], signature: &EcdsaSigRef) -> Result<bool, ErrorStack> {
        let zero = BigNum::new()?;
        let order = &self.order;
        let is_scalar = |n: &BigNumRef| zero < *n && *n < **order;
        let (r, s) = (signature.r(), signature.s());
        if !is_scalar(r) || !is_scalar(s) {
            return Ok(false);
        }
        let mut context = BigNumContext::new()?;
        let (mut inverse, mut ours, mut theirs) = (BigNum::new()?, BigNum::new()?, BigNum::new()?);
        // This takes a third of the time of OpenSSL's general inverse.
        inverse.mod_exp(s, &self.inverse, order, &mut context)?;
        ours.mod_mul(&*BigNum::from_slice(digest)?, &inverse, order, &mut context)?;
        theirs.mod_mul(r, &inverse, order, &mut context)?;

        let mut of_curve = EcPoint::new(&self.curve)?;
        let mut of_key = EcPoint::new(&self.own)?;
        of_curve.mul_generator2(&self.curve, &ours, &mut context)?;
        of_key.mul_generator2(&self.own, &theirs, &mut context)?;
        let mut sum = EcPoint::new(&self.curve)?;
        sum.add(&self.curve, &of_curve, &of_key, &mut context)?;
        if sum.is_infinity(&self.curve) {
            return Ok(false);
        }
        let (mut x, mut y) = (BigNum::new()?, BigNum::new()?);
        sum.affine_coordinates(&self.curve, &mut x, &mut y, &mut context)?;
        let mut reduced = BigNum::new()?;
        reduced.nnmod(&x, order, &mut context)?;
        Ok(reduced == *r)
    }
}

/// The group, with a table of its generator's multiples.
fn with_table(group: EcGroup) -> Result<EcGroup, ErrorStack> {
    // SAFETY: the declaration is the one of OpenSSL 3 (ec.h). The group is alive and owned here, so no
    // other code sees it while OpenSSL adds the table. Without a context OpenSSL makes its own.
    let made = unsafe { EC_GROUP_precompute_mult(group.as_ptr().cast(), ptr::null_mut()) };
    match made {
        1 => Ok(group),
        _ => Err(ErrorStack::get()),
    }
}

unsafe extern "C" {
    /// Returns 1 if it is done, and 0 if it failed.
    fn EC_GROUP_precompute_mult(group: *mut c_void, context: *mut c_void) -> c_int;
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use openssl::ecdsa::EcdsaSig;
    use openssl::nid::Nid;
    use openssl::pkey::Private;
    use sha2::{Digest, Sha256};

    use super::*;

    const CURVES: [Nid; 3] = [Nid::X9_62_PRIME256V1, Nid::SECP384R1, Nid::SECP521R1];

    fn key(curve: Nid) -> (EcKey<Private>, FixedKey) {
        let group = EcGroup::from_curve_name(curve).unwrap();
        let key = EcKey::generate(&group).unwrap();
        let public = EcKey::from_public_key(&group, key.public_key()).unwrap();
        let fixed = FixedKey::new(&public).unwrap();
        (key, fixed)
    }

    #[test]
    fn it_agrees_with_openssl() {
        for curve in CURVES {
            let (key, fixed) = key(curve);
            let (other, _) = self::key(curve);
            for message in 0..100_u8 {
                let digest = Sha256::digest([message]);
                let signature = EcdsaSig::sign(&digest, &key).unwrap();
                assert!(signature.verify(&digest, &key).unwrap());
                assert!(fixed.holds(&digest, &signature).unwrap());
                let elsewhere = Sha256::digest([message, 0]);
                assert!(!fixed.holds(&elsewhere, &signature).unwrap());
                let foreign = EcdsaSig::sign(&digest, &other).unwrap();
                assert!(!fixed.holds(&digest, &foreign).unwrap());
            }
        }
    }

    #[test]
    fn steady_use_brings_the_table() {
        let group = EcGroup::from_curve_name(Nid::X9_62_PRIME256V1).unwrap();
        let key = EcKey::generate(&group).unwrap();
        let public = EcKey::from_public_key(&group, key.public_key()).unwrap();
        let steady = SteadyKey::new(public);
        let digest = Sha256::digest(b"message");
        let signature = EcdsaSig::sign(&digest, &key).unwrap();
        for _ in 0..STEADY {
            assert!(steady.holds(&digest, &signature).unwrap());
        }
        thread::sleep(Duration::from_millis(100));
        assert!(
            steady.fixed.get().is_none(),
            "made before there was steady use"
        );
        while steady.fixed.get().is_none() {
            assert!(steady.holds(&digest, &signature).unwrap());
        }
        assert!(steady.holds(&digest, &signature).unwrap());
        assert!(!steady.holds(&Sha256::digest(b"other"), &signature).unwrap());
    }

    #[test]
    fn numbers_out_of_range_do_not_hold() {
        let (key, fixed) = key(Nid::X9_62_PRIME256V1);
        let digest = Sha256::digest(b"message");
        let good = EcdsaSig::sign(&digest, &key).unwrap();
        let own = |n: &openssl::bn::BigNumRef| n.to_owned().unwrap();
        let zero = || BigNum::new().unwrap();
        let beyond = |n: &openssl::bn::BigNumRef| n + &*fixed.order;
        let mut negative = own(good.s());
        negative.set_negative(true);
        let complement = &*fixed.order - good.s();
        for (r, s, holds) in [
            (zero(), own(good.s()), false),
            (own(good.r()), zero(), false),
            (beyond(good.r()), own(good.s()), false),
            (own(good.r()), beyond(good.s()), false),
            (own(&fixed.order), own(good.s()), false),
            (own(good.r()), own(&fixed.order), false),
            (own(good.r()), negative, false),
            (own(good.s()), own(good.r()), false),
            // The other valid signature (FIPS 186-5 does not forbid it).
            (own(good.r()), complement, true),
        ] {
            let signature = EcdsaSig::from_private_components(r, s).unwrap();
            assert_eq!(fixed.holds(&digest, &signature).unwrap(), holds);
            let openssl = signature.verify(&digest, &key).unwrap_or(false);
            assert_eq!(openssl, holds);
        }
    }
}
