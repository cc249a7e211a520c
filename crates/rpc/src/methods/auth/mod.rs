//! Signing in and out.

mod accept_login_token;
pub(super) mod answers;
mod cancel_code;
mod check_password;
mod check_recovery_password;
mod drop_temp_auth_keys;
mod export_authorization;
mod export_login_token;
mod import_authorization;
mod import_bot_authorization;
mod import_login_token;
mod log_out;
mod recover_password;
mod request_password_recovery;
mod resend_code;
mod reset_authorizations;
mod send_code;
mod sign_in;
mod sign_up;

use tl_api::functions::auth as f;

use crate::dispatch::{Entry, Spec, entry};

pub(super) fn entries() -> Vec<Entry> {
    vec![
        entry!(Spec::ANYONE, f::SendCode, send_code::handle),
        entry!(Spec::ANYONE, f::ResendCode, resend_code::handle),
        entry!(Spec::ANYONE, f::CancelCode, cancel_code::handle),
        entry!(Spec::ANYONE, f::SignIn, sign_in::handle),
        entry!(Spec::ANYONE, f::SignUp, sign_up::handle),
        entry!(Spec::SIGNED_IN, f::LogOut, log_out::handle),
        entry!(Spec::ANYONE, f::CheckPassword, check_password::handle),
        entry!(Spec::ANYONE, f::RequestPasswordRecovery, request_password_recovery::handle),
        entry!(Spec::ANYONE, f::CheckRecoveryPassword, check_recovery_password::handle),
        entry!(Spec::ANYONE, f::RecoverPassword, recover_password::handle),
        entry!(Spec::ANYONE, f::ExportLoginToken, export_login_token::handle),
        entry!(Spec::ANYONE, f::ImportLoginToken, import_login_token::handle),
        entry!(Spec::SIGNED_IN, f::AcceptLoginToken, accept_login_token::handle),
        entry!(Spec::SIGNED_IN, f::ExportAuthorization, export_authorization::handle),
        entry!(Spec::ANYONE, f::ImportAuthorization, import_authorization::handle),
        entry!(Spec::ANYONE, f::ImportBotAuthorization, import_bot_authorization::handle),
        entry!(Spec::ANYONE, f::DropTempAuthKeys, drop_temp_auth_keys::handle),
        entry!(Spec::SIGNED_IN, f::ResetAuthorizations, reset_authorizations::handle),
    ]
}
