//! Stories, which are not offered.

mod get_all_stories;
mod get_peer_stories;

use tl_api::functions::stories as f;

use crate::dispatch::{Entry, Spec, entry};

pub(super) fn entries() -> Vec<Entry> {
    vec![
        entry!(Spec::SIGNED_IN, f::GetPeerStories, get_peer_stories::handle),
        entry!(Spec::SIGNED_IN, f::GetAllStories, get_all_stories::handle),
    ]
}
