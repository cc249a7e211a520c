//! What pages cost, in calls of the store's ports.

use axum::http::StatusCode;

use crate::support::World;

/// Calls that one page makes.
async fn cost(world: &World, path: &str) -> u64 {
    let before = world.calls();
    let answer = world.get(path).await;
    assert_eq!(answer.status, StatusCode::OK, "{path}");
    world.calls() - before
}

#[tokio::test]
async fn a_page_of_posts_costs_the_same_in_a_channel_of_any_size() {
    let world = World::new();
    let small = world.public("small_news").await;
    let large = world.public("large_news").await;
    for number in 0..60 {
        world.say(small, &format!("post {number}")).await;
    }
    for number in 0..2000 {
        world.say(large, &format!("post {number}")).await;
    }
    let pages = [("", 6), ("?before=40", 7), ("?after=20", 7)];
    for (query, most) in pages {
        let few = cost(&world, &format!("/s/small_news{query}")).await;
        let many = cost(&world, &format!("/s/large_news{query}")).await;
        assert_eq!(few, many, "{query}");
        assert!(many <= most, "{query}: {many} calls");
    }
    assert_eq!(cost(&world, "/small_news/30").await, cost(&world, "/large_news/1000").await);
    // What is in memory asks for the name and the channel alone, and so does what is not there.
    assert_eq!(cost(&world, "/s/large_news").await, 2);
    let before = world.calls();
    assert_eq!(world.get("/never_was").await.status, StatusCode::NOT_FOUND);
    assert_eq!(world.calls() - before, 1);
}

#[tokio::test]
async fn a_list_for_search_engines_is_read_once_a_minute() {
    let world = World::new();
    for number in 0..30 {
        world.public(&format!("news_{number}_name")).await;
    }
    let index = world.get("/sitemap.xml").await;
    let chunk = index.text().split("https://h.test").nth(1).unwrap().split('<').next().unwrap();
    world.pass(60);
    assert_eq!((cost(&world, "/sitemap.xml").await, cost(&world, chunk).await), (1, 1));
    for second in 0..60 {
        assert_eq!(
            (cost(&world, "/sitemap.xml").await, cost(&world, chunk).await),
            (0, 0),
            "{second}"
        );
        world.pass(1);
    }
    assert_eq!((cost(&world, "/sitemap.xml").await, cost(&world, chunk).await), (1, 1));
    assert_eq!(world.get(chunk).await.text().matches("<loc>").count(), 30);
    assert!(!world.get("/sitemap/1").await.text().contains("<loc>"));
}
