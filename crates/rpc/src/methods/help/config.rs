//! The values of `config`.

use std::net::{IpAddr, SocketAddr};

use model::{UnixTime, limits};
use tl_api::{enums, types};

use crate::Call;
use crate::convert::{count, date};

/// The numbers that clients have dialled since 2013. All of them are this server.
const DCS: std::ops::RangeInclusive<i32> = 1..=5;
/// For how long clients may keep the configuration, seconds.
const LIFE_S: i64 = 3600;
/// No limit: 32 bits of seconds.
const EVER: i32 = i32::MAX;

/// `config`, as the caller's connection sees the server.
pub(super) fn config(call: &Call) -> enums::Config {
    let now = call.core.now();
    let this_dc = call.connection.dc;
    types::Config {
        // Both sides may delete a private message at any time.
        revoke_pm_inbox: true,
        date: date(now),
        expires: date(UnixTime(now.0 + LIFE_S)),
        test_mode: false,
        this_dc,
        dc_options: dc_options(this_dc, &call.connection.listen),
        dc_txt_domain_name: String::new(),
        chat_size_max: count(limits::CHAT_MEMBERS),
        // Channels have no limit; clients show this figure and do not check it.
        megagroup_size_max: 10_000_000,
        forwarded_count_max: count(limits::BATCH),
        online_update_period_ms: 210_000,
        offline_blur_timeout_ms: 5_000,
        offline_idle_timeout_ms: 30_000,
        online_cloud_timeout_ms: 300_000,
        notify_cloud_delay_ms: 30_000,
        notify_default_delay_ms: 1_500,
        push_chat_period_ms: 60_000,
        push_chat_limit: 2,
        edit_time_limit: 48 * 3600,
        revoke_time_limit: EVER,
        revoke_pm_time_limit: EVER,
        rating_e_decay: 2_419_200,
        stickers_recent_limit: 200,
        channels_read_media_period: 7 * 24 * 3600,
        call_receive_timeout_ms: 20_000,
        call_ring_timeout_ms: 90_000,
        call_connect_timeout_ms: 30_000,
        call_packet_timeout_ms: 10_000,
        me_url_prefix: call.core.policy.link_prefix.clone(),
        caption_length_max: count(limits::CAPTION_CHARS),
        message_length_max: count(limits::MESSAGE_CHARS),
        webfile_dc_id: this_dc,
        reactions_default: Some(types::ReactionEmoji { emoticon: "\u{1f44d}".to_owned() }.into()),
        ..Default::default()
    }
    .into()
}

/// Every DC at every address. `static`, because some clients use nothing else.
fn dc_options(this_dc: i32, addresses: &[SocketAddr]) -> Vec<enums::DcOption> {
    let other = Some(this_dc).filter(|dc| !DCS.contains(dc));
    let dcs = DCS.chain(other);
    let reachable = addresses.iter().filter(|address| !address.ip().is_unspecified());
    let options = dcs.flat_map(|id| {
        reachable.clone().map(move |address| {
            types::DcOption {
                ipv6: matches!(address.ip(), IpAddr::V6(_)),
                r#static: true,
                id,
                ip_address: address.ip().to_string(),
                port: i32::from(address.port()),
                ..Default::default()
            }
            .into()
        })
    });
    options.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_dc_is_at_every_address_that_can_be_dialled() {
        let addresses =
            ["127.0.0.1:8443", "[::1]:8443", "0.0.0.0:443"].map(|address| address.parse().unwrap());
        let options = dc_options(7, &addresses);
        assert_eq!(options.len(), 12);
        for option in options {
            let enums::DcOption::DcOption(option) = option;
            assert!(option.r#static && !option.media_only && !option.tcpo_only && !option.cdn);
            assert_eq!(option.ipv6, option.ip_address == "::1");
            assert_eq!(option.port, 8443);
        }
    }
}
