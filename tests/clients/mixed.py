#!/usr/bin/env python3
"""Clients of four layers in one basic group and one channel: what each of them sees must be what all of them see.

    mixed.py --binary HOOPOE --modules FOLDER

Message numbers differ between the boxes of a basic group, so that views are compared by place: kind, text, the place of the
message replied to, and whether it was forwarded or edited.
"""

from __future__ import annotations

import argparse
import pathlib
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).parent))

from drivers import Server, Timeout, wait_until  # noqa: E402
from drivers.mtcute_driver import Driver as Mtcute  # noqa: E402
from drivers.tdlib_driver import Driver as Tdlib  # noqa: E402
from drivers.telethon_driver import Driver as Telethon  # noqa: E402
from hoopoe import Hoopoe  # noqa: E402
from run import Table, tdlib_log_is_clean  # noqa: E402
from scenario import DATA, MEDIA, sha256  # noqa: E402
import tdlib_patch  # noqa: E402


class OldTdlib(Tdlib):
    """TDLib 1.8.0 (layer 133), with a log of its own."""

    name = "tdlib 1.8.0"


class Mixed:
    """The first device owns both chats."""

    STEPS = ("sign_up", "group", "group_kinds", "channel", "channel_kinds", "channel_posts_of_all", "offline", "offline_one_by_one")

    def __init__(self, devices: dict[str, object], folder: pathlib.Path):
        self.devices, self.folder = devices, folder
        self.phones = {name: f"+1556000{number:04d}" for number, name in enumerate(devices, 1)}
        self.owner_name, *self.guests = devices
        self.owner = devices[self.owner_name]
        self.counts = {"group": 1, "channel": 1}

    def sign_up(self):
        for name, device in self.devices.items():
            device.sign_in(self.phones[name], name)
        for name in self.guests:
            self.owner.meet(name, self.phones[name])

    def _all_hear(self, sender: str, chat: str, text: str) -> int:
        sent = self.devices[sender].send_text(chat, text)
        self.counts[chat] += 1
        for name, device in self.devices.items():
            if name != sender:
                device.inbox.wait_text(text)
        return sent

    def _view(self, device, chat: str) -> list[tuple]:
        messages = list(reversed(device.history(chat, 100)))
        places = {m.id: place for place, m in enumerate(messages)}
        return [(m.kind, m.text, places.get(m.reply_to), m.forwarded, m.edited) for m in messages]

    def _same(self, chat: str):
        """Waits until every history is the owner's, which holds as many messages as were sent."""
        wanted = self._view(self.owner, chat)
        assert len(wanted) == self.counts[chat], wanted
        for name in self.guests:
            try:
                wait_until(f"{name}'s history", lambda: self._view(self.devices[name], chat) == wanted, 10)
            except Timeout as error:
                raise AssertionError(f"{name} sees\n{self._view(self.devices[name], chat)}\ninstead of\n{wanted}") from error

    def _id(self, name: str, chat: str, text: str) -> int:
        return next(m.id for m in self.devices[name].history(chat, 100) if m.text == text)

    def _all_kinds(self, name: str, chat: str):
        """Everything that one device can do in a chat; the others hear each piece, and the photo's bytes are equal for all."""
        sender = self.devices[name]
        others = {other: device for other, device in self.devices.items() if other != name}
        for kind, file in MEDIA.items():
            for device in others.values():
                device.inbox.clear()
            sender.send_file(chat, str(DATA / file), kind, f"{chat} {kind} of {name}")
            got = []
            for other, device in others.items():
                seen = device.inbox.wait_kind(kind)
                assert seen.text == f"{chat} {kind} of {name}", (other, seen)
                got.append(self.folder / f"{other}-{chat}-{kind}-{name}".replace(" ", "-"))
                device.download(chat, seen.id, str(got[-1]))
            assert len({sha256(path) for path in got}) == 1, f"{kind} differs"
        sender.send_text(chat, f"{chat} reply of {name}", reply_to=self._id(name, chat, f"{chat} photo of {name}"))
        sender.edit(chat, self._all_hear(name, chat, f"{chat} draft of {name}"), f"{chat} edited by {name}")
        gone = f"{chat} gone of {name}"
        sender.delete(chat, [self._all_hear(name, chat, gone)])
        sender.forward(chat, [self._id(name, chat, f"{chat} voice of {name}")], chat)
        for other, device in others.items():
            wait_until(f"{other} hears of the edit", lambda: any(e[0] == "edit" and e[2] == f"{chat} edited by {name}" for e in device.inbox.events()))
            wait_until(f"{other} hears of the deletion", lambda: any(e[0] == "delete" for e in device.inbox.events()))
        self.counts[chat] += len(MEDIA) + 2 - 1

    def group(self):
        self.owner.create_group("group", "mixed group", self.guests)
        for name in self.guests:
            self.devices[name].adopt_group("group", "mixed group")
        for name in self.devices:
            self._all_hear(name, "group", f"salam from {name}")
        self._same("group")

    def group_kinds(self):
        for name in self.devices:
            self._all_kinds(name, "group")
            self._same("group")

    def channel(self):
        self.owner.create_channel("channel", "mixed channel", "mixed_channel")
        for name in self.guests:
            self.devices[name].join("channel", "mixed_channel")
        self._all_hear(self.owner_name, "channel", "a first post")
        self._same("channel")

    def channel_kinds(self):
        self._all_kinds(self.owner_name, "channel")
        self._same("channel")

    def channel_posts_of_all(self):
        """Each becomes an admin, and posts."""
        for name in self.guests:
            self.owner.make_admin("channel", name)
            if hasattr(self.devices[name], "may_post"):
                wait_until(f"{name} may post", lambda: self.devices[name].may_post("channel"))
            self._all_hear(name, "channel", f"a post of {name}")
        self._same("channel")

    def _absence(self, absent: list[str], tag: str):
        """What was written while some were away is there when they are back, without opening a chat."""
        for name in absent:
            self.devices[name].stop()
            self.devices[name].inbox.clear()
        writer = next(name for name in self.devices if name not in absent)
        wanted = {chat: [f"{tag} missed in the {chat} {n}" for n in range(5)] for chat in ("group", "channel")}
        for chat, texts in wanted.items():
            for text in texts:
                self.devices[writer].send_text(chat, text)
                self.counts[chat] += 1
        for name in absent:
            self.devices[name].resume()
        for name in absent:
            inbox = self.devices[name].inbox
            for chat, texts in wanted.items():
                wait_until(f"{name}'s catching up in the {chat}", lambda: texts == [m.text for _, m in inbox.items() if m.text in texts])
        for chat in wanted:
            self._same(chat)

    def offline(self):
        self._absence(self.guests, "all")

    def offline_one_by_one(self):
        for name in self.devices:
            self._absence([name], name)

    def close(self):
        for device in self.devices.values():
            device.close()


