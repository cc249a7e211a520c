#!/usr/bin/env python3
"""Two TDLib clients hold a secret chat through a server of its own, a client of our own talks with one of them, and what the
server holds is searched for what they said.

    secret_chats.py --binary HOOPOE
"""

from __future__ import annotations

import argparse
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).parent))

from drivers import Server, wait_until  # noqa: E402
from drivers.tdlib_driver import Driver  # noqa: E402
from hoopoe import Hoopoe  # noqa: E402
from run import Table, tdlib_log_is_clean  # noqa: E402
from scenario import DATA, MEDIA, sha256  # noqa: E402
from secret_own import OwnSteps  # noqa: E402
import tdlib_patch  # noqa: E402

# Stands in every text and file of the chat, so that it can be searched for.
MARKER = "hoopoe-secret-marker"
MISSED = 200


class Device(Driver):
    """A TDLib client that follows its secret chats."""

    def _start(self):
        super()._start()
        self.secrets: dict[int, dict] = {}
        self.secret_peers: dict[int, int] = {}

    def take(self, item: dict):
        kind = item.get("@type")
        if kind == "updateSecretChat":
            chat = item["secret_chat"]
            self.secrets[chat["id"]] = chat
        elif kind == "updateNewChat" and item["chat"]["type"]["@type"] == "chatTypeSecret":
            self.secret_peers[item["chat"]["type"]["secret_chat_id"]] = item["chat"]["id"]
        elif kind == "updateMessageContentOpened":
            self.inbox.note("opened", item["message_id"])
        super().take(item)

    def state_of(self, secret: int) -> str:
        return self.secrets.get(secret, {}).get("state", {}).get("@type", "")

    def secret_chat(self, state: str) -> int | None:
        """The newest secret chat in a state."""
        found = [number for number in self.secrets if self.state_of(number) == state]
        return found[-1] if found else None

    def adopt_secret(self, secret: int):
        self.peers["secret"] = wait_until("the secret chat's dialog", lambda: self.secret_peers.get(secret))


