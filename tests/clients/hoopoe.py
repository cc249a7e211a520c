"""A server of our own for a test: on loopback, on ports of its own, ended by its id."""

from __future__ import annotations

import os
import pathlib
import re
import signal
import socket
import subprocess
import time
import urllib.request

from drivers.public_key import block


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Hoopoe:
    """One `hoopoe serve`."""

    def __init__(self, binary: str, data: pathlib.Path, extra_listen: tuple[str, ...] = (), config: pathlib.Path | None = None):
        self.binary, self.data, self.config = binary, data, config
        self.port = free_port()
        self.listen = (f"127.0.0.1:{self.port}", *extra_listen)
        self.process: subprocess.Popen | None = None
        self.log = data.with_suffix(".log")

    def start(self, timeout: float = 30) -> "Hoopoe":
        command = [self.binary, "serve", "--data", str(self.data)]
        if self.config:
            command += ["--config", str(self.config)]
        for address in self.listen:
            command += ["--listen", address]
        log = open(self.log, "ab")
        self.process = subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True)
        end = time.monotonic() + timeout
        while not self.healthy():
            if self.process.poll() is not None or time.monotonic() > end:
                raise RuntimeError(f"the server did not start:\n{self.log.read_text()[-3000:]}")
            time.sleep(0.02)
        return self

    def healthy(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=2) as answer:
                return answer.status == 200
        except OSError:
            return False

    def run(self, *arguments: str) -> str:
        done = subprocess.run([self.binary, *arguments], capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise RuntimeError(done.stderr.strip())
        return done.stdout

    def pem(self) -> str:
        return block(self.run("key", "--data", str(self.data)))

    def code(self, phone: str) -> str:
        end = time.monotonic() + 10
        while True:
            try:
                return re.search(r"\d{4,8}", self.run("login-code", "--data", str(self.data), phone)).group(0)
            except (RuntimeError, AttributeError):
                if time.monotonic() > end:
                    raise
                time.sleep(0.05)

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(20)

    def kill(self):
        if self.process and self.process.poll() is None:
            os.kill(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def restart(self):
        """Ends it as a crash would, and starts it again on the same data."""
        self.kill()
        self.start()

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.stop()
