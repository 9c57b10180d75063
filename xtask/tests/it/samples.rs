//! For each check: a sample that it must refuse, and its good twin.

use std::collections::{BTreeMap, BTreeSet};
use xtask::tidy::rules::{Ban, Bans, Deny, Licenses, Purity, Sizes, Slices};
use xtask::tidy::{Finding, Rules, Tree};
use xtask::tidy::{
    documents, edges, licences, migrations, purity, routes, sizes, slices, sql, texts, unwraps, words,
};

fn rules() -> Rules {
    let pure = Purity { forbidden: vec!["tokio".into(), "std::fs".into()], except: BTreeMap::new() };
    Rules {
        slices: Slices { shell: vec!["web".into()], order: vec!["accounts".into(), "signin".into()] },
        purity: BTreeMap::from([("kernel".into(), pure)]),
        sizes: Sizes { limit: 3, endings: vec![".rs".into()], except: BTreeMap::new() },
        ..Rules::default()
    }
}

fn places(findings: Vec<Finding>) -> Vec<String> {
    findings.into_iter().map(|finding| finding.place).collect()
}

fn set(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(ToString::to_string).collect()
}

#[test]
fn an_edge_that_is_not_listed_is_found() {
    let allowed = BTreeMap::from([("portal".into(), set(&["kernel"])), ("stand".into(), set(&["kernel"]))]);
    let good = BTreeMap::from([("portal".into(), set(&["kernel"])), ("stand".into(), set(&[]))]);
    assert_eq!(edges::check(&good, &allowed), []);
    let bad = BTreeMap::from([("portal".into(), set(&["kernel", "stand"])), ("extra".into(), set(&[]))]);
    assert_eq!(places(edges::check(&bad, &allowed)), ["extra", "portal"]);
}

#[test]
fn a_licence_or_a_crate_that_is_not_allowed_is_found() {
    let deny = Deny {
        licenses: Licenses { allow: vec!["MIT".into(), "Apache-2.0 WITH LLVM-exception".into()] },
        bans: Bans { deny: vec![Ban { name: "openssl".into(), reason: "rustls".into() }] },
    };
    let package = |name: &str, licence: Option<&str>| licences::Package {
        name: name.into(),
        licence: licence.map(Into::into),
    };
    let good = [
        package("a", Some("MIT/Apache-2.0")),
        package("b", Some("GPL-3.0-only OR MIT")),
        package("c", Some("Apache-2.0 WITH LLVM-exception")),
    ];
    assert_eq!(licences::check(&good, &deny), []);
    let bad =
        [package("openssl", Some("MIT")), package("d", Some("MIT AND GPL-3.0-only")), package("e", None)];
    assert_eq!(places(licences::check(&bad, &deny)), ["openssl", "d", "e"]);
}

#[test]
fn a_pure_crate_that_reads_a_file_is_found() {
    let bad = [
        ("crates/kernel/src/a.rs", "// tokio is fine in a comment\nuse std::fs;\n"),
        (
            "crates/kernel/src/b.rs",
            "let text = \"tokio\"; let my_tokio = 1;\n#[cfg(test)]\nmod t { use std::fs; }",
        ),
        ("crates/store/src/c.rs", "use std::fs;"),
    ];
    assert_eq!(places(purity::check(&Tree::sample(rules(), &bad))), ["crates/kernel/src/a.rs:2"]);
}

#[test]
fn a_long_file_is_found_unless_excused() {
    let tree =
        |rules| Tree::sample(rules, &[("crates/a/src/x.rs", "1\n2\n3\n4\n"), ("README.md", "1\n2\n3\n4\n")]);
    assert_eq!(places(sizes::check(&tree(rules()))), ["crates/a/src/x.rs"]);
    let mut excused = rules();
    excused.sizes.except.insert("crates/a/src/x.rs".into(), "a table".into());
    assert_eq!(sizes::check(&tree(excused.clone())), []);
    excused.sizes.except.insert("crates/a/src/gone.rs".into(), "was long".into());
    assert_eq!(places(sizes::check(&tree(excused))), ["xtask/tidy.toml"]);
}

#[test]
fn a_slice_that_calls_upwards_is_found() {
    let files = [
        (
            "crates/portal/src/accounts/mod.rs",
            "use crate::web;\nuse crate::{web::Page, signin::{x, y}};\nuse crate::accounts::z;",
        ),
        ("crates/portal/src/signin/mod.rs", "use crate::accounts;\n// crate::signin"),
        ("crates/portal/src/web/mod.rs", "use crate::signin;"),
        ("crates/portal/src/novelty.rs", ""),
        ("crates/portal/src/lib.rs", "use crate::signin;"),
    ];
    assert_eq!(
        places(slices::check(&Tree::sample(rules(), &files))),
        ["crates/portal/src/accounts/mod.rs:2", "crates/portal/src/novelty.rs"]
    );
}

#[test]
fn work_in_the_wrong_kind_of_file_is_found() {
    let files = [
        ("crates/portal/src/accounts/rules.rs", "use crate::web::fields;\nfn decide(tx: &mut Tx) {}"),
        ("crates/portal/src/accounts/store.rs", "use axum::Router;\nfn find(tx: &mut Tx) {}"),
        ("crates/portal/src/signin/web.rs", "tx.one(\n\"SELECT 1\");"),
    ];
    assert_eq!(
        places(slices::check(&Tree::sample(rules(), &files))),
        [
            "crates/portal/src/accounts/rules.rs:2",
            "crates/portal/src/accounts/store.rs:1",
            "crates/portal/src/signin/web.rs:2"
        ]
    );
}

