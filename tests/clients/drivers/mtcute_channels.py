"""What mtcute does with channels, by the commands of `mtcute_channels.mjs`."""

from __future__ import annotations

import os


class Channels:
    """Mixed into the driver, whose `call` runs a command."""

    def create_private(self, alias, title):
        self.call("create_private", alias=alias, title=title)

    def create_supergroup(self, alias, title):
        self.call("create_supergroup", alias=alias, title=title)

    def make_link(self, chat, title, usage_limit=0, request=False):
        return self.call("make_link", chat=chat, title=title, usage_limit=usage_limit, request=request)

    def revoke_link(self, chat, link):
        self.call("revoke_link", chat=chat, link=link)

    def join_link(self, alias, link):
        self.call("join_link", alias=alias, link=link)

    def ask_to_join(self, link):
        self.call("ask_to_join", link=link)

    def importers(self, chat, link):
        return self.call("importers", chat=chat, link=link)

    def join_requests(self, chat):
        return self.call("join_requests", chat=chat)

    def approve(self, chat, user):
        self.call("approve", chat=chat, user=user)

    def protect(self, chat, on):
        self.call("protect", chat=chat, on=on)

    def give_rights(self, chat, user, **rights):
        self.call("give_rights", chat=chat, user=user, rights=rights)

    def rename(self, chat, title):
        self.call("rename", chat=chat, title=title)

    def ban(self, chat, user, on):
        self.call("ban", chat=chat, user=user, on=on)

    def is_in(self, chat):
        return self.call("is_in", chat=chat)

    def recent_actions(self, chat):
        return [tuple(one) for one in self.call("recent_actions", chat=chat)]

    def view(self, chat):
        self.call("view", chat=chat)

    def statistics(self, chat):
        return self.call("statistics", chat=chat)

    def link(self, channel, group):
        self.call("link", channel=channel, group=group)

    def comment(self, channel, post, text):
        return self.call("comment", channel=channel, post=post, text=text)

    def comments(self, channel, post):
        return self.call("comments", channel=channel, post=post)

    def comment_count(self, channel, post):
        return self.call("comment_count", channel=channel, post=post)

    def unread_comments(self, channel, post):
        return self.call("unread_comments", channel=channel, post=post)

    def read_comments(self, channel, post):
        self.call("read_comments", channel=channel, post=post)

    def migrate(self, alias):
        self.call("migrate", alias=alias)

    def adopt_supergroup(self, alias, title):
        self.call("adopt_supergroup", alias=alias, title=title)

    def members(self, chat):
        return self.call("members", chat=chat)

    def schedule_text(self, chat, text, at):
        return self.call("schedule_text", chat=chat, text=text, at=at)

    def schedule_poll(self, chat, question, answers, at):
        self.call("schedule_poll", chat=chat, question=question, answers=answers, at=at)

    def schedule_file(self, chat, path, kind, caption, at):
        self.call("schedule_file", chat=chat, path=os.path.abspath(path), kind=kind, caption=caption, at=at)

    def scheduled(self, chat):
        return self.call("scheduled", chat=chat)

    def unschedule_all(self, chat):
        self.call("unschedule_all", chat=chat)

    def send_poll(self, chat, question, answers, anonymous=True):
        return self.call("send_poll", chat=chat, question=question, answers=answers, anonymous=anonymous)

    def find_poll(self, chat, question):
        return self.call("find_poll", chat=chat, question=question)

    def vote(self, chat, message, answer):
        self.call("vote", chat=chat, message=message, answer=answer)

    def votes(self, chat, message):
        return self.call("votes", chat=chat, message=message)

    def voters(self, chat, message):
        """Users by their ids; chats by theirs, below zero."""
        return self.call("voters", chat=chat, message=message)

    def react(self, chat, message, emoji):
        self.call("react", chat=chat, message=message, emoji=emoji)

    def reactions(self, chat, message):
        return self.call("reactions", chat=chat, message=message)

    def posts_with_tag(self, tag):
        return self.call("posts_with_tag", tag=tag)

    def publish(self, chat, name):
        self.call("publish", chat=chat, name=name)

    def send_as(self, chat, whom):
        self.call("send_as", chat=chat, whom=whom)

    def sender(self, chat, text):
        """Who wrote it, as this device sees: a user's id, or a channel's below zero."""
        return self.call("sender", chat=chat, text=text)

    def number(self, chat):
        """A channel's id, below zero."""
        return self.call("number", chat=chat)

    def sign(self, chat, profiles):
        self.call("sign", chat=chat, profiles=profiles)

    def signature(self, chat, message):
        """The name below a post, and the profile that it shows."""
        return tuple(self.call("signature", chat=chat, message=message))

    def readers(self, chat, message):
        return self.call("readers", chat=chat, message=message)

    def without_names(self, chat):
        self.call("without_names", chat=chat)

    def order_names(self, chat, names):
        self.call("order_names", chat=chat, names=names)

    def use_name(self, chat, name, on):
        self.call("use_name", chat=chat, name=name, on=on)
