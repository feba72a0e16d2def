"""A whole shipment, as its parties hand it in: every aspect is assured, and each way to cheat with it is told."""

import base64
import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import shipment
from conftest import codes, spread
from signing import NOW, digest, id_of, key_of, signed_report, signed_root

import harness
from harness.authenticate import report_of
from harness.cli.__main__ import main
from harness.codec.law_files import read_law
from harness.evidence.custody_chain import read_chain, units_digest
from harness.evidence.custody_writing import event_after, with_event
from harness.evidence.dsse import enveloped, opened
from harness.judge import judged, trust_of
from harness.model.custody import CUSTODY_EVENT_TYPE
from harness.model.signed_report import STATEMENT_TYPE
from harness.model.trust_root import TRUST_ROOT_TYPE
from harness.model.verdict import Verdict

EVERYTHING = ("authenticity=signed", "custody=complete", "identity=serial", "lot=accepted", "raw-data=recomputed")


def verified(folder: Path, name: str = "report.dsse.json", **asked: Any) -> Verdict:
    root = (folder / "trust-root.json").read_bytes()
    return harness.verify(folder / name, trust_root=root, trust_root_sha256=digest(root), now=NOW, **asked)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the shipment, to be tampered with."""
    return Path(shutil.copytree(shipment.FOLDER, tmp_path / "signed"))


def signed_anew(folder: Path, report: dict[str, Any]) -> None:
    """Put a report in the folder that names the files as they lie there, signed by the laboratory."""
    for one in report["attachments"]:
        data = (folder / one["name"]).read_bytes()
        one |= {"sha256": digest(data), "size_bytes": len(data)}
    data = json.dumps(report).encode()
    (folder / "report.dsse.json").write_bytes(signed_report(data=data, sequence=7))


def stated() -> dict[str, Any]:
    report: dict[str, Any] = json.loads(shipment.report())
    return report


def test_the_files_are_those_that_the_parties_make():
    assert {file.name: file.read_bytes() for file in shipment.FOLDER.iterdir()} == shipment.files()


def test_every_aspect_that_needs_no_device_is_assured():
    verdict = verified(shipment.FOLDER, require=EVERYTHING)
    assert verdict.outcome == "pass"
    assert verdict.findings == ()
    assert {name: found.level for name, found in verdict.reached.items()} == {
        "authenticity": "signed",
        "time": "stated",
        "freshness": "not-checked",
        "identity": "serial",
        "custody": "complete",
        "raw-data": "recomputed",
        "lot": "accepted",
    }


def test_a_log_and_its_witnesses_show_when_the_report_was_there(folder: Path, capsys: Any):
    proof = ("--log-proof", str(folder / "log-proof.txt"))
    assert run(folder, *proof, "--require", "time=witnessed,freshness=checked") == 0
    assert "witnessed" in capsys.readouterr().out
    assert run(folder, "--require", "time=witnessed") == 3
    # The proof of another report shows nothing of this one.
    report = stated()
    report["report_id"] = "ANOTHER"
    (folder / "state").unlink()
    signed_anew(folder, report)
    capsys.readouterr()
    assert run(folder, *proof) == 0
    assert "log-proof-of-another" in capsys.readouterr().out
    assert run(folder, *proof, "--require", "time=logged") == 3


def test_a_compromised_key_counts_where_witnesses_prove_that_it_signed_before(folder: Path):
    """Signed on the fifth of August, witnessed on the sixth, distrusted from the seventh on."""
    document = json.loads(opened((folder / "trust-root.json").read_bytes(), "root", TRUST_ROOT_TYPE).payload)
    revoked = {"at": "2026-08-08T00:00:00Z", "reason": "compromise", "distrust_since": "2026-08-07T00:00:00Z"}
    document["keys"][id_of("laboratory")]["revoked"] = revoked
    root = signed_root(document)
    trust = trust_of(root, digest(root), NOW)
    data = (folder / "report.dsse.json").read_bytes()
    proven = replace(trust, proof=(folder / "log-proof.txt").read_bytes())
    assert judged(data, "report", read_law(), folder=folder, trust=proven).outcome == "pass"
    alone = judged(data, "report", read_law(), folder=folder, trust=trust)
    assert "key-revoked" in codes(alone)
    assert alone.outcome == "fail"


def test_what_was_logged_before_it_was_signed_proves_no_signature(folder: Path):
    """Whoever keeps a log could enter what nobody has signed, and sign it with a key that is stolen later."""
    document = json.loads(opened((folder / "trust-root.json").read_bytes(), "root", TRUST_ROOT_TYPE).payload)
    revoked = {"at": "2026-08-08T00:00:00Z", "reason": "compromise", "distrust_since": "2026-08-07T00:00:00Z"}
    document["keys"][id_of("laboratory")]["revoked"] = revoked
    root = signed_root(document)
    data = (folder / "report.dsse.json").read_bytes()
    early = shipment.log_proof(opened(data, "report", STATEMENT_TYPE).payload)
    trust = replace(trust_of(root, digest(root), NOW), proof=early)
    verdict = judged(data, "report", read_law(), folder=folder, trust=trust)
    assert verdict.reached["time"].level == "witnessed"
    assert "key-revoked" in codes(verdict)
    assert verdict.outcome == "fail"


def test_the_samples_of_one_device_under_the_name_of_another_are_told(folder: Path, capsys: Any):
    assert run(folder) == 0
    report = stated()
    report["report_id"], report["challenge"] = "EXAMPLE-SHIPMENT-8", None
    for n, unit in enumerate(report["lot"]["units"]):
        unit |= {"serial": f"OTHER-{n}", "device_uuid": None}
    data = json.dumps(report).encode()
    (folder / "report.dsse.json").write_bytes(signed_report(data=data, sequence=8))
    capsys.readouterr()
    assert run(folder, "--lens", "evidence") == 1
    assert "raw-reused" in capsys.readouterr().out


def test_without_the_envelope_nothing_rests_on_the_laboratorys_word_alone():
    verdict = verified(shipment.FOLDER, "report.json", require=EVERYTHING)
    assert verdict.outcome == "undecided"
    assert {one.requires for one in verdict.required if one.outcome == "undecided"} == {
        "authenticity=signed",
        "custody=complete",
    }


@pytest.mark.parametrize("name", ["custody.json", "draw.json", "manifest.json"])
def test_a_document_that_was_changed_after_signing_voids_the_report(folder: Path, name: str):
    data = (folder / name).read_bytes()
    (folder / name).write_bytes(data + b"\n")
    verdict = verified(folder)
    assert "attachment-altered" in codes(verdict)
    assert verdict.outcome == "fail"


@pytest.mark.parametrize("name", ["custody.json", "draw.json", "manifest.json"])
def test_a_document_that_is_named_and_not_there_leaves_the_matter_open(folder: Path, name: str):
    """Or whoever does not like what it shows would only have to leave it out."""
    (folder / name).unlink()
    verdict = verified(folder)
    assert "attachment-absent" in codes(verdict)
    assert verdict.outcome == "undecided"
    aspect = "custody" if name == "custody.json" else "lot"
    assert verdict.reached[aspect].level == "none"
    assert verified(folder, require=(f"{aspect}=stated",), lenses=("evidence",)).outcome == "undecided"


def test_a_verdict_with_its_log_proof_is_replayed(folder: Path, capsys: Any):
    proof = ("--log-proof", str(folder / "log-proof.txt"))
    assert run(folder, *proof, "--require", "time=witnessed", "--format", "json") == 0
    (folder / "verdict.json").write_text(capsys.readouterr().out, encoding="utf-8")
    assert main(["replay", str(folder / "verdict.json"), "--reports", str(folder)]) == 0


def test_a_log_of_the_laboratorys_own_making_is_not_complete(folder: Path):
    log: bytes | None = None
    for kind, hours, more in (("opened", 20, {}), ("measured", 40, {})):
        last = read_chain(log, "the log")[-1] if log is not None else None
        event = event_after(
            last,
            type=kind,
            at=datetime.fromisoformat("2026-08-03T09:00:00Z") + timedelta(hours=hours),
            place="Boulder",
            from_organisation=shipment.LAB,
            lot_id=shipment.LOT,
            units=8,
            units_root=units_digest([unit.unit_id for unit in shipment.manifest().units]),
            **more,
        )
        log = with_event(log, "the log", event, [key_of("laboratory")])
    assert log is not None
    (folder / "custody.json").write_bytes(log)
    signed_anew(folder, stated())
    assert verified(folder, require=("custody=complete",)).outcome == "undecided"


def test_a_log_of_other_units_is_told(folder: Path):
    log = json.loads((folder / "custody.json").read_text(encoding="utf-8"))
    others = units_digest([f"other-{n}" for n in range(8)])
    chain: bytes | None = None
    for envelope in log["events"]:
        event = json.loads(base64.b64decode(envelope["payload"]))
        last = read_chain(chain, "the log")[-1] if chain is not None else None
        said = {name: event[name] for name in event if name not in ("schema", "seq", "prev", "units_root")}
        said = {name: tuple(value) if isinstance(value, list) else value for name, value in said.items()}
        made = event_after(last, **{**said, "at": datetime.fromisoformat(event["at"]), "units_root": others})
        names = {shipment.EXPORTER: "exporter", shipment.LAB: "laboratory", shipment.CARRIER: "carrier"}
        parties = [event["from_organisation"], event["to_organisation"]]
        chain = with_event(chain, "the log", made, [key_of(names[one]) for one in parties if one])
    assert chain is not None
    (folder / "custody.json").write_bytes(chain)
    signed_anew(folder, stated())
    verdict = verified(folder)
    assert "custody-units-changed" in codes(verdict)
    assert verdict.outcome == "fail"


def test_a_newer_trust_root_is_remembered_whatever_came_of_the_report(folder: Path, capsys: Any):
    assert run(folder) == 0
    document = json.loads(opened((folder / "trust-root.json").read_bytes(), "root", TRUST_ROOT_TYPE).payload)
    old = (folder / "trust-root.json").read_bytes()
    document["version"] = 2
    document["revoked_reports"] = [
        digest(opened((folder / "report.dsse.json").read_bytes(), "r", STATEMENT_TYPE).payload)
    ]
    (folder / "trust-root.json").write_bytes(signed_root(document))
    assert run(folder) == 1
    (folder / "trust-root.json").write_bytes(old)
    capsys.readouterr()
    assert run(folder) == 1
    assert "root-rolled-back" in capsys.readouterr().err


def test_a_spare_unit_in_the_place_of_a_drawn_one_is_told(folder: Path):
    report, drawn = stated(), shipment.drawn().units
    spare = next(unit.unit_id for unit in shipment.manifest().units if unit.unit_id not in drawn)
    text = json.dumps(report).replace(f'"{drawn[0]}"', f'"{spare}"')
    signed_anew(folder, json.loads(text))
    verdict = verified(folder, require=EVERYTHING)
    assert {"lot-unit-not-tested", "lot-unit-not-drawn"} <= codes(verdict)
    assert verdict.outcome != "pass"


def test_the_serial_number_of_another_unit_is_told(folder: Path):
    report = stated()
    report["lot"]["units"][0]["serial"] = "EXAMPLE-0099"
    signed_anew(folder, report)
    verdict = verified(folder)
    assert "lot-unit-substituted" in codes(verdict)
    assert verdict.outcome == "fail"


def test_another_challenge_draws_other_units_and_the_old_ones_do_not_fit(folder: Path):
    draw = json.loads((folder / "draw.json").read_text(encoding="utf-8"))
    draw["challenge"], draw["commitment"] = "00" * 32, None
    (folder / "draw.json").write_text(json.dumps(draw), encoding="utf-8")
    signed_anew(folder, stated())
    assert "lot-draw-wrong" in codes(verified(folder))


def test_a_unit_added_to_the_manifest_after_the_draw_is_told(folder: Path):
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    manifest["units"].append({"unit_id": "unit-9", "serial": "EXAMPLE-0009"})
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    signed_anew(folder, stated())
    verdict = verified(folder)
    assert "lot-manifest-altered" in codes(verdict)
    assert verdict.outcome == "fail"


def test_a_hand_over_that_only_one_party_signed_leaves_custody_open(folder: Path):
    log = json.loads((folder / "custody.json").read_text(encoding="utf-8"))
    del log["events"][2]["signatures"][1]
    (folder / "custody.json").write_text(json.dumps(log), encoding="utf-8")
    signed_anew(folder, stated())
    verdict = verified(folder, require=("custody=complete",))
    assert verdict.reached["custody"].level not in ("broken", "complete")
    assert verdict.outcome == "undecided"


def test_hand_overs_of_another_lot_void_the_report(folder: Path):
    report = stated()
    report["lot"]["lot_id"] = "EXAMPLE-LOT-8"
    signed_anew(folder, report)
    verdict = verified(folder)
    assert "custody-wrong-lot" in codes(verdict)
    assert verdict.outcome == "fail"


def test_an_event_that_nobody_known_signed_breaks_custody(folder: Path):
    log = json.loads((folder / "custody.json").read_text(encoding="utf-8"))
    envelope = log["events"][2]
    payload = base64.b64decode(envelope["payload"])
    forged = json.loads(enveloped(payload, CUSTODY_EVENT_TYPE, [key_of("stranger"), key_of("laboratory")]))
    log["events"][2] = forged
    (folder / "custody.json").write_text(json.dumps(log), encoding="utf-8")
    signed_anew(folder, stated())
    verdict = verified(folder, require=("custody=complete",))
    assert verdict.outcome in ("undecided", "fail")


def test_measured_before_the_laboratory_had_the_lot_is_told(folder: Path):
    """The measurements are of the fourth of August; this log hands the lot over on the day after."""
    last = None
    log: bytes | None = None
    start = datetime.fromisoformat("2026-08-05T09:00:00Z")
    for hours, kind, giver, taker, seals in (
        (0, "sealed", shipment.EXPORTER, None, {"seals_applied": ("S-1",)}),
        (2, "handed-over", shipment.EXPORTER, shipment.LAB, {"seals_found": ("S-1",)}),
        (9, "handed-over", shipment.LAB, shipment.EXPORTER, {"seals_found": ("S-1",)}),
    ):
        event = event_after(
            last,
            type=kind,
            at=start + timedelta(hours=hours),
            place="Boulder",
            from_organisation=giver,
            to_organisation=taker,
            lot_id=shipment.LOT,
            units=8,
            units_root=units_digest([unit.unit_id for unit in shipment.manifest().units]),
            **seals,
        )
        names = {shipment.EXPORTER: "exporter", shipment.LAB: "laboratory"}
        log = with_event(log, "the log", event, [key_of(names[name]) for name in (giver, taker) if name])
        last = read_chain(log, "the log")[-1]
    assert log is not None
    (folder / "custody.json").write_bytes(log)
    signed_anew(folder, stated())
    verdict = verified(folder)
    assert "measured-outside-custody" in codes(verdict)
    assert verdict.outcome == "fail"


# --- What was seen before, over the command line ----------------------------------------------------------------------


def run(folder: Path, *more: str) -> int:
    root = folder / "trust-root.json"
    words = ["verify", str(folder / "report.dsse.json"), "--trust-root", str(root), "--now", "2026-08-10T00:00:00Z"]
    return main([*words, "--trust-root-sha256", digest(root.read_bytes()), "--state", str(folder / "state"), *more])


def test_the_same_report_again_is_no_replay_and_another_with_its_number_is(folder: Path, capsys: Any):
    first = (run(folder), capsys.readouterr().out)
    again = (run(folder), capsys.readouterr().out)
    assert first == again
    assert first[0] == 0
    report = stated()
    report["notes"] = ["another report"]
    signed_anew(folder, report)
    assert run(folder) == 1
    assert "sequence-rolled-back" in capsys.readouterr().out


def test_a_signed_report_is_archived_with_its_trust_root_and_replayed(folder: Path, capsys: Any):
    root, kept = folder / "trust-root.json", folder / "kept.zip"
    by = ["--trust-root", str(root), "--trust-root-sha256", digest(root.read_bytes()), "--now", "2026-08-10T00:00:00Z"]
    assert main(["archive", str(folder / "report.dsse.json"), "-o", str(kept), *by]) == 0
    assert main(["archive", "--check", str(kept)]) == 0
    capsys.readouterr()
    assert main(["replay", str(kept)]) == 0
    assert "reproduced: byte for byte" in capsys.readouterr().out


def test_a_signed_verdict_is_replayed_from_folders_and_says_what_it_needs(folder: Path, capsys: Any):
    assert run(folder, "--format", "json") == 0
    verdict = folder / "verdict.json"
    verdict.write_text(capsys.readouterr().out, encoding="utf-8")
    assert main(["replay", str(verdict), "--reports", str(folder)]) == 0
    capsys.readouterr()
    (folder / "trust-root.json").unlink()
    assert main(["replay", str(verdict), "--reports", str(folder)]) == 3
    assert "trust-root" in capsys.readouterr().out


# --- Leaving out never helps ------------------------------------------------------------------------------------------


def seal_exchanged(folder: Path) -> None:
    """The laboratory's log says that another seal was on."""
    log = json.loads((folder / "custody.json").read_text(encoding="utf-8"))
    event = json.loads(base64.b64decode(log["events"][2]["payload"]))
    event["seals_found"] = ["S-9999"]
    payload = json.dumps(event).encode()
    log["events"][2] = json.loads(enveloped(payload, CUSTODY_EVENT_TYPE, [key_of("carrier"), key_of("laboratory")]))
    (folder / "custody.json").write_text(json.dumps(log), encoding="utf-8")
    signed_anew(folder, stated())


