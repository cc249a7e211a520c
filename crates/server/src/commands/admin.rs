//! `hoopoe admin`: what an operator does on a running server.

use std::path::Path;

use crate::admin::{Request, ask_running};
use crate::failure::Failure;

/// Prints an invitation.
pub(crate) fn invite(data: &Path, uses: u32, days: u32) -> Result<(), Failure> {
    let answer = ask_running(data, &Request::Invite { uses, days })?;
    super::print(answer.as_str().unwrap_or_default())
}

/// Prints counters.
pub(crate) fn status(data: &Path) -> Result<(), Failure> {
    let answer = ask_running(data, &Request::Status)?;
    let mut text = String::new();
    for (name, value) in answer.as_object().into_iter().flatten() {
        text.push_str(name);
        text.push_str(": ");
        text.push_str(&value.to_string());
        text.push('\n');
    }
    super::print(&text)
}

/// Prints complaints of secret chats, one a line.
pub(crate) fn reports(data: &Path, newest: u32) -> Result<(), Failure> {
    let answer = ask_running(data, &Request::Reports { newest })?;
    let lines: Vec<String> = answer.as_array().into_iter().flatten().map(complaint).collect();
    super::print(&if lines.is_empty() { "none".to_owned() } else { lines.join("\n") })
}

fn complaint(value: &serde_json::Value) -> String {
    let number = |name: &str| value.get(name).and_then(serde_json::Value::as_i64).unwrap_or(0);
    let date = web::rfc3339(model::UnixTime(number("date")));
    let (reporter, about, chat) = (number("reporter"), number("about"), number("chat"));
    let all = number("of_this_person");
    format!(
        "{date}  user {reporter}: secret chat {chat} with user {about} is spam ({all} of this person)"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_complaint_is_one_line() {
        let value = serde_json::json!({
            "date": 1_700_000_000, "reporter": 5, "about": 6, "chat": -77, "of_this_person": 2,
        });
        let line =
            "2023-11-14T22:13:20Z  user 5: secret chat -77 with user 6 is spam (2 of this person)";
        assert_eq!(complaint(&value), line);
    }
}
