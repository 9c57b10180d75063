//! The key ring: sealing, tampering, rotation, the file.

use crate::Standing;
use kernel::{Clock, Rng, RngSource};
use proptest::prelude::*;
use std::os::unix::fs::PermissionsExt;
use std::sync::Arc;
use store::jobs::{Worker, WorkerOptions};
use store::keys::rotate::{self, Sweep, SweepHandler, WrappedColumn};
use store::keys::{KeyError, KeyRing, Purpose, SubjectKey, Use};
use store::{StoreError, Tx, params};
use testkit::db::{each_engine, folder};

proptest! {
    #[test]
    fn sealed_bytes_open_only_unchanged_in_their_context_and_under_their_key(
        plain in proptest::collection::vec(any::<u8>(), 0..200),
        context in "[a-z./]{0,20}",
        other in "[a-z./]{0,20}",
        seed in any::<u64>(),
        at in any::<prop::sample::Index>(),
        bit in 0..8_u32,
    ) {
        let mut rng = Rng::seeded(seed);
        let ring = KeyRing::in_memory(&mut rng);
        let (key, wrapped) = ring.new_subject_key(&mut rng);
        let sealed = key.seal(&context, &plain, &mut rng);
        prop_assert_eq!(key.open(&context, &sealed).unwrap(), plain.clone());
        prop_assert_eq!(ring.unwrap_subject_key(&wrapped).unwrap().open(&context, &sealed).unwrap(), plain.clone());
        prop_assert_ne!(key.seal(&context, &plain, &mut rng), sealed.clone());
        if context != other {
            prop_assert_eq!(key.open(&other, &sealed), Err(KeyError::Refused));
        }
        let (stranger, _) = ring.new_subject_key(&mut rng);
        prop_assert_eq!(stranger.open(&context, &sealed), Err(KeyError::Refused));
        let mut changed = sealed.clone();
        *at.get_mut(&mut changed) ^= 1 << bit;
        prop_assert_eq!(key.open(&context, &changed), Err(KeyError::Refused));
        prop_assert_eq!(key.open(&context, &sealed[..at.index(sealed.len())]), Err(KeyError::Refused));
        let mut changed = wrapped.clone();
        *at.get_mut(&mut changed) ^= 1 << bit;
        prop_assert!(ring.unwrap_subject_key(&changed).is_err());
    }

    #[test]
    fn arbitrary_bytes_are_refused_without_a_panic(bytes in proptest::collection::vec(any::<u8>(), 0..120)) {
        let mut rng = Rng::seeded(1);
        let ring = KeyRing::in_memory(&mut rng);
        let (key, _) = ring.new_subject_key(&mut rng);
        prop_assert!(ring.unwrap_subject_key(&bytes).is_err());
        prop_assert!(key.open("c", &bytes).is_err());
        let _ = KeyRing::from_json(&String::from_utf8_lossy(&bytes));
    }
}

#[test]
fn parts_of_a_mac_cannot_be_shifted_and_purposes_and_domains_are_apart() {
    let ring = KeyRing::in_memory(&mut Rng::seeded(1));
    let parts: [&[&[u8]]; 5] = [&[b"ab", b"c"], &[b"a", b"bc"], &[b"abc"], &[b"abc", b""], &[]];
    let macs: std::collections::HashSet<_> =
        parts.iter().map(|parts| ring.mac(Purpose::Code, parts)).collect();
    assert_eq!(macs.len(), parts.len());
    let purposes = [Purpose::Code, Purpose::Token, Purpose::Csrf, Purpose::Pepper, Purpose::Device];
    let macs: std::collections::HashSet<_> = purposes.iter().map(|p| ring.mac(*p, &[b"abc"])).collect();
    assert_eq!(macs.len(), purposes.len());
    assert_ne!(ring.blind_index("phone", "+79000000000"), ring.blind_index("email", "+79000000000"));
    assert_eq!(ring.blind_index("phone", "+79000000000"), ring.blind_index("phone", "+79000000000"));
}

