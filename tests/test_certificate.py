"""harness certificate: what a laboratory can sign for, when there is nothing to sign, and whether one still follows."""

import copy
import hashlib
import json
import re
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from conftest import REPORTS, ROOT, Change, both, put
from signing import NOW, digest, id_of, laboratory, report_bytes, root_document, signed_report, signed_root
from test_report_picture import browser

import harness
from harness.certificate import Refused, certified
from harness.cli.__main__ import main
from harness.codec import law_files
from harness.codec.certificate_files import certificate_in, differences, written
from harness.codec.law_files import read_law
from harness.codec.schemas import faults_against_schema
from harness.decide.certification import LAB_IDS
from harness.errors import UnreadableInput
from harness.judge import trust_of
from harness.model.certificate import Certificate
from harness.render.certificate import as_text
from harness.render.certificate_page import as_page

H200 = str(REPORTS / "h200-sxm.json")
LAW = read_law()


def found(data: bytes, root: dict[str, Any] | None = None, now: datetime = NOW, **asked: Any) -> Certificate | Refused:
    """What comes of a report, by a trust root where one is given."""
    if root is not None:
        file = signed_root(root)
        asked["trust"] = trust_of(file, digest(file), now)
    return certified(data, "the report", LAW, **asked)


def certificate(data: bytes | None = None, root: dict[str, Any] | None = None, **asked: Any) -> Certificate:
    one = found(report_bytes() if data is None else data, root, **asked)
    assert isinstance(one, Certificate), one
    return one


def refused(data: bytes, root: dict[str, Any] | None = None, **asked: Any) -> Refused:
    one = found(data, root, **asked)
    assert isinstance(one, Refused)
    return one


# --- What it says -----------------------------------------------------------------------------------------------------


def test_the_four_quantities_stand_with_value_u_k_and_measurement_and_peak_power_as_declared_alone():
    """894 TFLOP/s in bf16 x 16 bits; U 19.668 x 16; 4.3 TB/s; 143,771 MiB x 1.048576; all with k = 2."""
    of = certificate()
    shown = [
        (one.quantity, one.declared, one.found, one.expanded_uncertainty, one.coverage_factor, one.where)
        for one in of.confirmed
    ]
    assert shown == [
        ("tpp", "15832", "14304", "314.688", "2", "measurements[1]"),
        ("total_dram_bandwidth", "4916.736", "4300", "94.6", "2", "measurements[2]"),
        ("interconnect_bandwidth", "1084.25", "1084.232", "0", "2", "measurements[4]"),
        ("copackaged_dram_capacity", "150.754820096", "150.754820096", "0", "2", "measurements[3]"),
    ]
    assert {one.outcome for one in of.confirmed} == {"holds"}
    assert [(one.quantity, one.declared, one.unit) for one in of.declared_alone] == [
        ("peak_power_at_max_tpp", "700", "W")
    ]


@pytest.mark.parametrize("name", ["h200-sxm", "h200-sxm-attached", "h200-sxm-two-units", "h200-sxm-proofs"])
def test_the_value_shown_is_the_one_that_the_verdict_rests_on(name: str):
    path = REPORTS / f"{name}.json"
    of = certificate(path.read_bytes(), folder=REPORTS)
    reasons = {one.criterion: one for one in harness.verify(path).lenses["capability"].reasons}
    for one in of.confirmed:
        reason = reasons[f"confirmed:{one.quantity}"]
        assert reason.got == f"{one.found} ± {one.expanded_uncertainty}, {one.where}"
        assert (one.cite, one.margin) == (reason.cite, reason.margin)


def test_the_nine_facts_of_a_laboratory_stand_with_the_citation_of_the_verdict_and_none_is_left_out():
    of = certificate()
    reasons = {
        one.criterion: one
        for one in harness.verify(H200).lenses["capability"].reasons
        if not one.criterion.startswith("confirmed:")
    }
    assert {one.criterion for one in of.qualification} == reasons.keys() <= LAB_IDS.keys()
    for one in of.qualification:
        reason = reasons[one.criterion]
        assert (one.got, one.need, one.outcome, one.cite) == (reason.got, reason.need, reason.outcome, reason.cite)
    ids = {"HQ", "CTRL", "LOC", "IND", "EXP", "CERT", "REV", "FREQ", "NAME"}
    assert {one.id for one in of.qualification} == {f"LAB-{name}" for name in ids}


