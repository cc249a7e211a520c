//! Keyboards. Layer 229 split `KeyboardButton` into reply and inline buttons, each with a type beside its text; before it
//! every kind of button was a constructor of its own.

use crate::table::{Name, Ty};
use crate::value::{Object, Value};

/// The old constructor, and the type that reply buttons and inline buttons have for it.
const BUTTONS: &[(&str, &str)] = &[
    ("keyboardButton", "buttonTypeDefault"),
    ("keyboardButtonRequestGeoLocation", "buttonTypeRequestGeoLocation"),
    ("keyboardButtonRequestPeer", "buttonTypeRequestPeer"),
    ("keyboardButtonRequestPhone", "buttonTypeRequestPhone"),
    ("keyboardButtonRequestPoll", "buttonTypeRequestPoll"),
    ("keyboardButtonSimpleWebView", "buttonTypeSimpleWebView"),
    ("inputKeyboardButtonRequestPeer", "inputButtonTypeRequestPeer"),
    ("keyboardButtonBuy", "inlineButtonTypeBuy"),
    ("keyboardButtonCallback", "inlineButtonTypeCallback"),
    ("keyboardButtonCopy", "inlineButtonTypeCopy"),
    ("keyboardButtonGame", "inlineButtonTypeGame"),
    ("keyboardButtonSwitchInline", "inlineButtonTypeSwitchInline"),
    ("keyboardButtonUrl", "inlineButtonTypeUrl"),
    ("keyboardButtonUrlAuth", "inlineButtonTypeUrlAuth"),
    ("keyboardButtonUserProfile", "inlineButtonTypeUserProfile"),
    ("keyboardButtonWebView", "inlineButtonTypeWebView"),
    ("inputKeyboardButtonUrlAuth", "inputInlineButtonTypeUrlAuth"),
    ("inputKeyboardButtonUserProfile", "inputInlineButtonTypeUserProfile"),
];

/// The last layer with a constructor for each kind of button.
const LAST_OLD: u16 = 228;

/// An old button as a reply button or as an inline button, whichever `ty` asks for.
pub(super) fn split<'a>(object: &Object<'a>, ty: Ty) -> Option<Object<'a>> {
    let name = match ty {
        Ty::Named(of) if of.text() == "KeyboardButton" => "keyboardButton",
        Ty::Named(of) if of.text() == "KeyboardInlineButton" => "keyboardInlineButton",
        _ => return None,
    };
    let (_, kind) = BUTTONS.iter().find(|(old, _)| *old == object.name.text())?;
    let is_outer = |name: Name| matches!(name.text(), "text" | "style");
    let (mut outer, inner): (Vec<_>, Vec<_>) =
        object.fields.iter().cloned().partition(|(name, _)| is_outer(*name));
    let kind = Object { name: Name::find(kind)?, fields: inner };
    outer.push((Name::find("type")?, Value::Object(kind)));
    Some(Object { name: Name::find(name)?, fields: outer })
}

/// A button of today as the old constructor of its kind.
pub(super) fn join<'a>(object: &Object<'a>, kind: Object<'a>) -> Option<Object<'a>> {
    let (old, _) = BUTTONS.iter().find(|(_, name)| *name == kind.name.text())?;
    let mut fields = kind.fields;
    fields.extend(object.fields.iter().filter(|(name, _)| name.text() != "type").cloned());
    Some(Object { name: Name::find(old)?, fields })
}

/// Whether a layer has the old buttons.
pub(super) const fn is_old(layer: u16) -> bool {
    layer <= LAST_OLD
}
