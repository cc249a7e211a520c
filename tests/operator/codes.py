"""Codes on their way out: by a real mail server, plain and with STARTTLS, and by a webhook; each of them works.

    python tests/operator/codes.py --binary target/debug/hoopoe
"""

from __future__ import annotations

import argparse
import os
import pathlib
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "clients"))

from hoopoe import Hoopoe  # noqa: E402
from mail_server import Postfix, Webhook, certificate  # noqa: E402
from telethon import errors, functions, types  # noqa: E402

from drivers.telethon_driver import LOOP, Driver  # noqa: E402
from load import server_of  # noqa: E402

PHONE = "+15550120"
ADDRESS = "alice@example.org"


def configuration(folder: pathlib.Path, postfix: Postfix, tls: str, webhook: Webhook) -> pathlib.Path:
    file = folder / "hoopoe.toml"
    file.write_text(
        f'[mail]\nhost = "localhost"\nport = {postfix.port}\ntls = "{tls}"\nfrom = "Hoopoe <codes@example.org>"\n'
        f'[webhook]\nurl = "{webhook.url}"\n'
    )
    return file


def device(server: Hoopoe) -> Driver:
    driver = Driver(server_of(server))
    LOOP.run(driver.client.connect())
    return driver


def call(driver: Driver, request):
    return LOOP.run(driver.client(request))


def ask(driver: Driver):
    settings = types.CodeSettings()
    return call(driver, functions.auth.SendCodeRequest(PHONE, 1, "hoopoe", settings))


def scenario(server: Hoopoe, postfix: Postfix, webhook: Webhook):
    # A number without an account: the code goes to the webhook.
    first = device(server)
    sent = ask(first)
    code = webhook.code(PHONE)
    answer = call(first, functions.auth.SignInRequest(PHONE, sent.phone_code_hash, phone_code=code))
    assert isinstance(answer, types.auth.AuthorizationSignUpRequired), answer
    call(first, functions.auth.SignUpRequest(PHONE, sent.phone_code_hash, "Alice", ""))

    # A password with an address to recover it by; the address is confirmed by the code in its mailbox.
    confirmed = LOOP.run(first.client.edit_2fa(new_password="first secret", email=ADDRESS, email_code_callback=lambda _: postfix.code(ADDRESS)))
    assert confirmed
    state = call(first, functions.account.GetPasswordRequest())
    assert state.has_password and state.has_recovery, state

    # No device is left to show a code: it comes by mail. A wrong one does not sign in.
    call(first, functions.auth.LogOutRequest())
    first.close()
    second = device(server)
    sent = ask(second)
    code = postfix.code(ADDRESS)
    wrong = f"{(int(code) + 1) % 10 ** len(code):0{len(code)}d}"
    try:
        call(second, functions.auth.SignInRequest(PHONE, sent.phone_code_hash, phone_code=wrong))
        raise AssertionError("a wrong code signed in")
    except errors.PhoneCodeInvalidError:
        pass
    try:
        call(second, functions.auth.SignInRequest(PHONE, sent.phone_code_hash, phone_code=code))
        raise AssertionError("no password was asked for")
    except errors.SessionPasswordNeededError:
        pass

    # The password is forgotten: the recovery code comes by mail, works once, and takes the password away.
    pattern = call(second, functions.auth.RequestPasswordRecoveryRequest()).email_pattern
    assert pattern == "a***e@example.org", pattern
    code = postfix.code(ADDRESS)
    try:
        call(second, functions.auth.RecoverPasswordRequest(code="000000" if code != "000000" else "111111"))
        raise AssertionError("a wrong recovery code worked")
    except errors.CodeInvalidError:
        pass
    answer = call(second, functions.auth.RecoverPasswordRequest(code=code))
    assert isinstance(answer, types.auth.Authorization), answer
    assert not call(second, functions.account.GetPasswordRequest()).has_password
    second.close()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--binary", required=True)
    binary = str(pathlib.Path(parser.parse_args().binary).resolve())
    with tempfile.TemporaryDirectory(prefix="hoopoe-codes-") as name:
        root = pathlib.Path(name)
        root.chmod(0o755)
        pair = certificate(root)
        # The server trusts the certificate of the mail server as an operator would make it do.
        os.environ["SSL_CERT_FILE"] = str(pair[0])
        for tls, offered in (("none", None), ("starttls", pair)):
            folder = root / tls
            folder.mkdir()
            folder.chmod(0o755)
            with Postfix(folder / "postfix", offered) as postfix, Webhook() as webhook:
                server = Hoopoe(binary, folder / "data", config=configuration(folder, postfix, tls, webhook))
                with server:
                    scenario(server, postfix, webhook)
            print(f"ok   codes by webhook and by mail ({tls})", flush=True)


if __name__ == "__main__":
    main()
