//! The methods, one file each, by the official namespaces. Every namespace lists its own rows.

use crate::dispatch::Entry;

mod account;
mod auth;
mod bots;
mod channels;
mod contacts;
mod folders;
mod help;
mod langpack;
mod messages;
mod payments;
mod photos;
mod stats;
mod stories;
mod updates;
mod upload;
mod users;

/// All rows.
pub(crate) fn entries() -> Vec<Entry> {
    let mut rows = Vec::new();
    rows.extend(account::entries());
    rows.extend(auth::entries());
    rows.extend(bots::entries());
    rows.extend(channels::entries());
    rows.extend(contacts::entries());
    rows.extend(folders::entries());
    rows.extend(help::entries());
    rows.extend(langpack::entries());
    rows.extend(messages::entries());
    rows.extend(payments::entries());
    rows.extend(photos::entries());
    rows.extend(stats::entries());
    rows.extend(stories::entries());
    rows.extend(updates::entries());
    rows.extend(upload::entries());
    rows.extend(users::entries());
    rows
}
