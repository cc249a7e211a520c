//! Bots, which are not offered yet.

mod get_bot_commands;
mod set_bot_commands;

use tl_api::functions::bots as f;

use crate::dispatch::{Entry, Spec, entry};

pub(super) fn entries() -> Vec<Entry> {
    vec![
        entry!(Spec::SIGNED_IN, f::GetBotCommands, get_bot_commands::handle),
        entry!(Spec::SIGNED_IN, f::SetBotCommands, set_bot_commands::handle),
    ]
}
