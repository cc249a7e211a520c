"""A secret-chat client of our own, written from the protocol's description, so that TDLib does not only talk to itself.

`schema` is the end-to-end schema, `crypto` the exchange and the envelope, `chat` one chat as a state machine without a
transport, `driver` all of it over Telethon. Source: `core.telegram.org/api/end-to-end` and the pages below it.
"""
