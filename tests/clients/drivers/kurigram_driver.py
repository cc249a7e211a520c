"""Kurigram (layer 229, old RSA form, TCP abridged)."""

from __future__ import annotations

import asyncio
import time

import pyrogram
from pyrogram import Client, errors, filters, handlers, raw, types

try:
    from pyrogram.storage import UpdateState
except ImportError:  # older ones keep no state, or keep it otherwise
    UpdateState = None

from . import Inbox, Loop, Message, Server
from .kurigram_channels import Channels
from .public_key import numbers

LOOP = Loop()


def describe(message) -> Message:
    kind = "text"
    for name, shown in (("photo", "photo"), ("video", "video"), ("voice", "voice"), ("audio", "audio"), ("document", "file"), ("poll", "poll"), ("service", "service")):
        if getattr(message, name, None):
            kind = shown
            break
    number = getattr(message, "id", None) or message.message_id
    forwarded = getattr(message, "forward_origin" if hasattr(message, "forward_origin") else "forward_date", None)
    return Message(number, str(message.text or message.caption or ""), bool(message.outgoing), kind, message.reply_to_message_id,
                   bool(forwarded), bool(message.edit_date))


class Driver(Channels):
    name = "kurigram"
    layer = raw.all.layer
    catches_up = True
    tells_missed_deletions = True
    manages_channels = True
    asks_to_order_names = True
    is_wide = False
    writes_as = False

    def __init__(self, server: Server):
        self.server = server
        self.inbox = Inbox()
        self.peers: dict[str, object] = {}
        self.session = f"kurigram-{time.monotonic_ns()}"
        self.client = LOOP.run(self._make())

    async def _make(self):
        number, modulus, exponent = numbers(self.server.pem)
        pyrogram.crypto.rsa.server_public_keys[number] = pyrogram.crypto.rsa.PublicKey(modulus, exponent)
        client = Client(self.session, api_id=1, api_hash="hoopoe", workdir=self.server.folder, sleep_threshold=5)
        self._point(client)
        client.add_handler(handlers.MessageHandler(self._on_message, filters.incoming))
        if hasattr(handlers, "EditedMessageHandler"):
            client.add_handler(handlers.EditedMessageHandler(self._on_edit))
        client.add_handler(handlers.DeletedMessagesHandler(self._on_delete))
        return client

    def _point(self, client):
        """Makes the library dial our server."""
        server = self.server

        async def server_address(value=object):
            return server.host

        async def port(value=object):
            return server.port

        client.storage.server_address = server_address
        client.storage.port = port

    async def _on_message(self, _, message):
        if isinstance(message.edit_date, int) and message.edit_date:  # before 2.0 edits came here too
            return await self._on_edit(_, message)
        self.inbox.put(str(message.chat.id), describe(message))

    async def _on_edit(self, _, message):
        self.inbox.note("edit", describe(message).id, message.text)

    async def _on_delete(self, _, messages):
        self.inbox.note("delete", *(describe(m).id for m in messages))

    def sign_in(self, phone: str, first_name: str = "Test", password: str | None = None):
        async def work():
            client = self.client
            await client.connect()
            sent = await client.send_code(phone)
            code = await asyncio.to_thread(self.server.code, phone)
            try:
                user = await client.sign_in(phone, sent.phone_code_hash, code)
                if not isinstance(user, types.User):
                    await self._sign_up(phone, sent.phone_code_hash, first_name)
            except errors.PhoneNumberUnoccupied:  # Pyrofork no longer registers, its schema still does
                await self._sign_up(phone, sent.phone_code_hash, first_name)
            except errors.SessionPasswordNeeded:
                await client.check_password(password or "")
            await client.initialize()
            return await self._signed_in()

        self.me = LOOP.run(work())
        return self.me

    async def _sign_up(self, phone: str, code_hash: str, first_name: str):
        if hasattr(self.client, "sign_up"):
            return await self.client.sign_up(phone, code_hash, first_name)
        answer = await self.client.invoke(raw.functions.auth.SignUp(phone_number=phone, phone_code_hash=code_hash, first_name=first_name, last_name=""))
        await self.client.storage.user_id(answer.user.id)
        return await self.client.storage.is_bot(False)

    async def _signed_in(self):
        state = await self.client.invoke(raw.functions.updates.GetState())
        if UpdateState:  # what its `start` does
            await self.client.storage.set_update_state(UpdateState(0, state.pts, state.qts, state.date, state.seq))
        self.client.me = await self.client.get_me()
        async for _ in self.client.get_dialogs():
            pass
        return self.client.me.id

    def on_loop(self, make, timeout: float = 120):
        return LOOP.call(make, timeout)

    def invoke(self, request):
        return LOOP.call(lambda: self.client.invoke(request))

    def stop(self):
        async def work():
            if self.client.is_initialized:
                await self.client.terminate()
            await self.client.disconnect()

        LOOP.run(work())

    def close(self):
        if self.client.is_connected:
            self.stop()

    def resume(self):
        self.client = LOOP.run(self._make())

        async def work():
            await self.client.connect()
            await self.client.initialize()
            await self.client.recover_gaps()

        LOOP.run(work())

    def meet(self, alias: str, phone: str):
        async def work():
            result = await self.client.import_contacts([types.InputPhoneContact(phone, alias)])
            self.peers[alias] = result.users[0].id

        LOOP.run(work())

    def join(self, alias: str, username: str):
        joined = LOOP.call(lambda: self.client.join_chat(username))
        self.peers[alias] = getattr(joined, "chat", joined).id

    def create_channel(self, alias: str, title: str, username: str):
        async def work():
            channel = await self.client.create_channel(title, "about")
            await self.client.set_chat_username(channel.id, username)
            self.peers[alias] = channel.id

        LOOP.run(work())

    def create_group(self, alias: str, title: str, members: list[str]):
        self.peers[alias] = LOOP.call(lambda: self.client.create_group(title, [self.peers[m] for m in members])).id

    def adopt_group(self, alias: str, title: str):
        async def work():
            async for dialog in self.client.get_dialogs():
                if dialog.chat.title == title:
                    self.peers[alias] = dialog.chat.id
                    return True
            return False

        assert LOOP.run(work()), f"no dialog {title}"

    def send_text(self, chat: str, text: str, reply_to: int | None = None) -> int:
        reply = types.ReplyParameters(message_id=reply_to) if reply_to else None
        return LOOP.call(lambda: self.client.send_message(self.peers[chat], text, reply_parameters=reply)).id

    def send_file(self, chat: str, path: str, kind: str, caption: str = "") -> int:
        client, peer = self.client, self.peers[chat]
        send = {"photo": client.send_photo, "video": client.send_video, "voice": client.send_voice, "audio": client.send_audio, "file": client.send_document}[kind]
        options = {"force_document": True} if kind == "file" else {}
        sent = LOOP.call(lambda: send(peer, path, caption=caption, **options), 240)
        return describe(sent).id

    def history(self, chat: str, limit: int = 20) -> list[Message]:
        async def work():
            return [describe(m) async for m in self.client.get_chat_history(self.peers.get(chat, chat), limit=limit)]

        return LOOP.run(work())

    def download(self, chat: str, message: int, path: str):
        async def work():
            found = await self.client.get_messages(self.peers[chat], message)
            await self.client.download_media(found, file_name=path)

        LOOP.run(work(), 240)

    def edit(self, chat: str, message: int, text: str):
        LOOP.call(lambda: self.client.edit_message_text(self.peers[chat], message, text))

    def delete(self, chat: str, messages: list[int]):
        LOOP.call(lambda: self.client.delete_messages(self.peers[chat], messages, revoke=True))

    def forward(self, chat: str, messages: list[int], to: str) -> int:
        sent = LOOP.call(lambda: self.client.forward_messages(self.peers[to], self.peers[chat], messages))
        return describe(sent[0] if isinstance(sent, list) else sent).id

    def search(self, chat: str, text: str) -> list[int]:
        async def work():
            return [m.id async for m in self.client.search_messages(self.peers[chat], query=text, limit=20)]

        return LOOP.run(work())

    def unread(self, chat: str) -> int:
        async def work():
            return [d.unread_messages_count async for d in self.client.get_dialogs() if d.chat.id == self.peers[chat]][0]

        return LOOP.run(work())

    def read(self, chat: str):
        LOOP.call(lambda: self.client.read_chat_history(self.peers[chat]))

    def set_password(self, password: str):
        LOOP.call(lambda: self.client.enable_cloud_password(password))

    def clear_password(self, password: str):
        LOOP.call(lambda: self.client.remove_cloud_password(password))

    def other_sessions(self) -> list[int]:
        answer = self.invoke(raw.functions.account.GetAuthorizations())
        return [a.hash for a in answer.authorizations if not a.current]

    def end_session(self, number: int):
        self.invoke(raw.functions.account.ResetAuthorization(hash=number))

    def is_signed_in(self) -> bool:
        async def work():
            try:
                await self.client.get_me()
                return True
            except (errors.Unauthorized, ConnectionError):
                return False

        return LOOP.run(work())
