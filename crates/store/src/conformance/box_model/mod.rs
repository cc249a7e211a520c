//! The model test of message boxes: random acts on two stores, whose every answer must be the same, while devices follow
//! the events and must end with what the server has.
//!
//! A [`Step`] is a handful of numbers, so that a failing run shrinks well; every combination means some act.

mod act;
mod device;
mod view;

use std::collections::BTreeMap;

use model::{ChatId, MessageId, UnixTime, UserId};

use super::support::NOW;
use crate::Stores;

pub use device::Device;

/// What one act is made of: its kind, who acts, and what the kind needs.
pub type Step = [u16; 6];

/// People of a run.
const PEOPLE: u16 = 4;

/// A run on several stores at once.
#[derive(Default)]
pub struct Run {
    clock: i64,
    chats: Vec<ChatId>,
    /// The newest number of each box.
    last_ids: BTreeMap<UserId, MessageId>,
    /// Two for each person; they look at the first store.
    devices: Vec<Device>,
}

impl Run {
    /// Acts out the steps on all stores, comparing them all the way.
    pub async fn play(stores: &[Stores], steps: &[Step]) {
        let mut run = Self::default();
        run.begin(stores).await;
        for (number, step) in steps.iter().enumerate() {
            run.clock += i64::from(step[5] % 3);
            run.step(stores, step, number).await;
        }
        run.end(stores).await;
    }

    async fn begin(&mut self, stores: &[Stores]) {
        let people: Vec<_> = (0..PEOPLE).map(person).collect();
        for store in stores {
            super::writing::keep_carried(store).await;
        }
        for members in [&people[..3], &people[1..]] {
            let mut ids = Vec::new();
            for store in stores {
                let title = "Group".to_owned();
                let made = store.chats.create_chat(members[0], title, members, None, NOW).await;
                ids.push(made.expect("small").id);
            }
            assert!(ids.iter().all(|id| *id == ids[0]));
            self.chats.push(ids[0]);
        }
        for person in people {
            self.devices.extend([Device::new(person), Device::new(person)]);
        }
    }

    async fn step(&mut self, stores: &[Stores], step: &Step, number: usize) {
        let mut answers = Vec::new();
        let mut copies = Vec::new();
        for store in stores {
            let (answer, written) = self.act(store, step).await;
            answers.push(answer);
            copies.extend(written);
        }
        // Only now, so that the step means the same to every store.
        for copy in copies {
            let last = self.last_ids.entry(copy.owner).or_default();
            *last = copy.message.id.max(*last);
        }
        same(&answers, &format!("step {number} {step:?}"));
        // Somebody looks around, and somebody's device catches up.
        let viewer = person(step[2].wrapping_add(step[3]));
        let mut views = Vec::new();
        for store in stores {
            views.push(self.look(store, viewer, step).await);
        }
        same(&views, &format!("view of {viewer:?} after step {number} {step:?}"));
        let count = self.devices.len();
        if let Some(device) = self.devices.get_mut(usize::from(step[4]) % count)
            && let Some(store) = stores.first()
        {
            device.catch_up(store, i32::from(step[3] % 7) + 1, step[2].is_multiple_of(2)).await;
        }
    }

    async fn end(&mut self, stores: &[Stores]) {
        for person in (0..PEOPLE).map(person) {
            self.devices.push(Device::new(person));
        }
        for store in stores {
            for mut device in self.devices.clone() {
                device.catch_up(store, 10, false).await;
                device.assert_equals(store).await;
            }
            let report = store.upkeep.check(&|_, _| {}).await.expect("readable");
            assert_eq!(report.faults, Vec::<String>::new());
        }
    }

    fn now(&self) -> UnixTime {
        UnixTime(NOW.0 + self.clock)
    }
}

/// The person of a number.
fn person(number: u16) -> UserId {
    UserId(2_000_001 + i64::from(number % PEOPLE))
}

/// All stores answered the same, line by line.
fn same(answers: &[String], when: &str) {
    for answer in answers {
        for (one, other) in answers[0].lines().zip(answer.lines()) {
            assert_eq!(one, other, "{when}");
        }
    }
}
