"""Steps of who writes as whom in a supergroup, and of reactions there: they follow `channel_life`, with drivers that say `writes_as`."""

from __future__ import annotations

from drivers import wait_until
from posts import refused

STEPS = ("written_as", "banned_as", "anonymous", "supergroup_reactions")


class SenderSteps:
    """Mixed into the scenario. Alice owns the public supergroup `hall`, in which Bob is; Bob owns the public channel `mine`."""

    def written_as(self):
        """A member writes in the name of a channel of theirs."""
        self.alice.create_supergroup("hall", f"hall {self.tag}")
        self.alice.publish("hall", f"hall_{self.tag}")
        self.bob.join("hall", f"hall_{self.tag}")
        self.bob.create_channel("mine", f"mine {self.tag}", f"mine_{self.tag}")
        self.alice.join("mine", f"mine_{self.tag}")
        self.bob.send_as("hall", "mine")
        for text in (f"as a channel {self.tag}", f"as a channel again {self.tag}"):
            self.bob.send_text("hall", text)
            self.alice.inbox.wait_text(text)
            assert self.alice.sender("hall", text) == self.alice.channel_number("mine")
        assert self.alice.texts_by("hall", "mine") == [f"as a channel again {self.tag}", f"as a channel {self.tag}"]

    def banned_as(self):
        """An admin bans the channel: Bob writes as himself or not at all. What was written as it goes at once."""
        self.alice.ban_name("hall", "mine", True)
        assert self.alice.banned("hall") == [self.alice.channel_number("mine")]
        told = refused(lambda: self.bob.send_text("hall", "still as a channel"))
        assert "SENDASPEERINVALID" in told.upper().replace("_", ""), told
        self.bob.send_as("hall", "me")
        text = f"as myself {self.tag}"
        self.bob.send_text("hall", text)
        self.alice.inbox.wait_text(text)
        assert self.alice.sender("hall", text) == self.bob.me
        assert any("Ban" in action[0] or "Restricted" in action[0] for action in self.alice.recent_actions("hall"))
        self.alice.delete_all_by("hall", "mine")
        wait_until("nothing of it is left", lambda: self.alice.texts_by("hall", "mine") == [])
        assert any(m.text == text for m in self.bob.history("hall", 10))
        self.alice.ban_name("hall", "mine", False)
        assert self.alice.banned("hall") == []
        self.bob.send_as("hall", "mine")
        text = f"a channel once more {self.tag}"
        self.bob.send_text("hall", text)
        self.alice.inbox.wait_text(text)
        assert self.alice.sender("hall", text) == self.alice.channel_number("mine")
        self.bob.send_as("hall", "me")

    def anonymous(self):
        """An admin who is anonymous writes and votes as the group."""
        self.alice.give_rights("hall", "bob", anonymous=True, change_info=True, pin_messages=True)
        text = f"who am I {self.tag}"
        wait_until("Bob writes as the group", lambda: self._writes_as(text, "hall"))
        question = f"open or not {self.tag}"
        sent = self.alice.send_poll("hall", question, ["open", "not"], anonymous=False)
        seen = wait_until("Bob sees the poll", lambda: self.bob.find_poll("hall", question))
        self.bob.vote("hall", seen, 0)
        wait_until("the vote counts", lambda: self.bob.votes("hall", seen) == [1, 0])
        self.alice.vote("hall", sent, 0)
        wait_until("both count", lambda: self.alice.votes("hall", sent) == [2, 0])
        told = sorted(self.alice.voters("hall", sent))
        assert told == sorted([self.alice.channel_number("hall"), self.alice.me]), told
        self.alice.give_rights("hall", "bob")

    def _writes_as(self, text: str, chat: str) -> bool:
        self.bob.send_text(chat, text)
        self.alice.inbox.wait_text(text)
        return self.alice.sender(chat, text) == self.alice.channel_number(chat)

    def supergroup_reactions(self):
        """What the author has not seen is counted, listed and read; who was away is told as well."""
        texts = [f"{word} hall {self.tag}" for word in ("here", "away")]
        for text in texts:
            self.alice.send_text("hall", text)
        here, away = (self.bob.inbox.wait_text(text).id for text in texts)
        self.bob.react("hall", here, "👍")
        wait_until("it is unread", lambda: self.alice.unread_reactions("hall") == texts[:1])
        assert self.bob.unread_reactions("hall") == []
        self.alice.read_reactions("hall")
        wait_until("it is read", lambda: self.alice.unread_reactions("hall") == [])
        self.alice.stop()
        self.alice.inbox.clear()
        self.bob.react("hall", away, "🔥")
        self.alice.resume()
        # Before she asks.
        self.alice.inbox.wait_event("reacted")
        wait_until("that one is unread", lambda: self.alice.unread_reactions("hall") == texts[1:])
        self.alice.read_reactions("hall")
        wait_until("all are read", lambda: self.alice.unread_reactions("hall") == [])