def old_library(modules: str) -> pathlib.Path:
    """TDLib 1.8.0 (layer 133) of the npm package."""
    return pathlib.Path(modules) / "node_modules" / "prebuilt-tdlib" / "prebuilds" / "tdlib-linux-x64" / "libtdjson.so"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--binary", required=True)
    parser.add_argument("--modules", required=True, help="folder whose node_modules holds the packages")
    parser.add_argument("--step", action="append", help="only these steps, besides sign_up")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="hoopoe-mixed-") as scratch:
        folder = pathlib.Path(scratch)
        addresses = tuple(f"{address}:{tdlib_patch.PORT}" for address in tdlib_patch.ADDRESSES)
        with Hoopoe(args.binary, folder / "data", addresses) as hoopoe:
            pem = hoopoe.pem()
            libraries = {"new": None, "old": old_library(args.modules)}
            servers = {}
            for name, source in libraries.items():
                (folder / name).mkdir()
                tdlib_patch.patch(pem, folder / name / "libtdjson.so", source)
                servers[name] = Server("127.0.0.1", hoopoe.port, pem, hoopoe.code, str(folder / name), str(folder / name / "libtdjson.so"), str(pathlib.Path(args.modules).resolve()))
            devices = {"telethon": Telethon(servers["new"]), "mtcute": Mtcute(servers["new"]), "tdlib": Tdlib(servers["new"]), "tdlib 1.8.0": OldTdlib(servers["old"])}
            mixed, table = Mixed(devices, folder), Table()
            for step in Mixed.STEPS:
                if args.step and step not in args.step and step != "sign_up":
                    continue
                if not table.step(f"mixed layers: {step}", getattr(mixed, step)) and step == "sign_up":
                    break
            for name in libraries:
                table.step(f"mixed layers: the {name} TDLib's log is clean", lambda: tdlib_log_is_clean(folder / name / "tdlib.log"))
            if table.failed:
                print(hoopoe.log.read_text()[-4000:])
            mixed.close()
    print(f"mixed layers: {table.passed} passed, {table.failed} failed")
    return 1 if table.failed else 0


if __name__ == "__main__":
    sys.exit(main())
