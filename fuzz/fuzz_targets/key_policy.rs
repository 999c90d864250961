#![no_main]
libfuzzer_sys::fuzz_target!(|data: &[u8]| sapi_tests::fuzz::key_policy::run(data));
