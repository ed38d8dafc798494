"""An agent's socket, for those who ask it."""

import socket
import threading

from couture_scheduler import ipc


class Agent:
    """An agent's socket; `answers` are given in order, None = it ends instead."""

    def __init__(self, path, *answers):
        self.path = path
        self.asked: list[dict] = []
        self.listen()
        self._thread = threading.Thread(target=self._serve, args=(answers,), daemon=True)
        self._thread.start()

    def listen(self):
        self.path.unlink(missing_ok=True)
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with ipc.address(self.path) as place:
            self.socket.bind(place)
        self.socket.listen(8)

    def _serve(self, answers):
        client = None
        for answer in answers:
            while client is None or (received := ipc.receive(client)) is None:
                client, _ = self.socket.accept()
            message, _ = received
            self.asked.append(message)
            if answer is None:
                client.close()
                client = None
                self.socket.close()
                self.listen()
            else:
                ipc.send(client, {"id": message["id"], "report": answer})
        self.client = client  # it hangs from now on
