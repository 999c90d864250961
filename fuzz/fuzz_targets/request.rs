#![no_main]
use sapi_tests::fuzz::request as target;

// What is made once, such as keys, is made before the time of an input is taken.
libfuzzer_sys::fuzz_target!(
    init: target::seeds().iter().for_each(|seed| target::run(seed)),
    |data: &[u8]| target::run(data)
);
