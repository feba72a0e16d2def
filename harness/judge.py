"""From bytes to a verdict: the calls behind the command line, the local page, `harness.verify` and `.classify`."""

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from harness.authenticate import NO_TRUST, Trust, case_of
from harness.codec.law_files import read_law
from harness.codec.report_files import FoundDossier, beside, read_bytes
from harness.decide import decide
from harness.errors import WrongUsage
from harness.model.verdict import Verdict
from harness.policy.law import Law

if TYPE_CHECKING:
    from harness.decide.classifier import Classifier
    from harness.model.explanation import Explanation
    from harness.model.subject import ProductKind, Subject


def verify(
    report: str | Path | bytes,
    *,
    as_of: date | None = None,
    lenses: Iterable[str] | None = None,
    law: Law | None = None,
    require: Iterable[str] = (),
    trust_root: str | Path | bytes | None = None,
    trust_root_sha256: str | None = None,
    now: datetime | None = None,
    dossier: str | Path | bytes | None = None,
) -> Verdict:
    """Judge one lab report, plain or signed.

    Args:
        report: A path, "-" for standard input, or the bytes of the report. Attached files are looked for beside a path.
        as_of: A day that stands in for all four dates of the report.
        lenses: The lenses to ask, by name; None asks every one.
        law: The law to read; None reads the law that comes with the harness.
        require: What must hold beyond the law for a pass, such as "assurance=below" or "authenticity=signed".
        trust_root: The trust root to verify a signature by: its path, or its bytes.
        trust_root_sha256: The digest of that file, from elsewhere than the file; needed with it.
        now: The clock to hold times against; None looks at none.
        dossier: The dossier of the transaction: its path, or its bytes; None takes the one that the report names.

    Returns:
        The verdict. The same inputs give the same verdict, always.

    Raises:
        UnreadableInput: The report cannot be read or does not fit its schema; carries every fault with its place.
        WrongUsage: A lens or a requirement that does not exist, or arguments of another kind.
        LawFault: The law files contradict themselves.
        TrustRefused: Nothing may rest on the trust root; says every reason.
    """
    if as_of is not None:
        _check_day(as_of)
    if not isinstance(report, str | Path | bytes):
        raise WrongUsage(f"report: got {type(report).__name__}; need its path, or its bytes")
    if isinstance(lenses, str):
        raise WrongUsage(f"lenses: got the text {lenses!r}; need names in a tuple, such as ({lenses!r},)")
    if isinstance(report, str) and report.lstrip().startswith("{"):
        raise WrongUsage("report: got the text of a report; need its path, or its bytes (text.encode())")
    if isinstance(require, str):
        raise WrongUsage(f"require: got the text {require!r}; need requirements in a tuple, such as ({require!r},)")
    lenses, required = None if lenses is None else tuple(lenses), tuple(require)
    law = read_law() if law is None else law
    trust = trust_of(trust_root, trust_root_sha256, now)
    chosen = chosen_dossier(dossier)
    folder = None if isinstance(report, bytes) else folder_of(report)
    data, source = (report, "the report") if isinstance(report, bytes) else (read_bytes(report), str(report))
    return judged(
        data,
        source,
        law,
        as_of=as_of,
        lenses=lenses,
        folder=folder,
        required=required,
        trust=trust,
        dossier=chosen,
    )


def chosen_dossier(dossier: str | Path | bytes | None) -> FoundDossier | None:
    """Return a dossier that is read in place of the one that a report names.

    Raises:
        UnreadableInput: Its file cannot be read.
    """
    if dossier is None:
        return None
    if isinstance(dossier, bytes):
        return FoundDossier(content=dossier, source="the dossier", chosen=True)
    return FoundDossier(content=read_bytes(dossier), source=str(dossier), chosen=True)


