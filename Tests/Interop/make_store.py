#!/usr/bin/env python3
"""Lets the reference writer, PyPI's cloud-optimized-dicom, make the stores of `stores.py` in an emulator.

    make_store.py --endpoint http://127.0.0.1:PORT --scratch DIR --report FILE [STORE…]

The report says what was handed to the writer and what it said of it. What it wrote is read from the bucket, by
`truth.py`, which does not use the writer.
"""

import argparse
import gzip
import hashlib
import json
import os
import warnings
from collections import defaultdict
from pathlib import Path

from inputs import Input, Inputs
from stores import STORES, Store

# A preamble that is not all zeros, as some of pydicom's files have it (and as the standard allows).
USED_PREAMBLE = bytes(17) + b"\1"


def hash_uid(uid: str) -> str:
    return hashlib.sha256(uid.encode()).hexdigest()


class Writer:
    """The reference writer for one store, and the record of what it was given."""

    def __init__(self, store: Store, client, inputs: Inputs):
        self.store = store
        self.inputs = inputs
        self._client = client
        # What it was given: "study/series/instance" as the store names them → SHA-256 of the file, the last one counting.
        self.given: dict[str, str] = {}
        self.errors: list[str] = []
        self.sync_counts: dict[str, int] = defaultdict(int)

    def uid(self, uid: str) -> str:
        return hash_uid(uid) if self.store.hashed else uid

    def open(self, study: str, series: str, mode: str, **options):
        from cloud_optimized_dicom.cod_object import CODObject

        return CODObject(
            datastore_path=self.store.gs,
            client=self._client,
            study_uid=self.uid(study),
            series_uid=self.uid(series),
            mode=mode,
            hashed_uids=self.store.hashed,
            **options,
        )

    def add(self, files: list[Input], mode: str = "w", compress: bool = False) -> None:
        """Stores files, series by series, each series in one sync."""
        by_series: dict[tuple[str, str], list[Input]] = defaultdict(list)
        for file in files:
            by_series[file.study, file.series].append(file)
        for (study, series), members in by_series.items():
            with self.open(study, series, mode) as cod:
                result = cod.append([self.instance(file.path) for file in members], compress=compress)
            self._record(study, series, members, result, compress)

    def add_broken(self, study: str, series: str, paths: list[Path], compress: bool = False, **hints) -> None:
        """Hands over files of which not one can be stored."""
        with self.open(study, series, "w") as cod:
            result = cod.append([self.instance(path, **hints) for path in paths], compress=compress)
        if result.new:
            raise AssertionError(f"The writer stored what it should have refused: {result.new}")
        self.errors += [f"{type(error).__name__}: {error}" for _, error in result.errors]

    def instance(self, path: Path, **hints):
        from cloud_optimized_dicom.hints import Hints
        from cloud_optimized_dicom.instance import Instance

        return Instance(
            dicom_uri=str(path), uid_hash_func=hash_uid if self.store.hashed else None, hints=Hints(**hints)
        )

    def _record(self, study: str, series: str, files: list[Input], result, compress: bool) -> None:
        stored = {instance._original_path: instance for instance in result.new}
        self.errors += [f"{type(error).__name__}: {error}" for _, error in result.errors]
        self.sync_counts[f"{self.uid(study)}/{self.uid(series)}"] += 1
        for file in files:
            if str(file.path) in stored:
                key = stored[str(file.path)].get_instance_uid(hashed=self.store.hashed)
                self.given[f"{self.uid(study)}/{self.uid(series)}/{key}"] = None if compress else file.sha256


def make_plain(writer: Writer) -> None:
    """All of pydicom's files that can be stored: many studies, single slices to multi-frame, reports, plans, waveforms."""
    writer.add(writer.inputs.storable())


def make_bare(writer: Writer) -> None:
    """A store at the root of its bucket."""
    writer.add(writer.inputs.folder("dicomdirtests/98892003/MR700"))


def make_reencoded(writer: Writer) -> None:
    """The writer's default: pixels encoded again as JPEG 2000, where it can; whole series and grown ones."""
    mr = writer.inputs.slices(writer.inputs.file("MR_small.dcm"), 6)
    writer.add(mr[:4], compress=True)
    writer.add(mr[4:], mode="a", compress=True)
    ct = [writer.inputs.with_preamble(writer.inputs.file("CT_small.dcm"))]
    others = ["examples_palette.dcm", "examples_ybr_color.dcm", "JPEG2000.dcm", "test-SR.dcm", "rtplan.dcm"]
    writer.add(ct + [writer.inputs.file(name) for name in others], compress=True)


