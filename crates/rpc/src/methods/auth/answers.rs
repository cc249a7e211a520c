//! What the methods of `auth` answer with, and who asks.

use std::sync::Arc;

use model::UserId;
use services::sign_in::{self, Device, Login, SentCode};
use services::views;
use tl_api::{enums, types};

use crate::convert::{count, date, users};
use crate::{Call, RpcError};

/// When a client offers to ask for the code by another way, seconds.
const RESEND_AFTER_S: i32 = 30;

/// The device behind a call.
pub(in crate::methods) fn device(call: &Call) -> Device {
    Device { key: call.key, ip: call.connection.peer_ip }
}

/// The signed-in account, or the one whose sign-in waits for the two-step password.
pub(in crate::methods) fn account_at_hand(call: &Call) -> Result<UserId, RpcError> {
    let waiting = || sign_in::pending_account(&call.core, call.key);
    call.caller.map(|caller| caller.user).or_else(waiting).ok_or_else(RpcError::unregistered)
}

/// Sends the code when the answer is on its way, so that its time says nothing about the number.
pub(in crate::methods) fn deliver_afterwards(call: &Call, sent: &SentCode) {
    let core = Arc::clone(&call.core);
    let hash = sent.hash.clone();
    tokio::spawn(async move {
        if let Err(error) = sign_in::deliver(&core, &hash).await {
            tracing::error!(%error, "a login code could not be delivered");
        }
    });
}

/// `auth.sentCode`. The first time it says "by the app": the official form that promises least, and fits most often.
pub(in crate::methods) fn sent_code(sent: &SentCode) -> enums::auth::SentCode {
    let length = count(sign_in::CODE_DIGITS);
    let r#type = if sent.last_way {
        types::auth::SentCodeTypeSms { length }.into()
    } else {
        types::auth::SentCodeTypeApp { length }.into()
    };
    types::auth::SentCode {
        r#type,
        phone_code_hash: sent.hash.clone(),
        next_type: (!sent.last_way).then_some(enums::auth::CodeType::CodeTypeSms),
        timeout: (!sent.last_way).then_some(RESEND_AFTER_S),
    }
    .into()
}

/// `auth.authorization` for an account that has just been signed in to.
pub(super) async fn authorization(
    call: &Call,
    user: UserId,
) -> Result<enums::auth::Authorization, RpcError> {
    let view = views::user(&call.core, user, user).await?;
    let user = users::user(&view, call.connection.dc);
    Ok(types::auth::Authorization { user, ..Default::default() }.into())
}

pub(super) async fn login_token(
    call: &Call,
    login: Login,
) -> Result<enums::auth::LoginToken, RpcError> {
    Ok(match login {
        Login::Token { expires, token } => {
            types::auth::LoginToken { expires: date(expires), token }.into()
        }
        Login::Success(user) => {
            let authorization = authorization(call, user).await?;
            types::auth::LoginTokenSuccess { authorization }.into()
        }
    })
}
