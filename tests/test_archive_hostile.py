"""Archives that lie: refused with every fault named, or called forged; never believed, never unpacked."""

import io
import json
import os
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from commands import command
from hypothesis import given, settings
from hypothesis import strategies as st
from test_archive import archived
from test_replay import ATTACHED, H200, lower_ceiling

import harness
from harness.codec import zip_layout
from harness.codec.archive_files import open_archive, put_member
from harness.codec.archived_case import forgeries
from harness.codec.law_files import law_of_files
from harness.codec.verdict_files import written
from harness.codec.zip_layout import directory
from harness.errors import LawFault, UnreadableInput
from harness.replay import replayed_archive

Members = dict[str, bytes]
CASE = "cases/0001/"


@pytest.fixture(scope="module")
def good() -> bytes:
    return archived(ATTACHED)


@pytest.fixture(scope="module")
def members(good: bytes) -> Members:
    with zipfile.ZipFile(io.BytesIO(good)) as found:
        return {name: found.read(name) for name in found.namelist()}


def laid_out(members: Members) -> bytes:
    """An archive of these members as ours are laid out, whatever they hold."""
    file = io.BytesIO()
    entries = [put_member(file, name, len(data), iter([data])) for name, data in members.items()]
    file.write(directory(entries))
    return file.getvalue()


