"""Secret chats over Telethon, which carries the envelopes and knows nothing of what is in them."""

from __future__ import annotations

import asyncio
import io
import os
import struct

from telethon import events, functions, types, utils

from .. import Message, wait_until
from ..telethon_driver import LOOP, Driver
from . import schema
from .chat import Chat, Kept
from .crypto import Group, Refused, file_fingerprint, fingerprint, refuse_unless, seal_file, unseal_file

UPDATES = (types.UpdateEncryption, types.UpdateNewEncryptedMessage, types.UpdateEncryptedMessagesRead, types.UpdateEncryptedChatTyping)
RANDOM_LENGTH = 256
PIECE = 512 * 1024
VOICE = 1 << 10  # documentAttributeAudio

messages = functions.messages


def kind_of(value: dict) -> str:
    media = value.get("media") or {"_": "decryptedMessageMediaEmpty"}
    if media["_"] == "decryptedMessageMediaDocument":
        voice = any(a["_"] == "documentAttributeAudio" and a["flags"] & VOICE for a in media["attributes"])
        return "voice" if voice else "file"
    return {"decryptedMessageMediaEmpty": "text", "decryptedMessageMediaPhoto": "photo", "decryptedMessageMediaVideo": "video"}[media["_"]]


class Device(Driver):
    """A Telethon client with secret chats, named by alias as other chats are."""

    def __init__(self, server):
        self.secrets: dict[int, Chat] = {}
        self.aliases: dict[str, int] = {}
        self.group: Group | None = None
        self.version = 0
        self.failures: list[Exception] = []
        super().__init__(server)

    def _make(self):
        super()._make()

        async def listen():
            self.updates: asyncio.Queue = asyncio.Queue()
            self.sending = asyncio.Lock()
            self.client.add_event_handler(self._on_update, events.Raw(UPDATES))
            self.worker = asyncio.ensure_future(self._work())

        LOOP.run(listen())

    async def _on_update(self, update):
        self.updates.put_nowait(update)

    async def _disconnect(self):
        await super()._disconnect()
        self.worker.cancel()

    async def _work(self):
        """One update after the other, in the order in which they came."""
        while True:
            update = await self.updates.get()
            try:
                await self._take(update)
            except Exception as error:  # noqa: BLE001 a step asks for it by `check`
                self.failures.append(error)

    def check(self):
        """Raises what went wrong behind the calls."""
        if self.failures:
            raise self.failures[0]

    async def _take(self, update):
        if isinstance(update, types.UpdateEncryption):
            await self._changed(update.chat)
        elif isinstance(update, types.UpdateNewEncryptedMessage):
            await self._arrived(update)
        elif isinstance(update, types.UpdateEncryptedMessagesRead):
            self._read_by_other(self.secrets[update.chat_id], int(update.max_date.timestamp()))
        else:
            self.inbox.note("typing", update.chat_id)

    async def _config(self) -> bytes:
        """Sees to it that the group is known; answers random bytes of the server."""
        answer = await self.client(messages.GetDhConfigRequest(self.version, RANDOM_LENGTH))
        if isinstance(answer, types.messages.DhConfig):
            self.group, self.version = Group(answer.g, answer.p), answer.version
        return answer.random

    def ask(self, alias: str, person: str):
        """Asks a person for a secret chat."""

        async def work():
            random = await self._config()
            number = struct.unpack("<i", os.urandom(4))[0] or 1
            chat = self.secrets[number] = Chat(number, self.group, True, self.group.secret(random), self.inbox.note)
            self.aliases[alias] = number
            person_ = utils.get_input_user(self.peers[person])
            seen = await self.client(messages.RequestEncryptionRequest(person_, self.group.public(chat.secret), number))
            refuse_unless(isinstance(seen, types.EncryptedChatWaiting) and seen.id == number, "another chat than was asked for")

        LOOP.run(work())

    async def _changed(self, seen):
        chat = self.secrets.get(seen.id)
        if isinstance(seen, types.EncryptedChatRequested) and chat is None:
            await self._accept(seen)
        elif isinstance(seen, types.EncryptedChat) and chat and chat.state == "waiting":
            chat.access_hash = seen.access_hash
            chat.open(seen.g_a_or_b, seen.key_fingerprint)
            await self._begin(chat)
        elif isinstance(seen, types.EncryptedChatDiscarded) and chat:
            chat.state = "closed"

    async def _accept(self, seen):
        random = await self._config()
        chat = Chat(seen.id, self.group, False, self.group.secret(random), self.inbox.note)
        g_b = self.group.public(chat.secret)
        chat.access_hash = seen.access_hash
        chat.open(seen.g_a)
        self.secrets[seen.id] = chat
        peer = types.InputEncryptedChat(chat.id, chat.access_hash)
        await self.client(messages.AcceptEncryptionRequest(peer, g_b, fingerprint(chat.keys.current)))
        await self._begin(chat)

    async def _begin(self, chat: Chat):
        chat.act({"_": "decryptedMessageActionNotifyLayer", "layer": schema.LAYER})
        await self._flush(chat)

    async def _flush(self, chat: Chat):
        """Sends what is sealed, in its order."""
        peer = types.InputEncryptedChat(chat.id, chat.access_hash)
        async with self.sending:
            while chat.outbox:
                one = chat.outbox.pop(0)
                if one.file is not None:
                    request = messages.SendEncryptedFileRequest(peer, one.data, one.file, random_id=one.random_id)
                elif one.is_service:
                    request = messages.SendEncryptedServiceRequest(peer, one.data, random_id=one.random_id)
                else:
                    request = messages.SendEncryptedRequest(peer, one.data, random_id=one.random_id)
                answer = await self.client(request)
                if one.random_id in chat.messages:
                    chat.messages[one.random_id].date = int(answer.date.timestamp())

    async def _arrived(self, update):
        envelope = update.message
        chat = self.secrets[envelope.chat_id]
        file = getattr(envelope, "file", None)
        try:
            kept = chat.take(envelope.random_id, envelope.bytes, int(envelope.date.timestamp()), file)
        except (Refused, schema.Unknown):
            await self.client(messages.DiscardEncryptionRequest(chat.id))
            chat.state = "closed"
            raise
        if kept:
            reply = kept.value.get("reply_to_random_id")
            self.inbox.put(str(chat.id), Message(envelope.random_id, kept.value["message"], False, kind_of(kept.value), reply))
        await self._flush(chat)
        if update.qts:  # none where a difference brought it; the next one acknowledges it
            erased = await self.client(functions.messages.ReceivedQueueRequest(update.qts))
            refuse_unless(envelope.random_id in erased, "what was acknowledged was not in the queue")

    def chat(self, alias: str) -> Chat:
        return self.secrets[self.aliases[alias]]

    def adopt(self, alias: str):
        """Gives the newest chat a name."""
        known = set(self.aliases.values())
        self.aliases[alias] = wait_until("the secret chat", lambda: next((n for n in self.secrets if n not in known), None))

    def wait_open(self, alias: str):
        wait_until("our side is open", lambda: self.chat(alias).state == "open")

    def _do(self, alias: str, make):
        """Lets `make` seal something on the loop, and sends it."""
        chat = self.chat(alias)

        async def work():
            made = make(chat)
            await self._flush(chat)
            return made

        return LOOP.run(work(), 240)

    def _act(self, alias: str, kind: str, **fields):
        return self._do(alias, lambda chat: chat.act({"_": f"decryptedMessageAction{kind}", **fields}))

    def say(self, alias: str, text: str, reply_to: int | None = None) -> int:
        return self._do(alias, lambda chat: chat.say(text, reply_to=reply_to))

    def say_file(self, alias: str, data: bytes, name: str, voice: bool = False, ahead: bool = False) -> int:
        """Sends a file; `ahead` uploads it in a request of its own."""
        attributes = [{"_": "documentAttributeFilename", "file_name": name}]
        if voice:
            attributes = [{"_": "documentAttributeAudio", "flags": VOICE, "duration": 1}]
        chat = self.chat(alias)

        async def work():
            sealed, key, iv = seal_file(data)
            stored = await self.client.upload_file(io.BytesIO(sealed), file_name="file", file_size=len(sealed))
            name_of_key = file_fingerprint(key, iv)
            if isinstance(stored, types.InputFileBig):
                file = types.InputEncryptedFileBigUploaded(stored.id, stored.parts, name_of_key)
            else:
                file = types.InputEncryptedFileUploaded(stored.id, stored.parts, stored.md5_checksum, name_of_key)
            if ahead:
                peer = types.InputEncryptedChat(chat.id, chat.access_hash)
                kept = await self.client(messages.UploadEncryptedFileRequest(peer, file))
                file = types.InputEncryptedFile(kept.id, kept.access_hash)
            media = {
                "_": "decryptedMessageMediaDocument", "thumb": b"", "thumb_w": 0, "thumb_h": 0,
                "mime_type": "audio/ogg" if voice else "application/octet-stream", "size": len(data), "key": key, "iv": iv,
                "attributes": attributes, "caption": "",
            }
            number = chat.say(name, media, file)
            await self._flush(chat)
            return number

        return LOOP.run(work(), 240)

    def fetch(self, alias: str, number: int) -> bytes:
        """The file that came with a message."""
        kept = self.chat(alias).messages[number]
        media = kept.value["media"]
        refuse_unless(kept.file.key_fingerprint == file_fingerprint(media["key"], media["iv"]), "a file with another key")
        where = types.InputEncryptedFileLocation(kept.file.id, kept.file.access_hash)

        async def work():
            data = bytearray()
            while len(data) < kept.file.size:
                data += (await self.client(functions.upload.GetFileRequest(where, len(data), PIECE))).bytes
            return bytes(data)

        return unseal_file(LOOP.run(work(), 240), media["key"], media["iv"], media["size"])

    def set_ttl(self, alias: str, seconds: int):
        self.chat(alias).ttl = seconds
        self._act(alias, "SetMessageTTL", ttl_seconds=seconds)

    def delete_secret(self, alias: str, *numbers: int):
        self._act(alias, "DeleteMessages", random_ids=list(numbers))
        self.chat(alias).forget(*numbers)

    def open_content(self, alias: str, *numbers: int):
        self._act(alias, "ReadMessages", random_ids=list(numbers))

    def screenshot(self, alias: str, *numbers: int):
        self._act(alias, "ScreenshotMessages", random_ids=list(numbers))

    def new_key(self, alias: str):
        self._do(alias, lambda chat: chat.new_key())

    def read_secret(self, alias: str):
        """Everything that came is read: the other side hears of it, and timers start."""
        chat = self.chat(alias)
        unread = {number: kept for number, kept in chat.messages.items() if not kept.out and not kept.is_read}
        newest = max(kept.date for kept in unread.values())
        peer = types.InputEncryptedChat(chat.id, chat.access_hash)
        LOOP.run(self.client(messages.ReadEncryptedHistoryRequest(peer, newest)))
        LOOP.loop.call_soon_threadsafe(self._start_timers, chat, unread)

    def _read_by_other(self, chat: Chat, max_date: int):
        own = {number: kept for number, kept in chat.messages.items() if kept.out and not kept.is_read and 0 < kept.date <= max_date}
        self._start_timers(chat, own)
        self.inbox.note("read", *own)

    def _start_timers(self, chat: Chat, read: dict[int, Kept]):
        for number, kept in read.items():
            kept.is_read = True
            if kept.value["ttl"]:
                LOOP.loop.call_later(kept.value["ttl"], chat.forget, number)

    def type(self, alias: str):
        chat = self.chat(alias)
        peer = types.InputEncryptedChat(chat.id, chat.access_hash)
        LOOP.run(self.client(messages.SetEncryptedTypingRequest(peer, True)))

    def complain(self, alias: str):
        chat = self.chat(alias)
        peer = types.InputEncryptedChat(chat.id, chat.access_hash)
        refuse_unless(LOOP.run(self.client(messages.ReportEncryptedSpamRequest(peer))), "a complaint that was not kept")

    def end(self, alias: str):
        LOOP.run(self.client(messages.DiscardEncryptionRequest(self.chat(alias).id)))
        self.chat(alias).state = "closed"
