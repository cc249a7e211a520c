//! `auth.bindTempAuthKey`.

use crypto::{AuthKey, seal, seal_v1};
use mtproto::bind::{BindError, BindRequest, make_bind, verify_bind};

use crate::support::{Seeded, auth_key, cases};

struct Fields {
    perm_key: AuthKey,
    temp_auth_key_id: u64,
    session_id: i64,
    msg_id: i64,
    nonce: i64,
    expires_at: i32,
}

impl Fields {
    fn request<'a>(&'a self, encrypted_message: &'a [u8]) -> BindRequest<'a> {
        BindRequest {
            perm_key: &self.perm_key,
            temp_auth_key_id: self.temp_auth_key_id,
            session_id: self.session_id,
            msg_id: self.msg_id,
            nonce: self.nonce,
            expires_at: self.expires_at,
            encrypted_message,
        }
    }
}

fn fields() -> Fields {
    Fields {
        perm_key: auth_key(1),
        temp_auth_key_id: auth_key(2).id(),
        session_id: 77,
        msg_id: 1 << 40,
        nonce: -5,
        expires_at: 1_900_000_000,
    }
}

fn made() -> Vec<u8> {
    make_bind(&fields().request(&[]), &mut Seeded(3)).unwrap()
}

#[test]
fn the_owner_of_both_keys_binds_them() {
    assert_eq!(verify_bind(fields().request(&made())), Ok(()));
}

/// The request says other than the inner message.
fn field_is_refused(change: fn(&mut Fields)) {
    let mut fields = fields();
    change(&mut fields);
    assert_eq!(verify_bind(fields.request(&made())), Err(BindError));
}

cases! { field_is_refused:
    bind_under_another_permanent_key => |fields| fields.perm_key = auth_key(9),
    bind_of_another_temporary_key => |fields| fields.temp_auth_key_id ^= 1,
    bind_in_another_session => |fields| fields.session_id += 1,
    bind_with_another_msg_id => |fields| fields.msg_id += 4,
    bind_with_another_nonce => |fields| fields.nonce = 0,
    bind_with_another_expiry => |fields| fields.expires_at += 1,
}

fn message_is_refused(message: fn() -> Vec<u8>) {
    assert_eq!(verify_bind(fields().request(&message())), Err(BindError));
}

/// A message under the permanent key whose inner part is written by hand.
fn by_hand(change: fn(&mut Vec<u8>)) -> Vec<u8> {
    let fields = fields();
    let mut data = vec![0x11; 16];
    data.extend(fields.msg_id.to_le_bytes());
    data.extend([0; 4]);
    data.extend([40, 0, 0, 0]);
    data.extend(0x75a3_f765_u32.to_le_bytes());
    data.extend(fields.nonce.to_le_bytes());
    data.extend(fields.temp_auth_key_id.to_le_bytes());
    data.extend(fields.perm_key.id().to_le_bytes());
    data.extend(fields.session_id.to_le_bytes());
    data.extend(fields.expires_at.to_le_bytes());
    change(&mut data);
    let padding = vec![0; data.len().next_multiple_of(16) - data.len()];
    seal_v1(&fields.perm_key, &data, &padding).unwrap()
}

#[test]
fn the_message_by_hand_is_taken_unchanged() {
    assert_eq!(verify_bind(fields().request(&by_hand(|_| {}))), Ok(()));
}

cases! { message_is_refused:
    bind_empty_message => Vec::new,
    bind_message_cut_short => || { let mut message = made(); message.pop(); message },
    bind_message_a_block_longer => || { let mut message = made(); message.extend([0; 16]); message },
    bind_message_changed => || { let mut message = made(); message[60] ^= 1; message },
    bind_message_key_changed => || { let mut message = made(); message[10] ^= 1; message },
    bind_key_id_changed => || { let mut message = made(); message[0] ^= 1; message },
    bind_inner_seq_no_not_zero => || by_hand(|data| data[24] = 1),
    bind_inner_length_wrong => || by_hand(|data| data[28] = 36),
    bind_inner_constructor_wrong => || by_hand(|data| data[32] ^= 1),
    bind_inner_nonce_wrong => || by_hand(|data| data[36] ^= 1),
    bind_inner_temporary_key_wrong => || by_hand(|data| data[44] ^= 1),
    bind_inner_permanent_key_wrong => || by_hand(|data| data[52] ^= 1),
    bind_inner_keys_swapped => || by_hand(|data| { let temp = data[44..52].to_vec(); data.copy_within(52..60, 44); data[52..60].copy_from_slice(&temp); }),
    bind_inner_session_wrong => || by_hand(|data| data[60] ^= 1),
    bind_inner_expiry_wrong => || by_hand(|data| data[68] ^= 1),
    bind_inner_msg_id_wrong => || by_hand(|data| data[16] ^= 4),
    bind_message_of_mtproto_2 => || {
        let mut packet = [vec![0; 24], by_hand(|_| {})[24..].to_vec()].concat();
        seal(&auth_key(1), crypto::Sender::Client, &mut packet).unwrap();
        packet
    },
}
