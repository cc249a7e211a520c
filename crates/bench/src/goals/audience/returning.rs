//! Members who come back: what it costs the server to tell them what they missed.

use std::time::{Duration, Instant};

use model::{MessageId, Pts};
use tl_api::{enums, functions};

use super::scene::Audience;
use super::{MISSED, PAGE, RETURNING, cost};
use crate::client::random;
use crate::load::asking::ask;
use crate::load::connection::Connection;
use crate::load::crowd::Crowd;
use crate::load::posts;
use crate::population::{Account, Population};
use crate::procstat::cpu_seconds;
use crate::report::median;
use crate::server::Result;

/// Stretches of one round. Those of all audiences alternate, since clocks and caches drift, and the median of each counts: servers
/// have something else to do now and then.
const STRETCHES: usize = 20;
/// Calls of a stretch for each figure but the last, for which some come back who have not before.
const CALLS: usize = 40;
/// Calls of one server before anything is measured.
const WARM_UP: usize = 100;
/// A server that does almost nothing for this long is at rest.
const QUIET: Duration = Duration::from_millis(250);
/// One that is never is a failure.
const PATIENCE: Duration = Duration::from_secs(30);

/// CPU of one server, microseconds.
#[derive(Clone, Copy)]
pub(super) struct Cost {
    /// A call that brings a page.
    pub(super) page: f64,
    /// As many calls as bring everything.
    pub(super) everything: f64,
    /// A call while many come back.
    pub(super) returning: f64,
}

impl Cost {
    /// Of several, the median of each.
    fn median(stretches: &[Self]) -> Self {
        let of =
            |figure: fn(&Self) -> f64| median(&stretches.iter().map(figure).collect::<Vec<f64>>());
        Self {
            page: of(|cost| cost.page),
            everything: of(|cost| cost.everything),
            returning: of(|cost| cost.returning),
        }
    }
}

/// One round: all servers fresh and side by side, of which only one works at a time.
pub(super) fn catch_up(audiences: &mut [Audience]) -> Result<Vec<Cost>> {
    let mut all = audiences.iter_mut().map(Returning::start).collect::<Result<Vec<_>>>()?;
    let mut stretches = vec![Vec::with_capacity(STRETCHES); all.len()];
    for number in 0..STRETCHES {
        let mut order: Vec<usize> = (0..all.len()).collect();
        order.sort_by_cached_key(|_| random());
        for at in order {
            stretches[at].push(all[at].stretch(number)?);
        }
    }
    drop(all);
    audiences.iter_mut().for_each(|audience| audience.population.server.kill());
    Ok(stretches.iter().map(|stretches| Cost::median(stretches)).collect())
}

/// Members of a channel who are connected, and what each asks for.
struct Returning {
    crowd: Crowd<Connection>,
    pid: u32,
    /// For each member, the pages of what they missed from the oldest on.
    requests: Vec<Vec<functions::updates::GetChannelDifference>>,
    newest: (Pts, MessageId),
}

impl Returning {
    fn start(audience: &mut Audience) -> Result<Self> {
        let population = &mut audience.population;
        population.server.start()?;
        let pid = population.server.pid().ok_or("the server does not run")?;
        let mut crowd = Crowd::new()?;
        let people = population.accounts[1..].to_vec();
        posts::connect(&mut crowd, &population.server, &people)?;
        let end = audience.end;
        let starts = (1..=MISSED as i32 / PAGE).rev().map(|page| Pts(end.0 - page * PAGE));
        let requests = people.iter().map(|account| {
            starts.clone().map(|pts| difference(population, account, pts)).collect()
        });
        let requests = requests.collect::<Result<_>>()?;
        let mut started = Self { crowd, pid, requests, newest: (end, audience.newest) };
        (0..WARM_UP).try_for_each(|call| started.fetch(0, call % started.pages()))?;
        started.settle()?;
        Ok(started)
    }

    /// Waits until the server has done what a start brings with it, such as a look at every account.
    fn settle(&mut self) -> Result<()> {
        let start = Instant::now();
        loop {
            let before = cpu_seconds(&[self.pid])?;
            self.crowd.rest(QUIET, &mut |_, _, _| Ok(()))?;
            let busy = cpu_seconds(&[self.pid])? - before;
            if busy < QUIET.as_secs_f64() / 50.0 {
                return Ok(());
            }
            if start.elapsed() > PATIENCE {
                return Err("the server does not come to rest".to_owned());
            }
        }
    }

    fn pages(&self) -> usize {
        self.requests[0].len()
    }

    fn fetch(&mut self, member: usize, page: usize) -> Result<()> {
        fetch(&mut self.crowd, member, &self.requests[member][page], self.newest)
    }

    fn stretch(&mut self, number: usize) -> Result<Cost> {
        let (pid, pages) = (self.pid, self.pages());
        let page = cost(pid, || (0..CALLS).try_for_each(|_| self.fetch(0, pages - 1)))?;
        let times = CALLS / pages;
        let everything =
            cost(pid, || (0..times * pages).try_for_each(|call| self.fetch(0, call % pages)))?;
        let some = RETURNING / STRETCHES;
        let members = number * some..(number + 1) * some;
        let returning = cost(pid, || {
            members
                .clone()
                .try_for_each(|member| (0..pages).try_for_each(|page| self.fetch(member, page)))
        })?;
        Ok(Cost {
            page: page / CALLS as f64,
            everything: everything / times as f64,
            returning: returning / (some * pages) as f64,
        })
    }
}

fn difference(
    population: &Population,
    account: &Account,
    pts: Pts,
) -> Result<functions::updates::GetChannelDifference> {
    Ok(functions::updates::GetChannelDifference {
        force: false,
        channel: population.channel_of(account)?.into(),
        filter: enums::ChannelMessagesFilter::ChannelMessagesFilterEmpty,
        pts: pts.0,
        limit: PAGE,
    })
}

/// Reads a page: it has to bring the posts that follow its position, each once and in order.
fn fetch(
    crowd: &mut Crowd<Connection>,
    member: usize,
    request: &functions::updates::GetChannelDifference,
    newest: (Pts, MessageId),
) -> Result<()> {
    let answer = ask(crowd, member, request, |_, _| Ok(()))?;
    let enums::updates::ChannelDifference::ChannelDifference(page) = answer else {
        return Err(format!("the difference from {} is no list", request.pts));
    };
    let ids: Vec<i32> = page
        .new_messages
        .iter()
        .filter_map(|message| match message {
            enums::Message::Message(message) => Some(message.id),
            _ => None,
        })
        .collect();
    // A post moves the position by one, and numbers have no holes.
    let first = newest.1.0 - (newest.0.0 - request.pts) + 1;
    if ids.iter().copied().eq(first..first + PAGE) && page.pts == request.pts + PAGE {
        Ok(())
    } else {
        Err(format!(
            "the difference from {} is not the posts from {first} on: {ids:?}",
            request.pts
        ))
    }
}
