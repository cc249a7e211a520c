//! Ten readers of a busy channel that stop reading: what they cost the others, and that each catches up whole.

use std::collections::BTreeSet;

use tl_api::{enums, functions, types};
use tl_codec::{Deserialize as _, Reader};

use crate::goals::Bench;
use crate::load::asking::ask;
use crate::load::connection::{Connection, Heard};
use crate::load::crowd::Crowd;
use crate::load::posts::{self, Audience, Plan};
use crate::population::Population;
use crate::report::{Gate, Goal, Line};
use crate::rounds::{self, Side};
use crate::server::Result;

/// Those who read.
const READERS: usize = 500;
/// Those who do not.
const SLOW: usize = 10;
/// Posts before anything is measured, and their size: more than the system's buffers and the server's queue hold for one reader.
const STUFFING: usize = 1500;
const LARGE: usize = 4000;
/// Posts of it that are under way together.
const TOGETHER: usize = 8;
/// Turns that are measured.
const TURNS: usize = 200;

/// With them and without, on fresh servers in the same round.
pub(crate) fn run(bench: &Bench) -> Result<Vec<Line>> {
    let preparing = Population::prepare(&bench.binary, READERS + SLOW + 1, true);
    let mut population = bench.runtime.block_on(preparing)?;
    let goal = |what: &str, unit, gate| Goal {
        number: 17,
        name: format!("F({READERS}) beside {SLOW} readers that do not read, {what}"),
        unit,
        against: "without them".to_owned(),
        gate,
    };
    let goals = [
        goal("median to the last of the others", "ms", Gate::AtMost(1.1)),
        goal("p99 to the last of the others", "ms", Gate::None),
        goal("CPU per delivery", "us", Gate::None),
    ];
    let rounds = rounds::run(&goals.each_ref().map(|goal| goal.gate), |side| {
        population.server.start()?;
        let slow = if side == Side::Program { SLOW } else { 0 };
        let figures = measure(&population, slow)?;
        population.server.kill();
        Ok(figures)
    })?;
    Ok(goals.iter().zip(&rounds).map(|(goal, rounds)| Line::new(goal, rounds)).collect())
}

fn measure(population: &Population, slow: usize) -> Result<Vec<f64>> {
    let (owner, others) = population.accounts.split_first().ok_or("no accounts")?;
    let (stalled, readers) = others.split_at(SLOW);
    let stalled = &stalled[..slow];
    // They sign in and then nothing of theirs is read.
    let mut idle = Crowd::new()?;
    posts::connect(&mut idle, &population.server, stalled)?;
    let mut busy = Audience::connect(&population.server, owner, readers)?;
    let stuffing = Plan { subscribers: READERS, window: TOGETHER, turns: STUFFING / TOGETHER };
    busy.run(stuffing, LARGE)?;
    let outcome = busy.run(Plan { subscribers: READERS, window: 1, turns: TURNS }, posts::TEXT)?;
    let all = 0..busy.next;
    let found = read_on(&mut idle, stalled.len())?;
    for ((member, account), found) in stalled.iter().enumerate().zip(found) {
        let channel = population.channel_of(account)?;
        let told = catch_up(&mut idle, (member, found), &channel, all.clone())?;
        if member == 0 {
            eprintln!(
                "  a slow reader was sent {told} of {} posts, and fetched the others",
                all.end - all.start
            );
        }
    }
    Ok(vec![outcome.p50_ms, outcome.p99_ms, 1e6 / outcome.deliveries_per_cpu_s])
}

/// What a slow reader finds when it reads again.
#[derive(Default)]
struct Found {
    posts: BTreeSet<u64>,
    pts: i32,
    told: bool,
}

impl Found {
    fn note(&mut self, text: &[u8]) -> Result<()> {
        for number in posts::marks(text) {
            if !self.posts.insert(number) {
                return Err(format!("post {number} came twice"));
            }
        }
        Ok(())
    }

    fn hear(&mut self, body: &[u8]) -> Result<()> {
        let updates = enums::Updates::deserialize(&mut Reader::trusted(body));
        let enums::Updates::Updates(updates) = updates.map_err(|error| error.to_string())? else {
            return Ok(());
        };
        for update in &updates.updates {
            match update {
                enums::Update::UpdateChannelTooLong(_) => self.told = true,
                enums::Update::UpdateNewChannelMessage(new) => {
                    let enums::Message::Message(message) = &new.message else { continue };
                    // As clients do: what does not follow is fetched with what is missing before it.
                    if self.pts == 0 || self.pts + new.pts_count == new.pts {
                        self.pts = new.pts;
                        self.note(message.message.as_bytes())?;
                    }
                }
                _ => {}
            }
        }
        Ok(())
    }
}

/// Everybody reads what was on its way, until told that more is missing.
fn read_on(crowd: &mut Crowd<Connection>, count: usize) -> Result<Vec<Found>> {
    let found = std::cell::RefCell::new(Vec::from_iter((0..count).map(|_| Found::default())));
    let mut hear = |at: usize, _: &mut Connection, heard: Heard| match heard {
        Heard::Update(body) => found.borrow_mut()[at].hear(&body),
        Heard::Refused(why) => Err(why),
        Heard::Answer(..) => Ok(()),
    };
    crowd.until("slow readers", &mut hear, || found.borrow().iter().all(|one| one.told))?;
    Ok(found.into_inner())
}

/// Fetches what is missing; every post has to come once. Answers how many came by themselves.
fn catch_up(
    crowd: &mut Crowd<Connection>,
    (member, mut found): (usize, Found),
    channel: &types::InputChannel,
    all: std::ops::Range<u64>,
) -> Result<usize> {
    let what = format!("slow reader {member}");
    let named = |error: String| format!("{what}: {error}");
    let by_itself = found.posts.len();
    loop {
        let request = functions::updates::GetChannelDifference {
            force: false,
            channel: channel.clone().into(),
            filter: enums::ChannelMessagesFilter::ChannelMessagesFilterEmpty,
            pts: found.pts,
            limit: 100,
        };
        let answer = ask(crowd, member, &request, |_, _| Ok(())).map_err(named)?;
        let enums::updates::ChannelDifference::ChannelDifference(part) = answer else {
            return Err(format!("{what}: the difference from {} is no list", found.pts));
        };
        found.pts = part.pts;
        for message in &part.new_messages {
            if let enums::Message::Message(message) = message {
                found.note(message.message.as_bytes()).map_err(named)?;
            }
        }
        if part.r#final {
            break;
        }
    }
    let missing = all.clone().filter(|number| !found.posts.contains(number)).count();
    if missing > 0 || found.posts.len() as u64 != all.end - all.start {
        return Err(format!("{what}: {missing} posts are missing"));
    }
    Ok(by_itself)
}
