//! What must hold in every store at every moment; `hoopoe check`, the model tests and the simulation ask the same questions.

use crate::{MessageId, Pts};

/// Where a box or log without events is: clients take 0 for "not known yet".
pub const START: Pts = Pts(1);

/// How a sequence of events breaks its promise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SequenceFault {
    /// Positions are missing.
    #[error("pts {0:?} does not follow from {1:?}")]
    Hole(Pts, Pts),
    /// An event that counts for nothing, or backwards.
    #[error("the event at pts {0:?} counts {1}")]
    Count(Pts, i32),
    /// The counter is not where the last event is.
    #[error("pts is {0:?}, but the events end at {1:?}")]
    End(Pts, Pts),
}

/// Checks that events, given with their counts in order, fill the positions after [`START`] up to `end` without a hole or an overlap.
///
/// # Errors
/// The first fault.
pub fn check_sequence(
    events: impl IntoIterator<Item = (Pts, i32)>,
    end: Pts,
) -> Result<(), SequenceFault> {
    let last = check_run(events, START)?;
    if last == end { Ok(()) } else { Err(SequenceFault::End(end, last)) }
}

/// Checks that events follow `after` without a hole or an overlap; answers the last position.
///
/// # Errors
/// The first fault.
pub fn check_run(
    events: impl IntoIterator<Item = (Pts, i32)>,
    after: Pts,
) -> Result<Pts, SequenceFault> {
    let mut last = after;
    for (pts, count) in events {
        if count < 1 {
            return Err(SequenceFault::Count(pts, count));
        }
        if last.0.checked_add(count) != Some(pts.0) {
            return Err(SequenceFault::Hole(pts, last));
        }
        last = pts;
    }
    Ok(last)
}

/// Whether a read mark names a number that was given out, or none (0).
#[must_use]
pub const fn is_mark_within(mark: MessageId, next_id: MessageId) -> bool {
    mark.0 >= 0 && mark.0 < if next_id.0 > 1 { next_id.0 } else { 1 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sequence_fills_all_positions() {
        let events = [(Pts(2), 1), (Pts(5), 3), (Pts(6), 1)];
        assert_eq!(check_sequence(events, Pts(6)), Ok(()));
        assert_eq!(check_sequence(events, Pts(7)), Err(SequenceFault::End(Pts(7), Pts(6))));
        assert_eq!(check_sequence([], START), Ok(()));
    }

    #[test]
    fn holes_overlaps_and_empty_events_are_faults() {
        assert_eq!(check_run([(Pts(2), 1)], Pts(0)), Err(SequenceFault::Hole(Pts(2), Pts(0))));
        assert_eq!(
            check_run([(Pts(2), 2), (Pts(3), 2)], Pts(0)),
            Err(SequenceFault::Hole(Pts(3), Pts(2)))
        );
        assert_eq!(check_run([(Pts(1), 0)], Pts(1)), Err(SequenceFault::Count(Pts(1), 0)));
    }

    #[test]
    fn a_mark_names_a_number_that_was_given_out() {
        assert!(is_mark_within(MessageId(0), MessageId(0)));
        assert!(is_mark_within(MessageId(4), MessageId(5)));
        assert!(!is_mark_within(MessageId(5), MessageId(5)));
        assert!(!is_mark_within(MessageId(-1), MessageId(5)));
    }
}
