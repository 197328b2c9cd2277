"""A shell on a pseudo-terminal, as somebody would sit in front of it."""

import codecs
import fcntl
import os
import pty
import re
import select
import signal
import struct
import termios
import time

import pyte

# The shell sets the window's title when a command has ended; the emulator shows no titles.
READY = b"\x1b]2;ready\x07"
PROMPT = r"\[\e[1;32m\]$\[\e[0m\] "
SECONDS = 300


class Shell:
    """Runs commands one after the other, and keeps what stands on the screen."""

    def __init__(self, columns: int, rows: int, folder: str):
        self.screen = pyte.Screen(columns, rows)
        self._stream = pyte.Stream(self.screen)
        self._decoder = codecs.getincrementaldecoder("utf-8")()
        self._tail = b""
        self._ready_count = 0
        self._pid, self._file = pty.fork()
        if self._pid == 0:
            os.chdir(folder)
            fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
            environment = {
                **os.environ, "PS1": PROMPT, "PROMPT_COMMAND": r"printf '\e]2;ready\a'", "TERM": "xterm-256color", "LANG": "C.UTF-8",
                "LC_ALL": "C.UTF-8", "HISTFILE": "/dev/null", "INPUTRC": "/dev/null", "BASH_SILENCE_DEPRECATION_WARNING": "1",
            }
            os.execvpe("bash", ["bash", "--norc", "--noprofile", "-i"], environment)
        self.wait(0)

    def run(self, command: str, until: str | None = None) -> None:
        """Types a command; returns when it has ended, or when a line of the screen matches `until`."""
        count = self._ready_count
        os.write(self._file, f"{command}\n".encode())
        if until is None:
            return self.wait(count)
        pattern = re.compile(until)
        self._read_until(lambda: self._is_ready(count) or any(pattern.search(line) for line in self.screen.display))
        if self._is_ready(count):
            raise SystemExit(f"pictures: no line matched {until!r} before the command ended:\n" + "\n".join(self.lines()))

    def wait(self, count: int | None = None) -> None:
        """Returns when more commands than `count` have ended, or else the one that is running, and the next may be typed."""
        known = self._ready_count if count is None else count
        self._read_until(lambda: self._is_ready(known))

    def lines(self) -> list[str]:
        """What stands on the screen, without the blank rest of it."""
        return [line.rstrip() for line in self.screen.display[: self.height()]]

    def height(self) -> int:
        """Rows down to the last that is not blank."""
        filled = [number for number, line in enumerate(self.screen.display) if line.strip()]
        return filled[-1] + 1 if filled else 0

    def close(self) -> None:
        os.kill(self._pid, signal.SIGHUP)
        os.waitpid(self._pid, 0)
        os.close(self._file)

    def _is_ready(self, count: int) -> bool:
        cursor = self.screen.cursor
        return self._ready_count > count and cursor.x == 2 and self.screen.display[cursor.y].rstrip() == "$"

    def _read_until(self, is_done) -> None:
        end = time.monotonic() + SECONDS
        while not is_done():
            if not select.select([self._file], [], [], max(end - time.monotonic(), 0))[0]:
                raise SystemExit("pictures: nothing more came:\n" + "\n".join(self.lines()))
            data = os.read(self._file, 4096)
            self._ready_count += (self._tail + data).count(READY)
            # Not so long that it could be counted twice.
            self._tail = (self._tail + data)[-(len(READY) - 1):]
            self._stream.feed(self._decoder.decode(data))
