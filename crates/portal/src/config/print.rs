//! The effective configuration as a person reads it.

use super::Config;

/// TOML with every value that has one; secrets serialise themselves as `(hidden)`.
pub(super) fn print(config: &Config) -> String {
    let tree = match toml::Table::try_from(config) {
        Ok(tree) => tree,
        Err(error) => return format!("# the configuration cannot be shown: {error}\n"),
    };
    toml::to_string_pretty(&tree)
        .unwrap_or_else(|error| format!("# the configuration cannot be shown: {error}\n"))
}
