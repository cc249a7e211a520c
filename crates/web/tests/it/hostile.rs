//! A hostile reader: odd methods and paths, what was changed, hidden, protected or has ended, floods.

use axum::http::{Method, StatusCode};
use model::MessageId;
use model::media::{Document, DocumentAttribute, Media};
use model::message::{Body, Entity, EntityKind, MediaClass};
use model::{DocumentId, UnixTime};
use services::channels;

use crate::support::{START, World, carrying, words};

const SECRET: &str = "buried-treasure";

fn hidden_words() -> Body {
    let text = format!("It is {SECRET} here");
    let length = i32::try_from(SECRET.len()).unwrap();
    words(&text, vec![Entity { offset: 6, length, kind: EntityKind::Spoiler }])
}

#[tokio::test]
async fn what_is_hidden_in_a_text_is_on_its_page_alone() {
    let world = World::new();
    let whose = world.public("some_news").await;
    let id = world.post(whose, hidden_words()).await;
    let answer = Body { text: "see above".to_owned(), ..Body::default() };
    let reply = world.reply(whose, answer, id).await;
    let page = world.get(&format!("/some_news/{}", id.0)).await;
    let (head, body) = page.text().split_once("<body").unwrap();
    assert!(!head.contains(SECRET) && head.contains("It is ▒▒▒"), "{head}");
    assert!(body.contains(&format!("<span class=\"spoiler\" tabindex=\"0\">{SECRET}</span>")));
    let reply = world.get(&format!("/some_news/{}", reply.0)).await;
    assert!(reply.text().contains("It is ▒▒▒") && !reply.text().contains(SECRET));
    for path in [
        "/s/some_news/atom.xml".to_owned(),
        "/s/some_news/feed.json".to_owned(),
        format!("/oembed.json?url=https://h.test/some_news/{}", id.0),
    ] {
        let answer = world.get(&path).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}");
        assert!(!answer.text().contains(SECRET) && answer.text().contains("It is ▒▒▒"), "{path}");
    }
}

async fn attach(world: &World, owner: model::UserId, id: i64, class: MediaClass) -> Body {
    let bytes = b"%PDF-1.4 and then some".to_vec();
    let document = Document {
        id: DocumentId(id),
        owner,
        date: UnixTime(START),
        mime_type: "application/pdf".to_owned(),
        size_bytes: i64::try_from(bytes.len()).unwrap(),
        blob: world.stores().blobs.put(bytes).await.unwrap().hash,
        attributes: vec![DocumentAttribute::FileName {
            name: "paper\r\nset-cookie: a=b\".pdf".to_owned(),
        }],
        stripped: Vec::new(),
        thumbs: Vec::new(),
    };
    world.stores().media.insert_document(document).await.unwrap();
    carrying(Media::Document {
        document: DocumentId(id),
        class,
        names: String::new(),
        spoiler: false,
        ttl_s: None,
        cover: None,
        timestamp_s: None,
    })
}

#[tokio::test]
async fn protected_posts_are_read_and_not_offered_for_keeping() {
    let world = World::new();
    let whose = world.public("some_news").await;
    let text = world.say(whose, "words to keep").await;
    let paper = world.post(whose, attach(&world, whose.0, 7, MediaClass::Document).await).await;
    let song = world.post(whose, attach(&world, whose.0, 8, MediaClass::Music).await).await;
    let file = |id: MessageId| format!("/m/some_news/{}/file", id.0);
    let open = world.get("/s/some_news").await;
    assert!(open.text().contains(&file(paper)) && !open.text().contains("nodownload"));
    let given = world.get(&file(paper)).await;
    assert_eq!(
        (given.status, given.header("content-type")),
        (StatusCode::OK, "application/octet-stream")
    );
    assert!(
        given
            .header("content-disposition")
            .starts_with("attachment; filename*=UTF-8''paper%0D%0Aset-cookie")
    );
    let caller = world.caller(whose.0);
    channels::manage::set_noforwards(&world.core, caller, whose.1, true).await.unwrap();
    let kept = world.get("/s/some_news").await;
    assert!(kept.text().contains("words to keep") && kept.text().contains("class=\"post kept\""));
    assert!(!kept.text().contains(&file(paper)), "the file is offered");
    assert!(
        kept.text().contains(&file(song)) && kept.text().contains("controlslist=\"nodownload\"")
    );
    assert_eq!(world.get(&file(paper)).await.status, StatusCode::NOT_FOUND);
    assert_eq!(world.get(&file(song)).await.status, StatusCode::OK);
    let page = world.get(&format!("/some_news/{}", text.0)).await;
    assert!(!page.text().split_once("<body").unwrap().0.contains("words to keep"));
    assert!(page.text().contains("noarchive"));
    for path in [
        "/s/some_news/atom.xml".to_owned(),
        "/s/some_news/feed.json".to_owned(),
        format!("/oembed.json?url=https://h.test/some_news/{}", text.0),
    ] {
        let answer = world.get(&path).await;
        assert_eq!(answer.status, StatusCode::OK);
        assert!(!answer.text().contains("words to keep"), "{path}");
    }
}

