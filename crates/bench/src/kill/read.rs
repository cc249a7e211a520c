//! What a person or a channel's reader learns from differences alone.

use tl_api::{enums, functions};

use crate::client::Client;
use crate::server::Result;

/// One message, as far as it is compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) id: i32,
    pub(super) out: bool,
    pub(super) date: i32,
    /// The text, or the title that a service message tells.
    pub(super) text: String,
}

/// Reads one sequence, from where it was.
pub(super) struct Reader {
    /// `None` for the person's own box.
    pub(super) channel: Option<enums::InputChannel>,
    pts: i32,
    pub(super) lines: Vec<Line>,
}

/// One answer to a difference: where it ends, what it has.
struct Slice {
    last: bool,
    pts: i32,
    messages: Vec<enums::Message>,
    others: Vec<enums::Update>,
}

impl Reader {
    pub(super) const fn new(channel: Option<enums::InputChannel>) -> Self {
        Self { channel, pts: 1, lines: Vec::new() }
    }

    /// Reads everything up to the present; every step of the position is accounted for by what the difference brings.
    pub(super) async fn catch_up(&mut self, client: &mut Client) -> Result<()> {
        loop {
            let slice = match &self.channel {
                None => own_difference(client, self.pts).await?,
                Some(channel) => channel_difference(client, channel.clone(), self.pts).await?,
            };
            let told = slice.messages.len() + slice.others.iter().map(steps).sum::<usize>();
            let moved = usize::try_from(slice.pts - self.pts).map_err(|error| error.to_string())?;
            if told != moved {
                return Err(format!(
                    "a hole: the difference goes from pts {} to {} and tells of {told} steps",
                    self.pts, slice.pts
                ));
            }
            if moved == 0 && !slice.last {
                return Err(format!("the difference does not advance at pts {}", self.pts));
            }
            self.pts = slice.pts;
            self.lines.extend(slice.messages.iter().filter_map(line));
            if slice.last {
                return Ok(());
            }
        }
    }
}

/// How far an update that is no message moves the position.
fn steps(update: &enums::Update) -> usize {
    let count = match update {
        enums::Update::UpdateNewMessage(update) => update.pts_count,
        enums::Update::UpdateNewChannelMessage(update) => update.pts_count,
        enums::Update::UpdateEditMessage(update) => update.pts_count,
        enums::Update::UpdateDeleteMessages(update) => update.pts_count,
        enums::Update::UpdateReadHistoryInbox(update) => update.pts_count,
        enums::Update::UpdateReadHistoryOutbox(update) => update.pts_count,
        _ => 0,
    };
    usize::try_from(count).unwrap_or(0)
}

pub(super) fn line(message: &enums::Message) -> Option<Line> {
    match message {
        enums::Message::Message(message) => Some(Line {
            id: message.id,
            out: message.out,
            date: message.date,
            text: message.message.clone(),
        }),
        enums::Message::MessageService(message) => match &message.action {
            enums::MessageAction::MessageActionChatEditTitle(action) => Some(Line {
                id: message.id,
                out: message.out,
                date: message.date,
                text: action.title.clone(),
            }),
            _ => None,
        },
        enums::Message::MessageEmpty(_) => None,
    }
}

async fn own_difference(client: &mut Client, pts: i32) -> Result<Slice> {
    let request = functions::updates::GetDifference { pts, date: 1, qts: 0, ..Default::default() };
    match client.call(&request).await.map_err(|error| error.to_string())? {
        enums::updates::Difference::DifferenceSlice(slice) => {
            let enums::updates::State::State(state) = slice.intermediate_state;
            let (messages, others) = (slice.new_messages, slice.other_updates);
            Ok(Slice { last: false, pts: state.pts, messages, others })
        }
        enums::updates::Difference::Difference(whole) => {
            let enums::updates::State::State(state) = whole.state;
            let (messages, others) = (whole.new_messages, whole.other_updates);
            Ok(Slice { last: true, pts: state.pts, messages, others })
        }
        enums::updates::Difference::DifferenceEmpty(_) => {
            Ok(Slice { last: true, pts, messages: Vec::new(), others: Vec::new() })
        }
        enums::updates::Difference::DifferenceTooLong(_) => {
            Err(format!("the difference from pts {pts} is too long"))
        }
    }
}

async fn channel_difference(
    client: &mut Client,
    channel: enums::InputChannel,
    pts: i32,
) -> Result<Slice> {
    let request = functions::updates::GetChannelDifference {
        force: true,
        channel,
        filter: enums::ChannelMessagesFilter::ChannelMessagesFilterEmpty,
        pts,
        limit: 100,
    };
    match client.call(&request).await.map_err(|error| error.to_string())? {
        enums::updates::ChannelDifference::ChannelDifference(part) => Ok(Slice {
            last: part.r#final,
            pts: part.pts,
            messages: part.new_messages,
            others: part.other_updates,
        }),
        enums::updates::ChannelDifference::ChannelDifferenceEmpty(part) => {
            Ok(Slice { last: true, pts: part.pts, messages: Vec::new(), others: Vec::new() })
        }
        enums::updates::ChannelDifference::ChannelDifferenceTooLong(_) => {
            Err(format!("the channel's difference from pts {pts} is too long"))
        }
    }
}

/// A whole history, oldest first.
pub(super) async fn history(client: &mut Client, peer: &enums::InputPeer) -> Result<Vec<Line>> {
    let mut lines = Vec::new();
    let mut offset_id = 0;
    loop {
        let request = functions::messages::GetHistory {
            peer: peer.clone(),
            offset_id,
            limit: 100,
            ..Default::default()
        };
        let messages = match client.call(&request).await.map_err(|error| error.to_string())? {
            enums::messages::Messages::Messages(page) => page.messages,
            enums::messages::Messages::MessagesSlice(page) => page.messages,
            enums::messages::Messages::ChannelMessages(page) => page.messages,
            enums::messages::Messages::MessagesNotModified(_) => {
                return Err("an unexpected history".to_owned());
            }
        };
        let Some(last) = messages.last() else { break };
        offset_id = match last {
            enums::Message::Message(message) => message.id,
            enums::Message::MessageService(message) => message.id,
            enums::Message::MessageEmpty(message) => message.id,
        };
        lines.extend(messages.iter().filter_map(line));
    }
    lines.reverse();
    Ok(lines)
}
