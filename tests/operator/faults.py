"""What an operator may get wrong, and what a disk may do: one clear line each, and nothing lost.

    python tests/operator/faults.py --binary target/debug/hoopoe
"""

from __future__ import annotations

import argparse
import os
import pathlib
import shutil
import socket
import sqlite3
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "clients"))

from full_disk import full_disk  # noqa: E402
from hoopoe import Hoopoe, free_port  # noqa: E402
from load import Person  # noqa: E402

NOBODY = 65534


def refused(binary: str, *arguments: str, says: tuple[str, ...], user: int | None = None) -> str:
    """The command ends by itself, with a failure and one line on its standard error that says these words."""
    done = subprocess.run([binary, *arguments], capture_output=True, timeout=60, check=False, user=user, cwd="/")
    lines = done.stderr.decode().splitlines()
    assert done.returncode not in (0, 101) and done.returncode > 0, f"{arguments}: exit code {done.returncode}: {lines}"
    assert len(lines) == 1, f"{arguments}: not one line but {lines}"
    assert lines[0].startswith("hoopoe: "), lines
    for words in says:
        assert words in lines[0], f"{words!r} is not in {lines[0]!r}"
    return lines[0]


def serve(data: pathlib.Path, *more: str) -> tuple[str, ...]:
    return ("serve", "--data", str(data), "--listen", f"127.0.0.1:{free_port()}", *more)


def made(binary: str, folder: pathlib.Path) -> pathlib.Path:
    """A data folder with two people and some messages, of a server that was stopped in order."""
    with Hoopoe(binary, folder) as server:
        alice, bob = Person(server, "+15550100"), Person(server, "+15550101")
        alice.meet(bob)
        for number in range(300):
            alice.send(f"{number} " + "words to keep " * 40)
        alice.close(), bob.close()
    return folder


def wrong_folders(binary: str, root: pathlib.Path, good: pathlib.Path):
    file = root / "file"
    file.write_text("not a folder")
    refused(binary, *serve(file), says=(str(file),))
    refused(binary, *serve(file / "below"), says=(str(file),))

    foreign = root / "foreign"
    foreign.mkdir()
    (foreign / "letters.txt").write_text("somebody's letters")
    refused(binary, *serve(foreign), says=(str(foreign), "no data folder of Hoopoe"))
    assert [entry.name for entry in foreign.iterdir()] == ["letters.txt"], "a foreign folder was written to"

    # As another user: root may read everything.
    program = root / "hoopoe-copy"
    shutil.copy(binary, program)
    root.chmod(0o755)
    closed = root / "closed"
    shutil.copytree(good, closed)
    closed.chmod(0o700)
    refused(str(program), *serve(closed), says=(str(closed),), user=NOBODY)
    shut = root / "shut"
    shut.mkdir(mode=0o755)
    refused(str(program), *serve(shut), says=(str(shut),), user=NOBODY)

    other = root / "layout"
    shutil.copytree(good, other)
    (other / "hoopoe").write_text("99\n")
    refused(binary, *serve(other), says=("another version", "99"))

    swapped = root / "swapped"
    shutil.copytree(good, swapped)
    (swapped / "secrets" / "kek").write_bytes(bytes(32))
    refused(binary, *serve(swapped), says=("secrets/rsa", "secrets/kek"))
    (swapped / "secrets" / "kek").write_bytes(b"short")
    refused(binary, *serve(swapped), says=("secrets/kek", "32 bytes"))
    for command in ("check", "key"):
        refused(binary, command, "--data", str(foreign), says=("no data folder of Hoopoe",))


