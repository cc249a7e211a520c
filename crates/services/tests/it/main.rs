//! Services on the memory store, with a clock and chance of their own.
#![cfg(test)]

mod contacts;
mod devices;
mod password;
mod privacy;
mod qr;
mod sign_in;
mod support;
