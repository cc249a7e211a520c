//! The methods of `stats`: figures of channels and supergroups for their admins.

mod get_broadcast_stats;
mod get_megagroup_stats;
mod load_async_graph;
#[cfg(test)]
mod tests;

use tl_api::functions::stats as f;

use crate::dispatch::{Entry, Spec, entry};

pub(super) fn entries() -> Vec<Entry> {
    vec![
        entry!(Spec::SIGNED_IN, f::GetBroadcastStats, get_broadcast_stats::handle),
        entry!(Spec::SIGNED_IN, f::GetMegagroupStats, get_megagroup_stats::handle),
        entry!(Spec::SIGNED_IN, f::LoadAsyncGraph, load_async_graph::handle),
    ]
}
