#!/usr/bin/env python3
"""Runs the common scenario with real clients against a server of its own, and prints a table and the counts.

    run.py --binary HOOPOE --work FOLDER [--only NAME]...
"""

from __future__ import annotations

import argparse
import pathlib
import shutil
import sys
import tempfile
import time
import traceback

sys.path.insert(0, str(pathlib.Path(__file__).parent))

from drivers import Server  # noqa: E402
from hoopoe import Hoopoe  # noqa: E402
from scenario import Scenario  # noqa: E402
import tdlib_patch  # noqa: E402


# What runs unless drivers are named: the newest version of each library.
CURRENT = ("telethon", "kurigram", "mtcute", "mtcute_ws", "tdlib")


def factories(server: Server):
    def telethon():
        from drivers.telethon_driver import Driver
        return Driver(server)

    def kurigram():
        from drivers.kurigram_driver import Driver
        return Driver(server)

    def pyrogram():
        from drivers.pyrogram_driver import Driver
        return Driver(server)

    def mtcute():
        from drivers.mtcute_driver import Driver
        return Driver(server)

    def mtcute_ws():
        from drivers.mtcute_driver import Driver
        return Driver(server, websocket=True)

    def tdlib():
        from drivers.tdlib_driver import Driver
        return Driver(server)

    return {"telethon": telethon, "kurigram": kurigram, "mtcute": mtcute, "mtcute_ws": mtcute_ws, "tdlib": tdlib, "pyrogram": pyrogram}


class Table:
    def __init__(self):
        self.passed, self.failed = 0, 0

    def step(self, name: str, work):
        start = time.monotonic()
        try:
            work()
        except Exception:  # noqa: BLE001 - every failure is a row
            self.failed += 1
            print(f"FAIL {name} ({time.monotonic() - start:.1f} s)\n{traceback.format_exc()}", flush=True)
            return False
        self.passed += 1
        print(f"ok   {name} ({time.monotonic() - start:.1f} s)", flush=True)
        return True


def tdlib_log_is_clean(log: pathlib.Path):
    faults = ("Unknown constructor", "Unsupported server response", "Receive wrong QTS", "as last chat message in dialog")
    bad = [line for line in log.read_text(errors="replace").splitlines() if any(fault in line for fault in faults)]
    assert not bad, "\n".join(bad[:10])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--binary", required=True)
    parser.add_argument("--modules", required=True, help="folder whose node_modules holds the packages")
    parser.add_argument("--tdlib", type=pathlib.Path, help="a libtdjson.so other than the installed wheel's")
    parser.add_argument("--only", action="append", metavar="DRIVER")
    parser.add_argument("--log", metavar="FILE", help="keep what the server says, down to refused requests")
    parser.add_argument("--step", action="append", help="only these steps, besides sign_up")
    args = parser.parse_args()

    with tempfile.TemporaryDirectory(prefix="hoopoe-clients-") as scratch:
        folder = pathlib.Path(scratch)
        tdlib_addresses = tuple(f"{address}:{tdlib_patch.PORT}" for address in tdlib_patch.ADDRESSES)
        has_tdlib = not args.only or "tdlib" in args.only
        config = folder / "hoopoe.toml"
        if args.log:
            config.write_text('[log]\nlevel = "debug"\n')
        with Hoopoe(args.binary, folder / "data", tdlib_addresses if has_tdlib else (), config if args.log else None) as hoopoe:
            pem = hoopoe.pem()
            tdlib = folder / "libtdjson.so"
            if has_tdlib:
                tdlib_patch.patch(pem, tdlib, args.tdlib)
            server = Server("127.0.0.1", hoopoe.port, pem, hoopoe.code, str(folder), str(tdlib), str(pathlib.Path(args.modules).resolve()),
                            hoopoe.restart)
            table = Table()
            for number, (name, make) in enumerate(factories(server).items(), 1):
                if name not in (args.only or CURRENT):
                    continue
                scenario = Scenario(make, server, number)
                for step in scenario.steps():
                    if args.step and step not in args.step and step != "sign_up":
                        continue
                    if not table.step(f"{name}: {step}", getattr(scenario, step)) and step == "sign_up":
                        break
                scenario.close()
                if name == "tdlib":
                    table.step("tdlib: log is clean", lambda: tdlib_log_is_clean(folder / "tdlib.log"))
            if args.log:
                shutil.copy(hoopoe.log, args.log)
            if table.failed:
                print(hoopoe.log.read_text()[-4000:])
    print(f"clients: {table.passed} passed, {table.failed} failed")
    return 1 if table.failed else 0


if __name__ == "__main__":
    sys.exit(main())
