//! The methods of `upload`.

mod get_file;
mod get_file_hashes;
mod location;
mod save_big_file_part;
mod save_file_part;
#[cfg(test)]
mod stuck;
#[cfg(test)]
mod tests;

use tl_api::functions;

use crate::dispatch::{Entry, Spec, entry};

pub(super) fn entries() -> Vec<Entry> {
    vec![
        entry!(Spec::SIGNED_IN, functions::upload::GetFile, get_file::handle),
        entry!(Spec::SIGNED_IN, functions::upload::GetFileHashes, get_file_hashes::handle),
        entry!(Spec::SIGNED_IN, functions::upload::SaveBigFilePart, save_big_file_part::handle),
        entry!(Spec::SIGNED_IN, functions::upload::SaveFilePart, save_file_part::handle),
    ]
}
