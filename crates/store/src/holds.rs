//! Who holds a blob that nothing names yet, so that one that is being made and one that is being destroyed cannot be mixed up.
//!
//! A blob is made before the row that names it is written, and equal content is one blob. Whoever makes or finds a blob holds
//! it until that row is committed. Whoever destroys one condemns it, looks whether anything names it, and destroys it only if
//! nobody held it since: a holder who came before the look has its row seen by it, one who came later takes the condemnation
//! away.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use model::media::BlobHash;
use parking_lot::Mutex;

/// The holds of one process.
#[derive(Debug, Default)]
pub struct Holds {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    held: BTreeMap<BlobHash, usize>,
    condemned: BTreeSet<BlobHash>,
    /// How many hold everything.
    all: usize,
}

/// Keeps a blob from being destroyed as long as it lives.
#[derive(Debug)]
pub struct BlobHold {
    holds: Arc<Holds>,
    blob: BlobHash,
}

impl BlobHold {
    /// Holds a blob, whether or not it is there yet: what is looked up afterwards stays as it was found.
    #[must_use]
    pub fn new(holds: &Arc<Holds>, blob: BlobHash) -> Self {
        let mut state = holds.state.lock();
        *state.held.entry(blob).or_default() += 1;
        state.condemned.remove(&blob);
        drop(state);
        Self { holds: Arc::clone(holds), blob }
    }
}

impl Drop for BlobHold {
    fn drop(&mut self) {
        let mut state = self.holds.state.lock();
        if let Some(count) = state.held.get_mut(&self.blob) {
            *count -= 1;
            if *count == 0 {
                state.held.remove(&self.blob);
            }
        }
    }
}

impl PartialEq for BlobHold {
    fn eq(&self, other: &Self) -> bool {
        self.blob == other.blob
    }
}

/// Keeps every blob from being condemned as long as it lives. Who needs the blobs of a snapshot takes it before the snapshot:
/// what was condemned earlier was named by nothing.
#[derive(Debug)]
pub struct AllHeld(Arc<Holds>);

impl AllHeld {
    /// Holds everything.
    #[must_use]
    pub fn new(holds: &Arc<Holds>) -> Self {
        holds.state.lock().all += 1;
        Self(Arc::clone(holds))
    }
}

impl Drop for AllHeld {
    fn drop(&mut self) {
        self.0.state.lock().all -= 1;
    }
}

impl Holds {
    /// Condemns a blob, unless somebody holds it. Answers whether it is condemned now.
    pub fn condemn(&self, blob: BlobHash) -> bool {
        let mut state = self.state.lock();
        state.all == 0 && !state.held.contains_key(&blob) && {
            state.condemned.insert(blob);
            true
        }
    }

    /// Destroys a condemned blob by `destroy`, while nobody can take hold of it. Answers `None` if somebody did since it was
    /// condemned, or if it never was.
    pub fn destroy<T>(&self, blob: BlobHash, destroy: impl FnOnce() -> T) -> Option<T> {
        let mut state = self.state.lock();
        state.condemned.remove(&blob).then(destroy)
    }

    /// Takes a condemnation back.
    pub fn spare(&self, blob: BlobHash) {
        self.state.lock().condemned.remove(&blob);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BLOB: BlobHash = BlobHash([7; 32]);

    #[test]
    fn what_is_held_is_not_destroyed() {
        let holds = Arc::new(Holds::default());
        let (one, other) = (BlobHold::new(&holds, BLOB), BlobHold::new(&holds, BLOB));
        drop(one);
        assert!(!holds.condemn(BLOB));
        drop(other);
        assert!(holds.condemn(BLOB));
        assert_eq!(holds.destroy(BLOB, || 1), Some(1));
        assert_eq!(holds.destroy(BLOB, || 1), None);
    }

    #[test]
    fn nothing_is_condemned_while_everything_is_held() {
        let holds = Arc::new(Holds::default());
        let (one, other) = (AllHeld::new(&holds), AllHeld::new(&holds));
        drop(one);
        assert!(!holds.condemn(BLOB));
        drop(other);
        assert!(holds.condemn(BLOB));
    }

    #[test]
    fn whoever_comes_between_saves_it() {
        let holds = Arc::new(Holds::default());
        assert!(holds.condemn(BLOB));
        drop(BlobHold::new(&holds, BLOB));
        assert_eq!(holds.destroy(BLOB, || 1), None);
        assert!(holds.condemn(BLOB));
        holds.spare(BLOB);
        assert_eq!(holds.destroy(BLOB, || 1), None);
    }
}
