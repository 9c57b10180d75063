//! People who sign in where they signed in before: the device is known, so nobody is told of it. Most sign-ins are these.

use crate::acts::{self, PASSWORD, Target};
use crate::visitor::Visitor;
use anyhow::{Context as _, ensure};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::task::JoinSet;

/// People; more than clients, so that no account is signed in to all the time.
const PEOPLE: u32 = 256;
/// First sign-ins at one time while they are made.
const AT_ONCE: u32 = 32;

struct Regular {
    visitor: Visitor,
    login: String,
}

/// People with browsers that the portal knows; each is used by one client at a time.
#[derive(Clone, Default)]
pub struct Regulars(Arc<Mutex<Vec<Regular>>>);

impl Regulars {
    /// Lets them sign in for the first time.
    pub async fn make(target: &Target) -> anyhow::Result<Regulars> {
        let regulars = Regulars::default();
        for begin in (0..PEOPLE.min(target.accounts)).step_by(AT_ONCE as usize) {
            let mut running = JoinSet::new();
            for number in begin..(begin + AT_ONCE).min(target.accounts) {
                let (address, login) = (target.address, acts::login(number, target.accounts));
                running.spawn(async move {
                    let (mut visitor, page) = acts::sign_in_as(address, &login).await?;
                    ensure!(page.status == 200, "the first sign-in leads to {} {}", page.path, page.status);
                    visitor.lose_session();
                    anyhow::Ok(Regular { visitor, login })
                });
            }
            while let Some(made) = running.join_next().await {
                regulars.put(made.context("a client broke")??);
            }
        }
        Ok(regulars)
    }

    fn people(&self) -> std::sync::MutexGuard<'_, Vec<Regular>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// At the other end of the queue, so that everybody has a turn.
    fn put(&self, regular: Regular) {
        self.people().insert(0, regular);
    }

    /// One of them signs in: the form, and the password.
    pub async fn sign_in(self) -> anyhow::Result<u32> {
        let mut regular = self.people().pop().context("more clients than people")?;
        let done = regular.sign_in().await;
        self.put(regular);
        done.map(|()| 1)
    }
}

impl Regular {
    async fn sign_in(&mut self) -> anyhow::Result<()> {
        let page = self.visitor.get("/sign-in").await?;
        let fields = [("login", self.login.as_str()), ("password", PASSWORD)];
        let (_, request) = self.visitor.form_request(&page, "password", &fields)?;
        let answer = self.visitor.send(&request).await?;
        ensure!(answer.status == 303, "signing in answered {}", answer.status);
        self.visitor.lose_session();
        Ok(())
    }
}
