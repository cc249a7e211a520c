//! Messages by their ids, which come in rising order and mostly leave from the front.

use std::collections::VecDeque;

/// Room that an empty collection may hold on to, in messages.
const SPARE: usize = 16;

/// Values by rising message ids. A session mostly has none, one, or a row of them that one acknowledgement ends; a tree would
/// touch several places in memory for each.
pub(super) struct ByMsgId<T>(VecDeque<(i64, T)>);

impl<T> Default for ByMsgId<T> {
    fn default() -> Self {
        Self(VecDeque::new())
    }
}

impl<T> ByMsgId<T> {
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    fn place(&self, msg_id: i64) -> Result<usize, usize> {
        match self.0.back() {
            Some((last, _)) if *last >= msg_id => {
                self.0.binary_search_by_key(&msg_id, |(id, _)| *id)
            }
            _ => Err(self.0.len()),
        }
    }

    pub(super) fn get(&self, msg_id: i64) -> Option<&T> {
        let place = self.place(msg_id).ok()?;
        self.0.get(place).map(|(_, value)| value)
    }

    pub(super) fn get_mut(&mut self, msg_id: i64) -> Option<&mut T> {
        let place = self.place(msg_id).ok()?;
        self.0.get_mut(place).map(|(_, value)| value)
    }

    /// Takes a value in, in place of one with the same id.
    pub(super) fn insert(&mut self, msg_id: i64, value: T) {
        match self.place(msg_id) {
            Ok(place) => {
                self.0.remove(place);
                self.0.insert(place, (msg_id, value));
            }
            Err(place) => self.0.insert(place, (msg_id, value)),
        }
    }

    pub(super) fn remove(&mut self, msg_id: i64) -> Option<T> {
        let place = self.place(msg_id).ok()?;
        let (_, value) = self.0.remove(place)?;
        if self.0.is_empty() && self.0.capacity() > SPARE {
            self.0 = VecDeque::new();
        }
        Some(value)
    }

    /// Lowest id first.
    pub(super) fn iter(&self) -> impl Iterator<Item = (i64, &T)> {
        self.0.iter().map(|(id, value)| (*id, value))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::ByMsgId;

    proptest! {
        #[test]
        fn it_is_a_map(steps in proptest::collection::vec((0_i64..40, any::<bool>()), 0..200)) {
            let (mut ours, mut map) = (ByMsgId::default(), BTreeMap::new());
            for (number, (id, insert)) in steps.into_iter().enumerate() {
                if insert {
                    ours.insert(id, number);
                    map.insert(id, number);
                } else {
                    prop_assert_eq!(ours.remove(id), map.remove(&id));
                }
                prop_assert_eq!(ours.get(id), map.get(&id));
                prop_assert_eq!(ours.get_mut(id).copied(), map.get(&id).copied());
                prop_assert_eq!(ours.len(), map.len());
            }
            let all: Vec<(i64, usize)> = ours.iter().map(|(id, value)| (id, *value)).collect();
            prop_assert_eq!(all, map.into_iter().collect::<Vec<_>>());
        }
    }
}