def zipped(members: Members, change: Callable[[zipfile.ZipInfo], object] = lambda _: None, **options: Any) -> bytes:
    """An archive of these members by another writer."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", **options) as archive:
        for name, data in members.items():
            info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            info.external_attr = (stat.S_IFREG | 0o644) << 16
            info.compress_type = archive.compression
            change(info)
            archive.writestr(info, data)
    return file.getvalue()


def opened(data: bytes) -> None:
    open_archive(io.BytesIO(data), "a.zip")


def faults(data: bytes) -> list[str]:
    """What an archive is refused for."""
    with pytest.raises(UnreadableInput) as caught:
        opened(data)
    return [str(fault) for fault in caught.value.faults]


def forged(data: bytes) -> list[str]:
    """What an archive that can be read is called forged for."""
    return [str(fault) for fault in forgeries(open_archive(io.BytesIO(data), "a.zip"), lambda: None)]


def rewritten(members: Members, manifest: dict[str, Any] | None = None, **changed: bytes | None) -> bytes:
    """The archive with other members and a manifest that lists them as they are; None takes one out."""
    manifest = manifest or json.loads(members["manifest.json"])
    all_of = {**members, **changed}
    kept = {name: data for name, data in all_of.items() if data is not None and name != "manifest.json"}
    for one in manifest["members"]:
        if one["path"] in kept:
            data = kept[one["path"]]
            one.update(size_bytes=len(data), sha256=sha256(data).hexdigest())
    manifest["members"] = [one for one in manifest["members"] if one["path"] in kept]
    return laid_out({"manifest.json": json.dumps(manifest).encode(), **kept})


def test_what_the_helpers_build_is_good_where_nothing_is_changed(good: bytes, members: Members):
    assert laid_out(members) == good
    assert forged(good) == []
    assert forged(rewritten(members)) == []


# --- The file -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("data", [b"", b"PK", b"PK\x05\x06", b"PK\x03\x04" * 50, bytes(1000), b"\xff" * 22])
def test_what_is_no_archive_is_refused(data: bytes):
    assert faults(data)


def test_an_archive_that_is_cut_short_is_refused(good: bytes):
    for length in [*range(1, 60), 1000, 10_000, 100_000]:
        assert faults(good[:-length])


def test_nothing_may_stand_before_or_behind_it(good: bytes):
    assert "no end record in the last 22 bytes" in faults(good + b"\n")[0]
    assert "does not fit the file" in faults(b"#!/bin/sh\n" + good)[0]


def test_a_comment_is_refused(good: bytes):
    assert "no end record" in faults(good[:-2] + struct.pack("<H", 5) + b"hello")[0]


def test_an_archive_of_no_members_is_refused():
    assert "0 members" in faults(zipped({}))[0]


def test_counts_that_lie_are_refused(good: bytes):
    end = bytearray(good[-22:])
    for count in (1, 0xFFFF, 9_999):
        end[8:12] = struct.pack("<HH", count, count)
        assert faults(good[:-22] + bytes(end))


def test_more_members_than_an_archive_may_have_are_refused_before_they_are_read():
    data = laid_out({f"{n}": b"" for n in range(zip_layout.MOST_MEMBERS + 1)})
    (fault,) = faults(data)
    assert "10,001 members; need 1 to 10,000" in fault


def test_a_directory_of_comments_is_refused_before_it_is_read(good: bytes):
    """65,535 bytes of comment to each member would make a directory of hundreds of megabytes."""

    def commented(info: zipfile.ZipInfo) -> None:
        info.comment = b"c" * 0xFFFF

    (fault,) = faults(zipped({f"{n}": b"" for n in range(40)}, commented))
    assert "a directory of" in fault


def test_an_archive_that_is_too_large_is_refused_before_it_is_read(tmp_path: Path):
    with (tmp_path / "a.zip").open("wb") as file:
        file.write(b"PK\x03\x04")
        file.truncate(zip_layout.LARGEST_ARCHIVE + 1)
    with (tmp_path / "a.zip").open("rb") as file, pytest.raises(UnreadableInput, match="at most 4,000,000,000 bytes"):
        open_archive(file, "a.zip")


# --- Its members ----------------------------------------------------------------------------------------------------


def test_a_bomb_is_refused_without_being_read(members: Members):
    """A thousandfold: 100 MB of zeros in 100 kB. Nothing that is compressed is taken, so nothing grows."""
    data = zipped({**members, "bomb": bytes(100_000_000)}, compression=zipfile.ZIP_DEFLATED)
    assert len(data) < 1_000_000
    found = faults(data)
    assert any("bomb" in fault and "bytes that become 100,000,000; need bytes stored as they are" in fault
               for fault in found)  # fmt: skip


@pytest.mark.parametrize("method", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_compression_is_refused(members: Members, method: int):
    assert all("need bytes stored as they are" in fault or "a record" in fault
               for fault in faults(zipped(members, compression=method)))  # fmt: skip


def test_members_that_share_their_bytes_are_refused(good: bytes):
    """The bomb that needs no compression: many names for the same bytes."""
    entry = zip_layout.entries_in(io.BytesIO(good), "a.zip")[0]
    body = good[: entry.end]
    entries = [zip_layout.Entry(f"copy{n}", entry.size, entry.crc32, 0) for n in range(5)]
    records = b"".join(zip_layout._record(one) for one in entries)
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 5, 5, len(records), len(body), 0)
    assert faults(body + records + end)


NAMES = [
    "../evil", "a/../../evil", "/etc/passwd", "C:/evil", "a\\..\\evil", "./a", "a//b", "a/", "", ".hidden", "a/.hidden",
    "a b", "-rf", "a\nb", "a\x1b[31m", "é", "a" * 241, "/".join("abcdefgh"), "con:", "~", "a/~root",
]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_a_name_that_is_no_plain_relative_path_is_refused(members: Members, name: str):
    # The other writer takes the very bytes, where it would put them right.
    placeholder = "Q" * max(1, len(name.encode()))
    data = zipped({**members, placeholder: b"x"})
    raw = data.replace(placeholder.encode(), name.encode()) if name else zipped_without_a_name(members)
    found = faults(raw)
    assert any("a name that is no plain relative path" in fault for fault in found)
    assert all(fault.isprintable() for fault in found)


def zipped_without_a_name(members: Members) -> bytes:
    file = io.BytesIO()
    entries = [put_member(file, name, len(data), iter([data])) for name, data in {**members, "": b"x"}.items()]
    file.write(directory(entries))
    return file.getvalue()


def test_a_name_that_stands_twice_is_refused(members: Members):
    file = io.BytesIO()
    pairs = [*members.items(), (f"{CASE}verdict.json", b"{}"), (f"{CASE}verdict.json", b"{}")]
    entries = [put_member(file, name, len(data), iter([data])) for name, data in pairs]
    file.write(directory(entries))
    found = faults(file.getvalue())
    assert [f"member {n}, {CASE}verdict.json: got a name that stands twice" in fault
            for n, fault in zip((len(members), len(members) + 1), found, strict=True)] == [True, True]  # fmt: skip


def test_an_encrypted_member_is_refused(good: bytes):
    records = bytearray(good)
    at = good.index(b"PK\x01\x02")
    records[at + 8] |= 1
    assert any("an encrypted member" in fault for fault in faults(bytes(records)))


@pytest.mark.parametrize(
    ("mode", "words"),
    [(stat.S_IFLNK | 0o777, "a symbolic link"), (stat.S_IFDIR | 0o755, "a folder or a special file"),
     (stat.S_IFIFO | 0o644, "special file"), (stat.S_IFCHR | 0o644, "special file"),
     (stat.S_IFREG | 0o4755, "a record that archives do not have")],
)  # fmt: skip
def test_links_folders_and_special_files_are_refused(members: Members, mode: int, words: str):
    def special(info: zipfile.ZipInfo) -> None:
        if info.filename == "link":
            info.external_attr = mode << 16

    found = faults(zipped({**members, "link": b"/etc/passwd"}, special))
    (fault,) = (one for one in found if ", link:" in one)
    assert words in fault


def test_a_folder_by_its_dos_attribute_is_refused(members: Members):
    def folder(info: zipfile.ZipInfo) -> None:
        info.external_attr |= 0x10

    assert any("a folder or a special file" in fault for fault in faults(zipped(members, folder)))


@pytest.mark.parametrize("field", ["extra", "comment"])
def test_extra_fields_and_comments_of_members_are_refused(members: Members, field: str):
    def change(info: zipfile.ZipInfo) -> None:
        if info.filename == "manifest.json":
            setattr(info, field, struct.pack("<HH", 0x9999, 4) + b"data")

    assert any(
        "member 0, manifest.json: got an extra field or a comment" in one for one in faults(zipped(members, change))
    )


def test_a_header_that_says_otherwise_than_the_directory_is_refused(good: bytes):
    """One reader would see the one name, another the other."""
    other = good.replace(b"manifest.json", b"manifesT.json", 1)
    assert any("a header that is not that of the directory" in fault for fault in faults(other))


def test_a_gap_between_members_is_refused(members: Members):
    file = io.BytesIO()
    entries = []
    for name, data in members.items():
        entries.append(put_member(file, name, len(data), iter([data])))
        file.write(b"hidden" if name == "manifest.json" else b"")
    start = file.tell()
    records = b"".join(zip_layout._record(one) for one in entries)
    file.write(
        records + struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, len(entries), len(entries), len(records), start, 0)
    )
    assert "where the one before it ends" in faults(file.getvalue())[0]


def test_a_gap_before_the_directory_is_refused(good: bytes):
    start = good.index(b"PK\x01\x02")
    end = bytearray(good[-22:])
    end[16:20] = struct.pack("<L", start + 6)
    assert "the directory: got a beginning at" in faults(good[:start] + b"hidden" + good[start:-22] + bytes(end))[0]


def test_a_member_that_is_too_large_is_refused(members: Members):
    """It says that it is; nothing of that size is read."""
    file = io.BytesIO()
    size = zip_layout.LARGEST_MEMBER + 1
    entries = [put_member(file, name, len(data), iter([data])) for name, data in members.items()]
    entries.append(zip_layout.Entry("large", size, 0, file.tell()))
    file.write(directory(entries[:-1]))
    records = b"".join(zip_layout._record(one) for one in entries)
    start = file.getvalue().index(b"PK\x01\x02")
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, len(entries), len(entries), len(records), start, 0)
    (fault,) = faults(file.getvalue()[:start] + records + end)
    assert f"large: got {size:,} bytes; need at most {size - 1:,} bytes" in fault


def test_every_fault_is_named_and_no_more_than_fifty():
    found = faults(zipped({f"../{n}": b"x" for n in range(20)}, compression=zipfile.ZIP_DEFLATED))
    for words in ("plain relative path", "stored as they are"):
        assert sum(words in fault for fault in found) == 20
    assert len(faults(zipped({f"../{n}": b"x" for n in range(200)}))) == 51


# --- Its manifest ---------------------------------------------------------------------------------------------------


def with_manifest(members: Members, change: Callable[[dict[str, Any]], object]) -> bytes:
    manifest = json.loads(members["manifest.json"])
    change(manifest)
    return laid_out({**members, "manifest.json": json.dumps(manifest).encode()})


def test_an_archive_begins_with_its_manifest(members: Members):
    others = {name: data for name, data in members.items() if name != "manifest.json"}
    assert "need manifest.json" in faults(laid_out(others))[0]
    assert "need manifest.json" in faults(laid_out({**others, "manifest.json": members["manifest.json"]}))[0]


@pytest.mark.parametrize(
    "text", [b"", b"{}", b"[]", b"{", b'{"schema": "archive/2"}', b"\xff", b"[" * 100, b'{"a":1,"a":2}']
)
def test_a_manifest_that_does_not_read_is_refused(members: Members, text: bytes):
    assert faults(laid_out({**members, "manifest.json": text}))


def test_a_manifest_that_is_too_large_is_refused(members: Members):
    text = members["manifest.json"] + b" " * (4 << 20)
    assert "need at most 4,194,304 bytes" in faults(laid_out({**members, "manifest.json": text}))[0]


def test_a_member_that_is_not_listed_and_one_that_is_missing_are_both_named(members: Members):
    others = {name: data for name, data in members.items() if name != "law/names.toml"}
    found = faults(laid_out({**others, "extra.txt": b"x"}))
    assert any("need law/names.toml" in fault for fault in found)
    assert any(fault.startswith("extra.txt: got a member that the manifest does not list") for fault in found)


def test_members_in_another_order_are_refused(members: Members):
    first, *others = members
    data = laid_out({name: members[name] for name in (first, *reversed(others))})
    assert "members in another order" in faults(data)[0]


def listed_twice(manifest: dict[str, Any]) -> None:
    manifest["members"].append(manifest["members"][0])


def at(path: str, value: object) -> Callable[[dict[str, Any]], None]:
    def change(manifest: dict[str, Any]) -> None:
        *steps, last = (int(step) if step.isdigit() else step for step in path.split("."))
        node: Any = manifest
        for step in steps:
            node = node[step]
        node[last] = value

    return change


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (listed_twice, "twice"),
        (at("cases", []), "cases: got none; need a verdict at least"),
        (at("cases.0.report", "../../etc/passwd"), "need a relative path of plain names"),
        (at("cases.0.report", "law/names.toml"), "cases[0].report: got law; need the report law/names.toml"),
        (at("cases.0.verdict", f"{CASE}other.json"), "cases[0].verdict: got no member"),
        (at("cases.0.specs", ["specs/none.toml"]), "cases[0].specs[0]: got no member"),
        (at("cases.0.attachments", {"../x": f"{CASE}report.json"}), "need a plain file name"),
        (at("cases.0.attachments", {"x": f"{CASE}report.json"}), "cases[0].attachments.x: got report"),
        (at("members.0.path", "/etc/passwd"), "need a relative path of plain names"),
        (at("members.0.role", "payload"), "members[0].role"),
        (at("members.0.role", "law"), "need a path below law/"),
        (at("members.0.size_bytes", -1), "members[0].size_bytes"),
        (at("members.0.size_bytes", 2**32), "members[0].size_bytes"),
        (at("members.0.sha256", "0"), "members[0].sha256"),
        (at("members.0.surprise", 1), "members[0].surprise"),
        (at("members.2.size_bytes", 5 << 20), "need at most 4,194,304 bytes"),
        (at("cases.0.receipt.engine_version", None), "cases[0].receipt.engine_version"),
        (at("law_sha256", "F" * 64), "law_sha256"),
    ],
)
def test_a_manifest_that_points_elsewhere_is_refused_with_the_place(members: Members, change: Any, words: str):
    assert any(words in fault for fault in faults(with_manifest(members, change))), faults(
        with_manifest(members, change)
    )


@pytest.mark.parametrize("name", ["law/lenses.toml", "law/readings.toml", "law/names.toml", "law/assumptions.toml"])
def test_a_law_without_its_lists_is_refused(members: Members, name: str):
    """Those of the harness must not stand in: they are other ones years later."""
    assert any(f"members: got nothing; need {name}" in fault for fault in faults(rewritten(members, **{name: None})))


def test_two_methods_or_none_are_refused(members: Members):
    method = next(name for name in members if name.startswith("method/"))
    assert any("0 method files" in fault for fault in faults(rewritten(members, **{method: None})))


def test_law_and_specs_that_are_too_large_to_hold_are_refused(members: Members):
    data = rewritten(members, **{"law/names.toml": b"#" * (17 << 20)})
    assert any("need at most 16,777,216 bytes" in fault for fault in faults(data))


# --- Forged ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", [f"{CASE}report.json", f"{CASE}verdict.json", f"{CASE}attachments/h200-sxm-dram.txt", "law/lenses.toml",
             "specs/nvidia-h200-sxm5-141gb.toml", "law/assumptions.toml"],
)  # fmt: skip
def test_an_altered_member_is_forged_and_named_with_both_digests(members: Members, name: str):
    altered = members[name][:-1] + bytes([members[name][-1] ^ 1])
    (fault,) = forged(laid_out({**members, name: altered}))
    need = sha256(members[name]).hexdigest()
    assert fault == f"{name}: got SHA-256 {sha256(altered).hexdigest()}; need SHA-256 {need}"


def test_a_member_of_another_size_is_forged(members: Members):
    (fault,) = forged(laid_out({**members, "law/names.toml": members["law/names.toml"] + b"\n"}))
    size = len(members["law/names.toml"])
    assert fault == f"law/names.toml: got {size + 1:,} bytes; need {size:,} bytes"


def test_a_check_sum_that_lies_is_forged(good: bytes, members: Members):
    """The digest is right, so only a reader that looks at check sums would see another file."""
    crc = struct.pack("<L", zlib.crc32(members["law/names.toml"]))
    assert good.count(crc) == 2
    (fault,) = forged(good.replace(crc, b"\x01\x02\x03\x04"))
    got = f"{zlib.crc32(members['law/names.toml']):08x}"
    assert fault == f"law/names.toml: got check sum {got}; need 04030201, as its header says"


@pytest.mark.parametrize(
    ("change", "place"),
    [
        (at("law_sha256", "0" * 64), "law_sha256"),
        (at("cases.0.report_id", "ANOTHER"), "cases[0].report_id"),
        (at("cases.0.outcome", "fail"), "cases[0].outcome"),
        (at("cases.0.receipt.engine_version", "9.9.9"), "cases[0].receipt.engine_version"),
        (at("cases.0.receipt.inputs.report_sha256", "0" * 64), "cases[0].receipt.inputs.report_sha256"),
        (at("cases.0.attachments", {}), "cases[0].receipt.inputs.attachments_sha256"),
        (at("cases.0.specs", []), "cases[0].receipt.inputs.spec_sha256"),
        (at("cases.0.retention.day", "2020-01-01"), "cases[0].retention.day"),
        (at("cases.0.retention.keep_at_least_until", "2027-01-01"), "cases[0].retention.keep_at_least_until"),
        (at("cases.0.retention.years", 1), "cases[0].retention.years"),
        (at("cases.0.retention.says", "until tomorrow"), "cases[0].retention.says"),
        (at("cases.0.retention", None), "cases[0].retention"),
    ],
)
def test_a_manifest_that_does_not_fit_its_members_is_forged(members: Members, change: Any, place: str):
    found = forged(with_manifest(members, change))
    assert any(fault.startswith(f"{place}: got ") for fault in found), found


@pytest.mark.parametrize(("years", "until", "honest"), [(7, "2033-08-20", True), (7, "2027-08-20", False)])
def test_a_rule_of_another_day_counts_by_its_own_years(members: Members, years: int, until: str, honest: bool):
    """The rule that comes with the harness may change after an archive was written."""

    def change(manifest: dict[str, Any]) -> None:
        other = {"years": years, "says": "seven", "reviewed_through": "2030-01-01", "keep_at_least_until": until}
        manifest["cases"][0]["retention"].update(other)

    assert (forged(with_manifest(members, change)) == []) is honest


def test_an_altered_report_with_a_manifest_that_fits_is_forged_by_its_receipt(members: Members):
    report = members[f"{CASE}report.json"].replace(b'"value": "15832"', b'"value": "14500"')
    assert report != members[f"{CASE}report.json"]
    found = forged(rewritten(members, **{f"{CASE}report.json": report}))
    assert any(fault.startswith("cases[0].receipt.inputs.report_sha256: got ") for fault in found)


def test_an_altered_law_with_a_manifest_that_fits_is_forged_by_its_receipt(members: Members):
    name = "law/instruments/2026-01-15-us-bis-ac-review.toml"
    law = lower_ceiling(members[name].decode()).encode()
    found = forged(rewritten(members, **{name: law}))
    assert {fault.partition(":")[0] for fault in found} == {"law_sha256", "cases[0].receipt.law_sha256"}


def test_an_altered_verdict_that_fits_everything_is_not_reproduced(members: Members, tmp_path: Path):
    """Whoever makes the whole archive anew is found out by the run, not by the digests."""
    verdict = harness.verify(ATTACHED).model_copy(update={"outcome": "fail"})
    manifest = json.loads(members["manifest.json"])
    manifest["cases"][0]["outcome"] = "fail"
    data = rewritten(members, manifest, **{f"{CASE}verdict.json": written(verdict)})
    assert forged(data) == []
    (tmp_path / "a.zip").write_bytes(data)
    done = command("replay", str(tmp_path / "a.zip"))
    assert done.returncode == 1
    assert "under the archived law: NOT REPRODUCED" in done.stdout


def test_a_verdict_under_a_law_of_ones_own_shows_as_another_law(members: Members, tmp_path: Path):
    """All of one piece, and yet not the law of any day: the digest is not today's, and today's answers are told."""
    name = "law/instruments/2026-01-15-us-bis-ac-review.toml"
    law = {**members, name: lower_ceiling(members[name].decode()).encode()}
    made_up = law_of_files({path.removeprefix("law/"): data for path, data in law.items()
                            if path.startswith("law/") and "assumptions" not in path})  # fmt: skip
    verdict = harness.verify(ATTACHED, law=made_up)
    manifest = json.loads(members["manifest.json"])
    case = manifest["cases"][0]
    manifest["law_sha256"], case["outcome"] = made_up.sha256, verdict.outcome
    case["receipt"] = json.loads(verdict.receipt.model_dump_json())
    data = rewritten(members, manifest, **{name: law[name], f"{CASE}verdict.json": written(verdict)})
    assert forged(data) == []
    (found,) = replayed_archive(open_archive(io.BytesIO(data), "a.zip"))
    assert [(one.status, one.changed) for one in found.reruns] == [("reproduced", ()), ("differs", ("law",))]


def test_a_law_that_does_not_hold_together_is_refused(members: Members):
    name = "law/instruments/2026-01-15-us-bis-ac-review.toml"
    broken = {**members, name: members[name].replace(b"21,000", b"22,000", 1)}
    data = rewritten(broken)
    with pytest.raises(LawFault):
        replayed_archive(open_archive(io.BytesIO(data), "a.zip"))


@pytest.mark.parametrize("text", [b"", b"{}", b"[]", b"{", b'[{"schema": "verdict/1"}]'])
def test_a_verdict_or_a_report_that_does_not_read_is_refused(members: Members, text: bytes, tmp_path: Path):
    for name in (f"{CASE}verdict.json", f"{CASE}report.json"):
        with pytest.raises(UnreadableInput):
            forged(rewritten(members, **{name: text}))
        (tmp_path / "a.zip").write_bytes(rewritten(members, **{name: text}))
        done = command("archive", "--check", str(tmp_path / "a.zip"))
        assert done.returncode == 2
        assert "a bug" not in done.stderr


# --- Commands -------------------------------------------------------------------------------------------------------


def test_forged_is_1_unreadable_is_2_and_the_faults_are_told(good: bytes, members: Members, tmp_path: Path):
    names = {"good.zip": good, "cut.zip": good[:-1],
             "forged.zip": laid_out({**members, "law/names.toml": members["law/names.toml"] + b"\n"})}  # fmt: skip
    for name, data in names.items():
        (tmp_path / name).write_bytes(data)
    for what in (["archive", "--check"], ["replay"]):
        for files, code in ((["good.zip"], 0), (["forged.zip"], 1), (["cut.zip"], 2), (["good.zip", "forged.zip"], 1),
                            (["forged.zip", "cut.zip", "good.zip"], 2)):  # fmt: skip
            done = command(*what, *files, cwd=tmp_path)
            assert done.returncode == code, (what, files)
            assert ("law/names.toml" in done.stderr) == ("forged.zip" in files)
    found = json.loads(command("replay", "forged.zip", "cut.zip", "--json", cwd=tmp_path).stdout)
    assert [one["source"] for one in found["forged"]] == ["forged.zip"]
    assert [one["source"] for one in found["unreadable"]] == ["cut.zip"]
    assert found["forged"][0]["faults"][0]["where"] == "law/names.toml"
    assert sorted(file.name for file in tmp_path.iterdir()) == sorted(names)


def test_an_archive_out_of_a_pipe_is_refused(good: bytes, tmp_path: Path):
    reader, writer = os.pipe()
    os.write(writer, good[:4000])
    os.close(writer)
    with os.fdopen(reader, "rb") as pipe, pytest.raises(UnreadableInput, match="a pipe"):
        open_archive(pipe, "a.zip")


def test_names_in_an_archive_do_not_reach_the_terminal_as_they_are(members: Members, tmp_path: Path):
    (tmp_path / "a.zip").write_bytes(zipped({**members, "a\x1b[31mb": b""}))
    done = command("archive", "--check", str(tmp_path / "a.zip"))
    assert done.returncode == 2
    assert "\x1b" not in done.stderr


SMALL = archived(H200)


def refused_or_forged(data: bytes) -> list[str]:
    try:
        return forged(data)
    except UnreadableInput as error:
        return [str(fault) for fault in error.faults]


@settings(max_examples=150, deadline=None)
@given(place=st.integers(0, len(SMALL) - 1), bit=st.integers(0, 7))
def test_any_bit_that_is_turned_shows(place: int, bit: int):
    """Every byte of an archive counts: the header, the directory, the manifest, every member."""
    data = bytearray(SMALL)
    data[place] ^= 1 << bit
    assert refused_or_forged(bytes(data))


@settings(max_examples=100, deadline=None)
@given(start=st.integers(0, 400) | st.integers(len(SMALL) - 5000, len(SMALL)), cut=st.integers(0, 50),
       put=st.binary(max_size=50))  # fmt: skip
def test_bytes_put_in_or_taken_out_show(start: int, cut: int, put: bytes):
    data = SMALL[:start] + put + SMALL[start + cut :]
    if data == SMALL:
        return
    assert refused_or_forged(data)


@settings(max_examples=100, deadline=None)
@given(data=st.binary(max_size=300))
def test_any_bytes_are_refused(data: bytes):
    with pytest.raises(UnreadableInput):
        opened(data)