def test_a_criterion_without_a_short_name_is_shown_nevertheless(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delitem(LAB_IDS, "laboratory_revoked")  # type: ignore[arg-type]
    assert [one.criterion for one in certificate().qualification if one.id is None] == ["laboratory_revoked"]


def test_of_an_unsigned_report_every_fact_is_the_laboratorys_own_word_or_assumed_and_it_says_so_in_bold():
    of = certificate()
    origins = {one.criterion: one.origin for one in of.qualification if one.criterion.startswith("laboratory_")}
    # No report can say these of its own laboratory.
    assumed = {"laboratory_controller", "laboratory_expertise", "laboratory_revoked"}
    assert {name: "assumed" if name in assumed else "laboratory" for name in origins} == origins
    assert of.laboratory.origin == "laboratory"
    assert of.signature.level == "unsigned"
    assert "unsigned" in {one.code for one in of.notices}
    assert '<p class="strong"><strong>The report is unsigned.' in as_page(of)
    assert "\x1b[1m! The report is unsigned." in as_text(of, colour=True)
    assert "\x1b" not in as_text(of)


def test_of_a_signed_report_they_are_the_trust_roots_and_the_keys_are_named():
    root = root_document()
    root["laboratories"]["example-lab"]["address"] = "2 Other Road, Boulder"
    of = certificate(signed_report("laboratory", "exporter"), root)
    assert {one.origin for one in of.qualification if one.criterion.startswith("laboratory_")} == {"trust-root"}
    assert (of.laboratory.address, of.laboratory.origin) == ("2 Other Road, Boulder", "trust-root")
    assert {one.key_id: (one.organisation, one.roles) for one in of.signature.keys} == {
        id_of("laboratory"): ("example-lab", ("laboratory",)),
        id_of("exporter"): ("example-exporter", ("exporter",)),
    }
    assert (of.signature.level, of.signature.trust_root_version) == ("countersigned", 1)
    assert {one.code for one in of.notices} == {"no-official-form"}
    text = as_text(of)
    assert id_of("laboratory") in text
    assert of.receipt.verification is not None
    assert str(of.receipt.verification.trust_root_sha256) in text


def test_a_signature_that_nobody_verified_makes_no_fact_anybodys_but_the_laboratorys():
    of = certificate(signed_report("stranger"))
    assert of.signature.keys == ()
    assert "trust-root" not in {one.origin for one in of.qualification}
    assert {one.code for one in of.notices} == {"no-official-form", "not-verified"}


def test_an_address_of_several_lines_stands_in_one():
    of = certificate(report_bytes(put("laboratory.address", "1 Example Way\nBoulder, CO 80301")))
    assert "Address: 1 Example Way, Boulder, CO 80301 (as the laboratory states it)" in as_text(of)


def test_the_shipment_and_the_papers_are_named():
    ships = certificate().shipment
    assert (ships.lot_id, ships.units_in_lot, ships.units_shipping) == ("SAMPLE-LOT-1", 8, 8)
    assert [(one.unit_id, one.serial) for one in ships.tested] == [("unit-1", "SAMPLE-0001")]
    papers = {one.what: one.sha256 for one in certificate().papers}
    report = json.loads(report_bytes())
    assert papers == {
        "specifications of the licence application": report["declared"]["application"]["sha256"],
        "licence application": report["transaction"]["licence_application"]["sha256"],
    }


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (put("lot.lot_id", None), "gives the lot no name"),
        (put("transaction.licence_application", None), "no digest of the licence application"),
        (both(put("lot.units.0.serial", None), put("lot.units.0.device_uuid", None)), "without a serial number"),
    ],
)
def test_what_a_certification_cannot_well_do_without_is_remarked(change: Change, words: str):
    assert certificate().remarks == ()
    assert any(words in remark for remark in certificate(report_bytes(change)).remarks)


