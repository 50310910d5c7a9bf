#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| call_ribbon_server::fuzz::check_agent_token(data));
