"""The virus check: a running ClamAV daemon is asked over its socket, in the INSTREAM protocol of clamd(8)."""

from __future__ import annotations

import socket
import struct
from pathlib import Path
from typing import IO

_PIECE = 64 * 1024
PATIENCE = 60  # seconds for one answer; scanning 20 MB takes about one


class Unreachable(Exception):
    """The daemon did not answer, or answered that it could not check."""


def find(handle: IO[bytes], address: str) -> str | None:
    """The name of what the daemon at this address (path of a socket, or host:port) found in a file; None for nothing."""
    handle.seek(0)
    try:
        with _connected(address) as connection:
            connection.sendall(b"zINSTREAM\0")
            while piece := handle.read(_PIECE):
                connection.sendall(struct.pack(">I", len(piece)) + piece)
            connection.sendall(struct.pack(">I", 0))
            answer = _answer(connection)
    except OSError as error:
        raise Unreachable(f"clamd at {address}: {error}") from error
    if answer == "stream: OK":
        return None
    if answer.startswith("stream: ") and answer.endswith(" FOUND"):
        return "".join(sign for sign in answer[8:-6] if sign.isprintable())[:120]
    raise Unreachable(f"clamd at {address} answered {answer!r}")


def _connected(address: str) -> socket.socket:
    if address.startswith("/"):
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        connection.settimeout(PATIENCE)
        try:
            connection.connect(str(Path(address)))
        except OSError:
            connection.close()
            raise
        return connection
    host, _colon, port = address.rpartition(":")
    return socket.create_connection((host.strip("[]"), int(port)), PATIENCE)


def _answer(connection: socket.socket) -> str:
    received = b""
    while not received.endswith(b"\0") and len(received) < 4096 and (piece := connection.recv(4096)):
        received += piece
    return received.rstrip(b"\0\n").decode("utf-8", "replace")
