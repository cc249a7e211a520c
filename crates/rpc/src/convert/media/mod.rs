//! Media between the wire and the model.
//!
//! To a client: [`photo`], [`document`], [`message_media`], [`chat_photo`], [`user_profile_photo`]. From a client: [`input_media`].

mod output;

pub use output::{FileContext, chat_photo, document, message_media, photo, user_profile_photo};
