//! `MessagesFilter`: which messages a search is about.

use model::message::MediaClass;
use services::messages::search::Query;
use tl_api::enums;

/// A filter as a search.
pub(super) enum Filter {
    /// Of what there is.
    Of(Query),
    /// Of what is not offered here: nothing is found.
    Nothing,
}

pub(super) fn query(filter: &enums::MessagesFilter) -> Filter {
    use MediaClass as C;
    use enums::MessagesFilter as F;
    let classes = match filter {
        F::InputMessagesFilterEmpty => Vec::new(),
        F::InputMessagesFilterPhotos => vec![C::Photo],
        F::InputMessagesFilterVideo => vec![C::Video],
        F::InputMessagesFilterPhotoVideo => vec![C::Photo, C::Video],
        F::InputMessagesFilterDocument => vec![C::Document],
        F::InputMessagesFilterUrl => vec![C::Url],
        F::InputMessagesFilterGif => vec![C::Gif],
        F::InputMessagesFilterVoice => vec![C::Voice],
        F::InputMessagesFilterMusic => vec![C::Music],
        F::InputMessagesFilterChatPhotos => vec![C::ChatPhoto],
        F::InputMessagesFilterRoundVideo => vec![C::RoundVideo],
        F::InputMessagesFilterRoundVoice => vec![C::RoundVideo, C::Voice],
        F::InputMessagesFilterGeo => vec![C::Geo],
        F::InputMessagesFilterContacts => vec![C::Contact],
        F::InputMessagesFilterPoll => vec![C::Poll],
        F::InputMessagesFilterPinned => {
            return Filter::Of(Query { pinned: true, ..Query::default() });
        }
        F::InputMessagesFilterMyMentions => {
            return Filter::Of(Query { mentions: true, ..Query::default() });
        }
        F::InputMessagesFilterPhoneCalls(_) => return Filter::Nothing,
    };
    Filter::Of(Query { classes, ..Query::default() })
}
