//! Requests that are answered one after another.

use std::cell::RefCell;

use tl_api::Function;
use tl_codec::{Deserialize as _, Reader};

use super::connection::{Connection, Heard};
use super::crowd::Crowd;
use crate::server::Result;

/// Number of such a request among those of a connection.
const NUMBER: u32 = 7;

/// One request of one member, and its answer. Updates that come meanwhile go to `hear`.
pub(crate) fn ask<F: Function>(
    crowd: &mut Crowd<Connection>,
    member: usize,
    request: &F,
    mut hear: impl FnMut(usize, &[u8]) -> Result<()>,
) -> Result<F::Return> {
    let body = ask_raw(crowd, member, request, &mut hear)?;
    F::Return::deserialize(&mut Reader::trusted(&body)).map_err(|error| error.to_string())
}

/// As [`ask`], without reading the answer: what is measured is the server.
pub(crate) fn ask_raw<F: Function>(
    crowd: &mut Crowd<Connection>,
    member: usize,
    request: &F,
    hear: &mut impl FnMut(usize, &[u8]) -> Result<()>,
) -> Result<Vec<u8>> {
    let connection = crowd.members.get_mut(member).ok_or("nobody to ask")?;
    connection.request(NUMBER, request);
    connection.flush()?;
    let answer = RefCell::new(None);
    let mut take = |at: usize, _: &mut Connection, heard: Heard| match heard {
        Heard::Answer(NUMBER, body) if at == member => {
            *answer.borrow_mut() = Some(body);
            Ok(())
        }
        Heard::Refused(why) => Err(why),
        Heard::Update(body) => hear(at, &body),
        Heard::Answer(..) => Ok(()),
    };
    crowd.until("an answer", &mut take, || answer.borrow().is_some())?;
    answer.take().ok_or_else(|| "no answer".to_owned())
}
