//! Notifications of browsers: Web Push (RFC 8030), encrypted for the browser (RFC 8291), signed by us (RFC 8292).
//!
//! The push service of a browser's maker carries the message and cannot read it; what it sees is an address, a length
//! rounded up, and when.

mod address;
mod config;
mod crypto;
pub mod http;
pub mod memory;
mod vapid;

pub use config::PushConfig;
pub use vapid::Vapid;

use crate::Health;
use async_trait::async_trait;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use kernel::Span;
use serde::{Deserialize, Serialize};

/// The longest address of a browser, in bytes. Those of today have up to 500.
const LONGEST_ENDPOINT: usize = 2_048;
/// The longest payload, in bytes: what fits into the one record that push services must take (RFC 8291, 4).
pub const LONGEST_PAYLOAD: usize = 3_072;

/// A browser that asked for notifications, as its script hands it over.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subscription {
    endpoint: String,
    p256dh: String,
    auth: String,
}

/// Why a subscription is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SubscriptionFault {
    /// The address is none that pushes are sent to: not https, an address of a private network …
    Endpoint,
    /// The keys are not a point of P-256 and 16 octets.
    Keys,
}

impl Subscription {
    /// Reads what a browser handed over: the address and its two keys in base64url.
    ///
    /// # Errors
    /// What cannot be used.
    pub fn new(
        config: &PushConfig,
        endpoint: &str,
        p256dh: &str,
        auth: &str,
    ) -> Result<Subscription, SubscriptionFault> {
        if endpoint.len() > LONGEST_ENDPOINT || !address::may_be_asked(endpoint, config.allow_private) {
            return Err(SubscriptionFault::Endpoint);
        }
        let bare = |text: &str| text.trim_end_matches('=').to_owned();
        let (endpoint, p256dh, auth) = (endpoint.to_owned(), bare(p256dh), bare(auth));
        let made = Subscription { endpoint, p256dh, auth };
        match made.keys() {
            Some((point, _)) if crypto::is_point(&point) => Ok(made),
            _ => Err(SubscriptionFault::Keys),
        }
    }

    /// The address at the push service.
    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }

    fn keys(&self) -> Option<(Vec<u8>, Vec<u8>)> {
        let octets =
            |text: &str, long: usize| URL_SAFE_NO_PAD.decode(text).ok().filter(|octets| octets.len() == long);
        Some((octets(&self.p256dh, 65)?, octets(&self.auth, 16)?))
    }
}

impl std::fmt::Debug for Subscription {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Subscription")
    }
}

/// One push to one browser.
#[derive(Clone)]
pub struct OutgoingPush {
    /// Our own id of the message.
    pub id: String,
    /// To which browser.
    pub subscription: Subscription,
    /// What the browser's script gets.
    pub payload: Vec<u8>,
    /// After this it is not worth showing.
    pub valid_for: Span,
}

impl std::fmt::Debug for OutgoingPush {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OutgoingPush").field("id", &self.id).finish_non_exhaustive()
    }
}

/// What became of one attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pushed {
    /// The push service took it.
    Accepted {
        /// Its own name of the message; may be empty.
        remote_id: String,
    },
    /// The push service does not know the browser any more: it is to be forgotten.
    Gone,
    /// Not now.
    Temporary {
        /// Foreign code and our explanation; never the address.
        reason: String,
    },
    /// Never.
    Permanent {
        /// Foreign code and our explanation; never the address.
        reason: String,
    },
}

/// A way to tell browsers.
#[async_trait]
pub trait PushGateway: Send + Sync {
    /// The name in rows and metrics.
    fn name(&self) -> &str;

    /// Our public key, as browsers want it: a point of P-256 in base64url.
    fn public_key(&self) -> &str;

    /// Hands one push to the browser's push service.
    async fn push(&self, push: &OutgoingPush) -> Pushed;

    /// Whether pushes can go out now.
    fn health(&self) -> Health;
}

#[cfg(test)]
mod tests {
    use super::*;

    const POINT: &str =
        "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4";
    const AUTH: &str = "BTBZMqHH6r4Tts7J_aSIgg";
    const ENDPOINT: &str = "https://push.example.org/send/abc";

    #[test]
    fn only_whole_subscriptions_are_taken() {
        let config = PushConfig::default();
        let take = |endpoint: &str, point: &str, auth: &str| {
            Subscription::new(&config, endpoint, point, auth).map(|_| ())
        };
        assert_eq!(take(ENDPOINT, POINT, AUTH), Ok(()));
        assert_eq!(take(ENDPOINT, &format!("{POINT}="), &format!("{AUTH}==")), Ok(()), "with padding");
        let off_the_curve = POINT.replace("BCVxsr7N", "BCVxsr7O");
        for point in ["", "AAAA", &POINT[2..], &off_the_curve, &POINT.replace('_', "/")] {
            assert_eq!(take(ENDPOINT, point, AUTH), Err(SubscriptionFault::Keys), "{point}");
        }
        for auth in ["", "AAAA", &AUTH[1..], POINT] {
            assert_eq!(take(ENDPOINT, POINT, auth), Err(SubscriptionFault::Keys), "{auth}");
        }
        let long = format!("{ENDPOINT}{}", "x".repeat(2_048));
        assert_eq!(take(&long, POINT, AUTH), Err(SubscriptionFault::Endpoint));
    }
}