def busy(binary: str, root: pathlib.Path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        refused(binary, "serve", "--data", str(root / "busy"), "--listen", address, says=(address, "in use"))
    with Hoopoe(binary, root / "twice") as first:
        refused(binary, *serve(first.data), says=(str(first.data), "in use by another"))


def configurations(binary: str, root: pathlib.Path):
    file = root / "hoopoe.toml"

    def told(text: str | bytes, *says: str):
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
        refused(binary, *serve(root / "never", "--config", str(file)), says=says)

    missing = root / "missing.toml"
    refused(binary, *serve(root / "never", "--config", str(missing)), says=(str(missing), "cannot read"))
    refused(binary, *serve(root / "never", "--config", str(root)), says=(str(root),))
    told(b"[server]\n\xff\xfe", str(file))
    told("[server]\nlisen = []\n", str(file), "line 2", "lisen")
    told("[sever]\n", str(file), "line 1", "sever")
    told("[server]\nlisten = 5\n", str(file), "line 2")
    told("[server\n", str(file), "line 1")
    told('[server]\nlisten = ["nowhere"]\n', str(file), "line 2")
    told("[server]\n\n\nmax_connections = -1\n", str(file), "line 4")
    told('[mail]\ntls = "perhaps"\n', "mail.tls", "perhaps", "starttls")
    told('[log]\nformat = "xml"\n', "log.format")
    told('[transport]\nsecrets = ["abc"]\n', "transport.secrets")
    told('[webhook]\nurl = "ftp://x"\n', "webhook")
    told('[mail]\nhost = "localhost"\nfrom = "nobody at all"\n', "sender")
    assert not (root / "never").exists() or not (root / "never" / "hoopoe.db").exists(), "a refused start made a database"


def flip(file: pathlib.Path, start: int, length: int):
    with open(file, "r+b") as database:
        database.seek(start)
        old = database.read(length)
        database.seek(start)
        database.write(bytes(byte ^ 0xA5 for byte in old))


def damaged(binary: str, root: pathlib.Path, good: pathlib.Path):
    size = (good / "hoopoe.db").stat().st_size
    assert size > 200_000, f"the database of this test has only {size} bytes"

    def copy(name: str) -> pathlib.Path:
        folder = root / name
        shutil.copytree(good, folder)
        return folder

    def sound_only(folder: pathlib.Path):
        """Damage that opening does not meet: `check` finds it, with its faults on the standard output."""
        done = subprocess.run([binary, "check", "--data", str(folder)], capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == 1, f"{folder.name}: check ended with {done.returncode}: {done.stdout}{done.stderr}"
        told = [line for line in done.stderr.splitlines() if line.startswith("hoopoe: ")]
        assert len(told) == 1, done.stderr

    for name, start, length in (("magic", 0, 16), ("header", 16, 84), ("schema", 100, 400)):
        folder = copy(name)
        flip(folder / "hoopoe.db", start, length)
        for command in (serve(folder), ("check", "--data", str(folder))):
            refused(binary, *command, says=(str(folder / "hoopoe.db"),))
    folder = copy("text")
    (folder / "hoopoe.db").write_text("this is no database\n" * 200)
    refused(binary, *serve(folder), says=(str(folder / "hoopoe.db"),))
    folder = copy("other program")
    (folder / "hoopoe.db").unlink()
    with sqlite3.connect(folder / "hoopoe.db") as foreign:
        foreign.execute("CREATE TABLE letters (words TEXT)")
    refused(binary, *serve(folder), says=(str(folder / "hoopoe.db"), "another program"))
    folder = copy("gone")
    (folder / "hoopoe.db").unlink()
    refused(binary, *serve(folder), says=(str(folder / "hoopoe.db"), "missing"))
    folder = copy("half")
    os.truncate(folder / "hoopoe.db", size // 2 // 4096 * 4096)
    refused(binary, *serve(folder), says=(str(folder / "hoopoe.db"),))
    # Every page of messages, one after another: the rest is served, and the faults are named.
    folder = copy("middle")
    with sqlite3.connect(folder / "hoopoe.db") as database:
        # Behind the first pages of all tables, which an empty database has as well.
        first = database.execute("SELECT max(rootpage) FROM sqlite_schema").fetchone()[0]
    database.close()
    assert size // 4096 - 4 - first > 50, f"only {size // 4096 - first} pages of messages"
    for page in range(first, size // 4096 - 4):
        flip(folder / "hoopoe.db", page * 4096, 64)
    sound_only(folder)
    with Hoopoe(binary, folder) as server:
        assert server.healthy(), "a damaged page took the server down"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--binary", required=True)
    binary = str(pathlib.Path(parser.parse_args().binary).resolve())
    with tempfile.TemporaryDirectory(prefix="hoopoe-faults-") as folder:
        root = pathlib.Path(folder)
        good = made(binary, root / "good")
        steps = {
            "wrong data folders": lambda: wrong_folders(binary, root, good),
            "busy port, busy folder": lambda: busy(binary, root),
            "configurations": lambda: configurations(binary, root),
            "damaged databases": lambda: damaged(binary, root, good),
            "full disk": lambda: full_disk(binary, root),
        }
        for name, step in steps.items():
            step()
            print(f"ok   {name}", flush=True)


if __name__ == "__main__":
    main()
