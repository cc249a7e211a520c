"""What TDLib does beyond messages: drafts, polls, pins, privacy and the rest of the wide steps."""

from __future__ import annotations

import os
import shutil

from . import wait_until

PERMISSIONS = (
    "can_send_basic_messages", "can_send_audios", "can_send_documents", "can_send_photos", "can_send_videos", "can_send_video_notes",
    "can_send_voice_notes", "can_send_polls", "can_send_other_messages", "can_add_link_previews", "can_change_info", "can_invite_users",
    "can_pin_messages", "can_create_topics",
)


def formatted(text: str) -> dict:
    return {"@type": "formattedText", "text": text}


def text_content(text: str, clear_draft: bool = False) -> dict:
    return {"@type": "inputMessageText", "text": formatted(text), "clear_draft": clear_draft}


class Wide:
    """Mixed into the driver."""

    def take_wide(self, item: dict):
        kind = item["@type"]
        if kind == "updateChatAction" and item["action"]["@type"] == "chatActionTyping":
            self.inbox.note("typing", item["sender_id"].get("user_id"))
        elif kind == "updateMessageUnreadReactions":
            self.inbox.note("reacted", item["message_id"])

    def _chat(self, chat: str) -> dict:
        return self.request("getChat", chat_id=self.peers[chat])

    def save_draft(self, chat: str, text: str):
        draft = {"@type": "draftMessage", "content": {"@type": "draftMessageContentText", "text": formatted(text)}}
        self.request("setChatDraftMessage", chat_id=self.peers[chat], draft_message=draft)

    def draft(self, chat: str) -> str:
        found = (self._chat(chat).get("draft_message") or {}).get("content", "")
        while isinstance(found, dict):
            found = found["text"]
        return found

    def send_drafted(self, chat: str, text: str):
        self._send(chat, text_content(text, clear_draft=True))

    def send_album(self, chat: str, paths: list[str], captions: list[str]):
        def content(path, caption):
            photo = {"@type": "inputFileLocal", "path": os.path.abspath(path)}
            return {"@type": "inputMessagePhoto", "photo": {"@type": "inputPhoto", "photo": photo, "width": 320, "height": 240}, "caption": formatted(caption)}

        contents = [content(*pair) for pair in zip(paths, captions)]
        drafts = self.request("sendMessageAlbum", chat_id=self.peers[chat], input_message_contents=contents)["messages"]
        for draft in drafts:
            done = wait_until("TDLib's album", lambda: self.sent.pop(draft["id"], None), 120)
            assert done["@type"] == "updateMessageSendSucceeded", done

    def albums(self, chat: str, limit: int) -> list:
        found, start = [], 0
        while len(found) < limit:
            page = self.request("getChatHistory", chat_id=self.peers[chat], from_message_id=start, offset=0, limit=limit)["messages"]
            if not page:
                break
            found, start = found + page, page[-1]["id"]
        return [int(m["media_album_id"]) or None for m in found[:limit]]

    def pin(self, chat: str, message: int, pinned: bool = True):
        self.request("pinChatMessage" if pinned else "unpinChatMessage", chat_id=self.peers[chat], message_id=message, disable_notification=True)

    def pinned(self, chat: str) -> list[str]:
        found = self.request("searchChatMessages", chat_id=self.peers[chat], query="", from_message_id=0, offset=0, limit=10,
                             filter={"@type": "searchMessagesFilterPinned"})
        return [m["content"]["text"]["text"] for m in found["messages"]]

    def send_poll(self, chat: str, question: str, answers: list[str], anonymous: bool = True) -> int:
        options = [{"@type": "inputPollOption", "text": formatted(answer)} for answer in answers]
        return self._send(chat, {"@type": "inputMessagePoll", "question": formatted(question), "options": options, "is_anonymous": anonymous,
                                 "type": {"@type": "inputPollTypeRegular"}})

    def find_poll(self, chat: str, question: str) -> int | None:
        found = self.request("getChatHistory", chat_id=self.peers[chat], from_message_id=0, offset=0, limit=10)["messages"]
        polls = (m for m in found if m["content"]["@type"] == "messagePoll")
        return next((m["id"] for m in polls if m["content"]["poll"]["question"]["text"] == question), None)

    def vote(self, chat: str, message: int, answer: int):
        self.request("setPollAnswer", chat_id=self.peers[chat], message_id=message, option_ids=[answer])

    def votes(self, chat: str, message: int) -> list[int]:
        content = self.request("getMessage", chat_id=self.peers[chat], message_id=message)["content"]
        return [option["voter_count"] for option in content["poll"]["options"]]

    def react(self, chat: str, message: int, emoji: str):
        if self._chat(chat)["type"]["@type"] == "chatTypeSupergroup":
            # By it TDLib learns which are allowed.
            self.request("getSupergroupFullInfo", supergroup_id=self._group(chat))
        self.request("addMessageReaction", chat_id=self.peers[chat], message_id=message, reaction_type={"@type": "reactionTypeEmoji", "emoji": emoji})

    def reactions(self, chat: str, message: int) -> dict[str, int]:
        info = self.request("getMessage", chat_id=self.peers[chat], message_id=message).get("interaction_info") or {}
        found = (info.get("reactions") or {}).get("reactions") or []
        return {one["type"]["emoji"]: one["total_count"] for one in found}

    def unread_reactions(self, chat: str) -> list[str]:
        found = self.request("searchChatMessages", chat_id=self.peers[chat], query="", from_message_id=0, offset=0, limit=10,
                             filter={"@type": "searchMessagesFilterUnreadReaction"})
        counted = self._chat(chat)["unread_reaction_count"]
        # Two questions, and a reaction may come between them.
        same = len(found["messages"]) == counted and all(m["unread_reactions"] for m in found["messages"])
        return [m["content"]["text"]["text"] for m in found["messages"]] if same else [f"{len(found['messages'])} of {counted}"]

    def read_reactions(self, chat: str):
        self.request("readAllChatReactions", chat_id=self.peers[chat])

    def mark_unread(self, chat: str, unread: bool):
        self.request("toggleChatIsMarkedAsUnread", chat_id=self.peers[chat], is_marked_as_unread=unread)

    def is_marked_unread(self, chat: str) -> bool:
        return self._chat(chat)["is_marked_as_unread"]

    def go_online(self, online: bool = True):
        self.request("setOption", name="online", value={"@type": "optionValueBoolean", "value": online})

    def type(self, chat: str):
        user = self.peers[chat]
        # TDLib tells nobody who is away that somebody types.
        wait_until("the other is online", lambda: self.request("getUser", user_id=user)["status"]["@type"] == "userStatusOnline")
        self.request("sendChatAction", chat_id=self.peers[chat], action={"@type": "chatActionTyping"})

    def sign_in_by_qr(self, show) -> int:
        """`show` is called with the link."""
        self.request("getAuthorizationState")
        wait_until("TDLib's first question", lambda: self.state == "authorizationStateWaitTdlibParameters")
        self._parameters()
        wait_until("TDLib's question for a number", lambda: self.state == "authorizationStateWaitPhoneNumber")
        self.request("requestQrCodeAuthentication")
        wait_until("TDLib's link", lambda: self.state == "authorizationStateWaitOtherDeviceConfirmation")
        show(self.request("getAuthorizationState")["link"])
        wait_until("TDLib signed in", lambda: self.state == "authorizationStateReady")
        self.me = self.request("getMe")["id"]
        return self.me

    def accept_qr(self, link: str):
        self.request("confirmQrCodeAuthentication", link=link)

    def contacts(self) -> list[int]:
        return self.request("getContacts")["user_ids"]

    def remove_contact(self, alias: str):
        self.request("removeContacts", user_ids=[self.peers[alias]])

    def set_photo(self, path: str):
        photo = {"@type": "inputChatPhotoStatic", "photo": {"@type": "inputFileLocal", "path": os.path.abspath(path)}}
        self.request("setProfilePhoto", photo=photo, is_public=False)

    def download_photo(self, alias: str, path: str) -> bool:
        photo = self.request("getUser", user_id=self.peers[alias]).get("profile_photo")
        if not photo:
            return False
        done = self.request("downloadFile", 60, file_id=photo["big"]["id"], priority=32, offset=0, limit=0, synchronous=True)
        shutil.copy(done["local"]["path"], path)
        return True

    def set_username(self, name: str):
        self.request("setUsername", username=name)

    def find(self, alias: str, name: str):
        self.peers[alias] = self.request("searchPublicChat", username=name)["id"]

    def phone_of(self, alias: str) -> str:
        return self.request("getUser", user_id=self.peers[alias])["phone_number"]

    def knows_when_seen(self, alias: str) -> bool:
        return self.request("getUser", user_id=self.peers[alias])["status"]["@type"] in ("userStatusOnline", "userStatusOffline")

    def show(self, what: str, to_all: bool):
        setting = {"phone": "userPrivacySettingShowPhoneNumber", "last seen": "userPrivacySettingShowStatus"}[what]
        rule = {"@type": "userPrivacySettingRuleAllowAll" if to_all else "userPrivacySettingRuleRestrictAll"}
        self.request("setUserPrivacySettingRules", setting={"@type": setting}, rules={"@type": "userPrivacySettingRules", "rules": [rule]})

    def let_members_write(self, chat: str, may: bool):
        permissions = {"@type": "chatPermissions", **dict.fromkeys(PERMISSIONS, may)}
        self.request("setChatPermissions", chat_id=self.peers[chat], permissions=permissions)

    def invite_link(self, chat: str) -> str:
        return self.request("createChatInviteLink", chat_id=self.peers[chat], name="", expiration_date=0, member_limit=0, creates_join_request=False)["invite_link"]

    def join_by_link(self, alias: str, link: str):
        link = self._own(link)
        self.request("checkChatInviteLink", invite_link=link)
        joined = self.request("joinChatByInviteLink", invite_link=link)
        self.peers[alias] = joined.get("chat_id") or joined["id"]
