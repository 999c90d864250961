//! OpenSSL's secure heap: memory for private keys that is locked, never dumped, and wiped when given back.
#![allow(unsafe_code)]

use std::ffi::c_int;
use std::sync::OnceLock;

use openssl::init;

/// Makes OpenSSL keep the numbers of private keys in locked memory. Call it before a key is loaded.
///
/// # Errors
///
/// When the memory cannot be locked. The swap file may then contain keys, as it may contain any memory.
pub(crate) fn prepare() -> Result<(), &'static str> {
    static DONE: OnceLock<c_int> = OnceLock::new();
    let done = DONE.get_or_init(|| {
        init();
        // SAFETY: the signature is the one in OpenSSL 3's crypto.h. The function takes no pointers. As it
        // demands, both numbers are powers of two, and the size is far more than the least piece. It must
        // not run twice: the `OnceLock` prevents that. It must not run while secure memory is in use: nobody
        // can use any before this call.
        unsafe { CRYPTO_secure_malloc_init(SIZE, LEAST) }
    });
    match done {
        1 => Ok(()),
        2 => Err("locking memory is not allowed; raise the limit (LimitMEMLOCK=, ulimit -l)"),
        _ => Err("OpenSSL's secure heap is not available"),
    }
}

unsafe extern "C" {
    /// Returns 1: done, 2: done but not locked, 0: failed.
    fn CRYPTO_secure_malloc_init(size: usize, minsize: usize) -> c_int;
}

/// Ten times the need of two RSA-16384 keys and a hundred threads that sign.
const SIZE: usize = 1 << 20;
const LEAST: usize = 32;