def others_drawn(folder: Path) -> None:
    draw = json.loads((folder / "draw.json").read_text(encoding="utf-8"))
    draw["units"] = ["unit-1", "unit-2"]
    (folder / "draw.json").write_text(json.dumps(draw), encoding="utf-8")
    signed_anew(folder, stated())


def figure_changed(folder: Path) -> None:
    envelope = json.loads((folder / "report.dsse.json").read_bytes())
    payload = base64.b64decode(envelope["payload"]).replace(b'"15832"', b'"15831"', 1)
    envelope["payload"] = base64.b64encode(payload).decode()
    (folder / "report.dsse.json").write_text(json.dumps(envelope), encoding="utf-8")


def without(name: str) -> Callable[[Path], object]:
    return lambda folder: (folder / name).unlink()


def plain(folder: Path) -> None:
    data = (folder / "report.dsse.json").read_bytes()
    (folder / "report.dsse.json").write_bytes(report_of(data, "report"))


@pytest.mark.parametrize("fault", [seal_exchanged, others_drawn, figure_changed])
@pytest.mark.parametrize("left_out", [without("custody.json"), without("draw.json"), without("manifest.json"), plain])
@pytest.mark.parametrize(
    "also", spread(["custody=stated", "custody=complete", "lot=stated", "lot=accepted", "identity=serial"], 2)
)
def test_leaving_evidence_out_never_makes_a_pass_of_what_was_none(folder: Path, fault, left_out, also: str):
    """Where the signature is asked for: an unsigned report is judged by what it says of itself."""
    asked = ("authenticity=signed", also)
    fault(folder)
    before = verified(folder, require=asked, lenses=("capability",)).outcome
    assert before != "pass"
    left_out(folder)
    assert verified(folder, require=asked, lenses=("capability",)).outcome != "pass"


def test_a_log_proof_needs_a_trust_root_and_one_report(folder: Path, capsys: Any):
    report, proof = str(folder / "report.dsse.json"), str(folder / "log-proof.txt")
    assert main(["verify", report, "--log-proof", proof]) == 2
    assert "--trust-root" in capsys.readouterr().err
    root = folder / "trust-root.json"
    by = ["--trust-root", str(root), "--trust-root-sha256", digest(root.read_bytes()), "--log-proof", proof]
    assert main(["verify", report, str(folder / "report.json"), *by]) == 2
    assert "one report" in capsys.readouterr().err
