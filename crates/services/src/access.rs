//! Access hashes and file references: proofs of having met an object, computed instead of stored.
//!
//! An access hash is 64 bits of HMAC-SHA-256 under the node's secret over (viewer, kind, object), so it differs for every
//! viewer and cannot be guessed. It is a proof of having met the object, never a right: services check rights all the same.

use model::{Peer, UnixTime, UserId};
use subtle::ConstantTimeEq as _;

/// What a hash is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum HashKind {
    /// A person.
    User = 1,
    /// A channel.
    Channel = 3,
    /// A photo.
    Photo = 4,
    /// A document.
    Document = 5,
    /// A secret chat.
    SecretChat = 6,
    /// An encrypted file.
    EncryptedFile = 7,
}

/// Makes and checks access hashes and file references.
pub struct AccessHashes {
    secret: [u8; 32],
}

/// Where a file was met, bound into its reference.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileOrigin {
    /// In a message: chat and number, as the viewer's box or the channel's log has them.
    Message(Peer, model::MessageId),
    /// As the photo of a person, group or channel.
    PeerPhoto(Peer),
    /// Uploaded by the viewer and not sent yet.
    Upload,
}

impl AccessHashes {
    /// From the node's secret.
    #[must_use]
    pub const fn new(secret: [u8; 32]) -> Self {
        Self { secret }
    }

    /// The access hash of `object` for `viewer`; never 0.
    #[must_use]
    pub fn hash(&self, viewer: UserId, kind: HashKind, object: i64) -> i64 {
        let mut message = [0; 17];
        message[0] = kind as u8;
        message[1..9].copy_from_slice(&viewer.0.to_le_bytes());
        message[9..17].copy_from_slice(&object.to_le_bytes());
        let mac = crypto::hmac_sha256(&self.secret, &[&message]);
        let mut first = [0; 8];
        first.copy_from_slice(&mac[..8]);
        i64::from_le_bytes(first) | 1
    }

    /// Whether `given` is that hash; constant time.
    #[must_use]
    pub fn verify(&self, viewer: UserId, kind: HashKind, object: i64, given: i64) -> bool {
        self.hash(viewer, kind, object).to_le_bytes().ct_eq(&given.to_le_bytes()).into()
    }

    /// A reference to a file as `viewer` met it at `origin`, valid until `expires`. 42 bytes.
    #[must_use]
    pub fn file_reference(
        &self,
        viewer: UserId,
        file: i64,
        origin: FileOrigin,
        expires: UnixTime,
    ) -> Vec<u8> {
        let mut reference = Vec::with_capacity(42);
        reference.push(1);
        let (tag, kind, id, number) = match origin {
            FileOrigin::Message(peer, message) => (1, peer.kind(), peer.id(), message.0),
            FileOrigin::PeerPhoto(peer) => (2, peer.kind(), peer.id(), 0),
            FileOrigin::Upload => (3, 0, 0, 0),
        };
        reference.push(tag);
        reference.push(u8::try_from(kind).unwrap_or_default());
        reference.extend_from_slice(&id.to_le_bytes());
        reference.extend_from_slice(&number.to_le_bytes());
        reference.extend_from_slice(&expires.0.to_le_bytes());
        let mac = self.reference_mac(viewer, file, &reference);
        reference.extend_from_slice(&mac);
        reference
    }

    /// Checks a reference and says where the file was met.
    ///
    /// # Errors
    /// `None` if it was not made for this viewer and file, or has ended at `now`.
    #[must_use]
    pub fn open_file_reference(
        &self,
        viewer: UserId,
        file: i64,
        reference: &[u8],
        now: UnixTime,
    ) -> Option<FileOrigin> {
        let (head, mac) = reference.split_at_checked(reference.len().checked_sub(16)?)?;
        let genuine: bool = self.reference_mac(viewer, file, head).ct_eq(mac).into();
        if !genuine {
            return None;
        }
        let [1, tag, kind, rest @ ..] = head else { return None };
        let id = i64::from_le_bytes(rest.get(0..8)?.try_into().ok()?);
        let number = i32::from_le_bytes(rest.get(8..12)?.try_into().ok()?);
        let expires = UnixTime(i64::from_le_bytes(rest.get(12..20)?.try_into().ok()?));
        if now >= expires {
            return None;
        }
        match tag {
            1 => Some(FileOrigin::Message(
                Peer::from_parts(i64::from(*kind), id)?,
                model::MessageId(number),
            )),
            2 => Some(FileOrigin::PeerPhoto(Peer::from_parts(i64::from(*kind), id)?)),
            3 => Some(FileOrigin::Upload),
            _ => None,
        }
    }

    fn reference_mac(&self, viewer: UserId, file: i64, head: &[u8]) -> [u8; 16] {
        let mut message = Vec::with_capacity(head.len() + 17);
        message.push(b'f');
        message.extend_from_slice(&viewer.0.to_le_bytes());
        message.extend_from_slice(&file.to_le_bytes());
        message.extend_from_slice(head);
        let mac = crypto::hmac_sha256(&self.secret, &[&message]);
        let mut short = [0; 16];
        short.copy_from_slice(&mac[..16]);
        short
    }
}
