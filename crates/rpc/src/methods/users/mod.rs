//! People.

mod get_full_user;
mod get_requirements_to_contact;
mod get_users;

use tl_api::functions::users as f;

use crate::dispatch::{Entry, Spec, entry};

pub(super) fn entries() -> Vec<Entry> {
    vec![
        entry!(Spec::SIGNED_IN, f::GetUsers, get_users::handle),
        entry!(Spec::SIGNED_IN, f::GetFullUser, get_full_user::handle),
        entry!(Spec::SIGNED_IN, f::GetRequirementsToContact, get_requirements_to_contact::handle),
    ]
}
