//! The demonstration wiring: every gateway points at the stand, which plays the outside world.
//!
//! The product knows the stand only as addresses and credentials, the same way it would know real systems. The
//! stand derives its other ports from its main one: +1 and +2 are its two SMS centres, +3 its mail server, and
//! calls are ordered at `/voice/calls` on the main port.

use toml::Table;

/// Where the stand answers when nobody says otherwise.
pub const STAND_URL: &str = "http://localhost:8090";

/// The values that demonstration mode sets, given the stand's address.
pub(super) fn wiring(stand_url: &str) -> Result<Table, String> {
    let wrong = || format!("`{stand_url}` is not an address such as {STAND_URL}");
    let uri: axum::http::Uri = stand_url.parse().map_err(|_| wrong())?;
    let host = uri.host().ok_or_else(wrong)?.trim_matches(['[', ']']);
    let port = uri.port_u16().unwrap_or(80);
    let at = |offset: u16| port.checked_add(offset).ok_or_else(wrong);
    let base = stand_url.trim_end_matches('/');
    let text = format!(
        r#"
        [sms.smpp]
        sms_centre_a = {{ weight = 70, host = "{host}", port = {a}, system_id = "pristan_a", password = "demo-a", reconnect_max_millis = 2000 }}
        sms_centre_b = {{ weight = 30, host = "{host}", port = {b}, system_id = "pristan_b", password = "demo-b", reconnect_max_millis = 2000 }}
        [voice]
        url = "{base}/voice/calls"
        token = "demo-voice"
        [mail]
        host = "{host}"
        port = {smtp}
        tls = "none"
        user = "pristan"
        password = "demo-mail"
        from = "Пристань <no-reply@pristan.example>"
        [staff.strength]
        admin = "aal2"
        support = "aal2"
        security = "aal2"
        auditor = "aal2"
        [limits]
        exempt_networks = ["127.0.0.0/8", "::1/128"]
        "#,
        a = at(1)?,
        b = at(2)?,
        smtp = at(3)?,
    );
    text.parse().map_err(|_| wrong())
}

/// Passwords that the demonstration uses and that no real system may have.
pub(super) const DEMO_SECRETS: [&str; 4] = ["demo-a", "demo-b", "demo-voice", "demo-mail"];
