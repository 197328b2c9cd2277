"""The DICOM files that go into the stores: those that pydicom's wheel brings, so no network is needed."""

import hashlib
import os
import warnings
from dataclasses import dataclass
from pathlib import Path

import pydicom
import pydicom.data

PREAMBLE_LENGTH = 128
# The writer stops at its number of frames, which is no number.
UNSTORABLE = {"badVR.dcm"}


@dataclass(frozen=True)
class Input:
    path: Path
    study: str
    series: str
    instance: str

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.path.read_bytes()).hexdigest()


class Inputs:
    """Finds pydicom's files by their path in its test data, and makes altered copies in a folder of its own."""

    def __init__(self, scratch: Path):
        self.scratch = scratch
        scratch.mkdir(parents=True, exist_ok=True)
        self.root = Path(pydicom.data.__file__).parent / "test_files"
        self._copies = 0

    def file(self, relative: str) -> Input:
        """A file as it is."""
        return self._read(self.root / relative)

    def folder(self, relative: str) -> list[Input]:
        """All the files of a folder, by name."""
        return [self._read(path) for path in sorted((self.root / relative).iterdir())]

    def with_preamble(self, source: Input, start: bytes = b"") -> Input:
        """A copy whose preamble is `start` and zeros. The writer can index only files whose preamble is all zeros."""
        data = source.path.read_bytes()
        return self._copy(source, start.ljust(PREAMBLE_LENGTH, b"\0") + data[PREAMBLE_LENGTH:])

    def changed(self, source: Input, **elements) -> Input:
        """A copy with these elements changed, such as `ImageComments`."""
        path = self._new_path(source)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            dataset = pydicom.dcmread(source.path)
            for keyword, value in elements.items():
                setattr(dataset, keyword, value)
            dataset.file_meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID
            dataset.save_as(path)
        return self._read(path)

    def slices(self, source: Input, count: int) -> list[Input]:
        """A series of copies that differ in their number and identifier, with a preamble of zeros."""
        first = self.with_preamble(source)
        return [
            self.changed(first, InstanceNumber=number, SOPInstanceUID=f"{source.instance}.{number}")
            for number in range(1, count + 1)
        ]

    def truncated(self, source: Input, byte_count: int) -> Path:
        """The first bytes of a file: no DICOM that the writer could take in."""
        path = self._new_path(source)
        path.write_bytes(source.path.read_bytes()[:byte_count])
        return path

    def storable(self) -> list[Input]:
        """Every file of the wheel that the writer takes as it is: zero preamble, all three identifiers."""
        found = []
        for directory, _, names in sorted(os.walk(self.root)):
            for name in sorted(names):
                path = Path(directory) / name
                if name in UNSTORABLE:
                    continue
                with open(path, "rb") as file:
                    if file.read(PREAMBLE_LENGTH + 4) != bytes(PREAMBLE_LENGTH) + b"DICM":
                        continue
                try:
                    found.append(self._read(path))
                except Exception:  # Kept in the wheel because they are broken; or a DICOMDIR.
                    continue
        return found

    def _copy(self, source: Input, data: bytes) -> Input:
        path = self._new_path(source)
        path.write_bytes(data)
        return self._read(path)

    def _new_path(self, source: Input) -> Path:
        self._copies += 1
        return self.scratch / f"{self._copies}-{source.path.name}"

    @staticmethod
    def _read(path: Path) -> Input:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            dataset = pydicom.dcmread(path, stop_before_pixels=True)
            return Input(
                path, str(dataset.StudyInstanceUID), str(dataset.SeriesInstanceUID), str(dataset.SOPInstanceUID)
            )
