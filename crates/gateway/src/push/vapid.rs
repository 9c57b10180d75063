//! Our key, and the tokens by which push services know us (RFC 8292).

use super::PushConfig;
use crate::ConfigProblem;
use crate::jwt::SigningKey;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use hyper::Uri;
use kernel::{Span, Time};
use serde::Serialize;
use std::io::Write as _;
use std::path::Path;

/// How long a token counts; the standard allows a day.
const LIFE: Span = Span::hours(12);

/// The key with which our pushes are signed.
pub struct Vapid {
    key: SigningKey,
    public: String,
    contact: String,
}

#[derive(Serialize)]
struct Claims<'a> {
    aud: &'a str,
    exp: i64,
    sub: &'a str,
}

impl Vapid {
    /// Reads the key of a file; the first start makes it, for its owner only.
    ///
    /// # Errors
    /// The file cannot be read or made, or holds no key of the curve P-256.
    pub fn load_or_create(config: &PushConfig, file: &Path) -> Result<Vapid, ConfigProblem> {
        let problem = |what: String| ConfigProblem::new("key_file", format!("{}: {what}", file.display()));
        if !file.exists() {
            create(file).map_err(|error| problem(format!("cannot be made: {error}")))?;
        }
        let pem =
            std::fs::read_to_string(file).map_err(|error| problem(format!("cannot be read: {error}")))?;
        Vapid::from_pem(config, &pem).map_err(|what| problem(what.to_owned()))
    }

    /// A key in PEM (`BEGIN PRIVATE KEY`).
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn from_pem(config: &PushConfig, pem: &str) -> Result<Vapid, &'static str> {
        let key = SigningKey::from_pem(pem, "")?;
        let public = URL_SAFE_NO_PAD.encode(key.public());
        Ok(Vapid { key, public, contact: config.contact.clone() })
    }

    /// Our public key in base64url.
    pub fn public(&self) -> &str {
        &self.public
    }

    /// `Authorization` of a push to this address.
    pub(super) fn authorization(&self, endpoint: &Uri, now: Time) -> Option<String> {
        let origin = format!("{}://{}", endpoint.scheme_str()?, endpoint.authority()?);
        let exp = (now + LIFE).0 / Span::seconds(1).0;
        let token = self.key.sign(&Claims { aud: &origin, exp, sub: &self.contact })?;
        Some(format!("vapid t={token}, k={}", self.public))
    }
}

/// Writes a new key, unless somebody else is faster.
fn create(file: &Path) -> std::io::Result<()> {
    let der = crate::jwt::new_key().ok_or_else(|| std::io::Error::other("no randomness"))?;
    let text = STANDARD.encode(der);
    let mut pem = String::from("-----BEGIN PRIVATE KEY-----\n");
    for line in text.as_bytes().chunks(64) {
        pem.push_str(&String::from_utf8_lossy(line));
        pem.push('\n');
    }
    pem.push_str("-----END PRIVATE KEY-----\n");
    // Beside, then renamed without overwriting: nobody ever reads half a key.
    let beside = file.with_extension(format!("{}.new", std::process::id()));
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut out = options.open(&beside)?;
    out.write_all(pem.as_bytes())?;
    out.sync_all()?;
    let linked = std::fs::hard_link(&beside, file);
    std::fs::remove_file(&beside)?;
    match linked {
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::jwt::{self, VerifyingKey};

    fn config() -> PushConfig {
        PushConfig { contact: "mailto:admin@portal.example".into(), ..PushConfig::default() }
    }

    #[test]
    fn a_token_names_the_push_service_and_us() {
        let vapid = Vapid::from_pem(&config(), jwt::tests::PRIVATE).expect("a key");
        let endpoint: Uri = "https://push.example.org:8443/send/secret".parse().expect("an address");
        let now = Time(1_790_000_000_000_000);
        let header = vapid.authorization(&endpoint, now).expect("a token");
        let (token, public) =
            header.strip_prefix("vapid t=").and_then(|rest| rest.split_once(", k=")).expect("t, k");
        let key = VerifyingKey::from_pem(jwt::tests::PUBLIC).expect("a key");
        let claims = jwt::open(token, |_| Some(&key)).expect("our signature");
        let claims: serde_json::Value = serde_json::from_slice(&claims).expect("JSON");
        assert_eq!(claims["aud"], "https://push.example.org:8443");
        assert_eq!(claims["sub"], "mailto:admin@portal.example");
        assert_eq!(claims["exp"], 1_790_000_000 + 12 * 3_600);
        assert_eq!(public, vapid.public());
        assert_eq!(URL_SAFE_NO_PAD.decode(public).expect("base64url").len(), 65);
    }

    #[test]
    fn a_key_is_made_once_and_for_its_owner_only() {
        let folder = std::env::temp_dir().join(format!("pristan-vapid-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a folder");
        let file = folder.join("push-key.pem");
        let first = Vapid::load_or_create(&config(), &file).expect("a key").public().to_owned();
        assert_eq!(Vapid::load_or_create(&config(), &file).expect("the key").public(), first);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = std::fs::metadata(&file).expect("a file").permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
        assert_eq!(std::fs::read_dir(&folder).expect("a folder").count(), 1, "nothing is left beside it");
        std::fs::write(&file, "nonsense").expect("written");
        assert!(Vapid::load_or_create(&config(), &file).is_err());
        std::fs::remove_dir_all(&folder).expect("removed");
    }
}
