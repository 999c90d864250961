//! Example shell.
fn main() {}
