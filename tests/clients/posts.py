"""Steps of the common scenario about channels: posts that wait for their time, search as people type, links, protected
content, figures. They follow `channel`, and run with the drivers that know how (`schedule_text` and its neighbours).
"""

from __future__ import annotations

import time

from drivers import wait_until

STEPS = ("scheduled", "arabic_search", "links", "protected", "recent_actions", "rights", "ban", "statistics")


def refused(work) -> str:
    try:
        work()
    except Exception as error:  # noqa: BLE001 - each library has its own class
        return f"{type(error).__name__} {error}"
    raise AssertionError("it was not refused")


def accepted(work) -> bool:
    try:
        work()
    except Exception:  # noqa: BLE001 - each library has its own class
        return False
    return True


class PostSteps:
    """Mixed into the scenario: Alice owns `channel`, Bob is subscribed."""

    def scheduled(self):
        """A post that the server's sudden end does not lose, double or bring forward."""
        due = int(time.time()) + 15
        text = f"waited {self.tag}"
        self.alice.schedule_text("channel", text, due)
        self.alice.schedule_text("channel", f"far {self.tag}", due + 86400)
        assert self.alice.scheduled("channel") == [f"far {self.tag}", text]
        self.server.restart()
        assert time.time() < due, "the restart took too long to prove anything"
        self.bob.inbox.wait_text(text, 60)
        assert time.time() >= due, "early"
        wait_until("the schedule is done", lambda: self.alice.scheduled("channel") == [f"far {self.tag}"])
        self.server.restart()
        self.alice.unschedule_all("channel")
        assert self.alice.scheduled("channel") == []
        # A reminder to oneself.
        self.alice.schedule_text("me", f"reminder {self.tag}", int(time.time()) + 12)
        wait_until("the reminder", lambda: any(m.text == f"reminder {self.tag}" for m in self.alice.history("me", 5)))
        # So the schedule was looked through since the second restart, and did not send again.
        assert sum(m.text == text for m in self.bob.history("channel", 20)) == 1

    def arabic_search(self):
        self.alice.send_text("channel", "وصل أحمدُ إلى المكتبةِ ومعه القُرآن")
        self.bob.inbox.wait_text("وصل أحمدُ إلى المكتبةِ ومعه القُرآن")
        for typed in ("احمد", "المكتبه", "القران", "الى", "الـــقرآن"):
            found = self.bob.search("channel", typed)
            assert len(found) == 1, (typed, found)
        assert self.bob.search("channel", "القرين") == []

    def links(self):
        carol = self.make()
        carol.sign_in(f"{self.phones['alice'][:-1]}3", "Carol")
        self.alice.create_private("club", f"club {self.tag}")
        once = self.alice.make_link("club", "once", usage_limit=1)
        self.bob.join_link("club", once)
        assert self.alice.importers("club", once) == [self.bob.me]
        assert "EXPIRED" in refused(lambda: carol.join_link("club", once)).upper()
        plain = self.alice.make_link("club", "plain")
        self.alice.revoke_link("club", plain)
        assert "EXPIRED" in refused(lambda: carol.join_link("club", plain)).upper()
        approval = self.alice.make_link("club", "asked", request=True)
        carol.ask_to_join(approval)
        wait_until("the request", lambda: carol.me in self.alice.join_requests("club"))
        self.alice.approve("club", carol.me)
        self.alice.send_text("club", f"for members {self.tag}")
        carol.inbox.wait_text(f"for members {self.tag}")
        carol.close()

    def protected(self):
        sent = self.alice.send_text("channel", f"stay {self.tag}")
        self.bob.inbox.wait_text(f"stay {self.tag}")
        seen = next(m.id for m in self.bob.history("channel", 5) if m.text == f"stay {self.tag}")
        self.bob.forward("channel", [seen], "alice")
        self.alice.protect("channel", True)
        error = refused(lambda: self.bob.forward("channel", [seen], "alice")).upper()
        assert "FORWARD" in error, error
        self.alice.protect("channel", False)
        assert sent

    def recent_actions(self):
        """What admins are told; a text that is deleted is gone from there too."""
        sent = self.alice.send_text("channel", f"before {self.tag}")
        self.alice.edit("channel", sent, f"after {self.tag}")
        edited = self.alice.recent_actions("channel")[0]
        assert edited == ("edited", f"before {self.tag}", f"after {self.tag}"), edited
        self.alice.delete("channel", [sent])
        told = self.alice.recent_actions("channel")
        assert told[0] == ("deleted", "") and told[1] == ("edited", "", ""), told
        assert ("protected",) in told, told
        club = self.alice.recent_actions("club")
        assert {("joined by link",), ("joined by request",), ("link revoked",)} <= set(club), club
        refused(lambda: self.bob.recent_actions("channel"))

    def rights(self):
        """A subscriber may not post; an admin may do what they were given, and nothing beside it."""
        refused(lambda: self.bob.send_text("channel", "not yet"))
        self.alice.give_rights("channel", "bob", post_messages=True)
        text = f"by an admin {self.tag}"
        wait_until("Bob may post", lambda: accepted(lambda: self.bob.send_text("channel", text)))
        self.alice.inbox.wait_text(text)
        mine = self.alice.send_text("channel", f"by the owner {self.tag}")
        self.bob.inbox.wait_text(f"by the owner {self.tag}")
        theirs = next(m.id for m in self.bob.history("channel", 5) if m.text == f"by the owner {self.tag}")
        refused(lambda: self.bob.edit("channel", theirs, "changed"))
        refused(lambda: self.bob.rename("channel", "Bob's"))
        assert next(m.text for m in self.alice.history("channel", 5) if m.id == mine) == f"by the owner {self.tag}"
        self.alice.give_rights("channel", "bob", change_info=True)
        wait_until("Bob may rename", lambda: accepted(lambda: self.bob.rename("channel", f"renamed {self.tag}")))
        refused(lambda: self.bob.send_text("channel", "no more"))
        self.alice.give_rights("channel", "bob")
        refused(lambda: self.bob.rename("channel", "not again"))
        assert not any(m.text in ("not yet", "no more") for m in self.alice.history("channel", 20))

    def ban(self):
        """Who is banned neither reads nor comes back, until they are let."""
        name = f"news_{self.tag}"
        self.alice.ban("channel", "bob", True)
        wait_until("Bob is out", lambda: not self.bob.is_in("channel"))
        self.bob.inbox.clear()
        sent = self.alice.send_text("channel", f"without Bob {self.tag}")
        refused(lambda: self.bob.join("channel", name))
        assert not any(m.text == f"without Bob {self.tag}" for _, m in self.bob.inbox.items())
        self.alice.ban("channel", "bob", False)
        wait_until("Bob is back", lambda: accepted(lambda: self.bob.join("channel", name)) and self.bob.is_in("channel"))
        self.alice.send_text("channel", f"with Bob {self.tag}")
        self.bob.inbox.wait_text(f"with Bob {self.tag}")
        assert sent

    def statistics(self):
        for _ in range(3):
            self.bob.view("channel")
        figures = self.alice.statistics("channel")
        assert figures["followers"] == 2, figures
        growth = figures["growth"]["columns"]
        assert [growth[0][0], growth[1][0]] == ["x", "y0"] and growth[1][-1] == 2, growth
        joined = figures["followers_graph"]["columns"]
        assert joined[1][-1] >= 1, joined
        # Views are written in groups.
        viewed = lambda: sum(self.alice.statistics("channel")["views"]["columns"][1][1:])  # noqa: E731
        wait_until("the views", lambda: viewed() >= 1)
        refused(lambda: self.bob.statistics("channel"))
