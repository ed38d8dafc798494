"""The line to one kernel: two zmq sockets and a pidfd in one poll; no thread, no event loop.

The kernel's end is seen at once through its pidfd. Whoever writes too much is cut off: a message
that is larger than allowed is never read into memory.
"""

import json
import os
import select
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import zmq
from jupyter_client.session import Session

from couture_scheduler.worker.notebook.errors import KernelDied, NotebookError, OutputTooLarge

_RECONNECT_MS = 20
_ROOM = 1_000_000  #: bytes of a message beside its output
_BATCH = 200  #: messages that are taken in one go
_RESUBSCRIBE = 0.05

Message = dict[str, Any]


class Link:
    """Shell and iopub of one kernel.

    Args:
        connection_file: written by `kernelspecs`.
        pid: the kernel's process.
        limit: bytes of output between two calls of `allow`; None = any.
    """

    def __init__(self, connection_file: str, pid: int, limit: int | None = None):
        self._facts = json.loads(Path(connection_file).read_text())
        self._limit = limit
        self._left = limit
        self.session = Session(
            key=self._facts["key"].encode(), signature_scheme=self._facts["signature_scheme"]
        )
        self.shell_channel = self  # what nbclient's output widget sends with
        try:
            self._pidfd = os.pidfd_open(pid)
        except ProcessLookupError:
            raise KernelDied("The kernel ended before it was used.") from None
        self._context = zmq.Context()
        self._iopub = self._socket(zmq.SUB)
        self._iopub.subscribe(b"")
        self._monitor = self._iopub.get_monitor_socket(zmq.EVENT_DISCONNECTED)
        self._shell = self._socket(zmq.DEALER)
        self._connect(self._iopub, "iopub_port")
        self._connect(self._shell, "shell_port")
        self._poller = zmq.Poller()
        for source in (self._iopub, self._shell, self._monitor, self._pidfd):
            self._poller.register(source, zmq.POLLIN)

    def _socket(self, kind: int) -> zmq.Socket:
        socket = self._context.socket(kind)
        socket.linger = 0
        socket.rcvhwm = 0  # or zmq drops outputs without a word
        socket.reconnect_ivl = _RECONNECT_MS
        if self._limit is not None:
            socket.maxmsgsize = self._limit + _ROOM
        return socket

    def _connect(self, socket: zmq.Socket, port: str) -> None:
        socket.connect(f"ipc://{self._facts['ip']}-{self._facts[port]}")

    def send(self, message: Message) -> None:
        """Send a message that the session has made."""
        self.session.send(self._shell, message)

    def request(self, kind: str, content: Message) -> str:
        """Send a request and return its id."""
        message = self.session.msg(kind, content)
        self.send(message)
        return message["header"]["msg_id"]

    def execute(self, code: str, *, silent: bool = False, stop_on_error: bool = True) -> str:
        """Have code executed; return the request's id."""
        content = {
            "code": code,
            "silent": silent,
            "store_history": not silent,
            "user_expressions": {},
            "allow_stdin": False,
            "stop_on_error": stop_on_error,
        }
        return self.request("execute_request", content)

    def allow(self) -> None:
        """Begin a new cell: it may write `limit` bytes."""
        self._left = self._limit

    def give_back(self, message: Message) -> None:
        """Do not count a message: what it brought has taken the place of something else."""
        if self._left is not None:
            self._left += message["size"]

    def receive(self, seconds: float | None) -> list[Message]:
        """Wait up to `seconds` and return what came: outputs first, then replies.

        Raises:
            KernelDied: nothing more comes, its process has ended.
            OutputTooLarge: more was written than is allowed.
        """
        wait = None if seconds is None else max(0, int(seconds * 1000) + 1)
        events = dict(self._poller.poll(wait))
        found = [*self._take(self._iopub), *self._take(self._shell)]
        if found:
            return found
        if self._pidfd in events or (self._monitor in events and self._has_ended(1.0)):
            raise KernelDied("The kernel ended.")
        if self._monitor in events or (self._left is not None and self._left < 0):
            raise OutputTooLarge(f"more than {self._limit:,} bytes of output")
        return []

    def _take(self, socket: zmq.Socket) -> Iterator[Message]:
        """Yield messages that are there; those beyond the limit are left unread."""
        for _ in range(_BATCH):
            if self._left is not None and self._left < 0:
                return
            try:
                frames = socket.recv_multipart(zmq.NOBLOCK)
            except zmq.Again:
                return
            size = sum(map(len, frames))
            if socket is self._iopub and self._left is not None:
                self._left -= size
                if self._left < 0:
                    return
            message = self.session.deserialize(self.session.feed_identities(frames)[1])
            yield {**message, "size": size}

    def _has_ended(self, seconds: float) -> bool:
        poll = select.poll()
        poll.register(self._pidfd, select.POLLIN)
        return bool(poll.poll(seconds * 1000))

    def kernel_info(self, deadline: float) -> Message:
        """Ask the kernel what it is; the answer's content."""
        return self.finish(self.request("kernel_info_request", {}), deadline)

    def run_silently(self, code: str, deadline: float) -> None:
        """Execute code that leaves no trace in the kernel's history."""
        self.finish(self.execute(code, silent=True), deadline)

    def finish(self, request: str, deadline: float) -> Message:
        """Wait for a request's reply and for iopub to say that the kernel is idle.

        A subscription may reach the kernel after its messages left: then it is asked once more.

        Raises:
            NotebookError: it did not answer in time, or with an error.
        """
        asked, reply, idle = {request}, None, False
        while not (reply and idle):
            if time.monotonic() > deadline:
                raise NotebookError("The kernel does not answer.")
            found = self.receive(_RESUBSCRIBE)
            if not found and reply:
                asked.add(self.request("kernel_info_request", {}))
            for message in found:
                if message["parent_header"].get("msg_id") in asked:
                    idle = idle or message["content"].get("execution_state") == "idle"
                    if message["parent_header"]["msg_id"] == request and _is_reply(message):
                        reply = message["content"]
        if reply.get("status") == "error":
            raise NotebookError(f"{reply['ename']}: {reply['evalue']}")
        return reply

    def heart_beats(self, deadline: float) -> bool:
        """Say whether the kernel's heartbeat echoes."""
        with self._context.socket(zmq.REQ) as heart:
            heart.linger = 0
            self._connect(heart, "hb_port")
            heart.send(b"ping")
            return bool(heart.poll(max(0, int((deadline - time.monotonic()) * 1000))))

    def close(self) -> None:
        """End the line; the kernel stays."""
        self._iopub.disable_monitor()
        self._context.destroy(linger=0)
        os.close(self._pidfd)


def _is_reply(message: Message) -> bool:
    return message["header"]["msg_type"].endswith("_reply")
