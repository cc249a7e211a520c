//! What a page of a history costs, counted.

use model::dialog::HistoryWindow;
use model::{ChannelId, MessageId};
use store::Stores;
use store::conformance::channel_scene::{Scene, broadcast, create, text};

use super::channel_costs::counter;

/// Steps are counted by the hundred for each statement, so that a count may be off by that much for each.
const SLACK: u64 = 1000;

/// A channel with so many posts.
async fn filled<'a>(scene: &Scene<'a>, posts: i32) -> Scene<'a> {
    let id = create(scene.stores, scene.owner, true).await.id;
    let filled = Scene { id, ..*scene };
    let batch = (0..posts).map(|n| filled.written(filled.owner, text(&format!("post {n}"))));
    scene.stores.channels.post(batch.collect()).await.unwrap();
    filled
}

/// The numbers on a page, and the statements and steps that it took.
async fn page(
    stores: &Stores,
    channel: ChannelId,
    scene: &Scene<'_>,
    window: HistoryWindow,
) -> (Vec<i32>, u64, u64) {
    let count = || ["read_statements", "read_steps"].map(|name| counter(stores, name));
    let read = || stores.channels.channel_history(channel, scene.stranger, window);
    // Statements are prepared once.
    read().await.unwrap();
    let before = count();
    let found = read().await.unwrap();
    let after = count();
    let ids = found.messages.iter().map(|message| message.id.0).collect();
    (ids, after[0] - before[0], after[1] - before[1])
}

fn windows(last: i32) -> [HistoryWindow; 4] {
    let all = HistoryWindow { limit: 31, ..HistoryWindow::default() };
    [
        all,
        HistoryWindow { offset_id: MessageId(last - 30), ..all },
        HistoryWindow { offset_id: MessageId(32), add_offset: -31, ..all },
        HistoryWindow { offset_id: MessageId(last - 30), add_offset: -10, ..all },
    ]
}

#[tokio::test]
async fn a_page_costs_the_same_in_a_channel_of_any_size() {
    let (stores, _folder) = super::sqlite().await;
    let scene = broadcast(&stores).await;
    let (small, large) = (filled(&scene, 100).await, filled(&scene, 5000).await);
    for (few, many) in windows(100).into_iter().zip(windows(5000)) {
        let (ids, few_statements, few_steps) = page(&stores, small.id, &scene, few).await;
        let (more, statements, steps) = page(&stores, large.id, &scene, many).await;
        assert_eq!(ids.len(), more.len());
        // Where whole blocks of numbers lie between, they are summed up, and its ends are counted.
        assert!(statements <= few_statements + 2, "{statements}, {few_statements}");
        assert!(steps <= few_steps + SLACK, "{steps} steps, {few_steps} in a small channel");
    }
}

/// Between the first forty posts and the last ones everything was deleted.
#[tokio::test]
async fn deleted_posts_are_not_read_one_by_one() {
    let (stores, _folder) = super::sqlite().await;
    let scene = broadcast(&stores).await;
    let mut costs = Vec::new();
    for last in [4 * 1024, 10 * 1024] {
        let whole = filled(&scene, last).await;
        let gone: Vec<_> = (41..=last - 40).map(MessageId).collect();
        for some in gone.chunks(500) {
            whole.delete(some).await;
        }
        let [_, older, newer, _] = windows(last);
        let older = HistoryWindow { offset_id: MessageId(last - 35), ..older };
        let (ids, _, down) = page(&stores, whole.id, &scene, older).await;
        let expected: Vec<_> = (last - 39..last - 35).rev().chain((14..=40).rev()).collect();
        assert_eq!(ids, expected);
        let (ids, _, up) = page(&stores, whole.id, &scene, newer).await;
        let expected: Vec<_> = (last - 39..=last - 18).rev().chain((32..=40).rev()).collect();
        assert_eq!(ids, expected);
        let far = HistoryWindow { offset_id: MessageId(last - 35), add_offset: 10, ..older };
        let (ids, _, skipping) = page(&stores, whole.id, &scene, far).await;
        assert_eq!(ids, (4..=34).rev().collect::<Vec<_>>());
        costs.push([down, up, skipping]);
    }
    for (few, many) in costs[0].into_iter().zip(costs[1]) {
        // Six more blocks, not six thousand more messages.
        assert!(many <= few + 2 * SLACK, "{costs:?}");
    }
}
