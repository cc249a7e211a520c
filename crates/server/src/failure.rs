//! Errors of the command line: one line that says what is wrong and what to do.

/// One line for the person at the terminal.
#[derive(Debug)]
pub(crate) struct Failure(String);

impl Failure {
    /// From a line.
    pub(crate) fn new(line: impl Into<String>) -> Self {
        Self(line.into())
    }

    /// Prints it to standard error.
    #[expect(clippy::print_stderr, reason = "this is what the person at the terminal reads")]
    pub(crate) fn print(&self) {
        // A line break inside a message of the system must not make two lines.
        eprintln!("hoopoe: {}", self.0.replace('\n', " "));
    }
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}
