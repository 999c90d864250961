//! Properties of every certificate, over generated requests, grants and hooks.
//!
//! `SAPI_CASES=100000` runs that many cases of each property. The default is CI's number.

mod certificates;
mod serials;
mod strategies;

fn cases(by_default: u32) -> u32 {
    match std::env::var("SAPI_CASES") {
        Ok(count) => count.parse().expect("SAPI_CASES is not a number"),
        Err(_) => by_default,
    }
}