class Story(OwnSteps):
    """Alice and Bob; Bob has two devices. Dana has a client of our own."""

    MARKER = MARKER
    STEPS = ("sign_up", "open_chat", "second_device_has_none", "text", "photo", "video", "voice", "file", "reply_and_delete", "timer",
             "offline", "re_keying", "killed_device", "server_killed", "discard")

    def __init__(self, server: Server, hoopoe: Hoopoe):
        self.server, self.hoopoe, self.folder = server, hoopoe, pathlib.Path(server.folder)
        self.alice, self.bob, self.bob2 = Device(server), Device(server), Device(server)
        self.dana = None

    def steps(self) -> list[tuple[str, object]]:
        own = [(f"our own client, {name}", step) for name, step in self.own_steps()]
        return [(name, getattr(self, name)) for name in self.STEPS] + own + [("nothing_is_kept", self.nothing_is_kept)]

    def sign_up(self):
        self.alice.sign_in("+15559990001", "Alice")
        self.bob.sign_in("+15559990002", "Bob")
        self.alice.meet("bob", "+15559990002")
        self.bob.meet("alice", "+15559990001")

    def open_chat(self):
        user = self.alice.request("getChat", chat_id=self.alice.peers["bob"])["type"]["user_id"]
        chat = self.alice.request("createNewSecretChat", user_id=user)
        self.secret = chat["type"]["secret_chat_id"]
        self.alice.peers["secret"] = chat["id"]
        wait_until("Alice's side is ready", lambda: self.alice.state_of(self.secret) == "secretChatStateReady")
        wait_until("Bob's side is ready", lambda: self.bob.state_of(self.secret) == "secretChatStateReady")
        self.bob.adopt_secret(self.secret)
        hashes = [side.request("getSecretChat", secret_chat_id=self.secret)["key_hash"] for side in (self.alice, self.bob)]
        assert hashes[0] and hashes[0] == hashes[1], "the two sides see different keys"

    def second_device_has_none(self):
        self.bob2.sign_in("+15559990002")
        self.alice.send_text("secret", f"{MARKER} for one device")
        self.bob.inbox.wait_text(f"{MARKER} for one device")
        assert self.bob2.secret_chat("secretChatStateReady") is None
        assert not any(MARKER in m.text for _, m in self.bob2.inbox.items())

    def text(self):
        self.alice.send_text("secret", f"{MARKER} مرحبا")
        self.bob.inbox.wait_text(f"{MARKER} مرحبا")
        self.bob.send_text("secret", f"{MARKER} back")
        self.alice.inbox.wait_text(f"{MARKER} back")

    def _media(self, kind: str, path: pathlib.Path):
        for sender, receiver in ((self.alice, self.bob), (self.bob, self.alice)):
            receiver.inbox.clear()
            sender.send_file("secret", str(path), kind, f"{MARKER} {kind}")
            seen = receiver.inbox.wait_kind(kind)
            got = self.folder / f"got-{kind}-{time.monotonic_ns()}"
            receiver.download("secret", seen.id, str(got))
            assert sha256(got) == sha256(path), f"{kind} arrived with other bytes"

    def photo(self):
        self._media("photo", DATA / MEDIA["photo"])

    def video(self):
        self._media("video", DATA / MEDIA["video"])

    def voice(self):
        self._media("voice", DATA / MEDIA["voice"])

    def file(self):
        path = self.folder / "plain.bin"
        path.write_bytes((MARKER.encode() + b"-in-a-file ") * 500_000)
        self._media("file", path)
        path.unlink()

    def reply_and_delete(self):
        sent = self.alice.send_text("secret", f"{MARKER} to be deleted")
        seen = self.bob.inbox.wait_text(f"{MARKER} to be deleted")
        self.bob.send_text("secret", f"{MARKER} a reply", reply_to=seen.id)
        answer = self.alice.inbox.wait_text(f"{MARKER} a reply")
        assert answer.reply_to == sent
        self.alice.delete("secret", [sent])
        wait_until("deleted on both sides", lambda: any(e[0] == "delete" and seen.id in e[1:] for e in self.bob.inbox.events()))

    def timer(self):
        self.alice.request("setChatMessageAutoDeleteTime", chat_id=self.alice.peers["secret"], message_auto_delete_time=5)
        sent = self.alice.send_text("secret", f"{MARKER} gone in five seconds")
        seen = self.bob.inbox.wait_text(f"{MARKER} gone in five seconds")
        self.bob.read("secret")
        for side, number in ((self.bob, seen.id), (self.alice, sent)):
            wait_until("gone", lambda s=side, n=number: any(e[0] == "delete" and n in e[1:] for e in s.inbox.events()), 30)
        self.alice.request("setChatMessageAutoDeleteTime", chat_id=self.alice.peers["secret"], message_auto_delete_time=0)

    def _order(self, prefix: str, count: int):
        wanted = [f"{MARKER} {prefix} {n:03d}" for n in range(count)]

        def stored():
            texts = [m.text for m in reversed(self.bob.history("secret", 2 * MISSED)) if f" {prefix} " in m.text]
            return texts if len(texts) >= count else None

        assert wait_until(f"all of {prefix}", stored, 90) == wanted, "other messages, or in another order"

    def offline(self):
        self.bob.stop()
        for n in range(MISSED):
            self.alice.send_text("secret", f"{MARKER} missed {n:03d}")
        self.bob.resume()
        self.bob.adopt_secret(self.secret)
        self._order("missed", MISSED)

    def re_keying(self):
        # After a hundred messages TDLib agrees on a new key; what is written then is read all the same.
        for n in range(60):
            self.bob.send_text("secret", f"{MARKER} there {n:03d}")
            self.alice.send_text("secret", f"{MARKER} again {n:03d}")
        self._order("again", 60)

    def killed_device(self):
        self.bob.stop()
        child = [sys.executable, __file__, "--child", self.bob.folder, "--lib", self.server.tdlib, "--dir", self.server.folder]
        with subprocess.Popen(child, stdout=subprocess.PIPE, text=True) as process:
            for n in range(20):
                self.alice.send_text("secret", f"{MARKER} killed {n:03d}")
            for _ in range(5):
                assert process.stdout.readline().strip() == "got one"
            os.kill(process.pid, signal.SIGKILL)
        for n in range(20, 40):
            self.alice.send_text("secret", f"{MARKER} killed {n:03d}")
        self.bob.resume()
        self.bob.adopt_secret(self.secret)
        self._order("killed", 40)

    def server_killed(self):
        for n in range(30):
            self.alice.send_text("secret", f"{MARKER} crash {n:03d}")
            if n % 10 == 5:
                self.hoopoe.kill()
                self.hoopoe.start()
        self._order("crash", 30)

    def discard(self):
        self.bob.send_text("secret", f"{MARKER} last words")
        self.alice.inbox.wait_text(f"{MARKER} last words")
        self.alice.request("closeSecretChat", secret_chat_id=self.secret)
        wait_until("Bob's side is closed", lambda: self.bob.state_of(self.secret) == "secretChatStateClosed")

    def nothing_is_kept(self):
        # A restart truncates the log, so the data folder is all there is.
        self.hoopoe.stop()
        for path in self.hoopoe.data.rglob("*"):
            if path.is_file():
                assert MARKER.encode() not in path.read_bytes(), f"plain text of the chat in {path.name}"
        assert MARKER not in self.hoopoe.log.read_text(errors="replace")
        self.hoopoe.start()

    def close(self):
        for device in filter(None, (self.alice, self.bob, self.bob2, self.dana)):
            device.close()


def child(args) -> int:
    """Bob's device in a process of its own, to be killed: says a line for each message that arrives."""
    server = Server("127.0.0.1", 0, "", None, args.dir, args.lib)
    device = Device(server)
    device.folder = args.child
    arrived = device.inbox.put
    device.inbox.put = lambda chat, message: (arrived(chat, message), print("got one", flush=True))
    device.resume()
    signal.pause()
    return 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--binary")
    parser.add_argument("--child", help=argparse.SUPPRESS)
    parser.add_argument("--lib", help=argparse.SUPPRESS)
    parser.add_argument("--dir", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.child:
        return child(args)
    with tempfile.TemporaryDirectory(prefix="hoopoe-secret-") as scratch:
        folder = pathlib.Path(scratch)
        addresses = tuple(f"{address}:{tdlib_patch.PORT}" for address in tdlib_patch.ADDRESSES)
        with Hoopoe(args.binary, folder / "data", addresses) as hoopoe:
            pem = hoopoe.pem()
            library = folder / "libtdjson.so"
            tdlib_patch.patch(pem, library)
            story = Story(Server("127.0.0.1", hoopoe.port, pem, hoopoe.code, str(folder), str(library)), hoopoe)
            table = Table()
            for name, step in story.steps():
                if not table.step(f"secret chats: {name}", step) and name in ("sign_up", "open_chat"):
                    break
            table.step("secret chats: TDLib's log is clean", lambda: tdlib_log_is_clean(folder / "tdlib.log"))
            if table.failed:
                print(hoopoe.log.read_text()[-4000:])
            story.close()
    print(f"secret chats: {table.passed} passed, {table.failed} failed")
    return 1 if table.failed else 0


if __name__ == "__main__":
    sys.exit(main())
