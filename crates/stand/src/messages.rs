//! What arrived at people, newest first, in memory and bounded.

use kernel::{Clock, Time};
use serde::{Deserialize, Serialize, Serializer};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::watch;

/// How many messages are kept; the oldest goes first.
pub const KEPT: usize = 1000;

/// The way a message came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Channel {
    /// Short message.
    Sms,
    /// Voice call.
    Call,
    /// E-mail.
    Email,
    /// Letter on paper.
    Letter,
    /// Notification of an application.
    Push,
}

impl Channel {
    /// Every channel, in the order of the page.
    pub const ALL: [Channel; 5] =
        [Channel::Sms, Channel::Call, Channel::Email, Channel::Letter, Channel::Push];

    /// The word used in addresses.
    pub fn word(self) -> &'static str {
        match self {
            Channel::Sms => "sms",
            Channel::Call => "call",
            Channel::Email => "email",
            Channel::Letter => "letter",
            Channel::Push => "push",
        }
    }

    /// The channel of a word.
    pub fn from_word(word: &str) -> Option<Channel> {
        Channel::ALL.into_iter().find(|channel| channel.word() == word)
    }
}

/// One message as a person would see it.
#[derive(Clone, Debug, Serialize)]
pub struct Message {
    /// Counts from 1; newer is larger.
    pub id: u64,
    /// The way it came.
    pub channel: Channel,
    /// Phone in E.164, or e-mail address.
    pub to: String,
    /// Sender as shown to the person.
    pub from: String,
    /// Subject of a letter.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// The words; of a call what is said, of an e-mail its plain form.
    pub text: String,
    /// The designed form of an e-mail.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub html: Option<String>,
    /// When it arrived (RFC 3339, UTC).
    #[serde(serialize_with = "rfc3339")]
    pub at: Time,
    /// The system it came through.
    pub gateway: &'static str,
    /// Parts of a short message.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parts: Option<u8>,
    /// What happened to it, oldest first.
    pub states: Vec<State>,
}

/// One step in a message's life.
#[derive(Clone, Debug, Serialize)]
pub struct State {
    /// `accepted`, `delivered`, `undeliverable`, `expired`, `ringing`, `answered`.
    pub state: &'static str,
    /// When (RFC 3339, UTC).
    #[serde(serialize_with = "rfc3339")]
    pub at: Time,
}

/// A message about to be kept.
#[derive(Clone, Debug)]
pub struct Arrival {
    /// The way it came.
    pub channel: Channel,
    /// Phone in E.164, or e-mail address.
    pub to: String,
    /// Sender as shown to the person.
    pub from: String,
    /// Subject of a letter.
    pub subject: Option<String>,
    /// The words.
    pub text: String,
    /// The designed form.
    pub html: Option<String>,
    /// The system it came through.
    pub gateway: &'static str,
    /// Parts of a short message.
    pub parts: Option<u8>,
}

/// Which messages are wanted.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// One of these channels; all when empty.
    pub channels: Vec<Channel>,
    /// This recipient, however it is written.
    pub to: Option<String>,
    /// Newer than this id.
    pub after: u64,
    /// At most this many, newest first; all when absent.
    pub limit: Option<usize>,
}

impl Filter {
    fn admits(&self, message: &Message, to: Option<&str>) -> bool {
        message.id > self.after
            && (self.channels.is_empty() || self.channels.contains(&message.channel))
            && to.is_none_or(|to| recipient_key(&message.to) == to)
    }
}

/// Everything that arrived; cheap to clone.
#[derive(Clone)]
pub struct Messages(Arc<Inner>);

struct Inner {
    kept: Mutex<Kept>,
    version: watch::Sender<u64>,
    clock: Arc<dyn Clock>,
}

#[derive(Default)]
struct Kept {
    newest_first: VecDeque<Message>,
    last_id: u64,
}

impl Messages {
    /// Nothing yet.
    pub fn new(clock: Arc<dyn Clock>) -> Messages {
        Messages(Arc::new(Inner { kept: Mutex::default(), version: watch::channel(1).0, clock }))
    }

    /// Keeps a message and returns its id.
    pub fn arrive(&self, arrival: Arrival, state: &'static str) -> u64 {
        let now = self.0.clock.now();
        let mut kept = self.lock();
        kept.last_id += 1;
        let id = kept.last_id;
        kept.newest_first.push_front(Message {
            id,
            channel: arrival.channel,
            to: arrival.to,
            from: arrival.from,
            subject: arrival.subject,
            text: arrival.text,
            html: arrival.html,
            at: now,
            gateway: arrival.gateway,
            parts: arrival.parts,
            states: vec![State { state, at: now }],
        });
        kept.newest_first.truncate(KEPT);
        drop(kept);
        self.changed();
        id
    }

