"""What Telethon does beyond messages: drafts, polls, pins, privacy and the rest of the wide steps."""

from __future__ import annotations

import base64

from telethon import events, functions, types


def plain(text: str):
    return types.TextWithEntities(text, [])


class Wide:
    """Mixed into the driver, whose `run` waits for what it is given."""

    def listen_wide(self, client):
        client.add_event_handler(self._on_typing, events.Raw(types.UpdateUserTyping))
        client.add_event_handler(self._on_reactions, events.Raw(types.UpdateMessageReactions))

    async def _on_typing(self, update):
        self.inbox.note("typing", update.user_id)

    async def _on_reactions(self, update):
        self.inbox.note("reacted", update.msg_id)

    def _dialog(self, chat: str):
        return self.run(self.client(functions.messages.GetPeerDialogsRequest([types.InputDialogPeer(self.peers[chat])]))).dialogs[0]

    def save_draft(self, chat: str, text: str):
        self.run(self.client(functions.messages.SaveDraftRequest(self.peers[chat], text)))

    def draft(self, chat: str) -> str:
        return getattr(self._dialog(chat).draft, "message", "")

    def send_drafted(self, chat: str, text: str):
        self.run(self.client.send_message(self.peers[chat], text, clear_draft=True, parse_mode=None))

    def send_album(self, chat: str, paths: list[str], captions: list[str]):
        self.run(self.client.send_file(self.peers[chat], paths, caption=captions), 240)

    def albums(self, chat: str, limit: int) -> list:
        return [m.grouped_id for m in self.run(self.client.get_messages(self.peers[chat], limit=limit))]

    def pin(self, chat: str, message: int, pinned: bool = True):
        self.run(self.client(functions.messages.UpdatePinnedMessageRequest(self.peers[chat], message, unpin=not pinned)))

    def pinned(self, chat: str) -> list[str]:
        found = self.run(self.client.get_messages(self.peers[chat], filter=types.InputMessagesFilterPinned(), limit=10))
        return [m.message for m in found]

    def send_poll(self, chat: str, question: str, answers: list[str], anonymous: bool = True) -> int:
        options = [types.PollAnswer(plain(answer), bytes([number])) for number, answer in enumerate(answers)]
        poll = types.Poll(0, plain(question), options, 0, public_voters=not anonymous)
        return self.run(self.client.send_message(self.peers[chat], file=types.InputMediaPoll(poll))).id

    def find_poll(self, chat: str, question: str) -> int | None:
        found = self.run(self.client.get_messages(self.peers[chat], limit=10))
        return next((m.id for m in found if m.poll and m.poll.poll.question.text == question), None)

    def vote(self, chat: str, message: int, answer: int):
        self.run(self.client(functions.messages.SendVoteRequest(self.peers[chat], message, [bytes([answer])])))

    def votes(self, chat: str, message: int) -> list[int]:
        poll = self.run(self.client.get_messages(self.peers[chat], ids=message)).poll
        counts = {result.option: result.voters for result in poll.results.results or []}
        return [counts.get(answer.option, 0) for answer in poll.poll.answers]

    def react(self, chat: str, message: int, emoji: str):
        self.run(self.client(functions.messages.SendReactionRequest(self.peers[chat], message, reaction=[types.ReactionEmoji(emoji)] if emoji else [])))

    def reactions(self, chat: str, message: int) -> dict[str, int]:
        found = self.run(self.client.get_messages(self.peers[chat], ids=message)).reactions
        return {one.reaction.emoticon: one.count for one in found.results} if found else {}

    def unread_reactions(self, chat: str) -> list[str]:
        ask = functions.messages.GetUnreadReactionsRequest(self.peers[chat], offset_id=0, add_offset=0, limit=10, max_id=0, min_id=0)
        found = self.run(self.client(ask)).messages
        counted = self._dialog(chat).unread_reactions_count
        # Two questions, and a reaction may come between them.
        return [m.message for m in found] if len(found) == counted else [f"{len(found)} of {counted}"]

    def read_reactions(self, chat: str):
        affected = self.run(self.client(functions.messages.ReadReactionsRequest(self.peers[chat])))
        assert affected.offset == 0, affected

    def mark_unread(self, chat: str, unread: bool):
        self.run(self.client(functions.messages.MarkDialogUnreadRequest(types.InputDialogPeer(self.peers[chat]), unread=unread)))

    def is_marked_unread(self, chat: str) -> bool:
        return bool(self._dialog(chat).unread_mark)

    def go_online(self, online: bool = True):
        self.run(self.client(functions.account.UpdateStatusRequest(offline=not online)))

    def type(self, chat: str):
        self.run(self.client(functions.messages.SetTypingRequest(self.peers[chat], types.SendMessageTypingAction())))

    def sign_in_by_qr(self, show) -> int:
        """`show` is called with the link."""
        async def begin():
            await self.client.connect()
            return await self.client.qr_login()

        login = self.run(begin())
        waiting = self.start(login.wait(30))
        show(login.url)
        self.me = waiting.result(30).id
        return self.me

    def accept_qr(self, link: str):
        token = link.split("token=")[1]
        token = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
        self.run(self.client(functions.auth.AcceptLoginTokenRequest(token)))

    def contacts(self) -> list[int]:
        return [user.id for user in self.run(self.client(functions.contacts.GetContactsRequest(0))).users]

    def remove_contact(self, alias: str):
        self.run(self.client(functions.contacts.DeleteContactsRequest([self.peers[alias]])))

    def set_photo(self, path: str):
        async def work():
            await self.client(functions.photos.UploadProfilePhotoRequest(file=await self.client.upload_file(path)))

        self.run(work())

    def download_photo(self, alias: str, path: str) -> bool:
        async def work():
            await self.client(functions.users.GetUsersRequest([self.peers[alias]]))
            return await self.client.download_profile_photo(self.peers[alias], path)

        return bool(self.run(work()))

    def set_username(self, name: str):
        self.run(self.client(functions.account.UpdateUsernameRequest(name)))

    def find(self, alias: str, name: str):
        async def work():
            found = await self.client(functions.contacts.ResolveUsernameRequest(name))
            self.peers[alias] = types.InputPeerUser(found.users[0].id, found.users[0].access_hash)

        self.run(work())

    def _user(self, alias: str):
        return self.run(self.client(functions.users.GetUsersRequest([self.peers[alias]])))[0]

    def phone_of(self, alias: str) -> str:
        return self._user(alias).phone or ""

    def knows_when_seen(self, alias: str) -> bool:
        return isinstance(self._user(alias).status, (types.UserStatusOnline, types.UserStatusOffline))

    def show(self, what: str, to_all: bool):
        key = {"phone": types.InputPrivacyKeyPhoneNumber, "last seen": types.InputPrivacyKeyStatusTimestamp}[what]()
        rule = types.InputPrivacyValueAllowAll() if to_all else types.InputPrivacyValueDisallowAll()
        self.run(self.client(functions.account.SetPrivacyRequest(key, [rule])))

    def let_members_write(self, chat: str, may: bool):
        rights = types.ChatBannedRights(until_date=None, send_messages=not may)
        self.run(self.client(functions.messages.EditChatDefaultBannedRightsRequest(self.peers[chat], rights)))

    def invite_link(self, chat: str) -> str:
        return self.run(self.client(functions.messages.ExportChatInviteRequest(self.peers[chat]))).link

    def join_by_link(self, alias: str, link: str):
        async def work():
            word = link.rsplit("/", 1)[1].lstrip("+").removeprefix("joinchat/")
            await self.client(functions.messages.CheckChatInviteRequest(word))
            joined = await self.client(functions.messages.ImportChatInviteRequest(word))
            joined = getattr(joined, "updates", joined)
            joined = joined if hasattr(joined, "chats") else joined.updates
            self.peers[alias] = types.InputPeerChat(joined.chats[0].id)

        self.run(work())
