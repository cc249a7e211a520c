"""The elders and cousins of Kurigram: Pyrogram 1.4 (layer 140) and 2.0, Hydrogram, Pyrofork. TCP obfuscated abridged or abridged.

What they have in common is Kurigram's driver; here is what was called otherwise. They know the addresses of the data centres
by heart and do not ask for what they missed while they were away (`catches_up`).
"""

from __future__ import annotations

import importlib.util
import sys

if importlib.util.find_spec("pyrogram") is None:  # Hydrogram is Pyrogram under another name
    import hydrogram

    for name in [name for name in sys.modules if name.split(".")[0] == "hydrogram"]:
        sys.modules["pyrogram" + name.removeprefix("hydrogram")] = sys.modules[name]

from pyrogram import Client, raw
from pyrogram.connection import connection

from . import kurigram_driver
from .kurigram_driver import LOOP, describe

IS_OLD = not hasattr(Client, "get_chat_history")  # 1.4


class Driver(kurigram_driver.Driver):
    name = "pyrogram"
    layer = raw.all.layer
    manages_channels = False
    catches_up = hasattr(Client, "recover_gaps")

    def _point(self, client):
        address = (self.server.host, self.server.port)
        connection.DataCenter = lambda *_: address

    def resume(self):
        if self.catches_up:
            return super().resume()
        self.client = LOOP.run(self._make())

        async def work():
            await self.client.connect()
            await self.client.initialize()

        return LOOP.run(work())

    async def _dialogs(self):
        dialogs = self.client.iter_dialogs if IS_OLD else self.client.get_dialogs
        return [dialog async for dialog in dialogs()]

    async def _signed_in(self):
        invoke = self.client.send if IS_OLD else self.client.invoke
        await invoke(raw.functions.updates.GetState())
        self.client.me = await self.client.get_me()
        await self._dialogs()
        return self.client.me.id

    def create_channel(self, alias: str, title: str, username: str):
        async def work():
            channel = await self.client.create_channel(title, "about")
            named = self.client.update_chat_username if IS_OLD else self.client.set_chat_username
            await named(channel.id, username)
            self.peers[alias] = channel.id

        LOOP.run(work())

    def create_group(self, alias: str, title: str, members: list[str]):
        async def work():
            users = [await self.client.resolve_peer(self.peers[m]) for m in members]
            invoke = self.client.send if IS_OLD else self.client.invoke
            made = await invoke(raw.functions.messages.CreateChat(users=users, title=title))
            made = made if hasattr(made, "chats") else made.updates  # what the libraries' own method forgets
            self.peers[alias] = -made.chats[0].id

        LOOP.run(work())

    def adopt_group(self, alias: str, title: str):
        self.peers[alias] = next(d.chat.id for d in LOOP.call(self._dialogs) if d.chat.title == title)

    def send_text(self, chat: str, text: str, reply_to: int | None = None) -> int:
        return describe(LOOP.call(lambda: self.client.send_message(self.peers[chat], text, reply_to_message_id=reply_to))).id

    def history(self, chat: str, limit: int = 20):
        async def work():
            pages = self.client.iter_history if IS_OLD else self.client.get_chat_history
            return [describe(m) async for m in pages(self.peers[chat], limit=limit)]

        return LOOP.run(work())

    def search(self, chat: str, text: str) -> list[int]:
        async def work():
            return [describe(m).id async for m in self.client.search_messages(self.peers[chat], query=text, limit=20)]

        return LOOP.run(work())

    def unread(self, chat: str) -> int:
        return next(d.unread_messages_count for d in LOOP.call(self._dialogs) if d.chat.id == self.peers[chat])

    def read(self, chat: str):
        LOOP.call(lambda: (self.client.read_history if IS_OLD else self.client.read_chat_history)(self.peers[chat]))

    def invoke(self, request):
        return LOOP.call(lambda: (self.client.send if IS_OLD else self.client.invoke)(request))
