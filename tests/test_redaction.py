"""Redaction: no name is left, what names join stays joined, the law answers the same, and the owner gets all back."""

import json
import stat
from typing import Any

import pytest
from conftest import REPORTS, Change, both, codes, put
from hypothesis import given, settings
from hypothesis import strategies as st

import harness
from harness.cli.__main__ import main
from harness.codec.redacted import redacted, revealed, with_document
from harness.errors import UnreadableInput
from harness.model.redaction import RedactionKey, is_redacted, plain

RAISED = {"parties-redacted"}
SALT = bytes(range(32))
KEY = RedactionKey(schema="redaction-key/1", salt=SALT.hex())
NAMES = ("Example Exports LLC", "Example Cloud (Shanghai) Co., Ltd.")
LABORATORY = "Example Metrology Laboratory, Inc."


def shared(report: dict[str, Any], salt: bytes = SALT) -> dict[str, Any]:
    return json.loads(redacted(json.dumps(report).encode(), "report.json", salt).content)


def changed(report: dict[str, Any], change: Change) -> dict[str, Any]:
    change(report)
    return report


def test_no_name_of_a_party_is_left_anywhere(h200):
    """Names also stand in hand-overs, in "B. Example, Example Exports LLC", and in another spelling here."""
    report = changed(h200, both(put("transaction.end_use", f"For {NAMES[1].upper()}."), put("notes", [NAMES[0]])))
    text = json.dumps(shared(report), ensure_ascii=False)

    assert all(plain(name) not in plain(text) for name in NAMES)
    assert LABORATORY in text


def test_one_name_is_one_digest_in_whatever_spelling_and_another_under_another_salt(h200):
    report = changed(h200, put("custody.0.from_party", "EXAMPLE EXPORTS, L.L.C."))
    found = shared(report)
    exporter = found["transaction"]["parties"][0]["name"]

    assert is_redacted(exporter)
    assert found["custody"][0]["from_party"] == exporter
    assert found["transaction"]["parties"][1]["name"] == found["transaction"]["parties"][2]["name"] != exporter
    assert shared(report, bytes(32))["transaction"]["parties"][0]["name"] != exporter


CASES = [
    lambda report: None,
    put("transaction.parties.2.country", "VN"),
    put("transaction.parties.2.headquarters_country", "US"),
    put("transaction.parties.1.ultimate_parent_country", None),
    put("declared.total_dram_bandwidth.value", "4000"),
    put("transaction.examinations.0.result", "hit"),
    put("custody.1.from_party", "Somebody Else"),
    put("laboratory.financial_interests", [{"party": "Example Exports LLC", "kind": "shares"}]),
    put("transaction.parties.0.name", LABORATORY),
    put("recorders", [{"name": "recorder", "controlled_by": "example exports llc"}]),
    put("recorders", [{"name": "recorder", "controlled_by": "NVIDIA"}]),
    put("transaction.activity", "reexport"),
]


@pytest.mark.parametrize("change", CASES)
def test_the_law_answers_the_same_without_the_names(h200, change: Change):
    report = changed(h200, change)
    before = harness.verify(json.dumps(report).encode())
    after = harness.verify(json.dumps(shared(report)).encode())

    assert {name: (lens.answer, lens.certain, lens.possible, lens.outcome) for name, lens in after.lenses.items()} == {
        name: (lens.answer, lens.certain, lens.possible, lens.outcome) for name, lens in before.lenses.items()
    }
    assert after.outcome == before.outcome
    assert codes(after) == codes(before) | RAISED


def test_a_report_with_every_name_is_not_called_redacted(judged):
    assert "parties-redacted" not in codes(judged())
    assert "parties-redacted" not in codes(judged(put("transaction.parties.0.name", "redacted: see file")))


def test_of_a_party_without_its_name_no_stake_of_the_laboratory_is_ruled_out(h200):
    """A trust root knows in whom the laboratory has a stake; a digest is nobody that it could know."""
    from harness.codec.report_files import read_case
    from harness.decide.laboratory import _parties

    case = read_case(json.dumps(shared(h200)).encode(), "shared.json", None, None)

    assert _parties(case) == [None, None, None]


@pytest.mark.parametrize("path", sorted(REPORTS.glob("*.json")), ids=lambda path: path.stem)
def test_every_sample_comes_back_whole(path):
    data = path.read_bytes()
    report = json.loads(data)
    if not report.get("transaction") and not report.get("custody"):
        with pytest.raises(UnreadableInput, match="no name of a party"):
            redacted(data, path.name, SALT)
        return
    found = redacted(data, path.name, SALT)
    key = RedactionKey.model_validate_json(with_document(KEY, found.kept))

    assert json.loads(revealed(found.content, "shared.json", key)) == json.loads(data)


TEXT = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=40)


@settings(max_examples=25)
@given(st.lists(TEXT, min_size=3, max_size=3), TEXT)
def test_any_names_come_back_whole(names: list[str], within: str):
    report = json.loads((REPORTS / "h200-sxm.json").read_text(encoding="utf-8"))
    for party, name in zip(report["transaction"]["parties"], names, strict=True):
        party["name"] = name
    report["transaction"]["end_use"] = within + names[0] + within
    data = json.dumps(report).encode()

    found = redacted(data, "report.json", SALT)
    key = RedactionKey.model_validate_json(with_document(KEY, found.kept))

    assert json.loads(revealed(found.content, "shared.json", key)) == report


