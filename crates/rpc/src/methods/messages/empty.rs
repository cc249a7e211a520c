//! Questions that clients ask at start about what is not offered here: stickers, effects, bots, quick replies,
//! lists within saved messages, page previews. Each gets the official type with nothing in it.

use tl_api::functions::messages as f;
use tl_api::{enums, types};

use crate::dispatch::{Entry, Spec, entry};
use crate::{Call, RpcError};

pub(super) fn entries() -> Vec<Entry> {
    let mut rows = stickers();
    rows.extend(reactions());
    rows.extend(chats());
    rows.extend(emoji());
    rows
}

fn stickers() -> Vec<Entry> {
    vec![
        entry!(Spec::SIGNED_IN, f::GetAllStickers, all_stickers),
        entry!(Spec::SIGNED_IN, f::GetMaskStickers, mask_stickers),
        entry!(Spec::SIGNED_IN, f::GetEmojiStickers, emoji_stickers),
        entry!(Spec::SIGNED_IN, f::GetStickers, stickers_of),
        entry!(Spec::SIGNED_IN, f::GetStickerSet, sticker_set),
        entry!(Spec::SIGNED_IN, f::GetFavedStickers, faved_stickers),
        entry!(Spec::SIGNED_IN, f::GetRecentStickers, recent_stickers),
        entry!(Spec::SIGNED_IN, f::GetFeaturedStickers, featured_stickers),
        entry!(Spec::SIGNED_IN, f::GetSavedGifs, saved_gifs),
        entry!(Spec::SIGNED_IN, f::GetCustomEmojiDocuments, custom_emoji),
    ]
}

fn reactions() -> Vec<Entry> {
    vec![
        entry!(Spec::SIGNED_IN, f::GetRecentReactions, recent_reactions),
        entry!(Spec::SIGNED_IN, f::GetDefaultTagReactions, default_tag_reactions),
        entry!(Spec::SIGNED_IN, f::GetAvailableEffects, available_effects),
    ]
}

fn chats() -> Vec<Entry> {
    vec![
        entry!(Spec::SIGNED_IN, f::GetDialogFilters, dialog_filters),
        entry!(Spec::SIGNED_IN, f::GetSuggestedDialogFilters, suggested_dialog_filters),
        entry!(Spec::SIGNED_IN, f::GetAttachMenuBots, attach_menu_bots),
        entry!(Spec::SIGNED_IN, f::GetQuickReplies, quick_replies),
        entry!(Spec::SIGNED_IN, f::GetSavedDialogs, saved_dialogs),
        entry!(Spec::SIGNED_IN, f::GetPinnedSavedDialogs, pinned_saved_dialogs),
        entry!(Spec::SIGNED_IN, f::GetWebPagePreview, web_page_preview),
        entry!(Spec::SIGNED_IN, f::GetWebPage, web_page),
    ]
}

fn emoji() -> Vec<Entry> {
    vec![
        entry!(Spec::SIGNED_IN, f::GetEmojiKeywords, emoji_keywords),
        entry!(Spec::SIGNED_IN, f::GetEmojiKeywordsDifference, emoji_keywords_difference),
        entry!(Spec::SIGNED_IN, f::GetEmojiKeywordsLanguages, emoji_keywords_languages),
        entry!(Spec::SIGNED_IN, f::GetEmojiGroups, emoji_groups),
    ]
}

