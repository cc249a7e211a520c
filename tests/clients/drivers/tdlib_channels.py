"""What TDLib does with channels beyond links and rights: schedules, signatures, senders, hashtags, who read and who voted."""

from __future__ import annotations

import os
import shutil
import time

from . import wait_until
from .tdlib_wide import formatted


class Channels:
    """Mixed into the driver."""

    def _schedule(self, chat: str, content: dict, at: int) -> int:
        options = {"@type": "messageSendOptions", "scheduling_state": {"@type": "messageSchedulingStateSendAtDate", "send_date": at}}
        draft = self.request("sendMessage", chat_id=self.peers[chat], options=options, input_message_content=content)["id"]
        done = wait_until("TDLib's message scheduled", lambda: self.sent.pop(draft, None), 120)
        assert done["@type"] == "updateMessageSendSucceeded", done
        return done["message"]["id"]

    def schedule_poll(self, chat: str, question: str, answers: list[str], at: int):
        options = [{"@type": "inputPollOption", "text": formatted(answer)} for answer in answers]
        self._schedule(chat, {"@type": "inputMessagePoll", "question": formatted(question), "options": options, "is_anonymous": True,
                              "type": {"@type": "inputPollTypeRegular"}}, at)

    def schedule_file(self, chat: str, path: str, kind: str, caption: str, at: int):
        # TDLib remembers files by path; a copy makes it send the bytes.
        copy = os.path.join(self.server.folder, f"{time.monotonic_ns()}-{os.path.basename(path)}")
        shutil.copy(path, copy)
        file = {"@type": "inputFileLocal", "path": os.path.abspath(copy)}
        content = {
            "photo": {"@type": "inputMessagePhoto", "photo": {"@type": "inputPhoto", "photo": file, "width": 320, "height": 240}},
            "voice": {"@type": "inputMessageVoiceNote", "voice_note": {"@type": "inputVoiceNote", "voice_note": file, "duration": 1, "waveform": "AAAAAA=="}},
        }[kind]
        self._schedule(chat, content | {"caption": formatted(caption)}, at)

    def voters(self, chat: str, message: int) -> list[int]:
        """Users by their ids; chats by theirs, below zero."""
        options = self.request("getMessage", chat_id=self.peers[chat], message_id=message)["content"]["poll"]["options"]
        found = []
        for number, option in enumerate(options):
            if option["voter_count"]:
                told = self.request("getPollVoters", chat_id=self.peers[chat], message_id=message, option_id=number, offset=0, limit=20)
                found += [_sender(one["voter_id"]) for one in told["voters"]]
        return found

    def posts_with_tag(self, tag: str) -> list[str]:
        found = self.request("searchPublicMessagesByTag", tag=tag, offset="", limit=20)
        return [m["content"]["text"]["text"] for m in found["messages"]]

    def publish(self, chat: str, name: str):
        self.request("setSupergroupUsername", supergroup_id=self._group(chat), username=name)

    def send_as(self, chat: str, whom: str):
        if whom == "me":
            self.request("setChatMessageSender", chat_id=self.peers[chat], message_sender_id={"@type": "messageSenderUser", "user_id": self.me})
            return
        # By it TDLib learns that there is a choice, and it takes only who it was offered.
        self.request("getSupergroupFullInfo", supergroup_id=self._group(chat))
        offered = self.request("getChatAvailableMessageSenders", chat_id=self.peers[chat])["senders"]
        assert any(one["sender"].get("chat_id") == self.peers[whom] for one in offered), offered
        self.request("setChatMessageSender", chat_id=self.peers[chat], message_sender_id={"@type": "messageSenderChat", "chat_id": self.peers[whom]})

    def ban_name(self, chat: str, name: str, on: bool):
        """Bans a channel that people write as."""
        status = {"@type": "chatMemberStatusBanned" if on else "chatMemberStatusLeft"}
        self.request("setChatMemberStatus", chat_id=self.peers[chat], member_id=self._named(name), status=status)

    def _named(self, name: str) -> dict:
        return {"@type": "messageSenderChat", "chat_id": self.peers[name]}

    def banned(self, chat: str) -> list[int]:
        """Users by their ids; channels by theirs, below zero."""
        found = self.request("getSupergroupMembers", supergroup_id=self._group(chat), filter={"@type": "supergroupMembersFilterBanned"},
                             offset=0, limit=20)
        return [_sender(one["member_id"]) for one in found["members"]]

    def texts_by(self, chat: str, name: str) -> list[str]:
        """What was written as a channel, newest first."""
        found = self.request("searchChatMessages", chat_id=self.peers[chat], query="", sender_id=self._named(name), from_message_id=0, offset=0,
                             limit=20)
        return [m["content"]["text"]["text"] for m in found["messages"]]

    def delete_all_by(self, chat: str, name: str):
        self.request("deleteChatMessagesBySender", chat_id=self.peers[chat], sender_id=self._named(name))

    def sender(self, chat: str, text: str) -> int:
        """Who wrote it, as this device sees: a user's id, or a channel's below zero."""
        found = self.request("getChatHistory", chat_id=self.peers[chat], from_message_id=0, offset=0, limit=10)["messages"]
        return next(_sender(m["sender_id"]) for m in found if m["content"].get("text", {}).get("text") == text)

    def channel_number(self, chat: str) -> int:
        """A channel's id, below zero."""
        return self.peers[chat] + 1_000_000_000_000

    def _group(self, chat: str) -> int:
        return self.request("getChat", chat_id=self.peers[chat])["type"]["supergroup_id"]

    def sign(self, chat: str, profiles: bool):
        self.request("toggleSupergroupSignMessages", supergroup_id=self._group(chat), sign_messages=True, show_message_sender=profiles)

    def signature(self, chat: str, message: int) -> tuple[str, int]:
        """The name below a post, and the profile that it shows."""
        found = self.request("getMessage", chat_id=self.peers[chat], message_id=message)
        return found["author_signature"], found["sender_id"].get("user_id", 0)

    def readers(self, chat: str, message: int) -> list[int]:
        return [one["user_id"] for one in self.request("getMessageViewers", chat_id=self.peers[chat], message_id=message)["viewers"]]

    def without_names(self, chat: str):
        self.request("disableAllSupergroupUsernames", supergroup_id=self._group(chat))

    def order_names(self, chat: str, names: list[str]):
        self.request("reorderSupergroupActiveUsernames", supergroup_id=self._group(chat), usernames=names)

    def use_name(self, chat: str, name: str, on: bool):
        self.request("toggleSupergroupUsernameIsActive", supergroup_id=self._group(chat), username=name, is_active=on)


def _sender(sender: dict) -> int:
    return sender.get("user_id") or sender["chat_id"] + 1_000_000_000_000
