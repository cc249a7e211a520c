//! Benchmarks as ratios against a peer or a bare limit of the same run.

fn main() {}
