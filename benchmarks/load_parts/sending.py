"""A client for many requests at once: closed (the next one when one is answered) or open (each at its time)."""

import asyncio
import time
from collections import Counter, deque
from dataclasses import dataclass, field

from benchmarks.load_parts.traffic import Traffic

GIVE_UP_SECONDS = 30
MOST_OPEN = 6_000
_OK, _REFUSED = 300, 400


@dataclass(frozen=True, slots=True)
class Answer:
    """Times in seconds of ``time.perf_counter``; it took from when it was due. ``status`` 0: no answer."""

    kind: str
    due: float
    took: float
    status: int

    @property
    def is_ok(self) -> bool:
        return 0 < self.status < _OK


type_of_stream = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@dataclass
class Sender:
    traffic: Traffic
    answers: list[Answer] = field(default_factory=list)
    troubles: Counter[str] = field(default_factory=Counter)
    _free: deque[type_of_stream] = field(default_factory=deque)

    async def closed(self, connections: int, seconds: float) -> float:
        """Good answers a second."""
        first, end = len(self.answers), time.perf_counter() + seconds

        async def work() -> None:
            while (now := time.perf_counter()) < end:
                await self._one(now)

        await asyncio.gather(*(work() for _ in range(connections)))
        return sum(answer.is_ok for answer in self.answers[first:]) / seconds

    async def open(self, rate: float, seconds: float) -> None:
        """``rate`` requests a second, whatever becomes of them; returns when the last one is over."""
        began, sent = time.perf_counter(), 0
        running: set[asyncio.Task[None]] = set()
        while sent < rate * seconds:
            await asyncio.sleep(max(0.0, began + sent / rate - time.perf_counter()))
            due = began + sent / rate
            sent += 1
            if len(running) >= MOST_OPEN:
                self.troubles["not sent: too many are open"] += 1
                continue
            task = asyncio.create_task(self._one(due))
            running.add(task)
            task.add_done_callback(running.discard)
        await asyncio.gather(*running)

    async def _one(self, due: float) -> None:
        kind = self.traffic.kind()
        status = 0
        try:
            async with asyncio.timeout(GIVE_UP_SECONDS):
                status, body = await self._ask(self.traffic.make(kind))
            if status < _OK:
                self.traffic.answered(kind, body)
            elif status >= _REFUSED:
                self.troubles[f"{kind}: {status}"] += 1
        except (OSError, EOFError, TimeoutError) as error:
            self.troubles[f"{kind}: {type(error).__name__}"] += 1
        self.answers.append(Answer(kind, due, time.perf_counter() - due, status))

    async def _ask(self, request: bytes) -> tuple[int, bytes]:
        """A kept connection may have been closed meanwhile, before it was asked: then another one is opened."""
        while self._free:
            stream = self._free.pop()
            try:
                return await self._asked(stream, request)
            except (ConnectionError, asyncio.IncompleteReadError):
                stream[1].close()
        return await self._asked(await asyncio.open_connection("127.0.0.1", self.traffic.server.port), request)

    async def _asked(self, stream: type_of_stream, request: bytes) -> tuple[int, bytes]:
        reader, writer = stream
        try:
            writer.write(request)
            head = (await reader.readuntil(b"\r\n\r\n")).lower()
            length = head.partition(b"content-length:")[2].partition(b"\r\n")[0]
            body = await reader.readexactly(int(length or 0))
        except BaseException:
            writer.close()
            raise
        if b"\r\nconnection: close" in head:
            writer.close()
        else:
            self._free.append(stream)
        return int(head[9:12]), body

    async def close(self) -> None:
        while self._free:
            self._free.pop()[1].close()
        await asyncio.sleep(0)
