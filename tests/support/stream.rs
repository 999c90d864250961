//! A connection of either kind.

use std::io::{Read, Write};

/// A connection of either kind.
pub trait Stream: Read + Write + Send {}
impl<T: Read + Write + Send> Stream for T {}

/// Reads until the other side closes, cleanly or not.
pub fn read_to_close(stream: &mut dyn Stream) -> Vec<u8> {
    let (mut answer, mut piece) = (Vec::new(), [0; 4096]);
    while let Ok(length @ 1..) = stream.read(&mut piece) {
        answer.extend_from_slice(&piece[..length]);
    }
    answer
}
