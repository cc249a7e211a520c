//! The methods of `folders`: the archive.

use tl_api::functions::folders as f;

use crate::dispatch::{Entry, Spec, entry};

mod edit_peer_folders;

pub(super) fn entries() -> Vec<Entry> {
    vec![entry!(Spec::SIGNED_IN, f::EditPeerFolders, edit_peer_folders::handle)]
}
