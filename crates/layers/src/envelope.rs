//! Takes the wrappers off a request.
//!
//! ```text
//! invokeWithLayer(layer, initConnection(api_id, ..., invokeAfterMsg(id, gzip_packed(messages.getDialogs ...))))
//! ```
//!
//! Each wrapper ends with the request it wraps, without a length; `gzip_packed` may stand for any of them, once.

use std::borrow::Cow;

use tl_codec::{Budget, GZIP_PACKED, InflateLimits, Limits, Reader, inflate};

use crate::Error;
use crate::table::{CANONICAL, Name, Ty};
use crate::value::Decoder;

/// Wrappers around one request: twice what the deepest client sends.
const MAX_WRAPPERS: usize = 10;
/// Requests that one may wait for; clients batch at most a hundred.
const MAX_AFTER: usize = 1024;

const INVOKE_AFTER_MSG: u32 = 0xcb9f_372d;
const INVOKE_AFTER_MSGS: u32 = 0x3dc4_b4f0;
const INIT_CONNECTION: u32 = 0xc1cd_5ea9;
/// An older id for the same fields. TDLib kept it up to 1.8.14 at least, long after the published layers had changed it.
const OLDER_INIT_CONNECTION: u32 = 0x7851_88b8;
const INVOKE_WITH_LAYER: u32 = 0xda9b_0d0d;
const INVOKE_WITHOUT_UPDATES: u32 = 0xbf94_59b7;
const INVOKE_WITH_MESSAGES_RANGE: u32 = 0x3652_75f2;
const INVOKE_WITH_TAKEOUT: u32 = 0xaca9_fd2e;
const INVOKE_WITH_BUSINESS_CONNECTION: u32 = 0xdd28_9f8e;
const INVOKE_WITH_GOOGLE_PLAY_INTEGRITY: u32 = 0x1df9_2984;
const INVOKE_WITH_APNS_SECRET: u32 = 0x0dae_54f8;
const INVOKE_WITH_RE_CAPTCHA: u32 = 0xadbb_0f94;

/// What a request was wrapped in, and the request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Envelope<'a> {
    /// The layer of `invokeWithLayer`, as the client named it. It counts for the rest of the connection's key.
    pub layer: Option<i32>,
    /// What `initConnection` says about the client.
    pub init: Option<InitInfo>,
    /// Message ids of requests that must have ended before this one begins.
    pub after: Vec<i64>,
    /// The session wants no updates.
    pub without_updates: bool,
    /// The takeout session that the request belongs to.
    pub takeout: Option<i64>,
    /// Least and greatest message id that the answer may hold.
    pub messages_range: Option<(i32, i32)>,
    /// The request, of the layer named here or before.
    pub query: Cow<'a, [u8]>,
}

/// What a client says about itself. None of it is proved, and none of it may change what the server does.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct InitInfo {
    /// The application's number.
    pub api_id: i32,
    /// Model of the device.
    pub device_model: String,
    /// Operating system.
    pub system_version: String,
    /// Version of the application.
    pub app_version: String,
    /// Language of the operating system.
    pub system_lang_code: String,
    /// Name of the language pack.
    pub lang_pack: String,
    /// Language of the application.
    pub lang_code: String,
}

/// Takes off the wrappers of `body`. Whatever it copies or inflates is charged to `budget`.
///
/// # Errors
/// [`Error::Malformed`], [`Error::BadWrappers`] or [`Error::UnservedWrapper`]: the client's fault.
pub fn peel<'a>(body: &'a [u8], budget: &mut Budget) -> Result<Envelope<'a>, Error> {
    let mut envelope = Envelope { query: Cow::Borrowed(body), ..Envelope::default() };
    let mut is_inflated = false;
    for _ in 0..MAX_WRAPPERS {
        let query = std::mem::take(&mut envelope.query);
        let mut reader = Reader::with(&query, Limits::REQUEST, budget.clone());
        let id = reader.u32()?;
        if id == GZIP_PACKED {
            if std::mem::replace(&mut is_inflated, true) {
                return Err(Error::BadWrappers);
            }
            let packed = reader.bytes()?;
            reader.finish()?;
            envelope.query = Cow::Owned(inflate(packed, InflateLimits::REQUEST, budget)?);
            continue;
        }
        let is_wrapper = envelope.wrapper(id, &mut reader)?;
        *budget = reader.budget().clone();
        let read = if is_wrapper { reader.position() } else { 0 };
        envelope.query = without_first(query, read);
        if !is_wrapper {
            return Ok(envelope);
        }
    }
    Err(Error::BadWrappers)
}

