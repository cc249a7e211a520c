//! `users.getUsers id = Vector<User>`, in the order asked. People whom the caller never met are `userEmpty`.
//!
//! Errors: `LIMIT_INVALID` for too many; 401 before sign-in, which libraries rely on.

use model::{Peer, limits};
use services::views::{self, PeerSet};
use tl_api::{enums, functions, types};

use crate::convert::{peers, users};
use crate::{Call, RpcError};

pub(super) async fn handle(
    call: Call,
    request: functions::users::GetUsers,
) -> Result<Vec<enums::User>, RpcError> {
    let viewer = call.signed_in()?.user;
    if request.id.len() > limits::IDS_PER_CALL {
        return Err(RpcError::bad_request("LIMIT_INVALID"));
    }
    let mut asked = Vec::with_capacity(request.id.len());
    for input in &request.id {
        match peers::input_user(&call, input).await {
            Ok(user) => asked.push(Ok(user)),
            Err(error) if error.code == 400 => asked.push(Err(named_id(input))),
            Err(error) => return Err(error),
        }
    }
    let people: PeerSet = asked.iter().flatten().copied().map(Peer::User).collect();
    let views = views::related(&call.core, viewer, &people).await?.users;
    let answer = asked.into_iter().map(|user| {
        let found = user.map(|user| views.iter().find(|view| view.user.id == user));
        match found {
            Ok(Some(view)) => users::user(view, call.connection.dc),
            Ok(None) => types::UserEmpty::default().into(),
            Err(id) => types::UserEmpty { id }.into(),
        }
    });
    Ok(answer.collect())
}

/// The id that a client named, to be repeated.
fn named_id(input: &enums::InputUser) -> i64 {
    match input {
        enums::InputUser::InputUser(user) => user.user_id,
        enums::InputUser::InputUserFromMessage(user) => user.user_id,
        enums::InputUser::InputUserEmpty | enums::InputUser::InputUserSelf => 0,
    }
}
