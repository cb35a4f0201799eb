"""One client's connection: `Connection` reads its requests (RFC 9112), asks the host, and writes the answers."""

from __future__ import annotations

import io
import logging
import re
import socket
from contextlib import suppress
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from typing import Any

import attrs

from contactwire.errors import BadRequest, HttpError
from contactwire.http import Host, Response, read_body
from contactwire.negotiation import split_list
from contactwire.server.chunked import read_chunked
from contactwire.server.incoming import Incoming, SocketEvent

__all__ = ["Connection", "Shared"]

# For how much of the time limit a client may go on sending what nobody reads.
_LINGER = 1 / 12
_CHUNK = 2**16
# RFC 9112 §2.2: "A server that is expecting to receive and parse a request-line SHOULD ignore at least one empty line".
_EMPTY_LINES = (b"\r\n", b"\n")
# RFC 9112 §5: field-line = field-name ":" OWS field-value OWS, without white space before the colon; or the empty line.
_FIELD = re.compile(rb"(?:[!#$%&'*+.^_`|~0-9A-Za-z-]+:[^\r\n\0]*)?\r?\n")
# RFC 9110 §7.2: Host = uri-host [ ":" port ]; RFC 3986 §3.2.2: an IP address in brackets, or a name, which may be empty.
_HOST = re.compile(r"(\[[0-9A-Fa-fVv:.]+\]|[A-Za-z0-9._~!$&'()*+,;=%-]*)(:[0-9]*)?")
_LOG = logging.getLogger("contactwire")


@attrs.frozen(eq=False)
class Shared:
    """What the connections of a server share.

    `host` answers. A connection may be idle, and a request or an answer may be on its way, for `time_limit` seconds. When
    `stopping` is set, connections without a request end; when `crowding` is, those that have been idle for a while end.
    """

    host: Host
    time_limit: float
    stopping: SocketEvent = attrs.field(factory=SocketEvent)
    crowding: SocketEvent = attrs.field(factory=SocketEvent)


