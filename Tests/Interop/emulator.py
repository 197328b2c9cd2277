"""gcp-storage-emulator in a process of its own, on a port that the system chooses, with a log of its requests.

It answers one request at a time and speaks HTTP/1.0; see README.md for what it cannot do.
"""

import logging
import re
import signal
import subprocess
import sys
import threading
from pathlib import Path
from urllib.parse import unquote

START_SECONDS = 30
# As its request handler logs them: `"GET /storage/v1/b/… HTTP/1.1" 200 -`
REQUEST_LINE = re.compile(r'^"(?P<method>[A-Z]+) (?P<target>\S+) HTTP/[\d.]+" (?P<status>\d+)')


class Emulator:
    """Runs from `with` to the end of its block, whatever happens in it."""

    def __init__(self, log: Path, buckets: list[str]):
        self._log = log
        self._buckets = buckets
        self._process: subprocess.Popen | None = None
        self.endpoint = ""

    def __enter__(self) -> "Emulator":
        self._process = subprocess.Popen(
            [sys.executable, __file__, str(self._log), *self._buckets],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        # A start that hangs is ended, and then says nothing.
        watchdog = threading.Timer(START_SECONDS, self._process.kill)
        watchdog.start()
        port = self._process.stdout.readline().strip()
        watchdog.cancel()
        if not port:
            self.__exit__()
            raise RuntimeError(f"The emulator did not start:\n{self.log_tail()}")
        self.endpoint = f"http://127.0.0.1:{port}"
        return self

    def __exit__(self, *_) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def position(self) -> int:
        """Where its log ends now, to be given to `reads`."""
        return self._log.stat().st_size

    def reads(self, since: int) -> list[str]:
        """The targets of the GET requests after that position, percent-decoded."""
        with open(self._log, encoding="utf-8", errors="replace") as log:
            log.seek(since)
            lines = [REQUEST_LINE.match(line) for line in log]
        return [unquote(line["target"]) for line in lines if line and line["method"] == "GET"]

    def archive_reads(self, since: int) -> list[str]:
        """Those of them that asked for a byte of an archive."""
        return [target for target in self.reads(since) if ".tar" in target and "prefix=" not in target]

    def log_tail(self, line_count: int = 30) -> str:
        if not self._log.exists():
            return "(no log)"
        return "\n".join(self._log.read_text(errors="replace").splitlines()[-line_count:])


def serve(log: str, buckets: list[str]) -> None:
    from gcp_storage_emulator.handlers.buckets import create_bucket
    from gcp_storage_emulator.server import create_server

    logging.basicConfig(filename=log, level=logging.INFO, format="%(message)s")
    # It warns of every body that it sends, and of nothing else that is of use here.
    logging.getLogger("gcp_storage_emulator.server").addFilter(lambda record: "[RESPONSE]" not in record.getMessage())
    server = create_server("127.0.0.1", 0, in_memory=True)
    for bucket in buckets:
        create_bucket(bucket, server._storage)
    api = server._api
    api.daemon = True
    server.start()
    print(api._httpd.server_address[1], flush=True)
    # Lives as long as who started it: the pipe closes even when that one is killed.
    sys.stdin.read()


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    serve(sys.argv[1], sys.argv[2:])
