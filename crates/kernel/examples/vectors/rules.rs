//! Which rule a vector file is named after.

use kernel::{ActivationCode, Date, Email, NamePart, OneTimeCode, Phone, Refusal, Script, Snils, password};
use serde_json::Value;

/// Applies a rule to a case: the normalized form, or the word of the refusal.
pub type Rule = fn(&Value) -> Result<String, &'static str>;

/// The rule of a file, by its name without `.json`.
pub fn named(file: &str) -> Option<Rule> {
    Some(match file {
        "activation_code" => {
            |case| text(case, |t| ActivationCode::parse(t).map(|code| code.expose().to_owned()))
        }
        "date_dmy" => |case| text(case, |t| Date::parse_dmy(t).map(Date::iso)),
        "email" => |case| text(case, |t| Email::parse(t).map(|email| email.as_str().to_owned())),
        "password" => |case| password_of(case),
        "person_name" => |case| {
            let script = match case.get("script").and_then(Value::as_str) {
                Some("latin") => Script::Latin,
                _ => Script::Ru,
            };
            text(case, |t| NamePart::parse(t, script).map(|name| name.as_str().to_owned()))
        },
        "phone_e164" => |case| text(case, |t| Phone::parse(t).map(|phone| phone.as_e164().to_owned())),
        "phone_ru_mobile" => {
            |case| text(case, |t| Phone::parse_mobile_ru(t).map(|phone| phone.as_e164().to_owned()))
        }
        "sms_code" => |case| text(case, |t| OneTimeCode::parse(t, 6).map(|code| code.expose().to_owned())),
        "snils" => |case| text(case, |t| Snils::parse(t).map(|snils| snils.as_str().to_owned())),
        _ => return None,
    })
}

fn text(case: &Value, parse: impl Fn(&str) -> Result<String, Refusal>) -> Result<String, &'static str> {
    let input = case.get("input").and_then(Value::as_str).ok_or("input_is_no_text")?;
    parse(input).map_err(Refusal::as_str)
}

/// The form of a password alone (spec 01, section 1): the list of common ones is another matter.
fn password_of(case: &Value) -> Result<String, &'static str> {
    let input = case.get("input").and_then(Value::as_str).ok_or("input_is_no_text")?;
    let policy = password::Policy { refuse_common: false, ..password::Policy::default() };
    match password::check(&policy, input, &[]).first() {
        None => Ok(input.to_owned()),
        Some(fault) => Err(fault.as_str()),
    }
}
