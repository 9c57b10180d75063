#![no_main]
//! Numbers of documents and registers: what is taken reads back, whatever the text.

use kernel::ids::*;
use libfuzzer_sys::fuzz_target;

macro_rules! stable {
    ($text:expr; $($kind:ident)*) => {$(
        if let Ok(value) = $kind::parse($text) {
            assert_eq!($kind::parse(value.as_str()).as_ref(), Ok(&value), stringify!($kind));
            let _ = (value.masked(), format!("{value:?}"));
        }
    )*};
}

fuzz_target!(|text: &str| {
    stable!(text; BirthCertificate Bik DivisionCode DrivingLicence FiasGuid InnOrg InnPerson Kbk Kpp MilitaryId Ogrn
        Ogrnip Okato Oktmo OmsPolicy PassportIntl PassportRf PostalIndex PostalNumber RussianPostNumber TrafficFine
        Uin VehicleCertificate VehiclePassport Vin);
    let _ = (Mrz::parse(text), PaymentCard::parse(text), BankAccount::parse(text, "044525225"));
    for kind in [PlateKind::Car, PlateKind::Taxi, PlateKind::Trailer, PlateKind::Moto] {
        if let Ok(plate) = Plate::parse(text, kind) {
            assert_eq!(Plate::parse(plate.as_str(), kind), Ok(plate));
        }
    }
});
