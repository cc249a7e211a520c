//! Requests of the canonical layer: one small file a method.
//!
//! A method converts its request into domain values, makes one call of a service, and converts the result back. It sees
//! neither the store nor SQL, nor sockets, nor other layers. [`Dispatcher`] finds the method by its constructor id.
//! [`updates`] builds updates for push and difference alike.

pub mod convert;
mod dispatch;
mod error;
mod methods;
#[cfg(test)]
mod testing;
pub mod updates;

pub use dispatch::{Call, Connection, Dispatcher, Reply, Spec};
pub use error::RpcError;
