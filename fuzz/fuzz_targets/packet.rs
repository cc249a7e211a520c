//! Any plaintext, rightly sealed; and any bytes as a packet or a plain message.
#![no_main]

use std::sync::LazyLock;

use crypto::{AuthKey, Sender};
use hoopoe_fuzz::Input;
use libfuzzer_sys::fuzz_target;
use mtproto::bind::{BindRequest, verify_bind};
use mtproto::session::{PacketKind, open_packet};

static KEY: LazyLock<AuthKey> = LazyLock::new(|| AuthKey::new([0x5a; 256]));

fuzz_target!(|data: &[u8]| {
    let mut input = Input(data);
    let mut packet = vec![0; 24];
    packet.extend_from_slice(input.0);
    packet.resize(24 + (packet.len() - 24).next_multiple_of(16).max(32), 0);
    crypto::seal(&KEY, Sender::Client, &mut packet).expect("whole blocks");
    let len = packet.len();
    if let Ok(incoming) = open_packet(&KEY, packet) {
        let padding = len - 24 - 32 - incoming.body().len();
        assert!((12..=1024).contains(&padding) && incoming.body().len() % 4 == 0);
    }
    let _ = PacketKind::of(data);
    assert!(open_packet(&KEY, data.to_vec()).is_err());
    let request = BindRequest {
        perm_key: &KEY,
        temp_auth_key_id: u64::from(input.byte()),
        session_id: 1,
        msg_id: 4,
        nonce: 2,
        expires_at: 3,
        encrypted_message: input.0,
    };
    assert!(verify_bind(request).is_err());
});
