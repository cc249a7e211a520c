//! The methods of `updates`: where an account stands, and what it missed.

use tl_api::functions::updates as f;

use crate::dispatch::{Entry, Spec, entry};

mod get_channel_difference;
mod get_difference;
mod get_state;

pub(super) fn entries() -> Vec<Entry> {
    vec![
        entry!(Spec::SIGNED_IN, f::GetState, get_state::handle),
        entry!(Spec::SIGNED_IN, f::GetDifference, get_difference::handle),
        entry!(Spec::SIGNED_IN, f::GetChannelDifference, get_channel_difference::handle),
    ]
}
