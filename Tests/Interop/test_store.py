"""Is the truth true? What the writers left in the bucket, against the files that they were given and against itself."""

import base64
import io
import json
import re
import warnings

import pydicom
import pytest
import zstandard

from make_store import USED_PREAMBLE, hash_uid
from truth import BLOCK, Truth

HEX_64 = re.compile(r"[0-9a-f]{64}")


def test_the_writers_are_those_that_are_meant(world):
    assert world.writers["current"].startswith("2.") and world.writers["first"].startswith("1.")


def test_every_store_holds_what_it_is_for(world):
    counts = {name: sum(len(series.instances) for series in truth.series) for name, truth in world.truths.items()}
    least = {"plain": 100, "grown": 50, "hashed": 15, "edited": 15, "leftovers": 10, "failed": 2}
    assert all(count >= least.get(name, 7) for name, count in counts.items()), counts
    assert len(world.truths["plain"].studies) >= 20


def test_the_instances_are_those_that_were_stored(world, truth: Truth):
    """No more and no fewer; and their bytes are those of the files, where the writer left them as they were."""
    given = world.reports[truth.store.name]["given"]
    held = {f"{series.path}/{key}": entry for series in truth.series for key, entry in series.instances.items()}
    assert held.keys() == given.keys()
    assert {key: held[key].sha256 for key in held if given[key]} == {key: given[key] for key in held if given[key]}


def test_only_leftovers_are_in_an_archive_and_not_listed(truth: Truth):
    expected = truth.store.name == "leftovers"
    assert any(series.leftovers for series in truth.series) == expected


def test_every_entry_has_a_pax_header_so_data_begin_at_1536(truth: Truth):
    assert {entry.offset - entry.start for series in truth.series for entry in series.entries} == {3 * BLOCK}


def test_instances_can_be_read_and_are_those_that_their_names_say(truth: Truth):
    for series in truth.series:
        for key, entry in series.instances.items():
            uid = sop_instance_uid(entry.data)
            assert key == (hash_uid(uid) if truth.store.hashed else uid), f"{series.path}/{key}"


def test_records_are_of_the_version_that_the_store_is_for(truth: Truth):
    versions = {record.get("version") for series in truth.series for record in series.records.values()}
    assert versions == {{"metadata-1.0": "1.0", "metadata-unversioned": None}.get(truth.store.name, "2.0")}
    for series in truth.series:
        for key, record in series.records.items():
            metadata = record["metadata"]
            if record.get("version") == "2.0":
                metadata = json.loads(zstandard.decompress(base64.b64decode(metadata)))
            else:
                assert "instance_uid" not in record
            assert sop_instance_uid(series.instances[key].data) == metadata["00080018"]["Value"][0]


def test_hashed_stores_keep_the_original_identifiers_in_their_records(world):
    for series in world.truths["hashed"].series:
        assert HEX_64.fullmatch(series.study) and HEX_64.fullmatch(series.uid)
        for key, record in series.records.items():
            assert HEX_64.fullmatch(key) and key == hash_uid(record["instance_uid"])
            assert hash_uid(record["series_uid"]) == series.uid and hash_uid(record["study_uid"]) == series.study


@pytest.mark.parametrize("name", ["grown", "hashed", "reencoded", "metadata-1.0", "first-generation"])
def test_series_grew_in_later_syncs(world, name):
    assert max(world.reports[name]["syncs"].values()) >= 2


def test_a_failed_series_is_metadata_without_instances_and_no_archive(world):
    empty = [series for series in world.truths["failed"].series if not series.instances]
    assert len(empty) == 4
    for series in empty:
        assert series.metadata["cod"]["instances"] == {} and series.archive is None
    assert len(world.reports["failed"]["errors"]) >= 8


def test_pixels_were_encoded_again(world):
    for name in ["reencoded", "first-generation"]:
        syntaxes = {
            read(entry.data).file_meta.TransferSyntaxUID.name
            for series in world.truths[name].series
            for entry in series.instances.values()
        }
        assert "JPEG 2000 Image Compression (Lossless Only)" in syntaxes, name


def test_the_edited_store_has_locks_error_logs_and_a_thumbnail(world):
    series = world.truths["edited"].series
    assert sum(one.has_lock for one in series) == 2 and sum(one.has_error_log for one in series) == 2
    assert sum(one.metadata is None and one.archive is None for one in series) == 2
    assert sum("thumbnail" in (one.metadata or {}) for one in series) == 1
    comments = [read(entry.data).get("ImageComments") for one in series for entry in one.instances.values()]
    assert comments.count("Edited in place.") == 1


def test_leftovers_are_of_every_kind(world):
    series = world.truths["leftovers"].series
    assert any(has_gap(one) for one in series), "no blocks of zeros between entries"
    repeated = [entries for one in series for entries in one.leftovers.values() if len(entries) == 2]
    assert repeated and all(a.data == b.data for a, b in repeated)
    mended = [
        (one.instances[uid], entries[0])
        for one in series
        for uid, entries in one.leftovers.items()
        if uid in one.instances
    ]
    assert {good.size == bad.size for good, bad in mended} == {True, False}
    assert all(bad.offset < good.offset and bad.data.startswith(USED_PREAMBLE) for good, bad in mended)


def has_gap(series) -> bool:
    """Whether an entry begins later than the one before it ends."""
    ends = [(entry.offset + entry.size + BLOCK - 1) // BLOCK * BLOCK for entry in series.entries]
    return any(entry.start > end for entry, end in zip(series.entries[1:], ends))


def read(data: bytes) -> pydicom.Dataset:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return pydicom.dcmread(io.BytesIO(data))


def sop_instance_uid(data: bytes) -> str:
    return str(read(data).SOPInstanceUID)