def make_hashed(writer: Writer) -> None:
    """Identifiers hashed to 64 hexadecimal digits; one series grew."""
    mr = writer.inputs.folder("dicomdirtests/98892003/MR700")
    writer.add(mr[:3])
    writer.add(mr[3:], mode="a")
    writer.add(writer.inputs.folder("dicomdirtests/98892003/MR2") + writer.inputs.folder("dicomdirtests/98892001/CT2N"))
    writer.add([writer.inputs.file(name) for name in ["rtplan.dcm", "test-SR.dcm", "examples_palette.dcm"]])


def make_grown(writer: Writer) -> None:
    """Series that grew in a second and a third sync; one that was written anew in between."""
    tiny = writer.inputs.folder("dicomdirtests/TINY_ALPHA/PT000000/ST000000/SE000000")
    for start, mode in [(0, "w"), (20, "a"), (45, "a")]:
        writer.add(tiny[start : start + 25], mode=mode)
    mr = writer.inputs.folder("dicomdirtests/98892003/MR700")
    writer.add(mr[:5])
    writer.add(mr[4:], mode="a")
    again = writer.inputs.folder("dicomdirtests/98892001/CT2N")
    writer.add(again)
    writer.given = {key: value for key, value in writer.given.items() if not key.startswith(f"{again[0].study}/")}
    writer.add(again[:1])


def make_failed(writer: Writer) -> None:
    """Series of which every instance failed: metadata without instances, no archive. Alone in a study, and beside good ones."""
    # No DICOM.
    mr = writer.inputs.folder("dicomdirtests/98892003/MR700")
    writer.add_broken(mr[0].study, mr[0].series + ".1", [writer.inputs.truncated(mr[0], 200)])
    writer.add(mr[:2])
    # Not what the inventory said.
    ct = writer.inputs.folder("dicomdirtests/98892001/CT2N")
    writer.add_broken(ct[0].study, ct[0].series, [file.path for file in ct], crc32c="AAAAAA==")
    # DICOM that is TIFF too, as GE scanners write it: taken for TIFF.
    tiff = writer.inputs.file("CT_small.dcm")
    writer.add_broken(tiff.study, tiff.series, [tiff.path])
    # Too small for the JPEG 2000 encoder.
    small = writer.inputs.folder("dicomdirtests/77654033/CT2")
    writer.add_broken(small[0].study, small[0].series, [file.path for file in small], compress=True)


def make_metadata_1_0(writer: Writer) -> None:
    """Metadata of version 1.0: the writer's own serializer of it, which no release on PyPI uses unless asked."""
    with _metadata_1_0(lambda record: record):
        _make_older(writer)


def make_metadata_unversioned(writer: Writer) -> None:
    """The oldest metadata: 1.0 without the version; the writer reads it so. Hashed identifiers."""
    with _metadata_1_0(lambda record: {name: value for name, value in record.items() if name != "version"}):
        _make_older(writer)


def _make_older(writer: Writer) -> None:
    mr = writer.inputs.folder("dicomdirtests/98892003/MR700")
    writer.add(mr[:4])
    writer.add(mr[4:], mode="a")
    writer.add(writer.inputs.folder("dicomdirtests/98892001/CT2N"))
    writer.add([writer.inputs.file(name) for name in ["rtdose.dcm", "rtplan.dcm", "waveform_ecg.dcm"]])


class _metadata_1_0:
    """Makes the writer write metadata as `change` leaves its 1.0 records, within `with`."""

    def __init__(self, change):
        self._change = change

    def __enter__(self):
        from cloud_optimized_dicom.instance import Instance

        self._current = Instance.to_cod_dict_v2
        change = self._change
        Instance.to_cod_dict_v2 = lambda instance: change(instance.to_cod_dict_v1())

    def __exit__(self, *_):
        from cloud_optimized_dicom.instance import Instance

        Instance.to_cod_dict_v2 = self._current


def make_edited(writer: Writer) -> None:
    """What a store gathers with time: series edited in place, thumbnails, error logs, locks that were left."""
    import pydicom

    mr = writer.inputs.folder("dicomdirtests/98892003/MR700")
    writer.add(mr)
    study, series = mr[0].study, mr[0].series
    with writer.open(study, series, "e") as cod:
        edited = cod.get_instances()[mr[2].instance]
        dataset = pydicom.dcmread(edited.dicom_uri)
        dataset.ImageComments = "Edited in place."
        dataset.save_as(edited.dicom_uri)
    # The bytes of all are others now: writer 2.2.0 reads one byte too much of each and stores that.
    writer.given |= {f"{study}/{series}/{file.instance}": None for file in mr}

    palette = writer.inputs.file("examples_palette.dcm")
    writer.add([palette])
    with writer.open(palette.study, palette.series, "a") as cod:
        cod.get_thumbnail(generate_if_missing=True)

    # A good series that someone marked as bad, one with nothing but the mark, one with nothing but a lock.
    ct = writer.inputs.folder("dicomdirtests/98892001/CT2N")
    writer.add(ct)
    writer.open(ct[0].study, ct[0].series, "w", sync_on_exit=False).upload_error_log("Looks odd.")
    writer.open(ct[0].study, ct[0].series + ".1", "w", sync_on_exit=False).upload_error_log("Never worked.")
    writer.open(ct[0].study, ct[0].series + ".2", "w")

    # A good series with a lock: someone began to append, and was killed.
    small = writer.inputs.folder("dicomdirtests/98892003/MR2")
    writer.add(small)
    writer.open(small[0].study, small[0].series, "a")


