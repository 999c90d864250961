//! Starts the real parts that the tests drive.
