//! `/cabinet/notifications`: what the person was told, newest first, in the language of the page.

use super::{FEED, SETTINGS};
use crate::ctx::Ctx;
use crate::notifications::feed::{self, Entry, Sent};
use crate::notifications::{NoticeId, write};
use crate::web::fault::Fault;
use crate::web::form::Form;
use crate::web::page::{Kind, Page};
use crate::web::stream;
use crate::web::ui::{Button, EmptyState, LinkButton, Tag, Weight};
use crate::web::visit::SignedIn;
use askama::Template;
use axum::extract::Query;
use axum::http::HeaderMap;
use axum::response::Response;
use kernel::Time;
use serde::Deserialize;

#[derive(Template)]
#[template(path = "notifications/templates/feed.html")]
struct FeedPage {
    page: Page,
    /// Where the page is kept fresh from; only its newest part is.
    live: Option<String>,
    rows: Vec<Row>,
    empty: Option<EmptyState>,
    /// The button that marks everything, and up to which moment.
    all: Option<(Button, i64)>,
    older: Option<LinkButton>,
    newest: Option<LinkButton>,
    settings: LinkButton,
}

struct Row {
    id: String,
    title: String,
    text: String,
    time: String,
    machine: String,
    fresh: Option<Tag>,
    way: Option<LinkButton>,
    read: Option<Button>,
    sent: Vec<String>,
}

/// What the address of the page says.
#[derive(Deserialize)]
pub struct Asked {
    #[serde(default)]
    before: String,
}

/// The page.
pub async fn get(
    SignedIn { visit, session }: SignedIn,
    Query(asked): Query<Asked>,
) -> Result<Response, Fault> {
    let (ctx, account) = (visit.ctx().clone(), session.account.clone());
    let before = NoticeId::parse(&asked.before);
    let (rows, cursor) = (visit.app().config().notifications.page_rows, before.clone());
    let (entries, more, mark) = visit
        .app()
        .read(move |tx| {
            let (entries, more) = feed::page(tx, &ctx, &account, cursor.as_ref(), rows)?;
            Ok((entries, more, feed::mark(tx, &account)?))
        })
        .await?;
    let page = visit.page();
    let link = |words: &'static str, href: String| LinkButton::new(words, href).weight(Weight::Secondary);
    let last = entries.last().map(|entry| entry.id.to_string());
    let newest_at = entries.first().map(|entry| entry.at.0);
    let any_new = session.unread > 0;
    let all = newest_at.filter(|_| any_new && before.is_none());
    let rows: Vec<Row> = entries.into_iter().filter_map(|entry| row(&page, visit.ctx(), entry)).collect();
    let empty = EmptyState::new("bell", page.t("notifications-empty"), page.t("notifications-empty-text"));
    Ok(visit.ok(&FeedPage {
        live: before.is_none().then(|| format!("{FEED}/live?mark={mark}")),
        empty: rows.is_empty().then_some(empty),
        all: all.map(|at| (Button::new(page.t("notifications-read-all")).weight(Weight::Secondary), at)),
        older: last
            .filter(|_| more)
            .map(|last| link(page.t("notifications-older"), format!("{FEED}?before={last}"))),
        newest: before.map(|_| link(page.t("notifications-newest"), FEED.to_owned())),
        settings: LinkButton::new(page.t("notifications-settings-title"), SETTINGS).weight(Weight::Quiet),
        rows,
        page,
    }))
}

fn row(page: &Page, ctx: &Ctx, entry: Entry) -> Option<Row> {
    let kind = entry.kind?;
    let words = write::Words { kind, at: entry.at, lang: page.lang, args: &entry.args };
    Some(Row {
        title: words.subject(ctx),
        text: words.text_inside(ctx),
        time: page.date_time(entry.at),
        machine: page.machine_time(entry.at),
        fresh: (!entry.read).then(|| Tag::new(Kind::Info, page.t("notifications-new"))),
        way: Some(LinkButton::new(page.t("notifications-open"), kind.way()).weight(Weight::Secondary)),
        read: (!entry.read).then(|| Button::new(page.t("notifications-read")).weight(Weight::Quiet)),
        sent: entry.sent.iter().map(|sent| report(page, sent)).collect(),
        id: entry.id.to_string(),
    })
}

/// «Эл. почта: отправлено, 22 ноября 2026, 12:03».
fn report(page: &Page, sent: &Sent) -> String {
    let args = [
        ("channel", page.t(sent.channel.text_key()).into()),
        ("state", page.t(sent.state.text_key()).into()),
        ("time", page.date_time(sent.at).into()),
    ];
    page.tf("notifications-sent", &args)
}

/// What the stream is told of the page.
#[derive(Deserialize)]
pub struct Seen {
    #[serde(default)]
    mark: String,
}

/// Says when the feed should be fetched again.
pub async fn live(
    SignedIn { visit, .. }: SignedIn,
    headers: HeaderMap,
    Query(seen): Query<Seen>,
) -> Result<Response, Fault> {
    stream::answer(&visit, &headers, &seen.mark, feed::mark).await
}

/// Marks one entry as read.
pub async fn read_one(SignedIn { visit, session }: SignedIn, Form(fields): Form) -> Result<Response, Fault> {
    fields.only(&["notice", "before"])?;
    let id = NoticeId::parse(fields.text("notice")).ok_or_else(Fault::not_found)?;
    let (ctx, account) = (visit.ctx().clone(), session.account.clone());
    visit.app().write(move |tx| feed::mark_read(tx, &ctx, &account, &id)).await?;
    visit.app().sessions().forget(&session.account);
    let back = NoticeId::parse(fields.text("before")).map(|before| format!("{FEED}?before={before}"));
    Ok(visit.see_other(back.as_deref().unwrap_or(FEED)))
}

/// Marks everything that the page showed, and what is older, as read.
pub async fn read_all(SignedIn { visit, session }: SignedIn, Form(fields): Form) -> Result<Response, Fault> {
    fields.only(&["until"])?;
    let until = fields.text("until").parse::<i64>().map_err(|_| Fault::bad_request("until"))?;
    let until = Time(until).min(visit.now());
    let (ctx, account) = (visit.ctx().clone(), session.account.clone());
    visit.app().write(move |tx| feed::mark_all_read(tx, &ctx, &account, until)).await?;
    visit.app().sessions().forget(&session.account);
    Ok(visit.see_other_with(FEED, "notices-read"))
}
