//! Unencrypted messages, which carry the key exchange.
//!
//! ```text
//! auth_key_id = 0, 8 | msg_id 8 | length 4 | body
//! ```

/// A plain message of a client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PlainMessage<'a> {
    /// Its message id. A client's clock may be wrong before the key exchange, so it is not checked.
    pub msg_id: i64,
    /// The TL bytes of a request of the key exchange.
    pub body: &'a [u8],
}

/// Longest body of a plain message: the largest request of the key exchange has about 400 bytes.
const MAX_BODY: usize = 4096;

/// Reads a plain message. `None` when it is none: another key id, or a length that does not fit.
#[must_use]
pub fn parse(packet: &[u8]) -> Option<PlainMessage<'_>> {
    let (head, body) = packet.split_first_chunk::<20>()?;
    let (key_id, rest) = head.split_first_chunk::<8>()?;
    let (msg_id, len) = rest.split_first_chunk::<8>()?;
    let len = usize::try_from(u32::from_le_bytes(*len.first_chunk()?)).ok()?;
    let fits = *key_id == [0; 8]
        && len == body.len()
        && (4..=MAX_BODY).contains(&len)
        && len.is_multiple_of(4);
    fits.then_some(PlainMessage { msg_id: i64::from_le_bytes(*msg_id), body })
}

/// Writes a plain message. `msg_id` comes from [`MsgIds`](crate::MsgIds).
#[must_use]
pub fn encode(msg_id: i64, body: &[u8]) -> Vec<u8> {
    let len = u32::try_from(body.len()).unwrap_or(u32::MAX);
    [&[0; 8], msg_id.to_le_bytes().as_slice(), &len.to_le_bytes(), body].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_it_writes() {
        let packet = encode(5, &[1, 2, 3, 4]);
        assert_eq!(parse(&packet), Some(PlainMessage { msg_id: 5, body: &[1, 2, 3, 4] }));
    }

    #[test]
    fn refuses_other_keys_and_lengths() {
        let good = encode(5, &[1, 2, 3, 4]);
        assert_eq!(parse(&good[..23]), None);
        assert_eq!(parse(&[good.as_slice(), &[0; 4]].concat()), None);
        assert_eq!(parse(&encode(5, &[])), None);
        assert_eq!(parse(&encode(5, &[0; 6])), None);
        assert_eq!(parse(&encode(5, &[0; 4100])), None);
        let mut other = good;
        other[3] = 1;
        assert_eq!(parse(&other), None);
    }
}
