"""Steps of what channels and groups do beyond posts: votes and reactions, schedules of every kind across a restart, hashtags, who signs,
who answers as whom, who read. They follow `posts`.
"""

from __future__ import annotations

import time

from drivers import wait_until
from posts import refused

STEPS = ("channel_poll", "channel_reactions", "scheduled_kinds", "hashtags", "signatures", "readers", "names")


class LifeSteps:
    """Mixed into the scenario: Alice owns `channel`, Bob is subscribed; both are in the basic group `group`."""

    def channel_poll(self):
        question = f"north or south {self.tag}"
        sent = self.alice.send_poll("channel", question, ["north", "south"])
        seen = wait_until("Bob sees the poll", lambda: self.bob.find_poll("channel", question))
        self.bob.vote("channel", seen, 1)
        wait_until("Bob sees his vote", lambda: self.bob.votes("channel", seen) == [0, 1])
        # Only who voted sees what others chose.
        assert self.alice.votes("channel", sent) == [0, 0]
        self.alice.vote("channel", sent, 0)
        wait_until("both see both votes", lambda: self.alice.votes("channel", sent) == [1, 1] == self.bob.votes("channel", seen))

    def channel_reactions(self):
        text = f"react to this post {self.tag}"
        sent = self.alice.send_text("channel", text)
        seen = self.bob.inbox.wait_text(text)
        self.bob.react("channel", seen.id, "👍")
        wait_until("both see the thumb", lambda: self.alice.reactions("channel", sent) == {"👍": 1} == self.bob.reactions("channel", seen.id))

    def scheduled_kinds(self):
        """A poll, a photo and a voice message that wait while the server ends as in a crash."""
        from scenario import DATA, MEDIA

        due = int(time.time()) + 20
        question = f"later {self.tag}"
        self.bob.inbox.clear()
        self.alice.schedule_poll("channel", question, ["yes", "no"], due)
        for kind in ("photo", "voice"):
            self.alice.schedule_file("channel", str(DATA / MEDIA[kind]), kind, f"later {kind} {self.tag}", due)
        assert len(self.alice.scheduled("channel")) == 3
        self.server.restart()
        assert time.time() < due, "the restart took too long to prove anything"
        for kind in ("photo", "voice"):
            seen = self.bob.inbox.wait_kind(kind)
            assert time.time() >= due, "early"
            assert seen.text == f"later {kind} {self.tag}", seen
            got = self.folder / f"{self.tag}-later-{kind}"
            self.bob.download("channel", seen.id, str(got))
            assert got.stat().st_size > 1000
        seen = wait_until("Bob sees the poll", lambda: self.bob.find_poll("channel", question))
        self.bob.vote("channel", seen, 0)
        wait_until("his vote counts", lambda: self.bob.votes("channel", seen) == [1, 0])
        wait_until("the schedule is done", lambda: self.alice.scheduled("channel") == [])
        kinds = [m.kind for m in self.bob.history("channel", 3)]
        assert sorted(kinds) == ["photo", "poll", "voice"], kinds

    def hashtags(self):
        """A post is found by its hashtag by who never saw the channel."""
        tag = f"hud_{self.tag}".replace(" ", "")
        self.alice.send_text("channel", f"a bird #{tag} sings")
        self.alice.send_text("channel", f"a bird {tag} sings without a sign")
        wait_until("the post is found", lambda: self.bob.posts_with_tag(tag) == [f"a bird #{tag} sings"])
        assert self.bob.posts_with_tag(f"{tag}x") == []

    def signatures(self):
        self.alice.sign("channel", False)
        self.alice.send_text("channel", f"signed {self.tag}")
        seen = self.bob.inbox.wait_text(f"signed {self.tag}").id
        assert self.bob.signature("channel", seen) == ("Alice", 0), self.bob.signature("channel", seen)
        self.alice.sign("channel", True)
        self.alice.send_text("channel", f"signed with a face {self.tag}")
        seen = self.bob.inbox.wait_text(f"signed with a face {self.tag}").id
        assert self.bob.signature("channel", seen)[1] == self.alice.me, self.bob.signature("channel", seen)

    def readers(self):
        """In a small group one sees who read."""
        text = f"read this {self.tag}"
        sent = self.alice.send_text("group", text)
        self.bob.inbox.wait_text(text)
        assert self.alice.readers("group", sent) == []
        self.bob.read("group")
        wait_until("Bob read it", lambda: self.alice.readers("group", sent) == [self.bob.me])

    def names(self):
        """A channel has the one name that it took: it is in use, and there is nothing to order."""
        name = f"news_{self.tag}"
        self.alice.without_names("channel")
        if self.alice.asks_to_order_names:
            told = refused(lambda: self.alice.order_names("channel", [name]))
            assert "NOTMODIFIED" in told.upper().replace("_", ""), told
        else:
            self.alice.order_names("channel", [name])
        refused(lambda: self.alice.use_name("channel", f"{name}_x", True))
        refused(lambda: self.bob.without_names("channel"))
        assert self.bob.is_in("channel")
