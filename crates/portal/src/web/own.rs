//! Requests of our own pages whose body is no ordinary form: sent by a script of ours, or a form with a file.

use super::fault::Fault;
use super::form::check_origin;
use super::visit::{SignedInOnly, Visit};
use crate::app::App;
use axum::body::Body;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::{HeaderMap, header};
use futures_util::TryStreamExt as _;
use multer::{Constraints, Multipart, SizeLimit};

/// The header in which a script of our pages sends the token of its page.
pub const TOKEN: &str = "x-csrf-token";

/// The most bytes of an ordinary field beside a file.
const MOST_FIELD: u64 = 4 * 1024;

/// A request of a script of ours: origin and token are checked, the body is unread.
pub struct Own {
    /// The headers.
    pub headers: HeaderMap,
    /// The body; how much of it is read is the handler's to bound.
    pub body: Body,
}

impl FromRequest<App> for Own {
    type Rejection = Fault;

    async fn from_request(request: Request, app: &App) -> Result<Own, Fault> {
        let (mut parts, body) = request.into_parts();
        let Ok(visit) = Visit::from_request_parts(&mut parts, app).await;
        check_origin(&parts.headers, visit.app())?;
        let token = parts.headers.get(TOKEN).and_then(|token| token.to_str().ok()).unwrap_or_default();
        if !visit.csrf_matches(token) {
            return Err(Fault::stale_form());
        }
        Ok(Own { headers: parts.headers, body })
    }
}

/// A file that came with a form of ours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sent {
    /// It is there.
    File {
        /// Its name on the person's device.
        name: String,
        /// All of it.
        bytes: Vec<u8>,
    },
    /// No file was chosen.
    Nothing,
    /// More bytes than asked for.
    TooBig,
}

/// A form with one file in the field `file`, of our own origin; the token comes before the file.
pub struct FileForm {
    visit: Visit,
    parts: Multipart<'static>,
    signed_in_only: bool,
}

impl FromRequest<App> for FileForm {
    type Rejection = Fault;

    async fn from_request(request: Request, app: &App) -> Result<FileForm, Fault> {
        let (mut parts, body) = request.into_parts();
        let Ok(visit) = Visit::from_request_parts(&mut parts, app).await;
        check_origin(&parts.headers, visit.app())?;
        let kind =
            parts.headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        let Ok(boundary) = multer::parse_boundary(kind) else {
            // A form without a file has no token either that could be read here.
            let plain = kind.starts_with("application/x-www-form-urlencoded");
            return Err(if plain { Fault::stale_form() } else { Fault::unsupported_media() });
        };
        let sizes = SizeLimit::new().for_field("csrf", MOST_FIELD);
        let constraints = Constraints::new().allowed_fields(vec!["csrf", "file"]).size_limit(sizes);
        let stream = body.into_data_stream().map_err(std::io::Error::other);
        let signed_in_only = parts.extensions.get::<SignedInOnly>().is_some();
        Ok(FileForm {
            visit,
            parts: Multipart::with_constraints(stream, boundary, constraints),
            signed_in_only,
        })
    }
}

impl FileForm {
    /// Reads the form: the token first, then the file, at most `documents.max_bytes`.
    ///
    /// # Errors
    /// The page for a form that is not ours, or broken.
    pub async fn read(mut self) -> Result<Sent, Fault> {
        let broken = |_| Fault::bad_request("a broken form");
        let Some(first) = self.parts.next_field().await.map_err(broken)? else {
            return Err(Fault::stale_form());
        };
        if first.name() != Some("csrf") || !self.visit.csrf_matches(&first.text().await.map_err(broken)?) {
            return Err(Fault::stale_form());
        }
        let Some(mut file) = self.parts.next_field().await.map_err(broken)? else { return Ok(Sent::Nothing) };
        let name = file.file_name().unwrap_or_default().to_owned();
        let most = usize::try_from(self.visit.app().config().documents.max_bytes).unwrap_or(usize::MAX);
        let (mut bytes, mut too_big) = (Vec::new(), false);
        // What is too big is read on and forgotten, up to `server.upload_bytes`: a browser shows no answer to a form that
        // it could not send to its end.
        while let Some(chunk) = file.chunk().await.map_err(broken)? {
            too_big |= bytes.len() + chunk.len() > most;
            if !too_big {
                bytes.extend_from_slice(&chunk);
            }
        }
        drop(file);
        // The body may take its time; a session that ended meanwhile acts no more.
        if self.signed_in_only && !self.visit.is_still_signed_in().await? {
            return Err(Fault::stale_form());
        }
        Ok(match () {
            () if too_big => Sent::TooBig,
            () if name.is_empty() && bytes.is_empty() => Sent::Nothing,
            () => Sent::File { name, bytes },
        })
    }
}
