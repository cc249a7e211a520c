//! Delivery to the connected members of a channel: one reading of the log, one encoding for each layer.

use std::collections::HashSet;
use std::sync::Arc;

use model::channel::Channel;
use model::event::{ChannelEntry, ChannelEvent};
use model::message::Message;
use model::{ChannelId, Pts, UserId};
use rpc::updates::Viewer;

use super::directory::{Roster, Seat, Standing};
use super::pending::Moves;
use super::{by_dc, grouped, is_origin, runs};
use crate::sessions::{LiveSession, Missing};
use crate::{Gateway, limits};

/// Events of one channel on their way to its members.
struct News<'a> {
    channel: ChannelId,
    /// As nobody in particular reads them.
    entries: &'a [ChannelEntry],
    /// Where they start.
    after: Pts,
    moves: &'a Moves,
}

impl Gateway {
    /// Reads what the connected members miss of a log, and tells them.
    pub(super) async fn deliver_channel(self: &Arc<Self>, channel: ChannelId, moves: &Moves) {
        loop {
            let Some((roster, after)) = self.delivery.channel_state(channel, moves.before) else {
                return;
            };
            if after >= moves.upto {
                return;
            }
            // Nobody else listens: the answer said it all.
            let causes_all =
                |seat: &Seat| moves.only_by(after).is_some_and(|origin| seat.is_origin(origin));
            if roster.iter().all(causes_all) {
                return self.delivery.move_channel_cursor(channel, moves.upto);
            }
            let too_long = || {
                roster.iter().for_each(|seat| seat.session.note_missed(Missing::Channel(channel)));
            };
            if moves.upto.0.saturating_sub(after.0) > limits::DELIVERY_GAP {
                too_long();
                self.delivery.move_channel_cursor(channel, moves.upto);
                return roster.iter().for_each(|seat| self.flush(&seat.session));
            }
            // Read as nobody in particular: what is one viewer's own is built for that viewer below.
            let read = self.core.stores.channels.channel_events(
                channel,
                UserId(0),
                after,
                limits::DELIVERY_EVENTS.min(moves.upto.0.saturating_sub(after.0)),
            );
            let mut entries = match read.await {
                Ok(entries) => entries,
                Err(error) => {
                    // The next notice finds the cursor where it is; until then, clients may look by themselves.
                    tracing::warn!(%error, "channel events not read");
                    return too_long();
                }
            };
            // What came later has a notice of its own, which says who caused it.
            entries.retain(|entry| entry.pts <= moves.upto);
            let Some(last) = entries.last().map(|entry| entry.pts) else { return };
            let (described, roster) = match self.still_in(channel, &roster).await {
                Ok(Some(found)) => found,
                Ok(None) => return,
                Err(error) => {
                    tracing::warn!(%error, "members of a channel not read");
                    return too_long();
                }
            };
            self.delivery.move_channel_cursor(channel, last);
            let mut after = after;
            for run in runs(&entries, posted_message) {
                let news = News { channel, entries: run, after, moves };
                self.push_news(&described, &news, &roster).await;
                after = run.last().map_or(after, |entry| entry.pts);
            }
        }
    }

    /// A channel as it is after its events were read, and who may be told of these: nobody whose removal was committed before
    /// the newest of them. Every departure counts, and the count read now has all of those; as long as it is known here, so
    /// are they. Else the store says who is in.
    async fn still_in(
        &self,
        channel: ChannelId,
        roster: &Roster,
    ) -> store::Result<Option<(Channel, Roster)>> {
        let channels = &self.core.stores.channels;
        let Some(described) = channels.channels(&[channel]).await?.pop() else { return Ok(None) };
        let departures = described.departures;
        let asked = match self.delivery.standing(channel, roster, departures) {
            Standing::In(roster) => return Ok(Some((described, roster))),
            Standing::Doubtful(asked) => asked,
        };
        let strangers = channels.strangers(channel, &asked).await?.into_iter().collect();
        self.delivery.settle(channel, &asked, &strangers, departures);
        let members: HashSet<_> = asked.iter().filter(|user| !strangers.contains(user)).collect();
        let roster = roster.iter().filter(|seat| members.contains(&seat.user));
        Ok(Some((described, roster.cloned().collect())))
    }

