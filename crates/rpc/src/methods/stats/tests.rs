//! Figures of channels, from end to end.

use model::{ChannelId, Peer, UnixTime};
use serde_json::{Value, json};
use store::ports::channels::NewChannel;
use tl_api::functions::channels as fc;
use tl_api::functions::messages as fm;
use tl_api::functions::stats as f;
use tl_api::{enums, types};

use crate::testing::{Device, World};

async fn channel(owner: &Device<'_>, broadcast: bool) -> ChannelId {
    let core = &owner.world.core;
    let new = NewChannel {
        creator: owner.user(),
        title: "News".to_owned(),
        about: String::new(),
        broadcast,
        now: core.now(),
        ttl_period: None,
    };
    let id = core.stores.channels.create_channel(new).await.unwrap().id;
    core.stores
        .accounts
        .set_username(Peer::Channel(id), Some("the_news".to_owned()))
        .await
        .unwrap();
    id
}

/// The columns of a graph.
fn columns(graph: &enums::StatsGraph) -> Vec<Vec<Value>> {
    let enums::StatsGraph::StatsGraph(graph) = graph else { panic!("{graph:?}") };
    let enums::DataJSON::DataJSON(json) = &graph.json;
    let graph: Value = serde_json::from_str(&json.data).unwrap();
    let columns = graph["columns"].as_array().unwrap();
    let columns: Vec<Vec<Value>> =
        columns.iter().map(|column| column.as_array().unwrap().clone()).collect();
    for column in &columns {
        let key = column[0].as_str().unwrap();
        assert!(graph["types"][key].is_string());
        assert!(key == "x" || graph["names"][key].is_string() && graph["colors"][key].is_string());
        assert_eq!(column.len(), columns[0].len());
    }
    columns
}

/// The last values of each column but the first.
fn today(graph: &enums::StatsGraph) -> Vec<i64> {
    columns(graph)[1..].iter().map(|column| column.last().unwrap().as_i64().unwrap()).collect()
}

async fn later(owner: &Device<'_>, graph: &enums::StatsGraph) -> enums::StatsGraph {
    let enums::StatsGraph::StatsGraphAsync(graph) = graph else { panic!("{graph:?}") };
    owner.ok(f::LoadAsyncGraph { token: graph.token.clone(), x: None }).await
}

#[tokio::test]
async fn a_channel_shows_who_comes_and_goes_and_what_is_read() {
    let world = World::new();
    let (anna, ben, carl) =
        (world.sign_up("Anna").await, world.sign_up("Ben").await, world.sign_up("Carl").await);
    let id = channel(&anna, true).await;
    world.pass(10 * 86_400);
    ben.ok(fc::JoinChannel { channel: ben.input_channel(id) }).await;
    carl.ok(fc::JoinChannel { channel: carl.input_channel(id) }).await;
    carl.ok(fc::LeaveChannel { channel: carl.input_channel(id) }).await;
    let peer = |device: &Device<'_>| device.input_peer(Peer::Channel(id));
    let post = fm::SendMessage {
        peer: peer(&anna),
        message: "post".to_owned(),
        random_id: 1,
        ..Default::default()
    };
    anna.ok(post).await;
    for reader in [&ben, &ben, &carl] {
        reader.ok(fm::GetMessagesViews { peer: peer(reader), id: vec![1], increment: true }).await;
    }
    let request = f::GetBroadcastStats { dark: false, channel: anna.input_channel(id) };
    let enums::stats::BroadcastStats::BroadcastStats(stats) = anna.ok(request).await;
    let enums::StatsAbsValueAndPrev::StatsAbsValueAndPrev(followers) = &stats.followers;
    assert_eq!((followers.current, followers.previous), (2.0, 1.0));
    let enums::StatsAbsValueAndPrev::StatsAbsValueAndPrev(views) = &stats.views_per_post;
    assert_eq!((views.current, views.previous), (3.0, 0.0));
    let x = columns(&stats.growth_graph).remove(0);
    let day = world.core.now().0.div_euclid(86_400) * 86_400_000;
    assert_eq!((x.len(), x.last()), (12, Some(&json!(day))));
    assert_eq!(today(&stats.growth_graph), [2]);
    assert_eq!(today(&stats.followers_graph), [2, 1]);
    assert_eq!(today(&later(&anna, &stats.interactions_graph).await), [2, 0]);
    assert_eq!(today(&later(&anna, &stats.views_by_source_graph).await), [1, 1]);
    assert_eq!(today(&later(&anna, &stats.new_followers_by_source_graph).await), [0, 2, 0]);
    let shown: Vec<_> = stats
        .recent_posts_interactions
        .iter()
        .map(|post| match post {
            enums::PostInteractionCounters::PostInteractionCountersMessage(post) => {
                (post.msg_id, post.views)
            }
            enums::PostInteractionCounters::PostInteractionCountersStory(_) => panic!("a story"),
        })
        .collect();
    assert_eq!(shown, [(1, 3)]);
    let grown = world.core.stores.statistics.growing_channels(UnixTime(0), 2, 10).await.unwrap();
    assert_eq!(grown.iter().map(|one| (one.channel, one.joined)).collect::<Vec<_>>(), [(id, 2)]);
}

