"""What Kurigram does with channels: invite links, rights, schedules, polls, comments, statistics. Its own methods where it has one."""

from __future__ import annotations

import datetime
import json

from pyrogram import errors, raw, types

from . import recent_action

SENDING = ("send_messages", "send_media", "send_polls", "send_photos", "send_videos", "send_audios", "send_voices", "send_docs", "send_plain")


class Channels:
    """Mixed into the driver, which has `client`, `peers`, `invoke` and `on_loop`."""

    def _peer(self, chat: str):
        return self.on_loop(lambda: self.client.resolve_peer(self.peers.get(chat, chat)))

    def _all(self, make) -> list:
        """Everything that an asynchronous generator of the library gives."""

        async def work():
            return [item async for item in make()]

        return self.on_loop(work)

    def create_private(self, alias: str, title: str):
        self.peers[alias] = self.on_loop(lambda: self.client.create_channel(title, "about")).id

    def create_supergroup(self, alias: str, title: str):
        self.peers[alias] = self.on_loop(lambda: self.client.create_supergroup(title, "about")).id

    def make_link(self, chat: str, title: str, usage_limit: int = 0, request: bool = False) -> str:
        made = self.client.create_chat_invite_link
        return self.on_loop(lambda: made(self.peers[chat], title, member_limit=usage_limit or None, creates_join_request=request or None)).invite_link

    def revoke_link(self, chat: str, link: str):
        self.on_loop(lambda: self.client.revoke_chat_invite_link(self.peers[chat], link))

    def join_link(self, alias: str, link: str):
        joined = self.invoke(raw.functions.messages.ImportChatInvite(hash=link.rsplit("+", 1)[1]))
        joined = getattr(joined, "updates", joined)
        joined = joined if hasattr(joined, "chats") else joined.updates
        self.peers[alias] = int(f"-100{joined.chats[0].id}")

    def ask_to_join(self, link: str):
        try:
            self.invoke(raw.functions.messages.ImportChatInvite(hash=link.rsplit("+", 1)[1]))
        except errors.InviteRequestSent:
            return
        raise AssertionError("no approval was needed")

    def importers(self, chat: str, link: str) -> list[int]:
        return [one.user.id for one in self._all(lambda: self.client.get_chat_invite_link_joiners(self.peers[chat], link))]

    def join_requests(self, chat: str) -> list[int]:
        return [one.user.id for one in self._all(lambda: self.client.get_chat_join_requests(self.peers[chat]))]

    def approve(self, chat: str, user: int):
        self.on_loop(lambda: self.client.approve_chat_join_request(self.peers[chat], user))

    def protect(self, chat: str, on: bool):
        self.on_loop(lambda: self.client.set_chat_protected_content(self.peers[chat], on))

    def give_rights(self, chat: str, user: str, **rights: bool):
        wanted = {"is_anonymous" if name == "anonymous" else f"can_{name}": on for name, on in rights.items()}
        privileges = types.ChatAdministratorRights(can_manage_chat=bool(rights), **wanted)
        self.on_loop(lambda: self.client.promote_chat_member(self.peers[chat], self.peers.get(user, user), privileges))

    def rename(self, chat: str, title: str):
        self.on_loop(lambda: self.client.set_chat_title(self.peers[chat], title))

    def ban(self, chat: str, user: str, on: bool):
        change = self.client.ban_chat_member if on else self.client.unban_chat_member
        self.on_loop(lambda: change(self.peers[chat], self.peers[user]))

    def is_in(self, chat: str) -> bool:
        try:
            self.on_loop(lambda: self.client.get_chat_member(self.peers[chat], "me"))
        except errors.RPCError:
            return False
        return True

    def recent_actions(self, chat: str) -> list[tuple]:
        # Its own method knows less kinds; it is walked for the parsing.
        count = len(self._all(lambda: self.client.get_chat_event_log(self.peers[chat])))
        told = self.invoke(raw.functions.channels.GetAdminLog(channel=self._peer(chat), q="", max_id=0, min_id=0, limit=100)).events
        assert len(told) == count, (len(told), count)
        return [recent_action(event.action) for event in told]

    def view(self, chat: str):
        ids = [m.id for m in self.history(chat, 20)]
        self.invoke(raw.functions.messages.GetMessagesViews(peer=self._peer(chat), id=ids, increment=True))

    def statistics(self, chat: str) -> dict:
        def read(graph):
            return json.loads(graph.json.data)

        stats = self.invoke(raw.functions.stats.GetBroadcastStats(channel=self._peer(chat)))
        views = self.invoke(raw.functions.stats.LoadAsyncGraph(token=stats.interactions_graph.token))
        return {"followers": stats.followers.current, "growth": read(stats.growth_graph), "followers_graph": read(stats.followers_graph), "views": read(views)}

    def link(self, channel: str, group: str):
        assert self.on_loop(lambda: self.client.set_chat_discussion_group(chat_id=self.peers[channel], discussion_chat_id=self.peers[group]))

    def comment(self, channel: str, post: int, text: str) -> int:
        async def work():
            top = await self.client.get_discussion_message(self.peers[channel], post)
            return await self.client.send_message(top.chat.id, text, reply_parameters=types.ReplyParameters(message_id=top.id))

        return self.on_loop(work).id

    def comments(self, channel: str, post: int) -> list[str]:
        return [str(m.text) for m in self._all(lambda: self.client.get_discussion_replies(self.peers[channel], post, 20))]

    def comment_count(self, channel: str, post: int) -> int:
        return self.on_loop(lambda: self.client.get_discussion_replies_count(self.peers[channel], post))

    def _discussion(self, channel: str, post: int):
        return self.invoke(raw.functions.messages.GetDiscussionMessage(peer=self._peer(channel), msg_id=post))

    def unread_comments(self, channel: str, post: int) -> int:
        return self._discussion(channel, post).unread_count

    def read_comments(self, channel: str, post: int):
        found = self._discussion(channel, post)
        top = found.messages[0]
        group = self.on_loop(lambda: self.client.resolve_peer(int(f"-100{top.peer_id.channel_id}")))
        self.invoke(raw.functions.messages.ReadDiscussion(peer=group, msg_id=top.id, read_max_id=found.max_id))

    def migrate(self, alias: str):
        moved = self.invoke(raw.functions.messages.MigrateChat(chat_id=-self.peers[alias]))
        group = next(c for c in moved.chats if isinstance(c, raw.types.Channel))
        self.peers[alias] = int(f"-100{group.id}")

    def adopt_supergroup(self, alias: str, title: str):
        found = self._all(self.client.get_dialogs)
        self.peers[alias] = next(d.chat.id for d in found if d.chat.title == title and d.chat.id < -1_000_000_000_000)

    def members(self, chat: str) -> int:
        return len(self._all(lambda: self.client.get_chat_members(self.peers[chat])))

    def schedule_text(self, chat: str, text: str, at: int) -> int:
        when = datetime.datetime.fromtimestamp(at)
        return self.on_loop(lambda: self.client.send_message(self.peers.get(chat, chat), text, schedule_date=when)).id

    def schedule_poll(self, chat: str, question: str, answers: list[str], at: int):
        when = datetime.datetime.fromtimestamp(at)
        options = [types.InputPollOption(text=answer) for answer in answers]
        self.on_loop(lambda: self.client.send_poll(self.peers[chat], question, options, schedule_date=when))

    def schedule_file(self, chat: str, path: str, kind: str, caption: str, at: int):
        send = {"photo": self.client.send_photo, "voice": self.client.send_voice}[kind]
        when = datetime.datetime.fromtimestamp(at)
        self.on_loop(lambda: send(self.peers[chat], path, caption=caption, schedule_date=when), 240)

    def scheduled(self, chat: str) -> list[str]:
        found = self.on_loop(lambda: self.client.get_scheduled_messages(self.peers.get(chat, chat)))
        return [str(m.text or m.caption or "") for m in found]

    def unschedule_all(self, chat: str):
        ids = [m.id for m in self.on_loop(lambda: self.client.get_scheduled_messages(self.peers[chat]))]
        self.invoke(raw.functions.messages.DeleteScheduledMessages(peer=self._peer(chat), id=ids))

    def send_poll(self, chat: str, question: str, answers: list[str], anonymous: bool = True) -> int:
        options = [types.InputPollOption(text=answer) for answer in answers]
        return self.on_loop(lambda: self.client.send_poll(self.peers[chat], question, options, is_anonymous=anonymous)).id

    def find_poll(self, chat: str, question: str) -> int | None:
        found = self._all(lambda: self.client.get_chat_history(self.peers[chat], limit=10))
        return next((m.id for m in found if m.poll and m.poll.question.text == question), None)

    def vote(self, chat: str, message: int, answer: int):
        self.on_loop(lambda: self.client.vote_poll(self.peers[chat], message, answer))

    def votes(self, chat: str, message: int) -> list[int]:
        poll = self.on_loop(lambda: self.client.get_messages(self.peers[chat], message)).poll
        return [option.voter_count or 0 for option in poll.options]

    def voters(self, chat: str, message: int) -> list[int]:
        """Users by their ids; chats by theirs, below zero."""
        told = self.invoke(raw.functions.messages.GetPollVotes(peer=self._peer(chat), id=message, limit=20)).votes
        return [getattr(one.peer, "user_id", 0) or -one.peer.channel_id for one in told]

    def react(self, chat: str, message: int, emoji: str):
        self.on_loop(lambda: self.client.send_reaction(self.peers[chat], message, emoji))

    def reactions(self, chat: str, message: int) -> dict[str, int]:
        found = self.on_loop(lambda: self.client.get_messages(self.peers[chat], message)).reactions
        return {one.emoji: one.count for one in found.reactions} if found else {}

    def posts_with_tag(self, tag: str) -> list[str]:
        return [str(m.text) for m in self._all(lambda: self.client.search_posts(tag, 20))]

    def publish(self, chat: str, name: str):
        self.on_loop(lambda: self.client.set_chat_username(self.peers[chat], name))

    def send_as(self, chat: str, whom: str):
        assert self.on_loop(lambda: self.client.set_send_as_chat(self.peers[chat], self.peers[whom]))

    def sender(self, chat: str, text: str) -> int:
        """Who wrote it, as this device sees: a user's id, or a channel's below zero."""
        found = next(m for m in self._all(lambda: self.client.get_chat_history(self.peers[chat], limit=10)) if m.text == text)
        return found.from_user.id if found.from_user else found.sender_chat.id + 1_000_000_000_000

    def number(self, chat: str) -> int:
        """A channel's id, below zero."""
        return self.peers[chat] + 1_000_000_000_000

    def sign(self, chat: str, profiles: bool):
        self.invoke(raw.functions.channels.ToggleSignatures(channel=self._peer(chat), signatures_enabled=True, profiles_enabled=profiles))

    def signature(self, chat: str, message: int) -> tuple[str, int]:
        """The name below a post, and the profile that it shows."""
        found = self.invoke(raw.functions.channels.GetMessages(channel=self._peer(chat), id=[raw.types.InputMessageID(id=message)])).messages[0]
        return found.post_author or "", getattr(found.from_id, "user_id", 0)

    def readers(self, chat: str, message: int) -> list[int]:
        found = self.invoke(raw.functions.messages.GetMessageReadParticipants(peer=self._peer(chat), msg_id=message))
        return [one.user_id for one in found]

    def without_names(self, chat: str):
        assert self.invoke(raw.functions.channels.DeactivateAllUsernames(channel=self._peer(chat)))

    def order_names(self, chat: str, names: list[str]):
        self.invoke(raw.functions.channels.ReorderUsernames(channel=self._peer(chat), order=names))

    def use_name(self, chat: str, name: str, on: bool):
        self.invoke(raw.functions.channels.ToggleUsername(channel=self._peer(chat), username=name, active=on))
