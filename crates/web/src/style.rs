//! The style sheet, from this origin so that the content policy stays strict. Its address names its content, so that it never ages.

use std::sync::LazyLock;

/// The text.
pub(crate) const TEXT: &str = include_str!("style.css");

/// The mark of this server in a tab, and where it is.
pub(crate) const ICON: &str = include_str!("icon.svg");
pub(crate) const ICON_PATH: &str = "/icon.svg";

/// Where it is.
pub(crate) static PATH: LazyLock<String> =
    LazyLock::new(|| format!("/style.css?v={}", crate::answer::digest(TEXT.as_bytes())));
