//! Memory for private keys that is locked, never dumped, and wiped when given back: OpenSSL's secure heap.
#![allow(unsafe_code)]

use std::ffi::c_int;
use std::sync::OnceLock;

use openssl::init;

/// Makes OpenSSL keep the numbers of private keys in locked memory. To be called before a key is loaded.
///
/// # Errors
///
/// When the memory cannot be locked: keys are then as safe from the swap file as other memory.
pub(crate) fn prepare() -> Result<(), &'static str> {
    static DONE: OnceLock<c_int> = OnceLock::new();
    let done = DONE.get_or_init(|| {
        init();
        // SAFETY: the signature is that of OpenSSL 3 (crypto.h). The function takes no pointers; both
        // numbers are powers of two and the size is far more than the least piece, as it demands. It must
        // not run twice, for which the `OnceLock` stands, nor while secure memory is in use: nobody
        // uses any before it is there.
        unsafe { CRYPTO_secure_malloc_init(SIZE, LEAST) }
    });
    match done {
        1 => Ok(()),
        2 => Err("locking memory is not allowed; raise the limit (LimitMEMLOCK=, ulimit -l)"),
        _ => Err("OpenSSL's secure heap is not to be had"),
    }
}

unsafe extern "C" {
    /// 1: done, 2: done but not locked, 0: failed.
    fn CRYPTO_secure_malloc_init(size: usize, minsize: usize) -> c_int;
}

/// Two RSA-16384 keys and what a hundred threads need while they sign fit ten times.
const SIZE: usize = 1 << 20;
const LEAST: usize = 32;
