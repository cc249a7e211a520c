//! F(N) and B(N): one publisher, N subscribers, the next posts only after the last subscriber has read the last ones.

use std::io::Write as _;
use std::time::{Duration, Instant};

use tl_api::{enums, functions, types};
use tl_codec::{Deserialize as _, Reader};

use super::connection::{Connection, Heard};
use super::crowd::{Crowd, Member};
use super::frames::Subscriber;
use crate::client::random;
use crate::limit::LimitServer;
use crate::population::{Account, CHANNEL_NAME};
use crate::procstat::cpu_seconds;
use crate::report::{median, quantile};
use crate::server::{Result, Server};

/// Turns before anything is measured.
const WARM_UP: usize = 3;
/// Time between the last reading and the next posts.
const GAP: Duration = Duration::from_millis(20);
/// Clients that connect at the same time.
const DIALLING: usize = 100;
/// What every text begins with; a number follows.
const MARK: &[u8] = b"bench-post-";
const DIGITS: usize = 8;
/// Bytes of a text.
pub(crate) const TEXT: usize = 300;

/// How much is posted.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Plan {
    pub(crate) subscribers: usize,
    /// Posts in one write of the publisher.
    pub(crate) window: usize,
    /// Turns that are measured.
    pub(crate) turns: usize,
}

/// What was measured.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Outcome {
    pub(crate) deliveries_per_cpu_s: f64,
    /// From the publisher's write until the last subscriber has read.
    pub(crate) p50_ms: f64,
    pub(crate) p99_ms: f64,
}

/// Which posts of a turn each subscriber has read.
pub(crate) struct Tally {
    seen: Vec<u16>,
    first: u64,
    window: usize,
    read: usize,
}

impl Tally {
    pub(crate) fn new(plan: Plan, first: u64) -> Self {
        Self { seen: vec![0; plan.subscribers], first, window: plan.window, read: 0 }
    }

    /// A subscriber has read a post. Each is read once, by every subscriber that there is.
    pub(crate) fn note(&mut self, subscriber: usize, number: u64) -> Result<()> {
        let Some(seen) = self.seen.get_mut(subscriber) else { return Ok(()) };
        let at = number.wrapping_sub(self.first);
        if at >= self.window as u64 {
            return Err(format!("post {number} out of its turn"));
        }
        if *seen & (1 << at) != 0 {
            return Err(format!("post {number} for a second time"));
        }
        *seen |= 1 << at;
        self.read += 1;
        Ok(())
    }

    pub(crate) fn is_complete(&self) -> bool {
        self.read == self.seen.len() * self.window
    }

    pub(crate) fn next_turn(&mut self) {
        self.seen.fill(0);
        self.read = 0;
        self.first += self.window as u64;
    }
}

/// Runs a plan whose first post has the number `first`. `publish` writes the posts from this number on; `hear` tells the tally what somebody has read.
pub(super) fn drive<M: Member>(
    crowd: &mut Crowd<M>,
    plan: Plan,
    first: u64,
    pids: &[u32],
    mut publish: impl FnMut(&mut Crowd<M>, u64) -> Result<()>,
    hear: impl Fn(&mut Tally, usize, M::Heard) -> Result<()>,
) -> Result<Outcome> {
    let tally = std::cell::RefCell::new(Tally::new(plan, first));
    let mut hear = |index: usize, _: &mut M, heard| hear(&mut tally.borrow_mut(), index, heard);
    let mut times = Vec::with_capacity(plan.turns);
    let mut cpu_before = 0.0;
    for turn in 0..WARM_UP + plan.turns {
        if turn == WARM_UP {
            crowd.settle(&mut hear)?;
            cpu_before = cpu_seconds(pids)?;
            times.clear();
        }
        let first = tally.borrow().first;
        let start = Instant::now();
        publish(crowd, first)?;
        let told = crowd.until("posts", &mut hear, || tally.borrow().is_complete());
        told.map_err(|error| {
            format!("{error} (turn {turn}, {} deliveries read)", tally.borrow().read)
        })?;
        times.push(start.elapsed().as_secs_f64() * 1e3);
        tally.borrow_mut().next_turn();
        crowd.rest(GAP, &mut hear)?;
    }
    crowd.settle(&mut hear)?;
    let cpu_s = cpu_seconds(pids)? - cpu_before;
    let deliveries = (plan.subscribers * plan.window * plan.turns) as f64;
    Ok(Outcome {
        deliveries_per_cpu_s: deliveries / cpu_s,
        p50_ms: median(&times),
        p99_ms: quantile(&times, 0.99),
    })
}

