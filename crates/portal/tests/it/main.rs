//! The portal through its whole router: real cookies, forms, templates and SQL; each scenario on SQLite, and on
//! PostgreSQL where it is installed.

mod access;
mod bad_input;
mod bans;
mod budget;
mod closing;
mod codes;
mod devices;
mod drafts;
mod factors;
mod factors_coverage;
mod factors_pages;
mod headers;
mod journal_coverage;
mod journal_owner;
mod journal_tree;
mod journal_verify;
mod keys;
mod oathtool;
mod outages;
mod passkey_factors;
mod passkeys;
mod passwords;
mod people;
mod planted;
mod qr;
mod race;
mod recovery;
mod recovery_proofs;
mod registration;
mod retention;
mod safety;
mod sessions;
mod signin;
mod simulation;
mod taken;
