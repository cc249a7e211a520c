"""A backup taken under load, restored elsewhere: whole, sound, and people go on without signing in.

    python tests/operator/backup.py --binary target/debug/hoopoe
"""

from __future__ import annotations

import argparse
import pathlib
import shutil
import sys
import tempfile
import threading

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "clients"))

from hoopoe import Hoopoe  # noqa: E402
from load import Person  # noqa: E402

#: Messages of each writer before the backup begins.
BEFORE = 100


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--binary", required=True)
    binary = str(pathlib.Path(parser.parse_args().binary).resolve())
    with tempfile.TemporaryDirectory(prefix="hoopoe-backup-") as name:
        root = pathlib.Path(name)
        server = Hoopoe(binary, root / "data").start()
        try:
            people = [Person(server, f"+1555013{number}") for number in range(3)]
            for index, person in enumerate(people):
                person.meet(people[(index + 1) % len(people)])
            ending, ready = threading.Event(), threading.Barrier(len(people) + 1)

            def write(person: Person):
                number = 0
                while not ending.is_set():
                    number += 1
                    person.send(f"{person.phone} {number}")
                    if number == BEFORE:
                        ready.wait(120)

            writers = [threading.Thread(target=write, args=(person,)) for person in people]
            for writer in writers:
                writer.start()
            ready.wait(120)
            early = [list(person.acknowledged) for person in people]
            told = server.run("backup", "--data", str(server.data), str(root / "copy"))
            assert "backup written" in told, told
            late = [list(person.acknowledged) for person in people]
            checked = server.run("check", "--data", str(server.data))
            assert "no fault" in checked, checked
            ending.set()
            for writer in writers:
                writer.join(60)
            written = sum(len(after) - len(before) for before, after in zip(early, late))
            assert written > 0, "nothing was written while the backup was taken"
        finally:
            server.stop()
        # The machine is lost.
        shutil.rmtree(server.data)
        restored = server.run("restore", "--data", str(server.data), str(root / "copy"))
        assert "restored" in restored, restored
        checked = server.run("check", "--data", str(server.data))
        assert "no fault" in checked, checked
        server.start()
        try:
            kept = 0
            for person, before in zip(people, early):
                person.resume()
                stored = person.history()
                assert stored[: len(before)] == before, "what was acknowledged before the backup is not in it"
                assert stored == person.acknowledged[: len(stored)], "the backup is no moment of what was"
                kept += len(stored)
                # They go on writing and reading, as the ones they were.
                person.acknowledged = stored
                assert person.send("after the loss"), person.refused
                person.compare()
            for person in people:
                person.close()
            assert "no fault" in server.run("check", "--data", str(server.data))
        finally:
            server.stop()
        print(f"ok   backup under load: {written} messages were written meanwhile, {kept} restored; nobody signed in again")


if __name__ == "__main__":
    main()
