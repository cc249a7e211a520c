"""What Telethon does with channels beyond links and rights: schedules, signatures, senders, hashtags, who read and who voted."""

from __future__ import annotations

import datetime

from telethon import functions, types

from .telethon_wide import plain


class Channels:
    """Mixed into the driver, whose `run` waits for what it is given."""

    def schedule_poll(self, chat: str, question: str, answers: list[str], at: int):
        options = [types.PollAnswer(plain(answer), bytes([number])) for number, answer in enumerate(answers)]
        media = types.InputMediaPoll(types.Poll(0, plain(question), options, 0))
        self.run(self.client.send_message(self.peers[chat], file=media, schedule=_date(at)))

    def schedule_file(self, chat: str, path: str, kind: str, caption: str, at: int):
        self.run(self.client.send_file(self.peers[chat], path, caption=caption, voice_note=kind == "voice", schedule=_date(at)), 240)

    def voters(self, chat: str, message: int) -> list[int]:
        """Users by their ids; chats by theirs, below zero."""
        told = self.run(self.client(functions.messages.GetPollVotesRequest(self.peers[chat], message, limit=20))).votes
        return [getattr(one.peer, "user_id", 0) or -one.peer.channel_id for one in told]

    def posts_with_tag(self, tag: str) -> list[str]:
        request = functions.channels.SearchPostsRequest(offset_rate=0, offset_peer=types.InputPeerEmpty(), offset_id=0, limit=20, hashtag=tag)
        return [m.message for m in self.run(self.client(request)).messages]

    def publish(self, chat: str, name: str):
        self.run(self.client(functions.channels.UpdateUsernameRequest(self.peers[chat], name)))

    def send_as(self, chat: str, whom: str):
        name = types.InputPeerSelf() if whom == "me" else self.peers[whom]
        assert self.run(self.client(functions.messages.SaveDefaultSendAsRequest(self.peers[chat], name)))

    def ban_name(self, chat: str, name: str, on: bool):
        """Bans a channel that people write as."""
        rights = types.ChatBannedRights(until_date=None, view_messages=on)
        self.run(self.client(functions.channels.EditBannedRequest(self.peers[chat], self.peers[name], rights)))

    def banned(self, chat: str) -> list[int]:
        """Users by their ids; channels by theirs, below zero."""
        request = functions.channels.GetParticipantsRequest(self.peers[chat], types.ChannelParticipantsKicked(""), 0, 20, 0)
        told = self.run(self.client(request)).participants
        return [getattr(one.peer, "user_id", 0) or -one.peer.channel_id for one in told]

    def texts_by(self, chat: str, name: str) -> list[str]:
        """What was written as a channel, newest first."""
        return [m.message for m in self.run(self.client.get_messages(self.peers[chat], from_user=self.peers[name], limit=20))]

    def delete_all_by(self, chat: str, name: str):
        gone = self.run(self.client(functions.channels.DeleteParticipantHistoryRequest(self.peers[chat], self.peers[name])))
        assert gone.offset == 0, gone

    def sender(self, chat: str, text: str) -> int:
        """Who wrote it, as this device sees: a user's id, or a channel's below zero."""
        found = next(m for m in self.run(self.client.get_messages(self.peers[chat], limit=10)) if m.message == text)
        sender = found.from_id or found.peer_id
        return getattr(sender, "user_id", 0) or -sender.channel_id

    def channel_number(self, chat: str) -> int:
        """A channel's id, below zero."""
        return -self.peers[chat].channel_id

    def sign(self, chat: str, profiles: bool):
        self.run(self.client(functions.channels.ToggleSignaturesRequest(self.peers[chat], signatures_enabled=True, profiles_enabled=profiles)))

    def signature(self, chat: str, message: int) -> tuple[str, int]:
        """The name below a post, and the profile that it shows."""
        found = self.run(self.client.get_messages(self.peers[chat], ids=message))
        return found.post_author or "", getattr(found.from_id, "user_id", 0)

    def readers(self, chat: str, message: int) -> list[int]:
        return [one.user_id for one in self.run(self.client(functions.messages.GetMessageReadParticipantsRequest(self.peers[chat], message)))]

    def without_names(self, chat: str):
        assert self.run(self.client(functions.channels.DeactivateAllUsernamesRequest(self.peers[chat])))

    def order_names(self, chat: str, names: list[str]):
        self.run(self.client(functions.channels.ReorderUsernamesRequest(self.peers[chat], names)))

    def use_name(self, chat: str, name: str, on: bool):
        self.run(self.client(functions.channels.ToggleUsernameRequest(self.peers[chat], name, on)))


def _date(at: int) -> datetime.datetime:
    return datetime.datetime.fromtimestamp(at, datetime.timezone.utc)
