#!/usr/bin/env python3
"""Plants markers in every kind of content, lets them expire or deletes them, and searches every file of the server for them.

    gone.py --binary HOOPOE [--markers COUNT]

A marker is a word of 16 random hexadecimal digits and a tail. Its last eight digits are searched for, so that neither an index that
shares the beginnings of words nor a cut hides one. A photo's sizes and a document's thumbnail are planted too: slices of the
bytes that the server made.
"""

from __future__ import annotations

import argparse
import asyncio
import pathlib
import re
import secrets
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).parent))

from telethon import errors, functions, types  # noqa: E402

from drivers import Server, wait_until  # noqa: E402
from drivers.telethon_driver import LOOP, Driver  # noqa: E402
from hoopoe import Hoopoe  # noqa: E402
from run import Table  # noqa: E402
from scenario import DATA, MEDIA  # noqa: E402

TAIL = "hpmk"
FOUND = re.compile(rb"([0-9a-f]{8})" + TAIL.encode(), re.IGNORECASE)
#: Seconds after which a planted message ends: long enough to be seen on the disk before.
PERIOD = 12
#: Within so many seconds of its end nothing may be left.
GONE_IN = 60
#: Bytes of a slice.
SLICE = 24
ONCE = 0x7FFFFFFF


class Markers:
    def __init__(self):
        self.words: dict[bytes, str] = {}
        self.slices: dict[bytes, str] = {}

    def word(self, kind: str) -> str:
        digits = secrets.token_hex(8)
        self.words[digits[-8:].encode()] = kind
        return digits + TAIL

    def text(self, kind: str, count: int) -> str:
        return " ".join(self.word(kind) for _ in range(count))

    def cut(self, kind: str, data: bytes):
        # From the middle: heads and tables are alike in all pictures.
        for place in range(len(data) // 2, len(data) - SLICE, max(SLICE, len(data) // 20)):
            self.slices[data[place:place + SLICE]] = kind

    def __len__(self) -> int:
        return len(self.words) + len(self.slices)

    def found_in(self, paths: list[pathlib.Path]) -> dict[str, int]:
        """How many markers of each kind are in these files."""
        found: set[bytes] = set()
        for path in paths:
            try:
                data = path.read_bytes()
            except FileNotFoundError:
                continue
            found.update(word.lower() for word in FOUND.findall(data))
            found.update(piece for piece in self.slices if piece in data)
        kinds: dict[str, int] = {}
        for marker in found:
            kind = self.words.get(marker) or self.slices.get(marker)
            if kind:
                kinds[kind] = kinds.get(kind, 0) + 1
        return kinds


class Person(Driver):
    def call(self, request):
        return LOOP.run(self.client(request), 120)

    def number(self) -> int:
        return secrets.randbits(62)

    def say(self, peer, text: str, **options) -> int:
        return LOOP.run(self.client.send_message(peer, text, parse_mode=None, **options)).id

    def show(self, peer, path, caption: str = "", **options) -> int:
        return LOOP.run(self.client.send_file(peer, path, caption=caption, parse_mode=None, **options), 240).id

    def message(self, peer, number: int):
        return LOOP.run(self.client.get_messages(peer, ids=number))

    def bytes_of(self, media, thumb=None) -> bytes:
        return LOOP.run(self.client.download_media(media, bytes, thumb=thumb), 120)


class Story:
    STEPS = ("sign_up", "plant_messages", "plant_files", "plant_drafts_and_polls", "plant_ciphertext", "they_are_there", "view_once",
             "nothing_is_left", "people_saw_it")

    def __init__(self, server: Server, hoopoe: Hoopoe, count: int):
        self.server, self.hoopoe, self.count = server, hoopoe, count
        self.folder = pathlib.Path(server.folder)
        self.markers = Markers()
        self.ann, self.ben = Person(server), Person(server)

    def sign_up(self):
        self.ann.sign_in("+15559980001", "Ann")
        self.ben.sign_in("+15559980002", "Ben")
        self.ann.meet("ben", "+15559980002")
        self.ben.meet("ann", "+15559980001")
        self.ann.create_group("group", "Terns", ["ben"])
        self.ann.create_supergroup("supergroup", "Gulls")
        self.ann.create_channel("channel", "Skuas", f"skuas{secrets.token_hex(4)}")
        self.timed = ["ben", "group", "supergroup", "channel"]
        for chat in self.timed:
            self.ann.call(functions.messages.SetHistoryTTLRequest(self.ann.peers[chat], PERIOD))
        self.planted: list[tuple[str, int]] = []

    def plant_messages(self):
        each = self.count // 2 // len(self.timed)
        for chat in self.timed:
            peer = self.ann.peers[chat]
            for _ in range(max(1, each // 100)):
                self.planted.append((chat, self.ann.say(peer, self.markers.text(f"text in {chat}", 100))))
            first = self.planted[-1][1]
            self.ann.say(peer, self.markers.text(f"reply in {chat}", 20), reply_to=first)
            edited = self.ann.say(peer, self.markers.text(f"edited in {chat}", 20))
            LOOP.run(self.ann.client.edit_message(peer, edited, self.markers.text(f"edit in {chat}", 20), parse_mode=None))
        # Without a timer, indexed by a search, and deleted: in boxes and in a log.
        LOOP.run(self.ann.client.get_messages("me", limit=1))
        saved = [self.ann.say("me", self.markers.text("saved", 100)) for _ in range(5)]
        self.ann.call(functions.messages.SetHistoryTTLRequest(self.ann.peers["supergroup"], 0))
        posts = [self.ann.say(self.ann.peers["supergroup"], self.markers.text("indexed post", 100)) for _ in range(5)]
        for peer in ("me", self.ann.peers["supergroup"]):
            assert not LOOP.run(self.ann.client.get_messages(peer, search="nothinglikethis", limit=5))
        self.to_delete = [("me", saved), (self.ann.peers["supergroup"], posts)]

    def plant_files(self):
        ben, note = self.ann.peers["ben"], self.folder / "note.txt"
        note.write_text(self.markers.text("file", self.count // 4))
        thumb = self.folder / "thumb.jpg"
        thumb.write_bytes((DATA / MEDIA["photo"]).read_bytes())
        number = self.ann.show(ben, str(note), self.markers.text("caption", 25), force_document=True, thumb=str(thumb))
        document = self.ann.message(ben, number)
        self.markers.cut("thumbnail", self.ann.bytes_of(document.media, thumb=-1))
        # A picture with words behind its end, which is what was uploaded.
        picture = self.folder / "picture.jpg"
        picture.write_bytes((DATA / MEDIA["photo"]).read_bytes() + self.markers.text("upload of a photo", 200).encode())
        number = self.ann.show(ben, str(picture), self.markers.text("caption of a photo", 25))
        self.markers.cut("photo", self.ann.bytes_of(self.ann.message(ben, number).media))
        big = self.folder / "big.bin"
        big.write_bytes(self.markers.text("big file", 200).encode() + bytes(11 * 1024 * 1024))
        self.ann.show(self.ann.peers["channel"], str(big), force_document=True)
        # Equal bytes that somebody still has stay, and only those.
        self.kept = self.folder / "kept.bin"
        self.kept.write_bytes(b"kept by Ben " * 1000)
        self.ann.show(ben, str(self.kept), force_document=True)
        self.kept_by_ben = self.ben.show("me", str(self.kept), force_document=True)

    def plant_drafts_and_polls(self):
        ben = self.ann.peers["ben"]
        self.ann.call(functions.messages.SaveDraftRequest(ben, self.markers.text("draft", 100)))
        self.ann.call(functions.messages.SaveDraftRequest(self.ann.peers["channel"], self.markers.text("sent draft", 50)))
        def written(text):
            return types.TextWithEntities(text, [])
        answers = [types.PollAnswer(written(self.markers.text("answer", 4)), bytes([n])) for n in range(10)]
        poll = types.Poll(id=0, question=written(self.markers.text("question", 10)), answers=answers, hash=0)
        media = types.InputMediaPoll(poll)
        sent = self.ann.call(functions.messages.SendMediaRequest(ben, media, "", random_id=self.ann.number()))
        number = next(u.message.id for u in sent.updates if isinstance(u, types.UpdateNewMessage))
        theirs = wait_until("the poll", lambda: next((m for m in self._history_of_ben() if m.poll), None))
        self.ben.call(functions.messages.SendVoteRequest(self.ben.peers["ann"], theirs.id, [bytes([3])]))
        assert number

    def _history_of_ben(self):
        return LOOP.run(self.ben.client.get_messages(self.ben.peers["ann"], limit=20))

    def plant_ciphertext(self):
        """The relay does not know what it carries: here the ciphertext is words."""
        user = types.InputUser(self.ann.peers["ben"].user_id, self.ann.peers["ben"].access_hash)
        half = (1 << 2040) + secrets.randbits(2000)
        asked = self.ann.call(functions.messages.RequestEncryptionRequest(user, g_a=half.to_bytes(256, "big"), random_id=secrets.randbits(31)))
        self.invited = []

        async def hear(update):
            if isinstance(update, types.UpdateEncryption) and isinstance(update.chat, types.EncryptedChatRequested):
                self.invited.append(update.chat)

        self.ben.client.add_event_handler(hear)
        LOOP.run(self.ben.client.catch_up())
        chat = wait_until("the invitation", lambda: self.invited and self.invited[-1])
        theirs = types.InputEncryptedChat(chat.id, chat.access_hash)
        self.ben.call(functions.messages.AcceptEncryptionRequest(theirs, g_b=half.to_bytes(256, "big"), key_fingerprint=7))
        own = types.InputEncryptedChat(asked.id, asked.access_hash)
        for _ in range(10):
            data = self.markers.text("ciphertext", 50).encode()
            data = data.ljust((len(data) + 15) // 16 * 16)
            self.ann.call(functions.messages.SendEncryptedRequest(own, random_id=self.ann.number(), data=bytes(24) + data))
        note = self.folder / "secret.bin"
        note.write_text(self.markers.text("encrypted file", 200))
        file = LOOP.run(self.ann.client.upload_file(str(note)))
        file = types.InputEncryptedFileUploaded(file.id, file.parts, file.md5_checksum or "", 5)
        data = self.markers.text("ciphertext", 20).encode()
        data = bytes(24) + data.ljust((len(data) + 15) // 16 * 16)
        self.ann.call(functions.messages.SendEncryptedFileRequest(own, random_id=self.ann.number(), data=data, file=file))
        self.secret = own

    def files(self) -> list[pathlib.Path]:
        return [path for path in (*self.hoopoe.data.rglob("*"), self.hoopoe.log) if path.is_file()]

    def they_are_there(self):
        found = self.markers.found_in(self.files())
        kinds = set(self.markers.words.values()) | set(self.markers.slices.values())
        # What was replaced or made smaller may be gone by now.
        brief = {kind for kind in kinds if kind.startswith("edited") or kind == "upload of a photo"}
        missing = kinds - brief - set(found)
        assert not missing, f"the scanner does not see {missing}"
        print(f"     {len(self.markers)} markers of {len(kinds)} kinds planted, {sum(found.values())} seen on the disk")

    def view_once(self):
        """Voice and photo that are seen once: the media goes, both sides see that it is gone."""
        ben = self.ann.peers["ben"]
        picture = self.folder / "once.jpg"
        picture.write_bytes((DATA / MEDIA["photo"]).read_bytes() + b"once")
        self.fleeting = []
        for ttl, path in ((ONCE, picture), (3, DATA / MEDIA["voice"])):
            before = {m.id for m in self._history_of_ben()}
            number = self.ann.show(ben, str(path), ttl=ttl, voice_note=path.suffix == ".ogg")
            seen = wait_until("it arrives", lambda b=before: next((m for m in self._history_of_ben() if m.id not in b), None))
            assert seen.media.ttl_seconds == ttl and seen.media_unread
            got = self.ben.bytes_of(seen.media)
            assert got, "it cannot be read before it is opened"
            try:
                LOOP.run(self.ben.client.forward_messages("me", seen.id, self.ben.peers["ann"]))
            except errors.MessageIdInvalidError:
                pass
            else:
                raise AssertionError("it was forwarded")
            self.markers.cut(f"seen once {ttl}", got)
            self.ben.call(functions.messages.ReadMessageContentsRequest([seen.id]))
            self.fleeting.append((number, seen))

    def nothing_is_left(self):
        self.ben.call(functions.messages.ReceivedQueueRequest(self._qts()))
        self.ann.call(functions.messages.DiscardEncryptionRequest(self.secret.chat_id, delete_history=True))
        self.ann.call(functions.messages.SaveDraftRequest(self.ann.peers["ben"], ""))
        self.ann.say(self.ann.peers["channel"], "sent", clear_draft=True)
        for peer, numbers in self.to_delete:
            LOOP.run(self.ann.client.delete_messages(peer, numbers, revoke=True))
        time.sleep(PERIOD)
        ended = time.monotonic()
        while found := self.markers.found_in(self.files()):
            assert time.monotonic() - ended < GONE_IN, f"left after {GONE_IN} s: {found}"
            time.sleep(1)
        print(f"     0 of {len(self.markers)} markers {time.monotonic() - ended:.0f} s after the last end")
        copy = self.folder / "copy"
        self.hoopoe.run("backup", "--data", str(self.hoopoe.data), str(copy))
        found = self.markers.found_in([path for path in copy.rglob("*") if path.is_file()])
        assert not found, f"in a backup: {found}"
        assert "no fault" in self.hoopoe.run("check", "--data", str(self.hoopoe.data))

    def _qts(self) -> int:
        return self.ben.call(functions.updates.GetStateRequest()).qts

    def people_saw_it(self):
        deleted = {number for event in self.ben.inbox.events() if event[0] == "delete" for number in event[1:]}
        assert len(deleted) >= self.count // 2 // 100 // 2, "Ben did not hear of what expired"
        left = [m for m in self._history_of_ben() if TAIL in (m.message or "")]
        assert not left, "expired messages are in the history"
        for number, seen in self.fleeting:
            for person, peer, which in ((self.ann, self.ann.peers["ben"], number), (self.ben, self.ben.peers["ann"], seen.id)):
                message = person.message(peer, which)
                # Its chat has a timer too, which may have taken the whole message.
                assert message is None or self._is_gone(message.media), "the media is still shown"
            try:
                assert not self.ben.bytes_of(seen.media), "the media is still served"
            except Exception as error:  # noqa: BLE001
                assert "FILE" in str(error).upper() or "REFERENCE" in type(error).__name__.upper(), error
        got = self.ben.bytes_of(self.ben.message("me", self.kept_by_ben).media)
        assert got == self.kept.read_bytes(), "a file that is still needed went with another"

    @staticmethod
    def _is_gone(media) -> bool:
        return getattr(media, "photo", None) is None and getattr(media, "document", None) is None

    def close(self):
        for person in (self.ann, self.ben):
            person.close()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--binary", required=True)
    parser.add_argument("--markers", type=int, default=2000)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="hoopoe-gone-") as scratch:
        folder = pathlib.Path(scratch)
        config = folder / "hoopoe.toml"
        config.write_text('[log]\nlevel = "trace"\n')
        with Hoopoe(args.binary, folder / "data", config=config) as hoopoe:
            story = Story(Server("127.0.0.1", hoopoe.port, hoopoe.pem(), hoopoe.code, str(folder)), hoopoe, args.markers)
            table = Table()
            for step in Story.STEPS:
                if not table.step(f"gone: {step}", getattr(story, step)):
                    break
            story.close()
    print(f"gone: {table.passed} passed, {table.failed} failed")
    return 1 if table.failed else 0


if __name__ == "__main__":
    sys.exit(main())
