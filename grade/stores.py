# SPDX-License-Identifier: MIT
"""Who stored there last? Looks for it in the runs of a failed test (grade/rerun.py).

A run stops at each store to the memory in question; the last one is where the next run goes to.
Where there is no record, stops make guest time jump, and the run may go another way from there.
"""
from __future__ import annotations

import contextlib
from dataclasses import dataclass
from functools import partial
from typing import Generator, Iterator, Optional, Tuple

from grade.reader import ReaderError
from grade.rerun import SIGTRAP, Here, LostError, Rerun, until_found
from grade.stub import WATCH, Stop, Stub, StubError

# A last store is looked for in longer and longer stretches: of instructions, or of events.
STRETCHES = tuple(1 << bits for bits in range(13, 34, 3))
EVENT_STRETCHES = (1, *(1 << bits for bits in range(2, 27, 3)))
SLACK = 100_000         # instructions by which a run may be later than the one it repeats
NOT_AGAIN = "with several processors, the store cannot be found again"


@dataclass(frozen=True)
class Store:
    """Memory whose last store is looked for: its physical address and size, and by which virtual
    addresses it can be stored to."""

    pa: int
    size: int
    places: Tuple[int, ...]


class Stores:
    """The stores in the runs of a test."""

    def __init__(self, rerun: Rerun) -> None:
        self._rerun = rerun
        self._found = -1        # instructions executed up to the store that was found last

    def last(self, now: Here, store: Store) -> Optional[Here]:
        """Goes to where the memory was stored to last, before `now`. Returns None if nothing has
        been stored there since the start; then the machine stands somewhere.

        The moment behind a store that was found before does not count: so one can go on from there.
        Raises LostError.
        """
        exact, view = self._rerun.exact, self._rerun.view
        content = view.read(store.pa, store.size)
        again = now.icount == self._found
        until = now.icount if exact else now.events
        limit = now.icount - 1 if again else now.icount
        for stretch in STRETCHES if exact else EVENT_STRETCHES:
            since = max(0, until - stretch)
            here = self._last_since(store, since, limit) if exact else until_found(
                partial(self._last_like, store, since, limit, b"" if again else content))
            if here:
                if exact and not again and view.read(store.pa, store.size) != content:
                    raise LostError("the store that was found has not left what is there now")
                self._found = here.icount
                return here
            if since == 0:
                break
            limit = since if exact else limit
        return None

    def _last_since(self, store: Store, since: int, limit: int) -> Optional[Here]:
        """Goes to the last store between two instructions, if there is one."""
        last = None
        with self._rerun.run() as stub:
            self._rerun.count_to(stub, since)
            if limit <= since:
                return None
            self._rerun.break_at(limit + 1)
            for here in self._stores(stub, store):
                if here.icount > limit:
                    break
                last = here
        return self._rerun.to_count(last.icount) if last else None

    def _last_like(self, store: Store, since: int, limit: int, content: bytes) -> Optional[Here]:
        """Goes to the last store, from an event on, up to about an instruction, if there is one
        that leaves this content (empty: any). What stops so often may run another way from there;
        the content says whether it is the store that is meant."""
        wanted = place = 0
        with contextlib.closing(self._stores_since(store, since)) as stores:
            for place, here in enumerate(stores, 1):
                if here.icount > limit + (SLACK if content else -1):
                    break
                if not content or self._rerun.view.read(store.pa, store.size) == content:
                    wanted = place
        if not wanted:
            if place and since == 0:
                raise LostError(NOT_AGAIN)
            return None
        with contextlib.closing(self._stores_since(store, since)) as stores:
            for place, here in enumerate(stores, 1):
                if place == wanted:
                    break
        if content and self._rerun.view.read(store.pa, store.size) != content:
            raise LostError(NOT_AGAIN)
        return here

    def _stores_since(self, store: Store, since: int) -> Generator[Here, None, None]:
        """Yields each time the memory has been stored to, in a new run, from an event on."""
        with self._rerun.run(before=since - 1 if since else None) as stub:
            if since:
                self._rerun.event_to(stub, since - 1)
            yield from self._stores(stub, store)

    def _stores(self, stub: Stub, store: Store) -> Iterator[Here]:
        """Yields each time the memory has been stored to, until the machine stops for another
        reason, or ends."""
        for va in store.places:
            stub.set(WATCH, va, store.size)
        while True:
            try:
                stop = stub.go()
            except StubError:
                if not self._rerun.gone():
                    raise
                return
            if stop.signal != SIGTRAP:
                return
            if self._concerns(stop, store):
                yield self._rerun.here(stop.cpu)

    def _concerns(self, stop: Stop, store: Store) -> bool:
        """Whether the address that was stored to is one of that memory, in this address space."""
        va = next((place for place in store.places
                   if place <= stop.watched < place + store.size), store.places[0])
        kernel = self._rerun.kernel()
        try:
            return kernel.physical(va) == store.pa
        except ReaderError:
            pass
        try:
            task = kernel.current(stop.cpu)
            return bool(task and task.root and kernel.translate(task.root, va) == store.pa)
        except ReaderError:
            return False
