//! Delivery receipts: the optional parameters of SMPP 3.4 (section 5.3.2) and the text of its appendix B.
//! No I/O; safe on any octets.

use crate::sms::DeliveryState;

/// How long a foreign error code may be before it is cut.
const CODE_LENGTH: usize = 16;

/// What one receipt says about one part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParsedReceipt {
    /// The centre's id of the part.
    pub remote_id: String,
    /// What became of it.
    pub state: DeliveryState,
}

/// Reads a receipt. The optional parameters `receipted_message_id` and `message_state` go before the text,
/// which has no binding form. `None` when no id or no state is found. The quoted text of the message, which
/// many centres add, is never kept.
pub fn parse(text: &[u8], tlv_id: Option<&str>, tlv_state: Option<u8>) -> Option<ParsedReceipt> {
    let fields = Fields::read(text);
    let remote_id = tlv_id.map(str::to_owned).filter(|id| !id.is_empty()).or_else(|| fields.get("id"))?;
    if remote_id.len() > 64 {
        return None;
    }
    let error = fields.get("err").filter(|code| !code.trim_matches('0').is_empty());
    let state = match tlv_state {
        Some(number) => by_number(number, error.as_deref()),
        None => by_word(&fields.get("stat")?, error.as_deref()),
    };
    Some(ParsedReceipt { remote_id, state })
}

/// The `key:value` pairs before the quoted text.
struct Fields(Vec<(String, String)>);

impl Fields {
    fn read(text: &[u8]) -> Fields {
        // A receipt is ASCII; anything longer than this is not one.
        let text = String::from_utf8_lossy(&text[..text.len().min(1024)]).into_owned();
        let mut pairs = Vec::new();
        for word in text.split_ascii_whitespace() {
            let Some((key, value)) = word.split_once(':') else { continue };
            let key = key.to_ascii_lowercase();
            if key == "text" {
                break;
            }
            let clean: String =
                value.chars().filter(|c| c.is_ascii_alphanumeric() || "-_.".contains(*c)).collect();
            pairs.push((key, clean));
        }
        Fields(pairs)
    }

    fn get(&self, key: &str) -> Option<String> {
        self.0.iter().find(|(known, value)| known == key && !value.is_empty()).map(|(_, value)| value.clone())
    }
}

/// The values of `message_state`, SMPP 3.4 section 5.2.28.
fn by_number(number: u8, error: Option<&str>) -> DeliveryState {
    match number {
        0 | 1 | 6 => DeliveryState::Buffered,
        2 => DeliveryState::Delivered,
        3 => DeliveryState::Expired,
        4 => failed("DELETED", error),
        5 => failed("UNDELIV", error),
        8 => failed("REJECTD", error),
        9 => failed("SKIPPED", error),
        _ => DeliveryState::Unknown,
    }
}

/// The words of appendix B; centres differ in length and case.
fn by_word(word: &str, error: Option<&str>) -> DeliveryState {
    let word = word.to_ascii_uppercase();
    match word.as_str() {
        w if w.starts_with("DELIV") => DeliveryState::Delivered,
        w if w.starts_with("EXPIR") => DeliveryState::Expired,
        w if w.starts_with("DELET") => failed("DELETED", error),
        w if w.starts_with("UNDELIV") => failed("UNDELIV", error),
        w if w.starts_with("REJECT") => failed("REJECTD", error),
        w if w.starts_with("SKIP") => failed("SKIPPED", error),
        w if w.starts_with("ACCEPT")
            || w.starts_with("ENROUTE")
            || w.starts_with("SCHED")
            || w.starts_with("BUFF") =>
        {
            DeliveryState::Buffered
        }
        _ => DeliveryState::Unknown,
    }
}

fn failed(word: &str, error: Option<&str>) -> DeliveryState {
    let reason = match error {
        Some(code) => format!("{word} err {}", code.chars().take(CODE_LENGTH).collect::<String>()),
        None => word.to_owned(),
    };
    DeliveryState::Failed { reason }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn state(text: &str) -> Option<DeliveryState> {
        parse(text.as_bytes(), None, None).map(|receipt| receipt.state)
    }

    #[test]
    fn reads_the_text_of_appendix_b() {
        let text = "id:0123456789 sub:001 dlvrd:001 submit date:2611211000 done date:2611211001 stat:DELIVRD err:000 text:id:9 stat:REJECTD";
        let receipt = parse(text.as_bytes(), None, None).expect("a receipt");
        assert_eq!(
            receipt,
            ParsedReceipt { remote_id: "0123456789".into(), state: DeliveryState::Delivered }
        );
        assert_eq!(state("ID:1 STAT:undeliv ERR:0A1"), Some(failed("UNDELIV", Some("0A1"))));
        assert_eq!(state("id:1 stat:ENROUTE err:000"), Some(DeliveryState::Buffered));
        assert_eq!(state("id:1 stat:EXPIRED"), Some(DeliveryState::Expired));
        assert_eq!(state("id:1 stat:whatever"), Some(DeliveryState::Unknown));
    }

    #[test]
    fn the_optional_parameters_go_first() {
        let receipt = parse(b"id:1 stat:UNDELIV err:005", Some("abc"), Some(2)).expect("a receipt");
        assert_eq!(receipt, ParsedReceipt { remote_id: "abc".into(), state: DeliveryState::Delivered });
        assert_eq!(parse(b"", Some("abc"), Some(5)).expect("a receipt").state, failed("UNDELIV", None));
    }

    #[test]
    fn without_id_or_state_it_is_no_receipt() {
        assert_eq!(state("Hello"), None);
        assert_eq!(state("stat:DELIVRD"), None);
        assert_eq!(state("id:5"), None);
        assert_eq!(state("text:id:5 stat:DELIVRD"), None, "the quoted text is not read");
    }

    proptest! {
        #[test]
        fn no_octets_do_harm(text: Vec<u8>, id in proptest::option::of(".{0,80}"), number: Option<u8>) {
            if let Some(receipt) = parse(&text, id.as_deref(), number) {
                prop_assert!(receipt.remote_id.len() <= 64);
            }
        }
    }
}