/// The same posts through the limit server. `joined`: all posts of a write leave in one write to each subscriber.
pub(crate) fn limit(plan: Plan, joined: bool) -> Result<Outcome> {
    let server = LimitServer::start(joined)?;
    let mut crowd = Crowd::new()?;
    for index in 0..plan.subscribers {
        crowd.add(Subscriber::connect(server.subscribers, index)?)?;
    }
    let mut publisher =
        std::net::TcpStream::connect(server.publisher).map_err(|error| error.to_string())?;
    publisher.set_nodelay(true).map_err(|error| error.to_string())?;
    let posts = vec![b'\n'; plan.window];
    drive(
        &mut crowd,
        plan,
        0,
        &[server.pid()],
        |_, _| publisher.write_all(&posts).map_err(|error| error.to_string()),
        |tally, index, number| tally.note(index, number),
    )
}

/// Through the server. The first account posts; as many of the others as the plan says are connected.
pub(crate) fn hoopoe(server: &Server, accounts: &[Account], plan: Plan) -> Result<Outcome> {
    let (owner, members) = accounts.split_first().ok_or("no accounts")?;
    let members = members.get(..plan.subscribers).ok_or("too few accounts")?;
    Audience::connect(server, owner, members)?.run(plan, TEXT)
}

/// The connected subscribers of the channel, and the publisher behind them.
pub(crate) struct Audience {
    pub(crate) crowd: Crowd<Connection>,
    channel: enums::InputPeer,
    pid: u32,
    /// The number of the next post.
    pub(crate) next: u64,
}

impl Audience {
    pub(crate) fn connect(server: &Server, owner: &Account, members: &[Account]) -> Result<Self> {
        let pid = server.pid().ok_or("the server does not run")?;
        let mut crowd = Crowd::new()?;
        connect(&mut crowd, server, members)?;
        connect(&mut crowd, server, std::slice::from_ref(owner))?;
        let channel = find_channel(&mut crowd)?;
        Ok(Self { crowd, channel, pid, next: 0 })
    }

    /// Writes so many posts at once.
    pub(crate) fn publish(&mut self, count: u64, length: usize) -> Result<()> {
        let numbers = self.next..self.next + count;
        self.next += count;
        publish(&mut self.crowd, &self.channel, numbers, length)
    }

    /// Runs a plan with texts of `length` bytes.
    pub(crate) fn run(&mut self, plan: Plan, length: usize) -> Result<Outcome> {
        let Self { crowd, channel, pid, next } = self;
        let first = *next;
        *next += ((WARM_UP + plan.turns) * plan.window) as u64;
        drive(
            crowd,
            plan,
            first,
            &[*pid],
            |crowd, first| publish(crowd, channel, first..first + plan.window as u64, length),
            |tally, index, heard| match heard {
                Heard::Update(body) => {
                    marks(&body).try_for_each(|number| tally.note(index, number))
                }
                Heard::Refused(why) => Err(why),
                Heard::Answer(..) => Ok(()),
            },
        )
    }
}

pub(super) fn publish(
    crowd: &mut Crowd<Connection>,
    channel: &enums::InputPeer,
    numbers: std::ops::Range<u64>,
    length: usize,
) -> Result<()> {
    let publisher = crowd.members.last_mut().ok_or("no publisher")?;
    for number in numbers {
        publisher.request(0, &post(channel, number, length));
    }
    publisher.flush()
}

/// Connects accounts, a few at a time, until each has its first answer.
pub(crate) fn connect(
    crowd: &mut Crowd<Connection>,
    server: &Server,
    accounts: &[Account],
) -> Result<()> {
    for group in accounts.chunks(DIALLING) {
        let answered = std::cell::Cell::new(0);
        for account in group {
            let mut connection = Connection::dial(server.address, &account.key)?;
            connection.request(0, &functions::updates::GetState {});
            connection.flush()?;
            crowd.add(connection)?;
        }
        let mut hear = |_: usize, _: &mut Connection, heard: Heard| match heard {
            Heard::Refused(why) => Err(why),
            Heard::Answer(..) => {
                answered.set(answered.get() + 1);
                Ok(())
            }
            Heard::Update(_) => Ok(()),
        };
        crowd.until("connecting", &mut hear, || answered.get() == group.len())?;
    }
    Ok(())
}

