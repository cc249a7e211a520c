//! The binary `hoopoe`: configuration, wiring, command line.

fn main() {}
