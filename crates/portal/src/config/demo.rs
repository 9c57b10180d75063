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
        [push]
        contact = "mailto:admin@pristan.example"
        allow_private = true
        [registers.pension]
        url = "{base}/registers/pension"
        register_name = "pension"
        sign_key = "{key}"
        sign_key_id = "portal-demo"
        register_keys.stand-demo = "{theirs}"
        [registers.interior]
        url = "{base}/registers/interior"
        register_name = "interior"
        sign_key = "{key}"
        sign_key_id = "portal-demo"
        register_keys.stand-demo = "{theirs}"
        [registers.tax]
        url = "{base}/registers/tax"
        register_name = "tax"
        sign_key = "{key}"
        sign_key_id = "portal-demo"
        register_keys.stand-demo = "{theirs}"
        [staff.strength]
        admin = "aal2"
        support = "aal2"
        security = "aal2"
        auditor = "aal2"
        reviewer = "aal2"
        [limits]
        exempt_networks = ["127.0.0.0/8", "::1/128"]
        "#,
        a = at(1)?,
        b = at(2)?,
        smtp = at(3)?,
        key = DEMO_KEY.replace('\n', "\\n"),
        theirs = STAND_PUBLIC_KEY.replace('\n', "\\n"),
    );
    text.parse().map_err(|_| wrong())
}

/// Passwords that the demonstration uses and that no real system may have.
pub(super) const DEMO_SECRETS: [&str; 4] = ["demo-a", "demo-b", "demo-voice", "demo-mail"];

/// Our key in the demonstration's tokens: known to everybody.
const DEMO_KEY: &str = "-----BEGIN PRIVATE KEY-----\n\
    MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgO7N9e1WpDjU9+fUf\n\
    Zu+hfsDWjAiG6dfs2EeGGYgtgZChRANCAAQyYpxZwoq5hOFI4bt97fu3ZlXPlD4U\n\
    oXh2oKyBgSsI/FSM7PGkCOAjzBjFXazL40xboWrlbayXfr/BsnFZBF8B\n\
    -----END PRIVATE KEY-----";
/// By this part of it a real portal knows that the key is the demonstration's.
pub(super) const DEMO_KEY_MARK: &str = "Zu+hfsDWjAiG6dfs2EeGGYgtgZChRANC";
/// The key by which the stand's registers are known.
const STAND_PUBLIC_KEY: &str = "-----BEGIN PUBLIC KEY-----\n\
    MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE6eBvE+T0qlX5gz2YUW/P/gfRhmVe\n\
    B4g3u+e+GWTqGqRlOjBe68PYVuDCOKTBvvfyUMtEPqti+ysWv7aBIce1Pg==\n\
    -----END PUBLIC KEY-----";
