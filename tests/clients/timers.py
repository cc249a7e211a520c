#!/usr/bin/env python3
"""Two TDLib clients set a chat's timer and show each other what is seen once, through a server of their own.

    timers.py --binary HOOPOE
"""

from __future__ import annotations

import argparse
import os
import pathlib
import shutil
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).parent))

from drivers import Server, wait_until  # noqa: E402
from drivers.tdlib_driver import Driver  # noqa: E402
from hoopoe import Hoopoe  # noqa: E402
from run import Table, tdlib_log_is_clean  # noqa: E402
from scenario import DATA, MEDIA  # noqa: E402
import tdlib_patch  # noqa: E402

PERIOD = 5


class Device(Driver):
    def _start(self):
        super()._start()
        self.contents: dict[int, str] = {}
        self.timers: dict[int, int] = {}

    def take(self, item: dict):
        kind = item.get("@type")
        if kind == "updateMessageContent":
            self.contents[item["message_id"]] = item["new_content"]["@type"]
        elif kind == "updateChatMessageAutoDeleteTime":
            self.timers[item["chat_id"]] = item["message_auto_delete_time"]
        super().take(item)

    def newest(self, chat: str) -> dict:
        return self.request("getChatHistory", chat_id=self.peers[chat], from_message_id=0, offset=0, limit=1)["messages"][0]

    def content(self, chat: str, message: int) -> dict:
        return self.request("getMessage", chat_id=self.peers[chat], message_id=message)["content"]


class Story:
    STEPS = ("sign_up", "timer_is_seen_on_both_sides", "message_ends_on_both_sides", "timer_is_taken_away", "default_timer",
             "photo_is_seen_once", "voice_is_heard_once")

    def __init__(self, server: Server):
        self.folder = pathlib.Path(server.folder)
        self.alice, self.bob = Device(server), Device(server)

    def sign_up(self):
        self.alice.sign_in("+15559970001", "Alice")
        self.bob.sign_in("+15559970002", "Bob")
        self.alice.meet("bob", "+15559970002")
        self.bob.meet("alice", "+15559970001")
        self.alice.send_text("bob", "an old message")
        self.bob.inbox.wait_text("an old message")

    def _timer(self, seconds: int):
        self.alice.request("setChatMessageAutoDeleteTime", chat_id=self.alice.peers["bob"], message_auto_delete_time=seconds)
        wait_until("Alice sees the timer", lambda: self.alice.timers.get(self.alice.peers["bob"], 0) == seconds)
        wait_until("Bob sees the timer", lambda: self.bob.timers.get(self.bob.peers["alice"], 0) == seconds)

    def timer_is_seen_on_both_sides(self):
        self._timer(PERIOD)
        content = wait_until("the service message", lambda: self._if("messageChatSetMessageAutoDeleteTime"))
        assert content["message_auto_delete_time"] == PERIOD

    def _if(self, kind: str) -> dict | None:
        content = self.bob.newest("alice")["content"]
        return content if content["@type"] == kind else None

    def message_ends_on_both_sides(self):
        sent = self.alice.send_text("bob", "gone soon")
        seen = self.bob.inbox.wait_text("gone soon")
        message = self.bob.request("getMessage", chat_id=self.bob.peers["alice"], message_id=seen.id)
        assert 0 < message["auto_delete_in"] <= PERIOD, message["auto_delete_in"]
        for side, chat, number in ((self.alice, "bob", sent), (self.bob, "alice", seen.id)):
            wait_until("it is gone", lambda s=side, n=number: any(e[0] == "delete" and n in e[1:] for e in s.inbox.events()), 3 * PERIOD + 10)
            texts = [m.text for m in side.history(chat)]
            assert "gone soon" not in texts and "an old message" in texts, texts

    def timer_is_taken_away(self):
        self._timer(0)
        self.alice.send_text("bob", "stays")
        seen = self.bob.inbox.wait_text("stays")
        message = self.bob.request("getMessage", chat_id=self.bob.peers["alice"], message_id=seen.id)
        assert not message.get("auto_delete_in"), message

    def default_timer(self):
        day = {"@type": "messageAutoDeleteTime", "time": 86400}
        self.alice.request("setDefaultMessageAutoDeleteTime", message_auto_delete_time=day)
        assert self.alice.request("getDefaultMessageAutoDeleteTime")["time"] == 86400

    def _once(self, kind: str, field: str, file: dict) -> tuple[int, int]:
        content = {"@type": f"inputMessage{kind}", field: {"@type": f"input{kind}", **file}}
        arrived = len(self.bob.inbox.items())
        sent = self.alice._send("bob", {**content, "self_destruct_type": {"@type": "messageSelfDestructTypeImmediately"}}, None)
        wait_until("it arrives", lambda: len(self.bob.inbox.items()) > arrived)
        return sent, self.bob.inbox.items()[-1][1].id

    def _file(self, name: str) -> dict:
        copy = os.path.join(self.folder, f"{time.monotonic_ns()}-{name}")
        shutil.copy(DATA / name, copy)
        return {"@type": "inputFileLocal", "path": copy}

    def _opened(self, sent: int, seen: int, gone: str):
        self.bob.request("openChat", chat_id=self.bob.peers["alice"])
        self.bob.request("openMessageContent", chat_id=self.bob.peers["alice"], message_id=seen)
        for side, number in ((self.alice, sent), (self.bob, seen)):
            wait_until(f"{gone}", lambda s=side, n=number: s.contents.get(n) == gone, 30)

    def photo_is_seen_once(self):
        sent, seen = self._once("Photo", "photo", {"photo": self._file(MEDIA["photo"]), "width": 320, "height": 240})
        content = self.bob.content("alice", seen)
        assert content["@type"] == "messagePhoto" and content["is_secret"], content
        self._opened(sent, seen, "messageExpiredPhoto")

    def voice_is_heard_once(self):
        sent, seen = self._once("VoiceNote", "voice_note", {"voice_note": self._file(MEDIA["voice"]), "duration": 1, "waveform": "AAAAAA=="})
        self._opened(sent, seen, "messageExpiredVoiceNote")

    def close(self):
        for device in (self.alice, self.bob):
            device.close()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--binary", required=True)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="hoopoe-timers-") as scratch:
        folder = pathlib.Path(scratch)
        addresses = tuple(f"{address}:{tdlib_patch.PORT}" for address in tdlib_patch.ADDRESSES)
        with Hoopoe(args.binary, folder / "data", addresses) as hoopoe:
            pem, library = hoopoe.pem(), folder / "libtdjson.so"
            tdlib_patch.patch(pem, library)
            story = Story(Server("127.0.0.1", hoopoe.port, pem, hoopoe.code, str(folder), str(library)))
            table = Table()
            for step in Story.STEPS:
                if not table.step(f"timers: {step}", getattr(story, step)) and step == "sign_up":
                    break
            table.step("timers: TDLib's log is clean", lambda: tdlib_log_is_clean(folder / "tdlib.log"))
            if table.failed:
                print(hoopoe.log.read_text()[-4000:])
            story.close()
    print(f"timers: {table.passed} passed, {table.failed} failed")
    return 1 if table.failed else 0


if __name__ == "__main__":
    sys.exit(main())
