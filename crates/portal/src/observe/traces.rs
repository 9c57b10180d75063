//! OpenTelemetry traces over OTLP/HTTP, behind the cargo feature `otel`.

use crate::config::Traces;
use opentelemetry::trace::TracerProvider as _;
use opentelemetry_otlp::{Protocol, SpanExporter, WithExportConfig as _};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::{Sampler, SdkTracerProvider};
use std::io;
use tracing::Subscriber;
use tracing_subscriber::Layer;
use tracing_subscriber::registry::LookupSpan;

/// Sends what is still waiting when the process ends.
pub(super) struct Exporter(SdkTracerProvider);

impl Exporter {
    pub fn finish(self) {
        let _ = self.0.shutdown();
    }
}

/// A layer of whatever make.
type Boxed<S> = Box<dyn Layer<S> + Send + Sync>;

/// The layer that hands our spans to the collector; nothing without an endpoint.
pub(super) fn layer<S>(settings: &Traces) -> io::Result<(Option<Boxed<S>>, Option<Exporter>)>
where
    S: Subscriber + for<'a> LookupSpan<'a> + Send + Sync,
{
    if settings.endpoint.is_empty() {
        return Ok((None, None));
    }
    let exporter = SpanExporter::builder()
        .with_http()
        .with_protocol(Protocol::HttpBinary)
        .with_endpoint(&settings.endpoint)
        .build()
        .map_err(io::Error::other)?;
    let provider = SdkTracerProvider::builder()
        .with_batch_exporter(exporter)
        .with_sampler(Sampler::ParentBased(Box::new(Sampler::TraceIdRatioBased(settings.share))))
        .with_resource(Resource::builder().with_service_name("pristan").build())
        .build();
    let tracer = provider.tracer("pristan");
    // Only our own spans and events: foreign ones may carry values.
    let filter = super::log_filter("info").unwrap_or_default();
    let layer = tracing_opentelemetry::layer().with_tracer(tracer).with_filter(filter);
    Ok((Some(Box::new(layer)), Some(Exporter(provider))))
}