@pytest.mark.parametrize(
    ("change", "where"),
    [
        (put("transaction", None), {"transaction.units", "transaction.parties"}),
        (put("transaction.units", None), {"transaction.units"}),
        (put("transaction.units", 0), {"transaction.units"}),
        (put("transaction.parties", []), {"transaction.parties"}),
    ],
)
def test_without_a_shipment_and_its_parties_there_is_nothing_to_certify(change: Change, where: set[str]):
    refused = found(report_bytes(change))
    assert isinstance(refused, Refused)
    assert refused.outcome == "undecided"
    assert where <= {fault.where for fault in refused.faults}


def test_more_units_than_the_lot_has_are_remarked_where_they_are_no_fault_already():
    one = found(report_bytes(put("transaction.units", 9)))
    said = one.remarks if isinstance(one, Certificate) else [str(fault) for fault in one.faults]
    assert any("9" in line and "8" in line for line in said)


def test_what_makes_the_description_doubtful_is_for_a_person_to_look_at_before_signing():
    """The paragraph has the laboratory say that the description is accurate, and at most is not accurate."""
    of = certificate((REPORTS / "faults" / "far-below-declared.json").read_bytes())
    assert "far-below-declared" in {one.code for one in of.findings}
    assert "look-before-signing" in {one.code for one in of.notices}
    after = as_text(of).partition("To be looked at by a person before signing\n")[2].partition("\n\n")[0]
    assert "far-below-declared: declared." in after


def test_evidence_that_is_limited_is_told():
    path = REPORTS / "faults" / "implausibly-low.json"
    of = certificate(path.read_bytes(), folder=path.parent)
    assert of.evidence == harness.verify(path).lenses["evidence"].answer == "limited"
    assert "evidence-limited" in {one.code for one in of.notices}
    assert "! The evidence is limited" in as_text(of)


def test_a_verdict_that_is_no_pass_for_another_reason_is_told():
    of = certificate((REPORTS / "h200-military-end-user.json").read_bytes())
    (notice,) = [one for one in of.notices if one.code == "verdict-no-pass"]
    assert "military-use fail" in notice.text
    assert of.verdict.outcome == "fail"


def test_a_day_that_stands_in_for_the_days_of_the_report_is_told_and_the_days_stay():
    of = certificate(as_of=date(2026, 2, 1))
    assert any("2026-02-01" in one.text for one in of.notices if one.code == "as-of-day")
    assert (of.days.export, of.days.as_of) == (date(2026, 8, 20), date(2026, 2, 1))


def test_it_is_kept_five_years_from_the_export():
    """15 CFR 762.6(a); the export of the sample is on 2026-08-20."""
    assert certificate().retention.keep_at_least_until == date(2031, 8, 20)


def test_the_digest_of_the_verdict_is_that_of_what_verify_prints(capsys: pytest.CaptureFixture[str]):
    """Of ASCII keys and no numbers but whole ones, RFC 8785 asks: sorted, nothing between, UTF-8 as it is."""
    assert main(["verify", H200, "--format", "json"]) == 0
    printed = json.loads(capsys.readouterr().out)
    spelled = json.dumps(printed, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    of = certificate(Path(H200).read_bytes(), folder=REPORTS)
    assert of.verdict.sha256 == hashlib.sha256(spelled).hexdigest()


# --- When there is none -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (put("declared.total_dram_bandwidth.value", "4000"), "confirmed:total_dram_bandwidth: got 4300 ± 94.6"),
        (put("laboratory.headquarters_country", "DE"), "laboratory_headquarters: got DE"),
        (put("laboratory.test_site_country", "TW"), "laboratory_test_site: got TW"),
        (put("laboratory.financial_interests", [{"party": "Example Exports LLC"}]), "laboratory_has_interest: got yes"),
        (put("session.report_issued_at", "2026-08-21T00:00:00Z"), "report issued 2026-08-21, export 2026-08-20"),
        (put("dates.export", "2026-08-03"), "export 2026-08-03"),
    ],
)
def test_a_criterion_that_fails_refuses_it_and_is_named_with_its_paragraph(change: Change, words: str):
    answer = refused(report_bytes(change))
    assert answer.outcome == "fail"
    lines = [str(fault) for fault in answer.faults if words in str(fault)]
    assert lines
    assert all("15 CFR 748 Supp. 2" in line for line in lines)