#[test]
fn old_keys_still_open_after_a_rotation_until_they_are_retired() {
    let mut rng = Rng::seeded(1);
    let ring = KeyRing::in_memory(&mut rng);
    let other_handle = ring.clone();
    let (key, wrapped) = ring.new_subject_key(&mut rng);
    let sealed = key.seal("c", b"text", &mut rng);
    let old = ring.active_kek_id();
    let index = ring.blind_index("phone", "1");
    let new = ring.rotate(Use::Kek, &mut rng).unwrap();
    ring.rotate(Use::Index, &mut rng).unwrap();
    assert_eq!((ring.active_kek_id(), other_handle.active_kek_id()), (new.clone(), new.clone()));
    let opened = other_handle.unwrap_subject_key(&wrapped).unwrap();
    assert_eq!(opened.open("c", &sealed).unwrap(), b"text");
    let again = ring.wrap_subject_key(&opened, &mut rng);
    assert_eq!(KeyRing::kek_of(&again), Some(new.as_str()));
    assert_eq!(ring.blind_indexes("phone", "1")[1], index);
    assert_eq!(ring.blind_indexes("phone", "1")[0], ring.blind_index("phone", "1"));
    assert_eq!(ring.retire(&new, &mut rng), Err(KeyError::UnknownKey(new)), "the active key stays");
    ring.retire(&old, &mut rng).unwrap();
    assert!(matches!(ring.unwrap_subject_key(&wrapped), Err(KeyError::UnknownKey(_))));
    assert_eq!(ring.unwrap_subject_key(&again).unwrap().open("c", &sealed).unwrap(), b"text");
    let pepper = ring.active_pepper_id();
    assert!(ring.pepper(&pepper).is_some() && ring.pepper("none").is_none());
}

#[test]
fn the_file_is_private_made_once_and_read_again_when_it_changes() {
    let place = folder();
    let path = place.join("keys.json");
    // Many processes start at once: all of them have the same ring.
    let rings: Vec<KeyRing> = std::thread::scope(|scope| {
        let start = |seed| {
            let path = path.clone();
            scope.spawn(move || KeyRing::load_or_create(path, &mut Rng::seeded(seed)).unwrap())
        };
        let starting: Vec<_> = (0..8).map(start).collect();
        starting.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert!(rings.iter().all(|ring| ring.list() == rings[0].list()));
    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(std::fs::read_dir(&place).unwrap().count(), 1, "nothing is left beside it");

    let (a, b) = (&rings[0], &rings[1]);
    let mut rng = Rng::seeded(9);
    a.rotate(Use::Kek, &mut rng).unwrap();
    assert_ne!(a.active_kek_id(), b.active_kek_id());
    let (key, wrapped) = a.new_subject_key(&mut rng);
    let sealed = key.seal("c", b"text", &mut rng);
    // An instance that has not looked yet looks when it meets an unknown key.
    assert_eq!(b.unwrap_subject_key(&wrapped).unwrap().open("c", &sealed).unwrap(), b"text");
    assert_eq!(a.active_kek_id(), b.active_kek_id());
    assert!(!b.reload().unwrap());
    // Two administrators at once lose no key.
    std::thread::scope(|scope| {
        for (ring, seed) in rings.iter().zip(20..) {
            scope.spawn(move || ring.rotate(Use::Code, &mut Rng::seeded(seed)).unwrap());
        }
    });
    a.reload().unwrap();
    assert_eq!(a.list().iter().filter(|key| key.key_use == Use::Code).count(), 9);

    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o640)).unwrap();
    assert_eq!(KeyRing::load(&path).unwrap_err(), KeyError::Exposed(0o640));
    std::fs::remove_dir_all(place).unwrap();
}

#[test]
fn a_broken_file_is_told_without_its_content_and_secrets_are_not_printed() {
    let place = folder();
    let path = place.join("keys.json");
    let ring = KeyRing::load_or_create(&path, &mut Rng::seeded(1)).unwrap();
    let text = std::fs::read_to_string(&path).unwrap();
    let secret = serde_json::from_str::<serde_json::Value>(&text).unwrap()["keys"][0]["secret"]
        .as_str()
        .unwrap()
        .to_owned();
    let (key, _) = ring.new_subject_key(&mut Rng::seeded(2));
    for shown in [format!("{ring:?}"), format!("{key:?}"), format!("{:?}", ring.list())] {
        assert!(!shown.contains(&secret) && shown.len() < 2000, "{shown}");
    }
    for broken in [
        text.replace("secret", "sekret"),
        text.replace("\"active\": true", "\"active\": false"),
        text[..99].into(),
    ] {
        let error = KeyRing::from_json(&broken).unwrap_err();
        assert!(matches!(error, KeyError::Format(_)) && !error.to_string().contains(&secret), "{error}");
    }
    let given = KeyRing::from_json(&text).unwrap();
    assert_eq!(given.list(), ring.list());
    assert_eq!(given.rotate(Use::Kek, &mut Rng::seeded(3)), Err(KeyError::Fixed));
    std::fs::remove_dir_all(place).unwrap();
}

const COLUMN: WrappedColumn = WrappedColumn { table: "test_person", id: "id", wrapped: "wrapped" };

/// Recomputes the blind index of each row from its sealed name.
struct NameIndex;