    /// Adds a state to a message that is still kept.
    pub fn add_state(&self, id: u64, state: &'static str) {
        let now = self.0.clock.now();
        if let Some(message) = self.lock().newest_first.iter_mut().find(|message| message.id == id) {
            message.states.push(State { state, at: now });
        }
        self.changed();
    }

    /// The wanted messages, newest first.
    pub fn find(&self, filter: &Filter) -> Vec<Message> {
        let to = filter.to.as_deref().map(recipient_key);
        let kept = self.lock();
        let wanted = kept.newest_first.iter().filter(|message| filter.admits(message, to.as_deref()));
        wanted.take(filter.limit.unwrap_or(KEPT)).cloned().collect()
    }

    /// One message.
    pub fn get(&self, id: u64) -> Option<Message> {
        self.lock().newest_first.iter().find(|message| message.id == id).cloned()
    }

    /// Forgets everything.
    pub fn clear(&self) {
        self.lock().newest_first.clear();
        self.changed();
    }

    /// Grows with every change.
    pub fn version(&self) -> watch::Receiver<u64> {
        self.0.version.subscribe()
    }

    /// Waits until at least one message is wanted; for ever when none comes.
    pub async fn wait(&self, filter: &Filter) -> Vec<Message> {
        let mut version = self.version();
        loop {
            version.mark_unchanged();
            let found = self.find(filter);
            if !found.is_empty() {
                return found;
            }
            if version.changed().await.is_err() {
                std::future::pending::<()>().await;
            }
        }
    }

    /// Lets those who follow know that something else changed (a switched fault).
    pub fn touch(&self) {
        self.changed();
    }

    fn changed(&self) {
        self.0.version.send_modify(|version| *version += 1);
    }

    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.0.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A recipient in a form in which all ways of writing it are equal: an address in lower case, or the digits of
/// a number with the trunk prefix 8 of Russia written as 7.
pub fn recipient_key(to: &str) -> String {
    if to.contains('@') {
        return to.trim().to_lowercase();
    }
    let digits: String = to.chars().filter(char::is_ascii_digit).collect();
    match digits.strip_prefix('8') {
        Some(rest) if digits.len() == 11 => format!("7{rest}"),
        _ if digits.len() == 10 => format!("7{digits}"),
        _ => digits,
    }
}

/// A point in time as RFC 3339.
pub fn to_rfc3339(at: Time) -> String {
    jiff::Timestamp::from_microsecond(at.0).unwrap_or_default().to_string()
}

fn rfc3339<S: Serializer>(at: &Time, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&to_rfc3339(*at))
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::SystemClock;

    fn sms(to: &str) -> Arrival {
        let (channel, to, from, text) = (Channel::Sms, to.to_owned(), "Pristan".to_owned(), "x".to_owned());
        Arrival {
            channel,
            to,
            from,
            subject: None,
            text,
            html: None,
            gateway: "sms_centre_a",
            parts: Some(1),
        }
    }

    #[test]
    fn every_way_of_writing_a_recipient_finds_it() {
        for typed in ["+79991112233", " 79991112233", "8 (999) 111-22-33", "9991112233", "7-999-111-22-33"] {
            assert_eq!(recipient_key(typed), "79991112233", "{typed}");
        }
        assert_eq!(recipient_key(" Ivan@Example.org"), "ivan@example.org");
    }

    #[test]
    fn newest_first_and_bounded() {
        let messages = Messages::new(Arc::new(SystemClock));
        for n in 0..KEPT + 5 {
            messages.arrive(sms(&format!("+7999{n:07}")), "accepted");
        }
        let found = messages.find(&Filter::default());
        assert_eq!((found.len(), found[0].id, found[KEPT - 1].id), (KEPT, KEPT as u64 + 5, 6));
        let to = Some("8 999 000 10 04".to_owned());
        assert_eq!(messages.find(&Filter { to, ..Filter::default() }).len(), 1);
        assert_eq!(messages.find(&Filter { channels: vec![Channel::Call], ..Filter::default() }).len(), 0);
        messages.clear();
        assert!(messages.find(&Filter::default()).is_empty());
    }
}
