"""The team shape on a COUTURE_HOME and a port of its own, and people who use it through HTTP.

    team = Team(tmp_path / "home").start()
    ada = team.visitor(); ada.log_in("superadmin", PASSWORD)

As root, people have uids of their own where the interpreter is `open_python()`.
"""

import contextlib
import html
import json
import os
import re
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.parse
import urllib.request
from http.cookiejar import CookieJar
from pathlib import Path

import psutil
from deployment import wait_until

from couture_scheduler.services.login import (
    change_password,
    find_account,
    prepare_accounts,
)
from couture_scheduler.services.workflow import open_workflow
from couture_scheduler.settings import load_settings

FIRST_PASSWORD = "couture@123"
PASSWORD = "a-good-Passw0rd"


class Answer:
    """An HTTP answer, whatever its status."""

    def __init__(self, response: urllib.error.HTTPError | urllib.request.addinfourl):
        self.status = response.status or 0
        self.url = response.url
        self.headers = response.headers
        self.body = response.read()

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def says(self) -> str:
        """What the page says above its form."""
        found = re.search(r'role="alert"[^>]*>([^<]*)<', self.text)
        return html.unescape(found[1]) if found else ""


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        return None


class Visitor:
    """Somebody with a browser: keeps cookies, follows redirects only when told to."""

    def __init__(self, url: str):
        self.base = url
        self.cookies = CookieJar()
        jar = urllib.request.HTTPCookieProcessor(self.cookies)
        self._opener = urllib.request.build_opener(_Stay, jar)

    def ask(
        self,
        path: str,
        form: dict[str, str] | None = None,
        *,
        method: str | None = None,
        data: bytes | None = None,
        headers: dict[str, str] | None = None,
    ) -> Answer:
        """Make one request."""
        if form is not None:
            data = urllib.parse.urlencode(form).encode()
        request = urllib.request.Request(
            urllib.parse.urljoin(self.base, path), data, headers or {}, method=method
        )
        try:
            with self._opener.open(request, timeout=30) as response:
                return Answer(response)
        except urllib.error.HTTPError as error:
            with error:
                return Answer(error)

    def follow(self, answer: Answer, limit: int = 20) -> Answer:
        """Follow redirects to the end."""
        while answer.status in (301, 302, 303, 307) and limit:
            location = urllib.parse.urljoin(answer.url, answer.headers["Location"])
            answer, limit = self.ask(location), limit - 1
        return answer

    def xsrf(self, page: str) -> str:
        """Open a page with a form and return what the form must send back."""
        found = re.search(r'name="_xsrf" value="([^"]+)"', self.follow(self.ask(page)).text)
        assert found, f"no form on {page}"
        return found[1]

    def log_in(self, name: str, password: str, aim: str = "") -> Answer:
        """Send the login form."""
        page = "/hub/login" + (f"?next={urllib.parse.quote(aim)}" if aim else "")
        form = {"username": name, "password": password, "_xsrf": self.xsrf(page)}
        return self.ask(page, form)

    def change_password(self, name: str, old: str, new: str, repeated: str | None = None) -> Answer:
        """Send the form for a new password."""
        page = "/hub/change-password"
        form = {"username": name, "old_password": old, "new_password": new}
        form |= {"repeated_password": new if repeated is None else repeated}
        return self.ask(page, form | {"_xsrf": self.xsrf(page)})

    def open_lab(self, name: str) -> Answer:
        """Open one's own Lab, starting it if need be, and return its page."""

        def opened() -> Answer | None:
            answer = self.follow(self.ask(f"/hub/spawn/{name}"))
            is_lab = answer.status == 200 and "/lab" in answer.url
            return answer if is_lab else None

        return wait_until(opened, 60, f"the Lab of {name}")

    def cookie(self, name: str) -> str | None:
        """Return a cookie's value."""
        return next((one.value for one in self.cookies if one.name == name), None)

    def is_logged_in(self) -> bool:
        """Say whether the Hub knows who this is."""
        return self.ask("/hub/home").status == 200

    def make_token(self) -> str:
        """Make a personal token, as the Hub's token page does."""
        page = self.follow(self.ask("/hub/token")).text
        xsrf = re.search(r'xsrf_token: "([^"]+)"', page)
        user = re.search(r'user: "([^"]+)"', page)
        assert xsrf and user, "no token page"
        answer = self.ask(
            f"/hub/api/users/{user[1]}/tokens",
            data=b'{"note": "test"}',
            headers={"X-XSRFToken": xsrf[1], "Content-Type": "application/json"},
        )
        assert answer.status == 201, answer.text
        return json.loads(answer.body)["token"]


