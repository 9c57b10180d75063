//! The design system's components: small values that write their own HTML.
//!
//! A page holds them as fields and prints them with `{{ surname }}`; everything a person typed is
//! escaped by the component. What they look like in every state is shown at `/dev/components`.

mod actions;
mod challenge;
mod choices;
mod data;
mod feedback;
mod fields;
mod file;
mod frame;
mod navigation;
mod password;
mod progress;
mod qr;
mod words;

pub use actions::{Button, LinkButton, Weight};
pub use challenge::Challenge;
pub use choices::{Checkbox, Radios, Select};
pub use data::{Details, SummaryList, Table, Tag};
pub use feedback::{Countdown, EmptyState, ErrorSummary, Notice, Panel};
pub use fields::{CodeField, DateField, TextArea, TextField};
pub use file::FileField;
pub use frame::{Errors, Frame};
pub use navigation::{BackLink, Breadcrumbs, Icon, LanguageSwitch, LookSwitch};
pub use password::{PasswordField, PasswordRules};
pub use progress::{Ladder, Stage, Steps, TaskList, Timeline};
pub use qr::Qr;
pub use words::Words;