def test_every_reason_is_named_and_not_only_the_first():
    change = both(put("declared.total_dram_bandwidth.value", "4000"), put("laboratory.headquarters_country", "DE"))
    named = {fault.where for fault in refused(report_bytes(change)).faults}
    assert named >= {"confirmed:total_dram_bandwidth", "laboratory_headquarters"}


def test_a_void_report_certifies_nothing_whatever_its_figures():
    path = REPORTS / "faults" / "summary-not-from-raw.json"
    assert harness.verify(path).lenses["evidence"].answer == "void"
    answer = refused(path.read_bytes(), folder=path.parent)
    assert answer.outcome == "fail"
    assert any(fault.where.startswith("summary-not-from-raw: ") for fault in answer.faults)


def test_a_laboratory_whose_qualification_was_revoked_certifies_nothing():
    root = root_document()
    root["laboratories"]["example-lab"] = {**laboratory(), "revoked": {"on": "2026-08-01"}}
    answer = refused(signed_report(), root)
    assert answer.outcome == "fail"
    assert "laboratory_revoked" in {fault.where for fault in answer.faults}


@pytest.mark.parametrize(
    ("day", "outcome"), [(19, None), (20, "undecided"), (21, "fail")], ids=["before", "on the day", "after"]
)
@pytest.mark.parametrize("verified", [False, True])
def test_what_is_signed_after_the_export_was_not_there_before_it(day: int, outcome: str | None, verified: bool):
    """The goods of the sample leave on 2026-08-20; on that day the order is not shown."""
    data = signed_report(issued_at=datetime(2026, 8, day, 12, tzinfo=UTC))
    one = found(data, root_document() if verified else None, now=datetime(2026, 9, 1, tzinfo=UTC))
    assert (one.outcome if isinstance(one, Refused) else None) == outcome
    if isinstance(one, Refused):
        assert len([fault for fault in one.faults if "predicate.issued_at" in fault.where]) == 1


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (put("laboratory.address", None), "laboratory_address_country"),
        (put("laboratory.ultimate_parent_country", None), "laboratory_parent"),
        (put("declared.application", None), "declared_in_application"),
        (put("dates.export", None), "dates.export"),
        (put("measurements", []), "confirmed:tpp"),
    ],
)
def test_what_is_not_known_leaves_it_open_and_is_named(change: Change, words: str):
    answer = refused(report_bytes(change))
    assert answer.outcome == "undecided"
    assert any(words in fault.where for fault in answer.faults)


def test_what_a_trust_root_does_not_know_of_a_laboratory_leaves_it_open():
    root = root_document()
    del root["laboratories"]["example-lab"]["expertise"]
    answer = refused(signed_report(), root)
    assert answer.outcome == "undecided"
    assert "laboratory_expertise" in {fault.where for fault in answer.faults}


def test_before_the_rule_there_was_nothing_to_certify():
    """91 FR 1684 is in force since 2026-01-15."""
    assert refused(report_bytes(), as_of=date(2026, 1, 14)).outcome == "undecided"
    certificate(as_of=date(2026, 1, 15))


# --- Three forms ------------------------------------------------------------------------------------------------------

VOID_TAGS = {"meta", "br", "hr", "img", "link", "input", "wbr"}


