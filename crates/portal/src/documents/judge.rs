//! A whole file is judged: by the virus scanner, by `scan`, against the other scans; then it is kept or refused.
//!
//! Nothing here holds a transaction while it waits or computes. Judging twice is harmless: the first verdict counts.

use super::store::{self, Scan, context};
use super::told::{self, SAME, Told, advice_word, refusal_word};
use super::{Part, ScanId, State, UploadId, compare, jobs};
use crate::accounts::{self, AccountId};
use crate::app::App;
use crate::audit::{self, Chain, Event};
use crate::error::{Error, Result};
use crate::profile::{self, Profile};
use ::store::keys::SubjectKey;
use gateway::antivirus::Verdict;
use gateway::objects::Objects;
use scan::{Inspected, Print, Rules};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;
use tokio::sync::Semaphore;

/// The domain of the index of equal pictures.
const PIXELS: &str = "scan.pixels";

/// The places for judging: each may need much memory, so there are few.
pub struct Judges {
    places: Semaphore,
    waiting: AtomicU32,
}

impl Judges {
    /// So many at once.
    pub fn new(settings: &super::Settings) -> Judges {
        let places = usize::try_from(settings.judges.max(1)).unwrap_or(1);
        Judges { places: Semaphore::new(places), waiting: AtomicU32::new(0) }
    }
}

impl Judges {
    /// Does work that needs as much memory as judging, when a place is free within the time that a request waits.
    pub(super) async fn working<T>(&self, most: Duration, work: impl Future<Output = T>) -> Option<T> {
        let _place = tokio::time::timeout(most, self.places.acquire()).await.ok()?.ok()?;
        Some(work.await)
    }
}

/// What judging came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Judged {
    /// The scan has its verdict, from here or from elsewhere.
    Ended,
    /// Something outside is away: later. Why, for the log.
    Later(String),
    /// Every place is taken.
    Busy,
}

/// Judges while the person waits, as long as that is short; otherwise the job does it.
pub async fn at_once(app: &App, id: &ScanId) {
    struct Waiting<'a>(&'a AtomicU32);
    impl Drop for Waiting<'_> {
        fn drop(&mut self) {
            self.0.fetch_sub(1, Ordering::Relaxed);
        }
    }
    let (judges, settings) = (app.judges(), &app.config().documents);
    let before = judges.waiting.fetch_add(1, Ordering::Relaxed);
    let _waiting = Waiting(&judges.waiting);
    if before >= settings.most_waiting {
        return;
    }
    let work = async {
        let Ok(_place) = judges.places.acquire().await else { return Ok(Judged::Busy) };
        judge(app, id).await
    };
    match tokio::time::timeout(Duration::from_secs(settings.wait_seconds.into()), work).await {
        Ok(Ok(Judged::Later(reason))) => tracing::warn!(scan.id = %id, reason, "a scan waits to be judged"),
        Ok(Err(error)) => tracing::warn!(scan.id = %id, %error, "a scan could not be judged at once"),
        Ok(Ok(Judged::Ended | Judged::Busy)) | Err(_) => {}
    }
}

/// Judges when a place is free.
///
/// # Errors
/// The storage is away.
pub async fn when_free(app: &App, id: &ScanId) -> Result<Judged> {
    match app.judges().places.try_acquire() {
        Ok(_place) => judge(app, id).await,
        Err(_) => Ok(Judged::Busy),
    }
}

/// What a file is judged with.
struct Case {
    account: AccountId,
    upload: UploadId,
    key: SubjectKey,
    bytes: Vec<u8>,
    told: Told,
    scan: Scan,
    others: Vec<Scan>,
    profile: Profile,
}

/// The verdict, before it is written down.
enum Ruling {
    Kept(Told, Box<Inspected>),
    Refused(Told),
}

async fn judge(app: &App, id: &ScanId) -> Result<Judged> {
    let Some(objects) = app.gateways().objects.clone() else {
        return Ok(Judged::Later("no storage of files is configured".into()));
    };
    let Some(mut case) = case(app, id).await? else { return Ok(Judged::Ended) };
    if let Some(scanner) = app.gateways().antivirus.clone() {
        match scanner.inspect(&case.bytes).await {
            Verdict::Clean => {}
            Verdict::Infected { name } => {
                tracing::warn!(scan.id = %id, virus = name, "an upload was refused by the virus scanner");
                let told = Told { refusal: "virus".into(), ..case.told.clone() };
                return end(app, id, case, Ruling::Refused(told)).await;
            }
            Verdict::Unavailable { reason } => return Ok(Judged::Later(reason)),
        }
    }
    let bytes = std::mem::take(&mut case.bytes);
    let rules = rules(app);
    // The task goes on when nobody waits any more: it is short and holds no place of the storage.
    let inspected = tokio::task::spawn_blocking(move || scan::inspect(&bytes, &rules))
        .await
        .map_err(|error| Error::Bug(format!("judging a scan: {error}")))?;
    let ruling = match inspected {
        Ok(inspected) => kept(&case, inspected),
        Err(refusal) => Ruling::Refused(Told { refusal: refusal_word(&refusal).into(), ..case.told.clone() }),
    };
    if let Ruling::Kept(_, inspected) = &ruling
        && let Err(fault) = put(app, &*objects, id, &case.key, inspected).await
    {
        return Ok(Judged::Later(fault));
    }
    end(app, id, case, ruling).await
}

