//! Which rule a vector file is named after.

use kernel::ids::{self, Mrz, Plate, PlateKind};
use kernel::{
    ActivationCode, Date, Email, NamePart, OneTimeCode, Phone, Refusal, Script, Snils, password, translit,
};
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
        _ => return documents(file),
    })
}

/// Reads the input with a type's `parse` and gives its stored form.
macro_rules! plain {
    ($kind:ident) => {
        |case| text(case, |t| ids::$kind::parse(t).map(|value| value.as_str().to_owned()))
    };
}

fn documents(file: &str) -> Option<Rule> {
    Some(match file {
        "bank_account" => |case| {
            let bik = parameter(case, "bik");
            text(case, |t| ids::BankAccount::parse(t, bik).map(|account| account.as_str().to_owned()))
        },
        "bik" => plain!(Bik),
        "birth_certificate" => plain!(BirthCertificate),
        "division_code" => plain!(DivisionCode),
        "driving_licence" => plain!(DrivingLicence),
        "fias_guid" => plain!(FiasGuid),
        "inn_org" => plain!(InnOrg),
        "inn_person" => plain!(InnPerson),
        "kbk" => plain!(Kbk),
        "kpp" => plain!(Kpp),
        "military_id" => plain!(MilitaryId),
        "mrz_td3" => |case| text(case, |t| Mrz::parse(t).map(|mrz| mrz.joined())),
        "ogrn" => plain!(Ogrn),
        "ogrnip" => plain!(Ogrnip),
        "okato" => plain!(Okato),
        "oktmo" => plain!(Oktmo),
        "oms_enp" => plain!(OmsPolicy),
        "passport_dates" => passport_dates,
        "passport_intl" => plain!(PassportIntl),
        "passport_rf" => plain!(PassportRf),
        "payment_card" => {
            |case| text(case, |t| ids::PaymentCard::parse(t).map(|card| card.expose().to_owned()))
        }
        "postal_index" => plain!(PostalIndex),
        "rupost14" => plain!(RussianPostNumber),
        "s10" => plain!(PostalNumber),
        "traffic_fine" => plain!(TrafficFine),
        "translit_icao" => |case| text(case, translit::icao),
        "uin" => plain!(Uin),
        "vehicle_plate" => |case| {
            let kind = PlateKind::from_word(parameter(case, "kind")).ok_or("unknown_kind")?;
            text(case, |t| Plate::parse(t, kind).map(|plate| plate.as_str().to_owned()))
        },
        "vehicle_pts" => plain!(VehiclePassport),
        "vehicle_sts" => plain!(VehicleCertificate),
        "vin" => vin,
        _ => return None,
    })
}

fn parameter<'a>(case: &'a Value, name: &str) -> &'a str {
    case.get(name).and_then(Value::as_str).unwrap_or_default()
}

/// The vectors also say whether the informative check digit fits.
fn vin(case: &Value) -> Result<String, &'static str> {
    let expected = case.get("check_digit_ok").and_then(Value::as_bool);
    let vin = ids::Vin::parse(parameter(case, "input")).map_err(Refusal::as_str)?;
    match expected {
        Some(expected) if expected != vin.check_digit_fits() => Err("wrong_check_digit_note"),
        _ => Ok(vin.as_str().to_owned()),
    }
}

fn passport_dates(case: &Value) -> Result<String, &'static str> {
    let dates = case.get("input").ok_or("no_input")?;
    let date = |name| Date::parse_iso(parameter(dates, name)).map_err(Refusal::as_str);
    let state = ids::passport_state(date("birth_date")?, date("issue_date")?, date("as_of")?);
    state.map(|state| state.word().to_owned()).map_err(Refusal::as_str)
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
