//! People with an application for codes, and people with a passkey: what they do to sign in.

use crate::acts::{self, Target, login};
use crate::ground::Ground;
use crate::visitor::{Page, Visitor};
use anyhow::{Context as _, ensure};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as B64;
use kernel::phone::Phone;
use kernel::{Clock as _, RngSource, SystemClock};
use portal::accounts::{self, Login};
use portal::factors::{self, Kind, New, totp};
use std::net::SocketAddr;
use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use testkit::authenticator::Authenticator;

/// Factors that are bound in one transaction.
const BATCH: usize = 500;

/// Somebody with an application for codes.
pub struct Holder {
    login: String,
    secret: Vec<u8>,
    /// The newest time step whose code was given.
    spent: AtomicI64,
}

impl Holder {
    /// A code that was not given yet, of this time step or the next; waits when both are spent.
    async fn code(&self) -> String {
        loop {
            let present = totp::step_at(SystemClock.now());
            let spent = self.spent.load(Ordering::Relaxed);
            let step = present.max(spent + 1);
            let taken = step <= present + 1
                && self.spent.compare_exchange(spent, step, Ordering::Relaxed, Ordering::Relaxed).is_ok();
            if taken {
                return totp::code(&self.secret, step, totp::DIGITS).to_string();
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Signs in with password and code on a new browser.
    pub async fn sign_in(&self, address: SocketAddr) -> anyhow::Result<Visitor> {
        let (mut visitor, page) = acts::sign_in_as(address, &self.login).await?;
        ensure!(page.asks("code"), "no code is asked for at {} ({})", page.path, page.status);
        let code = self.code().await;
        let (_, request) = visitor.form_request(&page, "code", &[("code", &code)])?;
        let answer = visitor.send(&request).await?;
        let to = answer.header("location").unwrap_or_default();
        ensure!(answer.status == 303 && to == "/cabinet", "the code was answered {} {to}", answer.status);
        Ok(visitor)
    }
}

/// Binds an application to each of these accounts, straight in the storage: with pages it would be a password each.
pub async fn bind_apps(
    ground: &Ground,
    numbers: std::ops::Range<u32>,
    accounts: u32,
) -> anyhow::Result<Vec<Holder>> {
    let mut chance = RngSource::os().fork();
    let mut holders = Vec::new();
    for number in numbers {
        let secret = chance.bytes::<{ totp::SECRET_BYTES }>().to_vec();
        holders.push(Holder { login: login(number, accounts), secret, spent: AtomicI64::new(0) });
    }
    for batch in holders.chunks(BATCH) {
        let wanted: Vec<(String, Vec<u8>)> =
            batch.iter().map(|holder| (holder.login.clone(), holder.secret.clone())).collect();
        let ctx = ground.ctx();
        ground
            .db
            .write(move |tx| {
                for (login, secret) in &wanted {
                    let phone = Phone::parse_mobile_ru(login)
                        .map_err(|_| portal::error::Error::Bug(format!("{login} is no number")))?;
                    let owner = accounts::owner_of(tx, &ctx, &Login::phone(&phone))?
                        .ok_or_else(|| portal::error::Error::Bug(format!("nobody has {login}")))?;
                    let (secret, unique) = (Some(secret.as_slice()), secret.as_slice());
                    let new = New { kind: Kind::Totp, name: "bench", secret, contact: None, unique, step: 0 };
                    factors::bind_untold(tx, &ctx, &owner, &new)?;
                }
                Ok::<_, portal::error::Error>(())
            })
            .await?;
    }
    Ok(holders)
}

/// The next of them signs in.
pub async fn sign_in_with_code(
    target: Target,
    holders: Arc<Vec<Holder>>,
    next: Arc<AtomicUsize>,
) -> anyhow::Result<u32> {
    let turn = next.fetch_add(1, Ordering::Relaxed);
    let holder = holders.get(turn % holders.len().max(1)).context("nobody has an application")?;
    holder.sign_in(target.address).await.map(|_| 1)
}

/// A browser with a passkey of its owner.
struct Owner {
    visitor: Visitor,
    key: Authenticator,
}

/// What the page asks the browser's keys for.
fn challenge(page: &Page) -> anyhow::Result<Vec<u8>> {
    let options = page.attribute("data-options").with_context(|| format!("{} asks no key", page.path))?;
    let options: serde_json::Value = serde_json::from_str(&options)?;
    Ok(B64.decode(options["challenge"].as_str().context("a challenge")?)?)
}

fn joined(parts: &[&[u8]]) -> String {
    parts.iter().map(|part| B64.encode(part)).collect::<Vec<_>>().join(".")
}

impl Owner {
    /// Signs in by password and makes a key on the page for it; the session is over then, the device known.
    async fn make(address: SocketAddr, login: &str) -> anyhow::Result<Owner> {
        const NEW: &str = "/cabinet/security/passkeys/new";
        let (mut visitor, _) = acts::sign_in_as(address, login).await?;
        let page = visitor.get(NEW).await?;
        let origin = format!("http://localhost:{}", address.port());
        let mut key = Authenticator::passkey("localhost", &origin);
        let user = page.value("user").with_context(|| format!("no handle at {}", page.path))?;
        key.user = B64.decode(&user)?;
        let made = key.create(&challenge(&page)?);
        let answer = joined(&[&made.client_data, &made.attestation, b"internal"]);
        let page = visitor.submit(&page, "answer", &[("name", "bench"), ("answer", &answer)]).await?;
        ensure!(page.status == 200, "no key was made: {} {}", page.path, page.status);
        visitor.lose_session();
        Ok(Owner { visitor, key })
    }

    /// Signs in without login and password: the page, the key's answer, the way on.
    async fn sign_in(&mut self) -> anyhow::Result<()> {
        let page = self.visitor.get("/sign-in").await?;
        let got = self.key.get(&challenge(&page)?);
        let answer = joined(&[&self.key.id, &got.client_data, &got.data, &got.signature, &self.key.user]);
        let (_, request) = self.visitor.form_request(&page, "answer", &[("answer", &answer)])?;
        let answer = self.visitor.send(&request).await?;
        ensure!(answer.status == 303, "a passkey was answered {}", answer.status);
        self.visitor.lose_session();
        Ok(())
    }
}

/// Browsers with passkeys; each is used by one client at a time.
#[derive(Clone, Default)]
pub struct KeyRing(Arc<Mutex<Vec<Owner>>>);

impl KeyRing {
    /// Makes `count` keys through the pages.
    pub async fn make(address: SocketAddr, count: u32, accounts: u32) -> anyhow::Result<KeyRing> {
        let ring = KeyRing::default();
        for number in 0..count {
            ring.put(Owner::make(address, &login(number, accounts)).await?);
        }
        Ok(ring)
    }

    fn put(&self, owner: Owner) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(owner);
    }

    /// One of them signs in.
    pub async fn sign_in(self) -> anyhow::Result<u32> {
        let free = self.0.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let mut owner = free.context("more clients than keys")?;
        let done = owner.sign_in().await;
        self.put(owner);
        done.map(|()| 1)
    }
}
