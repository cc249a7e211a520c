"""A disk that is full: writes are refused in order, reads go on, nothing acknowledged is lost, and it recovers by itself."""

from __future__ import annotations

import errno
import pathlib
import subprocess
import time

from hoopoe import Hoopoe
from load import Person

#: A small file system of the test's own.
SIZE = "24m"
#: Recovery after space has come back, seconds.
RECOVERY = 10


def fill(file: pathlib.Path):
    """Takes all the space that is left."""
    with open(file, "wb", buffering=0) as ballast:
        for piece in (1 << 20, 1 << 12, 1):
            try:
                while True:
                    ballast.write(bytes(piece))
            except OSError as error:
                assert error.errno == errno.ENOSPC, error


def full_disk(binary: str, root: pathlib.Path):
    disk = root / "disk"
    disk.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", str(disk)], check=True)
    try:
        written(binary, root, disk)
    finally:
        subprocess.run(["umount", str(disk)], check=True)


def written(binary: str, root: pathlib.Path, disk: pathlib.Path):
    server = Hoopoe(binary, disk / "data")
    server.log = root / "disk.log"
    server.start()
    try:
        alice, bob = Person(server, "+15550110"), Person(server, "+15550111")
        alice.meet(bob)
        number = 0

        def text() -> str:
            nonlocal number
            number += 1
            return f"{number} " + "words that need room" * 150

        for _ in range(20):
            assert alice.send(text()), alice.refused
        for ballast in ("first", "second"):
            fill(disk / ballast)
            before = len(alice.refused)
            # What the log has room for is still taken.
            for _ in range(400):
                if not alice.send(text()):
                    break
            refused = alice.refused[before:]
            assert refused, "a full disk refused nothing"
            assert all(line == "500 STORAGE_UNAVAILABLE" for line in refused), refused
            # Reads go on, on the same connection and on a new one.
            alice.compare()
            bob.ping()
            assert server.healthy() and server.process.poll() is None, "a full disk took the server down"
            (disk / ballast).unlink()
            end = time.monotonic() + RECOVERY
            while not alice.send(text()):
                assert time.monotonic() < end, f"no write {RECOVERY} s after space came back: {alice.refused[-1]}"
        alice.compare()
        checked = server.run("check", "--data", str(server.data))
        assert "no fault" in checked, checked
        # The same while it is full, after a kill: what was acknowledged is on the disk.
        fill(disk / "third")
        while alice.send(text()):
            pass
        server.kill()
        (disk / "third").unlink()
        server.start()
        alice.resume()
        alice.compare()
        alice.close(), bob.close()
    finally:
        server.stop()
    offline = server.run("check", "--data", str(server.data))
    assert "no fault" in offline, offline
