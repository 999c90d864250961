//! Terms are made by their constructor alone, so that nothing is in them by accident.
use sapi::{Terms, Validity};

fn main() {
    let _ = Terms { validity: Validity::days(1), names: Vec::new() };
}
