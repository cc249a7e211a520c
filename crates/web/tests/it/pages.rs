//! Pages of a public channel: headers, languages, paging, feeds, and text that tries to be markup.

use axum::http::StatusCode;
use model::media::{DocumentAttribute, Media};
use model::message::{Entity, EntityKind, MediaClass};
use model::{DocumentId, UnixTime};

use crate::support::{World, carrying, words};

#[tokio::test]
async fn every_answer_is_guarded_and_sets_no_cookie() {
    let world = World::new();
    let whose = world.public("some_news").await;
    world.say(whose, "one").await;
    let paths = [
        "/",
        "/some_news",
        "/s/some_news",
        "/some_news/1",
        "/s/some_news/atom.xml",
        "/s/some_news/feed.json",
        "/unknown_name",
        "/robots.txt",
        "/sitemap.xml",
        "/m/some_news/1/file",
        "/a/b/c/d",
    ];
    for path in paths {
        let answer = world.get(path).await;
        assert!(
            answer.header("content-security-policy").starts_with("default-src 'none'"),
            "{path}"
        );
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        assert!(!answer.headers.contains_key("set-cookie"), "{path}");
        assert!(!answer.text().contains("<script"), "{path}");
    }
}

#[tokio::test]
async fn a_page_is_revalidated() {
    let world = World::new();
    let whose = world.public("some_news").await;
    world.say(whose, "one").await;
    assert_eq!(world.get("/s/some_news").await.header("last-modified"), "");
    world.pass(1);
    let first = world.get("/s/some_news").await;
    assert_eq!((first.status, first.header("cache-control")), (StatusCode::OK, "public, no-cache"));
    let (tag, date) = (first.header("etag").to_owned(), first.header("last-modified").to_owned());
    let again = world.get_with("/s/some_news", &[("if-none-match", &tag)]).await;
    assert_eq!((again.status, again.bytes.len()), (StatusCode::NOT_MODIFIED, 0));
    assert_eq!(again.header("etag"), tag);
    let again = world.get_with("/s/some_news", &[("if-modified-since", &date)]).await;
    assert_eq!(again.status, StatusCode::NOT_MODIFIED);
    let packed = world.get_with("/s/some_news", &[("accept-encoding", "br, gzip")]).await;
    assert_eq!(packed.header("content-encoding"), "gzip");
    assert_ne!(packed.header("etag"), tag);
    assert!(packed.bytes.len() < first.bytes.len());
    world.pass(1);
    world.say(whose, "two").await;
    let news = world.get_with("/s/some_news", &[("if-none-match", &tag)]).await;
    assert_eq!(news.status, StatusCode::OK);
    assert!(news.text().contains("two"));
}

#[tokio::test]
async fn a_deleted_post_is_gone_at_once() {
    let world = World::new();
    let whose = world.public("some_news").await;
    let id = world.say(whose, "to be deleted").await;
    let path = format!("/some_news/{}", id.0);
    assert_eq!(world.get(&path).await.status, StatusCode::OK);
    assert!(world.get("/s/some_news").await.text().contains("to be deleted"));
    world.stores().channels.delete_posts(whose.1, whose.0, &[id], UnixTime(0)).await.unwrap();
    assert_eq!(world.get(&path).await.status, StatusCode::NOT_FOUND);
    assert!(!world.get("/s/some_news").await.text().contains("to be deleted"));
}

#[tokio::test]
async fn the_visitor_chooses_the_language() {
    let world = World::new();
    world.public("some_news").await;
    let arabic = world.get_with("/some_news", &[("accept-language", "ar-EG,en;q=0.5")]).await;
    assert!(arabic.text().contains("<html lang=\"ar\" dir=\"rtl\">"));
    assert!(
        arabic.text().contains("مشترك واحد") && arabic.text().contains("hreflang=\"x-default\"")
    );
    let english = world.get_with("/some_news?lang=en", &[("accept-language", "ar")]).await;
    assert!(english.text().contains("<html lang=\"en\" dir=\"ltr\">"));
    assert!(english.text().contains("/s/some_news?lang=en"));
    assert!(english.header("vary").contains("accept-language"));
}

#[tokio::test]
async fn pages_hold_all_posts_once_in_both_directions() {
    let world = World::new();
    let whose = world.public("some_news").await;
    for number in 1..=65 {
        world.say(whose, &format!("post number {number}.")).await;
    }
    let (mut path, mut seen) = ("/s/some_news".to_owned(), Vec::new());
    loop {
        let page = world.get(&path).await;
        seen.extend(numbers(page.text()));
        let Some(next) = link(page.text(), "next") else { break };
        path = next;
    }
    assert_eq!(seen, (1..=65).rev().collect::<Vec<_>>());
    let mut back = Vec::new();
    while let Some(next) = link(world.get(&path).await.text(), "prev") {
        back.push(numbers(world.get(&next).await.text()).len());
        path = next;
    }
    assert_eq!(
        back.iter().sum::<usize>() + numbers(world.get("/s/some_news?before=6").await.text()).len(),
        65
    );
    for odd in ["before=x", "before=-1", "after=99999999999", "before=", "after=0", "before=1%00"] {
        assert_eq!(world.get(&format!("/s/some_news?{odd}")).await.status, StatusCode::OK, "{odd}");
    }
}

