//! What messages carry by id: photos, documents and polls, fetched for a whole answer at once.

use std::collections::BTreeMap;

use model::message::Message;
use model::{PollId, UserId};

use super::poll::Seen;
use crate::media::{self, Files};
use crate::{Core, Result};

/// Everything that some messages carry.
#[derive(Clone, Debug, Default)]
pub struct Attachments {
    /// Photos and documents.
    pub files: Files,
    /// Polls with their results as the viewer sees them.
    pub polls: BTreeMap<PollId, Seen>,
}

/// Fetches what the messages carry.
///
/// # Errors
/// Storage only.
pub async fn load(core: &Core, viewer: UserId, messages: &[&Message]) -> Result<Attachments> {
    let files = media::files(core, messages.iter().copied()).await?;
    let polls = messages.iter().filter_map(|message| message.body.poll()).collect();
    Ok(Attachments { files, polls: load_polls(core, viewer, polls).await? })
}

async fn load_polls(core: &Core, viewer: UserId, mut ids: Vec<PollId>) -> Result<BTreeMap<PollId, Seen>> {
    ids.sort_unstable();
    ids.dedup();
    if ids.is_empty() {
        return Ok(BTreeMap::new());
    }
    let polls = core.stores.polls.polls(viewer, &ids, core.now()).await?;
    Ok(polls.into_iter().map(|(poll, results)| (poll.id, (poll, results))).collect())
}
