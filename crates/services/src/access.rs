//! Access hashes and file references: proofs of having met an object, computed instead of stored.
//!
//! An access hash is 64 bits of HMAC-SHA-256 under the node's secret over (viewer, kind, object), so it differs for every
//! viewer and cannot be guessed. It is a proof of having met the object, never a right: services check rights all the same.
//!
//! Files of a channel's posts have a second form of both, made for the channel instead of a viewer, so that one encoding of a
//! live post serves all its subscribers (ADR 0007). It is good for whoever may read that post at the time of use.

use model::{ChannelId, MessageId, Peer, UnixTime, UserId};
use subtle::ConstantTimeEq as _;

/// First byte of a reference made for one viewer.
const OF_VIEWER: u8 = 1;
/// First byte of a reference made for all who may read a channel's post.
const OF_CHANNEL: u8 = 2;
/// Marks what is hashed for a channel; ids of channels and of people may be equal.
const FOR_CHANNEL: u8 = 0x80;
/// Stands for the viewer in references that are made for nobody in particular.
const NOBODY: UserId = UserId(0);

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
    Message(Peer, MessageId),
    /// In a message that waits for its time: chat and number in the schedule.
    Scheduled(Peer, MessageId),
    /// As the photo of a person, group or channel.
    PeerPhoto(Peer),
    /// As the photo of a group or channel that an open invite link leads to, whose viewer may be a stranger to it.
    Invitation(Peer),
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

    /// The access hash of a photo or document for all who may read `channel`; never 0. It proves something only beside a
    /// reference to a post of that channel.
    #[must_use]
    pub fn channel_file_hash(&self, channel: ChannelId, kind: HashKind, file: i64) -> i64 {
        let mut message = [0; 17];
        message[0] = kind as u8 | FOR_CHANNEL;
        message[1..9].copy_from_slice(&channel.0.to_le_bytes());
        message[9..17].copy_from_slice(&file.to_le_bytes());
        let mac = crypto::hmac_sha256(&self.secret, &[&message]);
        let mut first = [0; 8];
        first.copy_from_slice(&mac[..8]);
        i64::from_le_bytes(first) | 1
    }

    /// Whether `given` is that hash; constant time.
    #[must_use]
    pub fn verify_channel_file(
        &self,
        channel: ChannelId,
        kind: HashKind,
        file: i64,
        given: i64,
    ) -> bool {
        let hash = self.channel_file_hash(channel, kind, file);
        hash.to_le_bytes().ct_eq(&given.to_le_bytes()).into()
    }

    /// A reference to a file in a channel's post for all who may read it, valid until `expires`. 42 bytes.
    #[must_use]
    pub fn channel_file_reference(
        &self,
        file: i64,
        (channel, message): (ChannelId, MessageId),
        expires: UnixTime,
    ) -> Vec<u8> {
        let origin = FileOrigin::Message(Peer::Channel(channel), message);
        let mut reference = head(OF_CHANNEL, origin, expires);
        let mac = self.reference_mac(NOBODY, file, &reference);
        reference.extend_from_slice(&mac);
        reference
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
        let mut reference = head(OF_VIEWER, origin, expires);
        let mac = self.reference_mac(viewer, file, &reference);
        reference.extend_from_slice(&mac);
        reference
    }

    /// Checks a reference and says where the file was met, and until when that holds. `None` if it was not made for this file,
    /// and for this viewer or for a channel.
    #[must_use]
    pub fn open_file_reference(
        &self,
        viewer: UserId,
        file: i64,
        reference: &[u8],
    ) -> Option<(FileOrigin, UnixTime)> {
        let (head, mac) = reference.split_at_checked(reference.len().checked_sub(16)?)?;
        let made_for = if head.first() == Some(&OF_CHANNEL) { NOBODY } else { viewer };
        let genuine: bool = self.reference_mac(made_for, file, head).ct_eq(mac).into();
        if !genuine {
            return None;
        }
        let [OF_VIEWER | OF_CHANNEL, tag, kind, rest @ ..] = head else { return None };
        let id = i64::from_le_bytes(rest.get(0..8)?.try_into().ok()?);
        let number = i32::from_le_bytes(rest.get(8..12)?.try_into().ok()?);
        let expires = UnixTime(i64::from_le_bytes(rest.get(12..20)?.try_into().ok()?));
        let origin = match tag {
            1 => FileOrigin::Message(Peer::from_parts(i64::from(*kind), id)?, MessageId(number)),
            2 => FileOrigin::PeerPhoto(Peer::from_parts(i64::from(*kind), id)?),
            3 => FileOrigin::Upload,
            4 => FileOrigin::Invitation(Peer::from_parts(i64::from(*kind), id)?),
            5 => FileOrigin::Scheduled(Peer::from_parts(i64::from(*kind), id)?, MessageId(number)),
            _ => return None,
        };
        Some((origin, expires))
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

/// All of a reference but its proof: form, place, end.
fn head(form: u8, origin: FileOrigin, expires: UnixTime) -> Vec<u8> {
    let (tag, kind, id, number) = match origin {
        FileOrigin::Message(peer, message) => (1, peer.kind(), peer.id(), message.0),
        FileOrigin::PeerPhoto(peer) => (2, peer.kind(), peer.id(), 0),
        FileOrigin::Upload => (3, 0, 0, 0),
        FileOrigin::Invitation(peer) => (4, peer.kind(), peer.id(), 0),
        FileOrigin::Scheduled(peer, message) => (5, peer.kind(), peer.id(), message.0),
    };
    let mut head = Vec::with_capacity(42);
    head.extend_from_slice(&[form, tag, u8::try_from(kind).unwrap_or_default()]);
    head.extend_from_slice(&id.to_le_bytes());
    head.extend_from_slice(&number.to_le_bytes());
    head.extend_from_slice(&expires.0.to_le_bytes());
    head
}
