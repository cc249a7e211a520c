//! A reader that is too slow: it costs its bounded queue and nothing else, and is told to catch up.

use model::{ChannelId, Pts};
use tl_api::{enums, functions, types};

use crate::client::{Client, News, Random, Wire, now, posts};
use crate::world::{World, counted};

#[tokio::test(flavor = "multi_thread")]
async fn a_slow_reader_is_told_to_catch_up_and_holds_up_nobody() {
    let world = World::start();
    let (anna, mut ben) = (world.sign_up("Anna").await, world.sign_up("Ben").await);
    let carl = world.sign_up("Carl").await;
    let channel = world.channel(&anna, &[&ben, &carl]).await;
    // Carl's second session reads nothing after this, through a small window.
    let wire = Wire::dial_with(&world, Some(4096)).await;
    let mut slow = carl.another_session_on(wire);
    slow.listen().await;
    let text = "x".repeat(4000);
    let mut last = 0;
    while counted(&world, "gateway_pushes_dropped_total") == 0 {
        last = world.post(&anna, channel, &text).await.0;
        ben.until(&News::Post(channel, last)).await;
        assert!(last < 20_000, "a reader that reads nothing was sent 80 MB");
    }
    // Now it reads: what was on its way, then that it has to catch up.
    let heard = slow.until(&News::ChannelTooLong(channel)).await;
    let heard = posts(&heard, channel);
    assert!(!heard.is_empty() && heard.windows(2).all(|pair| pair[0] + 1 == pair[1]));
    let reached = *heard.last().unwrap();
    assert!(reached < last);
    let request = functions::updates::GetChannelDifference {
        channel: types::InputChannel {
            channel_id: channel.0,
            access_hash: world.core.access.hash(
                slow.user,
                services::access::HashKind::Channel,
                channel.0,
            ),
        }
        .into(),
        filter: enums::ChannelMessagesFilter::ChannelMessagesFilterEmpty,
        pts: reached,
        limit: 100,
        ..Default::default()
    };
    let difference = slow.call(&request).await.unwrap();
    let enums::updates::ChannelDifference::ChannelDifference(missed) = difference else {
        panic!("{difference:?}")
    };
    assert_eq!(missed.new_messages.len(), usize::try_from(last - reached).unwrap());
    // It is told live again.
    let next = world.post(&anna, channel, "next").await.0;
    let heard = slow.until(&News::Post(channel, next)).await;
    assert_eq!(posts(&heard, channel), [next]);
}

