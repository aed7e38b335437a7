//! placeholder

pub mod securing;