class _Head:
    """The lines of a head as they come, for a reader that has only `readline`."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream
        self.lines: list[bytes] = []

    def readline(self, limit: int) -> bytes:
        self.lines.append(self._stream.readline(limit))
        return self.lines[-1]


class Connection(BaseHTTPRequestHandler):
    """A client's connection. The base class reads request lines and fields, and writes the answers' heads."""

    protocol_version = "HTTP/1.1"
    # An answer is two small writes, which Nagle's algorithm would hold back.
    disable_nagle_algorithm = True

    def __init__(self, shared: Shared, *arguments: Any) -> None:
        self._shared = shared
        super().__init__(*arguments)  # this serves the whole connection

    def setup(self) -> None:
        """Read from the connection with a limit of time."""
        super().setup()
        self.rfile.close()
        shared = self._shared
        self._incoming = Incoming(self.connection, shared.time_limit, shared.stopping, shared.crowding)
        self.rfile = self._buffered = io.BufferedReader(self._incoming)

    def handle_one_request(self) -> None:
        """Wait for a request, and answer it."""
        self._incoming.expect_request()
        self._has_read = self._awaits_continue = False
        if not self._buffered.peek():
            self.close_connection = True
            return
        self._incoming.begin_request()
        super().handle_one_request()

    def parse_request(self) -> bool:
        """Read a request line and the fields; whether they are well-formed."""
        if self.raw_requestline in _EMPTY_LINES:
            self.close_connection = False
            return False
        head = _Head(self._buffered)
        self.rfile = head  # type: ignore[assignment]
        try:
            if not super().parse_request():
                return False
        finally:
            self.rfile = self._buffered
        # RFC 9112 §9.6: behind the option close "the server MUST NOT process any further requests". The base class knows it
        # only where it is the whole value of the first line.
        if "close" in self._listed("Connection"):
            self.close_connection = True
        fault = self._fault(head.lines)
        if fault:
            self.send_error(HTTPStatus.BAD_REQUEST, fault)
        return not fault

    def _listed(self, name: str) -> list[str]:
        """The elements, in lower case, of a field that is a list and may come in several lines (RFC 9110 §5.3)."""
        return [element.lower() for field in self.headers.get_all(name, []) for element in split_list(field)]

    def _fault(self, lines: list[bytes]) -> str:
        """What is wrong with the fields, whose lines these are, or nothing."""
        # The base class takes a malformed line for the end of the fields, or passes it over, and takes a bare CR for the end
        # of a line, so that what follows is another field or a body to it (RFC 9112 §2.2, §5.1).
        if not all(map(_FIELD.fullmatch, lines)):
            return "a line of the header is malformed"
        hosts = self.headers.get_all("Host", [])
        # RFC 9112 §3.2: "A server MUST respond with a 400 (Bad Request) … to any HTTP/1.1 request message that lacks a Host
        # header field and to any request message that contains more than one Host header field line or a Host header field
        # with an invalid field value."
        if len(hosts) > 1 or (not hosts and self.request_version != "HTTP/1.0"):
            return f"a request needs one Host, this one has {len(hosts)}"
        return "" if all(_HOST.fullmatch(host.strip(" \t")) for host in hosts) else "Host is no host with a port"

    def handle_expect_100(self) -> bool:
        """Send no 100 (Continue) before the body is wanted (RFC 9110 §10.1.1)."""
        self._awaits_continue = True
        return True

    def version_string(self) -> str:
        """The value of the field `Server`."""
        return "contactwire"

    def log_message(self, format: str, *arguments: Any) -> None:
        """Log nothing: a request line may hold secrets."""

    def __getattr__(self, name: str) -> Any:
        # The base class calls do_GET, do_PUT and so on; the endpoint decides which methods it takes.
        if name.startswith("do_"):
            return self._serve
        raise AttributeError(name)

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Answer a request that the base class cannot read, in the server's words, and end the connection."""
        error = HttpError(message or HTTPStatus(code).phrase, status=code)
        self.close_connection = True
        # The base class takes a request line for HTTP/0.9, whose answers have no head, until it has read it.
        self.request_version = self.protocol_version
        self._send(self._shared.host.endpoint.respond_error(error, method=self.command or "GET"))

    def _serve(self) -> None:
        response = self._response()
        unread = not self._has_read and self._has_body()
        # The server would take the unread body for the next request.
        self.close_connection = self.close_connection or unread or self._shared.stopping.is_set
        self._send(response)
        if unread:
            self._linger()

    def _response(self) -> Response:
        host, (path, _, query) = self._shared.host, self.path.partition("?")
        try:
            return host.answer(self.command, ("", path), query, self.headers.items(), self._body)
        except OSError:  # the client has gone
            raise
        except Exception:
            _LOG.exception("%s %s failed", self.command, path)
            return host.endpoint.respond_error(HttpError("the server failed", status=500), method=self.command)

    def _has_body(self) -> bool:
        lengths = self.headers.get_all("Content-Length", [])
        return "Transfer-Encoding" in self.headers or any(length.strip() != "0" for length in lengths)

    def _body(self) -> bytes:
        limit = self._shared.host.max_bytes
        try:
            if self._is_chunked():
                self._continue()
                body = read_chunked(self.rfile, limit)
            else:
                body = read_body(self._read, self.headers.get("Content-Length", "0").strip(" \t"), limit)
        except TimeoutError:
            raise HttpError(f"the body did not come within {self._shared.time_limit:g} seconds", status=408) from None
        self._has_read = True
        return body

    def _is_chunked(self) -> bool:
        """Whether the body comes in chunks; raises `HttpError` where nobody knows how it comes."""
        if "Transfer-Encoding" not in self.headers:
            return False
        # RFC 9112 §6.1: of an HTTP/1.0 message with a Transfer-Encoding, "treat the message as if the framing is faulty".
        # §6.3: one with a Content-Length beside it "ought to be handled as an error".
        if self.request_version == "HTTP/1.0" or "Content-Length" in self.headers:
            raise BadRequest("a body has a Content-Length or, since version 1.1, a Transfer-Encoding")
        # §6.1: a coding that the server does not understand is answered with 501.
        if self._listed("Transfer-Encoding") != ["chunked"]:
            raise HttpError("the only transfer coding that is read is chunked", status=501)
        return True

    def _continue(self) -> None:
        """Tell a client that waits for it to send the body."""
        if self._awaits_continue:
            self.send_response_only(HTTPStatus.CONTINUE)
            self.end_headers()

    def _read(self, size: int) -> bytes:
        self._continue()
        return self.rfile.read(size)

    def _send(self, response: Response) -> None:
        self.connection.settimeout(self._shared.time_limit)
        self.send_response(response.status)
        for name, value in response.headers:
            self.send_header(name, value)
        if self.close_connection:
            self.send_header("Connection", "close")
        elif self.request_version == "HTTP/1.0":
            # A client of that version expects the end of the connection unless it is told (RFC 9112 Appendix C.2.2).
            self.send_header("Connection", "keep-alive")
        self.end_headers()
        self.wfile.write(response.body)

    def _linger(self) -> None:
        """Throw away what the client still sends, lest the system throw away the answer instead (RFC 9112 §9.6)."""
        self._incoming.allow(self._shared.time_limit * _LINGER)
        with suppress(OSError):
            self.connection.shutdown(socket.SHUT_WR)
            while self.rfile.read1(_CHUNK):
                pass
