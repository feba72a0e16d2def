"""A trust root for people: its keys by role, its laboratories; and what came of checking one."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

from harness.model.trust_check import TrustCheck
from harness.model.trust_root import TrustedKey, TrustRoot
from harness.render.text import text_table

_WIDEST = 64


def as_text(document: TrustRoot, sha256: str, holds: str, *, shown: Callable[[str], str] = str) -> str:
    """Return what a trust root says.

    Args:
        document: What it says.
        sha256: Digest of its file.
        holds: What is to be said of its signatures.
        shown: How a text that came from a file is written.
    """
    lines = [
        f"trust root, version {document.version}, expires {_when(document.expires)}",
        f"  {holds}",
        f"  SHA-256 {sha256}",
        *(f"  note: {shown(note)}" for note in document.notes),
        "",
        text_table(list(_key_rows(document)), ["role", "organisation", "key", "valid", "revoked"], shown, _WIDEST),
    ]
    if document.laboratories:
        headings = ["laboratory", "name", "headquarters", "accreditations", "examined"]
        lines += ["", text_table(list(_laboratory_rows(document)), headings, shown, _WIDEST)]
    lines += [f"  {line}" for line in _further(document)]
    return "\n".join(lines) + "\n"


def _when(instant: datetime) -> str:
    return instant.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _key_rows(document: TrustRoot) -> Iterator[list[str]]:
    for name, role in document.roles.items():
        asks = f"{name} ({role.threshold} of {len(role.keys)}"
        asks += f", {role.organisations} organisations)" if role.organisations > 1 else ")"
        for key_id in role.keys:
            key = document.keys.get(key_id)
            if key is None:
                yield [asks, "", key_id, "no such key", ""]
            else:
                valid = f"{_when(key.valid_from)} to {_when(key.valid_until)}"
                yield [asks, key.organisation, key_id, valid, _revoked(key)]
    used = {key_id for role in document.roles.values() for key_id in role.keys}
    for key_id, key in document.keys.items():
        if key_id not in used:
            yield ["without a role", key.organisation, key_id, "", _revoked(key)]


def _revoked(key: TrustedKey) -> str:
    if key.revoked is None:
        return ""
    since = key.revoked.distrust_since
    return f"{key.revoked.reason}, {_when(key.revoked.at)}" + (f"; distrusted since {_when(since)}" if since else "")


def _laboratory_rows(document: TrustRoot) -> Iterator[list[str]]:
    for organisation, known in document.laboratories.items():
        revoked = f"QUALIFICATION REVOKED {known.revoked.on}; " if known.revoked else ""
        bodies = ", ".join(f"{one.body} {one.number}" for one in known.accreditations) or "none known"
        examined = str(known.examined_on) if known.examined_on else "not"
        yield [organisation, f"{revoked}{known.legal_name}", known.headquarters_country or "unknown", bodies, examined]


def _further(document: TrustRoot) -> Iterator[str]:
    for name, log in (("log", document.log), ("witnesses", document.witnesses)):
        if log is not None:
            yield f"{name}: {len(log.verifier_keys)} keys, of which {log.quorum} must sign"
    for maker, roots in document.device_roots.items():
        yield f"device roots of {maker}: {len(roots)}"
    if document.revoked_reports:
        yield f"withdrawn reports: {len(document.revoked_reports)}"


def check_as_text(answer: TrustCheck, *, shown: Callable[[str], str] = str) -> str:
    """Return what came of checking a trust root."""
    lines = [f"trust root {shown(answer.source)}" + (f", version {answer.version}" if answer.version else "")]
    for name in answer.after:
        lines.append(f"  after {shown(name)}")
    for key_id, organisation in answer.signed_by.items():
        lines.append(f"  signed by {key_id} ({organisation})")
    lines.append(f"  SHA-256 {answer.sha256}")
    whose = "as given" if answer.clock_given else "of this machine"
    expires = f"; expires {_when(answer.expires)}" if answer.expires else ""
    lines.append(f"  clock {whose}: {_when(answer.clock)}{expires}")
    lines += [f"  note: {shown(one.where)}: got {shown(one.got)}; need {shown(one.need)}" for one in answer.notes]
    for one in answer.reasons:
        advice = f"; next: {one.next}" if one.next else ""
        lines.append(f"  {one.code}: {shown(one.where)}: got {shown(one.got)}; need {shown(one.need)}{advice}")
    return "\n".join([*lines, _closing(answer)]) + "\n"


def _closing(answer: TrustCheck) -> str:
    if answer.outcome == "fail":
        return "FAIL  nothing may rest on it"
    if answer.outcome == "undecided":
        return "UNDECIDED  it holds in itself, as anybody's would; next: --sha256 DIGEST, from whoever keeps it"
    if answer.pinned:
        return (
            "PASS  it is the one that is pinned" if not answer.after else "PASS  it follows from the one that is pinned"
        )
    return f"PASS  it may follow; whoever trusts {answer.after[0]} may trust it. Its pin is the SHA-256 above"
