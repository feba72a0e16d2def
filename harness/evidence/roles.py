"""Whose signatures count for a role, and when: validity, revocation, thresholds of keys and of organisations."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from harness.evidence.dsse import Opened, Signed, signers
from harness.evidence.keys import PublicKey
from harness.evidence.trust_root import ReadRoot
from harness.evidence.trust_root_faults import asked, reaches
from harness.model.finding import Finding
from harness.model.trust_root import KeyRevocation, Role, RoleName

_NOBODY = Role(keys=())


@dataclass(frozen=True, kw_only=True, slots=True)
class RoleAnswer:
    """Who signed for a role.

    Attributes:
        role: The role that was asked for.
        reached: Whether enough keys of enough organisations signed, and nothing speaks against it.
        keys: Ids of the keys that count, each with its organisation.
        others: Ids of keys that signed and count for another role then, each with its organisation.
        findings: What is wrong; of signatures that are not needed, notes.
    """

    role: RoleName
    reached: bool
    keys: Mapping[str, str]
    others: Mapping[str, str]
    findings: tuple[Finding, ...]

    @property
    def organisations(self) -> tuple[str, ...]:
        """The organisations whose keys count, each once, in order of their names."""
        return tuple(sorted(set(self.keys.values())))


def signed_by(root: ReadRoot, envelope: Opened) -> Signed:
    """Return which keys of a trust root signed an envelope, in whatever role: `satisfied` sorts them."""
    return signers(envelope, root.keys)


def keys_of(
    root: ReadRoot, role: RoleName, at: datetime, proven_before: datetime | None = None
) -> dict[str, PublicKey]:
    """Return the keys whose signatures of an instant count for a role, by their ids.

    Args:
        root: The trust root.
        role: The role.
        at: When something says that it was signed. A key counts from `valid_from` on and no longer at `valid_until`.
        proven_before: An instant before which the signature is proven to have been there, by a log and its witnesses.
    """
    members = root.document.roles.get(role, _NOBODY).keys
    return {key_id: root.keys[key_id] for key_id in members if trusted(root, role, key_id, at, proven_before) is None}


def holders_of(
    root: ReadRoot, role: RoleName, at: datetime, proven_before: datetime | None = None
) -> dict[str, tuple[PublicKey, str]]:
    """Return what `keys_of` does, each key with the organisation whose it is."""
    stated = root.document.keys
    return {id_: (key, stated[id_].organisation) for id_, key in keys_of(root, role, at, proven_before).items()}


def trusted(
    root: ReadRoot, role: RoleName, key_id: str, at: datetime, proven_before: datetime | None = None
) -> Finding | None:
    """Return why a key's signature of an instant does not count for a role; None where it counts.

    Args:
        root: The trust root.
        role: The role.
        key_id: The key.
        at: When something says that it was signed.
        proven_before: An instant before which the signature is proven to have been there.
    """
    where = f"signatures, key {key_id}"
    if key_id not in root.document.keys or key_id not in root.document.roles.get(role, _NOBODY).keys:
        names = [name for name, found in root.document.roles.items() if key_id in found.keys]
        got = f"a key of {' and '.join(sorted(names))}" if names else "a key without a role"
        return Finding(code="key-wrong-role", where=where, got=got, need=f"a key of {role}")
    key = root.document.keys[key_id]
    if not key.valid_from <= at < key.valid_until:
        need = f"from {key.valid_from.isoformat()} on, and before {key.valid_until.isoformat()}"
        return Finding(code="key-not-valid-then", where=where, got=f"signed {at.isoformat()}", need=need)
    if key.revoked is not None:
        return _revoked(key.revoked, where, at, proven_before)
    return None


def _revoked(revoked: KeyRevocation, where: str, at: datetime, proven_before: datetime | None) -> Finding | None:
    got = f"signed {at.isoformat()}; {revoked.reason}, revoked {revoked.at.isoformat()}"
    if revoked.reason == "superseded":
        # Whoever has the key is who they were, so the time that they state can be believed.
        need = "signed before the key was superseded"
        return None if at < revoked.at else Finding(code="key-revoked", where=where, got=got, need=need)
    since = revoked.distrust_since
    if since is None:
        need = "another key: none of its signatures is trusted"
        return Finding(code="key-revoked", where=where, got=got, need=need)
    if at < since and proven_before is not None and proven_before < since:
        return None
    proof = f"proven before {proven_before.isoformat()}" if proven_before else "no proof of its time"
    need = f"proof, by a log and its witnesses, that it was signed before {since.isoformat()}"
    return Finding(code="key-revoked", where=where, got=f"{got}; {proof}", need=need)


def satisfied(
    root: ReadRoot, role: RoleName, signed: Signed, at: datetime, proven_before: datetime | None = None
) -> RoleAnswer:
    """Return whether enough keys of enough organisations signed for a role.

    Args:
        root: The trust root.
        role: The role.
        signed: Which of all keys of the trust root signed, as `signed_by` returns it.
        at: When something says that it was signed.
        proven_before: An instant before which the signatures are proven to have been there.
    """
    doubts = {key_id: trusted(root, role, key_id, at, proven_before) for key_id in signed.good}
    holder = {key_id: root.document.keys[key_id].organisation for key_id in signed.good if key_id in root.document.keys}
    keys = {key_id: holder[key_id] for key_id in sorted(signed.good) if doubts[key_id] is None}
    aside = {key_id: doubt for key_id, doubt in sorted(doubts.items()) if doubt is not None}
    others = {key_id: holder[key_id] for key_id in aside if _counts_elsewhere(root, key_id, at, proven_before)}
    rule = root.document.roles.get(role, _NOBODY)
    enough = reaches(rule, list(keys.values()))
    findings = [*_places(signed), *_set_aside(aside, others, enough=enough)]
    # Where the signatures set aside would have sufficed, they say it all.
    if not enough and not reaches(rule, [*keys.values(), *(holder.get(key_id, "") for key_id in aside)]):
        findings.append(_shortfall(role, rule, keys))
    return RoleAnswer(role=role, reached=enough and not signed.bad, keys=keys, others=others, findings=tuple(findings))


def _counts_elsewhere(root: ReadRoot, key_id: str, at: datetime, proven_before: datetime | None) -> bool:
    roles = [name for name, role in root.document.roles.items() if key_id in role.keys]
    return any(trusted(root, role, key_id, at, proven_before) is None for role in roles)


def _places(signed: Signed) -> Iterator[Finding]:
    for n in signed.bad:
        got, need = "a signature that does not verify under the key that it names", "no such signature"
        yield Finding(code="signature-bad", where=f"signatures[{n}]", got=got, need=need)
    for n in signed.unknown:
        got, need = "a signature by no key of the trust root", "signatures by known keys"
        yield Finding(code="signature-unknown-key", where=f"signatures[{n}]", got=got, need=need)


def _set_aside(aside: Mapping[str, Finding], others: Mapping[str, str], *, enough: bool) -> Iterator[Finding]:
    """Where it lacks a signature, why one did not count is what is wrong; where it lacks none, it is a note."""
    for key_id, doubt in aside.items():
        if not enough:
            yield doubt
        elif key_id not in others:
            yield Finding(code="signature-not-counted", where=doubt.where, got=doubt.got, need=doubt.need)


def _shortfall(role: RoleName, rule: Role, keys: Mapping[str, str]) -> Finding:
    need = f"{asked(rule)}, in the role {role}"
    if not keys:
        return Finding(code="signature-none-valid", where="signatures", got="none that counts", need=need)
    got = f"{len(keys)} that count, of {', '.join(sorted(set(keys.values())))}"
    return Finding(code="signature-threshold", where="signatures", got=got, need=need)