def trust_of(
    root: str | Path | bytes | None, sha256: str | None, now: datetime | None, highest_version: int | None = None
) -> Trust:
    """Return what signatures and times are verified by; a trust root older than one that was trusted is refused.

    Raises:
        WrongUsage: A trust root without its digest, or a digest without one.
        UnreadableInput: It cannot be read.
        TrustRefused: Nothing may rest on it.
    """
    if now is not None and (not isinstance(now, datetime) or now.tzinfo is None):
        raise WrongUsage(f"now: got {now!r}; need a datetime with a time zone, such as datetime.now(UTC)")
    if root is not None and not isinstance(root, str | Path | bytes):
        raise WrongUsage(f"trust_root: got {type(root).__name__}; need its path, or its bytes")
    if sha256 is not None and (not isinstance(sha256, str) or re.fullmatch("[0-9a-fA-F]{64}", sha256) is None):
        raise WrongUsage(f"the SHA-256 of the trust root: got {str(sha256)[:100]!r}; need 64 hexadecimal digits")
    if (root is None) != (sha256 is None):
        raise WrongUsage(
            "a trust root and its SHA-256 go together: whoever can change the file could change whom you trust; "
            "next: harness trust show FILE prints the digest, to be compared with what its keeper tells you"
        )
    if root is None or sha256 is None:
        return Trust(now=now)
    from harness.evidence.trust_root import trusted_root

    data, source = (root, "the trust root") if isinstance(root, bytes) else (read_bytes(root), str(root))
    return Trust(
        root_file=data,
        root=trusted_root(data, source, pin=sha256.lower(), now=now, highest_version=highest_version),
        now=now,
    )


def _check_day(day: object) -> None:
    if not isinstance(day, date) or isinstance(day, datetime):
        raise WrongUsage(f"as_of: got {day!r}; need a datetime.date")


def folder_of(report: str | Path) -> Path | None:
    """Return where the files that a report attaches are looked for: beside it; of standard input, nowhere."""
    return None if str(report) == "-" else Path(report).parent


def judged(
    data: bytes,
    source: str,
    law: Law,
    *,
    as_of: date | None = None,
    lenses: tuple[str, ...] | None = None,
    folder: Path | None = None,
    required: tuple[str, ...] = (),
    trust: Trust = NO_TRUST,
    dossier: FoundDossier | None = None,
) -> Verdict:
    """Judge the bytes of one lab report, plain or signed; `source` is what messages call it.

    Raises:
        UnreadableInput: The report does not fit its schema; carries every fault with its place.
        WrongUsage: A lens or a requirement that does not exist.
    """
    return decide(case_of(data, source, as_of, beside(folder, dossier), trust), law, lenses, required)


def explained(
    data: bytes,
    source: str,
    law: Law,
    verdict: Verdict,
    *,
    as_of: date | None = None,
    folder: Path | None = None,
    trust: Trust = NO_TRUST,
    why_not: str | None = None,
    what_if: Iterable[str] = (),
    flip: bool = False,
    dossier: FoundDossier | None = None,
) -> "Explanation":
    """Return a verdict with what is asked about it.

    Args:
        data: The bytes of the report.
        source: What messages call it.
        law: The law that the verdict was made under.
        verdict: The verdict on it.
        as_of: A day that stands in for all four dates, as for the verdict.
        folder: Where the files lie that the report attaches, as for the verdict.
        trust: By what it was verified, as for the verdict.
        why_not: An outcome, an answer, or `LENS=ANSWER`.
        what_if: Each `NAME=VALUE`: a figure that the law reads, a fact, or a clock.
        flip: Whether the nearest changes that flip an answer are looked for.
        dossier: The dossier that was read in place of the one that the report names, as for the verdict.

    Raises:
        WrongUsage: An answer, a name or a value that does not exist.
    """
    from harness.decide.counterfactual import flips
    from harness.decide.counterfactual import what_if as supposed
    from harness.decide.counterfactual import why_not as kept_away
    from harness.decide.standing import standing_of
    from harness.model.explanation import Explanation

    changes = tuple(what_if)
    standing = standing_of(case_of(data, source, as_of, beside(folder, dossier), trust), law, verdict)
    return Explanation.model_construct(
        format="explanation/1",
        verdict=verdict,
        why_not=kept_away(standing, why_not) if why_not else (),
        what_if=supposed(standing, changes) if changes else None,
        flips=flips(standing) if flip else (),
    )


