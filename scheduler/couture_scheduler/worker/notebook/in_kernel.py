"""Runs inside every Python kernel, once, before an execution gets it; imports nothing of ours.

A cell that prints without end must not fill the kernel's memory with one huge message before
anybody can stop it. ipykernel sends what was printed five times a second, at any size; from here
on it sends pieces, and a cell waits for them. (`write` itself is no place for that: IPython puts
its own over it while a cell runs.)
"""

import sys

_MOST = 1 << 20  #: characters of one message of output


def send_in_pieces(kind):
    """Have streams of a class flush while they are written to, and send pieces."""
    schedule_flush, flush_buffers = kind._schedule_flush, kind._flush_buffers

    def schedule_or_flush(self):
        size = 0
        with self._buffer_lock:
            for buffer in self._buffers.values():
                size += buffer.tell()
        if size > _MOST:
            self.flush()
        else:
            schedule_flush(self)

    def flush_pieces(self):
        for parent, text in flush_buffers(self):
            for start in range(0, len(text), _MOST):
                yield parent, text[start : start + _MOST]

    kind._schedule_flush, kind._flush_buffers = schedule_or_flush, flush_pieces


_NEEDED = ("_schedule_flush", "_flush_buffers", "_buffers", "_buffer_lock")
if all(hasattr(sys.stdout, name) for name in _NEEDED):
    send_in_pieces(type(sys.stdout))
