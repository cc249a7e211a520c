"""What has an end is sealed in a backup: the keys of the machine open it, without them it has ended, and nothing of it can be read.

    python tests/operator/sealed.py --binary target/debug/hoopoe
"""

from __future__ import annotations

import argparse
import pathlib
import shutil
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "clients"))

from telethon import functions  # noqa: E402

from drivers.telethon_driver import LOOP  # noqa: E402
from hoopoe import Hoopoe  # noqa: E402
from load import Person  # noqa: E402

DAY = 24 * 3600
ENDS, STAYS = "bindweed", "granite"


def send_file(person: Person, path: pathlib.Path, caption: str) -> int:
    return LOOP.run(person.driver.client.send_file(person.peer, str(path), caption=caption, force_document=True)).id


def readable(folder: pathlib.Path, word: str) -> list[str]:
    files = [path for path in folder.rglob("*") if path.is_file()]
    return [str(path.relative_to(folder)) for path in files if word.encode() in path.read_bytes()]


def seen(person: Person) -> dict[str, bytes]:
    """Texts of the chat, and the bytes of the files under them."""
    person.resume()

    async def read():
        client = person.driver.client
        return [(m.message, await client.download_media(m, bytes) if m.document else b"") async for m in client.iter_messages(person.peer)]

    return {text: content or b"" for text, content in LOOP.run(read()) if text}


def restored(server: Hoopoe, copy: pathlib.Path, *keys: str) -> str:
    shutil.rmtree(server.data)
    told = server.run("restore", "--data", str(server.data), *keys, str(copy))
    assert "restored" in told, told
    server.start()
    return told


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--binary", required=True)
    binary = str(pathlib.Path(parser.parse_args().binary).resolve())
    with tempfile.TemporaryDirectory(prefix="hoopoe-sealed-") as name:
        root = pathlib.Path(name)
        server = Hoopoe(binary, root / "data").start()
        try:
            ann, ben = Person(server, "+15550140"), Person(server, "+15550141")
            ann.meet(ben)
            ben.meet(ann)
            (root / "stays.bin").write_bytes(STAYS.encode() * 1000)
            (root / "ends.bin").write_bytes(ENDS.encode() * 200_000)
            send_file(ann, root / "stays.bin", f"{STAYS} file")
            assert ann.send(f"{STAYS} text")
            LOOP.run(ann.driver.client(functions.messages.SetHistoryTTLRequest(ann.peer, DAY)))
            send_file(ann, root / "ends.bin", f"{ENDS} file")
            assert ann.send(f"{ENDS} text")
            copy, keys = root / "copy", root / "keys"
            assert "backup written" in server.run("backup", "--data", str(server.data), str(copy))
            assert not (found := readable(copy, ENDS)), f"in a backup: {found}"
            assert len(readable(copy, STAYS)) >= 2, "the search finds nothing"
            assert not (copy / "expiry").exists(), "the keys are in the backup"
            shutil.copytree(server.data / "expiry", keys)
            server.stop()

            for wrong, why in (("check", "--data", str(copy)), "is a backup"), (("serve", "--data", str(copy)), "is a backup"), (
                ("restore", "--data", str(root / "wrong"), "--keys", str(server.data), str(copy)), "no folder of keys"
            ):
                try:
                    raise AssertionError(f"{wrong}: {server.run(*wrong)}")
                except RuntimeError as refused:
                    assert why in str(refused), refused
            restored(server, copy, "--keys", str(keys))
            both = {
                f"{STAYS} text": b"", f"{STAYS} file": (root / "stays.bin").read_bytes(),
                f"{ENDS} text": b"", f"{ENDS} file": (root / "ends.bin").read_bytes(),
            }
            for person in (ann, ben):
                assert seen(person) == both, f"{person.phone} does not see all of it"
            assert "no fault" in server.run("check", "--data", str(server.data))
            server.stop()

            assert "had no key" in restored(server, copy)
            lasting = {text: content for text, content in both.items() if STAYS in text}
            for person in (ann, ben):
                assert seen(person) == lasting, f"{person.phone} does not see what lasts, and only that"
            assert "no fault" in server.run("check", "--data", str(server.data))
            ann.close()
            ben.close()
        finally:
            server.stop()
        print(f"ok   a sealed backup: with its keys {len(both)} messages and files came back, without them {len(lasting)}")


if __name__ == "__main__":
    main()
