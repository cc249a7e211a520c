"""The end-to-end schema (`core.telegram.org/schema/end-to-end`), as far as this client speaks it.

A constructor is a row: its number, its name, its fields. A field is `name:type`, or `name:flags.N?type`. What is read and
written is a dictionary with the constructor's name under `_`.
"""

from __future__ import annotations

import struct

# What this client tells the other side that it understands.
LAYER = 144

# Of a name that has several forms, the last one is written.
ROWS = """
decryptedMessageLayer#1be31789 random_bytes:bytes layer:int in_seq_no:int out_seq_no:int message:object
decryptedMessage#91cc4674 flags:# random_id:long ttl:int message:string media:flags.9?object entities:flags.7?objects via_bot_name:flags.11?string \
reply_to_random_id:flags.3?long grouped_id:flags.17?long
decryptedMessageService#73164160 random_id:long action:object
decryptedMessageMediaEmpty#89f5c4a
decryptedMessageMediaPhoto#f1fa8d78 thumb:bytes thumb_w:int thumb_h:int w:int h:int size:int key:bytes iv:bytes caption:string
decryptedMessageMediaVideo#970c8c0e thumb:bytes thumb_w:int thumb_h:int duration:int mime_type:string w:int h:int size:int key:bytes iv:bytes caption:string
decryptedMessageMediaDocument#7afe8ae2 thumb:bytes thumb_w:int thumb_h:int mime_type:string size:int key:bytes iv:bytes attributes:objects caption:string
decryptedMessageMediaDocument#6abd9782 thumb:bytes thumb_w:int thumb_h:int mime_type:string size:long key:bytes iv:bytes attributes:objects caption:string
documentAttributeImageSize#6c37c15c w:int h:int
documentAttributeAnimated#11b58939
documentAttributeVideo#ef02ce6 flags:# duration:int w:int h:int
documentAttributeAudio#9852f9c6 flags:# duration:int title:flags.0?string performer:flags.1?string waveform:flags.2?bytes
documentAttributeFilename#15590068 file_name:string
messageEntityUnknown#bb92ba95 offset:int length:int
messageEntityMention#fa04579d offset:int length:int
messageEntityHashtag#6f635b0d offset:int length:int
messageEntityUrl#6ed02538 offset:int length:int
messageEntityBold#bd610bc9 offset:int length:int
decryptedMessageActionSetMessageTTL#a1733aec ttl_seconds:int
decryptedMessageActionReadMessages#c4f40be random_ids:longs
decryptedMessageActionDeleteMessages#65614304 random_ids:longs
decryptedMessageActionScreenshotMessages#8ac1f475 random_ids:longs
decryptedMessageActionFlushHistory#6719e45c
decryptedMessageActionResend#511110b0 start_seq_no:int end_seq_no:int
decryptedMessageActionNotifyLayer#f3048883 layer:int
decryptedMessageActionRequestKey#f3c9611b exchange_id:long g_a:bytes
decryptedMessageActionAcceptKey#6fe1735b exchange_id:long g_b:bytes key_fingerprint:long
decryptedMessageActionCommitKey#ec2e0b9b exchange_id:long key_fingerprint:long
decryptedMessageActionAbortKey#dd05ec6b exchange_id:long
decryptedMessageActionNoop#a82fdd63
"""
VECTOR = 0x1CB5C415


def _table():
    by_number, by_name = {}, {}
    for row in filter(None, ROWS.splitlines()):
        head, *fields = row.split()
        name, number = head.split("#")
        parsed = []
        for field in fields:
            label, kind = field.split(":")
            bit = None
            if "?" in kind:
                condition, kind = kind.split("?")
                bit = int(condition.split(".")[1])
            parsed.append((label, kind, bit))
        by_number[int(number, 16)] = (name, parsed)
        by_name[name] = (int(number, 16), parsed)
    return by_number, by_name


BY_NUMBER, BY_NAME = _table()


class Unknown(Exception):
    """Bytes that this client has no reading for."""


def write(value: dict) -> bytes:
    """Bytes of a value; flags follow from the fields that are there."""
    number, fields = BY_NAME[value["_"]]
    out = [struct.pack("<I", number)]
    for label, kind, bit in fields:
        if kind == "#":
            flags = value.get("flags", 0)
            for other, _, condition in fields:
                if condition is not None and value.get(other) is not None:
                    flags |= 1 << condition
            out.append(struct.pack("<I", flags))
        elif bit is None or value.get(label) is not None:
            out.append(_write_field(kind, value[label]))
    return b"".join(out)


def _write_field(kind: str, value) -> bytes:
    if kind == "int":
        return struct.pack("<i", value)
    if kind == "long":
        return struct.pack("<q", value)
    if kind == "string":
        return write_bytes(value.encode())
    if kind == "bytes":
        return write_bytes(value)
    if kind == "object":
        return write(value)
    items = [write(item) if kind == "objects" else struct.pack("<q", item) for item in value]
    return struct.pack("<II", VECTOR, len(items)) + b"".join(items)


def write_bytes(data: bytes) -> bytes:
    head = bytes([len(data)]) if len(data) < 254 else b"\xfe" + len(data).to_bytes(3, "little")
    return head + data + bytes(-(len(head) + len(data)) % 4)


def read(data: bytes) -> dict:
    """The value that these bytes are, all of them."""
    reader = _Reader(data)
    value = reader.object()
    if reader.at != len(data):
        raise Unknown(f"{len(data) - reader.at} bytes behind {value['_']}")
    return value


class _Reader:
    def __init__(self, data: bytes):
        self.data, self.at = data, 0

    def take(self, count: int) -> bytes:
        if count < 0 or self.at + count > len(self.data):
            raise Unknown("the bytes end early")
        self.at += count
        return self.data[self.at - count:self.at]

    def int(self) -> int:
        return struct.unpack("<i", self.take(4))[0]

    def number(self) -> int:
        return struct.unpack("<I", self.take(4))[0]

    def long(self) -> int:
        return struct.unpack("<q", self.take(8))[0]

    def bytes(self) -> bytes:
        first = self.take(1)[0]
        size, head = (first, 1) if first < 254 else (int.from_bytes(self.take(3), "little"), 4)
        data = self.take(size)
        self.take(-(head + size) % 4)
        return data

    def string(self) -> str:
        return self.bytes().decode()

    def _count(self) -> int:
        if self.number() != VECTOR:
            raise Unknown("no vector where one belongs")
        return self.number()

    def longs(self) -> list[int]:
        return [self.long() for _ in range(self._count())]

    def objects(self) -> list[dict]:
        return [self.object() for _ in range(self._count())]

    def object(self) -> dict:
        number = self.number()
        if number not in BY_NUMBER:
            raise Unknown(f"constructor {number:#x}")
        name, fields = BY_NUMBER[number]
        value: dict = {"_": name}
        for label, kind, bit in fields:
            if kind == "#":
                value[label] = self.number()
            elif bit is None or value["flags"] >> bit & 1:
                value[label] = getattr(self, kind)()
        return value
