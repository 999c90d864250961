//! All requests share one hook: what changes in it needs a lock or an atomic.
use std::cell::Cell;

use sapi::SigningHooks;

struct Counting(Cell<u64>);

impl SigningHooks for Counting {}

fn main() {}