class Page(HTMLParser):
    """Every tag with its attributes; whether all that is opened is closed, in order."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.said: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID_TAGS:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.said.append(data)


ALLOWED = {"html", "head", "meta", "title", "style", "body", "main", "h1", "h2", "section", "p", "strong", "span", "ul",
           "li", "wbr", "table", "thead", "tbody", "tr", "th", "td"}  # fmt: skip
HOSTILE = "\"'<b>&</td></table><script>alert(1)</script><img src=https://example.org/x>"


def hostile_report() -> bytes:
    change = both(
        put("report_id", HOSTILE), put("laboratory.name", HOSTILE), put("laboratory.address", HOSTILE + "\n" + HOSTILE),
        put("lot.lot_id", HOSTILE), put("lot.units.0.serial", HOSTILE), put("product.name", HOSTILE),
        put("declared.application.title", HOSTILE), put("transaction.parties.0.name", f"party {HOSTILE}"),
    )  # fmt: skip
    report = json.loads(report_bytes(change))
    del report["custody"]
    return json.dumps(report).encode()


def test_the_page_is_whole_and_needs_nothing_from_elsewhere():
    page = as_page(certificate())
    read = Page(page)
    assert read.open == []
    assert {tag for tag, _ in read.tags} <= ALLOWED
    names = {name for _, attributes in read.tags for name in attributes}
    assert names <= {"lang", "charset", "name", "content", "http-equiv", "class", "scope"}
    assert not re.search(r"https?:|url\(|@import|javascript:", page)
    policy = next(attributes["content"] for _, attributes in read.tags if "http-equiv" in attributes)
    assert policy is not None
    assert policy.startswith("default-src 'none'; style-src 'unsafe-inline'")


def test_the_page_prints_in_black_on_white_and_keeps_the_signature_on_one_page():
    page = as_page(certificate())
    style = page.partition("<style>")[2].partition("</style>")[0]
    assert set(re.findall(r"#[0-9a-f]{3,6}\b", style)) == {"#000000", "#ffffff"}
    assert re.search(r"\.signed \{[^}]*break-inside: avoid", style)
    assert "size:" not in style.replace("font-size:", "")  # The sheet in the printer is the size: A4 or Letter.
    signed = page.partition('<section class="signed">')[2]
    assert [words in signed for words in ("Name and title", "Signature", "Place and day")] == [True] * 3


def test_no_figure_is_cut_in_two_and_no_long_name_leaves_the_page():
    page = as_page(certificate(report_bytes(put("lot.units.0.serial", "W" * 300))))
    assert '<td class="kept">150.754820096 ± 0 GB</td>' in page
    assert f"<td>{'W' * 300}</td>" in page


@pytest.mark.skipif(browser() is None, reason="no browser is here")
def test_a_browser_shows_every_column_within_the_width_of_a4(tmp_path: Path):
    """210 mm are 794 pixels."""
    long = both(put("lot.units.0.serial", "W" * 300), put("lot.lot_id", "W" * 300), put("report_id", "W" * 300))
    probe = "<script>document.title = document.documentElement.scrollWidth <= innerWidth</script></body>"
    page = as_page(certificate(report_bytes(long))).replace("style-src", "script-src 'unsafe-inline'; style-src")
    (tmp_path / "page.html").write_text(page.replace("</body>", probe), encoding="utf-8")
    done = subprocess.run(
        [str(browser()), "--no-sandbox", "--window-size=794,1123", "--dump-dom", (tmp_path / "page.html").as_uri()],
        capture_output=True, text=True, check=True, timeout=60,
    )  # fmt: skip
    assert "<title>true</title>" in done.stdout


def test_hostile_names_stay_names():
    of = certificate(hostile_report())
    page = as_page(of)
    read = Page(page)
    assert {tag for tag, _ in read.tags} <= ALLOWED
    assert not any({"src", "href", "onload"} & attributes.keys() for _, attributes in read.tags)
    assert "<script" not in page
    assert sum(HOSTILE in text for text in read.said) >= 6


def test_a_name_that_turns_the_writing_around_is_written_out(tmp_path: Path):
    path = tmp_path / "r.json"
    path.write_bytes(report_bytes(put("lot.lot_id", "LOT-\u202e1\u2066")))
    for kind in ("html", "txt"):
        assert main(["certificate", str(path), "-o", str(tmp_path / f"c.{kind}")]) == 0
        text = (tmp_path / f"c.{kind}").read_text(encoding="utf-8")
        assert "\u202e" not in text
        assert "LOT-\\u202e1\\u2066" in text


def test_the_page_says_what_the_text_says():
    of = certificate(signed_report(), root_document())
    said = " ".join(" ".join(Page(as_page(of)).said).split())
    for line in ("There is no official form", "SAMPLE-LOT-1", "14304 ± 314.688 TPP", "declared, not confirmed",
                 "LAB-REV", "15 CFR 748 Supp. 2, paragraph (dd)(3)(ii)", of.verdict.sha256, of.receipt.law_sha256,
                 "2031-08-20", id_of("laboratory"), "is accurate"):  # fmt: skip
        assert line in said, line
        assert "".join(line.split()) in "".join(as_text(of).split()) or line.startswith("15 CFR"), line


@pytest.mark.parametrize("make", [certificate, lambda: certificate(signed_report(), root_document())])
def test_it_fits_its_schema_and_is_read_back_the_same(make: Callable[[], Certificate]):
    data = written(make())
    assert faults_against_schema("certificate", data, "c.json") == []
    assert certificate_in(data, "c.json") == make()
    assert list(differences(data, "c.json", make())) == []


@pytest.mark.parametrize("kind", ["html", "json", "txt"])
def test_the_same_report_gives_the_same_bytes(kind: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    one, other = tmp_path / f"one.{kind}", tmp_path / f"other.{kind}"
    for out in (one, other):
        assert main(["certificate", H200, "-o", str(out)]) == 0
    assert one.read_bytes() == other.read_bytes()
    assert one.read_bytes().endswith(b"\n")
    assert main(["certificate", H200, "-o", str(one)]) == 2  # It is there, and --force was not given.
    assert main(["certificate", H200, "-o", str(one), "--force"]) == 0
    capsys.readouterr()


def test_what_is_printed_is_what_is_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    for form, kind in (("text", "txt"), ("json", "json")):
        assert main(["certificate", H200, "-o", str(tmp_path / f"c.{kind}")]) == 0
        capsys.readouterr()
        assert main(["certificate", H200, "--format", form]) == 0
        assert capsys.readouterr().out == (tmp_path / f"c.{kind}").read_text(encoding="utf-8")
    assert main(["certificate", H200, "--html", str(tmp_path / "page")]) == 0
    assert (tmp_path / "page").read_text(encoding="utf-8").startswith("<!doctype html>")


# --- The command ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "code"), [("h200-above-declaration", 1), ("b200-above-gate", 3), ("faults/summary-not-from-raw", 1)]
)
def test_where_there_is_none_nothing_is_written(
    name: str, code: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    out = tmp_path / "c.html"
    assert main(["certificate", str(REPORTS / f"{name}.json"), "-o", str(out)]) == code
    assert list(tmp_path.iterdir()) == []
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "nothing was written" in shown.err


@pytest.mark.parametrize(
    "words",
    [
        [H200, H200],
        [H200, "-o", "c.pdf"],
        [H200, "-o", "c.html", "--format", "json"],
        [H200, "--check", "c.json", "-o", "c.html"],
        [H200, "--check", "c.json", "--as-of", "2026-08-20"],
        [H200, "--state", "seen.json"],
        [H200, "--trust-root", "root.json"],
        ["-", "--check", "-"],
    ],
)
def test_words_that_make_no_sense_are_refused(words: list[str], capsys: pytest.CaptureFixture[str]):
    assert main(["certificate", *words]) == 2
    assert capsys.readouterr().err.startswith("harness: ")


# --- Whether it still follows -----------------------------------------------------------------------------------------


@pytest.fixture
def issued(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    path = tmp_path / "certificate.json"
    assert main(["certificate", H200, "-o", str(path)]) == 0
    capsys.readouterr()
    return path


def test_a_certificate_follows_from_its_report(issued: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["certificate", "--check", str(issued), H200]) == 0
    assert capsys.readouterr().out == f"{issued}: follows from {H200}\n"


def leaves(value: Any, at: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """The place of everything in a document that is no list and no object."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    if not isinstance(value, dict | list):
        yield at
    for key, item in items:
        yield from leaves(item, (*at, key))


