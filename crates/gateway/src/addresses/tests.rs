//! What is found by what people type, in the sample, in tables, and among a million streets.

use super::table::HEADER;
use super::*;
use kernel::Rng;
use proptest::prelude::*;
use std::collections::HashSet;
use std::fmt::Write as _;
use std::sync::LazyLock;

static SAMPLE: LazyLock<Index> = LazyLock::new(|| embedded::load().expect("the sample"));

fn names(found: &[Place]) -> Vec<&str> {
    found.iter().map(|place| place.name.as_str()).collect()
}

/// What is offered under places that are named from the largest to the smallest.
fn offered(directory: &dyn Directory, level: Level, above: &[(Level, &str)], typed: &str) -> Vec<Place> {
    let mut parents: Vec<Id> = Vec::new();
    for (level, name) in above {
        let found = directory.find(*level, &parents, name, Fit::Whole, 8);
        assert!(!found.is_empty(), "{name}");
        parents = found.into_iter().map(|place| place.id).collect();
    }
    directory.find(level, &parents, typed, Fit::Begins, 10)
}

#[test]
fn ids_are_guids_or_numbers() {
    let guid = "0c5b2444-70a0-4932-980c-b4dc0d3f02b5";
    for text in [guid, "77", "0", "18446744073709551615"] {
        assert_eq!(Id::parse(text).map(|id| id.to_string()).as_deref(), Some(text));
    }
    assert_eq!(Id::parse(&guid.to_uppercase()), Id::parse(guid));
    for bad in ["", "-", "0c5b2444", "18446744073709551616", guid.get(1..).unwrap(), "+1", "é"] {
        assert_eq!(Id::parse(bad), None, "{bad}");
    }
    assert!(Id::parse(guid).is_some_and(Id::is_guid));
    assert!(!Id::number(u64::MAX).is_guid());
}

#[test]
fn the_sample_has_the_regions_the_towns_and_some_streets() {
    let sample = &*SAMPLE;
    let regions = sample.regions();
    assert_eq!(regions.len(), 83);
    for region in [
        "Москва",
        "Тверская область",
        "Чувашская Республика",
        "Республика Алтай",
        "Ненецкий автономный округ",
    ] {
        assert!(regions.iter().any(|one| one == region), "{region} in {regions:?}");
    }
    assert!(sample.size() > 1800, "{}", sample.size());
}

#[test]
fn what_people_type_finds_what_they_mean() {
    use Level::{City, District, Region, Street};
    let sample = &*SAMPLE;
    type Case<'a> = (Level, &'a [(Level, &'a str)], &'a str, &'a [&'a str]);
    let tver: &[(Level, &str)] = &[(Region, "Тверская обл."), (City, "Тверь")];
    let moscow: &[(Level, &str)] = &[(Region, "Москва"), (City, "г Москва")];
    let table: &[Case<'_>] = &[
        (Region, &[], "твер", &["Тверская область"]),
        (Region, &[], "ТВЕРСКАЯ ОБЛАСТЬ", &["Тверская область"]),
        (Region, &[], "саха", &["Республика Саха (Якутия)", "Сахалинская область"]),
        (Region, &[], "югра", &["Ханты-Мансийский автономный округ — Югра"]),
        (Region, &[], "хмао", &[]),
        (City, &[], "твер", &["г. Тверь"]),
        (City, &[], "г. Орел", &["г. Орёл"]),
        (City, &[], "орёл", &["г. Орёл"]),
        (City, &[], "камень на", &["г. Камень-на-Оби"]),
        (City, &[], "посад сергиев", &["г. Сергиев Посад"]),
        (City, &[], "челны", &["г. Набережные Челны"]),
        (City, &[], "моск", &["г. Москва", "г. Московский"]),
        (City, &[(Region, "Тверская область")], "то", &["г. Торжок", "г. Торопец"]),
        (City, &[(Region, "Тверская область")], "моск", &[]),
        (District, &[(Region, "тверская область")], "калин", &["Калининский район"]),
        (Street, tver, "чайковского", &["пр-кт Чайковского"]),
        (Street, tver, "советс", &["ул. Советская"]),
        (Street, tver, "ул.Советская", &["ул. Советская"]),
        (Street, tver, "никитина наб", &["наб. Афанасия Никитина"]),
        (Street, tver, "шмидта", &["ул. Шмидта", "б-р Шмидта"]),
        (Street, tver, "бульвар шмидта", &["б-р Шмидта", "ул. Шмидта"]),
        (Street, moscow, "Мира проспект", &["пр-кт Мира"]),
        (Street, moscow, "маршала жукова", &["ул. Маршала Жукова", "пр-кт Маршала Жукова"]),
        (Street, moscow, "пр-кт маршала жукова", &["пр-кт Маршала Жукова", "ул. Маршала Жукова"]),
        (Street, moscow, "1-я парк", &["ул. 1-я Парковая", "ул. 11-я Парковая"]),
        (Street, &[], "мира", &[]),
    ];
    for (level, above, typed, expected) in table {
        let found = offered(sample, *level, above, typed);
        assert_eq!(names(&found).get(..expected.len()), Some(*expected), "{typed}: {found:?}");
        assert!(!expected.is_empty() || found.is_empty(), "{typed}: {found:?}");
    }
}

