"""Runs `cod` as a user would, and compares what it left in a folder with the truth."""

import hashlib
import json
import os
import subprocess
import warnings
from dataclasses import dataclass, field
from pathlib import Path

import pydicom

from stores import TOKEN
from truth import Series

RUN_SECONDS = 60
# What would change how `cod` finds a store or its credentials.
SETTINGS = ("COD", "GOOGLE_", "STORAGE_EMULATOR_HOST", "CLOUDSDK_")


@dataclass
class Run:
    """A finished run of `cod`."""

    command: list[str]
    code: int
    stdout: str = field(repr=False)
    stderr: str = field(repr=False)

    @property
    def events(self) -> list[dict]:
        return [json.loads(line) for line in self.stdout.splitlines()]

    def events_named(self, name: str) -> list[dict]:
        return [event for event in self.events if event["event"] == name]

    @property
    def completion(self) -> dict:
        return self.events[-1]

    def require_success(self) -> "Run":
        assert self.code == 0, f"It ended with {self.code}.\n{self.account()}"
        return self

    def account(self, line_count: int = 40) -> str:
        parts = [("standard error", self.stderr), ("standard output", self.stdout)]
        tails = [f"— {name}:\n" + "\n".join(text.splitlines()[-line_count:]) for name, text in parts]
        return "\n".join([" ".join(["cod", *self.command[1:]]), *tails])


class Cod:
    """The built binary, in an environment without settings of whoever runs the tests."""

    def __init__(self, path: Path, home: Path):
        self._path = path
        self._home = home

    def run(self, *arguments: str, **environment: str) -> Run:
        inherited = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(SETTINGS) and not name.lower().endswith("_proxy")
        }
        command = [str(self._path), *arguments]
        try:
            run = subprocess.run(
                command,
                env={**inherited, "HOME": str(self._home), **environment},
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                timeout=RUN_SECONDS,
            )
        except subprocess.TimeoutExpired as late:
            output = [(stream or b"").decode(errors="replace") for stream in (late.stdout, late.stderr)]
            raise AssertionError(
                f"It did not end within {RUN_SECONDS} s.\n{Run(command, -1, *output).account()}"
            ) from None
        assert TOKEN not in run.stdout + run.stderr, "The token is in what it printed."
        return Run(command, run.returncode, run.stdout, run.stderr)


def instance_path(series: Series, key: str) -> str:
    return f"{series.path}/instances/{key}.dcm"


def check_folder(folder: Path, wanted: list[Series]) -> None:
    """The folder holds the wanted series, byte for byte, and nothing else."""
    expected = {instance_path(series, key): entry for series in wanted for key, entry in series.instances.items()}
    # An entry that no metadata lists may be kept, or not.
    leftovers = {
        instance_path(series, uid): entries
        for series in wanted
        for uid, entries in series.leftovers.items()
        if uid not in series.instances
    }
    found = {
        str(path.relative_to(folder)): path
        for path in folder.rglob("*")
        if path.is_file() and path.relative_to(folder).parts[0] != ".cod"
    }
    found.pop("log.json", None)
    missing, surplus = expected.keys() - found.keys(), found.keys() - expected.keys() - leftovers.keys()
    assert not missing and not surplus, f"missing: {sorted(missing)}; too much: {sorted(surplus)}"
    for name, path in found.items():
        entries = [expected[name]] if name in expected else leftovers[name]
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        assert digest in [entry.sha256 for entry in entries], f"{name}: other bytes than the store's"
    check_log(folder, expected, leftovers)


def check_log(folder: Path, expected: dict, leftovers: dict) -> None:
    """`log.json` names each saved instance once, and none that is not there."""
    log = json.loads((folder / "log.json").read_text())["logs"]
    named = {f"{line.rsplit('/', 1)[0]}/instances/{line.rsplit('/', 1)[1]}.dcm" for line in log}
    assert len(log) == len(named), "log.json names an instance twice"
    assert expected.keys() <= named <= expected.keys() | leftovers.keys(), "log.json is not what is there"


def check_readable(folder: Path, wanted: list[Series]) -> None:
    """pydicom opens every saved instance, as the one that the metadata says it is."""
    for series in wanted:
        for key, record in series.records.items():
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                dataset = pydicom.dcmread(folder / instance_path(series, key))
            assert str(dataset.SOPInstanceUID) == record.get("instance_uid", _inline_uid(record))


def _inline_uid(record: dict) -> str | None:
    metadata = record["metadata"]
    return metadata["00080018"]["Value"][0] if isinstance(metadata, dict) else None


def check_events(run: Run, wanted: list[Series]) -> None:
    """The events of a run that fetched all the wanted series, against the truth."""
    events = run.events
    assert (events[0]["event"], events[0]["schema"]) == ("plan", 1)
    assert [event["event"] for event in events].count("complete") == 1 and events[-1]["event"] == "complete"
    assert not run.events_named("error")
    entries = {instance_path(series, key): entry for series in wanted for key, entry in series.instances.items()}
    saves = {event["file"]["path"]: event["file"] for event in run.events_named("save")}
    assert entries.keys() <= saves.keys()
    for path, entry in entries.items():
        assert (saves[path]["size"], saves[path]["crc32c"]) == (entry.size, entry.crc32c_hex), path
    archives = [series for series in wanted if series.instances]
    assert len(run.events_named("download")) == len(run.events_named("extract")) == len(archives)
    completion = run.completion
    assert (completion["saved"], completion["skipped"], completion["failed"]) == (len(saves), 0, 0)
    assert completion["verified"] == len(entries) and len(completion["files"]) == len(archives)


def snapshot(folder: Path) -> dict[str, tuple[int, int, int]]:
    """What would show that a saved file was written again: its inode, size and time."""
    return {
        str(path): (status.st_ino, status.st_size, status.st_mtime_ns)
        for path in folder.rglob("*.dcm")
        if (status := path.stat())
    }
