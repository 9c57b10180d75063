//! Samples of every number, good and bad, and what must hold for any text at all.

use super::*;
use crate::Date;
use proptest::prelude::*;

type Read = fn(&str) -> Result<String, Refusal>;

macro_rules! reads {
    ($($kind:ident),*) => {
        [$((stringify!($kind), (|text| $kind::parse(text).map(|value| value.as_str().to_owned())) as Read)),*]
    };
}

/// Every type that is read from one text.
fn all() -> Vec<(&'static str, Read)> {
    reads![
        BirthCertificate,
        Bik,
        DivisionCode,
        DrivingLicence,
        FiasGuid,
        InnOrg,
        InnPerson,
        Kbk,
        Kpp,
        MilitaryId,
        Ogrn,
        Ogrnip,
        Okato,
        Oktmo,
        OmsPolicy,
        PassportIntl,
        PassportRf,
        PostalIndex,
        PostalNumber,
        RussianPostNumber,
        TrafficFine,
        Uin,
        VehicleCertificate,
        VehiclePassport,
        Vin
    ]
    .to_vec()
}

fn read(kind: &str, text: &str) -> Result<String, Refusal> {
    let (_, read) = all().into_iter().find(|(name, _)| *name == kind).expect("a known kind");
    read(text)
}

#[test]
fn good_numbers_take_their_stored_form() {
    let samples = [
        ("InnPerson", "5221 9071 3825", "522190713825"),
        ("InnOrg", "7325146252", "7325146252"),
        ("Ogrn", "5188332380891", "5188332380891"),
        ("Ogrnip", "323861440726972", "323861440726972"),
        ("Kpp", "7701Аa001", "7701AA001"),
        ("PassportRf", "95 17\u{a0}№ 499851", "9517 499851"),
        ("PassportRf", "0715\u{2011}585743", "0715 585743"),
        ("DivisionCode", "162169", "162-169"),
        ("PassportIntl", "63№2195242", "63 2195242"),
        ("BirthCertificate", "iii-хр № 268063", "III-ХР 268063"),
        ("BirthCertificate", "VIIЭД246462", "VII-ЭД 246462"),
        ("BirthCertificate", "ХI-XГ 061456", "XI-ХГ 061456"),
        ("DrivingLicence", "13 HM 725223", "13НМ 725223"),
        ("VehicleCertificate", "2968016825", "2968 016825"),
        ("VehiclePassport", "77 УА № 123456", "77УА 123456"),
        ("VehiclePassport", "14960 45520 01890", "149604552001890"),
        ("MilitaryId", "ат№020485", "АТ 020485"),
        ("Vin", "1m8gdm9axkp042788", "1M8GDM9AXKP042788"),
        ("OmsPolicy", "7033 1666 6191 4833", "7033166661914833"),
        ("Uin", "18810491847180329018", "18810491847180329018"),
        ("TrafficFine", "0356355622418466236531279", "0356355622418466236531279"),
        ("Bik", "044525225", "044525225"),
        ("Okato", "45", "45"),
        ("RussianPostNumber", "17424014236055", "17424014236055"),
        ("PostalNumber", "mс539391867fi", "MC539391867FI"),
        ("FiasGuid", "B837D09D-B686-450C-A1D6-3826065D8C5E", "b837d09d-b686-450c-a1d6-3826065d8c5e"),
    ];
    for (kind, typed, stored) in samples {
        assert_eq!(read(kind, typed).as_deref(), Ok(stored), "{kind} {typed}");
    }
}

#[test]
fn bad_numbers_are_refused_for_the_right_reason() {
    let samples = [
        ("InnPerson", "455216039449", Refusal::Checksum),
        ("InnPerson", "7325146252", Refusal::BadLength),
        ("InnPerson", "005578119898", Refusal::BadRegion),
        ("InnOrg", "7564908882", Refusal::Checksum),
        ("Ogrn", "5149885201414", Refusal::Checksum),
        ("Ogrn", "0163271098090", Refusal::BadPrefix),
        ("Ogrnip", "304457846546172", Refusal::Checksum),
        ("Kpp", "77AB01001", Refusal::BadFormat),
        ("PassportRf", "№ 2405009186", Refusal::BadChar),
        ("PassportRf", "8805 №№ 711641", Refusal::BadChar),
        ("PassportRf", "8805  № 711641", Refusal::BadSeparator),
        ("PassportRf", "8805-№711641", Refusal::BadSeparator),
        ("PassportRf", "88 №05711641", Refusal::BadFormat),
        ("PassportRf", "1154000000", Refusal::AllZero),
        ("PassportIntl", "002532392", Refusal::BadSeries),
        ("BirthCertificate", "IIII-АН 776204", Refusal::BadRoman),
        ("BirthCertificate", "II-ЇЄ 052513", Refusal::BadLetter),
        ("DrivingLicence", "771А661888", Refusal::BadFormat),
        ("Vin", "11111111111111111", Refusal::AllSame),
        ("Vin", "VI23YWMA4TJ3K9906", Refusal::BadChar),
        ("Uin", "1807119595059754256936864", Refusal::Checksum),
        ("TrafficFine", "70655654488605934118", Refusal::BadPrefix),
        ("Bik", "045926039", Refusal::BadSuffix),
        ("PostalIndex", "098584", Refusal::BadPrefix),
        ("FiasGuid", "00000000-0000-0000-0000-000000000000", Refusal::AllZero),
        ("Kbk", "0", Refusal::BadLength),
    ];
    for (kind, typed, why) in samples {
        assert_eq!(read(kind, typed).err(), Some(why), "{kind} {typed}");
    }
}

#[test]
fn remainders_above_nine_of_a_sole_trader_count_by_their_last_digit() {
    for good in ["307015253308782", "307058505291571", "310711847893560"] {
        assert!(Ogrnip::parse(good).is_ok(), "{good}");
    }
}

