//! What owners forbid to themselves: set, enforced at the door and before it, lifted with a stronger proof and a wait.

use crate::people::{ANNA, OTHER_PASSWORD, PASSWORD, Person, VERA, is_in, registered, sign_in};
use crate::safety::{ABROAD, ctx_at, events, link, newest_account, portal, recover};
use axum::http::StatusCode;
use kernel::Span;
use portal::accounts::AccountId;
use portal::safety::{self, Obstacle, RULES, Restriction, Set};
use portal::signin::door::{self, Entered, Entry, Refusal};
use store::params;
use testkit::app::TestApp;
use testkit::db::{each_engine, sqlite};

/// Writes a ban without its conditions, as if they had been met when it was set.
async fn ban(app: &TestApp, account: &AccountId, restriction: Restriction) {
    let (id, word, now) = (account.clone(), restriction.word(), app.now());
    let sql = "INSERT INTO restriction (account_id, kind, set_at) VALUES ($1, $2, $3)";
    app.app.write(move |tx| Ok(tx.exec(sql, params![&id, word, now])?)).await.expect("a ban");
}

/// What the door says to an entry from an address.
async fn knock(
    app: &TestApp,
    account: &AccountId,
    methods: &'static str,
    address: &str,
) -> Option<Restriction> {
    let (ctx, config, id) = (ctx_at(app, address), app.app.config_arc(), account.clone());
    let entered = app.app.write(move |tx| {
        let entry = Entry { account: &id, methods, remember: false };
        Ok(match door::enter(tx, &ctx, &config, &entry)? {
            Entered::In(_) => None,
            Entered::Refused(Refusal::Restricted(ban)) => Some(ban),
            Entered::Refused(other) => panic!("{other:?}"),
        })
    });
    entered.await.expect("the door answers")
}

#[tokio::test]
async fn the_door_asks_every_ban_for_every_method_and_country() {
    let app = portal(sqlite().await).await;
    for rule in &RULES {
        app.advance(Span::seconds(1));
        let phone = format!("+7912000{:04}", RULES.iter().position(|r| r.word == rule.word).expect("a row"));
        let person = Person { phone: Box::leak(phone.into_boxed_str()), ..VERA };
        registered(&app, &person).await;
        let account = newest_account(&app).await;
        ban(&app, &account, rule.restriction).await;
        for methods in
            ["pwd", "pwd otp", "pwd sms", "pwd trust", "pwd recovery", "pwd hwk", "hwk user", "qr2"]
        {
            for (address, abroad) in
                [("192.0.2.1", false), ("10.1.2.3", false), (ABROAD, true), ("8.8.8.8", true)]
            {
                let refused = match rule.restriction {
                    Restriction::KeyOnly => !["pwd hwk", "hwk user"].contains(&methods),
                    Restriction::NoPassword => methods.starts_with("pwd"),
                    Restriction::NoForeign => abroad,
                    _ => false,
                };
                let found = knock(&app, &account, methods, address).await;
                assert_eq!(found, refused.then_some(rule.restriction), "{} {methods} {address}", rule.word);
            }
        }
    }
}

#[tokio::test]
async fn a_ban_answers_the_right_password_like_a_wrong_one_and_tells_the_owner_once() {
    each_engine(|db| async {
        let app = portal(db).await;
        registered(&app, &VERA).await;
        ban(&app, &newest_account(&app).await, Restriction::NoForeign).await;
        app.run_jobs().await;
        let told = app.delivered();
        let (mut right, mut wrong) = (app.browser().at(ABROAD), app.browser().at(ABROAD));
        let first = sign_in(&mut right, VERA.phone, PASSWORD).await;
        let second = sign_in(&mut wrong, VERA.phone, "Oshibka-2026!x").await;
        assert_eq!((first.status, first.masked()), (second.status, second.masked()));
        sign_in(&mut right, VERA.phone, PASSWORD).await;
        assert!(!is_in(&mut right).await);
        app.run_jobs().await;
        assert_eq!(app.delivered(), told + 1, "the owner learns once in an hour");
        assert!(app.last_sms(VERA.phone).expect("a notice").contains("Вход только из своей страны"));
        assert_eq!(sign_in(&mut app.browser(), VERA.phone, PASSWORD).await.location(), Some("/cabinet"));
    })
    .await;
}

#[tokio::test]
async fn bans_that_would_lock_the_owner_out_are_refused_with_the_reason() {
    each_engine(|db| async {
        let app = portal(db).await;
        let mut vera = registered(&app, &VERA).await;
        let page = vera.get("/cabinet/security/restrictions").await;
        assert!(page.says("Вход только с ключом доступа") && page.says("Сначала добавьте ключи доступа"));
        for (word, reason) in [
            ("key-only", "Сначала добавьте ключи"),
            ("no-password", "Сначала добавьте ключи"),
            ("no-sms-recovery", "Сначала добавьте e-mail"),
        ] {
            let page = vera.post("/cabinet/security/restrictions", &[("ban", word), ("act", "set")]).await;
            assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{word}");
            assert!(page.says(reason), "{word}: {}", page.text());
        }
        let mut away = vera.clone().at(ABROAD);
        let page =
            away.post("/cabinet/security/restrictions", &[("ban", "no-foreign"), ("act", "set")]).await;
        assert!(page.status == StatusCode::UNPROCESSABLE_ENTITY && page.says("не в своей стране"));
        for (ban, act) in [("none", "set"), ("no-credit", "drop"), ("", "")] {
            let page = vera.post("/cabinet/security/restrictions", &[("ban", ban), ("act", act)]).await;
            assert_eq!(page.status, StatusCode::NOT_FOUND, "{ban} {act}");
        }
        assert_eq!(app.rows("restriction").await, 0);
        // What locks nobody out is set at once, and twice is once.
        for _ in 0..2 {
            let page =
                vera.post("/cabinet/security/restrictions", &[("ban", "no-credit"), ("act", "set")]).await;
            assert_eq!(page.location(), Some("/cabinet/security/restrictions"));
        }
        assert_eq!((app.rows("restriction").await, events(&app, "restriction_set").await), (1, 1));
        // Where countries are not known the ban is not offered.
        let blind = app.again_with(|config| config.demo = false).await;
        let mut vera = vera.towards(&blind);
        let page =
            vera.post("/cabinet/security/restrictions", &[("ban", "no-foreign"), ("act", "set")]).await;
        assert!(page.says("нельзя узнать страну"), "{}", page.text());
    })
    .await;
}

