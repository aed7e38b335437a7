//! How a credential is secured: what is signed, and by which mechanism.

pub mod rdfc;
