//! The whole ceremony against a software authenticator, right and wrong; and answers of nobody.

use super::*;
use testkit::authenticator::{Authenticator, Got, attestation};

const SITE: Site<'_> = Site { id: "portal.example", origin: "https://portal.example" };
const CHALLENGE: &[u8] = b"sixteen bytes or more of chance";

fn passkey() -> Authenticator {
    Authenticator::passkey(SITE.id, SITE.origin)
}

fn registered(key: &mut Authenticator) -> Registered {
    let created = key.create(CHALLENGE);
    register(SITE, CHALLENGE, &created.client_data, &created.attestation).expect("a good answer")
}

fn check(key: &[u8], got: &Got, must_verify: bool) -> Result<Facts, Refusal> {
    let answer =
        Assertion { client_data: &got.client_data, authenticator_data: &got.data, signature: &got.signature };
    assert(SITE, CHALLENGE, key, must_verify, answer)
}

#[test]
fn a_key_registers_and_signs_in() {
    for mut key in [
        passkey(),
        Authenticator::security_key(SITE.id, SITE.origin),
        Authenticator::ed25519(SITE.id, SITE.origin),
    ] {
        let new = registered(&mut key);
        assert_eq!((new.id.as_slice(), new.key.as_slice()), (key.id.as_slice(), key.cose().as_slice()));
        assert_eq!((new.facts.portable, new.facts.verified), (key.portable, true));
        let got = key.get(CHALLENGE);
        let facts = check(&new.key, &got, true).expect("a good answer");
        assert_eq!(facts.counter, key.counter);
        assert_eq!(challenge_of(&got.client_data).expect("ours"), CHALLENGE);
    }
}

#[test]
fn answers_for_others_are_refused() {
    type Spoil = fn(&mut Authenticator);
    let table: [(Spoil, Refusal); 9] = [
        (|key| key.origin = "https://badportal.example".into(), Refusal::Origin),
        (|key| key.origin = "https://portal.example.evil.example".into(), Refusal::Origin),
        (|key| key.origin = "https://portal.example:8443".into(), Refusal::Origin),
        (|key| key.origin = "http://portal.example".into(), Refusal::Origin),
        (|key| key.origin = "https://login.portal.example".into(), Refusal::Origin),
        (|key| key.cross_origin = true, Refusal::Origin),
        (|key| key.site = "example".into(), Refusal::Site),
        (|key| key.present = false, Refusal::Presence),
        (|key| key.verifies = false, Refusal::Verification),
    ];
    for (spoil, refusal) in table {
        let mut key = passkey();
        let new = registered(&mut key);
        spoil(&mut key);
        assert_eq!(check(&new.key, &key.get(CHALLENGE), true), Err(refusal));
        if refusal != Refusal::Verification {
            let created = key.create(CHALLENGE);
            let answer = register(SITE, CHALLENGE, &created.client_data, &created.attestation);
            assert_eq!(answer, Err(refusal));
        }
    }
}

#[test]
fn a_key_that_does_not_verify_is_a_second_factor_only() {
    let mut key = Authenticator::security_key(SITE.id, SITE.origin);
    key.verifies = false;
    let new = registered(&mut key);
    assert!(!new.facts.verified);
    assert!(check(&new.key, &key.get(CHALLENGE), false).is_ok());
    assert_eq!(check(&new.key, &key.get(CHALLENGE), true), Err(Refusal::Verification));
}

#[test]
fn another_challenge_or_ceremony_is_refused() {
    let mut key = passkey();
    let new = registered(&mut key);
    assert_eq!(check(&new.key, &key.get(b"another challenge"), true), Err(Refusal::Challenge));
    assert_eq!(check(&new.key, &key.get(b""), true), Err(Refusal::Challenge));
    let created = key.create(CHALLENGE);
    let data = key.data(false);
    let signature = key.sign(&data, &created.client_data);
    let got = Got { client_data: created.client_data, data, signature };
    assert_eq!(check(&new.key, &got, true), Err(Refusal::Type));
    let got = key.get(CHALLENGE);
    let answer = register(SITE, CHALLENGE, &got.client_data, &attestation(&key.data(true)));
    assert_eq!(answer, Err(Refusal::Type));
}

#[test]
fn every_changed_bit_breaks_the_signature_or_the_answer() {
    let mut key = Authenticator::security_key(SITE.id, SITE.origin);
    let new = registered(&mut key);
    let good = key.get(CHALLENGE);
    let parts = [good.client_data.len(), good.data.len(), good.signature.len()];
    for (part, length) in parts.into_iter().enumerate() {
        for bit in 0..length * 8 {
            let mut got = Got {
                client_data: good.client_data.clone(),
                data: good.data.clone(),
                signature: good.signature.clone(),
            };
            let bytes = [&mut got.client_data, &mut got.data, &mut got.signature][part].as_mut_slice();
            bytes[bit / 8] ^= 1 << (bit % 8);
            assert!(check(&new.key, &got, true).is_err(), "part {part}, bit {bit}");
        }
    }
    let other = registered(&mut passkey());
    assert_eq!(check(&other.key, &good, true), Err(Refusal::Signature), "another key");
}

