//! placeholder

#[cfg(feature = "net")]
pub mod net;
