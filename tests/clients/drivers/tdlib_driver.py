"""TDLib (tdjson, layer 230, RSA_PAD, obfuscated intermediate), in the copy that `tdlib_patch.py` makes."""

from __future__ import annotations

import collections
import ctypes
import json
import os
import shutil
import threading
import time

from . import Inbox, Message, Server, Timeout, wait_until
from .tdlib_channels import Channels
from .tdlib_wide import Wide

KINDS = {
    "messageText": "text", "messagePhoto": "photo", "messageVideo": "video", "messageVoiceNote": "voice", "messageAudio": "audio",
    "messageDocument": "file", "messagePoll": "poll", "messageAnimation": "video",
}


class Library:
    """One TDLib for the process; a thread hands what it says to its clients."""

    _loaded: dict[str, "Library"] = {}

    @classmethod
    def load(cls, path: str, log: str) -> "Library":
        if path not in cls._loaded:
            cls._loaded[path] = cls(path, log)
        return cls._loaded[path]

    def __init__(self, path: str, log: str):
        self.td = ctypes.CDLL(os.path.abspath(path))
        self.td.td_create_client_id.restype = ctypes.c_int
        self.td.td_send.argtypes = [ctypes.c_int, ctypes.c_char_p]
        self.td.td_receive.argtypes = [ctypes.c_double]
        self.td.td_receive.restype = ctypes.c_char_p
        self.td.td_execute.argtypes = [ctypes.c_char_p]
        self.td.td_execute.restype = ctypes.c_char_p
        self.clients: dict[int, "Driver"] = {}
        self.execute({"@type": "setLogStream", "log_stream": {"@type": "logStreamFile", "path": log, "max_file_size": 1 << 28}})
        self.execute({"@type": "setLogVerbosityLevel", "new_verbosity_level": 3})
        threading.Thread(target=self._pump, daemon=True).start()

    def execute(self, query: dict):
        self.td.td_execute(json.dumps(query).encode())

    def _pump(self):
        while True:
            raw = self.td.td_receive(1.0)
            if raw:
                item = json.loads(raw)
                client = self.clients.get(item.pop("@client_id", 0))
                if client is not None:
                    client.take(item)


def describe(message: dict) -> Message:
    content = message["content"]
    kind = KINDS.get(content["@type"], "service")
    text = content.get("text") or content.get("caption") or {}
    reply = (message.get("reply_to") or {}).get("message_id") or message.get("reply_to_message_id") or None
    return Message(message["id"], text.get("text", "") if isinstance(text, dict) else "", message["is_outgoing"], kind, reply,
                   message.get("forward_info") is not None, message.get("edit_date", 0) > 0)


