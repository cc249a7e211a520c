//! Language packs, which are empty: clients bring their own words.

mod get_difference;
mod get_lang_pack;
mod get_language;
mod get_languages;
mod get_strings;

use tl_api::functions::langpack as f;

use crate::dispatch::{Entry, Spec, entry};

pub(super) fn entries() -> Vec<Entry> {
    vec![
        entry!(Spec::ANYONE, f::GetLangPack, get_lang_pack::handle),
        entry!(Spec::ANYONE, f::GetDifference, get_difference::handle),
        entry!(Spec::ANYONE, f::GetStrings, get_strings::handle),
        entry!(Spec::ANYONE, f::GetLanguages, get_languages::handle),
        entry!(Spec::ANYONE, f::GetLanguage, get_language::handle),
    ]
}
