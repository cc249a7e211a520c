//! Any bytes to the capped inflater; and what is compressed comes back.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tl_codec::{Budget, InflateLimits, gzip, inflate};

fuzz_target!(|data: &[u8]| {
    let limits = InflateLimits::REQUEST;
    if let Ok(out) = inflate(data, limits, &mut Budget::for_request(data.len())) {
        assert!(out.len() <= limits.max_output_bytes);
    }
    let mut zlib = vec![0x78, 0x9c];
    zlib.extend_from_slice(data);
    let _ = inflate(&zlib, limits, &mut Budget::for_request(zlib.len()));

    let wide = InflateLimits { max_output_bytes: 1 << 24, max_ratio: usize::MAX, parts: &[] };
    assert_eq!(inflate(&gzip(data), wide, &mut Budget::unlimited()).as_deref(), Ok(data));
});