/// Asks the last member for the channel.
pub(super) fn find_channel(crowd: &mut Crowd<Connection>) -> Result<enums::InputPeer> {
    let asker = crowd.members.last_mut().ok_or("nobody to ask")?;
    let username = CHANNEL_NAME.to_owned();
    asker.request(1, &functions::contacts::ResolveUsername { username, referer: None });
    asker.flush()?;
    let answer = std::cell::RefCell::new(None);
    let mut hear = |_: usize, _: &mut Connection, heard: Heard| match heard {
        Heard::Answer(1, body) => {
            *answer.borrow_mut() = Some(body);
            Ok(())
        }
        Heard::Refused(why) => Err(why),
        _ => Ok(()),
    };
    crowd.until("the channel's name", &mut hear, || answer.borrow().is_some())?;
    let body = answer.take().unwrap_or_default();
    let found = enums::contacts::ResolvedPeer::deserialize(&mut Reader::trusted(&body));
    let enums::contacts::ResolvedPeer::ResolvedPeer(found) = found.map_err(|e| e.to_string())?;
    let Some(enums::Chat::Channel(channel)) = found.chats.into_iter().next() else {
        return Err("the channel was not found".to_owned());
    };
    let access_hash = channel.access_hash.unwrap_or_default();
    Ok(types::InputPeerChannel { channel_id: channel.id, access_hash }.into())
}

fn post(
    channel: &enums::InputPeer,
    number: u64,
    length: usize,
) -> functions::messages::SendMessage {
    functions::messages::SendMessage {
        peer: channel.clone(),
        message: text(number, length),
        random_id: random(),
        ..Default::default()
    }
}

/// The text of a post, of this many bytes.
pub(super) fn text(number: u64, length: usize) -> String {
    let mark = String::from_utf8_lossy(MARK);
    let mut text = format!("{mark}{number:0width$} ", width = DIGITS);
    text.extend(std::iter::repeat_n('x', length.saturating_sub(text.len())));
    text
}

/// The numbers of the posts in an update. Looking for the mark costs the generator less than decoding, and finds the same.
pub(crate) fn marks(body: &[u8]) -> impl Iterator<Item = u64> + '_ {
    let mut rest = body;
    std::iter::from_fn(move || {
        let at = rest.windows(MARK.len()).position(|window| window == MARK)?;
        let digits = rest.get(at + MARK.len()..at + MARK.len() + DIGITS)?;
        rest = &rest[at + MARK.len() + DIGITS..];
        std::str::from_utf8(digits).ok()?.parse().ok()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAN: Plan = Plan { subscribers: 2, window: 3, turns: 1 };

    #[test]
    fn a_text_has_its_length_and_its_number() {
        assert_eq!(text(42, TEXT).len(), TEXT);
        let body =
            [b"head", text(42, TEXT).as_bytes(), b"between", text(43, TEXT).as_bytes()].concat();
        assert_eq!(marks(&body).collect::<Vec<_>>(), [42, 43]);
        assert_eq!(marks(b"nothing here").count(), 0);
    }

    #[test]
    fn a_turn_ends_when_everyone_has_read_everything_once() {
        let mut tally = Tally::new(PLAN, 0);
        for number in 0..3 {
            assert!(!tally.is_complete());
            tally.note(0, number).unwrap();
            tally.note(1, 2 - number).unwrap();
        }
        assert!(tally.is_complete());
        // The publisher reads its own posts too, and does not count.
        tally.note(2, 0).unwrap();
        tally.next_turn();
        assert!(!tally.is_complete());
        tally.note(0, 3).unwrap();
    }

    #[test]
    fn a_post_twice_or_of_another_turn_is_a_fault() {
        let mut tally = Tally::new(PLAN, 0);
        tally.note(0, 1).unwrap();
        assert!(tally.note(0, 1).is_err());
        assert!(tally.note(0, 3).is_err());
        tally.next_turn();
        assert!(tally.note(0, 1).is_err());
    }
}
