//! Formatting of texts: `MessageEntity`.

use model::message::{Entity, EntityKind};
use tl_api::{enums, types};

use super::peers::input_user;
use crate::{Call, RpcError};

macro_rules! plain {
    ($entity:expr, $constructor:ident) => {
        types::$constructor { offset: $entity.offset, length: $entity.length }.into()
    };
}

/// As clients read it.
#[must_use]
pub fn entity(entity: &Entity) -> enums::MessageEntity {
    let (offset, length) = (entity.offset, entity.length);
    match &entity.kind {
        EntityKind::Unknown => plain!(entity, MessageEntityUnknown),
        EntityKind::Mention => plain!(entity, MessageEntityMention),
        EntityKind::Hashtag => plain!(entity, MessageEntityHashtag),
        EntityKind::BotCommand => plain!(entity, MessageEntityBotCommand),
        EntityKind::Url => plain!(entity, MessageEntityUrl),
        EntityKind::Email => plain!(entity, MessageEntityEmail),
        EntityKind::Bold => plain!(entity, MessageEntityBold),
        EntityKind::Italic => plain!(entity, MessageEntityItalic),
        EntityKind::Code => plain!(entity, MessageEntityCode),
        EntityKind::Phone => plain!(entity, MessageEntityPhone),
        EntityKind::Cashtag => plain!(entity, MessageEntityCashtag),
        EntityKind::Underline => plain!(entity, MessageEntityUnderline),
        EntityKind::Strike => plain!(entity, MessageEntityStrike),
        EntityKind::BankCard => plain!(entity, MessageEntityBankCard),
        EntityKind::Spoiler => plain!(entity, MessageEntitySpoiler),
        EntityKind::Pre { language } => {
            types::MessageEntityPre { offset, length, language: language.clone() }.into()
        }
        EntityKind::TextUrl { url } => {
            types::MessageEntityTextUrl { offset, length, url: url.clone() }.into()
        }
        EntityKind::MentionName { user } => {
            types::MessageEntityMentionName { offset, length, user_id: user.0 }.into()
        }
        EntityKind::CustomEmoji { document_id } => {
            types::MessageEntityCustomEmoji { offset, length, document_id: *document_id }.into()
        }
        EntityKind::Blockquote { collapsed } => {
            types::MessageEntityBlockquote { collapsed: *collapsed, offset, length }.into()
        }
    }
}

/// A text's formatting; absent where there is none.
#[must_use]
pub fn optional(entities: &[Entity]) -> Option<Vec<enums::MessageEntity>> {
    (!entities.is_empty()).then(|| all(entities))
}

/// A text's formatting.
#[must_use]
pub fn all(entities: &[Entity]) -> Vec<enums::MessageEntity> {
    entities.iter().map(entity).collect()
}

/// A text with its formatting, as clients read it.
#[must_use]
pub fn text(text: &str, entities: &[Entity]) -> enums::TextWithEntities {
    types::TextWithEntities { text: text.to_owned(), entities: all(entities) }.into()
}

/// Formatting from a client. People whom the caller never met and kinds unknown here are left out, as the official server does.
///
/// # Errors
/// Those of the store.
pub async fn from_input(
    call: &Call,
    entities: Option<&[enums::MessageEntity]>,
) -> Result<Vec<Entity>, RpcError> {
    let mut kept = Vec::new();
    for entity in entities.unwrap_or_default() {
        match entity {
            enums::MessageEntity::InputMessageEntityMentionName(mention) => {
                if let Ok(user) = input_user(call, &mention.user_id).await {
                    let kind = EntityKind::MentionName { user };
                    kept.push(Entity { offset: mention.offset, length: mention.length, kind });
                }
            }
            other => kept.extend(from_plain(other)),
        }
    }
    Ok(kept)
}

/// Formatting of a `textWithEntities` from a client.
///
/// # Errors
/// Those of the store.
pub async fn text_from_input(
    call: &Call,
    text: &enums::TextWithEntities,
) -> Result<(String, Vec<Entity>), RpcError> {
    let enums::TextWithEntities::TextWithEntities(text) = text;
    Ok((text.text.clone(), from_input(call, Some(&text.entities)).await?))
}

fn from_plain(entity: &enums::MessageEntity) -> Option<Entity> {
    use enums::MessageEntity as E;
    let (offset, length, kind) = match entity {
        E::MessageEntityBold(e) => (e.offset, e.length, EntityKind::Bold),
        E::MessageEntityItalic(e) => (e.offset, e.length, EntityKind::Italic),
        E::MessageEntityCode(e) => (e.offset, e.length, EntityKind::Code),
        E::MessageEntityUnderline(e) => (e.offset, e.length, EntityKind::Underline),
        E::MessageEntityStrike(e) => (e.offset, e.length, EntityKind::Strike),
        E::MessageEntitySpoiler(e) => (e.offset, e.length, EntityKind::Spoiler),
        E::MessageEntityPhone(e) => (e.offset, e.length, EntityKind::Phone),
        E::MessageEntityBankCard(e) => (e.offset, e.length, EntityKind::BankCard),
        E::MessageEntityPre(e) => {
            (e.offset, e.length, EntityKind::Pre { language: e.language.clone() })
        }
        E::MessageEntityTextUrl(e) => {
            (e.offset, e.length, EntityKind::TextUrl { url: e.url.clone() })
        }
        E::MessageEntityCustomEmoji(e) => {
            (e.offset, e.length, EntityKind::CustomEmoji { document_id: e.document_id })
        }
        E::MessageEntityBlockquote(e) => {
            (e.offset, e.length, EntityKind::Blockquote { collapsed: e.collapsed })
        }
        _ => return None,
    };
    Some(Entity { offset, length, kind })
}