#[test]
fn accounts_are_checked_against_their_bank() {
    // The worked examples of the Bank of Russia's rule, and two sets of public requisites.
    for (account, bik) in [
        ("30101810800000000746", "049805746"),
        ("40602810700000000025", "049805746"),
        ("30101810400000000225", "044525225"),
        ("40102810445370000059", "017003983"),
    ] {
        assert!(BankAccount::parse(account, bik).is_ok(), "{account}");
        let wrong = account.replacen("810", "811", 1);
        assert_eq!(BankAccount::parse(&wrong, bik).err(), Some(Refusal::Checksum), "{account}");
    }
    assert_eq!(BankAccount::parse("03100643000000017300", "017003983").err(), Some(Refusal::TreasuryAccount));
    assert_eq!(BankAccount::parse("40602810700000000025", "04980574").err(), Some(Refusal::BadBik));
}

#[test]
fn plates_need_their_kind() {
    let plate = |text, kind| Plate::parse(text, kind).map(|plate| plate.as_str().to_owned());
    assert_eq!(plate("а978хо40", PlateKind::Car).as_deref(), Ok("А978ХО40"));
    assert_eq!(plate("MM 0625920", PlateKind::Trailer).as_deref(), Ok("ММ0625920"));
    assert_eq!(plate("ММ0625920", PlateKind::Taxi).err(), Some(Refusal::BadFormat));
    assert_eq!(plate("А961АА200", PlateKind::Car).err(), Some(Refusal::BadRegion));
    assert_eq!(plate("А000АА77", PlateKind::Car).err(), Some(Refusal::AllZero));
}

#[test]
fn informative_check_digits_are_only_informative() {
    assert!(Vin::parse("1M8GDM9AXKP042788").is_ok_and(|vin| vin.check_digit_fits()));
    assert!(Vin::parse("VT3L484MP5LCB0458").is_ok_and(|vin| !vin.check_digit_fits()));
    assert!(PaymentCard::parse("2202 1364 8232 4682").is_ok_and(|card| card.is_mir()));
}

#[test]
fn passports_run_out_at_twenty_and_forty_five() {
    let day = |text| Date::parse_iso(text).unwrap();
    let state = |birth, issued, on| passport_state(day(birth), day(issued), day(on));
    assert_eq!(state("2003-10-24", "2017-11-15", "2024-01-22"), Ok(PassportState::Grace));
    assert_eq!(state("2003-10-24", "2017-11-15", "2024-01-23"), Err(Refusal::Expired));
    assert_eq!(state("2003-12-10", "2018-01-01", "2023-12-09"), Ok(PassportState::Ok));
    assert_eq!(state("2004-02-29", "2018-02-27", "2018-03-30"), Err(Refusal::IssuedBefore14));
    assert_eq!(state("1960-06-03", "2005-07-02", "2099-07-01"), Ok(PassportState::Ok));
}

#[test]
fn machine_readable_lines_give_their_fields() {
    let text =
        "P<RUSSHIIURRAEL<<RA<<<<<<<<<<<<<<<<<<<<<<<<<\r\n7388878881RUS8511283F2508245<<<<<<<<<<<<<<<0\r\n";
    let mrz = Mrz::parse(text).unwrap();
    assert_eq!(mrz.joined(), "738887888|851128|F|250824|SHIIURRAEL|RA");
    assert_eq!(format!("{mrz:?}"), "Mrz(…)");
    assert_eq!(Mrz::parse(&text.replace("7388878881", "7388878882")).err(), Some(Refusal::Checksum));
    assert_eq!(Mrz::parse("P<RUS").err(), Some(Refusal::BadLength));
}

#[test]
fn debug_never_shows_a_whole_document() {
    let passport = PassportRf::parse("4510123456").unwrap();
    assert_eq!(format!("{passport:?}"), "PassportRf(***456)");
    assert_eq!(format!("{:?}", PaymentCard::parse("2202136482324682").unwrap()), "PaymentCard(…)");
}

proptest! {
    #[test]
    fn nothing_panics_and_stored_forms_are_stable(
        text in "\\PC*|[0-9 №-]{0,30}|[A-ZА-Я0-9 №-]{0,20}|[0-9]{20}|[0-9]{25}",
    ) {
        for (kind, read) in all() {
            if let Ok(stored) = read(&text) {
                prop_assert_eq!(read(&stored), Ok(stored.clone()), "{}", kind);
            }
        }
        let _ = (Mrz::parse(&text), BankAccount::parse(&text, &text), PaymentCard::parse(&text));
        for kind in [PlateKind::Car, PlateKind::Taxi, PlateKind::Trailer, PlateKind::Moto] {
            if let Ok(plate) = Plate::parse(&text, kind) {
                prop_assert_eq!(Plate::parse(plate.as_str(), kind), Ok(plate.clone()));
            }
        }
    }

    #[test]
    fn one_wrong_digit_never_passes_where_the_rule_promises_it(
        body in "[1-9][0-9]{14}", place in 0_usize..16, by in 1_u32..10,
    ) {
        // Luhn finds every single wrong digit; the others fold remainders and let a few through.
        let whole = (0..10).map(|check| format!("{body}{check}")).find(|number| luhn(number)).unwrap();
        let mut digits: Vec<u32> = whole.chars().filter_map(|c| c.to_digit(10)).collect();
        digits[place] = (digits[place] + by) % 10;
        let wrong: String = digits.iter().filter_map(|&d| char::from_digit(d, 10)).collect();
        prop_assert!(OmsPolicy::parse(&whole).is_ok());
        prop_assert!(OmsPolicy::parse(&wrong).is_err());
    }
}
