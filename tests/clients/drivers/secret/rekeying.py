"""New keys for a chat that goes on (`core.telegram.org/api/end-to-end/pfs`): which key is in use, and the exchange of the next."""

from __future__ import annotations

import os
import struct

from .crypto import Group, Refused, fingerprint, refuse_unless

# After so many messages under one key a new one is asked for.
MESSAGES = 100


class Keys:
    """The keys of one chat. Actions that `begin` and `take` answer are for the other side; each is sealed before the next call."""

    def __init__(self, group: Group, key: bytes):
        self.group, self.current = group, key
        self.previous: bytes | None = None  # kept until the other side writes under the new one
        self.asked: tuple[int, int] | None = None  # our exchange and its secret
        self.promised: tuple[int, bytes] | None = None  # an exchange of the other side, and the key that it leads to
        self.used = 0
        self.changes = 0

    def find(self, name: int) -> bytes:
        """The key that an envelope names; one under the promised key says that the other side has changed to it."""
        if self.promised and fingerprint(self.promised[1]) == name:
            self._change(self.promised[1])
        if fingerprint(self.current) == name:
            self.previous = None
            return self.current
        refuse_unless(self.previous is not None and fingerprint(self.previous) == name, "an envelope for another key")
        return self.previous

    def _change(self, key: bytes):
        self.previous, self.current = self.current, key
        self.asked = self.promised = None
        self.used = 0
        self.changes += 1

    def is_due(self) -> bool:
        return self.used > MESSAGES and not (self.asked or self.promised or self.previous)

    def begin(self) -> dict:
        exchange = struct.unpack("<q", os.urandom(8))[0]
        secret = self.group.secret()
        self.asked = exchange, secret
        return {"_": "decryptedMessageActionRequestKey", "exchange_id": exchange, "g_a": self.group.public(secret)}

    def take(self, action: dict, send) -> None:
        """One action of an exchange; `send` seals an answer under the key of the moment."""
        kind = action["_"].removeprefix("decryptedMessageAction")
        if kind == "RequestKey":
            self._requested(action, send)
        elif kind == "AcceptKey":
            self._accepted(action, send)
        elif kind == "CommitKey":
            self._committed(action, send)
        elif kind == "AbortKey" and self.asked and self.asked[0] == action["exchange_id"]:
            self.asked = None

    def _requested(self, action: dict, send):
        exchange = action["exchange_id"]
        if self.asked and self.asked[0] >= exchange:
            if self.asked[0] == exchange:
                self.asked = None
            return  # ours is the one that goes on
        self.asked = None
        secret = self.group.secret()
        key = self.group.shared(action["g_a"], secret)
        answer = {"g_b": self.group.public(secret), "key_fingerprint": fingerprint(key)}
        send({"_": "decryptedMessageActionAcceptKey", "exchange_id": exchange, **answer})
        self.promised = exchange, key

    def _accepted(self, action: dict, send):
        if not self.asked or self.asked[0] != action["exchange_id"]:
            raise Refused("an answer to no exchange of ours")
        key = self.group.shared(action["g_b"], self.asked[1])
        refuse_unless(fingerprint(key) == action["key_fingerprint"], "the two sides computed different keys")
        send({"_": "decryptedMessageActionCommitKey", "exchange_id": self.asked[0], "key_fingerprint": fingerprint(key)})
        self._change(key)

    def _committed(self, action: dict, send):
        if self.promised is None:
            return  # a message under the new key came first
        exchange, key = self.promised
        refuse_unless(exchange == action["exchange_id"] and fingerprint(key) == action["key_fingerprint"], "a commitment to another key")
        self._change(key)
        send({"_": "decryptedMessageActionNoop"})