def classify(
    item: "str | Path | Subject",
    *,
    as_of: date,
    given: Mapping[str, str] | None = None,
    readings: Iterable[str] = (),
    law: Law | None = None,
) -> Verdict:
    """Place a chip, a memory stack or a system by its declared figures and by assumed facts.

    Args:
        item: An id, an alias, the path of a spec file, or what `read_subject` returned.
        as_of: The day of every clock.
        given: Values in place of what is assumed, by flag, such as {"to": "MO"}; "unknown" leaves a fact open.
        readings: What is followed where the text leaves a choice, such as "AMB-11=b" or "AMB-20=both"; the default of
            each reading where it is not named.
        law: The law to read; None reads the law that comes with the harness.

    Returns:
        A verdict on the lenses that need no evidence. `assumed` lists every fact and where it came from.

    Raises:
        UnreadableInput: There is no such item, or its spec file does not read.
        WrongUsage: A flag or a reading that does not exist.
    """
    # A report needs none of this, and start-up is short.
    from harness.codec.law_files import read_assumptions
    from harness.codec.subjects import read_subject
    from harness.decide import classification
    from harness.model.subject import Subject

    _check_day(as_of)
    if not isinstance(item, str | Path | Subject):
        raise WrongUsage(f"item: got {type(item).__name__}; need an id, an alias, or the path of a spec file")
    subject = item if isinstance(item, Subject) else read_subject(item)
    law = _followed(read_law() if law is None else law, readings)
    return classification.classify(subject, law, as_of, read_assumptions(), given)


def law_with(
    *,
    readings: Iterable[str] = (),
    proposed: Iterable[str] = (),
    known_at: date | None = None,
    folder: Path | None = None,
) -> Law:
    """Return the law with what is selected of it.

    Args:
        readings: What is followed where the text leaves a choice, such as "AMB-11=b".
        proposed: Proposals that are read as if they were law, by their number, such as "S.4456".
        known_at: A day; only what the public could know on it is read.
        folder: Where the instrument files lie; None for the law that comes with the harness.

    Raises:
        WrongUsage: A reading or a proposal that does not exist.
    """
    from harness.policy.law import Selection
    from harness.policy.readings import chosen_readings, proposals_named

    if known_at is not None:
        _check_day(known_at)
    whole = read_law(folder)
    return read_law(
        folder,
        Selection(
            known_at=known_at,
            proposed=proposals_named(whole, proposed),
            readings=chosen_readings(whole.readings, readings),
        ),
    )


def _followed(law: Law, readings: Iterable[str]) -> Law:
    """Return the law by the readings that are asked for."""
    if isinstance(readings, str):
        raise WrongUsage(f"readings: got the text {readings!r}; need names in a tuple, such as ({readings!r},)")
    words = tuple(readings)
    if not words:
        return law
    from harness.policy.readings import chosen_readings
    from harness.policy.timeline import by_readings

    return by_readings(law, chosen_readings(law.readings, words))


def classifier(
    *,
    as_of: date,
    given: Mapping[str, str] | None = None,
    kind: "ProductKind" = "integrated-circuit",
    manufacturer: str | None = None,
    product: str | None = None,
    law: Law | None = None,
) -> "Classifier":
    """Return the law of a day under given facts as a table, for many items with exact figures.

    Args:
        as_of: The day of every clock.
        given: Values in place of what is assumed, by flag; the marketing of the items is open where it is not given.
        kind: What the items are.
        manufacturer: Their maker; None, or a name that nobody knows, leaves it open.
        product: Their id; None leaves it open.
        law: The law to read; None reads the law that comes with the harness.

    Raises:
        WrongUsage: A flag that does not exist.
    """
    from harness.codec.law_files import read_assumptions
    from harness.decide.classifier import Classifier

    _check_day(as_of)
    law = read_law() if law is None else law
    return Classifier(law, as_of, read_assumptions(), given, kind=kind, manufacturer=manufacturer, product=product)
