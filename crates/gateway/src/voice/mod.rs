//! Voice calls that read a code aloud.

mod config;
pub mod http;
pub mod memory;

pub use config::VoiceConfig;

use crate::{ConfigProblem, Health, SendOutcome};
use async_trait::async_trait;
use kernel::Lang;
use std::sync::Arc;

/// One call to one person.
#[derive(Clone, PartialEq, Eq)]
pub struct OutgoingCall {
    /// Our own id of the call; the same id again is the same call, not a second one.
    pub id: String,
    /// The recipient in E.164 with the plus.
    pub to: String,
    /// The language to speak.
    pub lang: Lang,
    /// What is said before the digits, such as «Пристань. Ваш код».
    pub text: String,
    /// The digits, read one by one and repeated; may be empty.
    pub digits: String,
}

impl std::fmt::Debug for OutgoingCall {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OutgoingCall").field("id", &self.id).finish_non_exhaustive()
    }
}

/// A way to call people.
#[async_trait]
pub trait VoiceGateway: Send + Sync {
    /// The name given in the configuration.
    fn name(&self) -> &str;

    /// Orders one call; `Accepted` means that it will be placed, not that someone picked up.
    async fn call(&self, call: &OutgoingCall) -> SendOutcome;

    /// Whether it can take calls now.
    fn health(&self) -> Health;
}

/// The configured caller, or none when `url` is empty.
///
/// # Errors
/// Every problem of the configuration.
pub fn open(config: &VoiceConfig) -> Result<Option<Arc<dyn VoiceGateway>>, Vec<ConfigProblem>> {
    if !config.is_on() {
        return Ok(None);
    }
    Ok(Some(Arc::new(http::HttpVoice::new(config)?)))
}