@pytest.mark.parametrize("every", [5, pytest.param(1, marks=pytest.mark.slow)])
def test_an_altered_certificate_is_told_wherever_it_was_altered(every: int):
    of = certificate()
    whole = json.loads(written(of))
    places = list(leaves(whole))
    assert len(places) > 150
    for place in places[::every]:
        altered = copy.deepcopy(whole)
        node = altered
        for step in place[:-1]:
            node = node[step]
        node[place[-1]] = "another" if not isinstance(node[place[-1]], str) else node[place[-1]] + "0"
        assert len(list(differences(json.dumps(altered).encode(), "c.json", of))) == 1, place


@pytest.mark.parametrize("field", ["found", "declared"])
def test_an_altered_figure_is_told_with_its_place(field: str, issued: Path, capsys: pytest.CaptureFixture[str]):
    altered = json.loads(issued.read_bytes())
    altered["confirmed"][0][field] = "1"
    issued.write_text(json.dumps(altered), encoding="utf-8")
    assert main(["certificate", "--check", str(issued), H200]) == 1
    shown = capsys.readouterr()
    assert "it was altered" in shown.out
    assert f"confirmed[0].{field}: got 1; need 1" in shown.err


def test_what_was_left_out_or_added_is_told(issued: Path, capsys: pytest.CaptureFixture[str]):
    altered = json.loads(issued.read_bytes())
    altered["notices"] = altered["notices"][:1]
    issued.write_text(json.dumps(altered), encoding="utf-8")
    assert main(["certificate", "--check", str(issued), H200]) == 1
    assert "notices: got 1 items; need 2 items" in capsys.readouterr().err


