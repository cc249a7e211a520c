//! Media between the wire and the model.
//!
//! To a client: [`photo`], [`document`], [`message_media`], [`chat_photo`], [`user_profile_photo`]. From a client: [`input_media`],
//! [`input_file`], [`input_chat_photo`].

mod input;
mod output;

pub use input::{input_chat_photo, input_file, input_media, met_photo};
pub use output::{
    FileContext, NOBODY, chat_photo, document, message_media, photo, user_profile_photo,
};
