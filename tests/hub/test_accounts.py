"""Logins while the directory is silent: bounded, and nobody else waits."""

import asyncio
import threading
import time
from pathlib import Path

import pytest

import couture_hub.directory
import couture_scheduler.services.ldap
from couture_hub.accounts import Accounts, Away
from couture_hub.threads import Busy, Threads
from couture_scheduler.services.login import LoginRefused, change_password
from couture_scheduler.settings import Settings

FIRST, OWN = "couture@123", "a-good-Passw0rd"


class Silent:
    """A directory that says nothing until it is let go."""

    released = threading.Event()
    asked = 0

    def __init__(self, options: object):
        pass

    def login(self, name: str, password: str) -> None:
        Silent.asked += 1
        Silent.released.wait(20)

    lookup = login


@pytest.fixture
def accounts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    Silent.released, Silent.asked = threading.Event(), 0
    monkeypatch.setattr(couture_hub.directory, "Directory", Silent)
    monkeypatch.setattr(couture_scheduler.services.ldap, "load_ldap_options", lambda _: object())
    accounts = Accounts(Settings(home=str(tmp_path / "home")))
    change_password(accounts.open(), "superadmin", FIRST, OWN, "127.0.0.1")
    yield accounts
    Silent.released.set()
    accounts.open().close()


def test_local_accounts_log_in_while_the_directory_is_silent(accounts: Accounts):
    async def scene() -> float:
        waiting = [
            asyncio.ensure_future(accounts.log_in(f"person{number}", "x", f"10.0.0.{number}"))
            for number in range(20)
        ]
        for _ in range(1000):
            if Silent.asked >= 8:
                break
            await asyncio.sleep(0.01)
        assert Silent.asked >= 8
        begin = time.monotonic()
        state = await accounts.log_in("superadmin", OWN, "127.0.0.1")
        taken = time.monotonic() - begin
        assert state.name == "superadmin"
        Silent.released.set()
        answers = await asyncio.gather(*waiting, return_exceptions=True)
        assert all(isinstance(answer, LoginRefused) for answer in answers)
        return taken

    assert asyncio.run(asyncio.wait_for(scene(), 60)) < 5


def test_too_many_who_wait_for_the_directory_are_told_so_at_once(accounts: Accounts):
    async def scene() -> list[BaseException]:
        tries = [accounts.log_in(f"p{number}", "x", f"10.0.{number}.1") for number in range(60)]
        futures = [asyncio.ensure_future(one) for one in tries]
        done, _ = await asyncio.wait(futures, return_when=asyncio.FIRST_COMPLETED, timeout=30)
        Silent.released.set()
        await asyncio.wait(futures)
        return [one.exception() for one in done if one.exception()]  # type: ignore[misc]

    found = asyncio.run(scene())
    assert found
    assert all(isinstance(one, Away) and "busy" in str(one) for one in found)


def test_a_pool_refuses_what_would_pile_up_and_recovers():
    async def scene() -> None:
        threads, stop = Threads("t", 1, waiting=1), threading.Event()
        held = [asyncio.ensure_future(threads.call(stop.wait, 20)) for _ in range(2)]
        await asyncio.sleep(0)
        with pytest.raises(Busy):
            await threads.call(int)
        stop.set()
        await asyncio.gather(*held)
        assert await threads.call(lambda: 7) == 7

    asyncio.run(asyncio.wait_for(scene(), 30))


@pytest.mark.parametrize("name", ["", "  ", "a" * 300, "a\0b"])
def test_odd_names_never_reach_the_directory(accounts: Accounts, name: str):
    with pytest.raises(LoginRefused):
        asyncio.run(accounts.log_in(name, "x", "10.0.0.1"))
    assert Silent.asked == 0


def test_an_empty_password_never_reaches_the_directory(accounts: Accounts):
    with pytest.raises(LoginRefused):
        asyncio.run(accounts.log_in("ada", "", "10.0.0.1"))
    assert Silent.asked == 0
