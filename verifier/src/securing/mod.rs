//! How documents are secured: keys, and the forms a signature travels in.

#[cfg(feature = "openssl")]
pub mod josekit_peer;
pub mod jws;
pub mod keys;
pub mod vc_jwt;
