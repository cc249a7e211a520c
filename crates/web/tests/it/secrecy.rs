//! What is not public can't be told from what does not exist.

use axum::http::StatusCode;
use model::account::{PrivacyKey, PrivacyRule};
use services::channels;

use crate::support::World;

/// Addresses of a name.
const FORMS: &[&str] = &[
    "/{}",
    "/s/{}",
    "/s/{}?before=9",
    "/{}/1",
    "/{}/2",
    "/s/{}/atom.xml",
    "/s/{}/feed.json",
    "/m/{}/photo-a.jpg",
    "/m/{}/2/file",
    "/m/{}/2/photo-x.jpg",
    "/oembed.json?url=https://h.test/{}",
    "/oembed.json?url=https://h.test/{}/2",
];

#[tokio::test]
async fn private_deleted_and_unknown_names_are_one() {
    let world = World::new();
    let was_public = world.public("was_public").await;
    let was_there = world.public("was_there").await;
    for whose in [was_public, was_there] {
        world.say(whose, "hidden words").await;
    }
    // Their pages are in memory when they stop to be public.
    for form in FORMS {
        for name in ["was_public", "was_there"] {
            drop(world.get(&form.replace("{}", name)).await);
        }
    }
    assert!(world.get("/s/was_public").await.text().contains("hidden words"));
    let owner = world.caller(was_public.0);
    channels::names::set(&world.core, owner, was_public.1, "").await.unwrap();
    world.stores().channels.delete_channel(was_there.1, was_there.0).await.unwrap();
    let gone = world.person("Gone").await;
    let name = Some("was_somebody".to_owned());
    world.stores().accounts.set_username(model::Peer::User(gone), name).await.unwrap();
    world.stores().accounts.delete_user(gone).await.unwrap();
    for form in FORMS {
        let expected = world.get(&form.replace("{}", "never_was")).await;
        assert_eq!(expected.status, StatusCode::NOT_FOUND, "{form}");
        for name in ["was_public", "was_there", "was_somebody", "x", "a.b", "%00", "ж"] {
            let answer = world.get(&form.replace("{}", &encode(name))).await;
            assert_eq!(answer.status, expected.status, "{form} {name}");
            assert_eq!(answer.headers, expected.headers, "{form} {name}");
            assert!(answer.bytes == expected.bytes, "{form} {name}");
        }
    }
}

fn encode(name: &str) -> String {
    name.replace('ж', "%D0%B6")
}

#[tokio::test]
async fn invitations_that_lead_nowhere_are_one() {
    use services::chats::invites::{self, Wanted};
    let world = World::new();
    let owner = world.person("Owner").await;
    let channel = world.channel(owner, true).await;
    let (peer, caller) = (model::Peer::Channel(channel), world.caller(owner));
    let wanted = Wanted { usage_limit: Some(5), ..Wanted::default() };
    let open = invites::export(&world.core, caller, peer, false, wanted).await.unwrap();
    let wanted =
        Wanted { expires: Some(model::UnixTime(world.core.now().0 + 60)), ..Wanted::default() };
    let ended = invites::export(&world.core, caller, peer, false, wanted).await.unwrap();
    world.pass(61);
    let page = world.get(&format!("/+{}", open.hash)).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.text().contains("Title") && page.text().contains("1 subscriber"));
    assert!(page.text().contains(&format!("tg://join?invite={}", open.hash)));
    assert!(page.text().contains("noindex"));
    assert_eq!(world.get(&format!("/joinchat/{}", open.hash)).await.status, StatusCode::OK);
    let expected = world.get("/+AAAAAAAAAAAAAAAAAAAAAA").await;
    assert_eq!(expected.status, StatusCode::NOT_FOUND);
    for word in [ended.hash.as_str(), "", "x/y", "%2B", "<b>"] {
        let answer =
            world.get(&format!("/+{}", word.replace('<', "%3C").replace('>', "%3E"))).await;
        assert!(answer.bytes == expected.bytes && answer.headers == expected.headers, "{word}");
    }
    world.stores().channels.delete_channel(channel, owner).await.unwrap();
    let answer = world.get(&format!("/+{}", open.hash)).await;
    assert!(answer.bytes == expected.bytes, "a deleted channel's link");
}

#[tokio::test]
async fn people_show_what_everyone_may_see() {
    let world = World::new();
    let person = world.person("Nour").await;
    let accounts = &world.stores().accounts;
    let about = store::ports::accounts::ProfileChange {
        about: Some("only for friends".to_owned()),
        ..Default::default()
    };
    accounts.update_profile(person, about).await.unwrap();
    accounts.set_username(model::Peer::User(person), Some("nour_page".to_owned())).await.unwrap();
    assert_eq!(world.resolve("nour_page").await, Some(model::Peer::User(person)));
    let page = world.get("/Nour_Page").await;
    assert_eq!(page.status, StatusCode::OK);
    let text = page.text();
    assert!(
        text.contains("Nour") && text.contains("only for friends") && text.contains("@nour_page")
    );
    assert!(!text.contains("1555") && text.contains("noindex"));
    let rules = vec![PrivacyRule::AllowContacts, PrivacyRule::DisallowAll];
    accounts.set_privacy(person, PrivacyKey::About, rules).await.unwrap();
    assert!(!world.get("/nour_page").await.text().contains("friends"));
    // A person has no posts.
    let moved = world.get("/s/nour_page").await;
    assert_eq!(
        (moved.status, moved.header("location")),
        (StatusCode::TEMPORARY_REDIRECT, "/nour_page")
    );
    assert_eq!(world.get("/nour_page/1").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_supergroup_has_a_card_and_no_posts() {
    let world = World::new();
    let owner = world.person("Owner").await;
    let group = world.channel(owner, false).await;
    channels::names::set(&world.core, world.caller(owner), group, "some_group").await.unwrap();
    world.say((owner, group), "words among members").await;
    let card = world.get("/some_group").await;
    assert_eq!(card.status, StatusCode::OK);
    assert!(card.text().contains("1 member") && !card.text().contains("/s/some_group"));
    for path in ["/s/some_group", "/some_group/1"] {
        let answer = world.get(path).await;
        assert_eq!(answer.header("location"), "/some_group", "{path}");
    }
    for path in ["/s/some_group/atom.xml", "/s/some_group/feed.json", "/m/some_group/1/file"] {
        let answer = world.get(path).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
        assert!(!answer.text().contains("words among"), "{path}");
    }
}
