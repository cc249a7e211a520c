//! What messages carry by id: photos, documents and polls, fetched for a whole answer at once.

use std::collections::BTreeMap;

use model::media::Media;
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

/// The photos and documents of one medium that stands in no message yet.
///
/// # Errors
/// Storage only.
pub async fn of_media(core: &Core, media: &Media) -> Result<Files> {
    let (photos, documents) = match media {
        Media::Photo { photo, .. } => (vec![*photo], Vec::new()),
        Media::Document { document, cover, .. } => {
            (cover.iter().copied().collect(), vec![*document])
        }
        _ => return Ok(Files::default()),
    };
    let photos = core.stores.media.photos(&photos).await?;
    let documents = core.stores.media.documents(&documents).await?;
    Ok(Files {
        photos: photos.into_iter().map(|photo| (photo.id, photo)).collect(),
        documents: documents.into_iter().map(|document| (document.id, document)).collect(),
    })
}

async fn load_polls(
    core: &Core,
    viewer: UserId,
    mut ids: Vec<PollId>,
) -> Result<BTreeMap<PollId, Seen>> {
    ids.sort_unstable();
    ids.dedup();
    if ids.is_empty() {
        return Ok(BTreeMap::new());
    }
    let polls = core.stores.polls.polls(viewer, &ids, core.now()).await?;
    Ok(polls.into_iter().map(|(poll, results)| (poll.id, (poll, results))).collect())
}