#[test]
fn cut_off_and_overlong_answers_are_refused() {
    let mut key = passkey();
    let created = key.create(CHALLENGE);
    for end in 0..created.attestation.len() {
        assert!(
            register(SITE, CHALLENGE, &created.client_data, &created.attestation[..end]).is_err(),
            "{end}"
        );
    }
    let longer = [created.attestation.as_slice(), &[0]].concat();
    assert!(register(SITE, CHALLENGE, &created.client_data, &longer).is_err());
    let huge = vec![0x81; MOST_BINARY + 1];
    assert!(register(SITE, CHALLENGE, &created.client_data, &huge).is_err());
    assert!(challenge_of(&[b' '; MOST_CLIENT_DATA + 1]).is_err());
    let new = registered(&mut key);
    let mut data = key.data(false);
    data.push(0);
    let client_data = key.client_data("webauthn.get", CHALLENGE);
    let signature = key.sign(&data, &client_data);
    assert!(
        check(&new.key, &Got { client_data, data, signature }, true).is_err(),
        "signed, but not all read"
    );
}

#[test]
fn short_ids_and_strange_keys_are_refused() {
    let mut key = passkey();
    key.id = vec![1; FEWEST_ID - 1];
    let created = key.create(CHALLENGE);
    assert!(register(SITE, CHALLENGE, &created.client_data, &created.attestation).is_err());
    let good = passkey().cose();
    assert_eq!(cose::check(&good), Ok(()));
    for (at, byte) in [(2, 1), (4, 0x27), (4, 0x25), (6, 2), (6, 3), (0, 0xa4), (9, 0x1f)] {
        let mut strange = good.clone();
        strange[at] = byte;
        assert!(cose::check(&strange).is_err(), "byte {at}");
    }
    // One parameter twice.
    let twice = [&[0xa6], &good[1..], &[0x20, 0x01]].concat();
    assert!(cose::check(&twice).is_err());
}

#[test]
fn extensions_are_read_over_and_must_be_a_map() {
    let mut key = passkey();
    let new = registered(&mut key);
    for (tail, fine) in
        [(&[0xa1, 0x61, b'x', 0xf5][..], true), (&[0xf5], false), (&[0xa1], false), (&[], false)]
    {
        let mut data = key.data(false);
        data[32] |= 0x80;
        data.extend_from_slice(tail);
        let client_data = key.client_data("webauthn.get", CHALLENGE);
        let signature = key.sign(&data, &client_data);
        assert_eq!(check(&new.key, &Got { client_data, data, signature }, true).is_ok(), fine, "{tail:02x?}");
    }
    let mut data = key.data(false);
    data[32] = data[32] & !0x08 | 0x10;
    let client_data = key.client_data("webauthn.get", CHALLENGE);
    let signature = key.sign(&data, &client_data);
    assert!(
        check(&new.key, &Got { client_data, data, signature }, true).is_err(),
        "backed up but not eligible"
    );
}

/// A small generator: the same answers in every run.
fn next(seed: &mut u64) -> usize {
    *seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    (*seed >> 33) as usize
}

/// Bytes with a few changes: a byte, a cut, a piece twice, a piece of zeros.
fn spoiled(bytes: &[u8], seed: &mut u64) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    for _ in 0..=next(seed) % 3 {
        let (at, length) = (next(seed) % (bytes.len() + 1), next(seed) % 9);
        let end = (at + length).min(bytes.len());
        match next(seed) % 5 {
            0 if at < bytes.len() => bytes[at] = next(seed) as u8,
            1 if at < bytes.len() => bytes[at] ^= 1 << (next(seed) % 8),
            2 => drop(bytes.drain(at..end)),
            3 => drop(bytes.splice(at..at, bytes[at..end].to_vec())),
            _ => bytes.truncate(at),
        }
    }
    bytes
}

#[test]
fn of_many_spoiled_answers_none_is_believed_and_none_stops_the_portal() {
    let (mut seed, mut read) = (7, 0);
    let mut keys = [
        passkey(),
        Authenticator::security_key(SITE.id, SITE.origin),
        Authenticator::ed25519(SITE.id, SITE.origin),
    ];
    for round in 0..3_000 {
        let key = &mut keys[round % 3];
        let cose = key.cose();
        let created = key.create(CHALLENGE);
        let client = spoiled(&created.client_data, &mut seed);
        let attestation = spoiled(&created.attestation, &mut seed);
        let _ = register(SITE, CHALLENGE, &client, &created.attestation);
        read += usize::from(register(SITE, CHALLENGE, &created.client_data, &attestation).is_ok());
        let signed = key.get(CHALLENGE);
        let (mut client_data, mut data, mut signature, mut kept) =
            (signed.client_data.clone(), signed.data.clone(), signed.signature.clone(), cose.clone());
        match next(&mut seed) % 4 {
            0 => client_data = spoiled(&client_data, &mut seed),
            1 => data = spoiled(&data, &mut seed),
            2 => signature = spoiled(&signature, &mut seed),
            _ => kept = spoiled(&kept, &mut seed),
        }
        let answer =
            Assertion { client_data: &client_data, authenticator_data: &data, signature: &signature };
        if assert(SITE, CHALLENGE, &kept, false, answer).is_ok() {
            let same = (&client_data, &data, &kept) == (&signed.client_data, &signed.data, &cose);
            assert!(same, "round {round}: believed, and not what was signed");
        }
    }
    assert!(read > 0, "some changes change nothing that matters");
}
