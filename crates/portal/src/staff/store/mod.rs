//! The SQL of the workplace.

mod cards;
mod figures;
mod invitations;
mod log;
mod members;
mod people;
mod sessions;

pub use cards::{Card, NewCard, card, close_card, insert_card, sweep_cards};
pub use figures::{Counted, count, figures, keep, last, note_last};
pub use invitations::{
    NewInvitation, end_invitation, end_invitations_of, insert_invitation, invitation, open_invitations,
    spend_invitation, sweep_invitations,
};
pub use log::{PAGE, Written, acts, note_act, recent_events};
pub use members::{
    hold_admins, insert_member, is_staff, list as list_members, member, member_of, remove_member, set_role,
};
pub use people::{Head, account_head};
pub use sessions::{
    Found as FoundSession, NewSession, end as end_session, end_of_member, end_of_session,
    find as find_session, insert_session, is_known, sweep_sessions, touch as touch_session,
};
