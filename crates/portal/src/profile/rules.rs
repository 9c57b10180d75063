//! What belongs together in a profile: which fields a person has, what is missing, what contradicts what. No storage,
//! no clock.

use super::field::{CITIZENSHIPS, DOCUMENTS, Field};
use super::kinds::{Kind, Section};
use super::lists::{ItemId, List, Profile};
use super::value::Fields;
use kernel::ids::{PassportState, passport_state};
use kernel::{Date, Refusal};

/// Something to mend at a field: the key of its text.
pub type Fault = (Field, &'static str);

/// Where a section stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// Nothing was typed.
    Empty,
    /// Something is missing or wrong.
    Unfinished,
    /// Nothing to mend.
    Complete,
}

/// Fields with the day that they are judged on.
pub struct Judge<'a> {
    values: &'a Fields,
    today: Date,
    /// Of an entry: the list that it stands in, beside others.
    beside: Option<(&'a Profile, List, &'a ItemId)>,
}

impl<'a> Judge<'a> {
    /// Judges what a person has once, on a day.
    pub fn new(values: &'a Fields, today: Date) -> Judge<'a> {
        Judge { values, today, beside: None }
    }

    /// Judges an entry of a list beside the others.
    pub fn of_item(
        profile: &'a Profile,
        list: List,
        id: &'a ItemId,
        values: &'a Fields,
        today: Date,
    ) -> Judge<'a> {
        Judge { values, today, beside: Some((profile, list, id)) }
    }

    /// The value a check would be asked with: what was typed last when it can be read, else the value that counts.
    pub fn effective(&self, field: Field) -> Option<String> {
        let entry = self.values.entry(field)?;
        match &entry.draft {
            Some(draft) => field.read(draft, self.values.against()).ok(),
            None => entry.value.as_ref().map(|value| value.text.clone()),
        }
    }

    fn is(&self, field: Field, word: &str) -> bool {
        self.effective(field).as_deref() == Some(word)
    }

    fn date(&self, field: Field) -> Option<Date> {
        Date::parse_iso(&self.effective(field)?).ok()
    }

    /// Whether the person has such a field at all, as far as is known.
    pub fn applies(&self, field: Field) -> bool {
        match field {
            Field::Country => self.is(Field::Citizenship, CITIZENSHIPS[1]),
            Field::Patronymic => !self.is(Field::NoPatronymic, "yes"),
            Field::ChildPatronymic => !self.is(Field::ChildNoPatronymic, "yes"),
            Field::Division => self.values.against().citizen,
            Field::ValidUntil => !self.values.against().citizen,
            field if field.section() == Section::Residence && field != Field::SameAddress => {
                !self.is(Field::SameAddress, "yes")
            }
            _ => true,
        }
    }

    /// Whether a section is of no use without the field.
    pub fn is_needed(&self, field: Field) -> bool {
        match field {
            Field::Inn
            | Field::ChildSnils
            | Field::ValidUntil
            | Field::RegisteredPostcode
            | Field::RegisteredDistrict
            | Field::RegisteredStreet
            | Field::RegisteredFlat
            | Field::ResidencePostcode
            | Field::ResidenceDistrict
            | Field::ResidenceStreet
            | Field::ResidenceFlat => false,
            field if field.section().is_optional() => false,
            field => field.kind() != Kind::Tick && self.applies(field),
        }
    }

    /// Everything to mend in a section, at most one fault a field, in the order of the form.
    pub fn faults(&self, section: Section) -> Vec<Fault> {
        section.fields().filter_map(|field| self.fault_of(field).map(|key| (field, key))).collect()
    }

