//! `messages.getAvailableReactions hash:int = messages.AvailableReactions` and `messages.getTopReactions limit:int hash:long =
//! messages.Reactions`: the emoji that clients offer, with their pictures. The hash is the number of them.
//!
//! Errors: none of their own.

use services::access::FileOrigin;
use services::media::reactions;
use tl_api::{enums, functions, types};

use crate::convert::media::{FileContext, document};
use crate::{Call, RpcError};

pub(super) async fn handle(
    call: Call,
    request: functions::messages::GetAvailableReactions,
) -> Result<enums::messages::AvailableReactions, RpcError> {
    let hash = i32::try_from(reactions::OFFERED.len()).unwrap_or(i32::MAX);
    if request.hash == hash {
        return Ok(enums::messages::AvailableReactions::AvailableReactionsNotModified);
    }
    let viewer = call.signed_in()?.user;
    let context = FileContext { core: &call.core, viewer, dc: call.connection.dc };
    let reactions = reactions::pictures().map(|(one, icon, drawing)| {
        let drawing = document(&context, drawing, FileOrigin::Upload);
        types::AvailableReaction {
            reaction: one.emoji.to_owned(),
            title: one.title.to_owned(),
            static_icon: document(&context, icon, FileOrigin::Upload),
            appear_animation: drawing.clone(),
            select_animation: drawing.clone(),
            activate_animation: drawing.clone(),
            effect_animation: drawing.clone(),
            around_animation: Some(drawing.clone()),
            center_icon: Some(drawing),
            ..Default::default()
        }
        .into()
    });
    Ok(types::messages::AvailableReactions { hash, reactions: reactions.collect() }.into())
}

pub(super) async fn top(
    _: Call,
    request: functions::messages::GetTopReactions,
) -> Result<enums::messages::Reactions, RpcError> {
    let hash = i64::try_from(reactions::OFFERED.len()).unwrap_or(i64::MAX);
    if request.hash == hash {
        return Ok(enums::messages::Reactions::ReactionsNotModified);
    }
    let wanted = usize::try_from(request.limit).unwrap_or(0);
    let reactions = reactions::OFFERED.iter().take(wanted);
    let reactions =
        reactions.map(|one| types::ReactionEmoji { emoticon: one.emoji.to_owned() }.into());
    Ok(types::messages::Reactions { hash, reactions: reactions.collect() }.into())
}
