//! Cases of the dialogs port.

/// The names of this file's cases.
#[macro_export]
macro_rules! dialogs_cases {
    ($make:expr) => {
        $crate::conformance_cases!(dialogs, $make, []);
    };
}