/// One packet over HTTP, and the one that is held back until there is something to say.
async fn over_http(world: &World, client: &mut Client) {
    let packet = client.session.next_packet(now(), &mut Random).unwrap().unwrap();
    client.hear(world.over_http(&packet).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_waits_over_http_is_told_to_catch_up_at_once() {
    let world = World::start();
    let (anna, ben) = (world.sign_up("Anna").await, world.sign_up("Ben").await);
    let channel = world.channel(&anna, &[&ben]).await;
    let mut polling = ben.another_session(&world).await;
    let wait = [0x9299_359f_u32, 0, 0, 20_000];
    let wait: Vec<u8> = wait.into_iter().flat_map(u32::to_le_bytes).collect();
    let asked = polling.ask(&functions::updates::GetState {});
    over_http(&world, &mut polling).await;
    // The first answer may only be that the session is new.
    while !polling.has_answer(asked) {
        polling.session.notice(now(), wait.clone());
        over_http(&world, &mut polling).await;
    }
    // More than is read for live delivery.
    world.ring(channel, Pts(5000), 4999, None);
    while !polling.news.contains(&News::ChannelTooLong(channel)) {
        polling.session.notice(now(), wait.clone());
        over_http(&world, &mut polling).await;
    }
}

/// Members on one session each, which reads through a small window.
async fn members_with_small_windows(world: &World, count: usize) -> Vec<Client> {
    let mut members = Vec::new();
    for _ in 0..count {
        let first = world.sign_up("Carl").await;
        let mut slow = first.another_session_on(Wire::dial_with(world, Some(4096)).await);
        slow.listen().await;
        // The other session of the device would hear everything too.
        let destroy = 0xe751_2126_u32.to_le_bytes().into_iter();
        slow.tell(destroy.chain(first.session.id().to_le_bytes()).collect()).await;
        slow.settle().await;
        members.push(slow);
    }
    members
}

/// Fetches all posts after `pts`; gives their positions.
async fn fetch_missed(
    world: &World,
    reader: &mut Client,
    channel: ChannelId,
    pts: i32,
) -> Vec<i32> {
    let hash = world.core.access.hash(reader.user, services::access::HashKind::Channel, channel.0);
    let mut request = functions::updates::GetChannelDifference {
        channel: types::InputChannel { channel_id: channel.0, access_hash: hash }.into(),
        filter: enums::ChannelMessagesFilter::ChannelMessagesFilterEmpty,
        pts,
        limit: 100,
        ..Default::default()
    };
    let mut fetched = Vec::new();
    loop {
        let answer = reader.call(&request).await.unwrap();
        let enums::updates::ChannelDifference::ChannelDifference(part) = answer else {
            panic!("{answer:?}")
        };
        let count = i32::try_from(part.new_messages.len()).unwrap();
        assert_eq!(part.pts - request.pts, count, "a post is one step");
        fetched.extend(request.pts + 1..=part.pts);
        request.pts = part.pts;
        if part.r#final {
            return fetched;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_that_stop_reading_catch_up_whole_while_others_hear_everything() {
    let world = World::start();
    let (anna, mut ben) = (world.sign_up("Anna").await, world.sign_up("Ben").await);
    let mut slow = members_with_small_windows(&world, 10).await;
    let channel = world.channel(&anna, &slow.iter().chain([&ben]).collect::<Vec<_>>()).await;
    let first = world.post(&anna, channel, "first").await.0;
    let mut heard_by_ben = ben.until(&News::Post(channel, first)).await;
    for reader in &mut slow {
        reader.until(&News::Post(channel, first)).await;
    }
    // From here on the ten read nothing, until all of them were left out for long: of one alone it would be four megabytes.
    let text = "x".repeat(4000);
    let mut last = first;
    while counted(&world, "gateway_pushes_dropped_total") < 1000 {
        last = world.post(&anna, channel, &text).await.0;
        heard_by_ben.extend(ben.until(&News::Post(channel, last)).await);
        assert!(last < 20_000, "ten readers that read nothing were sent 80 MB each");
    }
    assert_eq!(posts(&heard_by_ben, channel), (first..=last).collect::<Vec<_>>());
    for reader in &mut slow {
        let heard = reader.until(&News::ChannelTooLong(channel)).await;
        let mut heard = posts(&heard, channel);
        let reached = heard.last().copied().unwrap_or(first);
        assert!(reached < last, "it was left out");
        heard.extend(fetch_missed(&world, reader, channel, reached).await);
        assert_eq!(heard, (first + 1..=last).collect::<Vec<_>>());
        assert_eq!(reader.settle().await, [], "nothing comes a second time");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_asks_and_does_not_read_is_not_worked_for() {
    let world = World::start();
    let mut anna = world.sign_up("Anna").await;
    let channel = world.channel(&anna, &[]).await;
    // A page of these is 200 KB, compressed.
    let texts: Vec<String> = (0..100).map(|_| noise(4000)).collect();
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    world.store_posts(channel, anna.user, &texts).await;
    let mut greedy = anna.another_session_on(Wire::dial_with(&world, Some(4096)).await);
    greedy.listen().await;
    let history = functions::messages::GetHistory {
        peer: types::InputPeerChannel {
            channel_id: channel.0,
            access_hash: world.core.access.hash(
                anna.user,
                services::access::HashKind::Channel,
                channel.0,
            ),
        }
        .into(),
        limit: 100,
        ..Default::default()
    };
    let others = counted(&world, "gateway_requests_total");
    let mut asked = Vec::new();
    for _ in 0..100 {
        asked.push(greedy.start(&history).await);
    }
    // Until nothing moves any more while somebody else is served a hundred times.
    let mut by_others = 0;
    let answered = loop {
        let before = counted(&world, "gateway_requests_total") - others - by_others;
        for _ in 0..100 {
            anna.settle().await;
            anna.call(&functions::help::GetConfig {}).await.unwrap();
        }
        by_others += 100;
        if counted(&world, "gateway_requests_total") - others - by_others == before {
            break before;
        }
    };
    assert!(answered < 60, "{answered} pages wait for somebody who does not read");
    for msg_id in asked {
        greedy.answer(msg_id).await.unwrap();
    }
}

/// Text that does not compress well.
fn noise(length: usize) -> String {
    let mut bytes = vec![0; length / 2];
    getrandom::fill(&mut bytes).unwrap();
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
