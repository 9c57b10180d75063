//! The checks themselves: the repository keeps them, and each one finds what it should.

mod counts;
mod repository;
mod samples;
mod source;
