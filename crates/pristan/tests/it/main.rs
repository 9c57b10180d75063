//! The real binary from outside: processes, sockets, kills.

mod browser;
mod crash;
mod enumeration;
mod people;
mod statistics;
mod world;
