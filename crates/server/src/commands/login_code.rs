//! `hoopoe login-code`: the code that waits for a number, from the running server's memory.

use std::path::Path;

use crate::admin::{Request, ask_running};
use crate::failure::Failure;

/// Prints the code.
pub(crate) fn run(data: &Path, phone: &str) -> Result<(), Failure> {
    let answer = ask_running(data, &Request::LoginCode { phone: phone.to_owned() })?;
    match answer.as_str() {
        Some(code) => super::print(code),
        None => Err(Failure::new("no code waits for this number; ask for one in the app first")),
    }
}