    /// One form for all who see the events alike; their own for those who caused or wrote some.
    async fn push_news(self: &Arc<Self>, described: &Channel, news: &News<'_>, roster: &Roster) {
        let is_particular = |seat: &Seat| {
            wrote_some(seat.user, news.entries)
                || news.moves.origins().any(|origin| seat.is_origin(origin))
        };
        let (mut particular, everyone): (Vec<&Seat>, Vec<&Seat>) =
            roster.iter().partition(|seat| is_particular(seat));
        if !self.push_shared(described, &everyone, news).await {
            particular.extend(everyone);
        }
        for seats in particular.chunk_by(|one, next| one.user == next.user) {
            let Some(user) = seats.first().map(|seat| seat.user) else { continue };
            let sessions = seats.iter().map(|seat| Arc::clone(&seat.session)).collect();
            self.push_news_to(user, sessions, news).await;
        }
    }

    /// One encoding for everyone. False if there can't be: then nobody was told.
    async fn push_shared(
        self: &Arc<Self>,
        channel: &Channel,
        everyone: &[&Seat],
        news: &News<'_>,
    ) -> bool {
        let about = Missing::Channel(channel.id);
        for (dc, seats) in grouped(everyone.iter().copied(), |seat| seat.dc) {
            let sessions: Vec<_> = seats.into_iter().map(|seat| &seat.session).collect();
            match rpc::updates::channel_updates_shared(&self.core, channel, news.entries, dc).await
            {
                Ok(Some(updates)) => self.push_all(&sessions, &updates, about).await,
                Ok(None) => return false,
                Err(error) => {
                    tracing::warn!(error = %error.text, "updates not built");
                    sessions.iter().for_each(|session| session.note_missed(about));
                }
            }
        }
        true
    }

    /// For a viewer who sees these events in their own way: their own posts, mentions, people with their own hashes. A session
    /// that caused some of them hears of those in its answer.
    async fn push_news_to(
        self: &Arc<Self>,
        user: UserId,
        mut sessions: Vec<Arc<LiveSession>>,
        news: &News<'_>,
    ) {
        let about = Missing::Channel(news.channel);
        let limit = i32::try_from(news.entries.len()).unwrap_or(limits::DELIVERY_EVENTS);
        let read =
            self.core.stores.channels.channel_events(news.channel, user, news.after, limit).await;
        let entries = match read {
            Ok(entries) => entries,
            Err(error) => {
                tracing::warn!(%error, "channel events not read");
                return sessions.iter().for_each(|session| session.note_missed(about));
            }
        };
        for origin in news.moves.origins() {
            let origins: Vec<_> =
                sessions.extract_if(.., |session| is_origin(session, origin)).collect();
            if !origins.is_empty() {
                let unknown: Vec<ChannelEntry> = entries
                    .iter()
                    .filter(|entry| !news.moves.caused_by(origin, entry.pts))
                    .cloned()
                    .collect();
                self.push_entries(user, origins, news.channel, &unknown).await;
            }
        }
        self.push_entries(user, sessions, news.channel, &entries).await;
    }

    async fn push_entries(
        self: &Arc<Self>,
        user: UserId,
        sessions: Vec<Arc<LiveSession>>,
        channel: ChannelId,
        entries: &[ChannelEntry],
    ) {
        if entries.is_empty() {
            return;
        }
        for (dc, sessions) in by_dc(sessions) {
            let viewer = Viewer { user, dc };
            let built = rpc::updates::channel_updates(&self.core, viewer, channel, entries).await;
            self.push_built(&sessions, built, Missing::Channel(channel)).await;
        }
    }
}

fn wrote_some(user: UserId, entries: &[ChannelEntry]) -> bool {
    entries.iter().filter_map(posted_message).any(|message| message.from == user)
}

fn posted_message(entry: &ChannelEntry) -> Option<&Message> {
    match &entry.event {
        ChannelEvent::NewMessage(message) | ChannelEvent::EditMessage(message) => message.as_ref(),
        _ => None,
    }
}
