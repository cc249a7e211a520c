"""mtcute (layer 227, RSA_PAD, TCP intermediate or WebSocket), in a Node process."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import threading

from . import Inbox, Message, Server, wait_until
from .mtcute_channels import Channels
from .public_key import numbers


class Driver(Channels):
    name = "mtcute"
    catches_up = True
    tells_missed_deletions = True
    script = "mtcute_node.mjs"
    is_wide = False
    writes_as = False
    asks_to_order_names = True

    def __init__(self, server: Server, websocket: bool = False):
        self.server = server
        self.inbox = Inbox()
        self.manages_channels = not websocket  # the same library by another road: the shorter scenario will do
        self.answers: dict[int, dict] = {}
        self.last = 0
        self.ready = False
        settings = {"host": server.host, "port": server.port, "pem": server.pem, "folder": server.folder, "modules": server.modules, "websocket": websocket}
        number, modulus, exponent = numbers(server.pem)
        settings["key"] = {"fingerprint": str(number), "modulus": str(modulus), "exponent": exponent}
        script = os.path.join(os.path.dirname(__file__), self.script)
        log = open(os.path.join(server.folder, f"{self.name}.log"), "ab")
        self.process = subprocess.Popen(["node", script, json.dumps(settings)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True)
        threading.Thread(target=self._listen, daemon=True).start()
        wait_until("mtcute's start", lambda: self.ready)

    def _listen(self):
        for line in self.process.stdout:
            if not line.startswith("{"):
                continue
            self._take(json.loads(line))

    def _take(self, item: dict):
        if item.get("ready"):
            self.ready = True
        elif item.get("event") == "message":
            self.inbox.put(item["chat"], Message(**item["message"]))
        elif "event" in item:
            self.inbox.note(item["event"], *item["args"])
        else:
            self.answers[item["id"]] = item

    def call(self, command: str, timeout: float = 120, **args):
        self.last += 1
        number = self.last
        self.process.stdin.write(json.dumps({"id": number, "command": command, "args": args}) + "\n")
        self.process.stdin.flush()
        answer = wait_until(f"mtcute's answer to {command}", lambda: self.answers.pop(number, None), timeout)
        if "error" in answer:
            raise RuntimeError(answer["error"])
        return answer["result"]

    def sign_in(self, phone: str, first_name: str = "Test", password: str | None = None):
        sent = self.call("send_code", phone=phone)
        self.me = self.call("sign_in", phone=phone, hash=sent, code=self.server.code(phone), first_name=first_name, password=password)
        return self.me

    def stop(self):
        self.call("pause")

    def resume(self):
        self.call("resume")

    def close(self):
        self.process.kill()
        self.process.wait()

    def meet(self, alias, phone):
        self.call("meet", alias=alias, phone=phone)

    def join(self, alias, username):
        self.call("join", alias=alias, username=username)

    def create_channel(self, alias, title, username):
        self.call("create_channel", alias=alias, title=title, username=username)

    def create_group(self, alias, title, members):
        self.call("create_group", alias=alias, title=title, members=members)

    def adopt_group(self, alias, title):
        self.call("adopt_group", alias=alias, title=title)

    def send_text(self, chat, text, reply_to=None):
        return self.call("send_text", chat=chat, text=text, reply_to=reply_to)

    def send_file(self, chat, path, kind, caption=""):
        return self.call("send_file", 240, chat=chat, path=os.path.abspath(path), kind=kind, caption=caption)

    def history(self, chat, limit=20):
        return [Message(**m) for m in self.call("history", chat=chat, limit=limit)]

    def download(self, chat, message, path):
        shutil.move(self.call("download", 240, chat=chat, message=message), path)

    def edit(self, chat, message, text):
        self.call("edit", chat=chat, message=message, text=text)

    def delete(self, chat, messages):
        self.call("delete", chat=chat, messages=messages)

    def forward(self, chat, messages, to):
        return self.call("forward", chat=chat, messages=messages, to=to)

    def search(self, chat, text):
        return self.call("search", chat=chat, text=text)

    def unread(self, chat):
        return self.call("unread", chat=chat)

    def read(self, chat):
        self.call("read", chat=chat)

    def set_password(self, password):
        self.call("set_password", password=password)

    def clear_password(self, password):
        self.call("clear_password", password=password)

    def other_sessions(self):
        return self.call("other_sessions")

    def end_session(self, number):
        self.call("end_session", number=number)

    def is_signed_in(self):
        return self.call("is_signed_in")
