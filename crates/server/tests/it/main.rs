//! The program from outside.
#![cfg(test)]

mod image_helper;
