//! Cases of the chats port.

/// The names of this file's cases.
#[macro_export]
macro_rules! chats_cases {
    ($make:expr) => {
        $crate::conformance_cases!(chats, $make, []);
    };
}
