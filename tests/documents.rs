//! The documents and shipped files say what the code does.

mod deployed;
mod documented;
