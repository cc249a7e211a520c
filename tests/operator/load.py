"""People who write, on Telethon: what was acknowledged is kept, to be compared with what is there afterwards."""

from __future__ import annotations

from telethon import errors, functions

from drivers import Server
from drivers.telethon_driver import LOOP, Driver


def server_of(hoopoe) -> Server:
    return Server("127.0.0.1", hoopoe.port, hoopoe.pem(), hoopoe.code, str(hoopoe.log.parent))


class Person:
    """One account on one device."""

    def __init__(self, hoopoe, phone: str):
        self.phone = phone
        self.driver = Driver(server_of(hoopoe))
        self._be_plain()
        self.driver.sign_in(phone, "Load")
        self.acknowledged: list[str] = []
        self.refused: list[str] = []
        self.peer = None

    def _be_plain(self):
        """Every refusal comes to us as it is, at once."""
        client = self.driver.client
        client.flood_sleep_threshold, client._request_retries, client._raise_last_call_error = 0, 1, True

    def meet(self, other: "Person"):
        self.driver.meet("other", other.phone)
        self.peer = LOOP.run(self.driver.client.get_input_entity(other.driver.me))

    def send(self, text: str) -> bool:
        """Whether it was stored. A refusal is a clean error of the call; a lost connection is none."""
        try:
            LOOP.run(self.driver.client.send_message(self.peer, text))
        except errors.RPCError as error:
            self.refused.append(f"{error.code} {error.message}")
            return False
        self.acknowledged.append(text)
        return True

    def history(self) -> list[str]:
        async def read():
            return [message.message async for message in self.driver.client.iter_messages(self.peer, reverse=True) if message.out]

        return [text for text in LOOP.run(read()) if text]

    def ping(self):
        LOOP.run(self.driver.client(functions.updates.GetStateRequest()))

    def compare(self):
        """Everything acknowledged is there once and in order, and nothing that was refused."""
        stored = self.history()
        lost = [text[:40] for text in self.acknowledged if text not in set(stored)]
        assert not lost, f"{len(lost)} acknowledged messages lost: {lost[:3]}"
        assert stored == self.acknowledged, f"{len(stored)} stored, {len(self.acknowledged)} acknowledged: doubled, refused or reordered ones"

    def resume(self):
        """Connects anew, as the same device."""
        self.driver.stop()
        self.driver.resume()
        self._be_plain()

    def close(self):
        self.driver.close()
