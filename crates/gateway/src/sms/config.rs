//! The configuration of short messages.

use super::router::RouterConfig;
use super::smpp::SmppConfig;
use crate::ConfigProblem;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The `[sms]` table: the gateways by name and how they are shared out. Without a gateway nothing is sent.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SmsConfig {
    /// `[sms.smpp.<name>]`: one table for each SMPP connection.
    pub smpp: BTreeMap<String, SmppConfig>,
    /// `[sms.router]`: weights and fail-over.
    pub router: RouterConfig,
}

impl SmsConfig {
    /// Every problem of these values, paths below `[sms]`.
    pub fn problems(&self) -> Vec<ConfigProblem> {
        let mut found: Vec<ConfigProblem> =
            self.router.problems().into_iter().map(|p| p.below("router")).collect();
        for (name, smpp) in &self.smpp {
            found.extend(smpp.problems().into_iter().map(|p| p.below(&format!("smpp.{name}"))));
        }
        if !self.smpp.is_empty() && self.smpp.values().all(|smpp| smpp.weight == 0) {
            found.push(ConfigProblem::new("smpp", "at least one gateway must have a weight above 0"));
        }
        found
    }
}
