"""What a worker that serves connections is doing, in memory that its server can look at.

The server must know which connection's request is under way: at a long query, to take back the
other connections, and when the worker is killed, to answer in its place. And the worker must not
touch a connection that was taken back. So, as in Dekker's algorithm, each writes what it is about
to do before it looks at what the other wants.
"""

import os
from mmap import PAGESIZE, mmap
from typing import Final

_BEGUN, _RECORDED, _SENDING, _ENDED, _WANTED = range(5)  # words of 64 bits, written at once
_NUMBER_BITS: Final = 32


class Board:
    """The board of one worker; closed by `close`.

    Args:
        descriptor: The board of the server, as the worker got it; None to make one.
    """

    def __init__(self, descriptor: int | None = None) -> None:
        if descriptor is None:
            descriptor = os.memfd_create("xingtu-board")
            os.ftruncate(descriptor, PAGESIZE)
        self.descriptor = descriptor
        self._memory = mmap(descriptor, PAGESIZE)
        self._words = memoryview(self._memory).cast("Q")
        self._turn = 0

    def begin(self, number: int) -> bool:
        """Announce to read from a connection; False if it must not be, as all are wanted back."""
        self._turn += 1
        self._words[_BEGUN] = self._turn << _NUMBER_BITS | number
        if self._words[_WANTED]:
            self.end()
            return False
        return True

    def record(self) -> None:
        """Tell that the request is in the records."""
        self._words[_RECORDED] = self._words[_BEGUN]

    def send(self) -> None:
        """Announce to write to that connection."""
        self._words[_SENDING] = self._words[_BEGUN]

    def end(self) -> None:
        """Tell that this is done."""
        self._words[_ENDED] = self._words[_BEGUN]

    def want_back(self) -> None:
        """Let the worker begin nothing more."""
        self._words[_WANTED] = 1

    def underway(self) -> tuple[int, int] | None:
        """Give the number of what is being done, and that of its connection."""
        begun = self._words[_BEGUN]
        if self._words[_ENDED] == begun or self._words[_BEGUN] != begun:
            return None
        return begun >> _NUMBER_BITS, begun & (1 << _NUMBER_BITS) - 1

    def is_unanswered(self) -> bool:
        """Tell whether what is under way is in the records, and its client has got nothing yet."""
        begun = self._words[_BEGUN]
        return self._words[_RECORDED] == begun != self._words[_SENDING]

    def close(self) -> None:
        """Let go of the memory."""
        self._words.release()
        self._memory.close()
        os.close(self.descriptor)
