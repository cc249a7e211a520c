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