#[test]
fn formatted_sql_is_found() {
    let files = [
        ("crates/portal/src/a.rs", "let q = format!(\"SELECT * FROM t WHERE n = {name}\");"),
        ("crates/portal/src/b.rs", "let q = format!(\n    r#\"  DELETE FROM {t}\"#);"),
        ("crates/portal/src/c.rs", "let q = format!(\"Updated {n}\"); tx.exec(\"SELECT $1\", &[]);"),
        ("crates/portal/src/e.rs", "let q = format!(\"SELECT {COLUMNS} FROM t WHERE id = $1\");"),
        ("crates/portal/tests/d.rs", "format!(\"SELECT {n}\")"),
    ];
    assert_eq!(
        places(sql::check(&Tree::sample(rules(), &files))),
        ["crates/portal/src/a.rs:1", "crates/portal/src/b.rs:1"]
    );
}

#[test]
fn a_text_without_its_twin_is_found() {
    let tree = |ru, en| Tree::sample(rules(), &[("crates/p/text/ru.ftl", ru), ("crates/p/text/en.ftl", en)]);
    let good =
        "# note\na = Код { $code }\nb =\n    { $n ->\n        [one] один\n       *[other] { $n }\n    }\n";
    assert_eq!(texts::check(&tree(good, good)), []);
    assert_eq!(places(texts::check(&tree("a = x\nb = y\n", "a = x\n"))), ["crates/p/text/en.ftl"]);
    assert_eq!(places(texts::check(&tree("a = { $x }\n", "a = x\n"))), ["crates/p/text/en.ftl"]);
    let alone = Tree::sample(rules(), &[("crates/p/text/ru.ftl", "a = x\n")]);
    assert_eq!(places(texts::check(&alone)), ["crates/p/text"]);
}

#[test]
fn a_bad_migration_is_found() {
    let home = "crates/store/migrations";
    let file = |name: &str| format!("{home}/{name}");
    let names = [
        file("0001_a.sql"),
        file("0001_b.sql"),
        file("2_c.sql"),
        file("0003_d.postgres.sql"),
        file("0004_e.sql"),
        file("0005_f.sql"),
    ];
    let texts = [
        "",
        "",
        "",
        "",
        "SELECT 1;\nalter table x drop column y;",
        "-- contract: unused since 0.2\nDROP TABLE x;",
    ];
    let files: Vec<(&str, &str)> = names.iter().map(String::as_str).zip(texts).collect();
    let found = places(migrations::check(&Tree::sample(rules(), &files)));
    assert_eq!(
        found,
        [
            file("0001_b.sql"),
            file("2_c.sql"),
            file("0003_d.postgres.sql"),
            format!("{}:2", file("0004_e.sql"))
        ]
    );
}

#[test]
fn an_unwrap_too_many_is_found() {
    let files = [
        ("crates/store/src/a.rs", "fn a() { b.unwrap(); c.expect(\"x\"); d.unwrap_or(1); } // .unwrap()"),
        ("crates/store/src/b/tests.rs", "b.unwrap();"),
        ("crates/store/src/c/mod.rs", "#[cfg(test)]\nmod sound;"),
        ("crates/store/src/c/sound.rs", "b.unwrap();"),
        ("crates/testkit/src/lib.rs", "b.unwrap();"),
    ];
    let mut allowed = rules();
    allowed.unwraps.insert("store".into(), 2);
    assert_eq!(unwraps::check(&Tree::sample(allowed, &files)), []);
    assert_eq!(places(unwraps::check(&Tree::sample(rules(), &files))), ["crates/store"]);
}

#[test]
fn a_route_past_the_access_table_is_found() {
    let table = ("crates/portal/src/web/routes.rs", "self.router.route(path, handler)");
    let good = (
        "crates/portal/src/signin/web.rs",
        "Routes::default().get(\"/sign-in\", Access::Anyone, page) // .route(",
    );
    let bad = ("crates/portal/src/web/router.rs", "Router::new()\n .route(\"/cabinet\", get(b))");
    assert_eq!(
        places(routes::check(&Tree::sample(rules(), &[table, good, bad]))),
        ["crates/portal/src/web/router.rs:2"]
    );
}

#[test]
fn a_document_that_names_nothing_is_found() {
    let files = [
        (
            "docs/a.md",
            "See [b](b.md), [c](../docs/c.md#x), [net](https://example.org).\n`crates/x/src/lib.rs::good` `crates/y` `crates/<name>/src`\n`crates/x/src/lib.rs::gone`",
        ),
        ("docs/b.md", ""),
        ("crates/x/src/lib.rs", "fn good() {}"),
    ];
    let found = places(documents::check(&Tree::sample(rules(), &files)));
    assert_eq!(found, ["docs/a.md:1", "docs/a.md:2", "docs/a.md:3"]);
}

#[test]
fn a_retention_job_without_its_row_is_found() {
    let jobs = (
        "crates/portal/src/jobs.rs",
        "Retention { name: \"retention.codes\" }, Retention { name: \"retention.new\" }",
    );
    let table = ("docs/retention.md", "| `retention.codes` |");
    let found = documents::check(&Tree::sample(rules(), &[jobs, table]));
    assert_eq!(found.len(), 1);
    assert!(found[0].message.contains("retention.new"));
}

#[test]
fn paths_of_one_machine_and_odd_registries_are_found() {
    let files = [
        ("README.md", "run it from /home/anna/pristan\nthe folder var/root/ is fine"),
        (
            "Cargo.lock",
            "source = \"registry+https://github.com/rust-lang/crates.io-index\"\nsource = \"registry+https://mirror.example/index\"",
        ),
        ("e2e/package-lock.json", "\"resolved\": \"https://npm.mirror.example/x.tgz\","),
    ];
    assert_eq!(
        places(words::check(&Tree::sample(rules(), &files))),
        ["README.md:1", "Cargo.lock:2", "e2e/package-lock.json:1"]
    );
}
