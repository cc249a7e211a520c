"""Real clients behind one small interface, so that one scenario drives them all.

A driver is one device: a signed-in client of one library. Calls block until they are done. Chats are named by aliases
that the driver learns through `meet`, `join` or `create_*`.
"""

from __future__ import annotations

import asyncio
import threading
import time
from dataclasses import dataclass, field


@dataclass
class Server:
    """Where a driver finds the server."""

    host: str
    port: int
    pem: str
    code: object  # called with a phone number, gives the login code
    folder: str  # scratch folder of this run
    tdlib: str = ""  # patched library
    modules: str = ""  # folder with node_modules
    restart: object = None  # ends the server as a crash would, and starts it again


@dataclass
class Message:
    """What a driver says of a message."""

    id: int
    text: str
    out: bool
    kind: str = "text"  # text, photo, video, voice, audio, file, service, poll
    reply_to: int | None = None
    forwarded: bool = False
    edited: bool = False
    extra: dict = field(default_factory=dict)


def recent_action(action) -> tuple:
    """What a recent action tells, of a library that names types as the schema does."""
    kind = type(action).__name__.removeprefix("ChannelAdminLogEventAction")
    if kind == "EditMessage":
        return ("edited", action.prev_message.message, action.new_message.message)
    if kind == "DeleteMessage":
        return ("deleted", action.message.message)
    return ({"ToggleNoForwards": "protected", "ParticipantJoinByInvite": "joined by link",
             "ParticipantJoinByRequest": "joined by request", "ExportedInviteRevoke": "link revoked"}.get(kind, kind),)


class Timeout(Exception):
    """Something that had to happen did not."""


def wait_until(what: str, test, timeout: float = 30):
    """Repeats `test` until it gives something true."""
    end = time.monotonic() + timeout
    while True:
        found = test()
        if found:
            return found
        if time.monotonic() > end:
            raise Timeout(f"{what}: not in {timeout:g} s")
        time.sleep(0.05)


class Inbox:
    """Messages that arrived live, in order."""

    def __init__(self):
        self._lock = threading.Lock()
        self._items: list[tuple[str, Message]] = []
        self._events: list[tuple] = []

    def put(self, chat: str, message: Message):
        with self._lock:
            self._items.append((chat, message))

    def note(self, *event):
        with self._lock:
            self._events.append(event)

    def items(self) -> list[tuple[str, Message]]:
        with self._lock:
            return list(self._items)

    def events(self) -> list[tuple]:
        with self._lock:
            return list(self._events)

    def clear(self):
        with self._lock:
            self._items.clear()
            self._events.clear()

    def wait_text(self, text: str, timeout: float = 30) -> Message:
        def found():
            return next((m for _, m in self.items() if m.text == text), None)

        return wait_until(f"live message {text!r}", found, timeout)

    def wait_kind(self, kind: str, timeout: float = 60) -> Message:
        def found():
            return next((m for _, m in self.items() if m.kind == kind), None)

        return wait_until(f"live message of kind {kind}", found, timeout)

    def wait_event(self, name: str, timeout: float = 30) -> tuple:
        def found():
            return next((e for e in self.events() if e[0] == name), None)

        return wait_until(f"live event {name}", found, timeout)


class Loop:
    """An asyncio loop in a thread of its own, for libraries that live in one."""

    def __init__(self):
        self.loop = asyncio.new_event_loop()
        threading.Thread(target=self.loop.run_forever, daemon=True).start()

    def run(self, coroutine, timeout: float = 120):
        return asyncio.run_coroutine_threadsafe(coroutine, self.loop).result(timeout)

    def call(self, make, timeout: float = 120):
        """Calls `make` on the loop itself, for libraries that behave differently outside of it, and waits for what it gives."""

        async def work():
            return await make()

        return self.run(work(), timeout)
