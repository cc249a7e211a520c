//! Complaints of secret chats. There is nothing to look at but who complains of whom.

use model::UserId;
use model::report::SecretReport;

use super::{InputChat, met};
use crate::{Caller, Core, Error, Result};

/// Keeps the caller's complaint that a chat is spam, for whoever moderates. A second one of the same chat changes nothing.
///
/// # Errors
/// `ChatInvalid`, also for a device that the chat is none of the business of.
pub async fn report_spam(core: &Core, caller: Caller, input: InputChat) -> Result<()> {
    let chat = met(core, caller, input).await?;
    if !chat.is_of(caller.key) {
        return Err(Error::ChatInvalid);
    }
    let date = core.now();
    let report = SecretReport { reporter: caller.user, about: chat.peer, chat: chat.id, date };
    core.stores.reports.keep_secret_report(report).await?;
    Ok(())
}

/// A complaint, and how many there are of the same person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Complaint {
    /// Who, of whom, where, when.
    pub report: SecretReport,
    /// Of how many chats people complained of this person.
    pub of_this_person: i64,
}

/// The newest complaints of secret chats, newest first.
///
/// # Errors
/// Those of the store.
pub async fn complaints(core: &Core, limit: i32) -> Result<Vec<Complaint>> {
    let reports = core.stores.reports.newest_secret_reports(limit).await?;
    let people: Vec<UserId> = reports.iter().map(|report| report.about).collect();
    let counts = core.stores.reports.count_secret_reports(&people).await?;
    let both = reports.into_iter().zip(counts);
    Ok(both.map(|(report, of_this_person)| Complaint { report, of_this_person }).collect())
}
