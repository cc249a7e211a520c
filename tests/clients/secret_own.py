"""Steps of `secret_chats.py`: our own secret-chat client and TDLib talk, whoever of them asked for the chat."""

from __future__ import annotations

import base64
import functools
import os
import pathlib
import time

from drivers import wait_until
from drivers.secret.driver import Device as OwnDevice
from scenario import DATA, MEDIA

PERIOD = 5
SMALL, BIG = 300_001, 11 * 1024 * 1024 + 7
MISSED = 50
# More than a key serves for.
MANY = 110


class OwnSteps:
    """Dana has our client. `self.alice` is a TDLib device, `MARKER` stands in all that is said."""

    MARKER = ""
    EACH = ("opens", "text", "reply_and_delete", "timer", "small_file", "big_file", "voice_is_opened", "typing_and_screenshot",
            "new_key_by_us", "new_key_by_tdlib", "missed", "complaint", "is_closed")

    def own_steps(self) -> list[tuple[str, object]]:
        steps = [("sign_up", self.own_sign_up)]
        for alias in ("dana asks", "tdlib asks"):
            steps += [(f"{alias}: {name}", functools.partial(self._own, name, alias)) for name in self.EACH]
        return steps

    def _own(self, name: str, alias: str):
        getattr(self, f"own_{name}")(alias)
        self.dana.check()

    def own_sign_up(self):
        self.dana = OwnDevice(self.server)
        self.dana.sign_in("+15559990003", "Dana")
        self.alice.meet("dana", "+15559990003")
        self.dana.meet("alice", "+15559990001")

    def own_opens(self, alias: str):
        if alias == "dana asks":
            self.dana.ask(alias, "alice")
            wait_until("TDLib has the chat", lambda: self.dana.chat(alias).id in self.alice.secrets)
        else:
            user = self.alice.request("getChat", chat_id=self.alice.peers["dana"])["type"]["user_id"]
            self.alice.request("createNewSecretChat", user_id=user)
            self.dana.adopt(alias)
        self.dana.wait_open(alias)
        chat = self.dana.chat(alias)
        wait_until("TDLib's side is ready", lambda: self.alice.state_of(chat.id) == "secretChatStateReady")
        self.alice.peers[alias] = wait_until("TDLib's dialog", lambda: self.alice.secret_peers.get(chat.id))
        seen = base64.b64decode(self.alice.request("getSecretChat", secret_chat_id=chat.id)["key_hash"])
        assert len(seen) == 36 and seen == chat.picture, "the two sides see different keys"

    def own_text(self, alias: str):
        there, back = f"{self.MARKER} from dana, {alias} مرحبا", f"{self.MARKER} to dana, {alias} مرحبا"
        self.dana.say(alias, there)
        seen = self.alice.inbox.wait_text(there)
        self.alice.send_text(alias, back)
        self.dana.inbox.wait_text(back)
        # TDLib shows what is read by the mark of its outbox.
        self.dana.inbox.clear()
        self._tdlib_reads(alias, seen.id)
        self.dana.inbox.wait_event("read")
        self.alice.inbox.clear()
        self.dana.read_secret(alias)
        self.alice.inbox.wait_event("read")

    def own_reply_and_delete(self, alias: str):
        sent = self.alice.send_text(alias, f"{self.MARKER} a question, {alias}")
        question = self.dana.inbox.wait_text(f"{self.MARKER} a question, {alias}")
        answer = self.dana.say(alias, f"{self.MARKER} an answer, {alias}", reply_to=question.id)
        seen = self.alice.inbox.wait_text(f"{self.MARKER} an answer, {alias}")
        assert seen.reply_to == sent
        self.dana.delete_secret(alias, answer)
        wait_until("deleted with TDLib", lambda: any(e[0] == "delete" and seen.id in e[1:] for e in self.alice.inbox.events()))
        self.alice.delete(alias, [sent])
        wait_until("deleted with us", lambda: question.id not in self.dana.chat(alias).messages)

    def _tdlib_reads(self, alias: str, message: int):
        self.alice.request("openChat", chat_id=self.alice.peers[alias])
        self.alice.request("viewMessages", chat_id=self.alice.peers[alias], message_ids=[message], force_read=True)

    def _timer_of_tdlib(self, alias: str) -> int:
        return self.alice.request("getChat", chat_id=self.alice.peers[alias])["message_auto_delete_time"]

    def own_timer(self, alias: str):
        self.dana.set_ttl(alias, PERIOD)
        wait_until("TDLib has the timer", lambda: self._timer_of_tdlib(alias) == PERIOD)
        # Read marks go by seconds: what is written in the second of the last mark is not marked again.
        last = int(time.time())
        wait_until("the next second", lambda: int(time.time()) > last)
        short, long = f"{self.MARKER} short, {alias}", f"{self.MARKER} short too, {alias}"
        own = self.dana.say(alias, short)
        seen = self.alice.inbox.wait_text(short)
        self._tdlib_reads(alias, seen.id)
        sent = self.alice.send_text(alias, long)
        other = self.dana.inbox.wait_text(long)
        assert self.dana.chat(alias).messages[other.id].value["ttl"] == PERIOD
        self.dana.read_secret(alias)
        for number in (seen.id, sent):
            wait_until("gone with TDLib", lambda n=number: any(e[0] == "delete" and n in e[1:] for e in self.alice.inbox.events()))
        for what, number in (("what we sent", own), ("what we got", other.id)):
            wait_until(f"{what} is gone with us", lambda n=number: n not in self.dana.chat(alias).messages)
        self.alice.request("setChatMessageAutoDeleteTime", chat_id=self.alice.peers[alias], message_auto_delete_time=0)
        wait_until("we hear that there is no timer", lambda: self.dana.chat(alias).ttl == 0)

    def _file(self, alias: str, size: int, ahead: bool):
        data = self.MARKER.encode() + os.urandom(size - len(self.MARKER))
        self.alice.inbox.clear()
        self.dana.say_file(alias, data, "there.bin", ahead=ahead)
        seen = self.alice.inbox.wait_kind("file")
        got = pathlib.Path(self.folder) / "own-got"
        self.alice.download(alias, seen.id, str(got))
        assert got.read_bytes() == data, "TDLib has other bytes"
        self.dana.inbox.clear()
        got.write_bytes(data[::-1])
        self.alice.send_file(alias, str(got), "file", f"{self.MARKER} back")
        back = self.dana.inbox.wait_kind("file")
        assert self.dana.fetch(alias, back.id) == data[::-1], "we have other bytes"
        got.unlink()

    def own_small_file(self, alias: str):
        self._file(alias, SMALL, ahead=False)

    def own_big_file(self, alias: str):
        self._file(alias, BIG, ahead=True)

    def own_voice_is_opened(self, alias: str):
        self.alice.inbox.clear()
        self.dana.inbox.clear()
        voice = DATA / MEDIA["voice"]
        own = self.dana.say_file(alias, voice.read_bytes(), "voice", voice=True)
        seen = self.alice.inbox.wait_kind("voice")
        self.alice.request("openMessageContent", chat_id=self.alice.peers[alias], message_id=seen.id)
        wait_until("we hear that it was opened", lambda: ("ReadMessages", own) in self.dana.inbox.events())
        sent = self.alice.send_file(alias, str(voice), "voice")
        self.dana.open_content(alias, self.dana.inbox.wait_kind("voice").id)
        wait_until("TDLib hears that it was opened", lambda: ("opened", sent) in self.alice.inbox.events())

    def own_typing_and_screenshot(self, alias: str):
        self.dana.inbox.clear()
        self.alice.inbox.clear()
        peer = self.alice.peers[alias]
        self.alice.request("openChat", chat_id=peer)
        self.alice.request("sendChatAction", chat_id=peer, action={"@type": "chatActionTyping"})
        self.dana.inbox.wait_event("typing")
        self.dana.type(alias)
        self.alice.inbox.wait_event("typing")
        number = self.dana.say(alias, f"{self.MARKER} do not copy, {alias}")
        seen = self.alice.inbox.wait_text(f"{self.MARKER} do not copy, {alias}")
        self.alice.request("viewMessages", chat_id=peer, message_ids=[seen.id], source={"@type": "messageSourceScreenshot"})
        self.dana.inbox.wait_event("ScreenshotMessages")
        self.dana.screenshot(alias, number)
        self.alice.inbox.wait_kind("service")

    def _says_both_ways(self, alias: str, what: str):
        self.dana.say(alias, f"{self.MARKER} {what} there, {alias}")
        self.alice.inbox.wait_text(f"{self.MARKER} {what} there, {alias}")
        self.alice.send_text(alias, f"{self.MARKER} {what} back, {alias}")
        self.dana.inbox.wait_text(f"{self.MARKER} {what} back, {alias}")

    def own_new_key_by_us(self, alias: str):
        keys = self.dana.chat(alias).keys
        before, old = keys.changes, keys.current
        self.dana.new_key(alias)
        # TDLib answers with the next thing that happens in the chat.
        self._says_both_ways(alias, "while keys change")
        wait_until("the new key is in use", lambda: keys.changes > before)
        assert keys.current != old
        self._says_both_ways(alias, "under our new key")
        wait_until("the old key is forgotten", lambda: keys.previous is None)

    def own_new_key_by_tdlib(self, alias: str):
        # TDLib counts what it sends and what it gets; in this step it sends alone, so that it is the one to ask.
        keys = self.dana.chat(alias).keys
        before = keys.changes
        for n in range(MANY):
            self.alice.send_text(alias, f"{self.MARKER} many {n:03d}, {alias}")
        self.dana.inbox.wait_text(f"{self.MARKER} many {MANY - 1:03d}, {alias}")
        wait_until("TDLib's new key is in use", lambda: keys.changes > before)
        self._says_both_ways(alias, "under TDLib's new key")
        texts = [m.text for _, m in self.dana.inbox.items() if f"{self.MARKER} many" in m.text and alias in m.text]
        assert texts == [f"{self.MARKER} many {n:03d}, {alias}" for n in range(MANY)], "other messages, or in another order"

    def own_missed(self, alias: str):
        self.dana.stop()
        for n in range(MISSED):
            self.alice.send_text(alias, f"{self.MARKER} missed {n:03d}, {alias}")
        self.dana.resume()
        self.dana.inbox.wait_text(f"{self.MARKER} missed {MISSED - 1:03d}, {alias}")
        texts = [m.text for _, m in self.dana.inbox.items() if f"{self.MARKER} missed" in m.text and alias in m.text]
        assert texts == [f"{self.MARKER} missed {n:03d}, {alias}" for n in range(MISSED)], "other messages, or in another order"
        self._says_both_ways(alias, "after all that")

    def own_complaint(self, alias: str):
        self.dana.complain(alias)
        listed = self.hoopoe.run("admin", "--data", str(self.hoopoe.data), "reports")
        about = f"user {self.dana.me}: secret chat {self.dana.chat(alias).id} with user {self.alice.me} is spam"
        assert about in listed, listed
        assert self.MARKER not in listed

    def own_is_closed(self, alias: str):
        chat = self.dana.chat(alias)
        if alias == "dana asks":
            self.dana.end(alias)
            wait_until("TDLib's side is closed", lambda: self.alice.state_of(chat.id) == "secretChatStateClosed")
        else:
            self.alice.request("closeSecretChat", secret_chat_id=chat.id)
            wait_until("our side is closed", lambda: chat.state == "closed")