def test_another_report_is_told(issued: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    other = tmp_path / "other.json"
    other.write_bytes(report_bytes(put("notes", [])))
    assert main(["certificate", "--check", str(issued), str(other)]) == 1
    assert "not the same: the report" in capsys.readouterr().out


def test_a_report_from_which_nothing_may_be_certified_any_more_is_told(
    issued: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    other = tmp_path / "other.json"
    other.write_bytes(report_bytes(put("laboratory.headquarters_country", "DE")))
    assert main(["certificate", "--check", str(issued), str(other)]) == 1
    shown = capsys.readouterr()
    assert "nothing may be certified" in shown.out
    assert "laboratory_headquarters: got DE" in shown.err


def test_another_law_is_told(issued: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    monkeypatch.setattr(law_files, "read_law", lambda: replace(LAW, sha256="0" * 64))
    assert main(["certificate", "--check", str(issued), H200]) == 1
    assert "not the same: the law\n" in capsys.readouterr().out


def test_a_certificate_of_a_day_is_made_again_for_that_day(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    path = tmp_path / "certificate.json"
    assert main(["certificate", H200, "--as-of", "2026-02-01", "-o", str(path)]) == 0
    assert main(["certificate", "--check", str(path), H200]) == 0
    capsys.readouterr()


def test_a_signed_report_is_certified_and_checked_by_the_same_trust_root(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    report, root, path = tmp_path / "r.dsse.json", tmp_path / "root.json", tmp_path / "c.json"
    report.write_bytes(signed_report())
    root.write_bytes(signed_root())
    by = ["--trust-root", str(root), "--trust-root-sha256", digest(signed_root()), "--now", "2026-08-10T00:00:00Z"]
    assert main(["certificate", str(report), *by, "-o", str(path)]) == 0
    assert main(["certificate", "--check", str(path), str(report), *by]) == 0
    capsys.readouterr()
    assert main(["certificate", "--check", str(path), str(report)]) == 1
    assert "not the same: the trust root, the clock or a proof" in capsys.readouterr().out


@pytest.mark.parametrize("data", [b"{}", b"[]", Path(H200).read_bytes(), b'{"schema": "certificate/1"}', b"{", b"7"])
def test_what_is_no_certificate_is_refused(data: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    with pytest.raises(UnreadableInput):
        certificate_in(data, "c.json")
    (tmp_path / "c.json").write_bytes(data)
    assert main(["certificate", "--check", str(tmp_path / "c.json"), H200]) == 2
    assert capsys.readouterr().out == ""


# --- The page of the documentation ------------------------------------------------------------------------------------


def test_the_excerpt_in_the_documentation_stands_in_the_certificate():
    page = (ROOT / "docs" / "certificate.md").read_text(encoding="utf-8")
    (excerpt,) = re.findall(r"^```text\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    lines = as_text(certificate()).splitlines()
    for line in excerpt.splitlines():
        assert line in (*lines, "..."), line


def test_what_is_printed_names_the_quantities_as_the_paragraph_does():
    printed = as_text(certificate())
    for term in ("TPP", "total DRAM bandwidth", "interconnect bandwidth", "copackaged DRAM capacity"):
        assert f"\n{term} " in printed
