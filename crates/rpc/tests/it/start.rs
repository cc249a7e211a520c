//! What clients ask before and right after they sign in.

use tl_api::{Function, Serialize as _, enums, functions, types};

use crate::support::{DC, Server};

#[tokio::test]
async fn config_repeats_the_dialled_dc() {
    let server = Server::new();
    let client = server.client().await;
    let enums::Config::Config(config) = client.ask(functions::help::GetConfig {}).await.unwrap();
    assert_eq!(config.this_dc, DC);
    assert!(config.expires > config.date);
    let enums::NearestDc::NearestDc(nearest) =
        client.ask(functions::help::GetNearestDc {}).await.unwrap();
    assert_eq!((nearest.this_dc, nearest.nearest_dc), (DC, DC));
}

#[tokio::test]
async fn unknown_and_malformed_requests_get_an_error_at_once() {
    let server = Server::new();
    let client = server.client().await;
    for (request, error) in [
        (vec![1, 2, 3, 4], "400 METHOD_INVALID"),
        (vec![1, 2], "400 INPUT_REQUEST_TOO_SHORT"),
        (
            [functions::help::GetConfig {}.to_bytes(), vec![0; 4]].concat(),
            "400 INPUT_REQUEST_TOO_LONG",
        ),
        (functions::auth::SendCode::ID.to_le_bytes().to_vec(), "400 INPUT_REQUEST_INVALID"),
    ] {
        assert_eq!(client.raw(&request).await.unwrap_err().to_string(), error);
    }
}

#[tokio::test]
async fn before_sign_in_the_rest_is_refused_as_libraries_expect() {
    let server = Server::new();
    let client = server.client().await;
    let unregistered = "401 AUTH_KEY_UNREGISTERED";
    let me = vec![enums::InputUser::InputUserSelf];
    assert_eq!(client.refused(functions::users::GetUsers { id: me }).await, unregistered);
    assert_eq!(client.refused(functions::updates::GetState {}).await, unregistered);
    assert_eq!(client.refused(functions::contacts::GetContacts { hash: 0 }).await, unregistered);
    assert_eq!(client.refused(functions::auth::LogOut {}).await, unregistered);
    let bot = functions::auth::ImportBotAuthorization {
        bot_auth_token: "1:x".to_owned(),
        ..Default::default()
    };
    assert_eq!(client.refused(bot).await, "400 ACCESS_TOKEN_INVALID");
    // TDLib repeats an error here without a pause.
    assert_eq!(client.ask(functions::auth::DropTempAuthKeys::default()).await, Ok(true));
}

#[tokio::test]
async fn hashes_save_what_has_not_changed() {
    let server = Server::new();
    let client = server.client().await;
    let ask = async |hash| client.ask(functions::help::GetAppConfig { hash }).await.unwrap();
    let enums::help::AppConfig::AppConfig(config) = ask(0).await else {
        panic!("no configuration")
    };
    assert!(matches!(config.config, enums::JSONValue::JsonObject(_)));
    assert_eq!(ask(config.hash).await, enums::help::AppConfig::AppConfigNotModified);
    let ask = async |hash| {
        client
            .ask(functions::help::GetCountriesList { lang_code: "en".to_owned(), hash })
            .await
            .unwrap()
    };
    let enums::help::CountriesList::CountriesList(list) = ask(0).await else {
        panic!("no countries")
    };
    assert!(list.countries.len() > 200);
    assert_eq!(ask(list.hash).await, enums::help::CountriesList::CountriesListNotModified);
}

/// Asks with default arguments, and takes any answer of the right type.
macro_rules! answered {
    ($client:expr, $($function:ty),+ $(,)?) => {
        $(assert!($client.ask(<$function>::default()).await.is_ok(), "{}", <$function as Function>::NAME);)+
    };
}

#[tokio::test]
async fn start_up_questions_get_the_official_empty_answer() {
    let server = Server::new();
    let (client, _) = server.register("49151000001", "Alice").await;
    answered!(
        client,
        functions::account::GetAccountTTL,
        functions::account::GetAutoDownloadSettings,
        functions::account::GetChatThemes,
        functions::account::GetContactSignUpNotification,
        functions::account::GetContentSettings,
        functions::account::GetDefaultEmojiStatuses,
        functions::account::GetGlobalPrivacySettings,
        functions::account::GetNotifyExceptions,
        functions::account::GetReactionsNotifySettings,
        functions::account::GetThemes,
        functions::account::GetWallPapers,
        functions::account::GetWebBrowserSettings,
        functions::contacts::GetBirthdays,
        functions::contacts::GetBlocked,
        functions::contacts::GetStatuses,
        functions::contacts::GetTopPeers,
        functions::help::GetCdnConfig,
        functions::help::GetDeepLinkInfo,
        functions::help::GetInviteText,
        functions::help::GetPeerColors,
        functions::help::GetPeerProfileColors,
        functions::help::GetPremiumPromo,
        functions::help::GetPromoData,
        functions::help::GetTermsOfServiceUpdate,
        functions::help::GetTimezonesList,
        functions::langpack::GetDifference,
        functions::langpack::GetLangPack,
        functions::langpack::GetLanguages,
        functions::langpack::GetStrings,
        functions::payments::GetStarsTopupOptions,
        functions::stories::GetAllStories,
        functions::users::GetRequirementsToContact,
    );
    let me = enums::InputPeer::InputPeerSelf;
    let none = client.ask(functions::stories::GetPeerStories { peer: me }).await.unwrap();
    let enums::stories::PeerStories::PeerStories(none) = none;
    let enums::PeerStories::PeerStories(none) = none.stories;
    assert!(none.stories.is_empty());
}

#[tokio::test]
async fn settings_are_kept() {
    let server = Server::new();
    let (client, _) = server.register("49151000001", "Alice").await;
    client.ask(functions::account::SetContentSettings { sensitive_enabled: true }).await.unwrap();
    let kept = client.ask(functions::account::GetContentSettings {}).await.unwrap();
    assert_eq!(
        kept,
        types::account::ContentSettings { sensitive_enabled: true, sensitive_can_change: true }
            .into()
    );
    client.ask(functions::contacts::ToggleTopPeers { enabled: false }).await.unwrap();
    let disabled = client.ask(functions::contacts::GetTopPeers::default()).await.unwrap();
    assert_eq!(disabled, enums::contacts::TopPeers::TopPeersDisabled);
    let hidden = types::GlobalPrivacySettings { hide_read_marks: true, ..Default::default() };
    let set = functions::account::SetGlobalPrivacySettings { settings: hidden.clone().into() };
    assert_eq!(client.ask(set).await, Ok(hidden.into()));
    let device = functions::account::RegisterDevice {
        token_type: 2,
        token: "abc".to_owned(),
        ..Default::default()
    };
    assert_eq!(client.ask(device).await, Ok(true));
    let gone = functions::account::UnregisterDevice {
        token_type: 2,
        token: "abc".to_owned(),
        other_uids: Vec::new(),
    };
    assert_eq!(client.ask(gone.clone()).await, Ok(true));
    assert_eq!(client.refused(gone).await, "400 TOKEN_INVALID");
}

#[test]
fn nothing_is_listed_twice() {
    let server = Server::new();
    let mut names = server.names();
    let all = names.len();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), all);
    for name in
        ["auth.sendCode", "account.updateStatus", "contacts.importContacts", "users.getFullUser"]
    {
        assert!(names.contains(&name), "{name}");
    }
}
