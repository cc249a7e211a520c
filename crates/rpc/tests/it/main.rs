//! Requests in, answers out: the dispatcher over services on the memory store.
#![cfg(test)]

mod access;
mod accounts;
mod start;
mod support;
