//! Only a constructor makes terms, so that nothing gets into them by accident.
use sapi::{Terms, Validity};

fn main() {
    let _ = Terms { validity: Validity::days(1), names: Vec::new() };
}