impl Sweep for NameIndex {
    fn name(&self) -> &str {
        "person.name"
    }
    fn key_use(&self) -> Use {
        Use::Index
    }
    fn batch(
        &self,
        tx: &mut Tx<'_>,
        ring: &KeyRing,
        after: &str,
        limit: u32,
        _: &mut Rng,
    ) -> Result<Option<String>, StoreError> {
        let sql = "SELECT id, wrapped, sealed FROM test_person WHERE id > $1 AND wrapped IS NOT NULL ORDER BY id LIMIT $2";
        let rows = tx.all(sql, params![after, limit], |row| {
            Ok((row.get::<String>(0)?, row.get::<Vec<u8>>(1)?, row.get::<Vec<u8>>(2)?))
        })?;
        for (id, wrapped, sealed) in &rows {
            let name = ring.unwrap_subject_key(wrapped).and_then(|key| key.open(id, sealed)).unwrap();
            let index = ring.blind_index("name", std::str::from_utf8(&name).unwrap());
            tx.exec("UPDATE test_person SET name_index = $1 WHERE id = $2", params![&index, id])?;
        }
        Ok(rows.into_iter().next_back().map(|(id, ..)| id))
    }
}

#[tokio::test]
async fn a_rotation_sweeps_every_row_in_the_background() {
    const ROWS: usize = 1203;
    each_engine(|db| async move {
        let clock = Standing::new();
        let mut rng = Rng::seeded(3);
        let ring = KeyRing::in_memory(&mut rng);
        let (first, mut chance) = (ring.clone(), Rng::seeded(4));
        db.write(move |tx| {
            let blob = if tx.engine() == store::Engine::Postgres { "BYTEA" } else { "BLOB" };
            tx.exec(&format!("CREATE TABLE test_person (id TEXT PRIMARY KEY, wrapped {blob}, sealed {blob}, name_index {blob})"), &[])?;
            for n in 0..ROWS {
                let id = format!("per_{n:05}");
                let (key, wrapped) = first.new_subject_key(&mut chance);
                let sealed = key.seal(&id, format!("name {n}").as_bytes(), &mut chance);
                let index = first.blind_index("name", &format!("name {n}"));
                // One subject was erased, one row was damaged.
                let wrapped = match n {
                    7 => None,
                    8 => Some(vec![8]),
                    _ => Some(wrapped),
                };
                tx.exec("INSERT INTO test_person VALUES ($1, $2, $3, $4)", params![&id, &wrapped, &sealed, &index])?;
            }
            Ok::<_, StoreError>(())
        })
        .await
        .unwrap();
        let old = ring.active_kek_id();
        assert_eq!(COLUMN.in_use(&db).await.unwrap().get(&old), Some(&(ROWS as u64 - 2)));

        db.write(|tx| tx.exec("DELETE FROM test_person WHERE id = 'per_00008'", &[])).await.unwrap();
        let new = ring.rotate(Use::Kek, &mut rng).unwrap();
        ring.rotate(Use::Index, &mut rng).unwrap();
        let sweeps: Vec<Arc<dyn Sweep>> = vec![Arc::new(COLUMN), Arc::new(NameIndex)];
        let (begun, started, now) = (sweeps.clone(), ring.clone(), clock.now());
        db.write(move |tx| {
            // Asking twice starts one sweep.
            for key_use in [Use::Kek, Use::Index, Use::Kek] {
                rotate::start(tx, &begun, &started, key_use, now, &mut rng)?;
            }
            Ok::<_, StoreError>(())
        })
        .await
        .unwrap();
        let handler = SweepHandler { db: db.db(), ring: ring.clone(), sweeps, clock: Arc::new(clock.clone()), rng: RngSource::seeded(2) };
        let worker = Worker::new(db.db(), Arc::new(clock.clone()), RngSource::seeded(1), WorkerOptions::default());
        let ran = worker.on(rotate::JOB, Arc::new(handler)).run_until_idle().await.unwrap();
        assert_eq!(ran, 2 * (ROWS.div_ceil(rotate::BATCH as usize) + 1));

        let used = COLUMN.in_use(&db).await.unwrap();
        assert_eq!(used.into_iter().collect::<Vec<_>>(), [(new, ROWS as u64 - 2)]);
        ring.retire(&old, &mut Rng::seeded(8)).unwrap();
        let found = db.read(move |tx| {
            let index = ring.blind_index("name", "name 900");
            tx.opt("SELECT id, wrapped, sealed FROM test_person WHERE name_index = $1", params![&index], |row| {
                let (id, wrapped): (String, Vec<u8>) = (row.get(0)?, row.get(1)?);
                let key: SubjectKey = ring.unwrap_subject_key(&wrapped).unwrap();
                Ok((key.open(&id, &row.get::<Vec<u8>>(2)?).unwrap(), id))
            })
        });
        assert_eq!(found.await.unwrap(), Some((b"name 900".to_vec(), "per_00900".to_owned())));
    })
    .await;
}
