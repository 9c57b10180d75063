//! What a measurement stands on: the database server, and the storage opened beside the portal for what no form makes.

use crate::Plan;
use crate::portal::{Setting, postmaster};
use crate::run::engine_name;
use anyhow::anyhow;
use kernel::{Clock as _, RngSource, SystemClock};
use portal::ctx::{Ctx, Place};
use portal::web::page::Brand;
use std::path::Path;
use std::sync::Arc;
use store::keys::KeyRing;
use store::{Db, Options};
use testkit::cluster::Cluster;

/// A database engine that is ready for new databases; PostgreSQL stops when this is dropped.
pub struct Engine {
    /// Its name in the table.
    pub name: &'static str,
    /// PostgreSQL's first process, when it is the engine.
    pub postmaster: Option<u32>,
    cluster: Option<Cluster>,
}

impl Engine {
    /// Starts it.
    pub fn start(plan: &Plan, engine: &str) -> anyhow::Result<Engine> {
        Engine::start_in(&plan.folder, engine)
    }

    /// Starts it over a folder.
    pub fn start_in(folder: &Path, engine: &str) -> anyhow::Result<Engine> {
        let name = engine_name(engine);
        if name != "postgres" {
            return Ok(Engine { name, postmaster: None, cluster: None });
        }
        let folder = folder.join("pg");
        let settings = "-c max_connections=100 -c shared_buffers=256MB";
        let cluster = Cluster::own(folder.clone(), settings).map_err(|e| anyhow!(e))?;
        Ok(Engine { name, postmaster: Some(postmaster(&folder)?), cluster: Some(cluster) })
    }

    /// Makes an empty database; gives its address.
    pub fn database(&self, folder: &Path, name: &str) -> anyhow::Result<String> {
        let Some(cluster) = &self.cluster else {
            return Ok(format!("sqlite:{}", folder.join("pristan.sqlite").display()));
        };
        cluster.sql("postgres", &format!("CREATE DATABASE {name}")).map_err(|e| anyhow!(e))?;
        Ok(cluster.url(name))
    }
}

/// A portal's storage and keys, opened by this program.
pub struct Ground {
    /// The storage.
    pub db: Db,
    keys: KeyRing,
    place: Place,
    rng: RngSource,
}

impl Ground {
    /// Opens what a portal was started on before.
    pub async fn open(setting: &Setting) -> anyhow::Result<Ground> {
        let rng = RngSource::os();
        let keys = KeyRing::load_or_create(setting.folder.join("keys.json"), &mut rng.fork())?;
        let brand = Brand::default();
        let zone = brand.zone().map_err(anyhow::Error::msg)?;
        let place = Place {
            not_me_days: 10,
            public_url: "http://localhost:8080".into(),
            brand: Arc::new(brand),
            zone,
            geo: Default::default(),
            templates: Default::default(),
        };
        let db = Db::open(&setting.database, Options::default()).await?;
        Ok(Ground { db, keys, place, rng })
    }

    /// The key ring.
    pub fn keys(&self) -> KeyRing {
        self.keys.clone()
    }

    /// The context of a moment.
    pub fn ctx(&self) -> Ctx {
        Ctx::of_job(SystemClock.now(), self.keys.clone(), self.place.clone(), self.rng.clone())
    }
}
