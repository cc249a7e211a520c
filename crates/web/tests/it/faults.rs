//! A store that fails: what the visitor is told, and what not.

use std::sync::Arc;

use async_trait::async_trait;
use axum::http::StatusCode;
use model::media::Media;
use model::poll::{Poll, Results, Voter};
use model::{ChannelId, MessageId, Peer, PollId, UnixTime, UserId};
use store::memory::MemoryStore;
use store::ports::{PollStore, Stores};
use store::{Error, Result};

use crate::support::{World, carrying};

/// Polls that cannot be read.
struct Failing(Error);

#[async_trait]
impl PollStore for Failing {
    async fn create_poll(&self, _: Poll, _: UnixTime) -> Result<()> {
        Err(self.0.clone())
    }

    async fn polls(&self, _: UserId, _: &[PollId], _: UnixTime) -> Result<Vec<(Poll, Results)>> {
        Err(self.0.clone())
    }

    async fn vote(
        &self,
        _: PollId,
        _: Voter,
        _: Vec<Vec<u8>>,
        _: UnixTime,
    ) -> Result<(Poll, Results)> {
        Err(self.0.clone())
    }

    async fn hold_poll(&self, _: PollId) -> Result<()> {
        Err(self.0.clone())
    }

    async fn close_poll(
        &self,
        _: PollId,
        _: UserId,
        _: Option<(ChannelId, MessageId)>,
        _: UnixTime,
    ) -> Result<Poll> {
        Err(self.0.clone())
    }

    async fn votes(
        &self,
        _: PollId,
        _: Option<&[u8]>,
        _: i32,
        _: i32,
    ) -> Result<(Vec<(Peer, Vec<Vec<u8>>, UnixTime)>, i32)> {
        Err(self.0.clone())
    }
}

/// A world whose store fails so where a poll is to be shown.
async fn broken(error: Error) -> World {
    let stores = Stores { polls: Arc::new(Failing(error)), ..MemoryStore::stores() };
    let world = World::over(stores);
    let whose = world.public("some_news").await;
    world.post(whose, carrying(Media::Poll { poll: PollId(7) })).await;
    world
}

const PAGES: [&str; 3] = ["/s/some_news", "/some_news/1", "/s/some_news/atom.xml"];

#[tokio::test]
async fn a_store_that_does_not_answer_is_asked_again_later() {
    let world = broken(Error::Unavailable("/srv/data/hoopoe.db is locked".to_owned())).await;
    for path in PAGES {
        let answer = world.get(path).await;
        assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE, "{path}");
        assert_eq!(
            (answer.header("retry-after"), answer.header("cache-control")),
            ("1", "no-store")
        );
        assert!(answer.header("content-type").starts_with("text/html"), "{path}");
        assert!(!answer.text().contains("hoopoe.db"), "{path} tells of the store");
    }
    let arabic = world.get_with("/s/some_news", &[("accept-language", "ar")]).await;
    assert_eq!(arabic.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(arabic.text().contains("lang=\"ar\" dir=\"rtl\""));
    // What needs nothing of it is answered.
    assert_eq!(world.get("/some_news").await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_fault_of_ours_is_told_as_one() {
    let world = broken(Error::Corrupt("a row of 13 bytes".to_owned())).await;
    for path in PAGES {
        let answer = world.get(path).await;
        assert_eq!(answer.status, StatusCode::INTERNAL_SERVER_ERROR, "{path}");
        assert_eq!(
            (answer.header("retry-after"), answer.header("cache-control")),
            ("", "no-store")
        );
        assert_eq!(answer.header("etag"), "", "{path}");
        assert!(answer.header("content-security-policy").starts_with("default-src 'none'"));
        assert!(!answer.text().contains("13 bytes"), "{path} tells of the store");
    }
    let away = broken(Error::Unavailable(String::new())).await.get("/s/some_news").await;
    assert_ne!(world.get("/s/some_news").await.bytes, away.bytes);
}
