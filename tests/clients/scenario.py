"""The common scenario: what two people and their devices do, with any driver.

Each step is a test of its own in the count; a later step that needs an earlier one fails with it. Steps only use what the
driver shows, and compare what one device did with what another one saw.
"""

from __future__ import annotations

import hashlib
import os
import pathlib
import time

from channel_life import STEPS as LIFE_STEPS, LifeSteps
from drivers import wait_until
from posts import STEPS as POST_STEPS, PostSteps
from senders import STEPS as SENDER_STEPS, SenderSteps

DATA = pathlib.Path(__file__).parent.parent / "data"
MEDIA = {"photo": "photo.jpg", "video": "video.mp4", "voice": "voice.ogg", "audio": "audio.mp3"}
BIG = 20 * 1024 * 1024


def sha256(path) -> str:
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        while piece := file.read(1 << 20):
            digest.update(piece)
    return digest.hexdigest()


class Scenario(PostSteps, LifeSteps, SenderSteps):
    """Alice and Bob; Bob has a second device."""

    def __init__(self, make, server, number: int):
        self.make, self.server = make, server
        self.alice, self.bob = make(), make()
        self.bob2 = self.carol = None
        self.number = number
        self.phones = {"alice": f"+1555{number:03d}001", "bob": f"+1555{number:03d}002"}
        self.tag = f"{self.alice.name}{number}"
        self.folder = pathlib.Path(server.folder)

    # Of drivers that say `manages_channels`.
    CHANNEL_STEPS = ("discussion", "migration")
    # Of drivers that say `is_wide`, before the second device goes.
    WIDE_STEPS = (
        "drafts", "album", "pins", "poll", "reactions", "unread_mark", "typing", "qr_sign_in", "contact_list", "profile_photo", "privacy",
        "group_rights", "invite_link",
    )
    STEPS = (
        "sign_up", "second_device", "text", "reply", "edit", "delete", "forward", "search", "read_marks",
        "photo", "video", "voice", "audio", "big_file_there", "big_file_back", "group", "channel", "channel_media", "channel_catch_up", "long_catch_up", "offline_catch_up",
        "two_step_password", "end_other_session",
    )

    def steps(self) -> tuple[str, ...]:
        """The steps for this driver, in order."""
        channels = self.CHANNEL_STEPS if self.alice.manages_channels else ()
        wide = self.WIDE_STEPS if self.alice.is_wide else ()
        steps = self.STEPS[:-2] + wide + self.STEPS[-2:] + channels
        if not self.alice.manages_channels:
            return steps
        at = steps.index("channel_media") + 1
        senders = SENDER_STEPS if self.alice.writes_as else ()
        return steps[:at] + POST_STEPS + LIFE_STEPS + senders + steps[at:]

    def sign_up(self):
        self.alice.sign_in(self.phones["alice"], "Alice")
        self.bob.sign_in(self.phones["bob"], "Bob")
        assert self.alice.me != self.bob.me
        self.alice.meet("bob", self.phones["bob"])
        self.bob.meet("alice", self.phones["alice"])

    def second_device(self):
        self.bob2 = self.make()
        assert self.bob2.sign_in(self.phones["bob"]) == self.bob.me
        self.bob2.meet("alice", self.phones["alice"])

    def text(self):
        self.alice.send_text("bob", "salam from alice")
        self.bob.inbox.wait_text("salam from alice")
        self.bob2.inbox.wait_text("salam from alice")
        self.bob.send_text("alice", "مرحبا alice")
        self.alice.inbox.wait_text("مرحبا alice")
        texts = [(m.text, m.out) for m in self.bob2.history("alice", 2)]
        assert texts == [("مرحبا alice", True), ("salam from alice", False)], texts

    def reply(self):
        target = self.bob.inbox.wait_text("salam from alice")
        self.bob.send_text("alice", "a reply", reply_to=target.id)
        seen = self.alice.inbox.wait_text("a reply")
        original = next(m for m in self.alice.history("bob", 10) if m.text == "salam from alice")
        assert seen.reply_to == original.id, (seen, original)

    def edit(self):
        sent = self.alice.send_text("bob", "first wording")
        seen = self.bob.inbox.wait_text("first wording")
        self.alice.edit("bob", sent, "second wording")
        wait_until("edit seen live", lambda: any(e[0] == "edit" and e[2] == "second wording" for e in self.bob.inbox.events()))
        assert next(m for m in self.bob.history("alice", 5) if m.id == seen.id).text == "second wording"

    def delete(self):
        sent = self.alice.send_text("bob", "to be deleted")
        seen = self.bob.inbox.wait_text("to be deleted")
        self.alice.delete("bob", [sent])
        wait_until("deletion seen live", lambda: any(e[0] == "delete" and seen.id in e[1:] for e in self.bob.inbox.events()))
        assert all(m.id != seen.id for m in self.bob.history("alice", 10))
        assert all(m.id != sent for m in self.alice.history("bob", 10))

    def forward(self):
        original = self.alice.inbox.wait_text("مرحبا alice")
        self.alice.forward("bob", [original.id], "bob")
        wait_until("forward seen live", lambda: any(m.forwarded and m.text == "مرحبا alice" for _, m in self.bob.inbox.items()))

    def search(self):
        self.alice.send_text("bob", "the quick hoopoe flies")
        seen = self.bob.inbox.wait_text("the quick hoopoe flies")
        assert self.bob.search("alice", "hoopoe") == [seen.id]
        assert self.bob.search("alice", "nothinglikeit") == []

    def read_marks(self):
        self.alice.send_text("bob", "not read yet")
        self.bob2.inbox.wait_text("not read yet")
        wait_until("the other device counts it as unread", lambda: self.bob2.unread("alice") > 0)
        self.bob.read("alice")
        wait_until("the other device sees it read", lambda: self.bob2.unread("alice") == 0)

    def _send_media(self, kind: str):
        path = DATA / MEDIA[kind]
        self.alice.send_file("bob", str(path), kind, f"a {kind}")
        seen = self.bob.inbox.wait_kind(kind)
        assert seen.text == f"a {kind}", seen
        got = self.folder / f"{self.tag}-{kind}"
        self.bob.download("alice", seen.id, str(got))
        if kind == "photo":
            assert got.stat().st_size > 1000 and got.read_bytes()[:2] == b"\xff\xd8"
        else:
            assert sha256(got) == sha256(path)

    def photo(self):
        self._send_media("photo")

    def video(self):
        self._send_media("video")

    def voice(self):
        self._send_media("voice")

    def audio(self):
        self._send_media("audio")

    def _big(self, sender, to, receiver, chat, name):
        path = self.folder / f"{self.tag}-{name}.bin"
        path.write_bytes(os.urandom(BIG))
        receiver.inbox.clear()
        sender.send_file(to, str(path), "file", name)
        seen = receiver.inbox.wait_kind("file", 120)
        got = self.folder / f"{self.tag}-{name}.got"
        receiver.download(chat, seen.id, str(got))
        assert got.stat().st_size == BIG and sha256(got) == sha256(path)

    def big_file_there(self):
        self._big(self.alice, "bob", self.bob, "alice", "there")

    def big_file_back(self):
        self._big(self.bob, "alice", self.alice, "bob", "back")

    def group(self):
        title = f"group {self.tag}"
        self.alice.create_group("group", title, ["bob"])
        self.alice.send_text("group", f"hello {title}")
        self.bob.inbox.wait_text(f"hello {title}")
        self.bob.adopt_group("group", title)
        self.bob.send_text("group", f"answer {title}")
        self.alice.inbox.wait_text(f"answer {title}")

    def channel(self):
        self.alice.create_channel("channel", f"news {self.tag}", f"news_{self.tag}")
        self.bob.join("channel", f"news_{self.tag}")
        self.alice.send_text("channel", f"post one {self.tag}")
        self.bob.inbox.wait_text(f"post one {self.tag}")

    def discussion(self):
        self.alice.create_channel("discussed", f"debate {self.tag}", f"debate_{self.tag}")
        self.alice.create_supergroup("debaters", f"debaters {self.tag}")
        self.alice.link("discussed", "debaters")
        self.bob.join("discussed", f"debate_{self.tag}")
        text = f"what do you think {self.tag}"
        self.alice.send_text("discussed", text)
        post = self.bob.inbox.wait_text(text).id
        # Bob is not in the group: readers of the channel comment as guests.
        self.bob.comment("discussed", post, "first comment")
        self.alice.inbox.wait_text("first comment")
        own = next(m.id for m in self.alice.history("discussed", 5) if m.text == text)
        self.alice.comment("discussed", own, "second comment")
        wait_until("both comments are listed", lambda: self.bob.comments("discussed", post)[:2] == ["second comment", "first comment"])
        wait_until("both comments are counted", lambda: self.bob.comment_count("discussed", post) == 2)
        wait_until("one is not read", lambda: self.bob.unread_comments("discussed", post) == 1)
        self.bob.read_comments("discussed", post)
        wait_until("all are read", lambda: self.bob.unread_comments("discussed", post) == 0)

    def migration(self):
        title = f"moving {self.tag}"
        self.alice.create_group("moving", title, ["bob"])
        self.alice.send_text("moving", f"before {title}")
        self.bob.inbox.wait_text(f"before {title}")
        self.alice.migrate("moving")
        assert self.alice.members("moving") == 2
        self.alice.send_text("moving", f"after {title}")
        self.bob.inbox.wait_text(f"after {title}")
        self.bob.adopt_supergroup("moving", title)
        self.bob.send_text("moving", f"answer {title}")
        self.alice.inbox.wait_text(f"answer {title}")
        assert [m.text for m in self.bob.history("moving", 2)] == [f"answer {title}", f"after {title}"]

    def channel_media(self):
        for kind, name in MEDIA.items():
            self.bob.inbox.clear()
            self.alice.send_file("channel", str(DATA / name), kind, f"post {kind}")
            seen = self.bob.inbox.wait_kind(kind)
            got = self.folder / f"{self.tag}-post-{kind}"
            self.bob.download("channel", seen.id, str(got))
            assert got.stat().st_size > 1000
            if kind != "photo":
                assert sha256(got) == sha256(DATA / name)
        kinds = [m.kind for m in self.bob.history("channel", 4)]
        assert kinds == ["audio", "voice", "video", "photo"], kinds

    def channel_catch_up(self):
        """What a channel did while a device was away arrives with its return, before anybody opens the channel."""
        if not self.bob.catches_up:
            return
        texts = [f"away {number} {self.tag}" for number in range(3)]
        gone = self.alice.send_text("channel", f"to be gone {self.tag}")
        seen = self.bob.inbox.wait_text(f"to be gone {self.tag}").id
        self.bob.stop()
        self.bob.inbox.clear()
        sent = [self.alice.send_text("channel", text) for text in texts]
        self.alice.edit("channel", sent[0], texts[0] + " edited")
        self.alice.delete("channel", [gone])
        self.bob.resume()
        for text in (texts[0] + " edited", *texts[1:]):
            self.bob.inbox.wait_text(text)
        if self.bob.tells_missed_deletions:
            wait_until("the deletion is told", lambda: any(e[0] == "delete" and seen in e[1:] for e in self.bob.inbox.events()))

    def long_catch_up(self):
        """A thousand posts while a device was away: all there, each once, in order."""
        self.bob.stop()
        self.bob.inbox.clear()
        wanted = [f"post {number:04d} {self.tag}" for number in range(1000)]
        for text in wanted:
            self.alice.send_text("channel", text)
        self.bob.resume()
        if self.bob.catches_up:
            self.bob.inbox.wait_text(wanted[-1], 60)
        stored = [m.text for m in reversed(self.bob.history("channel", 1000))]
        assert stored == wanted, f"history has {len(stored)}: {stored[:3]} ... {stored[-3:]}"
        live = [m.text for _, m in self.bob.inbox.items() if m.text in set(wanted)]
        assert live == sorted(set(live)), f"{len(live)} told live, some twice or in another order"

    def offline_catch_up(self):
        self.bob.stop()
        self.bob.inbox.clear()
        wanted = [f"missed {n:03d}" for n in range(300)]
        for text in wanted:
            self.alice.send_text("bob", text)
        self.bob.resume()
        if not self.bob.catches_up:
            self.bob.history("alice", 1)
            wanted.append("live again")
            self.alice.send_text("bob", wanted[-1])
            self.bob.inbox.wait_text(wanted[-1])
            stored = [m.text for m in reversed(self.bob.history("alice", 301))]
            assert stored == wanted, f"history has {len(stored)}"
            return
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            live = [m.text for _, m in self.bob.inbox.items() if m.text.startswith("missed ")]
            if len(live) >= 300:
                break
            time.sleep(0.1)
        stored = [m.text for m in reversed(self.bob.history("alice", 300)) if m.text.startswith("missed ")]
        assert stored == wanted, f"history has {len(stored)}"
        assert live == wanted, f"caught up {len(live)} live, or in another order"

    def two_step_password(self):
        self.bob.set_password("correct horse")
        third = self.make()
        try:
            third.sign_in(self.phones["bob"], password="wrong horse")
        except Exception as error:  # noqa: BLE001 - each library has its own class
            assert "PASSWORD" in str(error).upper(), error
        else:
            raise AssertionError("a wrong password was accepted")
        finally:
            third.close()
        fourth = self.make()
        assert fourth.sign_in(self.phones["bob"], password="correct horse") == self.bob.me
        fourth.close()
        self.bob.clear_password("correct horse")

    def end_other_session(self):
        others = self.bob.other_sessions()
        assert others, "no other session is listed"
        for number in others:
            self.bob.end_session(number)
        assert self.bob.other_sessions() == []
        assert self.bob.is_signed_in()
        wait_until("the second device is signed out", lambda: not self.bob2.is_signed_in(), 20)

    def drafts(self):
        self.bob.save_draft("alice", "half a thought")
        wait_until("the other device has the draft", lambda: self.bob2.draft("alice") == "half a thought")
        self.bob.send_drafted("alice", "a whole thought")
        self.alice.inbox.wait_text("a whole thought")
        wait_until("the draft is gone there", lambda: self.bob2.draft("alice") == "")

    def album(self):
        captions = ["album one", "album two"]
        self.alice.send_album("bob", [str(DATA / MEDIA["photo"])] * 2, captions)
        for caption in captions:
            assert self.bob.inbox.wait_text(caption).kind == "photo"
        first, second = self.bob.albums("alice", 2)
        assert first and first == second, (first, second)

    def pins(self):
        self.alice.send_text("bob", "worth pinning")
        seen = self.bob.inbox.wait_text("worth pinning")
        self.bob.pin("alice", seen.id)
        wait_until("Alice sees the pin", lambda: self.alice.pinned("bob") == ["worth pinning"])
        self.bob.pin("alice", seen.id, False)
        wait_until("Alice sees that it is gone", lambda: self.alice.pinned("bob") == [])

    def poll(self):
        question = f"tea or coffee {self.tag}"
        sent = self.alice.send_poll("group", question, ["tea", "coffee"])
        seen = wait_until("Bob sees the poll", lambda: self.bob.find_poll("group", question))
        self.bob.vote("group", seen, 1)
        wait_until("Bob sees his vote", lambda: self.bob.votes("group", seen) == [0, 1])
        self.alice.vote("group", sent, 1)
        wait_until("both see both votes", lambda: self.alice.votes("group", sent) == [0, 2] == self.bob.votes("group", seen))

    def reactions(self):
        sent = self.alice.send_text("bob", "react to this")
        seen = self.bob.inbox.wait_text("react to this")
        self.bob.react("alice", seen.id, "👍")
        wait_until("Alice sees the thumb", lambda: self.alice.reactions("bob", sent) == {"👍": 1})
        wait_until("it is unread", lambda: self.alice.unread_reactions("bob") == ["react to this"])
        # In the group as well, and there by itself.
        self.alice.send_text("group", "and to this")
        seen = self.bob.inbox.wait_text("and to this")
        self.bob.react("group", seen.id, "👍")
        wait_until("that one, too", lambda: self.alice.unread_reactions("group") == ["and to this"])
        self.alice.read_reactions("bob")
        wait_until("it is read", lambda: self.alice.unread_reactions("bob") == [])
        assert self.alice.unread_reactions("group") == ["and to this"]
        assert self.bob.unread_reactions("alice") == []
        self.alice.read_reactions("group")
        wait_until("both are read", lambda: self.alice.unread_reactions("group") == [])

    def unread_mark(self):
        self.bob.mark_unread("alice", True)
        wait_until("the other device sees the mark", lambda: self.bob2.is_marked_unread("alice"))
        self.bob.mark_unread("alice", False)
        wait_until("the mark is gone there", lambda: not self.bob2.is_marked_unread("alice"))

    def typing(self):
        self.alice.go_online()
        self.bob.go_online()
        self.bob.inbox.clear()
        self.alice.type("bob")
        assert self.bob.inbox.wait_event("typing")[1] == self.alice.me

    def qr_sign_in(self):
        third = self.make()
        try:
            before = len(self.bob.other_sessions())
            assert third.sign_in_by_qr(self.bob.accept_qr) == self.bob.me
            assert len(self.bob.other_sessions()) == before + 1
        finally:
            third.close()

    def contact_list(self):
        assert self.bob.me in self.alice.contacts()
        self.alice.remove_contact("bob")
        wait_until("Bob is no contact", lambda: self.bob.me not in self.alice.contacts())
        self.alice.meet("bob", self.phones["bob"])
        wait_until("Bob is one again", lambda: self.bob.me in self.alice.contacts())

    def profile_photo(self):
        self.alice.set_photo(str(DATA / MEDIA["photo"]))
        got = self.folder / f"{self.tag}-face.jpg"
        wait_until("Bob sees the face", lambda: self.bob.download_photo("alice", str(got)))
        assert got.read_bytes()[:2] == b"\xff\xd8"

    def privacy(self):
        """Carol knows Alice by her public name only."""
        self.carol = self.make()
        self.carol.sign_in(f"+1555{self.number:03d}003", "Carol")
        name = f"alice_{self.tag}"
        self.alice.set_username(name)
        self.alice.show("phone", False)
        self.alice.show("last seen", False)
        self.carol.find("alice", name)
        assert self.carol.phone_of("alice") == "" and not self.carol.knows_when_seen("alice")
        self.alice.show("phone", True)
        self.alice.show("last seen", True)
        self.carol.stop()
        self.carol.resume()
        self.carol.find("alice", name)
        wait_until("Carol sees the number", lambda: self.carol.phone_of("alice").lstrip("+") == self.phones["alice"].lstrip("+"))
        wait_until("Carol sees when she was there", lambda: self.carol.knows_when_seen("alice"))

    def group_rights(self):
        self.alice.let_members_write("group", False)
        wait_until("Bob may not write", lambda: self._is_refused(self.bob, "group"))
        self.alice.send_text("group", f"the owner may {self.tag}")
        self.bob.inbox.wait_text(f"the owner may {self.tag}")
        self.alice.let_members_write("group", True)
        wait_until("Bob may write again", lambda: not self._is_refused(self.bob, "group"))

    def _is_refused(self, device, chat: str) -> bool:
        try:
            device.send_text(chat, f"may I {self.tag}")
        except Exception as error:  # noqa: BLE001 - each library has its own
            assert "FORBIDDEN" in str(error).upper() or "write" in str(error).lower() or "rights" in str(error).lower(), error
            return True
        return False

    def invite_link(self):
        self.carol.join_by_link("group", self.alice.invite_link("group"))
        self.carol.send_text("group", f"hello from Carol {self.tag}")
        self.alice.inbox.wait_text(f"hello from Carol {self.tag}")
        self.bob.inbox.wait_text(f"hello from Carol {self.tag}")

    def close(self):
        for device in (self.alice, self.bob, self.bob2, self.carol):
            if device is not None:
                try:
                    device.close()
                except Exception as error:  # noqa: BLE001 - a device that was signed out may refuse
                    print(f"    closing {device.name}: {error}")
