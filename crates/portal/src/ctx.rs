//! What a unit of work knows about its moment: one `now`, one stream of chance, one caller.

use crate::devices::{Country, Geo, Marks};
use crate::keys::Keys;
use crate::web::page::Brand;
use crate::web::templates::Templates;
use jiff::tz::TimeZone;
use kernel::{Lang, Rng, RngSource, Time};
use std::net::IpAddr;
use std::sync::Arc;

/// Where this deployment lives and whose it is.
#[derive(Clone)]
pub struct Place {
    /// The public address without a slash at its end, such as `https://portal.example`.
    pub public_url: Arc<str>,
    /// Name, hotline and looks.
    pub brand: Arc<Brand>,
    /// The zone in which times are told.
    pub zone: TimeZone,
    /// Countries of addresses.
    pub geo: Arc<Geo>,
    /// The operator's own words for messages.
    pub templates: Arc<Templates>,
    /// Days for which «Это был не я» in a message works.
    pub not_me_days: i64,
}

impl Place {
    /// The public address without its scheme: what a browser binds one-time codes to.
    pub fn host(&self) -> &str {
        self.public_url.split_once("://").map_or(&*self.public_url, |(_, host)| host)
    }
}

/// Who asks, as far as the transport tells.
#[derive(Clone)]
pub struct Caller {
    /// The language of the interface.
    pub lang: Lang,
    /// The client's address.
    pub address: IpAddr,
    /// The request's number.
    pub request_id: String,
    /// The browser's random mark.
    pub visitor: String,
    /// The browser's device marks.
    pub marks: Marks,
    /// A label of the browser and system.
    pub agent: String,
}

/// Who acts, for the journal.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Actor {
    /// Somebody who is not signed in.
    #[default]
    Visitor,
    /// The person of this account, signed in.
    Account(String),
    /// A member of staff at a workplace.
    Staff {
        /// Identifier of the staff row.
        id: String,
        /// Name and role, as the person whose data it was will read them.
        name: String,
    },
    /// A job, a command, the portal itself.
    System,
}

/// Taken once per request or job and handed down, so that everything inside sees one time.
#[derive(Clone)]
pub struct Ctx {
    /// The moment the request arrived.
    pub now: Time,
    /// The keys of this deployment.
    pub keys: Keys,
    /// The caller's language.
    pub lang: Lang,
    /// Where the request came from, after trusted proxies.
    pub address: IpAddr,
    /// The number that the log and the error page share.
    pub request_id: String,
    /// The browser's random mark (not a person): selects counters, authenticates nothing.
    pub visitor: String,
    /// The browser's device marks: tell a known device from a new one, authenticate nothing.
    pub marks: Marks,
    /// A label of the browser and system, for the owner's list of sessions.
    pub agent: String,
    /// The deployment.
    pub place: Place,
    /// Who acts.
    pub actor: Actor,
    rng: RngSource,
}

impl Ctx {
    /// The context of a request.
    pub fn of_request(now: Time, keys: Keys, place: Place, rng: RngSource, caller: Caller) -> Ctx {
        let Caller { lang, address, request_id, visitor, marks, agent } = caller;
        let actor = Actor::Visitor;
        Ctx { now, keys, lang, address, request_id, visitor, marks, agent, place, actor, rng }
    }

    /// The context of work that nobody asked for just now: a job, a command.
    pub fn of_job(now: Time, keys: Keys, place: Place, rng: RngSource) -> Ctx {
        let caller = Caller {
            lang: Lang::default(),
            address: IpAddr::from([127, 0, 0, 1]),
            request_id: "job".into(),
            visitor: String::new(),
            marks: Marks::default(),
            agent: String::new(),
        };
        Ctx::of_request(now, keys, place, rng, caller).acting_as(Actor::System)
    }

    /// The same context with another actor.
    pub fn acting_as(self, actor: Actor) -> Ctx {
        Ctx { actor, ..self }
    }

    /// The country that the request came from, when it is known.
    pub fn country(&self) -> Option<Country> {
        self.place.geo.country(self.address)
    }

    /// A stream of chance of its own.
    pub fn rng(&self) -> Rng {
        self.rng.fork()
    }
}
