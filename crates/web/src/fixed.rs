//! Pages of no channel, kept in memory: why there is no answer, made once; and the lists for search engines, good for a minute.

use std::collections::HashMap;
use std::sync::Arc;

use model::UnixTime;
use parking_lot::Mutex;

use crate::answer::Page;
use crate::card::Trouble;
use crate::language::Language;

/// Lists kept at most: of 5,000 channels each, some 300 KB with what is compressed.
const LISTS: usize = 32;
/// Seconds for which a list may be late.
const LIFE_S: i64 = 60;

/// Why there is no answer (`None`: nothing is there), in a language, which was chosen in the address or not. There are twenty.
type Reason = (Option<Trouble>, Language, bool);

/// A list: the index, or the chunk of this number.
pub(crate) type List = Option<i64>;

/// Lists, each with the time when it was made.
type Lists = HashMap<List, (UnixTime, Arc<Page>)>;

/// All of them.
#[derive(Default)]
pub(crate) struct Fixed {
    troubles: Mutex<HashMap<Reason, Arc<Page>>>,
    lists: Mutex<Lists>,
}

impl Fixed {
    /// A page that says why there is no other.
    pub(crate) fn trouble(&self, reason: Reason, make: impl FnOnce() -> Page) -> Arc<Page> {
        Arc::clone(self.troubles.lock().entry(reason).or_insert_with(|| Arc::new(make())))
    }

    /// A list that is still good.
    pub(crate) fn list(&self, list: List, now: UnixTime) -> Option<Arc<Page>> {
        let lists = self.lists.lock();
        let (made, page) = lists.get(&list)?;
        is_good(*made, now).then(|| Arc::clone(page))
    }

    /// Keeps a list. If the one before it said the same, its date stays.
    pub(crate) fn keep_list(&self, list: List, mut page: Page, now: UnixTime) -> Arc<Page> {
        let mut lists = self.lists.lock();
        if let Some((_, before)) = lists.get(&list).filter(|(_, before)| before.says(&page)) {
            page.modified = before.modified;
        }
        if lists.len() >= LISTS && !lists.contains_key(&list) {
            lists.retain(|_, (made, _)| is_good(*made, now));
        }
        let page = Arc::new(page);
        if lists.len() < LISTS || lists.contains_key(&list) {
            lists.insert(list, (now, Arc::clone(&page)));
        }
        page
    }
}

fn is_good(made: UnixTime, now: UnixTime) -> bool {
    (0..LIFE_S).contains(&now.0.saturating_sub(made.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: UnixTime = UnixTime(1000);

    fn page(text: &str, at: i64) -> Page {
        Page::html(text.to_owned(), UnixTime(at))
    }

    #[test]
    fn a_reason_is_put_into_words_once() {
        let fixed = Fixed::default();
        let mut made = 0;
        let mut ask = |trouble, language, chosen| {
            fixed.trouble((trouble, language, chosen), || {
                made += 1;
                page("no", 1000)
            })
        };
        let first = ask(None, Language::English, false);
        assert!(Arc::ptr_eq(&first, &ask(None, Language::English, false)));
        ask(Some(Trouble::Busy), Language::English, false);
        ask(None, Language::Arabic, false);
        ask(None, Language::Arabic, true);
        ask(Some(Trouble::Busy), Language::English, false);
        assert_eq!(made, 4);
    }

    #[test]
    fn a_list_is_good_for_a_minute() {
        let fixed = Fixed::default();
        let at = |second| fixed.list(Some(1), UnixTime(second)).map(|page| page.modified.0);
        assert_eq!(at(1000), None);
        fixed.keep_list(Some(1), page("a", 1000), NOW);
        assert_eq!((at(1000), at(1059), at(1060), at(999)), (Some(1000), Some(1000), None, None));
        assert!(fixed.list(None, NOW).is_none() && fixed.list(Some(2), NOW).is_none());
        let later = UnixTime(1060);
        assert_eq!(fixed.keep_list(Some(1), page("a", 1060), later).modified, NOW);
        assert_eq!(fixed.keep_list(Some(1), page("b", 1060), later).modified, later);
    }

    #[test]
    fn a_bounded_number_of_lists_is_kept() {
        let fixed = Fixed::default();
        for number in 0..100 {
            fixed.keep_list(Some(number), page("a", 1000), NOW);
        }
        assert_eq!(fixed.lists.lock().len(), LISTS);
        let later = UnixTime(1060);
        fixed.keep_list(Some(99), page("a", 1060), later);
        assert!(fixed.list(Some(99), later).is_some());
        assert_eq!(fixed.lists.lock().len(), 1);
    }
}