/// Makes the session of a browser as strong as one with a passkey.
async fn strengthen(app: &TestApp, account: &AccountId) {
    let id = account.clone();
    let sql = "UPDATE session SET methods = 'hwk user' WHERE account_id = $1";
    app.app.write(move |tx| Ok(tx.exec(sql, params![&id])?)).await.expect("a session");
    app.app.sessions().forget(account);
}

#[tokio::test]
async fn lifting_takes_a_key_and_a_day_and_can_be_stopped() {
    each_engine(|db| async {
        let app = portal(db).await;
        let mut vera = registered(&app, &VERA).await;
        let account = newest_account(&app).await;
        let page = "/cabinet/security/restrictions";
        let act = |act: &'static str| [("ban", "no-foreign"), ("act", act)];
        vera.get(page).await;
        vera.post(page, &act("set")).await;
        app.run_jobs().await;
        // A password is enough to set it, and not to lift it.
        let refused = vera.post(page, &act("lift")).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.says("войдите с ключом доступа"), "{}", refused.text());
        strengthen(&app, &account).await;
        assert_eq!(vera.post(page, &act("lift")).await.location(), Some(page));
        assert_eq!(events(&app, "restriction_lifting").await, 1);
        // Any contact stops it without signing in.
        let path = link(&app, VERA.phone).await;
        let mut anybody = app.browser();
        assert!(anybody.get(&path).await.says("Вход только из своей страны"));
        assert_eq!(anybody.send(&path, &[]).await.path, "/");
        assert_eq!(events(&app, "restriction_kept").await, 1);
        app.advance(Span::hours(25));
        app.run_jobs().await;
        assert_eq!(app.rows("restriction").await, 1, "stopped is stopped");
        // Again, and nobody stops it: it holds to the last moment.
        let mut vera = app.browser();
        sign_in(&mut vera, VERA.phone, PASSWORD).await;
        strengthen(&app, &account).await;
        vera.get(page).await;
        vera.post(page, &act("lift")).await;
        app.advance(Span(Span::hours(24).0 - 1));
        app.run_jobs().await;
        assert_eq!(knock(&app, &account, "pwd", ABROAD).await, Some(Restriction::NoForeign));
        app.advance(Span(1));
        app.run_jobs().await;
        assert_eq!((app.rows("restriction").await, events(&app, "restriction_lifted").await), (0, 1));
        app.run_jobs().await;
        assert!(app.last_sms(VERA.phone).expect("a notice").contains("не действует"));
        assert_eq!(knock(&app, &account, "pwd", ABROAD).await, None);
    })
    .await;
}

#[tokio::test]
async fn who_forbade_texts_recovers_by_letter_only() {
    each_engine(|db| async {
        let app = portal(db).await;
        let mut anna = registered(&app, &ANNA).await;
        anna.get("/cabinet/security/restrictions").await;
        anna.post("/cabinet/security/restrictions", &[("ban", "no-sms-recovery"), ("act", "set")]).await;
        app.advance(Span::minutes(5));
        app.run_jobs().await;
        let texts = app.world.sms.accepted().len();
        let mut lost = app.browser();
        lost.get("/recover").await;
        let page = lost.send("/recover", &[("login", ANNA.phone)]).await;
        assert_eq!(page.path, "/recover/code", "the same page as for anybody");
        app.run_jobs().await;
        assert_eq!(app.world.sms.accepted().len(), texts, "no text goes out");
        let (_, page) = recover(&app, &ANNA, ANNA.email, OTHER_PASSWORD).await;
        assert_eq!(page.path, "/cabinet", "{}", page.text());
    })
    .await;
}

#[tokio::test]
async fn a_stale_sign_in_asks_for_a_factor_first() {
    let app = portal(sqlite().await).await;
    let mut vera = registered(&app, &VERA).await;
    let account = newest_account(&app).await;
    app.advance(Span::minutes(6));
    for path in ["/cabinet/security/lockdown", "/cabinet/security/restrictions"] {
        let page = vera.get(path).await;
        assert_eq!(page.location(), Some(format!("/confirm?back={path}").as_str()));
    }
    vera.post("/cabinet/security/lockdown", &[("understood", "on")]).await;
    vera.post("/cabinet/security/restrictions", &[("ban", "no-credit"), ("act", "set")]).await;
    assert_eq!((app.rows("lockdown").await, app.rows("restriction").await), (0, 0));
    // Facts come from the storage, not from the form.
    let (ctx, config) = (ctx_at(&app, "192.0.2.1"), app.app.config_arc());
    let set = app.app.write(move |tx| safety::set(tx, &ctx, &config, &account, Restriction::KeyOnly));
    assert_eq!(set.await.expect("an answer"), Set::Refused(Obstacle::Keys(2)));
}
