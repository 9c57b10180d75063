//! What an administrator does from the command line: demonstration accounts and staff, keys, jobs.
//!
//! Invariant: what is given back is fit to be printed; it holds ids and counts, never a personal value or a key.
//! These functions run beside a working portal: they use the same tables through the same slices.

pub mod configuration;
pub mod demo_staff;
pub mod jobs;
pub mod journal;
pub mod keys;
pub mod seed;
