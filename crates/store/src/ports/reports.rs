//! Complaints, kept for whoever moderates.

use async_trait::async_trait;
use model::report::SecretReport;

use crate::Result;

/// Complaints. They outlive what they are about.
#[async_trait]
pub trait ReportStore: Send + Sync {
    /// Keeps a complaint; answers whether it is a new one. Each person has one of each secret chat, the first.
    async fn keep_secret_report(&self, report: SecretReport) -> Result<bool>;

    /// The newest complaints of secret chats, newest first, at most `limit`.
    async fn newest_secret_reports(&self, limit: i32) -> Result<Vec<SecretReport>>;

    /// How many complaints of secret chats there are of each person named, in their order: for those who look for a pattern.
    async fn count_secret_reports(&self, about: &[model::UserId]) -> Result<Vec<i64>>;
}