#[test]
fn a_place_tells_where_it_lies() {
    let sample = &*SAMPLE;
    let tver = sample.find(Level::City, &[], "Тверь", Fit::Whole, 2).remove(0);
    assert_eq!(tver.above, [(Level::Region, "Тверская область".to_owned())]);
    assert_eq!(sample.place(tver.id), Some(tver.clone()));
    let street = sample.find(Level::Street, &[tver.id], "Советская", Fit::Whole, 2).remove(0);
    assert_eq!(street.postcode.as_deref(), Some("170100"));
    assert_eq!(street.above.first(), Some(&(Level::City, "г. Тверь".to_owned())));
    let moscow = sample.find(Level::City, &[], "Москва", Fit::Whole, 2).remove(0);
    assert_eq!((moscow.name.as_str(), moscow.level), ("г. Москва", Level::Region));
    assert_eq!(moscow.above, [(Level::Region, "Москва".to_owned())]);
    let arbat = sample.find(Level::Street, &[moscow.id], "Арбат", Fit::Whole, 2).remove(0);
    assert_eq!(arbat.above, [(Level::City, "г. Москва".to_owned()), (Level::Region, "Москва".to_owned())]);
    assert_eq!(sample.place(Id::number(u64::MAX)), None);
}

fn table(rows: &str) -> Result<Index, String> {
    table::read(format!("{HEADER}\n{rows}").as_bytes(), 100)
}

#[test]
fn a_table_is_read_in_any_order() {
    let rows = "\
        0c5b2444-70a0-4932-980c-b4dc0d3f0003,2,street,ул,\"Мира, большая\",101000\n\
        2,1,city,г,Заречье,\r\n\n\
        1,,region,обл,Дальняя,\n\
        4,1,district,р-н,Ближний,\n\
        5,4,city,с,\"Кафе \"\"Уют\"\"\",101001\n";
    let index = table(rows).expect("a table");
    assert_eq!(index.size(), 5);
    let street =
        Id::parse("0c5b2444-70a0-4932-980c-b4dc0d3f0003").and_then(|id| index.place(id)).expect("a street");
    assert_eq!((street.name.as_str(), street.postcode.as_deref()), ("ул. Мира, большая", Some("101000")));
    let village = offered(&index, Level::City, &[(Level::Region, "дальняя")], "уют").remove(0);
    assert_eq!(village.above.first(), Some(&(Level::District, "Ближний район".to_owned())));
    assert_eq!(
        names(&offered(&index, Level::City, &[(Level::District, "ближний р-н")], "кафе")),
        ["с. Кафе \"Уют\""]
    );
}

#[test]
fn a_bad_table_is_refused_with_its_line() {
    let region = "1,,region,обл,Дальняя,\n";
    for (rows, line, why) in [
        ("", "", "no places"),
        ("x,,region,обл,А,\n", "line 2", "id:"),
        ("1,y,region,обл,А,\n", "line 2", "parent:"),
        ("1,,planet,обл,А,\n", "line 2", "level:"),
        ("1,,region,обл,,\n", "line 2", "a name of"),
        ("1,,region,обл,---,\n", "line 2", "letters"),
        ("1,,region,обл,А\u{7},\n", "line 2", "a character"),
        ("1,,region,обл,А,12345\n", "line 2", "6 digits"),
        ("1,,region,обл,А,١٢٣\n", "line 2", "6 digits"),
        ("1,,region,обл,А\n", "line 2", "5 columns"),
        ("1,,region,обл,\"А,\n", "line 2", "not closed"),
        ("1,,region,обл,\"А\"б,\n", "line 2", "after the closing"),
        ("1,,region,обл,А\"б,\n", "line 2", "inside of a cell"),
        ("1,2,region,обл,А,\n", "line 2", "have no parent"),
        ("1,,region,обл,Дальняя,\n2,,city,г,А,\n", "line 3", "have no parent"),
        ("1,,region,обл,Дальняя,\n\n2,9,city,г,А,\n", "line 4", "no place has the id 9"),
        ("1,,region,обл,Дальняя,\n2,1,city,г,А,\n2,1,city,г,Б,\n", "line 4", "already"),
        ("1,,region,обл,Дальняя,\n2,1,street,ул,А,\n", "line 3", "does not lie in a region"),
        ("1,,region,обл,Дальняя,\n2,1,city,г,А,\n3,2,city,г,Б,\n", "line 4", "does not lie in a city"),
    ] {
        let said = table(rows).err().unwrap_or_else(|| panic!("{rows} was taken"));
        assert!(said.starts_with(line) && said.contains(why), "{rows}: {said}");
    }
    assert!(table(region).is_ok());
    let read = |text: &[u8], most| table::read(text, most).err().unwrap_or_default();
    assert!(read(b"id;parent\n", 9).starts_with("line 1: expected"));
    assert!(
        read(format!("{HEADER}\n{region}2,,region,обл,Б,\n").as_bytes(), 1).contains("more than 1 places")
    );
    assert!(read(format!("{HEADER}\n{}", "х".repeat(5000)).as_bytes(), 9).contains("longer than"));
    assert!(read(&[HEADER.as_bytes(), b"\n\xff\xfe\n"].concat(), 9).starts_with("line 2"));
    assert!(
        table::load(Path::new("/nowhere/places.csv"), 9).err().is_some_and(|why| why.contains("places.csv"))
    );
}

