"""Postfix on loopback, which puts every mail into a folder; and a receiver of webhooks."""

from __future__ import annotations

import email
import http.server
import json
import pathlib
import pwd
import queue
import re
import shutil
import smtplib
import subprocess
import threading
import time

from hoopoe import free_port


def certificate(folder: pathlib.Path) -> tuple[pathlib.Path, pathlib.Path]:
    """A certificate for localhost, which signs itself."""
    certificate, key = folder / "mail.crt", folder / "mail.key"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj", "/CN=localhost",
         "-addext", "subjectAltName=DNS:localhost", "-addext", "basicConstraints=critical,CA:FALSE",
         "-keyout", str(key), "-out", str(certificate)],
        check=True, capture_output=True,
    )
    key.chmod(0o600)
    return certificate, key


#: The services of a Postfix that takes mail by SMTP and puts it into folders.
SERVICES = """
127.0.0.1:{port} inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
error unix - - n - - error
retry unix - - n - - error
virtual unix - n n - - virtual
proxymap unix - - n - - proxymap
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
"""


class Postfix:
    """One Postfix with a configuration, a queue and folders of its own; with a certificate it insists on STARTTLS."""

    def __init__(self, folder: pathlib.Path, tls: tuple[pathlib.Path, pathlib.Path] | None):
        self.folder, self.port = folder, free_port()
        self.log = folder / "log"
        owner, keeper = pwd.getpwnam("postfix"), pwd.getpwnam("mail")
        for path in (folder, folder / "etc", folder / "queue", folder / "data", folder / "mails"):
            path.mkdir()
            path.chmod(0o755)
        shutil.chown(folder / "data", owner.pw_uid)
        shutil.chown(folder / "mails", keeper.pw_uid, keeper.pw_gid)
        settings = {
            "compatibility_level": "3.6",
            "myhostname": "localhost",
            "mydestination": "",
            "inet_interfaces": "127.0.0.1",
            "inet_protocols": "ipv4",
            "queue_directory": folder / "queue",
            "data_directory": folder / "data",
            "maillog_file_prefixes": folder,
            "maillog_file": self.log,
            "alias_maps": "",
            "smtpd_relay_restrictions": "reject_unauth_destination",
            "virtual_mailbox_domains": "example.org",
            "virtual_mailbox_base": folder,
            "virtual_mailbox_maps": "static:mails/",
            "virtual_uid_maps": f"static:{keeper.pw_uid}",
            "virtual_gid_maps": f"static:{keeper.pw_gid}",
            "virtual_minimum_uid": "1",
        }
        if tls:
            settings |= {"smtpd_tls_security_level": "encrypt", "smtpd_tls_cert_file": tls[0], "smtpd_tls_key_file": tls[1]}
        (folder / "etc" / "main.cf").write_text("".join(f"{key} = {value}\n" for key, value in settings.items()))
        (folder / "etc" / "master.cf").write_text(SERVICES.format(port=self.port))
        self.mails = folder / "mails"

    def said(self) -> str:
        return self.log.read_text()[-2000:] if self.log.exists() else "nothing was logged"

    def __enter__(self):
        self.process = subprocess.Popen(
            ["postfix", "-c", str(self.folder / "etc"), "start-fg"], stdout=open(self.folder / "out", "ab"), stderr=subprocess.STDOUT,
        )
        end = time.monotonic() + 20
        while True:
            try:
                with smtplib.SMTP("127.0.0.1", self.port, timeout=2):
                    return self
            except OSError:
                if self.process.poll() is not None or time.monotonic() > end:
                    raise RuntimeError(f"postfix did not start:\n{(self.folder / 'out').read_text()}{self.said()}") from None
                time.sleep(0.05)

    def __exit__(self, *_):
        subprocess.run(["postfix", "-c", str(self.folder / "etc"), "stop"], check=True, capture_output=True)
        self.process.wait(20)

    def code(self, address: str, timeout: float = 20) -> str:
        """Takes the next mail to this address, and the code in it."""
        end = time.monotonic() + timeout
        while time.monotonic() < end:
            for file in sorted((self.mails / "new").glob("*")):
                mail = email.message_from_bytes(file.read_bytes())
                if address in mail["To"]:
                    file.unlink()
                    text = mail.get_payload(decode=True).decode()
                    return re.search(r"\b\d{5,8}\b", text).group(0)
            time.sleep(0.05)
        raise AssertionError(f"no mail to {address}:\n{self.said()}")


class Webhook:
    """Receives the server's POSTs."""

    def __enter__(self):
        self.received: queue.Queue[dict] = queue.Queue()
        received = self.received

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                received.put({"path": self.path, "type": self.headers["Content-Type"], **json.loads(body)})
                self.send_response(204)
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/codes?key=7"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()

    def code(self, phone: str) -> str:
        told = self.received.get(timeout=20)
        assert (told["path"], told["type"]) == ("/codes?key=7", "application/json"), told
        assert told["phone"].lstrip("+") == phone.lstrip("+"), told
        return re.search(r"\d{5,8}", told["text"]).group(0)
