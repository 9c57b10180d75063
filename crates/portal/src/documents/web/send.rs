//! `POST /cabinet/documents/slot/{slot}`: a file by an ordinary form, whole, without scripts.

use super::{PAGE, overview};
use crate::accounts::AccountId;
use crate::documents::{self, Added, Created, ScanId, Slot, judge};
use crate::web::fault::Fault;
use crate::web::own::{FileForm, Sent};
use crate::web::visit::{SignedIn, Visit};
use axum::extract::Path;
use axum::response::Response;

/// What became of the file.
enum Taken {
    /// It is being judged, or was.
    Whole(ScanId),
    /// The form says what is wrong.
    Refused(&'static str),
}

/// Takes the file.
pub async fn post(
    SignedIn { visit, session }: SignedIn,
    Path(slot): Path<String>,
    form: FileForm,
) -> std::result::Result<Response, Fault> {
    let sent = form.read().await?;
    let slot = Slot::from_word(&slot).ok_or_else(Fault::not_found)?;
    if visit.app().gateways().objects.is_none() {
        return Err(Fault::not_found());
    }
    let taken = match sent {
        Sent::Nothing => Taken::Refused("documents-error-none"),
        Sent::TooBig => Taken::Refused("documents-refused-big"),
        Sent::File { name, bytes } => take(&visit, &session.account, slot, name, bytes).await?,
    };
    match taken {
        Taken::Whole(scan) => {
            judge::at_once(visit.app(), &scan).await;
            Ok(visit.see_other(&format!("{PAGE}#place-{}", slot.word())))
        }
        Taken::Refused(key) => overview::with_error(&visit, &session.account, slot, key).await,
    }
}

async fn take(
    visit: &Visit,
    account: &AccountId,
    slot: Slot,
    name: String,
    bytes: Vec<u8>,
) -> std::result::Result<Taken, Fault> {
    let (ctx, config, account) = (visit.ctx().clone(), visit.app().config_arc(), account.clone());
    let taken = visit
        .app()
        .write(move |tx| {
            let wish = (slot, name.as_str(), bytes.len() as u64);
            let upload = match documents::begin(tx, &ctx, &config, &account, wish)? {
                Created::Made(upload) => upload,
                Created::Empty => return Ok(Err("documents-refused-empty")),
                Created::TooBig => return Ok(Err("documents-refused-big")),
                Created::TooMany => return Ok(Err("documents-error-many")),
                Created::Wait(_) => return Ok(Err("documents-error-wait")),
            };
            match documents::add(tx, &ctx, &account, &upload.id, (0, &bytes))? {
                Added::Whole(scan) => Ok(Ok(scan)),
                Added::Kept(_) | Added::Conflict => {
                    Err(crate::error::Error::Bug("a whole file is not whole".into()))
                }
            }
        })
        .await?;
    Ok(taken.map_or_else(Taken::Refused, Taken::Whole))
}