fn row<'a>(id: u64, parent: Option<u64>, level: Level, kind: &'a str, name: &'a str) -> Row<'a> {
    Row { id: Id::number(id), parent: parent.map(Id::number), level, kind, name, postcode: "" }
}

/// A region whose only town has so many streets, each of three words from a vocabulary.
fn big(streets: usize) -> Index {
    let syllables =
        ["ба", "во", "ге", "ди", "жа", "зу", "ка", "ле", "мо", "ни", "по", "ра", "се", "ту", "хо", "ше"];
    let mut rng = Rng::seeded(7);
    let mut builder = Builder::default();
    builder.add(row(1, None, Level::Region, "обл", "Большая")).unwrap();
    builder.add(row(2, Some(1), Level::City, "г", "Миллион")).unwrap();
    for number in 0..streets as u64 {
        let mut name = String::new();
        for at in 0..7 {
            let syllable = syllables[rng.below(16) as usize];
            write!(name, "{}{syllable}", if at == 3 { " " } else { "" }).unwrap();
        }
        builder.add(row(number + 3, Some(2), Level::Street, "ул", &name)).unwrap();
    }
    builder.build().unwrap()
}

#[test]
fn among_many_streets_few_are_given_and_the_right_ones_come_first() {
    // The row of `make bench` measures a million.
    let index = big(50_000);
    let asked = ["к", "ка", "кале", "калемо", "ул кале", "ше ба", "ба во ге ди", "ё", "ул", "улица"];
    for typed in asked {
        for _ in 0..10 {
            assert!(index.find(Level::Street, &[Id::number(2)], typed, Fit::Begins, 10).len() <= 10);
        }
    }
    assert!(!index.find(Level::Street, &[Id::number(2)], "кале", Fit::Begins, 10).is_empty());
}

#[test]
fn hostile_texts_cost_nothing() {
    let sample = &*SAMPLE;
    for typed in [
        "а".repeat(10_000),
        "\u{301}".repeat(5_000),
        "\u{0}\u{7}\u{202e}".to_owned(),
        "а ".repeat(2_000),
        "-".repeat(999),
        "'; DROP TABLE --".to_owned(),
    ] {
        for level in Level::ALL {
            assert!(sample.find(level, &[], &typed, Fit::Begins, 10).is_empty(), "{typed:.20}");
        }
    }
    let many: Vec<Id> = (0..10_000).map(Id::number).collect();
    assert!(sample.find(Level::City, &many, "м", Fit::Begins, 3).len() <= 3);
}

proptest! {
    #[test]
    fn whatever_begins_a_name_finds_it(at in 0_usize..1800, cut in 1_usize..12, upper: bool, fit_whole: bool) {
        let sample = &*SAMPLE;
        let Some(place) = sample.nth(at) else { return Ok(()) };
        let parent = place.above.last().map(|(_, region)| sample.find(Level::Region, &[], region, Fit::Whole, 1).remove(0).id);
        let parent = match place.above.iter().find(|(level, _)| *level == Level::City) {
            Some((_, city)) => sample.find(Level::City, parent.as_slice(), city, Fit::Whole, 1).first().map(|city| city.id),
            None => parent,
        };
        let typed: String = if fit_whole { place.name.clone() } else { place.name.chars().take(cut + 4).collect() };
        let typed = if upper { typed.to_uppercase() } else { typed };
        let fit = if fit_whole { Fit::Whole } else { Fit::Begins };
        let found = sample.find(place.level, parent.as_slice(), &typed, fit, usize::MAX);
        let ids: HashSet<Id> = found.iter().map(|found| found.id).collect();
        prop_assert!(ids.contains(&place.id) , "{typed}: {:?} not in {} found", place, found.len());
    }

    #[test]
    fn nothing_typed_breaks_a_search(typed in "\\PC{0,40}|[а-яА-ЯёЁ .\\-]{0,40}", level in 0_usize..4, most in 0_usize..20) {
        let sample = &*SAMPLE;
        for fit in [Fit::Begins, Fit::Whole] {
            let found = sample.find(Level::ALL[level], &[], &typed, fit, most);
            prop_assert!(found.len() <= most);
        }
    }

    #[test]
    fn no_table_breaks_the_reader(text in "\\PC{0,200}", rows in proptest::collection::vec("[0-9]{0,2},[0-9]{0,2},(region|city|street|district|x),(г|ул|обл|),[А-я\" ,]{0,8},[0-9]{0,6}", 0..8)) {
        let _ = table::read(text.as_bytes(), 10);
        let _ = table(&rows.join("\n"));
        let _ = table(&text);
    }
}
