//! Choosing a new password, twice: the fields, the rules beside them and the faults. Shared by every such page.

use super::fields;
use super::form::Fields;
use super::texts;
use super::ui::{ErrorSummary, Errors, PasswordField, PasswordRules};
use super::visit::Visit;
use crate::error::{Error, Result};
use kernel::Lang;
use kernel::password::Policy;

/// The two fields with their rules.
pub struct NewPassword {
    /// What is wrong, above the form.
    pub summary: Option<ErrorSummary>,
    /// The password.
    pub password: PasswordField,
    /// The same again.
    pub repeat: PasswordField,
    failed: bool,
}

impl NewPassword {
    /// The fields, empty: a password is never sent back to a page.
    pub fn new(visit: &Visit, errors: Option<Errors>) -> NewPassword {
        let lang = visit.lang();
        let policy = visit.app().passwords().policy();
        let failed = errors.is_some();
        let errors = errors.unwrap_or_default();
        NewPassword {
            summary: errors.summary(lang),
            password: PasswordField::new(lang, "password")
                .label(texts::text(lang, "web-password-new"))
                .rules(rules(lang, policy))
                .maxlength(policy.max)
                .error(errors.get("password")),
            repeat: PasswordField::new(lang, "password_repeat")
                .label(texts::text(lang, "web-password-repeat"))
                .maxlength(policy.max)
                .error(errors.get("password_repeat")),
            failed,
        }
    }

    /// Whether something is wrong.
    pub fn has_errors(&self) -> bool {
        self.failed
    }
}

fn rules(lang: Lang, policy: &Policy) -> PasswordRules {
    let mut rules = PasswordRules::new(lang, policy.min, policy.max);
    if policy.upper {
        rules = rules.upper();
    }
    if policy.lower {
        rules = rules.lower();
    }
    if policy.digit {
        rules = rules.digit();
    }
    if !policy.special.is_empty() {
        rules = rules.one_of(&policy.special);
    }
    rules.uncommon()
}

/// What is wrong with the two fields; none when the password may be taken.
///
/// # Errors
/// The estimate of strength went down.
pub async fn faults(visit: &Visit, form: &Fields, personal: &[String]) -> Result<Option<Errors>> {
    let (passwords, lang) = (visit.app().passwords().clone(), visit.lang());
    let (wished, personal) = (form.secret("password"), personal.to_vec());
    // Judging strength takes milliseconds: not on a thread that answers requests.
    let found = tokio::task::spawn_blocking(move || {
        let personal: Vec<&str> = personal.iter().map(String::as_str).collect();
        passwords.faults(wished.expose(), &personal)
    });
    let found = found.await.map_err(|_| Error::Bug("judging a password went down".into()))?;
    let policy = visit.app().passwords().policy();
    let mut errors = Errors::new();
    if form.text("password").is_empty() {
        errors.add("password", texts::text(lang, "web-password-fault-empty"));
    } else if let Some(words) = fields::password_faults(lang, &found, policy.min, policy.max) {
        errors.add("password", words);
    } else if !kernel::secret::same(form.text("password").as_bytes(), form.text("password_repeat").as_bytes())
    {
        errors.add("password_repeat", texts::text(lang, "web-password-fault-repeat"));
    }
    Ok((!errors.is_empty()).then_some(errors))
}
