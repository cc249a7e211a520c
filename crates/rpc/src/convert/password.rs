//! The two-step password's types.

use services::password::{NewPassword, Proof, Question, SettingsChange, State, group};
use tl_api::{enums, types};

use super::date;
use crate::RpcError;

/// A client's proof; `None` if it says that there is no password.
#[must_use]
pub fn proof(input: &enums::InputCheckPasswordSRP) -> Option<Proof> {
    match input {
        enums::InputCheckPasswordSRP::InputCheckPasswordSRP(proof) => {
            Some(Proof { srp_id: proof.srp_id, a: proof.a.clone(), m1: proof.m1.clone() })
        }
        enums::InputCheckPasswordSRP::InputCheckPasswordEmpty => None,
    }
}

fn algorithm(salt1: Vec<u8>, salt2: Vec<u8>) -> enums::PasswordKdfAlgo {
    let (g, p) = group();
    types::PasswordKdfAlgoSHA256SHA256PBKDF2HMACSHA512iter100000SHA256ModPow {
        salt1,
        salt2,
        g,
        p: p.to_vec(),
    }
    .into()
}

/// `account.password`.
#[must_use]
pub fn state(state: State) -> enums::account::Password {
    let has_password = state.question.is_some();
    let (current_algo, srp_b, srp_id, hint) = match state.question {
        Some(Question { srp_id, public, salt1, salt2, hint }) => (
            Some(algorithm(salt1, salt2)),
            Some(public),
            Some(srp_id),
            Some(hint).filter(|hint| !hint.is_empty()),
        ),
        None => (None, None, None, None),
    };
    types::account::Password {
        has_recovery: state.has_recovery,
        has_password,
        current_algo,
        srp_b,
        srp_id,
        hint,
        email_unconfirmed_pattern: state.unconfirmed_email,
        pending_reset_date: state.pending_reset.map(date),
        new_algo: algorithm(state.new_salt1.clone(), state.new_salt2),
        new_secure_algo: types::SecurePasswordKdfAlgoPBKDF2HMACSHA512iter100000 {
            salt: state.new_salt1,
        }
        .into(),
        secure_random: state.random,
        ..Default::default()
    }
    .into()
}

/// What a client wants to change.
///
/// # Errors
/// 400 `NEW_SETTINGS_INVALID` for another group or algorithm than ours.
pub fn settings_change(
    input: &enums::account::PasswordInputSettings,
) -> Result<SettingsChange, RpcError> {
    let enums::account::PasswordInputSettings::PasswordInputSettings(input) = input;
    let hash = input.new_password_hash.as_ref();
    let password = match (&input.new_algo, hash) {
        (_, Some(hash)) if hash.is_empty() => Some(None),
        (Some(algorithm), Some(hash)) => {
            Some(Some(new_password(algorithm, hash, input.hint.as_deref())?))
        }
        _ => None,
    };
    Ok(SettingsChange { password, email: input.email.clone() })
}

fn new_password(
    algorithm: &enums::PasswordKdfAlgo,
    hash: &[u8],
    hint: Option<&str>,
) -> Result<NewPassword, RpcError> {
    const INVALID: RpcError = RpcError::bad_request("NEW_SETTINGS_INVALID");
    let enums::PasswordKdfAlgo::PasswordKdfAlgoSHA256SHA256PBKDF2HMACSHA512iter100000SHA256ModPow(
        algorithm,
    ) = algorithm
    else {
        return Err(INVALID);
    };
    let (g, p) = group();
    if algorithm.g != g || algorithm.p != p {
        return Err(INVALID);
    }
    Ok(NewPassword {
        salt1: algorithm.salt1.clone(),
        salt2: algorithm.salt2.clone(),
        verifier: hash.to_vec(),
        hint: hint.unwrap_or_default().to_owned(),
    })
}
