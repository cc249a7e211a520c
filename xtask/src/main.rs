//! The project's own development commands.

fn main() {}
