"""Telethon (layer 229, old RSA form, TCP full)."""

from __future__ import annotations

import asyncio
import inspect
import os
import time
import datetime
import json

from telethon import TelegramClient, errors, events, functions, types
from telethon.crypto import rsa
from telethon.sessions import SQLiteSession

from . import Inbox, Loop, Message, Server, recent_action
from .telethon_channels import Channels
from .telethon_wide import Wide

LOOP = Loop()


def describe(message) -> Message:
    kind = "text"
    if isinstance(message, types.MessageService):
        kind = "service"
    elif message.photo:
        kind = "photo"
    elif message.voice:
        kind = "voice"
    elif message.video:
        kind = "video"
    elif message.audio:
        kind = "audio"
    elif message.document:
        kind = "file"
    elif message.poll:
        kind = "poll"
    reply = message.reply_to.reply_to_msg_id if getattr(message, "reply_to", None) else None
    return Message(message.id, message.message or "", bool(message.out), kind, reply, bool(getattr(message, "fwd_from", None)),
                   bool(getattr(message, "edit_date", None)))


class Driver(Wide, Channels):
    name = "telethon"
    catches_up = True
    tells_missed_deletions = False  # it drops what a channel's difference holds beside messages
    manages_channels = True
    asks_to_order_names = True
    is_wide = True
    writes_as = True

    def __init__(self, server: Server, connection=None):
        rsa.add_key(server.pem, old=False)
        self.server = server
        self.connection = connection
        self.inbox = Inbox()
        self.file = os.path.join(server.folder, f"telethon-{time.monotonic_ns()}")
        self.peers: dict[str, object] = {}
        self._make()

    def _make(self):
        async def make():
            options = {"connection": self.connection} if self.connection else {}
            if "catch_up" in inspect.signature(TelegramClient.__init__).parameters:  # since 1.25
                options["catch_up"] = True
            session = SQLiteSession(self.file)
            session.set_dc(2, self.server.host, self.server.port)
            client = TelegramClient(session, 1, "hoopoe", request_retries=2, connection_retries=3, **options)
            client.add_event_handler(self._on_message, events.NewMessage())
            client.add_event_handler(self._on_edit, events.MessageEdited())
            client.add_event_handler(self._on_delete, events.MessageDeleted())
            self.listen_wide(client)
            return client

        self.client = LOOP.run(make())

    def run(self, coroutine, timeout: float = 120):
        return LOOP.run(coroutine, timeout)

    def start(self, coroutine):
        return asyncio.run_coroutine_threadsafe(coroutine, LOOP.loop)

    async def _on_message(self, event):
        if not event.message.out:
            self.inbox.put(str(event.chat_id), describe(event.message))

    async def _on_edit(self, event):
        self.inbox.note("edit", event.message.id, event.message.message)

    async def _on_delete(self, event):
        self.inbox.note("delete", *event.deleted_ids)

    def sign_in(self, phone: str, first_name: str = "Test", password: str | None = None):
        async def work():
            await self.client.connect()
            sent = await self.client.send_code_request(phone)
            code = await asyncio.to_thread(self.server.code, phone)
            try:
                await self.client.sign_in(phone, code)
            except errors.SessionPasswordNeededError:
                await self.client.sign_in(password=password or "")
            except errors.PhoneNumberUnoccupiedError:
                answer = await self.client(functions.auth.SignUpRequest(phone, sent.phone_code_hash, first_name, ""))
                noted = self.client._on_login(answer.user)  # as its own sign_in does: it notes where the account stands
                if inspect.isawaitable(noted):  # since 1.25
                    await noted
            self.client.session.save()
            return (await self.client.get_me()).id

        self.me = LOOP.run(work())
        LOOP.run(self.client.get_dialogs())
        return self.me

    async def _disconnect(self):
        await self.client.disconnect()

    def stop(self):
        LOOP.run(self._disconnect())

    def close(self):
        LOOP.run(self._disconnect())

    def resume(self):
        self._make()
        LOOP.run(self.client.connect())

        async def catch_up():
            await self.client.get_me()
            await self.client.catch_up()

        LOOP.run(catch_up())

    def meet(self, alias: str, phone: str):
        async def work():
            contact = types.InputPhoneContact(0, phone, alias, "")
            result = await self.client(functions.contacts.ImportContactsRequest([contact]))
            self.peers[alias] = await self.client.get_input_entity(result.users[0])

        LOOP.run(work())

    def join(self, alias: str, username: str):
        async def work():
            entity = await self.client.get_entity(username)
            await self.client(functions.channels.JoinChannelRequest(entity))
            self.peers[alias] = await self.client.get_input_entity(entity)

        LOOP.run(work())

    def create_channel(self, alias: str, title: str, username: str):
        async def work():
            made = await self.client(functions.channels.CreateChannelRequest(title, "about", broadcast=True))
            channel = made.chats[0]
            await self.client(functions.channels.UpdateUsernameRequest(channel, username))
            self.peers[alias] = await self.client.get_input_entity(channel)

        LOOP.run(work())

    def make_admin(self, chat: str, user: str):
        LOOP.run(self.client.edit_admin(self.peers[chat], self.peers[user], post_messages=True, edit_messages=True, delete_messages=True))

    def create_supergroup(self, alias: str, title: str):
        async def work():
            made = await self.client(functions.channels.CreateChannelRequest(title, "about", megagroup=True))
            self.peers[alias] = await self.client.get_input_entity(made.chats[0])

        LOOP.run(work())

    def link(self, channel: str, group: str):
        assert LOOP.run(self.client(functions.channels.SetDiscussionGroupRequest(self.peers[channel], self.peers[group])))

    def comment(self, channel: str, post: int, text: str) -> int:
        return LOOP.run(self.client.send_message(self.peers[channel], text, comment_to=post, parse_mode=None)).id

    def comments(self, channel: str, post: int) -> list[str]:
        return [m.message for m in LOOP.run(self.client.get_messages(self.peers[channel], reply_to=post, limit=20))]

    def comment_count(self, channel: str, post: int) -> int:
        return LOOP.run(self.client.get_messages(self.peers[channel], ids=post)).replies.replies

    def unread_comments(self, channel: str, post: int) -> int:
        return LOOP.run(self.client(functions.messages.GetDiscussionMessageRequest(self.peers[channel], post))).unread_count

    def read_comments(self, channel: str, post: int):
        async def work():
            found = await self.client(functions.messages.GetDiscussionMessageRequest(self.peers[channel], post))
            top = found.messages[0]
            group = await self.client.get_input_entity(top.peer_id)
            await self.client(functions.messages.ReadDiscussionRequest(group, top.id, found.max_id))

        LOOP.run(work())

    def migrate(self, alias: str):
        async def work():
            moved = await self.client(functions.messages.MigrateChatRequest(self.peers[alias].chat_id))
            group = next(c for c in moved.chats if isinstance(c, types.Channel))
            self.peers[alias] = await self.client.get_input_entity(group)

        LOOP.run(work())

    def adopt_supergroup(self, alias: str, title: str):
        async def work():
            async for dialog in self.client.iter_dialogs():
                if dialog.name == title and isinstance(dialog.input_entity, types.InputPeerChannel):
                    self.peers[alias] = dialog.input_entity
                    return True
            return False

        assert LOOP.run(work()), f"no supergroup {title}"

    def members(self, chat: str) -> int:
        return LOOP.run(self.client.get_participants(self.peers[chat])).total

    def create_group(self, alias: str, title: str, members: list[str]):
        async def work():
            made = await self.client(functions.messages.CreateChatRequest([self.peers[m] for m in members], title))
            made = made if hasattr(made, "chats") else made.updates  # messages.invitedUsers since layer 176
            self.peers[alias] = types.InputPeerChat(made.chats[0].id)

        LOOP.run(work())

    def adopt_group(self, alias: str, title: str):
        async def work():
            async for dialog in self.client.iter_dialogs():
                if dialog.name == title:
                    self.peers[alias] = dialog.input_entity
                    return True
            return False

        assert LOOP.run(work()), f"no dialog {title}"

    def send_text(self, chat: str, text: str, reply_to: int | None = None) -> int:
        return LOOP.run(self.client.send_message(self.peers[chat], text, reply_to=reply_to, parse_mode=None)).id

    def send_file(self, chat: str, path: str, kind: str, caption: str = "") -> int:
        options = {"voice_note": kind == "voice", "force_document": kind == "file", "supports_streaming": kind == "video"}
        if kind == "audio":
            options["attributes"] = [types.DocumentAttributeAudio(1, title="tone", performer="sine")]
        return LOOP.run(self.client.send_file(self.peers[chat], path, caption=caption, **options), 240).id

    def history(self, chat: str, limit: int = 20) -> list[Message]:
        return [describe(m) for m in LOOP.run(self.client.get_messages(self.peers.get(chat, chat), limit=limit))]

    def download(self, chat: str, message: int, path: str):
        async def work():
            found = await self.client.get_messages(self.peers[chat], ids=message)
            with open(path, "wb") as file:
                await self.client.download_media(found, file)

        LOOP.run(work(), 240)

    def edit(self, chat: str, message: int, text: str):
        LOOP.run(self.client.edit_message(self.peers[chat], message, text, parse_mode=None))

    def delete(self, chat: str, messages: list[int]):
        LOOP.run(self.client.delete_messages(self.peers[chat], messages, revoke=True))

    def forward(self, chat: str, messages: list[int], to: str) -> int:
        return LOOP.run(self.client.forward_messages(self.peers[to], messages, self.peers[chat]))[0].id

    def search(self, chat: str, text: str) -> list[int]:
        return [m.id for m in LOOP.run(self.client.get_messages(self.peers[chat], search=text, limit=20))]

    def schedule_text(self, chat: str, text: str, at: int) -> int:
        when = datetime.datetime.fromtimestamp(at, datetime.timezone.utc)
        return LOOP.run(self.client.send_message(self.peers.get(chat, chat), text, schedule=when, parse_mode=None)).id

    def _scheduled(self, chat: str):
        return LOOP.run(self.client.get_messages(self.peers.get(chat, chat), scheduled=True, limit=100))

    def scheduled(self, chat: str) -> list[str]:
        return [m.message for m in self._scheduled(chat)]

    def unschedule_all(self, chat: str):
        ids = [m.id for m in self._scheduled(chat)]
        LOOP.run(self.client(functions.messages.DeleteScheduledMessagesRequest(self.peers[chat], ids)))

    def create_private(self, alias: str, title: str):
        async def work():
            made = await self.client(functions.channels.CreateChannelRequest(title, "about", broadcast=True))
            self.peers[alias] = await self.client.get_input_entity(made.chats[0])

        LOOP.run(work())

    def make_link(self, chat: str, title: str, usage_limit: int = 0, request: bool = False) -> str:
        make = functions.messages.ExportChatInviteRequest(self.peers[chat], title=title, usage_limit=usage_limit or None, request_needed=request or None)
        return LOOP.run(self.client(make)).link

    def revoke_link(self, chat: str, link: str):
        LOOP.run(self.client(functions.messages.EditExportedChatInviteRequest(self.peers[chat], link, revoked=True)))

    def _import(self, link: str):
        return self.client(functions.messages.ImportChatInviteRequest(link.rsplit("+", 1)[1]))

    def join_link(self, alias: str, link: str):
        async def work():
            joined = await self._import(link)
            joined = getattr(joined, "updates", joined)
            chats = joined.chats if hasattr(joined, "chats") else joined.updates.chats
            self.peers[alias] = await self.client.get_input_entity(chats[0])

        LOOP.run(work())

    def ask_to_join(self, link: str):
        try:
            LOOP.run(self._import(link))
        except errors.InviteRequestSentError:
            return
        raise AssertionError("no approval was needed")

    def _importers(self, chat: str, **options) -> list[int]:
        request = functions.messages.GetChatInviteImportersRequest(self.peers[chat], None, types.InputUserEmpty(), 100, **options)
        return [one.user_id for one in LOOP.run(self.client(request)).importers]

    def importers(self, chat: str, link: str) -> list[int]:
        return self._importers(chat, link=link)

    def join_requests(self, chat: str) -> list[int]:
        return self._importers(chat, requested=True)

    def approve(self, chat: str, user: int):
        LOOP.run(self.client(functions.messages.HideChatJoinRequestRequest(self.peers[chat], user, approved=True)))

    def protect(self, chat: str, on: bool):
        LOOP.run(self.client(functions.messages.ToggleNoForwardsRequest(self.peers[chat], on)))

    def give_rights(self, chat: str, user: str, **rights: bool):
        LOOP.run(self.client.edit_admin(self.peers[chat], self.peers[user], **rights) if rights
                 else self.client.edit_admin(self.peers[chat], self.peers[user], is_admin=False))

    def rename(self, chat: str, title: str):
        LOOP.run(self.client(functions.channels.EditTitleRequest(self.peers[chat], title)))

    def ban(self, chat: str, user: str, on: bool):
        LOOP.run(self.client.edit_permissions(self.peers[chat], self.peers[user], view_messages=not on))

    def is_in(self, chat: str) -> bool:
        try:
            LOOP.run(self.client(functions.channels.GetParticipantRequest(self.peers[chat], "me")))
        except errors.RPCError:
            return False
        return True

    def recent_actions(self, chat: str) -> list[tuple]:
        async def work():
            told = [event async for event in self.client.iter_admin_log(self.peers[chat])]
            assert [event.id for event in told] == sorted({event.id for event in told}, reverse=True)
            return [recent_action(event.original.action) for event in told]

        return LOOP.run(work())

    def view(self, chat: str):
        async def work():
            ids = [m.id for m in await self.client.get_messages(self.peers[chat], limit=20)]
            await self.client(functions.messages.GetMessagesViewsRequest(self.peers[chat], ids, True))

        LOOP.run(work())

    def statistics(self, chat: str) -> dict:
        def read(graph):
            return json.loads(graph.json.data)

        async def work():
            stats = await self.client.get_stats(self.peers[chat])
            views = await self.client(functions.stats.LoadAsyncGraphRequest(stats.interactions_graph.token))
            return {"followers": stats.followers.current, "growth": read(stats.growth_graph),
                    "followers_graph": read(stats.followers_graph), "views": read(views)}

        return LOOP.run(work())

    def unread(self, chat: str) -> int:
        async def work():
            wanted = await self.client.get_peer_id(self.peers[chat])
            dialogs = await self.client.get_dialogs()
            return next(d.unread_count for d in dialogs if d.id == wanted)

        return LOOP.run(work())

    def read(self, chat: str):
        LOOP.run(self.client.send_read_acknowledge(self.peers[chat]))

    def set_password(self, password: str):
        LOOP.run(self.client.edit_2fa(new_password=password))

    def clear_password(self, password: str):
        LOOP.run(self.client.edit_2fa(current_password=password))

    def other_sessions(self) -> list[int]:
        answer = LOOP.run(self.client(functions.account.GetAuthorizationsRequest()))
        return [a.hash for a in answer.authorizations if not a.current]

    def end_session(self, number: int):
        LOOP.run(self.client(functions.account.ResetAuthorizationRequest(number)))

    def is_signed_in(self) -> bool:
        async def work():
            try:
                return bool(await self.client(functions.users.GetUsersRequest([types.InputUserSelf()])))
            except (errors.UnauthorizedError, ConnectionError):
                return False

        return LOOP.run(work())
