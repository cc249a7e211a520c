//! Accounts through the types that clients use.

use tl_api::{enums, functions, types};

use crate::support::{Server, input, real, signed_in};

const ALICE: &str = "49151000001";
const BOB: &str = "49151000002";

#[tokio::test]
async fn sign_up_sign_in_and_out() {
    let server = Server::new();
    let (alice, user) = server.register(ALICE, "Alice").await;
    assert!(user.is_self && user.phone.as_deref() == Some(ALICE));
    let second = server.client().await;
    let hash = second.send_code(ALICE).await;
    assert_eq!(signed_in(second.sign_in(ALICE, &hash).await.unwrap()).id, user.id);
    let enums::account::Authorizations::Authorizations(list) =
        alice.ask(functions::account::GetAuthorizations {}).await.unwrap();
    assert_eq!(list.authorizations.len(), 2);
    second.ask(functions::auth::LogOut {}).await.unwrap();
    assert_eq!(second.refused(functions::auth::LogOut {}).await, "401 AUTH_KEY_UNREGISTERED");
}

#[tokio::test]
async fn a_sent_code_says_the_same_of_known_and_unknown_numbers() {
    let server = Server::new();
    server.register(ALICE, "Alice").await;
    let client = server.client().await;
    let mut answers = Vec::new();
    for phone in [ALICE, BOB] {
        let request =
            functions::auth::SendCode { phone_number: phone.to_owned(), ..Default::default() };
        let enums::auth::SentCode::SentCode(sent) = client.ask(request).await.unwrap() else {
            panic!("no code")
        };
        assert_eq!(sent.r#type, types::auth::SentCodeTypeApp { length: 6 }.into());
        answers.push(types::auth::SentCode { phone_code_hash: String::new(), ..sent });
    }
    assert_eq!(answers.first(), answers.last());
}

fn algorithm(algorithm: &enums::PasswordKdfAlgo) -> (&[u8], &[u8]) {
    use enums::PasswordKdfAlgo::PasswordKdfAlgoSHA256SHA256PBKDF2HMACSHA512iter100000SHA256ModPow as Known;
    let Known(algorithm) = algorithm else { panic!("{algorithm:?}") };
    (&algorithm.salt1, &algorithm.salt2)
}

async fn proof(client: &crate::support::Client<'_>, text: &str) -> enums::InputCheckPasswordSRP {
    let enums::account::Password::Password(state) =
        client.ask(functions::account::GetPassword {}).await.unwrap();
    let salts = algorithm(state.current_algo.as_ref().unwrap());
    let public = state.srp_b.unwrap().try_into().unwrap();
    let proof =
        crypto::srp_client_proof(text.as_bytes(), salts, &public, &mut |out: &mut [u8]| {
            out.fill(7);
        })
        .unwrap();
    types::InputCheckPasswordSRP {
        srp_id: state.srp_id.unwrap(),
        a: proof.a.to_vec(),
        m1: proof.m1.to_vec(),
    }
    .into()
}

#[tokio::test]
async fn a_two_step_password_as_libraries_set_and_use_it() {
    let server = Server::new();
    let (alice, user) = server.register(ALICE, "Alice").await;
    let enums::account::Password::Password(state) =
        alice.ask(functions::account::GetPassword {}).await.unwrap();
    assert!(!state.has_password);
    let (salt1, salt2) = algorithm(&state.new_algo);
    let salt1 = [salt1, &[1; 32]].concat();
    let verifier = crypto::srp_verifier(b"secret", (&salt1, salt2)).unwrap();
    let mut new_algo = state.new_algo.clone();
    let enums::PasswordKdfAlgo::PasswordKdfAlgoSHA256SHA256PBKDF2HMACSHA512iter100000SHA256ModPow(
        inner,
    ) = &mut new_algo
    else {
        panic!()
    };
    inner.salt1 = salt1;
    let new_settings = types::account::PasswordInputSettings {
        new_algo: Some(new_algo),
        new_password_hash: Some(verifier.to_vec()),
        hint: Some("hint".to_owned()),
        ..Default::default()
    };
    let none = enums::InputCheckPasswordSRP::InputCheckPasswordEmpty;
    let set = functions::account::UpdatePasswordSettings {
        password: none,
        new_settings: new_settings.into(),
    };
    assert_eq!(alice.ask(set).await, Ok(true));

    let second = server.client().await;
    let hash = second.send_code(ALICE).await;
    assert_eq!(
        second.sign_in(ALICE, &hash).await.unwrap_err().to_string(),
        "401 SESSION_PASSWORD_NEEDED"
    );
    assert_eq!(second.refused(functions::updates::GetState {}).await, "401 AUTH_KEY_UNREGISTERED");
    let wrong = functions::auth::CheckPassword { password: proof(&second, "wrong").await };
    assert_eq!(second.refused(wrong).await, "400 PASSWORD_HASH_INVALID");
    let right = functions::auth::CheckPassword { password: proof(&second, "secret").await };
    assert_eq!(signed_in(second.ask(right).await.unwrap()).id, user.id);
    let stranger = server.client().await;
    assert_eq!(
        stranger.refused(functions::account::GetPassword {}).await,
        "401 AUTH_KEY_UNREGISTERED"
    );
}

#[tokio::test]
async fn a_token_is_shown_accepted_and_fetched() {
    let server = Server::new();
    let (alice, user) = server.register(ALICE, "Alice").await;
    let second = server.client().await;
    let export = || functions::auth::ExportLoginToken {
        api_id: 1,
        api_hash: String::new(),
        except_ids: Vec::new(),
    };
    let enums::auth::LoginToken::LoginToken(shown) = second.ask(export()).await.unwrap() else {
        panic!("no token")
    };
    let accepted =
        alice.ask(functions::auth::AcceptLoginToken { token: shown.token }).await.unwrap();
    let enums::Authorization::Authorization(accepted) = accepted;
    assert!(!accepted.current && !accepted.password_pending && accepted.hash != 0);
    let enums::auth::LoginToken::LoginTokenSuccess(success) = second.ask(export()).await.unwrap()
    else {
        panic!("not accepted")
    };
    assert_eq!(signed_in(success.authorization).id, user.id);
}

#[tokio::test]
async fn a_second_key_signs_in_on_the_word_of_the_first() {
    let server = Server::new();
    let (alice, user) = server.register(ALICE, "Alice").await;
    let enums::auth::ExportedAuthorization::ExportedAuthorization(exported) =
        alice.ask(functions::auth::ExportAuthorization { dc_id: 4 }).await.unwrap();
    let second = server.client().await;
    let import = functions::auth::ImportAuthorization { id: exported.id, bytes: exported.bytes };
    assert_eq!(signed_in(second.ask(import.clone()).await.unwrap()).id, user.id);
    assert_eq!(second.refused(import).await, "400 AUTH_BYTES_INVALID");
    assert_eq!(
        alice.refused(functions::auth::ExportAuthorization { dc_id: 0 }).await,
        "400 DC_ID_INVALID"
    );
}

#[tokio::test]
async fn a_new_session_can_not_end_older_ones() {
    let server = Server::new();
    let (alice, _) = server.register(ALICE, "Alice").await;
    server.pass(10);
    let second = server.client().await;
    let hash = second.send_code(ALICE).await;
    second.sign_in(ALICE, &hash).await.unwrap();
    assert_eq!(
        second.refused(functions::auth::ResetAuthorizations {}).await,
        "406 FRESH_RESET_AUTHORISATION_FORBIDDEN"
    );
    assert_eq!(
        alice.refused(functions::account::ResetAuthorization { hash: 5 }).await,
        "400 HASH_INVALID"
    );
    assert_eq!(alice.ask(functions::auth::ResetAuthorizations {}).await, Ok(true));
    assert_eq!(second.refused(functions::updates::GetState {}).await, "401 AUTH_KEY_UNREGISTERED");
}

#[tokio::test]
async fn contacts_come_once_and_then_not_modified() {
    let server = Server::new();
    let (alice, _) = server.register(ALICE, "Alice").await;
    let (_, bob) = server.register(BOB, "Bob").await;
    let entry = types::InputPhoneContact {
        client_id: 9,
        phone: format!("+{BOB}"),
        first_name: "Bobby".to_owned(),
        ..Default::default()
    };
    let import = functions::contacts::ImportContacts { contacts: vec![entry.into()] };
    let enums::contacts::ImportedContacts::ImportedContacts(imported) =
        alice.ask(import).await.unwrap();
    assert_eq!(
        imported.imported,
        [types::ImportedContact { user_id: bob.id, client_id: 9 }.into()]
    );
    let seen = real(imported.users.into_iter().next().unwrap());
    assert_eq!(
        (seen.first_name.as_deref(), seen.phone.as_deref(), seen.contact),
        (Some("Bobby"), Some(BOB), true)
    );

    let all = alice.ask(functions::contacts::GetContacts { hash: 0 }).await.unwrap();
    assert!(matches!(all, enums::contacts::Contacts::Contacts(_)));
    let hash = rpc::convert::hash_of([bob.id]);
    let again = alice.ask(functions::contacts::GetContacts { hash }).await.unwrap();
    assert_eq!(again, enums::contacts::Contacts::ContactsNotModified);

    let delete = functions::contacts::DeleteContacts { id: vec![input(&seen)] };
    let enums::Updates::Updates(updates) = alice.ask(delete).await.unwrap() else {
        panic!("no updates")
    };
    assert!(!real(updates.users.into_iter().next().unwrap()).contact);
}

#[tokio::test]
async fn profile_name_and_privacy_round_trip() {
    let server = Server::new();
    let (alice, _) = server.register(ALICE, "Alice").await;
    let rename = functions::account::UpdateUsername { username: "alice_1".to_owned() };
    assert_eq!(real(alice.ask(rename.clone()).await.unwrap()).username.as_deref(), Some("alice_1"));
    assert_eq!(alice.refused(rename).await, "400 USERNAME_NOT_MODIFIED");
    let profile =
        functions::account::UpdateProfile { about: Some("x".repeat(71)), ..Default::default() };
    assert_eq!(alice.refused(profile).await, "400 ABOUT_TOO_LONG");

    let key = enums::InputPrivacyKey::InputPrivacyKeyStatusTimestamp;
    let rules = vec![
        enums::InputPrivacyRule::InputPrivacyValueDisallowAll,
        enums::InputPrivacyRule::InputPrivacyValueAllowPremium,
    ];
    let set = functions::account::SetPrivacy { key: key.clone(), rules };
    let enums::account::PrivacyRules::PrivacyRules(set) = alice.ask(set).await.unwrap();
    assert_eq!(set.rules, [enums::PrivacyRule::PrivacyValueDisallowAll]);
    let enums::account::PrivacyRules::PrivacyRules(kept) =
        alice.ask(functions::account::GetPrivacy { key }).await.unwrap();
    assert_eq!(kept.rules, set.rules);
    let gifts = functions::account::GetPrivacy {
        key: enums::InputPrivacyKey::InputPrivacyKeyStarGiftsAutoSave,
    };
    assert_eq!(alice.refused(gifts).await, "400 PRIVACY_KEY_INVALID");
}

#[tokio::test]
async fn notification_settings_round_trip() {
    let server = Server::new();
    let (alice, _) = server.register(ALICE, "Alice").await;
    let peer = enums::InputNotifyPeer::InputNotifyUsers;
    let settings = types::InputPeerNotifySettings {
        mute_until: Some(i32::MAX),
        silent: Some(true),
        ..Default::default()
    };
    let update =
        functions::account::UpdateNotifySettings { peer: peer.clone(), settings: settings.into() };
    assert_eq!(alice.ask(update).await, Ok(true));
    let read = async || {
        let asked = functions::account::GetNotifySettings { peer: peer.clone() };
        let enums::PeerNotifySettings::PeerNotifySettings(kept) = alice.ask(asked).await.unwrap();
        (kept.mute_until, kept.silent, kept.show_previews)
    };
    assert_eq!(read().await, (Some(i32::MAX), Some(true), None));
    alice.ask(functions::account::ResetNotifySettings {}).await.unwrap();
    assert_eq!(read().await, (None, None, None));
}
