//! Cases of the channels port.

/// The names of this file's cases.
#[macro_export]
macro_rules! channels_cases {
    ($make:expr) => {
        $crate::conformance_cases!(channels, $make, []);
    };
}
