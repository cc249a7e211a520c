//! Payments, which are not offered.

mod get_stars_topup_options;

use tl_api::functions::payments as f;

use crate::dispatch::{Entry, Spec, entry};

pub(super) fn entries() -> Vec<Entry> {
    vec![entry!(Spec::SIGNED_IN, f::GetStarsTopupOptions, get_stars_topup_options::handle)]
}
