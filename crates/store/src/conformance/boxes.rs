//! Cases of the boxes port.

/// The names of this file's cases.
#[macro_export]
macro_rules! boxes_cases {
    ($make:expr) => {
        $crate::conformance_cases!(boxes, $make, []);
    };
}
