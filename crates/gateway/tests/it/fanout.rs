//! What a post costs, counted: encodings by layer, seals by eight, one push for each recipient whatever waits.

use crate::client::{Client, News, posts};
use crate::world::{World, counted};

const COSTS: [&str; 3] =
    ["gateway_encodings_total", "gateway_seal_batches_total", "gateway_pushes_total"];

fn costs(world: &World) -> [u64; 3] {
    COSTS.map(|name| counted(world, name))
}

/// Subscribers that have nothing to say and nothing to hear.
async fn audience(world: &World, size: usize) -> Vec<Client> {
    let mut members = Vec::new();
    for _ in 0..size {
        members.push(world.sign_up("Ben").await);
    }
    members
}

#[tokio::test(flavor = "multi_thread")]
async fn posts_are_encoded_once_and_sealed_by_eight_and_pushed_together() {
    let world = World::start();
    let mut anna = world.sign_up("Anna").await;
    let mut members = audience(&world, 20).await;
    let channel = world.channel(&anna, &members.iter().collect::<Vec<_>>()).await;
    let first = world.post(&anna, channel, "first").await.0;
    for member in &mut members {
        // The news of having been invited stands before the first post, or comes now.
        member.until(&News::Post(channel, first)).await;
        member.until_other("UpdateChannel").await;
        member.settle().await;
    }
    anna.until(&News::Post(channel, first)).await;
    let before = costs(&world);
    let one = world.post(&anna, channel, "one").await.0;
    for member in &mut members {
        member.until(&News::Post(channel, one)).await;
    }
    // Her own form comes last.
    anna.until(&News::Post(channel, one)).await;
    let after_one = costs(&world);
    // Eight posts wait at once.
    let last = world.store_posts(channel, anna.user, &["burst"; 8]).await;
    world.ring(channel, last, 8, None);
    for member in &mut members {
        let heard = member.until(&News::Post(channel, last.0)).await;
        assert_eq!(posts(&heard, channel), (one + 1..=last.0).collect::<Vec<_>>());
    }
    anna.until(&News::Post(channel, last.0)).await;
    let after_burst = costs(&world);
    let spent = |after: [u64; 3], before: [u64; 3]| -> Vec<u64> {
        after.iter().zip(before).map(|(after, before)| after - before).collect()
    };
    // Twenty in batches of 8, 8 and 4; and the author's own form for her session.
    assert_eq!(spent(after_one, before), [2, 4, 21]);
    assert_eq!(spent(after_burst, after_one), [2, 4, 21]);
}