    /// What is to be mended at one field.
    pub fn fault_of(&self, field: Field) -> Option<&'static str> {
        let typed = self.values.typed(field);
        let patronymic = matches!(field, Field::Patronymic | Field::ChildPatronymic);
        if !self.applies(field) {
            // «No patronymic» beside a patronymic: one of the two must go, and the person says which.
            return (patronymic && !typed.is_empty()).then_some("profile-error-patronymic-both");
        }
        if typed.is_empty() {
            return match field {
                Field::Plate if self.names_no_vehicle() => Some("profile-error-vehicle-empty"),
                _ => self.is_needed(field).then(|| field.error(Refusal::Empty)),
            };
        }
        if let Err(refusal) = field.read(&typed, self.values.against()) {
            return Some(field.error(refusal));
        }
        self.contradiction(field)
    }

    fn contradiction(&self, field: Field) -> Option<&'static str> {
        match field {
            Field::BirthDate => {
                let born = self.date(field)?;
                (!born.can_be_birth(self.today)).then(|| field.error(Refusal::BirthInFuture))
            }
            Field::DocumentKind => {
                let citizen = self.effective(Field::Citizenship).is_none_or(|word| word == CITIZENSHIPS[0]);
                (self.is(field, DOCUMENTS[0]) && !citizen).then_some("profile-error-passport-of-citizen")
            }
            Field::ChildBirthDate => {
                let born = self.date(field)?;
                (!born.can_be_birth(self.today)).then(|| field.error(Refusal::BirthInFuture))
            }
            Field::ChildIssuedOn => self.certificate(field),
            Field::ChildCertificate => {
                self.is_twice(field).then_some("profile-error-birth-certificate-twice")
            }
            Field::Vin => self.is_twice(field).then_some("profile-error-vin-twice"),
            Field::IssuedOn => self.passport().err().map(|refusal| field.error(refusal)),
            Field::ValidUntil => (self.date(field)? < self.today).then(|| field.error(Refusal::Expired)),
            _ => None,
        }
    }

    /// A certificate of birth is issued on the day of the birth at the earliest.
    fn certificate(&self, field: Field) -> Option<&'static str> {
        let issued = self.date(field)?;
        let before = self.date(Field::ChildBirthDate).is_some_and(|born| issued < born);
        match () {
            () if issued > self.today => Some(field.error(Refusal::IssueInFuture)),
            () if before => Some("profile-error-issued-before-birth"),
            () => None,
        }
    }

    /// Whether another entry of the list has the same value.
    fn is_twice(&self, field: Field) -> bool {
        let text = self.effective(field).unwrap_or_default();
        self.beside.is_some_and(|(profile, list, id)| profile.is_twice(list, id, field, &text))
    }

    /// A vehicle needs one of its numbers: a name alone is of use to nobody.
    fn names_no_vehicle(&self) -> bool {
        self.beside.is_some()
            && [Field::Plate, Field::Vin, Field::Certificate]
                .into_iter()
                .all(|field| self.values.typed(field).is_empty())
    }

    /// What the dates of the identity document say.
    ///
    /// # Errors
    /// Why it cannot be used.
    pub fn passport(&self) -> Result<PassportState, Refusal> {
        let Some(issued) = self.date(Field::IssuedOn) else { return Ok(PassportState::Ok) };
        let born = self.date(Field::BirthDate).filter(|born| born.can_be_birth(self.today));
        match born {
            _ if issued > self.today => Err(Refusal::IssueInFuture),
            Some(born) if self.values.against().citizen => passport_state(born, issued, self.today),
            Some(born) if issued < born => Err(Refusal::IssuedBefore14),
            _ => Ok(PassportState::Ok),
        }
    }

    /// Where a section stands.
    pub fn progress(&self, section: Section) -> Progress {
        let nothing = section
            .fields()
            .filter(|field| field.kind() != Kind::Tick)
            .all(|field| self.values.entry(field).is_none());
        match () {
            () if nothing && section.is_optional() => Progress::Empty,
            () if self.faults(section).is_empty() => Progress::Complete,
            () if nothing => Progress::Empty,
            () => Progress::Unfinished,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::Time;

    const TODAY: (i16, i8, i8) = (2026, 11, 22);

    fn today() -> Date {
        Date::new(TODAY.0, TODAY.1, TODAY.2).unwrap()
    }

    const CITIZEN: &[(Field, &str)] = &[
        (Field::Surname, "Береговой"),
        (Field::FirstName, "Пётр"),
        (Field::Patronymic, "Ильич"),
        (Field::Sex, "m"),
        (Field::BirthDate, "05.11.1984"),
        (Field::BirthPlace, "г. Тверь"),
        (Field::Citizenship, "rus"),
        (Field::DocumentKind, "passport_rf"),
        (Field::DocumentNumber, "2811 123456"),
        (Field::IssuedOn, "20.01.2005"),
        (Field::IssuedBy, "ОВД Центрального района г. Твери"),
        (Field::Division, "690-001"),
        (Field::Snils, "112-233-445 95"),
    ];

    fn profile(changes: &[(Field, &str)]) -> Profile {
        let mut profile = Profile::default();
        for (field, text) in CITIZEN.iter().chain(changes) {
            profile.put(*field, text, Time(1));
        }
        profile
    }

    fn faults(changes: &[(Field, &str)]) -> Vec<Fault> {
        let profile = profile(changes);
        let judge = Judge::new(&profile, today());
        let sections = [Section::Personal, Section::Document, Section::Numbers];
        sections.into_iter().flat_map(|section| judge.faults(section)).collect()
    }

    #[test]
    fn a_whole_profile_has_nothing_to_mend() {
        assert_eq!(faults(&[]), []);
        let profile = profile(&[]);
        let judge = Judge::new(&profile, today());
        assert_eq!(judge.progress(Section::Personal), Progress::Complete);
        assert_eq!(judge.progress(Section::Registered), Progress::Empty);
        assert_eq!(judge.passport(), Ok(PassportState::Ok));
    }

    #[test]
    fn each_rule_names_its_field() {
        type Case<'a> = (&'a [(Field, &'a str)], Field, &'a str);
        let table: &[Case<'_>] = &[
            (&[(Field::Surname, "")], Field::Surname, "web-field-surname-empty"),
            (&[(Field::Surname, "Smith")], Field::Surname, "profile-error-name-russian"),
            (&[(Field::NoPatronymic, "yes")], Field::Patronymic, "profile-error-patronymic-both"),
            (&[(Field::Patronymic, "")], Field::Patronymic, "profile-error-patronymic"),
            (&[(Field::BirthDate, "05.11.2030")], Field::BirthDate, "profile-error-birth"),
            (&[(Field::BirthDate, "31.02.1984")], Field::BirthDate, "profile-error-date-none"),
            (&[(Field::Citizenship, "none")], Field::DocumentKind, "profile-error-passport-of-citizen"),
            (&[(Field::Citizenship, "other")], Field::Country, "profile-error-country"),
            (&[(Field::DocumentNumber, "2811")], Field::DocumentNumber, "profile-error-passport-length"),
            (&[(Field::IssuedOn, "05.11.1990")], Field::IssuedOn, "profile-error-issued-1997"),
            (&[(Field::IssuedOn, "04.11.2004")], Field::IssuedOn, "profile-error-issued-grown"),
            (&[(Field::IssuedOn, "05.11.2027")], Field::IssuedOn, "profile-error-issued-future"),
            (&[(Field::Snils, "112-233-445 96")], Field::Snils, "profile-error-snils-checksum"),
            (&[(Field::Inn, "455216039449")], Field::Inn, "profile-error-inn-checksum"),
            (&[(Field::Division, "1")], Field::Division, "profile-error-division"),
        ];
        for (changes, field, key) in table {
            let found = faults(changes);
            assert!(found.contains(&(*field, *key)), "{changes:?}: {found:?}");
        }
    }

    #[test]
    fn an_old_passport_counts_for_ninety_days_more() {
        // 20 on 5 November 2026.
        let young = [(Field::BirthDate, "05.11.2006"), (Field::IssuedOn, "20.01.2021")];
        let profile = profile(&young);
        assert_eq!(Judge::new(&profile, today()).passport(), Ok(PassportState::Grace));
        let later = Date::new(2027, 2, 4).unwrap();
        assert_eq!(Judge::new(&profile, later).passport(), Err(Refusal::Expired));
    }

    #[test]
    fn a_foreigner_has_other_fields() {
        let foreigner = [
            (Field::Citizenship, "other"),
            (Field::Country, "Узбекистан"),
            (Field::DocumentKind, "foreign_passport"),
            (Field::DocumentNumber, "FA 1234567"),
            (Field::Surname, "Karimov"),
            (Field::FirstName, "Rustam"),
            (Field::Patronymic, ""),
            (Field::NoPatronymic, "yes"),
            (Field::Division, ""),
        ];
        assert_eq!(faults(&foreigner), []);
        let expired = [&foreigner[..], &[(Field::ValidUntil, "01.11.2026")]].concat();
        assert_eq!(faults(&expired), [(Field::ValidUntil, "profile-error-expired")]);
    }

    #[test]
    fn where_one_lives_may_be_where_one_is_registered() {
        let profile = profile(&[(Field::SameAddress, "yes")]);
        assert_eq!(Judge::new(&profile, today()).progress(Section::Residence), Progress::Complete);
    }
}
