"""A receiver of webhooks on a real socket that remembers the ids of the messages it received."""

import asyncio
import re

LENGTH = re.compile(rb"content-length: (\d+)", re.IGNORECASE)
MESSAGE = re.compile(rb"webhook-id: (\S+)", re.IGNORECASE)


class Receiver:
    """Answers 204 to everything; `messages` are the ids in the order they came."""

    def __init__(self) -> None:
        self.messages: list[str] = []
        self._server: asyncio.Server | None = None

    async def open(self) -> str:
        """Listen; return the address."""
        self._server = await asyncio.start_server(self._answer, "127.0.0.1", 0)
        return f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}/"

    async def close(self) -> None:
        """Stop listening."""
        if self._server is not None:
            self._server.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            length, message = LENGTH.search(head), MESSAGE.search(head)
            await reader.readexactly(int(length[1]) if length else 0)
            writer.write(b"HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n")
            await writer.drain()
            if message:
                self.messages.append(message[1].decode())
        except (asyncio.IncompleteReadError, OSError):
            pass
        finally:
            writer.close()
