"""Redaction: no name is left, what names join stays joined, the law answers the same, and the owner gets all back."""

import json
import re
import stat
import unicodedata
from typing import Any

import pytest
from conftest import REPORTS, Change, both, codes, put, spread
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


@pytest.mark.parametrize("spelt", ["EXAMPLE EXPORTS, L.L.C.", "Ｅｘａｍｐｌｅ　Ｅｘｐｏｒｔｓ　ＬＬＣ"])
def test_one_name_is_one_digest_in_whatever_spelling_and_another_under_another_salt(h200, spelt: str):
    report = changed(h200, put("custody.0.from_party", spelt))
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
    put("custody.0.from_party", "Example Exports"),
    put("custody.0.from_party", "ＥＸＡＭＰＬＥ Exports LLC"),
    put("transaction.parties.0.name", "NVIDIA Corporation"),
    put("transaction.parties.0.name", "Example Metrology Ltd."),
]


@pytest.mark.parametrize("change", spread(CASES, 8))
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
        "dossier_id": "Acme-2026-1",
        "parties": [
            {
                "role": "end-user",
                "name": "Acme Cloud",
                "other_names": ["Acme"],
                "registry_number": "91310000XXXX",
                "ownership": [{"holder": "Acme Holding", "share_percent": "50"}],
            }
        ],
        "screened": [{"name": "Acme Data", "entry": "ACME DATA, Shenzhen"}],
        "end_use": {
            "statement": "Acme Cloud will infer.",
            "evidence": {"title": "Contract with Acme Holding", "sha256": "12" * 32},
        },
    }
    text = json.dumps(shared(dossier))

    assert "acme" not in text.casefold()
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


# "Example Exports LLC" as people write it, and as programs do.
SPELT = [
    "Example Exports",
    "example  exports",
    "Example\u00a0Exports LLC",
    "Example\nExports",
    "Exam\u200bple Ex\u00adports",
    "Example-Exports",
    "EXAMPLE_EXPORTS_llc",
    "ExampleExports",
    "ＥＸＡＭＰＬＥ　Ｅｘｐｏｒｔｓ",
    "Éxamplé Expórts",
    "E\u0301xample Exports",
    "Example Exports, L.L.C.",
    "Example Exports Inc.",
]


@pytest.mark.parametrize("spelt", SPELT)
@pytest.mark.parametrize("around", spread(["For {} only.", "{}", "doc_{}_v2", "2026{}v2"], 2))
def test_a_name_is_found_however_it_is_spelt(h200, spelt: str, around: str):
    text = around.format(spelt)
    report = changed(h200, both(put("transaction.end_use", text), put("notes", [text])))
    found = shared(report)

    for said in (found["transaction"]["end_use"], found["notes"][0]):
        bare = "".join(one for one in unicodedata.normalize("NFKD", said).casefold() if one.isalnum())
        assert "exampleexports" not in bare
        assert "redacted:" in said


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("上海示例科技有限公司", "合同：上海示例科技 2026"),
        ("ООО Пример Экспорт", "Договор с Пример Экспорт"),
        ("PT Contoh Ekspor Tbk", "Contract with Contoh Ekspor"),
        ("Exemple S.p.A.", "Contract with Exemple"),
        ("Beispiel GmbH & Co. KG", "Vertrag mit Beispiel"),
        ("Example Cloud (Shanghai) Co., Ltd.", "Contract with Example Cloud"),
        ("Acme", "Contract with ACME."),
    ],
)
def test_a_name_is_found_without_its_legal_form(h200, name: str, said: str):
    report = changed(h200, both(put("transaction.parties.1.name", name), put("notes", [said])))
    assert re.sub("redacted:[0-9a-f]{32}", "", shared(report)["notes"][0]) in {
        "合同： 2026",
        "Договор с ",
        "Contract with ",
        "Vertrag mit ",
        "Contract with .",
    }


PLACES = [
    "report_id",
    "product.name",
    "transaction.licence_application",
    "configuration.changes_made",
    "lot.sampling_plan",
    "laboratory_conclusion",
]


@pytest.mark.parametrize("place", PLACES)
def test_a_name_goes_wherever_it_stands(h200, place: str):
    text = "Contract with Example Exports"
    value = {"title": text, "sha256": "12" * 32} if place.endswith("application") else text
    found = json.dumps(shared(changed(h200, put(place, value))))

    assert "Contract with redacted:" in found
    assert "Example Exports" not in found


def test_short_names_go_as_words_and_no_word_that_only_holds_one(h200):
    report = changed(
        h200, both(put("transaction.parties.1.name", "Acme"), put("notes", ["Acme_1, acmeology, 20 GB/s; ACME's."]))
    )
    said = shared(report)["notes"][0]

    assert re.sub("redacted:[0-9a-f]{32}", "X", said) == "X_1, acmeology, 20 GB/s; X's."


def test_of_a_text_without_room_for_the_digests_nothing_is_left(h200):
    """A text has at most 8,000 characters; 500 names of 15 become 500 digests of 41."""
    said = shared(changed(h200, put("notes", ["Example Exports " * 500])))["notes"][0]

    assert is_redacted(said)


def test_parties_of_one_stem_are_not_taken_for_each_other(h200):
    """The law joins by the whole name: what only looks like one of them is neither."""
    report = changed(h200, put("custody.0.from_party", "Example Exports"))
    found = shared(report)
    names = {party["name"] for party in found["transaction"]["parties"]}

    assert is_redacted(found["custody"][0]["from_party"])
    assert found["custody"][0]["from_party"] not in names


@settings(max_examples=25)
@given(
    st.sampled_from([None, 1, 4, "\t"]), st.booleans(), st.sampled_from([(",", ":"), (", ", ": ")]), TEXT, st.booleans()
)
def test_the_file_comes_back_byte_for_byte(indent, ascii_only: bool, separators, within: str, end: bool):
    report = json.loads((REPORTS / "h200-sxm.json").read_text(encoding="utf-8"))
    report["notes"] = [f"{within}É{NAMES[0]}{within}", 'Éxample Exports \\ "quoted": /']
    text = json.dumps(report, indent=indent, ensure_ascii=ascii_only, separators=separators) + "\n" * end
    data = text.replace("/", "\\/").encode() if end else text.encode()

    found = redacted(data, "report.json", SALT)
    key = RedactionKey.model_validate_json(with_document(KEY, found.kept))

    assert found.content != data
    assert revealed(found.content, "shared.json", key) == data


@pytest.mark.parametrize("path", sorted(REPORTS.glob("*.json")), ids=lambda path: path.stem)
def test_no_sample_keeps_a_remainder(path):
    try:
        found = redacted(path.read_bytes(), path.name, SALT)
    except UnreadableInput:
        return
    assert found.remains == ()


def test_what_must_stay_and_reads_like_a_name_is_told(tmp_path, capsys, h200):
    """The maker is a party: what names the chip stays for the law, and within a longer word a short name may stand."""
    report = changed(
        h200, both(put("transaction.parties.0.name", "NVIDIA Corporation"), put("notes", ["MyNvidiaCards"]))
    )
    path, out = tmp_path / "report.json", tmp_path / "shared.json"
    path.write_text(json.dumps(report), encoding="utf-8")

    assert main(["redact", str(path), "-o", str(out), "--key", str(tmp_path / "names.json")]) == 0
    said = capsys.readouterr().err
    assert json.loads(out.read_bytes())["product"]["manufacturer"] == report["product"]["manufacturer"] == "NVIDIA"
    assert "read like a name" in said
    for place in ("product.chip", "product.manufacturer", "notes[0]"):
        assert place in said


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
