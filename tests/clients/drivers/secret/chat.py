"""One secret chat on one device: its messages in order, its timer, its keys. Without a transport."""

from __future__ import annotations

import os
import struct
from dataclasses import dataclass

from . import schema
from .crypto import Group, fingerprint, named_key, picture, refuse_unless, seal, unseal
from .rekeying import Keys

RANDOM_BYTES = 31
LEAST_LAYER = 73


def random_id() -> int:
    return struct.unpack("<q", os.urandom(8))[0] or 1


@dataclass
class Kept:
    """A message of the chat, as long as this device has it."""

    out: bool
    value: dict
    date: int = 0
    file: object = None
    is_read: bool = False


@dataclass
class Envelope:
    """Sealed, to be sent in this order."""

    random_id: int
    data: bytes
    is_service: bool
    file: object = None


class Chat:
    def __init__(self, number: int, group: Group, is_creator: bool, secret: int, note):
        self.id, self.group, self.is_creator, self.secret = number, group, is_creator, secret
        self.note = note  # hears what happens beside messages
        self.access_hash = 0
        self.state = "waiting"
        self.keys: Keys | None = None
        self.picture = b""
        self.received = self.sent = 0
        self.acknowledged = 0
        self.repeated = 0
        self.his_layer = LEAST_LAYER
        self.ttl = 0
        self.messages: dict[int, Kept] = {}
        self.outbox: list[Envelope] = []

    def open(self, value: bytes, expected: int | None = None):
        """Ends the exchange that began the chat."""
        key = self.group.shared(value, self.secret)
        refuse_unless(expected is None or fingerprint(key) == expected, "the two sides computed different keys")
        self.secret = 0
        self.keys, self.picture, self.state = Keys(self.group, key), picture(key), "open"

    def say(self, text: str, media: dict | None = None, file=None, reply_to: int | None = None) -> int:
        number = random_id()
        value = {"_": "decryptedMessage", "random_id": number, "ttl": self.ttl, "message": text, "media": media, "reply_to_random_id": reply_to}
        self.messages[number] = Kept(True, value)
        self._seal(value, False, file)
        if self.keys.is_due():
            self.act(self.keys.begin())
        return number

    def act(self, action: dict) -> int:
        number = random_id()
        self._seal({"_": "decryptedMessageService", "random_id": number, "action": action}, True)
        return number

    def _seal(self, message: dict, is_service: bool, file=None):
        asked = int(self.is_creator)
        layer = {
            "_": "decryptedMessageLayer", "random_bytes": os.urandom(RANDOM_BYTES), "layer": schema.LAYER,
            "in_seq_no": 2 * self.received + 1 - asked, "out_seq_no": 2 * self.sent + asked, "message": message,
        }
        self.sent += 1
        self.keys.used += 1
        data = seal(self.keys.current, schema.write(layer), self.is_creator)
        self.outbox.append(Envelope(message["random_id"], data, is_service, file))

    def take(self, number: int, data: bytes, date: int, file) -> Kept | None:
        """One envelope. Answers the message that it holds for a person; what it asks of the chat is done."""
        key = self.keys.find(named_key(data))
        layer = schema.read(unseal(key, data, not self.is_creator))
        refuse_unless(layer["_"] == "decryptedMessageLayer" and len(layer["random_bytes"]) >= 15, "no layer")
        if not self._in_order(layer):
            self.repeated += 1
            return None
        self.received += 1
        self.keys.used += 1
        refuse_unless(layer["layer"] >= self.his_layer, "a layer that goes back")
        self.his_layer = layer["layer"]
        message = layer["message"]
        refuse_unless(message["random_id"] == number, "another random_id inside than outside")
        if message["_"] == "decryptedMessageService":
            self._obey(message["action"])
            return None
        kept = Kept(False, message, date, file)
        self.messages[number] = kept
        return kept

    def _in_order(self, layer: dict) -> bool:
        """Whether the message is the next one. A repeated one is not; one too far ahead ends the chat."""
        creator_sends = int(not self.is_creator)
        refuse_unless(layer["out_seq_no"] % 2 == creator_sends and layer["in_seq_no"] % 2 == 1 - creator_sends, "numbers of the wrong side")
        place, acknowledged = layer["out_seq_no"] // 2, layer["in_seq_no"] // 2
        if place < self.received:
            return False
        # The server keeps the order, so this client waits for nobody: a hole is the server's fault.
        refuse_unless(place == self.received, f"message {place} where {self.received} comes next")
        refuse_unless(self.acknowledged <= acknowledged <= self.sent, "an acknowledgement of what was not sent")
        self.acknowledged = acknowledged
        return True

    def _obey(self, action: dict):
        kind = action["_"].removeprefix("decryptedMessageAction")
        if kind == "NotifyLayer":
            self.his_layer = max(self.his_layer, action["layer"])
        elif kind == "SetMessageTTL":
            self.ttl = action["ttl_seconds"]
            self.note("ttl", self.ttl)
        elif kind == "DeleteMessages":
            self.forget(*action["random_ids"])
        elif kind in ("ReadMessages", "ScreenshotMessages"):
            self.note(kind, *action["random_ids"])
        elif kind == "FlushHistory":
            self.forget(*self.messages)
        elif kind in ("RequestKey", "AcceptKey", "CommitKey", "AbortKey"):
            self.keys.take(action, self.act)
        else:
            refuse_unless(kind == "Noop", f"{kind} in a chat without holes")

    def forget(self, *numbers: int):
        for number in numbers:
            self.messages.pop(number, None)
        self.note("delete", *numbers)

    def new_key(self):
        self.act(self.keys.begin())
