//! One suite that every implementation of the ports passes.
//!
//! A case is a `pub async fn name(stores: &Stores)` in the file of its port, and is named in that file's `*_cases!` list.
//! [`conformance_suite!`](crate::conformance_suite) makes one test of each, so that a failure has a name. Every case
//! starts from an empty store.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::cognitive_complexity,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::missing_panics_doc,
    reason = "the suite is test code that other crates' tests run; its cases are lists of steps"
)]

pub mod accounts;
pub mod acts;
pub mod admin_log;
pub mod blobs;
pub mod box_changes;
pub mod box_marks;
pub mod box_model;
pub mod box_search;
pub mod boxes;
pub mod channel_edits;
pub mod channel_lists;
pub mod channel_log;
pub mod channel_readers;
pub mod channel_reading;
pub mod channel_rights;
pub mod channel_roles;
pub mod channel_scene;
pub mod channels;
pub mod chats;
pub mod contacts;
pub mod dialogs;
pub mod discussions;
pub mod expiry;
pub mod expiry_keys;
pub mod keys;
pub mod media;
pub mod names;
pub mod polls;
pub mod post_search;
pub mod reports;
pub mod schedule;
pub mod secret;
pub mod secret_model;
pub mod statistics;
pub mod support;
pub mod unread_reactions;
pub mod writing;

/// Expands to a module for each port with one `#[tokio::test]` a case. `$make` is the path of an
/// `async fn() -> (Stores, Guard)`; the guard (a temporary folder, say) lives as long as the case.
#[macro_export]
macro_rules! conformance_suite {
    ($make:expr) => {
        $crate::accounts_cases!($make);
        $crate::acts_cases!($make);
        $crate::admin_log_cases!($make);
        $crate::contacts_cases!($make);
        $crate::expiry_cases!($make);
        $crate::expiry_keys_cases!($make);
        $crate::keys_cases!($make);
        $crate::media_cases!($make);
        $crate::names_cases!($make);
        $crate::polls_cases!($make);
        $crate::post_search_cases!($make);
        $crate::reports_cases!($make);
        $crate::secret_cases!($make);
        $crate::schedule_cases!($make);
        $crate::statistics_cases!($make);
        $crate::blobs_cases!($make);
        $crate::boxes_cases!($make);
        $crate::box_changes_cases!($make);
        $crate::box_marks_cases!($make);
        $crate::box_search_cases!($make);
        $crate::dialogs_cases!($make);
        $crate::unread_reactions_cases!($make);
        $crate::chats_cases!($make);
        $crate::channels_cases!($make);
        $crate::channel_lists_cases!($make);
        $crate::channel_roles_cases!($make);
        $crate::channel_log_cases!($make);
        $crate::channel_edits_cases!($make);
        $crate::channel_readers_cases!($make);
        $crate::channel_reading_cases!($make);
        $crate::channel_rights_cases!($make);
        $crate::discussions_cases!($make);
    };
}

/// One module of tests; used by the ports' lists.
#[macro_export]
macro_rules! conformance_cases {
    ($port:ident, $make:expr, [$($case:ident),* $(,)?]) => {
        mod $port {
            #[allow(unused_imports, clippy::allow_attributes, reason = "a list may be empty")]
            use super::*;
            $(
                #[tokio::test]
                async fn $case() {
                    let (stores, _guard) = $make().await;
                    $crate::conformance::$port::$case(&stores).await;
                }
            )*
        }
    };
}

#[cfg(test)]
mod tests {
    /// Every case of a file is in that file's list.
    fn assert_listed(source: &str) {
        let (list, _) = source.split_once("#[macro_export]").map_or((source, ""), |(_, rest)| {
            rest.split_once("\n}\n").expect("a list ends with a brace")
        });
        let cases = source.lines().filter_map(|line| line.strip_prefix("pub async fn "));
        for case in cases.filter_map(|rest| rest.split_once('(').map(|(name, _)| name)) {
            let listed =
                list.split(|c: char| !(c.is_alphanumeric() || c == '_')).any(|word| word == case);
            assert!(listed, "{case} is not in its file's list");
        }
    }

    #[test]
    fn no_case_is_forgotten() {
        assert_listed(include_str!("accounts.rs"));
        assert_listed(include_str!("acts.rs"));
        assert_listed(include_str!("admin_log.rs"));
        assert_listed(include_str!("blobs.rs"));
        assert_listed(include_str!("boxes.rs"));
        assert_listed(include_str!("box_changes.rs"));
        assert_listed(include_str!("box_marks.rs"));
        assert_listed(include_str!("box_search.rs"));
        assert_listed(include_str!("channels.rs"));
        assert_listed(include_str!("channel_lists.rs"));
        assert_listed(include_str!("channel_roles.rs"));
        assert_listed(include_str!("channel_log.rs"));
        assert_listed(include_str!("channel_edits.rs"));
        assert_listed(include_str!("channel_readers.rs"));
        assert_listed(include_str!("channel_reading.rs"));
        assert_listed(include_str!("channel_rights.rs"));
        assert_listed(include_str!("chats.rs"));
        assert_listed(include_str!("contacts.rs"));
        assert_listed(include_str!("dialogs.rs"));
        assert_listed(include_str!("discussions.rs"));
        assert_listed(include_str!("expiry.rs"));
        assert_listed(include_str!("keys.rs"));
        assert_listed(include_str!("media.rs"));
        assert_listed(include_str!("names.rs"));
        assert_listed(include_str!("polls.rs"));
        assert_listed(include_str!("post_search.rs"));
        assert_listed(include_str!("reports.rs"));
        assert_listed(include_str!("secret.rs"));
        assert_listed(include_str!("schedule.rs"));
        assert_listed(include_str!("statistics.rs"));
        assert_listed(include_str!("unread_reactions.rs"));
    }
}
