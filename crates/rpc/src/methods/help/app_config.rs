//! Our limits under the names that clients know from `help.getAppConfig`.

use std::sync::LazyLock;

use model::limits;
use tl_api::{enums, types};

use crate::convert::count;

/// What clients may know of our limits. A person without premium reads the `default` ones; there is no premium here, so both are the same.
fn figures() -> Vec<(&'static str, f64)> {
    let int = |value: usize| f64::from(count(value));
    vec![
        ("about_length_limit_default", int(limits::ABOUT_CHARS)),
        ("about_length_limit_premium", int(limits::ABOUT_CHARS)),
        ("caption_length_limit_default", int(limits::CAPTION_CHARS)),
        ("caption_length_limit_premium", int(limits::CAPTION_CHARS)),
        ("channels_limit_default", int(limits::CHANNELS_PER_USER)),
        ("channels_limit_premium", int(limits::CHANNELS_PER_USER)),
        ("dialogs_pinned_limit_default", int(limits::PINNED_DIALOGS)),
        ("dialogs_pinned_limit_premium", int(limits::PINNED_DIALOGS)),
        ("dialogs_folder_pinned_limit_default", int(limits::PINNED_DIALOGS)),
        ("dialogs_folder_pinned_limit_premium", int(limits::PINNED_DIALOGS)),
        ("reactions_user_max_default", int(limits::REACTIONS_PER_USER)),
        ("reactions_user_max_premium", int(limits::REACTIONS_PER_USER)),
        ("upload_max_fileparts_default", f64::from(limits::PARTS)),
        ("upload_max_fileparts_premium", f64::from(limits::PARTS)),
        ("chat_read_mark_expire_period", 7.0 * 24.0 * 3600.0),
        ("chat_read_mark_size_threshold", f64::from(limits::READERS_MEMBERS)),
        ("hidden_members_group_size_min", f64::from(limits::HIDING_MEMBERS)),
        ("pm_read_date_expire_period", 7.0 * 24.0 * 3600.0),
    ]
}

/// Switches: what is not offered is off.
const SWITCHES: &[(&str, bool)] = &[
    ("premium_purchase_blocked", true),
    ("stars_purchase_blocked", true),
    ("stories_all_hidden", true),
    ("test", false),
];

static CONFIG: LazyLock<(i32, enums::JSONValue)> = LazyLock::new(|| {
    let number = |(key, value): (&str, f64)| entry(key, types::JsonNumber { value }.into());
    let switch = |(key, value): &(&str, bool)| entry(key, types::JsonBool { value: *value }.into());
    let value: Vec<enums::JSONObjectValue> =
        figures().into_iter().map(number).chain(SWITCHES.iter().map(switch)).collect();
    let config: enums::JSONValue = types::JsonObject { value }.into();
    (hash(&tl_codec::Serialize::to_bytes(&config)), config)
});

fn entry(key: &str, value: enums::JSONValue) -> enums::JSONObjectValue {
    types::JsonObjectValue { key: key.to_owned(), value }.into()
}

/// A number for the content, never 0: FNV-1a.
pub(super) fn hash(bytes: &[u8]) -> i32 {
    let hash = bytes
        .iter()
        .fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(*byte)).wrapping_mul(0x0100_0193));
    (hash | 1).cast_signed()
}

/// The configuration and its hash.
pub(super) fn app_config() -> (i32, enums::JSONValue) {
    CONFIG.clone()
}
