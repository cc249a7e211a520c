//! `stats.getMegagroupStats`: members, growth and messages of a supergroup. Who only reads is not counted: 0.
//!
//! Errors: `MEGAGROUP_REQUIRED`, `CHAT_ADMIN_REQUIRED`, `CHANNEL_INVALID`, `CHANNEL_PRIVATE`.

use services::statistics::{self, Compared, Later};
use services::views::PeerSet;
use tl_api::{enums, functions, types};

use crate::convert::{date, fetch_related, graphs, peers};
use crate::{Call, RpcError};

pub(super) async fn handle(
    call: Call,
    request: functions::stats::GetMegagroupStats,
) -> Result<enums::stats::MegagroupStats, RpcError> {
    let channel = peers::input_channel(&call, &request.channel).await?;
    let found = statistics::megagroup(&call.core, call.signed_in()?, channel).await?;
    let mut people = PeerSet::default();
    people.add_users(found.top_posters.iter().map(|poster| poster.user));
    let viewer = call.viewer()?;
    let (users, _) = fetch_related(&call.core, viewer.user, &people, viewer.dc).await?;
    let top_posters = found.top_posters.iter().map(|poster| {
        types::StatsGroupTopPoster {
            user_id: poster.user.0,
            messages: poster.messages,
            avg_chars: poster.avg_chars,
        }
        .into()
    });
    let period = types::StatsDateRangeDays {
        min_date: date(found.period.0),
        max_date: date(found.period.1),
    };
    Ok(types::stats::MegagroupStats {
        period: period.into(),
        members: graphs::compared(found.members),
        messages: graphs::compared(found.messages),
        viewers: graphs::compared(Compared::default()),
        posters: graphs::compared(found.posters),
        growth_graph: graphs::graph(&found.growth),
        members_graph: graphs::graph(&found.members_graph),
        new_members_by_source_graph: graphs::later(Later::NewFollowersBySource, channel),
        languages_graph: graphs::later(Later::Languages, channel),
        messages_graph: graphs::graph(&found.messages_graph),
        actions_graph: graphs::unknown(),
        top_hours_graph: graphs::unknown(),
        weekdays_graph: graphs::graph(&found.weekdays),
        top_posters: top_posters.collect(),
        top_admins: Vec::new(),
        top_inviters: Vec::new(),
        users,
    }
    .into())
}
