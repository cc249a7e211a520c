//! Complaints.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use async_trait::async_trait;
use model::report::SecretReport;
use model::{SecretChatId, UserId};

use super::MemoryStore;
use crate::Result;
use crate::ports::ReportStore;

/// The complaints of each person.
#[derive(Default)]
pub(super) struct Reports {
    secret: BTreeMap<(UserId, SecretChatId), SecretReport>,
}

#[async_trait]
impl ReportStore for MemoryStore {
    async fn keep_secret_report(&self, report: SecretReport) -> Result<bool> {
        let reports = &mut self.state.lock().reports.secret;
        let place = (report.reporter, report.chat);
        let is_new = !reports.contains_key(&place);
        reports.entry(place).or_insert(report);
        Ok(is_new)
    }

    async fn newest_secret_reports(&self, limit: i32) -> Result<Vec<SecretReport>> {
        let reports = &self.state.lock().reports.secret;
        let mut newest: Vec<_> = reports.values().copied().collect();
        newest.sort_by_key(|report| (Reverse(report.date), report.reporter, report.chat));
        newest.truncate(usize::try_from(limit).unwrap_or(0));
        Ok(newest)
    }

    async fn count_secret_reports(&self, about: &[UserId]) -> Result<Vec<i64>> {
        let reports = &self.state.lock().reports.secret;
        let count = |user| reports.values().filter(|report| report.about == user).count();
        Ok(about.iter().map(|user| i64::try_from(count(*user)).unwrap_or(i64::MAX)).collect())
    }
}