def make_leftovers(writer: Writer) -> None:
    """Entries that the writer put into the archive before it failed on them: it keeps them, and lists them nowhere.

    It looks for a preamble of zeros in what it just added. Where there is none it gives the instance up with the file
    position at the end of the file, which may lie behind the padding of the archive: then what follows is written there, and
    blocks of zeros, which elsewhere end a tar, lie between two entries.
    """
    copy = writer.inputs.with_preamble

    # The first instance fails: the gap of zeros lies in front of all that is listed.
    ct = [copy(file) for file in writer.inputs.folder("dicomdirtests/98892001/CT5N")]
    writer.add([copy(ct[0], USED_PREAMBLE), *ct[1:]])

    # One fails twice: the same entry twice, and neither is listed.
    small = [copy(file) for file in writer.inputs.folder("dicomdirtests/77654033/CT2")]
    failing = copy(small[2], USED_PREAMBLE)
    writer.add([small[0], small[1], failing])
    writer.add([failing, small[3]], mode="a")

    # One fails, is mended and stored: two entries of one name, of one size, and the second is the one that is listed.
    mr = writer.inputs.folder("dicomdirtests/98892003/MR700")
    writer.add([*mr[:2], copy(mr[2], USED_PREAMBLE)])
    writer.add(mr[2:4], mode="a")

    # The same, and the second is of another size.
    other = writer.inputs.slices(writer.inputs.file("MR_small.dcm"), 2)
    writer.add([other[0], copy(writer.inputs.changed(other[1], ImageComments="x" * 3000), USED_PREAMBLE)])
    writer.add(other[1:2], mode="a")


def make_first_generation(writer: Writer) -> None:
    """The 1.x writer: it re-encodes whatever it is asked, and gives what it re-encodes new identifiers."""
    make_reencoded(writer)


def _supply_missing_headers(storage) -> None:
    """Does what the client does by headers that the emulator does not send: undoes gzip, knows the storage class."""
    as_bytes, to_filename = storage.Blob.download_as_bytes, storage.Blob.download_to_filename

    def download_as_bytes(blob, *arguments, **options):
        data = as_bytes(blob, *arguments, **options)
        return gzip.decompress(data) if data.startswith(b"\x1f\x8b") else data

    def download_to_filename(blob, *arguments, **options):
        to_filename(blob, *arguments, **options)
        blob.reload()

    storage.Blob.download_as_bytes = download_as_bytes
    storage.Blob.download_to_filename = download_to_filename


def writer_version() -> str:
    from importlib.metadata import version

    return version("cloud-optimized-dicom")


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--endpoint", required=True, help="the emulator; the buckets must be there")
    arguments.add_argument("--scratch", required=True, type=Path, help="a folder for altered copies of the inputs")
    arguments.add_argument("--report", required=True, type=Path, help="where to put the report, in JSON")
    arguments.add_argument("stores", nargs="*", metavar="STORE", help="default: all that the current writer makes")
    options = arguments.parse_args()
    names = options.stores or [name for name, store in STORES.items() if store.writer == "current"]

    os.environ["STORAGE_EMULATOR_HOST"] = options.endpoint
    warnings.simplefilter("ignore")
    from google.auth.credentials import AnonymousCredentials
    from google.cloud import storage

    _supply_missing_headers(storage)
    client = storage.Client(project="interop", credentials=AnonymousCredentials())
    made = {}
    for name in names:
        writer = Writer(STORES[name], client, Inputs(options.scratch / name))
        globals()["make_" + name.replace("-", "_").replace(".", "_")](writer)
        made[name] = {"given": writer.given, "errors": writer.errors, "syncs": writer.sync_counts}
    # To a file: the writer's libraries print to standard output.
    options.report.write_text(json.dumps({"writer": writer_version(), "stores": made}, indent=1))


if __name__ == "__main__":
    main()
