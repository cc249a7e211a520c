//! Ids, values, rules and invariants.