fn without_first(bytes: Cow<'_, [u8]>, count: usize) -> Cow<'_, [u8]> {
    match bytes {
        Cow::Borrowed(bytes) => Cow::Borrowed(bytes.get(count..).unwrap_or_default()),
        Cow::Owned(mut bytes) => {
            drop(bytes.drain(..count.min(bytes.len())));
            Cow::Owned(bytes)
        }
    }
}

impl Envelope<'_> {
    /// Reads the wrapper `id` up to its query; false if it is not a wrapper.
    fn wrapper(&mut self, id: u32, reader: &mut Reader<'_>) -> Result<bool, Error> {
        match id {
            INVOKE_WITH_LAYER => once(&mut self.layer, reader.i32()?)?,
            INIT_CONNECTION | OLDER_INIT_CONNECTION => {
                let info = InitInfo::read(reader)?;
                once(&mut self.init, info)?;
            }
            INVOKE_AFTER_MSG => self.after.push(reader.i64()?),
            INVOKE_AFTER_MSGS => {
                let len = reader.vector_len()?;
                if len > MAX_AFTER {
                    return Err(Error::BadWrappers);
                }
                for _ in 0..len {
                    self.after.push(reader.i64()?);
                }
            }
            INVOKE_WITHOUT_UPDATES => self.without_updates = true,
            INVOKE_WITH_TAKEOUT => once(&mut self.takeout, reader.i64()?)?,
            INVOKE_WITH_MESSAGES_RANGE => {
                const MESSAGE_RANGE: u32 = 0x0ae3_0253;
                let id = reader.u32()?;
                if id != MESSAGE_RANGE {
                    return Err(tl_codec::Error::UnknownConstructor {
                        id,
                        expected: "MessageRange",
                    }
                    .into());
                }
                once(&mut self.messages_range, (reader.i32()?, reader.i32()?))?;
            }
            // Proofs of a device that only the official service can check: read, not believed, and not needed.
            INVOKE_WITH_GOOGLE_PLAY_INTEGRITY | INVOKE_WITH_APNS_SECRET => {
                reader.bytes()?;
                reader.bytes()?;
            }
            INVOKE_WITH_RE_CAPTCHA => {
                reader.bytes()?;
            }
            // To run the request as the bot itself would be another request than the one that was asked for.
            INVOKE_WITH_BUSINESS_CONNECTION => return Err(Error::UnservedWrapper { id }),
            _ => return Ok(false),
        }
        Ok(true)
    }
}

fn once<T>(place: &mut Option<T>, value: T) -> Result<(), Error> {
    match place.replace(value) {
        None => Ok(()),
        Some(_) => Err(Error::BadWrappers),
    }
}

impl InitInfo {
    fn read(reader: &mut Reader<'_>) -> Result<Self, Error> {
        let flags = reader.u32()?;
        let info = Self {
            api_id: reader.i32()?,
            device_model: reader.string()?,
            system_version: reader.string()?,
            app_version: reader.string()?,
            system_lang_code: reader.string()?,
            lang_pack: reader.string()?,
            lang_code: reader.string()?,
        };
        for (bit, of) in [(1, "InputClientProxy"), (2, "JSONValue")] {
            if flags & bit != 0
                && let Some(name) = Name::find(of)
            {
                skip(reader, Ty::Named(name))?;
            }
        }
        Ok(info)
    }
}

/// Goes over a value that has the same form on every layer.
fn skip(reader: &mut Reader<'_>, ty: Ty) -> Result<(), Error> {
    let mut decoder = Decoder::new(reader.clone(), CANONICAL, CANONICAL);
    decoder.walk(ty)?;
    std::mem::swap(reader, decoder.reader_mut());
    Ok(())
}