class Driver(Wide, Channels):
    name = "tdlib"
    catches_up = True
    tells_missed_deletions = True
    manages_channels = True
    asks_to_order_names = False  # one name is in order: it knows by itself
    is_wide = True
    writes_as = True

    def __init__(self, server: Server, pfs: bool = False):
        self.server = server
        self.pfs = pfs
        self.inbox = Inbox()
        self.peers: dict[str, int] = {}
        self.log = os.path.join(server.folder, "tdlib.log")
        self.library = Library.load(server.tdlib, self.log)
        self.folder = os.path.join(server.folder, f"tdlib-{time.monotonic_ns()}")
        self._start()

    def _start(self):
        self.answers: dict[int, dict] = {}
        self.updates: collections.deque = collections.deque(maxlen=20_000)
        self.last = 0
        self.state = ""
        self.sent: dict[int, dict] = {}
        self.number = self.library.td.td_create_client_id()
        self.library.clients[self.number] = self

    def take(self, item: dict):
        if "@extra" in item:
            self.answers[item.pop("@extra")] = item
            return
        kind = item["@type"]
        if kind == "updateAuthorizationState":
            self.state = item["authorization_state"]["@type"]
        elif kind == "updateNewMessage" and not item["message"]["is_outgoing"]:
            self.inbox.put(str(item["message"]["chat_id"]), describe(item["message"]))
        elif kind in ("updateMessageSendSucceeded", "updateMessageSendFailed"):
            self.sent[item["old_message_id"]] = item
        elif kind == "updateMessageContent":
            text = item["new_content"].get("text") or {}
            self.inbox.note("edit", item["message_id"], text.get("text"))
        elif kind == "updateDeleteMessages" and item["is_permanent"]:
            self.inbox.note("delete", *item["message_ids"])
        elif kind in ("updateChatAction", "updateMessageUnreadReactions"):
            self.take_wide(item)
        elif kind == "updateChatReadOutbox":
            self.inbox.note("read", item["chat_id"], item["last_read_outbox_message_id"])

    def request(self, kind: str, timeout: float = 60, **fields) -> dict:
        self.last += 1
        extra = self.last
        self.library.td.td_send(self.number, json.dumps({"@type": kind, "@extra": extra, **fields}).encode())
        answer = wait_until(f"TDLib's answer to {kind}", lambda: self.answers.pop(extra, None), timeout)
        if answer["@type"] == "error":
            raise RuntimeError(f"{kind}: {answer['code']} {answer['message']}")
        return answer

    def sign_in(self, phone: str, first_name: str = "Test", password: str | None = None):
        steps = {
            "authorizationStateWaitTdlibParameters": self._parameters,
            "authorizationStateWaitEncryptionKey": self._encryption_key,
            "authorizationStateWaitPhoneNumber": lambda: self.request("setAuthenticationPhoneNumber", phone_number=phone),
            "authorizationStateWaitCode": lambda: self.request("checkAuthenticationCode", code=self.server.code(phone)),
            "authorizationStateWaitRegistration": lambda: self.request("registerUser", first_name=first_name, last_name=""),
            "authorizationStateWaitPassword": lambda: self.request("checkAuthenticationPassword", password=password or ""),
        }
        self.request("getAuthorizationState")
        done, end = "", time.monotonic() + 90
        while self.state != "authorizationStateReady":
            if self.state != done and self.state in steps:
                done = self.state
                steps[done]()
            elif time.monotonic() > end:
                raise Timeout(f"TDLib still in {self.state or 'its first state'}")
            else:
                time.sleep(0.02)
        self.me = self.request("getMe")["id"]
        self._load_chats()
        return self.me

    def _parameters(self):
        folder = os.path.abspath(self.folder)
        parameters = {
            "use_test_dc": False, "database_directory": folder, "files_directory": folder, "use_file_database": True, "use_chat_info_database": True,
            "use_message_database": True, "use_secret_chats": True, "api_id": 1, "api_hash": "hoopoe", "system_language_code": "en", "device_model": "test",
            "application_version": "1",
        }
        # Up to 1.8.5 they stood in an object of their own; unknown fields are ignored.
        self.request("setTdlibParameters", parameters={"@type": "tdlibParameters", **parameters}, **parameters)
        if self.pfs:
            self.request("setOption", name="use_pfs", value={"@type": "optionValueBoolean", "value": True})

    def _encryption_key(self):
        """A question that there was up to 1.8.5."""
        self.request("checkDatabaseEncryptionKey", encryption_key="")

    def _load_chats(self):
        try:
            self.request("loadChats", limit=100)
        except RuntimeError:
            pass  # 404: the list is loaded whole

    def stop(self):
        self.library.td.td_send(self.number, json.dumps({"@type": "close"}).encode())
        wait_until("TDLib's end", lambda: self.state == "authorizationStateClosed", 20)

    def close(self):
        if self.state != "authorizationStateClosed":
            self.stop()

    def resume(self):
        self._start()
        self.request("getAuthorizationState")
        wait_until("TDLib's first question", lambda: self.state == "authorizationStateWaitTdlibParameters")
        self._parameters()
        wait_until("TDLib's next state", lambda: self.state != "authorizationStateWaitTdlibParameters")
        if self.state == "authorizationStateWaitEncryptionKey":
            self._encryption_key()
        wait_until("TDLib signed in", lambda: self.state == "authorizationStateReady")
        self._load_chats()

    def meet(self, alias: str, phone: str):
        contact = {"@type": "importedContact", "phone_number": phone, "first_name": alias, "last_name": ""}
        user = self.request("importContacts", contacts=[contact])["user_ids"][0]
        assert user, f"{alias} has no account"
        self.peers[alias] = self.request("createPrivateChat", user_id=user, force=False)["id"]

    def join(self, alias: str, username: str):
        chat = self.request("searchPublicChat", username=username)["id"]
        self.request("joinChat", chat_id=chat)
        self.peers[alias] = chat

    def create_channel(self, alias: str, title: str, username: str):
        chat = self.request("createNewSupergroupChat", title=title, is_channel=True, description="about")
        self.request("setSupergroupUsername", supergroup_id=chat["type"]["supergroup_id"], username=username)
        self.peers[alias] = chat["id"]

    def create_supergroup(self, alias: str, title: str):
        self.peers[alias] = self.request("createNewSupergroupChat", title=title, is_channel=False, description="about")["id"]

    def link(self, channel: str, group: str):
        self.request("setChatDiscussionGroup", chat_id=self.peers[channel], discussion_chat_id=self.peers[group])

    def _thread(self, channel: str, post: int) -> dict:
        return self.request("getMessageThread", chat_id=self.peers[channel], message_id=post)

    def comment(self, channel: str, post: int, text: str) -> int:
        thread = self._thread(channel, post)
        self.peers["thread"] = thread["chat_id"]
        top = thread["message_thread_id"]
        return self._send("thread", {"@type": "inputMessageText", "text": {"@type": "formattedText", "text": text}}, top)

    def comments(self, channel: str, post: int) -> list[str]:
        found = self.request("getMessageThreadHistory", chat_id=self.peers[channel], message_id=post, from_message_id=0, offset=0, limit=20)
        return [describe(m).text for m in found["messages"]]

    def comment_count(self, channel: str, post: int) -> int:
        self.request("openChat", chat_id=self.peers[channel])
        self.request("viewMessages", chat_id=self.peers[channel], message_ids=[post], force_read=True)
        info = self.request("getMessage", chat_id=self.peers[channel], message_id=post)["interaction_info"]
        return info["reply_info"]["reply_count"]

    def unread_comments(self, channel: str, post: int) -> int:
        return self._thread(channel, post)["unread_message_count"]

    def read_comments(self, channel: str, post: int):
        thread = self._thread(channel, post)
        newest = thread["reply_info"]["last_message_id"]
        self.request("openChat", chat_id=thread["chat_id"])
        self.request("getMessage", chat_id=thread["chat_id"], message_id=newest)
        self.request("viewMessages", chat_id=thread["chat_id"], message_ids=[newest], force_read=True,
                     source={"@type": "messageSourceMessageThreadHistory"})

    def migrate(self, alias: str):
        self.peers[alias] = self.request("upgradeBasicGroupChatToSupergroupChat", chat_id=self.peers[alias])["id"]

    def adopt_supergroup(self, alias: str, title: str):
        def found():
            for chat in self.request("getChats", chat_list={"@type": "chatListMain"}, limit=100)["chat_ids"]:
                seen = self.request("getChat", chat_id=chat)
                if seen["title"] == title and seen["type"]["@type"] == "chatTypeSupergroup":
                    return chat
            return None

        self.peers[alias] = wait_until(f"supergroup {title}", found)

    def may_post(self, chat: str) -> bool:
        group = self.request("getChat", chat_id=self.peers[chat])["type"]["supergroup_id"]
        return self.request("getSupergroup", supergroup_id=group)["status"]["@type"] == "chatMemberStatusAdministrator"

    def members(self, chat: str) -> int:
        group = self.request("getChat", chat_id=self.peers[chat])["type"]["supergroup_id"]
        return self.request("getSupergroupMembers", supergroup_id=group, offset=0, limit=20)["total_count"]

    def create_group(self, alias: str, title: str, members: list[str]):
        users = [self.peers[m] for m in members]
        made = self.request("createNewBasicGroupChat", title=title, user_ids=users)
        self.peers[alias] = made.get("chat_id") or made["id"]

    def adopt_group(self, alias: str, title: str):
        def found():
            for chat in self.request("getChats", chat_list={"@type": "chatListMain"}, limit=100)["chat_ids"]:
                if self.request("getChat", chat_id=chat)["title"] == title:
                    return chat
            return None

        self.peers[alias] = wait_until(f"dialog {title}", found)

    def _send(self, chat: str, content: dict, reply_to: int | None = None, timeout: float = 180) -> int:
        fields = {"chat_id": self.peers[chat], "input_message_content": content}
        if reply_to:
            fields["reply_to_message_id"] = reply_to  # up to 1.8.15
            fields["reply_to"] = {"@type": "inputMessageReplyToMessage", "message_id": reply_to}
        try:
            draft = self.request("sendMessage", **fields)["id"]
        except RuntimeError as error:  # about 1.8.16 to 1.8.20 the class had another name
            if 'Unknown class "inputMessageReplyToMessage"' not in str(error):
                raise
            fields["reply_to"] |= {"@type": "messageReplyToMessage", "chat_id": self.peers[chat]}
            draft = self.request("sendMessage", **fields)["id"]
        done = wait_until("TDLib's message sent", lambda: self.sent.pop(draft, None), timeout)
        if done["@type"] == "updateMessageSendFailed":
            raise RuntimeError(f"sendMessage: {done['error']}")
        return done["message"]["id"]

    def send_text(self, chat: str, text: str, reply_to: int | None = None) -> int:
        return self._send(chat, {"@type": "inputMessageText", "text": {"@type": "formattedText", "text": text}}, reply_to)

    def send_file(self, chat: str, path: str, kind: str, caption: str = "") -> int:
        # TDLib remembers files by path; a copy makes it send the bytes.
        copy = os.path.join(self.server.folder, f"{time.monotonic_ns()}-{os.path.basename(path)}")
        shutil.copy(path, copy)
        file = {"@type": "inputFileLocal", "path": os.path.abspath(copy)}
        text = {"@type": "formattedText", "text": caption}
        name, facts = {
            "photo": ("Photo", {"width": 320, "height": 240}),
            "video": ("Video", {"duration": 1, "width": 160, "height": 120, "supports_streaming": True}),
            "voice": ("VoiceNote", {"duration": 1, "waveform": "AAAAAA=="}),
            "audio": ("Audio", {"duration": 1, "title": "tone", "performer": "sine"}),
            "file": ("Document", {"disable_content_type_detection": True}),
        }[kind]
        field = {"VoiceNote": "voice_note"}.get(name, name.lower())
        message = {"@type": f"inputMessage{name}", "caption": text}
        try:
            return self._send(chat, {**message, field: {"@type": f"input{name}", field: file, **facts}})
        except RuntimeError as error:  # older ones have the file and its facts in the message itself
            if f'Unknown class "input{name}"' not in str(error):
                raise
            return self._send(chat, {**message, field: file, **facts})

    def history(self, chat: str, limit: int = 20) -> list[Message]:
        found: list[Message] = []
        start = 0
        while len(found) < limit:
            page = self.request("getChatHistory", chat_id=self.peers[chat], from_message_id=start, offset=0, limit=min(100, limit - len(found)))["messages"]
            if not page:
                break
            found += [describe(m) for m in page]
            start = page[-1]["id"]
        return found

    def download(self, chat: str, message: int, path: str):
        content = self.request("getMessage", chat_id=self.peers[chat], message_id=message)["content"]
        file = {
            "messagePhoto": lambda: content["photo"]["sizes"][-1]["photo"],
            "messageVideo": lambda: content["video"]["video"],
            "messageAnimation": lambda: content["animation"]["animation"],
            "messageVoiceNote": lambda: content["voice_note"]["voice"],
            "messageAudio": lambda: content["audio"]["audio"],
            "messageDocument": lambda: content["document"]["document"],
        }[content["@type"]]()
        done = self.request("downloadFile", 240, file_id=file["id"], priority=32, offset=0, limit=0, synchronous=True)
        shutil.copy(done["local"]["path"], path)

    def edit(self, chat: str, message: int, text: str):
        self.request("editMessageText", chat_id=self.peers[chat], message_id=message,
                     input_message_content={"@type": "inputMessageText", "text": {"@type": "formattedText", "text": text}})

    def delete(self, chat: str, messages: list[int]):
        self.request("deleteMessages", chat_id=self.peers[chat], message_ids=messages, revoke=True)

    def forward(self, chat: str, messages: list[int], to: str) -> int:
        drafts = self.request("forwardMessages", chat_id=self.peers[to], from_chat_id=self.peers[chat], message_ids=messages)["messages"]
        done = wait_until("TDLib's forward", lambda: self.sent.pop(drafts[0]["id"], None))
        assert done["@type"] == "updateMessageSendSucceeded", done
        return done["message"]["id"]

    def search(self, chat: str, text: str) -> list[int]:
        found = self.request("searchChatMessages", chat_id=self.peers[chat], query=text, from_message_id=0, offset=0, limit=20)
        return [m["id"] for m in found["messages"]]

    def schedule_text(self, chat: str, text: str, at: int) -> int:
        if chat == "me" and chat not in self.peers:
            self.peers[chat] = self.request("createPrivateChat", user_id=self.me, force=False)["id"]
        options = {"@type": "messageSendOptions", "scheduling_state": {"@type": "messageSchedulingStateSendAtDate", "send_date": at}}
        content = {"@type": "inputMessageText", "text": {"@type": "formattedText", "text": text}}
        draft = self.request("sendMessage", chat_id=self.peers[chat], options=options, input_message_content=content)["id"]
        done = wait_until("TDLib's message scheduled", lambda: self.sent.pop(draft, None))
        assert done["@type"] == "updateMessageSendSucceeded", done
        return done["message"]["id"]

    def scheduled(self, chat: str) -> list[str]:
        found = self.request("getChatScheduledMessages", chat_id=self.peers[chat])
        return [describe(m).text for m in found["messages"]]

    def unschedule_all(self, chat: str):
        found = self.request("getChatScheduledMessages", chat_id=self.peers[chat])["messages"]
        self.request("deleteMessages", chat_id=self.peers[chat], message_ids=[m["id"] for m in found], revoke=True)

    def create_private(self, alias: str, title: str):
        self.peers[alias] = self.request("createNewSupergroupChat", title=title, is_channel=True, description="about")["id"]

    def make_link(self, chat: str, title: str, usage_limit: int = 0, request: bool = False) -> str:
        made = self.request("createChatInviteLink", chat_id=self.peers[chat], name=title, expiration_date=0, member_limit=usage_limit,
                            creates_join_request=request)
        return made["invite_link"]

    def revoke_link(self, chat: str, link: str):
        self.request("revokeChatInviteLink", chat_id=self.peers[chat], invite_link=link)

    @staticmethod
    def _own(link: str) -> str:
        """TDLib opens links of t.me and of its own scheme; a server's own host has a port here, which it does not take."""
        return "tg://join?invite=" + link.rsplit("+", 1)[1]

    def join_link(self, alias: str, link: str):
        joined = self.request("joinChatByInviteLink", invite_link=self._own(link))
        self.peers[alias] = joined.get("chat_id") or joined["id"]

    def ask_to_join(self, link: str):
        error = ""
        try:
            answer = self.request("joinChatByInviteLink", invite_link=self._own(link))
        except RuntimeError as refused:
            error = str(refused)
        else:
            error = answer["@type"]
        assert "REQUEST" in error.upper(), error

    def importers(self, chat: str, link: str) -> list[int]:
        found = self.request("getChatInviteLinkMembers", chat_id=self.peers[chat], invite_link=link, only_with_expired_subscription=False, limit=100)
        return [member["user_id"] for member in found["members"]]

    def join_requests(self, chat: str) -> list[int]:
        found = self.request("getChatJoinRequests", chat_id=self.peers[chat], invite_link="", query="", limit=100)
        return [one["user_id"] for one in found["requests"]]

    def approve(self, chat: str, user: int):
        self.request("processChatJoinRequest", chat_id=self.peers[chat], user_id=user, approve=True)

    def protect(self, chat: str, on: bool):
        self.request("toggleChatHasProtectedContent", chat_id=self.peers[chat], has_protected_content=on)

    def _set_status(self, chat: str, user: str, status: dict):
        member = {"@type": "messageSenderUser", "user_id": self.peers[user]}
        self.request("setChatMemberStatus", chat_id=self.peers[chat], member_id=member, status=status)

    def give_rights(self, chat: str, user: str, **rights: bool):
        named = {"is_anonymous" if name == "anonymous" else f"can_{name}": on for name, on in rights.items()}
        wanted = {"@type": "chatAdministratorRights", **named}
        status = {"@type": "chatMemberStatusAdministrator", "rights": wanted} if rights else {"@type": "chatMemberStatusMember"}
        self._set_status(chat, user, status)

    def rename(self, chat: str, title: str):
        self.request("setChatTitle", chat_id=self.peers[chat], title=title)

    def ban(self, chat: str, user: str, on: bool):
        self._set_status(chat, user, {"@type": "chatMemberStatusBanned" if on else "chatMemberStatusLeft"})

    def is_in(self, chat: str) -> bool:
        group = self.request("getChat", chat_id=self.peers[chat])["type"]["supergroup_id"]
        status = self.request("getSupergroup", supergroup_id=group)["status"]["@type"]
        return status in ("chatMemberStatusMember", "chatMemberStatusAdministrator", "chatMemberStatusCreator")

    def recent_actions(self, chat: str) -> list[tuple]:
        def text(message):
            return message["content"]["text"]["text"]

        def read(action):
            kind = action["@type"].removeprefix("chatEvent")
            if kind == "MessageEdited":
                return ("edited", text(action["old_message"]), text(action["new_message"]))
            if kind == "MessageDeleted":
                return ("deleted", text(action["message"]))
            return ({"HasProtectedContentToggled": "protected", "MemberJoinedByInviteLink": "joined by link",
                     "MemberJoinedByRequest": "joined by request", "InviteLinkRevoked": "link revoked"}.get(kind, kind),)

        told = self.request("getChatEventLog", chat_id=self.peers[chat], query="", from_event_id=0, limit=100, user_ids=[])
        return [read(event["action"]) for event in told["events"]]

    def view(self, chat: str):
        self.request("openChat", chat_id=self.peers[chat])
        ids = [m.id for m in self.history(chat, 20)]
        self.request("viewMessages", chat_id=self.peers[chat], message_ids=ids, force_read=True)
        time.sleep(1)  # TDLib gathers views before it tells the server

    def statistics(self, chat: str) -> dict:
        def read(graph):
            if graph["@type"] == "statisticalGraphAsync":
                graph = self.request("getStatisticalGraph", chat_id=self.peers[chat], token=graph["token"], x=0)
            assert graph["@type"] == "statisticalGraphData", graph
            return json.loads(graph["json_data"])

        stats = self.request("getChatStatistics", chat_id=self.peers[chat], is_dark=False)
        return {"followers": stats["member_count"]["value"], "growth": read(stats["member_count_graph"]),
                "followers_graph": read(stats["join_graph"]), "views": read(stats["message_interaction_graph"])}

    def unread(self, chat: str) -> int:
        return self.request("getChat", chat_id=self.peers[chat])["unread_count"]

    def read(self, chat: str):
        self.request("openChat", chat_id=self.peers[chat])
        newest = self.request("getChat", chat_id=self.peers[chat])["last_message"]["id"]
        self.request("viewMessages", chat_id=self.peers[chat], message_ids=[newest], force_read=True)

    def set_password(self, password: str):
        self.request("setPassword", old_password="", new_password=password, new_hint="", set_recovery_email_address=False, new_recovery_email_address="")

    def clear_password(self, password: str):
        self.request("setPassword", old_password=password, new_password="", new_hint="", set_recovery_email_address=False, new_recovery_email_address="")

    def other_sessions(self) -> list[int]:
        return [s["id"] for s in self.request("getActiveSessions")["sessions"] if not s["is_current"]]

    def end_session(self, number: int):
        self.request("terminateSession", session_id=number)

    def is_signed_in(self) -> bool:
        time.sleep(0.2)
        return self.state == "authorizationStateReady"
