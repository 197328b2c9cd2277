"""What is in the stores: read from the bucket's objects with Python's tarfile, json and gzip, not with the writer, not with `cod`.

Everything that the metadata says of an instance is checked against the archive here, so that a wrong truth is noticed.
"""

import base64
import gzip
import hashlib
import io
import json
import tarfile
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

import google_crc32c

from stores import Store

BLOCK = 512


@dataclass(frozen=True)
class Entry:
    """One entry of an archive."""

    name: str
    offset: int
    data: bytes = field(repr=False)
    # Where the entry's first header begins.
    start: int = 0

    @property
    def size(self) -> int:
        return len(self.data)

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.data).hexdigest()

    @property
    def crc32c(self) -> str:
        """As the metadata has it."""
        return base64.b64encode(bytes.fromhex(self.crc32c_hex)).decode()

    @property
    def crc32c_hex(self) -> str:
        """As `cod` prints it."""
        return f"{google_crc32c.value(self.data):08x}"


@dataclass
class Series:
    study: str
    uid: str
    # The metadata as JSON; None where there is none.
    metadata: dict | None
    archive: bytes | None = field(repr=False)
    entries: list[Entry]
    # What metadata and archive agree on: key → entry.
    instances: dict[str, Entry]
    # Entries that no metadata lists, by identifier: leftovers of failed attempts.
    leftovers: dict[str, list[Entry]]
    has_lock: bool
    has_error_log: bool

    @property
    def records(self) -> dict[str, dict]:
        return self.metadata["cod"]["instances"] if self.metadata else {}

    @property
    def path(self) -> str:
        return f"{self.study}/{self.uid}"


@dataclass
class Truth:
    """One store."""

    store: Store
    series: list[Series]

    @property
    def studies(self) -> list[str]:
        return list(dict.fromkeys(series.study for series in self.series))

    def of(self, *studies: str) -> list[Series]:
        return [series for series in self.series if series.study in studies]


class Bucket:
    """Reads an emulator's bucket over HTTP, byte for byte as it is stored."""

    def __init__(self, endpoint: str, name: str):
        self._address = f"{endpoint}/storage/v1/b/{name}/o"

    def names(self, prefix: str) -> list[str]:
        with urllib.request.urlopen(f"{self._address}?prefix={quote(prefix, safe='')}", timeout=30) as reply:
            return [item["name"] for item in json.load(reply)["items"]]

    def read(self, name: str) -> bytes:
        with urllib.request.urlopen(f"{self._address}/{quote(name, safe='')}?alt=media", timeout=30) as reply:
            return reply.read()


def read_objects(bucket: Bucket, store: Store) -> dict[str, bytes]:
    """The objects of a store, by their name after the store's prefix."""
    start = f"{store.prefix}/" if store.prefix else ""
    return {name[len(start) :]: bucket.read(name) for name in bucket.names(f"{start}studies/")}


def write_folder(objects: dict[str, bytes], folder: Path, undo_gzip: bool = False) -> None:
    """A copy of a store in a folder: the bytes as stored, or with gzip undone as `gcloud storage cp` may leave them."""
    for name, data in objects.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(gzip.decompress(data) if undo_gzip and data.startswith(b"\x1f\x8b") else data)


def read_store(store: Store, objects: dict[str, bytes]) -> Truth:
    """Reads a store whole. Raises AssertionError where metadata and archive do not agree."""
    places = sorted({(parts[1], _series_uid(parts)) for name in objects if (parts := name.split("/"))[0] == "studies"})
    return Truth(store, [_read_series(store, study, uid, objects) for study, uid in places])


def _series_uid(parts: list[str]) -> str:
    """`studies/STUDY/series/SERIES.tar` or `studies/STUDY/series/SERIES/…`"""
    return parts[3].removesuffix(".tar") if len(parts) == 4 else parts[3]


def _read_series(store: Store, study: str, uid: str, objects: dict[str, bytes]) -> Series:
    base = f"studies/{study}/series/{uid}"
    metadata = archive = None
    if (raw := objects.get(f"{base}/metadata.json")) is not None:
        metadata = json.loads(gzip.decompress(raw))
        names = ("deid_study_uid", "deid_series_uid") if store.hashed else ("study_uid", "series_uid")
        assert (metadata[names[0]], metadata[names[1]]) == (study, uid), f"{base}: the metadata is of another series"
    entries = []
    if (archive := objects.get(f"{base}.tar")) is not None:
        entries = _read_entries(archive)
    records = metadata["cod"]["instances"] if metadata else {}
    by_offset = {entry.offset: entry for entry in entries}
    instances = {key: _find(f"{base}: {key}", key, record, by_offset) for key, record in records.items()}
    listed = {entry.offset for entry in instances.values()}
    leftovers: dict[str, list[Entry]] = {}
    for entry in entries:
        if entry.offset not in listed:
            leftovers.setdefault(Path(entry.name).stem, []).append(entry)
    return Series(
        study,
        uid,
        metadata,
        archive,
        entries,
        instances,
        leftovers,
        has_lock=f"{base}/.gradient.lock" in objects,
        has_error_log=f"{base}/error.log" in objects,
    )


def _read_entries(archive: bytes) -> list[Entry]:
    # Blocks of zeros may lie between entries: see `make_leftovers`.
    with tarfile.open(fileobj=io.BytesIO(archive), ignore_zeros=True) as tar:
        return [
            Entry(member.name, member.offset_data, tar.extractfile(member).read(), member.offset)
            for member in tar.getmembers()
        ]


def _find(place: str, key: str, record: dict, by_offset: dict[int, Entry]) -> Entry:
    """The entry that a record of the metadata means."""
    start, end = record["headers"]["start_byte"], record["headers"]["end_byte"]
    assert start in by_offset, f"{place}: no entry's data begin at {start}"
    entry = by_offset[start]
    assert entry.name == f"instances/{key}.dcm", f"{place}: the entry there is {entry.name}"
    assert entry.size == record["size"], f"{place}: {entry.size} bytes, the metadata says {record['size']}"
    assert entry.crc32c == record["crc32c"], f"{place}: crc32c {entry.crc32c}, the metadata says {record['crc32c']}"
    assert end == start + entry.size, f"{place}: end_byte is {end}, not {start} + {entry.size}"
    return entry
