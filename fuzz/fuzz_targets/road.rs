#![no_main]
use sapi_tests::fuzz::road as target;

// Makes one-time values, such as keys, before the first input is timed.
libfuzzer_sys::fuzz_target!(
    init: target::seeds().iter().for_each(|seed| target::run(seed)),
    |data: &[u8]| target::run(data)
);