#[tokio::test]
async fn languages_and_hours_are_of_many_or_not_told() {
    let world = World::new();
    let anna = world.sign_up("Anna").await;
    let id = channel(&anna, true).await;
    let request = f::GetBroadcastStats { dark: false, channel: anna.input_channel(id) };
    let enums::stats::BroadcastStats::BroadcastStats(stats) = anna.ok(request).await;
    let mut joined = 0;
    for members in 2..=50 {
        let reader = world.sign_up("Ben").await;
        reader.ok(fc::JoinChannel { channel: reader.input_channel(id) }).await;
        joined += 1;
        for graph in [&stats.languages_graph, &stats.top_hours_graph] {
            let shown = later(&anna, graph).await;
            let is_told = matches!(shown, enums::StatsGraph::StatsGraph(_));
            assert_eq!(is_told, members >= 50, "{members} members");
        }
    }
    let languages = later(&anna, &stats.languages_graph).await;
    assert_eq!(today(&languages).iter().sum::<i64>(), joined);
    assert_eq!(columns(&later(&anna, &stats.top_hours_graph).await)[0].len(), 25);
}

#[tokio::test]
async fn figures_are_for_admins() {
    let world = World::new();
    let (anna, ben) = (world.sign_up("Anna").await, world.sign_up("Ben").await);
    let id = channel(&anna, true).await;
    let request = |device: &Device<'_>| f::GetBroadcastStats {
        dark: false,
        channel: device.input_channel(id),
    };
    assert_eq!(ben.fails(request(&ben)).await, "CHAT_ADMIN_REQUIRED");
    let token = format!("views:{}", id.0);
    let graph = |token: &str| f::LoadAsyncGraph { token: token.to_owned(), x: None };
    assert_eq!(ben.fails(graph(&token)).await, "CHAT_ADMIN_REQUIRED");
    assert_eq!(anna.fails(graph("views")).await, "GRAPH_INVALID_RELOAD");
    let group = f::GetMegagroupStats { dark: false, channel: anna.input_channel(id) };
    assert_eq!(anna.fails(group).await, "MEGAGROUP_REQUIRED");
}

#[tokio::test]
async fn a_supergroup_shows_who_writes() {
    let world = World::new();
    let (anna, ben) = (world.sign_up("Anna").await, world.sign_up("Ben").await);
    let id = channel(&anna, false).await;
    ben.ok(fc::JoinChannel { channel: ben.input_channel(id) }).await;
    for n in 1..=3 {
        let said = fm::SendMessage {
            peer: ben.input_peer(Peer::Channel(id)),
            message: "12345".to_owned(),
            random_id: n,
            ..Default::default()
        };
        ben.ok(said).await;
    }
    let request = f::GetMegagroupStats { dark: false, channel: anna.input_channel(id) };
    let enums::stats::MegagroupStats::MegagroupStats(stats) = anna.ok(request).await;
    let poster =
        types::StatsGroupTopPoster { user_id: ben.user().0, messages: 3, avg_chars: 5 }.into();
    assert_eq!(stats.top_posters, [poster]);
    assert_eq!(today(&stats.messages_graph), [3]);
    assert_eq!(columns(&stats.weekdays_graph)[0].len(), 8);
    let wrong = f::GetBroadcastStats { dark: false, channel: anna.input_channel(id) };
    assert_eq!(anna.fails(wrong).await, "BROADCAST_REQUIRED");
}

/// Who writes in the group's name would be known by what they wrote.
#[tokio::test]
async fn a_supergroup_does_not_show_who_writes_as_it() {
    let world = World::new();
    let (anna, ben) = (world.sign_up("Anna").await, world.sign_up("Ben").await);
    let id = channel(&anna, false).await;
    ben.ok(fc::JoinChannel { channel: ben.input_channel(id) }).await;
    let hidden = fc::EditAdmin {
        channel: anna.input_channel(id),
        user_id: anna.input_user(&ben),
        admin_rights: types::ChatAdminRights {
            anonymous: true,
            change_info: true,
            ..Default::default()
        }
        .into(),
        rank: None,
    };
    anna.ok(hidden).await;
    for (writer, n) in [(&anna, 1), (&ben, 2), (&ben, 3)] {
        let peer = writer.input_peer(Peer::Channel(id));
        let message = "12345".to_owned();
        let said = fm::SendMessage { peer, message, random_id: n, ..Default::default() };
        writer.ok(said).await;
    }
    let request = f::GetMegagroupStats { dark: false, channel: anna.input_channel(id) };
    let enums::stats::MegagroupStats::MegagroupStats(stats) = anna.ok(request).await;
    let poster =
        types::StatsGroupTopPoster { user_id: anna.user().0, messages: 1, avg_chars: 5 }.into();
    assert_eq!(stats.top_posters, [poster]);
    assert!(!format!("{:?}", stats.users).contains(&ben.user().0.to_string()), "{stats:?}");
}
