"""Debian's Chromium, told what to do over its debugging pipe: descriptors 3 and 4, messages of JSON that end in a zero byte."""

from __future__ import annotations

import base64
import json
import os
import pathlib
import subprocess
import threading
import time

FLAGS = [
    "/usr/bin/chromium", "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
]


class Chromium:
    """One browser with a profile of its own."""

    def __init__(self, folder: pathlib.Path):
        ours_in, theirs_out = os.pipe()
        theirs_in, ours_out = os.pipe()
        # bash puts the pipes where Chromium looks for them, and becomes Chromium.
        script = f'exec "$@" 3<&{theirs_in} 4>&{theirs_out}'
        command = ["bash", "-c", script, "chromium", *FLAGS, "--remote-debugging-pipe", f"--user-data-dir={folder / 'profile'}", "about:blank"]
        with open(folder / "chromium-pages.log", "ab") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log, pass_fds=(theirs_in, theirs_out))
        os.close(theirs_in)
        os.close(theirs_out)
        self.input, self.output = os.fdopen(ours_in, "rb"), ours_out
        self.changed = threading.Condition()
        self.last, self.answers, self.events = 0, {}, []
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self):
        buffer = b""
        while chunk := self.input.read1(1 << 20):
            *whole, buffer = (buffer + chunk).split(b"\0")
            with self.changed:
                for message in map(json.loads, whole):
                    if "id" in message:
                        self.answers[message["id"]] = message
                    else:
                        self.events.append(message)
                self.changed.notify_all()

    def wait(self, what: str, test, timeout: float = 60):
        with self.changed:
            found = self.changed.wait_for(test, timeout)
        assert found, f"{what}: not in {timeout:g} s"
        return found

    def call(self, method: str, session: str | None = None, **params):
        with self.changed:
            self.last += 1
            number = self.last
        message = {"id": number, "method": method, "params": params, **({"sessionId": session} if session else {})}
        data = json.dumps(message).encode() + b"\0"
        while data:
            data = data[os.write(self.output, data):]
        answer = self.wait(method, lambda: self.answers.pop(number, None))
        if "error" in answer:
            raise RuntimeError(f"{method}: {answer['error']}")
        return answer["result"]

    def close(self):
        self.process.terminate()
        self.process.wait(20)


class Page:
    """One tab. What it loaded and what it complained of is kept for each address."""

    def __init__(self, browser: Chromium, width: int, height: int, language: str = "en", script: bool = True, dark: bool = False):
        self.browser = browser
        self.target = browser.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = browser.call("Target.attachToTarget", targetId=self.target, flatten=True)["sessionId"]
        self.start = 0
        for domain in ("Page", "Network", "Log", "Runtime", "Audits"):
            self.call(f"{domain}.enable")
        self.call("Network.setCacheDisabled", cacheDisabled=True)
        self.call("Network.setExtraHTTPHeaders", headers={"Accept-Language": language})
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=width < 600)
        self.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}])
        if not script:
            self.call("Emulation.setScriptExecutionDisabled", value=True)

    def call(self, method: str, **params):
        return self.browser.call(method, self.session, **params)

    def told(self, *methods: str) -> list[dict]:
        """Events since the page was opened."""
        return [event["params"] for event in list(self.browser.events[self.start:]) if event.get("sessionId") == self.session and event["method"] in methods]

    def goto(self, url: str) -> int:
        """Opens an address; answers its status."""
        self.start = len(self.browser.events)
        opened = self.call("Page.navigate", url=url)
        assert "errorText" not in opened, opened
        self.browser.wait(f"load of {url}", lambda: self.told("Page.loadEventFired"))
        return next(event["response"]["status"] for event in self.told("Network.responseReceived") if event["type"] == "Document")

    def evaluate(self, expression: str):
        """The value of an expression; promises are waited for."""
        answer = self.call("Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True, userGesture=True)
        if "exceptionDetails" in answer:
            raise RuntimeError(json.dumps(answer["exceptionDetails"])[:2000])
        return answer["result"].get("value")

    def responses(self) -> list[tuple[str, int]]:
        return [(event["response"]["url"], event["response"]["status"]) for event in self.told("Network.responseReceived")]

    def complaints(self) -> list[str]:
        """Violations of the content policy, failed loads, errors of any kind."""
        found = [json.dumps(event["entry"]) for event in self.told("Log.entryAdded") if event["entry"]["level"] in ("error", "warning")]
        found += [json.dumps(event["issue"]) for event in self.told("Audits.issueAdded") if "ContentSecurityPolicy" in event["issue"]["code"]]
        found += [json.dumps(event["exceptionDetails"]) for event in self.told("Runtime.exceptionThrown")]
        return found

    def screenshot(self, path: pathlib.Path):
        """The whole page, however long."""
        size = self.call("Page.getLayoutMetrics")["cssContentSize"]
        shot = self.call("Page.captureScreenshot", format="png", captureBeyondViewport=True, clip={**size, "scale": 1})
        path.write_bytes(base64.b64decode(shot["data"]))

    def scroll_through(self):
        """Down to the end and back, so that what loads lazily is loaded; waits until nothing is on its way."""
        height = self.evaluate("document.documentElement.scrollHeight")
        for place in [*range(0, height, 600), 0]:
            self.evaluate(f"window.scrollTo(0, {place})")
        end = time.monotonic() + 30
        while not self.evaluate("[...document.images].every(i => i.complete || i.closest('details:not([open])'))"):
            assert time.monotonic() < end, "pictures are still on their way"
            time.sleep(0.02)

    def close(self):
        self.browser.call("Target.closeTarget", targetId=self.target)
