"""Key exchange, envelope and files of secret chats (`core.telegram.org/api/end-to-end`, MTProto 2.0)."""

from __future__ import annotations

import hashlib
import hmac
import os
import struct

from telethon.crypto import AES

# What p mod 4g must be, so that g generates the subgroup of prime order: the modulus, and the remainders allowed.
RESIDUES = {2: (8, {7}), 3: (3, {2}), 4: (1, {0}), 5: (5, {1, 4}), 6: (24, {19, 23}), 7: (7, {3, 5, 6})}
MARGIN = 1 << (2048 - 64)
ROUNDS = 20
# Bytes before the ciphertext: the key's fingerprint, and the message's key.
HEAD = 8 + 16
LEAST_PADDING, MOST_PADDING = 12, 1024


class Refused(Exception):
    """The other side, or somebody between, sent what an honest client does not."""


def refuse_unless(held: bool, why: str):
    if not held:
        raise Refused(why)


def is_prime(number: int) -> bool:
    """Miller and Rabin's test, with witnesses drawn anew."""
    odd, twos = number - 1, 0
    while odd % 2 == 0:
        odd, twos = odd // 2, twos + 1
    for _ in range(ROUNDS):
        power = pow(int.from_bytes(os.urandom(32), "big") + 2, odd, number)
        if power in (1, number - 1):
            continue
        for _ in range(twos - 1):
            power = power * power % number
            if power == number - 1:
                break
        else:
            return False
    return True


class Group:
    """A group for the exchange, checked."""

    _good: set[tuple[int, int]] = set()

    def __init__(self, g: int, prime: bytes):
        self.g, self.p = g, int.from_bytes(prime, "big")
        if (g, self.p) in self._good:
            return
        refuse_unless(self.p.bit_length() == 2048, "a prime of another length")
        modulus, remainders = RESIDUES.get(g, (1, set()))
        refuse_unless(self.p % modulus in remainders, "g does not fit the prime")
        refuse_unless(is_prime(self.p) and is_prime(self.p // 2), "no safe prime")
        self._good.add((g, self.p))

    def secret(self, mixed_in: bytes = b"") -> int:
        """A number of our own; the server's random bytes are mixed in, never used alone."""
        own = int.from_bytes(os.urandom(256), "big")
        return own ^ int.from_bytes(mixed_in[:256], "big")

    def check(self, value: int):
        refuse_unless(MARGIN <= value <= self.p - MARGIN, "a value of the exchange out of range")

    def public(self, secret: int) -> bytes:
        value = pow(self.g, secret, self.p)
        self.check(value)
        return value.to_bytes(256, "big")

    def shared(self, value: bytes, secret: int) -> bytes:
        number = int.from_bytes(value, "big")
        self.check(number)
        return pow(number, secret, self.p).to_bytes(256, "big")


def fingerprint(key: bytes) -> int:
    return struct.unpack("<q", hashlib.sha1(key).digest()[-8:])[0]


def picture(key: bytes) -> bytes:
    """What the two people compare: 36 bytes."""
    return hashlib.sha1(key).digest()[:16] + hashlib.sha256(key).digest()[:20]


def _derive(key: bytes, msg_key: bytes, x: int) -> tuple[bytes, bytes]:
    a = hashlib.sha256(msg_key + key[x:x + 36]).digest()
    b = hashlib.sha256(key[40 + x:76 + x] + msg_key).digest()
    return a[:8] + b[8:24] + a[24:], b[:8] + a[8:24] + b[24:]


def _msg_key(key: bytes, plain: bytes, x: int) -> bytes:
    return hashlib.sha256(key[88 + x:120 + x] + plain).digest()[8:24]


def seal(key: bytes, payload: bytes, by_creator: bool) -> bytes:
    """A message's envelope; `by_creator` says who sends, the one who asked for the chat or the other."""
    x = 0 if by_creator else 8
    plain = struct.pack("<I", len(payload)) + payload
    plain += os.urandom(LEAST_PADDING + -(len(plain) + LEAST_PADDING) % 16)
    msg_key = _msg_key(key, plain, x)
    return struct.pack("<q", fingerprint(key)) + msg_key + AES.encrypt_ige(plain, *_derive(key, msg_key, x))


def named_key(data: bytes) -> int:
    """The fingerprint of the key that an envelope is for."""
    refuse_unless(len(data) >= HEAD + 16 and (len(data) - HEAD) % 16 == 0, "an envelope of an odd length")
    return struct.unpack("<q", data[:8])[0]


def unseal(key: bytes, data: bytes, by_creator: bool) -> bytes:
    x = 0 if by_creator else 8
    msg_key = data[8:HEAD]
    plain = AES.decrypt_ige(data[HEAD:], *_derive(key, msg_key, x))
    refuse_unless(hmac.compare_digest(msg_key, _msg_key(key, plain, x)), "a wrong msg_key")
    size = struct.unpack("<I", plain[:4])[0]
    padding = len(plain) - 4 - size
    refuse_unless(size % 4 == 0 and LEAST_PADDING <= padding <= MOST_PADDING, "padding out of bounds")
    return plain[4:4 + size]


def file_fingerprint(key: bytes, iv: bytes) -> int:
    digest = hashlib.md5(key + iv).digest()
    return struct.unpack("<i", bytes(one ^ two for one, two in zip(digest[:4], digest[4:8])))[0]


def seal_file(data: bytes) -> tuple[bytes, bytes, bytes]:
    """Ciphertext of a file, with a key and an IV of its own."""
    key, iv = os.urandom(32), os.urandom(32)
    return AES.encrypt_ige(data + os.urandom(-len(data) % 16), key, iv), key, iv


def unseal_file(data: bytes, key: bytes, iv: bytes, size: int) -> bytes:
    refuse_unless(0 <= len(data) - size < 16, "a file of another size")
    return AES.decrypt_ige(data, key, iv)[:size]
