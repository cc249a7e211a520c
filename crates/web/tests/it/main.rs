//! The public pages on the in-memory store: what each address answers, to whom it says nothing, and what it makes of bad input.
#![cfg(test)]

mod costs;
mod faults;
mod files;
mod hostile;
mod pages;
mod secrecy;
mod support;
