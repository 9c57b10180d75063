//! Request bodies with a bound on size, on pauses and on slowness.

use crate::config;
use axum::body::{Body, Bytes};
use http_body_util::{Full, Limited};
use hyper::body::{Frame, Incoming, SizeHint};
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::time::{Instant, Sleep, sleep_until};

/// The error of a body that came too slowly; the web shell answers 408.
#[derive(Debug, thiserror::Error)]
#[error("the body came too slowly")]
pub struct SlowBody;

/// The body as handlers see it. Nothing above `settings.upload_bytes` is ever read; a body that announces more fails
/// at its first read, before a byte of it was taken.
pub(super) fn guarded(body: Incoming, settings: &config::Server) -> Body {
    use hyper::body::Body as _;
    if body.is_end_stream() {
        return Body::empty();
    }
    if body.size_hint().lower() > settings.upload_bytes {
        // `Limited` makes the error that handlers answer with 413.
        return Body::new(Limited::new(Full::from(&b"-"[..]), 0));
    }
    let limit = usize::try_from(settings.upload_bytes).unwrap_or(usize::MAX);
    Body::new(Limited::new(Paced::new(body, settings), limit))
}

/// A body that must go on at least every `idle` and, after the first `idle`, at `rate` bytes a second on average.
struct Paced {
    inner: Incoming,
    idle: Duration,
    rate: u64,
    begun: Option<Instant>,
    taken: u64,
    deadline: Option<Pin<Box<Sleep>>>,
}

impl Paced {
    fn new(inner: Incoming, settings: &config::Server) -> Paced {
        Paced {
            inner,
            idle: Duration::from_secs(settings.body_idle_seconds.into()),
            rate: settings.body_bytes_per_second.into(),
            begun: None,
            taken: 0,
            deadline: None,
        }
    }

    fn too_slow(&self, now: Instant) -> bool {
        let since = now - self.begun.unwrap_or(now);
        since > self.idle && self.taken < self.rate.saturating_mul(since.as_secs())
    }
}

impl hyper::body::Body for Paced {
    type Data = Bytes;
    type Error = Box<dyn std::error::Error + Send + Sync>;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        match Pin::new(&mut self.inner).poll_frame(cx) {
            Poll::Ready(Some(Ok(frame))) => {
                self.taken += frame.data_ref().map_or(0, |data| data.len() as u64);
                self.deadline = None;
                let now = Instant::now();
                self.begun.get_or_insert(now);
                if self.too_slow(now) {
                    Poll::Ready(Some(Err(SlowBody.into())))
                } else {
                    Poll::Ready(Some(Ok(frame)))
                }
            }
            Poll::Ready(Some(Err(error))) => Poll::Ready(Some(Err(error.into()))),
            Poll::Ready(None) => Poll::Ready(None),
            Poll::Pending => {
                let now = Instant::now();
                let idle = self.idle;
                self.begun.get_or_insert(now);
                let deadline = self.deadline.get_or_insert_with(|| Box::pin(sleep_until(now + idle)));
                match deadline.as_mut().poll(cx) {
                    Poll::Ready(()) => Poll::Ready(Some(Err(SlowBody.into()))),
                    Poll::Pending => Poll::Pending,
                }
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}