#[tokio::test]
async fn what_ends_by_its_timer_ends_on_the_web_in_its_second() {
    let world = World::new();
    let whose = world.public("some_news").await;
    let ending =
        |body: Body| Body { ttl_period: Some(5), expires: Some(UnixTime(START + 5)), ..body };
    let fleeting = world.post(whose, ending(words("not for long", vec![]))).await;
    let paper = ending(attach(&world, whose.0, 7, MediaClass::Document).await);
    let paper = world.post(whose, paper).await;
    let reply = Body { text: "an answer".to_owned(), ..Body::default() };
    let reply = world.reply(whose, reply, fleeting).await;
    let places = [
        "/s/some_news".to_owned(),
        "/s/some_news/atom.xml".to_owned(),
        "/s/some_news/feed.json".to_owned(),
        format!("/some_news/{}", fleeting.0),
        format!("/some_news/{}", reply.0),
        format!("/oembed.json?url=https://h.test/some_news/{}", fleeting.0),
    ];
    let file = format!("/m/some_news/{}/file", paper.0);
    let mut tags = Vec::new();
    for path in &places {
        let answer = world.get(path).await;
        assert!(answer.text().contains("not for long"), "{path}");
        tags.push(answer.header("etag").to_owned());
    }
    assert_eq!(world.get(&file).await.status, StatusCode::OK);
    world.pass(5);
    // Nothing was swept, nobody was told, and pages of that second are in memory still.
    for (path, tag) in places.iter().zip(&tags) {
        let answer = world.get_with(path, &[("if-none-match", tag)]).await;
        assert_ne!(answer.status, StatusCode::NOT_MODIFIED, "{path}");
        assert!(!answer.text().contains("not for long"), "{path}");
    }
    assert_eq!(world.get(&places[3]).await.status, StatusCode::NOT_FOUND);
    assert_eq!(world.get(&file).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_change_within_the_second_is_not_missed_by_date() {
    let world = World::new();
    let whose = world.public("some_news").await;
    world.say(whose, "one").await;
    let first = world.get("/s/some_news").await;
    assert_eq!(first.header("last-modified"), "");
    world.pass(1);
    let date = world.get("/s/some_news").await.header("last-modified").to_owned();
    let since = [("if-modified-since", date.as_str())];
    assert_eq!(world.get_with("/s/some_news", &since).await.status, StatusCode::NOT_MODIFIED);
    world.say(whose, "two").await;
    let answer = world.get_with("/s/some_news", &since).await;
    assert!(answer.status == StatusCode::OK && answer.text().contains("two"));
}

#[tokio::test]
async fn odd_requests_get_an_ordinary_answer() {
    let world = World::new();
    let whose = world.public("some_news").await;
    world.say(whose, "one").await;
    let nothing = world.get("/never_was").await;
    for path in [
        "/%ff%fe",
        "/s/%ff",
        "/%ff/1",
        "/m/%ff/1/file",
        "/some_news/99999999999999999999",
        "/some_news/-1",
        "/some_news/1/",
        "/s/some_news/",
        "/..%2f..%2fetc%2fpasswd",
        "/m/..%2f..%2f/1/file",
        "/m/some_news/1/..%2ffile",
        "/some_news%0d%0aset-cookie:%20a=b",
    ] {
        let answer = world.get(path).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
        assert!(answer.bytes == nothing.bytes && answer.headers == nothing.headers, "{path}");
    }
    let long = world.get(&format!("/{}", "x".repeat(4000))).await;
    assert!(long.bytes == nothing.bytes && long.headers == nothing.headers);
    for query in [
        "before=99999999999999999999",
        "before=-5",
        "before=0",
        "before=x&after=%ff",
        "lang=%22%3E%3Cscript%3E",
    ] {
        let answer = world.get(&format!("/s/some_news?{query}")).await;
        assert_eq!(answer.status, StatusCode::OK, "{query}");
        assert!(answer.text().contains("one") && !answer.text().contains("<script"), "{query}");
    }
    assert!(world.get("/s/some_news?before=2147483647").await.text().contains("one"));
    for path in ["/some_news", "/s/some_news", "/some_news/2", "/never_was"] {
        let (read, asked) = (world.get(path).await, world.ask(Method::HEAD, path, &[]).await);
        assert_eq!((asked.status, asked.bytes.len()), (read.status, 0), "{path}");
        for header in ["etag", "content-type", "content-security-policy", "cache-control"] {
            assert_eq!(asked.header(header), read.header(header), "{path} {header}");
        }
        assert_eq!(asked.header("content-length"), read.bytes.len().to_string(), "{path}");
    }
    for path in ["/some_news", "/never_was"] {
        let refused = world.ask(Method::POST, path, &[("accept-language", "ar")]).await;
        assert_eq!(refused.status, StatusCode::METHOD_NOT_ALLOWED, "{path}");
        assert_eq!(
            (refused.header("allow"), refused.header("cache-control")),
            ("GET, HEAD", "no-store")
        );
        assert!(refused.text().contains("dir=\"rtl\""), "{path}");
    }
}

#[tokio::test]
async fn whoever_asks_too_often_is_told_in_their_language() {
    let world = World::new();
    let whose = world.public("some_news").await;
    for number in 0..400 {
        world.say(whose, &format!("post {number}")).await;
    }
    let visitor = world.visitor("192.0.2.44");
    let mut refused = None;
    let mut answered = 0;
    for number in 2..402 {
        let answer = visitor
            .ask(Method::GET, &format!("/some_news/{number}"), &[("accept-language", "ar")])
            .await;
        if answer.status != StatusCode::OK {
            refused = Some(answer);
            break;
        }
        answered += 1;
    }
    let refused = refused.expect("nobody was refused");
    assert!(answered >= 300, "{answered}");
    assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS);
    assert!(refused.header("retry-after").parse::<u32>().unwrap() >= 1);
    assert_eq!(refused.header("cache-control"), "no-store");
    assert!(refused.header("content-type").starts_with("text/html"));
    assert!(
        refused.text().contains("lang=\"ar\" dir=\"rtl\"")
            && refused.text().contains("طلبات كثيرة")
    );
    // Others, and what is in memory, are not touched by it.
    let other = world.visitor("192.0.2.45").ask(Method::GET, "/some_news/400", &[]).await;
    assert_eq!(other.status, StatusCode::OK);
    assert_eq!(visitor.ask(Method::GET, "/some_news/400", &[]).await.status, StatusCode::OK);
}

#[tokio::test]
async fn whoever_tries_names_is_bounded_as_well() {
    let world = World::new();
    world.public("some_news").await;
    let guesser = world.visitor("192.0.2.46");
    for (number, path) in ["/never_", "/s/never_", "/never/", "/no/such/page/"].iter().enumerate() {
        for guess in 0..75 {
            let answer = guesser.ask(Method::GET, &format!("{path}{guess}"), &[]).await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{number} {guess}");
        }
    }
    let answer = guesser.ask(Method::GET, "/never_again", &[]).await;
    assert_eq!(answer.status, StatusCode::TOO_MANY_REQUESTS);
}

/// One post may be protected where the channel is not: a reply does not quote it, and lists with it are not archived.
#[tokio::test]
async fn a_reply_tells_nothing_of_a_protected_post() {
    let world = World::new();
    let whose = world.public("some_news").await;
    let kept = Body { noforwards: true, ..words("words to keep", vec![]) };
    let original = world.post(whose, kept).await;
    let reply = world.reply(whose, words("an answer", vec![]), original).await;
    for path in ["/s/some_news/atom.xml", "/s/some_news/feed.json"] {
        let feed = world.get(path).await;
        assert!(
            feed.text().contains("an answer") && !feed.text().contains("words to keep"),
            "{path}"
        );
    }
    let page = world.get(&format!("/some_news/{}", reply.0)).await;
    let article =
        page.text().split("<article").skip(1).find(|one| one.contains("an answer")).unwrap();
    assert!(article.contains(&format!("/some_news/{}", original.0)));
    assert!(!article.contains("words to keep"), "{article}");
    let list = world.get("/s/some_news").await;
    assert!(list.text().contains("words to keep") && list.text().contains("noarchive"));
}