/// The rules of `scan`, with the deployment's own size.
pub(super) fn rules(app: &App) -> Rules {
    let max_bytes = usize::try_from(app.config().documents.max_bytes).unwrap_or(usize::MAX);
    Rules { max_bytes, ..Rules::default() }
}

async fn case(app: &App, id: &ScanId) -> Result<Option<Case>> {
    let (ctx, id) = (app.job_ctx(), id.clone());
    app.read(move |tx| {
        let Some((account, upload)) = store::waiting(tx, &id)? else { return Ok(None) };
        let Some(scan) = store::scan(tx, &ctx, &account, &id)? else { return Ok(None) };
        let kept = |other: &Scan| other.state == State::Kept;
        Ok(Some(Case {
            key: accounts::data_key(tx, &ctx, &account)?,
            bytes: store::whole(tx, &ctx, &account, &upload)?,
            told: scan.told.clone(),
            others: store::scans(tx, &ctx, &account)?.into_iter().filter(kept).collect(),
            profile: profile::load(tx, &ctx, &account)?,
            scan,
            account,
            upload,
        }))
    })
    .await
}

/// A sound file: what is said of it.
fn kept(case: &Case, inspected: Inspected) -> Ruling {
    let mut told = Told {
        media: inspected.kind.media_type().into(),
        kept: inspected.clean.len() as u64,
        width: inspected.width,
        height: inspected.height,
        pages: inspected.pages,
        preview: !inspected.preview.is_empty(),
        looks: inspected.print.looks,
        advice: inspected.advice.iter().map(|advice| advice_word(*advice).to_owned()).collect(),
        zone: inspected.mrz.is_some(),
        ..case.told.clone()
    };
    let resembles = |other: &Scan| {
        let print = Print { looks: other.told.looks, digest: [0; 32] };
        other.slot != case.scan.slot && inspected.print.resembles(&print)
    };
    if case.others.iter().any(resembles) {
        told.advice.push(SAME.to_owned());
    }
    if let Some(zone) = &inspected.mrz {
        let differs = compare::differs(&zone.lines, &case.profile);
        told.differs = differs.into_iter().map(|field| field.word().to_owned()).collect();
    }
    Ruling::Kept(told, Box::new(inspected))
}

/// Seals the files and puts them where files are kept.
async fn put(
    app: &App,
    objects: &dyn Objects,
    id: &ScanId,
    key: &SubjectKey,
    inspected: &Inspected,
) -> std::result::Result<(), String> {
    let parts = [(Part::Clean, &inspected.clean), (Part::Preview, &inspected.preview)];
    for (part, bytes) in parts.into_iter().filter(|(_, bytes)| !bytes.is_empty()) {
        let place = part.key(id).ok_or("a scan's name is no name of a file")?;
        let sealed = key.seal(&context(part.word(), id.as_str()), bytes, &mut app.rng().fork());
        objects.put(&place, &sealed).await.map_err(|fault| fault.to_string())?;
    }
    Ok(())
}

async fn end(app: &App, id: &ScanId, case: Case, ruling: Ruling) -> Result<Judged> {
    let (ctx, scan) = (app.job_ctx(), id.clone());
    let (state, told, digest) = match ruling {
        Ruling::Kept(told, inspected) => (State::Kept, told, Some(inspected.print.digest)),
        Ruling::Refused(told) => (State::Refused, told, None),
    };
    let (account, upload, slot) = (case.account, case.upload, case.scan.slot);
    let state = app
        .write(move |tx| {
            accounts::hold_open(tx, &account)?;
            let (mut state, mut told) = (state, told.clone());
            let pixels = digest.map(|digest| told::hex(&digest));
            // Asked here, under the account's lock: two equal files at once are one. Older keys still count.
            for index in pixels.iter().flat_map(|pixels| ctx.keys.blind_indexes(PIXELS, pixels)) {
                if store::has_pixels(tx, &account, &index)? {
                    (state, told) = (State::Refused, Told { refusal: "twice".into(), ..told.clone() });
                }
            }
            let index = pixels.filter(|_| state == State::Kept).map(|p| ctx.keys.blind_index(PIXELS, &p));
            if !store::end_scan(tx, &ctx, &account, &scan, (state, &told, index.as_ref()))? {
                return Ok(state);
            }
            store::drop_pieces(tx, &upload)?;
            let slot = slot.word().into();
            if state == State::Kept {
                jobs::enqueue_look(tx, &ctx, &account)?;
            }
            let event = match state {
                State::Kept => Event::ScanKept { slot },
                _ => Event::ScanRefused { slot, reason: told.refusal },
            };
            audit::record(tx, &ctx, Chain::Account(account.as_str()), &event)?;
            Ok(state)
        })
        .await?;
    metrics::counter!("scans_judged_total", "state" => state.word()).increment(1);
    Ok(Judged::Ended)
}