def test_a_word_of_a_closed_list_stays_whoever_bears_it_as_a_name(h200):
    """The exemption that was claimed is none, and one party is called None, another Export."""
    report = changed(h200, both(put("transaction.parties.0.name", "None"), put("transaction.parties.1.name", "Export")))
    found = shared(report)["transaction"]

    assert (found["import_entry"]["exemption"], found["activity"]) == ("none", "export")
    assert all(is_redacted(party["name"]) for party in found["parties"])


@pytest.mark.parametrize(
    "change",
    [put("notes", ["more"]), put("transaction.parties.0.name", "redacted:" + "0" * 32), put("dates.test", None)],
)
def test_a_document_that_was_changed_since_is_not_revealed(h200, change: Change):
    found = redacted(json.dumps(h200).encode(), "report.json", SALT)
    key = RedactionKey.model_validate_json(with_document(KEY, found.kept))
    altered = changed(json.loads(found.content), change)

    with pytest.raises(UnreadableInput, match="redacted with this key"):
        revealed(json.dumps(altered).encode(), "shared.json", key)


def test_what_has_no_names_or_none_any_more_is_refused(h200):
    for change in (put("transaction", None), lambda report: None):
        report = changed(h200, change)
        report = shared(report) if report["transaction"] else changed(report, put("custody", []))
        with pytest.raises(UnreadableInput, match=r"no name of a party|redacted already"):
            shared(report)


@pytest.mark.parametrize("data", [b"{}", b"[]", b'{"schema": "verdict/1"}', b'{"payloadType": "x"}', b'{"schema": 1}'])
def test_other_documents_are_refused(data: bytes):
    with pytest.raises(UnreadableInput):
        redacted(data, "other.json", SALT)


def test_a_dossier_loses_its_holders_and_its_numbers_too():
    pytest.importorskip("harness.model.dossier")
    dossier = {
        "schema": "dossier/1",
        "dossier_id": "D-1",
        "parties": [
            {
                "role": "end-user",
                "name": "Acme Cloud",
                "other_names": ["Acme"],
                "registry_number": "91310000XXXX",
                "ownership": [{"holder": "Acme Holding", "share_percent": "50"}],
            }
        ],
        "end_use": {"statement": "Acme Cloud will infer."},
    }
    text = json.dumps(shared(dossier))

    assert "Acme" not in text
    assert "91310000" not in text
    assert '"share_percent": "50"' in text


def test_the_command_takes_names_out_and_puts_them_back(tmp_path, capsys):
    report, key = tmp_path / "report.json", tmp_path / "names.json"
    report.write_text(json.dumps({**json.loads((REPORTS / "h200-sxm.json").read_bytes()), "notes": ["Alone."]}))
    out, again = tmp_path / "shared.json", tmp_path / "again.json"

    assert main(["redact", str(report), "-o", str(out), "--key", str(key)]) == 0
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert main(["redact", "--reveal", str(out), "-o", str(again), "--key", str(key)]) == 0
    assert json.loads(again.read_bytes()) == json.loads(report.read_bytes())
    capsys.readouterr()
    assert main(["verify", str(out)]) == main(["verify", str(report)])
    assert "parties-redacted" in capsys.readouterr().out
    # The same key gives the same digests.
    once = json.loads(out.read_bytes())
    assert main(["redact", str(report), "-o", str(out), "--key", str(key)]) == 2  # it is there already
    assert main(["redact", str(report), "-o", str(out), "--key", str(key), "--force"]) == 0
    assert json.loads(out.read_bytes()) == once
    assert main(["redact", str(report), "-o", str(key), "--key", str(key)]) == 2
    assert main(["redact", "--reveal", str(report), "-o", str(again), "--key", str(key), "--force"]) == 2
    assert main(["redact", "--reveal", str(out), "-o", str(again), "--key", str(tmp_path / "absent")]) == 2


def test_a_report_and_its_dossier_are_judged_alike_without_the_names(tmp_path):
    """Both under one key, so that the names of the one are those of the other."""
    pytest.importorskip("harness.model.dossier")
    report = json.loads((REPORTS / "h200-sxm.json").read_bytes())
    dossier, key = REPORTS / report["dossier"]["file"], tmp_path / "names.json"
    out, with_it = tmp_path / "shared.json", tmp_path / "shared-dossier.json"

    assert main(["redact", str(dossier), "-o", str(with_it), "--key", str(key)]) == 0
    asked = ["redact", str(REPORTS / "h200-sxm.json"), "-o", str(out), "--key", str(key), "--dossier", str(with_it)]
    assert main(asked) == 0
    before, after = harness.verify(REPORTS / "h200-sxm.json"), harness.verify(out)

    assert {name: lens.answer for name, lens in after.lenses.items()} == {
        name: lens.answer for name, lens in before.lenses.items()
    }
    assert all(plain(name) not in plain(with_it.read_text(encoding="utf-8")) for name in NAMES)
    again = tmp_path / "again.json"
    assert main(["redact", "--reveal", str(out), "-o", str(again), "--key", str(key)]) == 0
    assert json.loads(again.read_bytes()) == report


def test_no_certificate_is_of_a_shipment_to_digests(tmp_path, h200, capsys):
    """It says that the laboratory has no stake in a party, and nobody can be told from a digest."""
    out, named = tmp_path / "shared.json", tmp_path / "named.json"
    h200.pop("dossier", None)
    named.write_text(json.dumps(h200), encoding="utf-8")
    out.write_text(json.dumps(shared(h200)), encoding="utf-8")

    assert main(["certificate", str(named)]) == 0
    assert main(["certificate", str(out)]) != 0
    assert "no party that is named" in capsys.readouterr().err
