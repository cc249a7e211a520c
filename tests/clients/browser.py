#!/usr/bin/env python3
"""A real browser: the page for newcomers, and @mtcute/web over WebSocket, in Debian's Chromium.

The browser is driven through its remote debugging port on loopback; the driver's commands and answers pass through a page
that this program serves.
"""

from __future__ import annotations

import argparse
import http.server
import json
import os
import pathlib
import queue
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).parent))

from drivers import Server, wait_until  # noqa: E402
from drivers.mtcute_driver import Driver as MtcuteDriver  # noqa: E402
from hoopoe import Hoopoe, free_port  # noqa: E402
from run import Table  # noqa: E402
from scenario import Scenario  # noqa: E402

HERE = pathlib.Path(__file__).parent
CHROMIUM = [
    "/usr/bin/chromium", "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
]


class Page:
    """A page of our own in one browser: commands are fetched by it, events posted by it."""

    def __init__(self, server: Server, bundle: bytes, wasm: dict[str, bytes]):
        self.commands: queue.Queue = queue.Queue()
        self.events: list[dict] = []
        self.files: dict[str, bytes] = {}
        self.port = free_port()
        page = self
        settings = {"host": server.host, "port": server.port, "pem": server.pem}
        html = f"<!doctype html><meta charset=utf-8><script>window.settings={json.dumps(settings)}</script><script type=module src=/driver.js></script>".encode()

        class Handler(http.server.BaseHTTPRequestHandler):
            def log_message(self, *_):
                pass

            def answer(self, body: bytes, kind: str = "application/octet-stream"):
                self.send_response(200)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def do_GET(self):
                if self.path == "/":
                    self.answer(html, "text/html")
                elif self.path == "/driver.js":
                    self.answer(bundle, "text/javascript")
                elif self.path == "/next":
                    try:
                        self.answer(json.dumps(page.commands.get(timeout=20)).encode(), "application/json")
                    except queue.Empty:
                        self.answer(b"null", "application/json")
                elif self.path.startswith("/file/"):
                    self.answer(pathlib.Path("/" + self.path.removeprefix("/file/")).read_bytes())
                elif self.path.lstrip("/") in wasm:
                    self.answer(wasm[self.path.lstrip("/")], "application/wasm")
                else:
                    self.send_error(404)

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                if self.path.startswith("/bytes/"):
                    page.files[self.path.removeprefix("/bytes/")] = body
                else:
                    page.events.append(json.loads(body))
                self.answer(b"")

        self.http = http.server.ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
        threading.Thread(target=self.http.serve_forever, daemon=True).start()
        self.profile = tempfile.mkdtemp(prefix="chromium-", dir=server.folder)
        log = open(os.path.join(server.folder, "chromium.log"), "ab")
        self.browser = subprocess.Popen([*CHROMIUM, f"--user-data-dir={self.profile}", "--enable-logging=stderr", "--v=0", f"http://127.0.0.1:{self.port}/"], stdout=log, stderr=log)

    def close(self):
        self.browser.terminate()
        self.browser.wait(20)
        self.http.shutdown()


class Driver(MtcuteDriver):
    """@mtcute/web in a page: the same commands as in Node, by another road."""

    name = "mtcute_web"

    def __init__(self, server: Server, bundle: bytes, wasm: dict[str, bytes]):  # noqa: super is another road
        from drivers import Inbox

        self.server, self.inbox, self.answers, self.last, self.ready = server, Inbox(), {}, 0, False
        self.page = Page(server, bundle, wasm)
        threading.Thread(target=self._listen, daemon=True).start()
        wait_until("the page's start", lambda: self.ready, 60)

    def _listen(self):
        seen = 0
        while self.page.browser.poll() is None:
            while seen < len(self.page.events):
                self._take(self.page.events[seen])
                seen += 1
            time.sleep(0.01)

    def call(self, command: str, timeout: float = 120, **args):
        self.last += 1
        number = self.last
        self.page.commands.put({"id": number, "command": command, "args": args})
        answer = wait_until(f"the page's answer to {command}", lambda: self.answers.pop(number, None), timeout)
        if "error" in answer:
            raise RuntimeError(answer["error"])
        return answer["result"]

    def download(self, chat, message, path):
        key = self.call("download", 240, chat=chat, message=message)
        pathlib.Path(path).write_bytes(self.page.files[key])

    def close(self):
        self.page.close()


def bundle(modules: pathlib.Path, folder: pathlib.Path) -> tuple[bytes, dict[str, bytes]]:
    """One script for the page, with esbuild, and the modules' WebAssembly beside it."""
    source = folder / "bundle"
    source.mkdir()
    for name in ("mtcute_driver.mjs", "mtcute_channels.mjs", "mtcute_web.mjs"):
        shutil.copy(HERE / "drivers" / name, source)
    (source / "node_modules").symlink_to((modules / "node_modules").resolve())
    out = source / "out.js"
    subprocess.run([str(modules / "node_modules/.bin/esbuild"), str(source / "mtcute_web.mjs"), "--bundle", "--format=esm", "--log-level=error", f"--outfile={out}",
                    "--preserve-symlinks"], check=True)
    wasm = {path.name: path.read_bytes() for path in (modules / "node_modules/@mtcute/wasm").rglob("*.wasm")}
    return out.read_bytes(), wasm


def page_for_newcomers(hoopoe: Hoopoe, folder: pathlib.Path):
    """The page shows the server's own key and runs no script."""
    url = f"http://127.0.0.1:{hoopoe.port}/"
    done = subprocess.run([*CHROMIUM, f"--user-data-dir={folder / 'page'}", "--dump-dom", url], capture_output=True, text=True, timeout=60, check=True)
    key = hoopoe.pem().splitlines()[1]
    assert key in done.stdout and f"127.0.0.1:{hoopoe.port}" in done.stdout, done.stdout[:500]
    with urllib.request.urlopen(url) as answer:
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    metrics = urllib.request.urlopen(url + "metrics").read().decode()
    assert "hoopoe_gateway_connections_total" in metrics


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--binary", required=True)
    parser.add_argument("--modules", required=True)
    args = parser.parse_args()
    table = Table()
    with tempfile.TemporaryDirectory(prefix="hoopoe-browser-", ignore_cleanup_errors=True) as scratch:
        folder = pathlib.Path(scratch)
        with Hoopoe(args.binary, folder / "data") as hoopoe:
            server = Server("127.0.0.1", hoopoe.port, hoopoe.pem(), hoopoe.code, str(folder))
            table.step("browser: page for newcomers", lambda: page_for_newcomers(hoopoe, folder))
            script, wasm = bundle(pathlib.Path(args.modules), folder)
            scenario = Scenario(lambda: Driver(server, script, wasm), server, 9)
            for step in Scenario.STEPS:
                if not table.step(f"mtcute_web: {step}", getattr(scenario, step)) and step == "sign_up":
                    print((folder / "chromium.log").read_text(errors="replace")[-3000:])
                    break
            scenario.close()
    print(f"browser: {table.passed} passed, {table.failed} failed")
    return 1 if table.failed else 0


if __name__ == "__main__":
    sys.exit(main())
