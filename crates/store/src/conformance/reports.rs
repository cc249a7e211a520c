//! Cases of the port of complaints.

use model::report::SecretReport;
use model::{SecretChatId, UserId};

use super::support::later;
use crate::Stores;

/// The names of this file's cases.
#[macro_export]
macro_rules! reports_cases {
    ($make:expr) => {
        $crate::conformance_cases!(
            reports,
            $make,
            [each_person_has_one_complaint_of_a_chat, the_newest_come_first]
        );
    };
}

const ANNA: UserId = UserId(1);
const BEN: UserId = UserId(2);

fn report(reporter: UserId, chat: i32, at: i64) -> SecretReport {
    SecretReport { reporter, about: UserId(3), chat: SecretChatId(chat), date: later(at) }
}

/// The first one stays as it was.
pub async fn each_person_has_one_complaint_of_a_chat(stores: &Stores) {
    let keep = |report| stores.reports.keep_secret_report(report);
    assert_eq!(keep(report(ANNA, -7, 1)).await, Ok(true));
    assert_eq!(keep(report(ANNA, -7, 5)).await, Ok(false));
    assert_eq!(keep(report(BEN, -7, 2)).await, Ok(true));
    let all = stores.reports.newest_secret_reports(10).await;
    assert_eq!(all, Ok(vec![report(BEN, -7, 2), report(ANNA, -7, 1)]));
    let counts = stores.reports.count_secret_reports(&[ANNA, UserId(3), BEN]).await;
    assert_eq!(counts, Ok(vec![0, 2, 0]));
}

/// Of the same second, in the order of who complained.
pub async fn the_newest_come_first(stores: &Stores) {
    for new in [report(BEN, 1, 3), report(ANNA, 2, 3), report(ANNA, 1, 4), report(ANNA, 3, 1)] {
        stores.reports.keep_secret_report(new).await.unwrap();
    }
    let newest = stores.reports.newest_secret_reports(3).await;
    assert_eq!(newest, Ok(vec![report(ANNA, 1, 4), report(ANNA, 2, 3), report(BEN, 1, 3)]));
    assert_eq!(stores.reports.newest_secret_reports(0).await, Ok(vec![]));
}