/// An answer that hangs on nothing.
macro_rules! nothing {
    ($($(#[$doc:meta])* $name:ident($request:ty) -> $answer:ty = $value:expr;)*) => {
        $($(#[$doc])*
                async fn $name(_: Call, _: $request) -> Result<$answer, RpcError> {
            Ok($value)
        })*
    };
}

nothing! {
    all_stickers(f::GetAllStickers) -> enums::messages::AllStickers = types::messages::AllStickers::default().into();
    mask_stickers(f::GetMaskStickers) -> enums::messages::AllStickers = types::messages::AllStickers::default().into();
    emoji_stickers(f::GetEmojiStickers) -> enums::messages::AllStickers = types::messages::AllStickers::default().into();
    stickers_of(f::GetStickers) -> enums::messages::Stickers = types::messages::Stickers::default().into();
    faved_stickers(f::GetFavedStickers) -> enums::messages::FavedStickers = types::messages::FavedStickers::default().into();
    recent_stickers(f::GetRecentStickers) -> enums::messages::RecentStickers =
        types::messages::RecentStickers::default().into();
    featured_stickers(f::GetFeaturedStickers) -> enums::messages::FeaturedStickers =
        types::messages::FeaturedStickers::default().into();
    saved_gifs(f::GetSavedGifs) -> enums::messages::SavedGifs = types::messages::SavedGifs::default().into();
    custom_emoji(f::GetCustomEmojiDocuments) -> Vec<enums::Document> = Vec::new();
    recent_reactions(f::GetRecentReactions) -> enums::messages::Reactions = types::messages::Reactions::default().into();
    default_tag_reactions(f::GetDefaultTagReactions) -> enums::messages::Reactions =
        types::messages::Reactions::default().into();
    available_effects(f::GetAvailableEffects) -> enums::messages::AvailableEffects =
        types::messages::AvailableEffects::default().into();
    /// Folders made by the user are not kept; the one that always exists is the list of all chats.
    dialog_filters(f::GetDialogFilters) -> enums::messages::DialogFilters = types::messages::DialogFilters {
        tags_enabled: false,
        filters: vec![enums::DialogFilter::DialogFilterDefault],
    }.into();
    suggested_dialog_filters(f::GetSuggestedDialogFilters) -> Vec<enums::DialogFilterSuggested> = Vec::new();
    attach_menu_bots(f::GetAttachMenuBots) -> enums::AttachMenuBots = types::AttachMenuBots::default().into();
    quick_replies(f::GetQuickReplies) -> enums::messages::QuickReplies = types::messages::QuickReplies::default().into();
    saved_dialogs(f::GetSavedDialogs) -> enums::messages::SavedDialogs = types::messages::SavedDialogs::default().into();
    pinned_saved_dialogs(f::GetPinnedSavedDialogs) -> enums::messages::SavedDialogs =
        types::messages::SavedDialogs::default().into();
    /// The server fetches no pages: what strangers link to is not visited in their readers' name.
    web_page_preview(f::GetWebPagePreview) -> enums::messages::WebPagePreview = types::messages::WebPagePreview {
        media: enums::MessageMedia::MessageMediaEmpty,
        ..Default::default()
    }.into();
    emoji_keywords_languages(f::GetEmojiKeywordsLanguages) -> Vec<enums::EmojiLanguage> = Vec::new();
    emoji_groups(f::GetEmojiGroups) -> enums::messages::EmojiGroups = types::messages::EmojiGroups::default().into();
}

async fn sticker_set(
    _: Call,
    _: f::GetStickerSet,
) -> Result<enums::messages::StickerSet, RpcError> {
    Err(RpcError::bad_request("STICKERSET_INVALID"))
}

async fn web_page(_: Call, request: f::GetWebPage) -> Result<enums::messages::WebPage, RpcError> {
    let webpage = types::WebPageEmpty { id: 0, url: Some(request.url) }.into();
    Ok(types::messages::WebPage { webpage, ..Default::default() }.into())
}

async fn emoji_keywords(
    _: Call,
    request: f::GetEmojiKeywords,
) -> Result<enums::EmojiKeywordsDifference, RpcError> {
    Ok(types::EmojiKeywordsDifference { lang_code: request.lang_code, ..Default::default() }.into())
}

async fn emoji_keywords_difference(
    _: Call,
    request: f::GetEmojiKeywordsDifference,
) -> Result<enums::EmojiKeywordsDifference, RpcError> {
    Ok(types::EmojiKeywordsDifference {
        lang_code: request.lang_code,
        from_version: request.from_version,
        version: request.from_version,
        ..Default::default()
    }
    .into())
}
