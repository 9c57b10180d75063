//! TLS to PostgreSQL: verified against the configured authority, or not at all.

use std::path::Path;
use std::process::Command;
use store::{Db, Options, StoreError};
use testkit::cluster::Cluster;

/// The server runs as `postgres` when the tests run as root, and reads its key only from a file of its own.
fn give_to_server(file: &Path) {
    let _ = Command::new("chmod").arg("600").arg(file).status();
    let _ = Command::new("chown").arg("postgres").arg(file).output();
}

#[tokio::test]
async fn the_servers_certificate_is_checked() {
    if testkit::db::postgres().await.is_none() {
        return;
    }
    let folder = testkit::db::folder();
    let served = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let stranger = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let (certificate, key) = (folder.join("server.pem"), folder.join("server.key"));
    let outside = testkit::db::folder();
    let (trusted, other) = (outside.join("trusted.pem"), outside.join("other.pem"));
    std::fs::write(&certificate, served.cert.pem()).unwrap();
    std::fs::write(&key, served.signing_key.serialize_pem()).unwrap();
    std::fs::write(&trusted, served.cert.pem()).unwrap();
    std::fs::write(&other, stranger.cert.pem()).unwrap();
    give_to_server(&certificate);
    give_to_server(&key);
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let settings = format!(
        "-c listen_addresses=localhost -c port={port} -c ssl=on -c ssl_cert_file={} -c ssl_key_file={}",
        certificate.display(),
        key.display()
    );
    let cluster =
        tokio::task::spawn_blocking(move || Cluster::own(folder, &settings)).await.unwrap().unwrap();
    let url = format!("postgres://postgres@localhost:{port}/postgres?sslmode=require");
    let open = |ca: &Path| {
        let options = Options { pg_ca: Some(ca.to_owned()), ..testkit::db::options() };
        let url = url.clone();
        async move { Db::open(&url, options).await }
    };

    let db = open(&trusted).await.unwrap();
    let sql = "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()";
    assert!(db.read(move |tx| tx.one(sql, &[], |row| row.get::<bool>(0))).await.unwrap());
    db.close().await;
    assert!(matches!(open(&other).await, Err(StoreError::Unavailable(_))), "an unknown authority");
    assert!(matches!(open(Path::new("/nowhere.pem")).await, Err(StoreError::Bug(_))));
    tokio::task::spawn_blocking(move || drop(cluster)).await.unwrap();
    std::fs::remove_dir_all(outside).unwrap();
}
