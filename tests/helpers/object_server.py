"""Object storage on this machine, and a server before it that injects faults."""

from __future__ import annotations

import http.client
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

BUCKET = "plates"
_DROPPED = {"transfer-encoding", "connection", "content-length", "content-encoding"}


@dataclass
class Faults:
    """What goes wrong: `fails` is asked for each request's method, path and number, and names it.

    "error" is a 500, "slow" a second of waiting, "cut" a connection that breaks off within the
    answer, "lost" one that breaks off before it, after the request has been carried out.
    """

    fails: Any = lambda method, path, number: None
    happened: list[str] = field(default_factory=list)
    requests: list[tuple[str, str]] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)


@contextmanager
def faulty_server(port: int, faults: Faults) -> Iterator[int]:
    """Run a server that passes on all but faults to the one at `port`; give its port."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *arguments: object) -> None:
            pass

        def _handle(self) -> None:
            with faults.lock:
                faults.requests.append((self.command, self.path))
                fault = faults.fails(self.command, self.path, len(faults.requests))
                if fault:
                    faults.happened.append(fault)
            body = self._read_body()
            if fault == "error":
                self._answer(500, {}, b"<Error><Code>InternalError</Code></Error>")
                return
            if fault == "slow":
                time.sleep(1)
            passed = http.client.HTTPConnection("127.0.0.1", port)
            headers = {
                name: value
                for name, value in self.headers.items()
                if name.lower() not in ("transfer-encoding", "content-length", "expect")
            }
            passed.request(self.command, self.path, body, headers)
            answer = passed.getresponse()
            content = answer.read()
            passed.close()
            if fault == "lost":
                self.close_connection = True
                return
            cut = len(content) // 2 if fault == "cut" else None
            self._answer(answer.status, dict(answer.getheaders()), content, cut)

        def _read_body(self) -> bytes:
            if "chunked" in self.headers.get("Transfer-Encoding", ""):
                body = b""
                while size := int(self.rfile.readline().split(b";")[0], 16):
                    body += self.rfile.read(size)
                    self.rfile.readline()
                self.rfile.readline()
                return body
            return self.rfile.read(int(self.headers.get("Content-Length", 0)))

        def _answer(
            self, status: int, headers: dict[str, str], content: bytes, cut: int | None = None
        ) -> None:
            self.send_response(status)
            length = str(len(content))
            for name, value in headers.items():
                if self.command == "HEAD" and name.lower() == "content-length":
                    length = value
                if name.lower() not in _DROPPED:
                    self.send_header(name, value)
            self.send_header("Content-Length", length)
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(content[:cut])
            if cut is not None:
                self.close_connection = True

        do_GET = do_PUT = do_POST = do_HEAD = do_DELETE = _handle

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()
