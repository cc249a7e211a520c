//! The server's description of itself.

mod app_config;
mod config;
mod countries;
mod get_app_config;
mod get_cdn_config;
mod get_config;
mod get_countries_list;
mod get_deep_link_info;
mod get_invite_text;
mod get_nearest_dc;
mod get_peer_colors;
mod get_peer_profile_colors;
mod get_premium_promo;
mod get_promo_data;
mod get_terms_of_service_update;
mod get_timezones_list;

use model::UnixTime;
use tl_api::functions::help as f;

use crate::Call;
use crate::convert::date;
use crate::dispatch::{Entry, Spec, entry};

pub(super) fn entries() -> Vec<Entry> {
    vec![
        entry!(Spec::ANYONE, f::GetConfig, get_config::handle),
        entry!(Spec::ANYONE, f::GetNearestDc, get_nearest_dc::handle),
        entry!(Spec::ANYONE, f::GetAppConfig, get_app_config::handle),
        entry!(Spec::ANYONE, f::GetCountriesList, get_countries_list::handle),
        entry!(Spec::ANYONE, f::GetCdnConfig, get_cdn_config::handle),
        entry!(Spec::SIGNED_IN, f::GetTermsOfServiceUpdate, get_terms_of_service_update::handle),
        entry!(Spec::SIGNED_IN, f::GetPromoData, get_promo_data::handle),
        entry!(Spec::SIGNED_IN, f::GetPremiumPromo, get_premium_promo::handle),
        entry!(Spec::ANYONE, f::GetPeerColors, get_peer_colors::handle),
        entry!(Spec::ANYONE, f::GetPeerProfileColors, get_peer_profile_colors::handle),
        entry!(Spec::SIGNED_IN, f::GetInviteText, get_invite_text::handle),
        entry!(Spec::ANYONE, f::GetDeepLinkInfo, get_deep_link_info::handle),
        entry!(Spec::ANYONE, f::GetTimezonesList, get_timezones_list::handle),
    ]
}

/// When clients may ask again.
fn in_a_day(call: &Call) -> i32 {
    date(UnixTime(call.core.now().0 + 24 * 3600))
}