fn numbers(text: &str) -> Vec<i32> {
    let found = text.split("post number ").skip(1);
    found.filter_map(|rest| rest.split('.').next()?.parse().ok()).collect()
}

/// Where the page turns to.
fn link(text: &str, relation: &str) -> Option<String> {
    let mark = format!("rel=\"{relation}\" href=\"");
    let rest = text.get(text.find(&mark)? + mark.len()..)?;
    Some(rest.get(..rest.find('"')?)?.to_owned())
}

#[tokio::test]
async fn long_posts_make_short_pages() {
    let world = World::new();
    let whose = world.public("some_news").await;
    for _ in 0..20 {
        world.say(whose, &"\u{634}".repeat(4096)).await;
    }
    let page = world.get("/s/some_news").await;
    assert!(page.bytes.len() < 60_000, "{}", page.bytes.len());
    assert!(link(page.text(), "next").is_some());
}

#[tokio::test]
async fn nothing_that_people_write_becomes_markup() {
    let world = World::new();
    let whose = world.public("some_news").await;
    let bad = "\"><script>alert(1)</script><img src=x onerror=alert(1)>";
    let change = store::ports::channels::ChannelChange {
        title: Some(bad.to_owned()),
        about: Some(bad.to_owned()),
        ..Default::default()
    };
    world.stores().channels.change_channel(whose.1, whose.0, change).await.unwrap();
    let url = |url: &str| Entity {
        offset: 0,
        length: 4,
        kind: EntityKind::TextUrl { url: url.to_owned() },
    };
    world.post(whose, words(bad, vec![url("javascript://%0aalert(1)")])).await;
    world.post(whose, words(bad, vec![url("https://x.example/\" onmouseover=\"alert(1)")])).await;
    let document = model::media::Document {
        id: DocumentId(5),
        owner: whose.0,
        date: UnixTime(1),
        mime_type: "text/html".to_owned(),
        size_bytes: 3,
        blob: world.stores().blobs.put(b"<b>".to_vec()).await.unwrap().hash,
        attributes: vec![DocumentAttribute::FileName { name: bad.to_owned() }],
        stripped: Vec::new(),
        thumbs: Vec::new(),
    };
    world.stores().media.insert_document(document).await.unwrap();
    let file = Media::Document {
        document: DocumentId(5),
        class: MediaClass::Document,
        names: String::new(),
        spoiler: false,
        ttl_s: None,
        cover: None,
        timestamp_s: None,
    };
    let id = world.post(whose, carrying(file)).await;
    for path in
        ["/some_news", "/s/some_news", &format!("/some_news/{}", id.0), "/s/some_news/atom.xml"]
    {
        let answer = world.get(path).await;
        assert_eq!(answer.status, StatusCode::OK);
        for sign in ["<script", "<img src=x", "javascript:", "\" onmouseover"] {
            assert!(!answer.text().contains(sign), "{path}: {sign}");
        }
    }
    let served = world.get(&format!("/m/some_news/{}/file", id.0)).await;
    assert_eq!(served.header("content-type"), "application/octet-stream");
    assert!(
        served.header("content-disposition").starts_with("attachment; filename*=UTF-8''%22%3E")
    );
    assert!(served.header("content-security-policy").contains("sandbox"));
}

#[tokio::test]
async fn feeds_and_embeds_are_read() {
    let world = World::new();
    let whose = world.public("some_news").await;
    let id = world.say(whose, "first & <last>").await;
    let json: serde_json::Value =
        serde_json::from_slice(&world.get("/s/some_news/feed.json").await.bytes).unwrap();
    assert_eq!(json["version"], "https://jsonfeed.org/version/1.1");
    let link = format!("https://h.test/some_news/{}", id.0);
    assert_eq!(json["items"][0]["url"], link.as_str());
    let atom = world.get("/s/some_news/atom.xml").await;
    assert!(atom.header("content-type").starts_with("application/atom+xml"));
    assert!(atom.text().contains("<title>first &amp; &lt;last&gt;</title>"));
    assert!(atom.text().contains(&format!("<id>{link}</id>")));
    let embed = world.get(&format!("/oembed.json?url={link}")).await;
    let embed: serde_json::Value = serde_json::from_slice(&embed.bytes).unwrap();
    assert!(embed["html"].as_str().unwrap().contains("first &amp; &lt;last&gt;"));
    let elsewhere = world.get("/oembed.json?url=https://other.test/some_news").await;
    assert_eq!(elsewhere.status, StatusCode::NOT_FOUND);
    let map = world.get("/sitemap.xml").await;
    let chunk =
        map.text().split("https://h.test/sitemap/").nth(1).unwrap().split('<').next().unwrap();
    let listed = world.get(&format!("/sitemap/{chunk}")).await;
    assert!(listed.text().contains("<loc>https://h.test/s/some_news</loc>"));
}
