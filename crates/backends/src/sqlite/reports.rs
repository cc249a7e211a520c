//! The port of complaints.

use async_trait::async_trait;
use model::report::SecretReport;
use model::{SecretChatId, UnixTime, UserId};
use rusqlite::{Connection, params};
use store::ports::ReportStore;

use super::{Result, Sqlite};

fn keep(tx: &Connection, report: SecretReport) -> Result<bool> {
    let SecretReport { reporter, about, chat, date } = report;
    let written = tx
        .prepare_cached(
            "INSERT INTO secret_reports (user_id, chat_id, about_id, date) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT DO NOTHING",
        )?
        .execute(params![reporter.0, chat.0, about.0, date.0])?;
    Ok(written > 0)
}

fn newest(conn: &Connection, limit: i32) -> Result<Vec<SecretReport>> {
    let mut statement = conn.prepare_cached(
        "SELECT user_id, chat_id, about_id, date FROM secret_reports
         ORDER BY date DESC, user_id, chat_id LIMIT ?1",
    )?;
    let rows = statement.query_map([limit.max(0)], |row| {
        Ok(SecretReport {
            reporter: UserId(row.get(0)?),
            chat: SecretChatId(row.get(1)?),
            about: UserId(row.get(2)?),
            date: UnixTime(row.get(3)?),
        })
    })?;
    rows.map(|row| Ok(row?)).collect()
}

fn count(conn: &Connection, about: UserId) -> Result<i64> {
    let mut statement =
        conn.prepare_cached("SELECT count(*) FROM secret_reports WHERE about_id = ?1")?;
    Ok(statement.query_row([about.0], |row| row.get(0))?)
}

#[async_trait]
impl ReportStore for Sqlite {
    async fn keep_secret_report(&self, report: SecretReport) -> store::Result<bool> {
        self.write(move |tx| keep(tx, report)).await
    }

    async fn newest_secret_reports(&self, limit: i32) -> store::Result<Vec<SecretReport>> {
        self.read(move |conn| newest(conn, limit)).await
    }

    async fn count_secret_reports(&self, about: &[UserId]) -> store::Result<Vec<i64>> {
        let about = about.to_vec();
        self.read(move |conn| about.into_iter().map(|user| count(conn, user)).collect()).await
    }
}