class Team:
    """Everything that `couture start` starts, on a private port."""

    def __init__(self, home: Path, python: str = sys.executable):
        self.home = home
        self.python = python
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.process: subprocess.Popen[bytes] | None = None
        self.log = home.parent / f"{home.name}-start.log"

    def start(self, **options: object) -> "Team":
        """Start it and wait until people can log in."""
        self.process = subprocess.Popen(
            [
                *(self.python, "-P", "-m", "couture_scheduler.cli.main", "--home", str(self.home)),
                *("start", f"--port={self.port}", "--no-browser"),
            ],
            env=_environment(options),
            stdin=subprocess.DEVNULL,
            stdout=self.log.open("wb"),
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        wait_until(self._is_ready, 90, "somebody can log in")
        return self

    def _is_ready(self) -> bool:
        assert self.process is not None
        assert self.process.poll() is None, self.log.read_text()
        return "is ready" in self.log.read_text()

    def set_superadmin(self, password: str = PASSWORD) -> None:
        """Replace superadmin's first password, as that person does first."""
        with self.workflow() as workflow:
            prepare_accounts(workflow)
            state = find_account(workflow, "superadmin")
            if state is not None and state.must_change:
                change_password(workflow, "superadmin", FIRST_PASSWORD, password, "127.0.0.1")

    @contextlib.contextmanager
    def workflow(self):  # noqa: ANN201
        """Open the deployment behind the product's back."""
        workflow = open_workflow(load_settings(home=str(self.home)))
        try:
            yield workflow
        finally:
            workflow.close()

    def visitor(self) -> Visitor:
        """Return somebody new."""
        return Visitor(self.url)

    def pid_of(self, *words: str) -> int | None:
        """Return the process of this team whose command line has all these words."""
        for process in self.processes():
            with contextlib.suppress(psutil.Error):
                if set(words) <= set(process.cmdline()):
                    return process.pid
        return None

    def server_of(self, name: str) -> psutil.Process:
        """Return the process of a person's JupyterLab."""
        for process in self.processes():
            with contextlib.suppress(psutil.Error):
                is_server = "couture_hub.user_server" in process.cmdline()
                if is_server and process.environ().get("JUPYTERHUB_USER") == name:
                    return process
        raise AssertionError(f"{name} has no server")

    def processes(self) -> list[psutil.Process]:
        """Return all processes of this team."""
        if self.process is None:
            return []
        try:
            root = psutil.Process(self.process.pid)
            return [root, *root.children(recursive=True)]
        except psutil.NoSuchProcess:
            return []

    def configure_hub(self, text: str) -> "Team":
        """Set something of the Hub, before it is started."""
        folder = self.home / "hub"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "jupyterhub_config.py").write_text(text)
        return self

    def call(
        self, token: str, method: str, path: str, body: object = None
    ) -> tuple[int, dict[str, object]]:
        """Call the product's REST API with a token."""
        answer = self.visitor().ask(
            f"/services/workflow/api/{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": f"token {token}", "Content-Type": "application/json"},
        )
        return answer.status, json.loads(answer.body or b"{}")

    def stop(self, how: int = signal.SIGTERM) -> None:
        """End it, and fail unless everything is gone in time."""
        if self.process is None:
            return
        family = self.processes()
        self.process.send_signal(how)
        _, alive = psutil.wait_procs(family, timeout=16)
        self.process.wait(1)
        left = [f"{one.pid} {' '.join(one.cmdline())[:100]}" for one in alive if one.is_running()]
        for one in alive:
            with contextlib.suppress(psutil.NoSuchProcess):
                one.kill()
        assert not left, left


def free_port() -> int:
    """Return a port of 127.0.0.1 on which nobody listens."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return sock.getsockname()[1]


def _environment(options: dict[str, object]) -> dict[str, str]:
    kept = {name: text for name, text in os.environ.items() if not name.startswith("COUTURE_")}
    kept["COUTURE_SUPERVISED"] = str(os.getpid())  # it ends with the tests, however they end
    return kept | {f"COUTURE_{name.upper()}": str(value) for name, value in options.items()}


__all__ = ["FIRST_PASSWORD", "PASSWORD", "Team", "Visitor", "free_port"]
