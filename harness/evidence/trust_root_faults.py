"""What a trust root must be in itself: keys that are what they say, roles that can be met, nobody their own judge."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping

from harness.codec.canonical_base64 import decoded
from harness.errors import Distrust, Fault, UnreadableInput
from harness.evidence.keys import PublicKey, UnusableKey, public_key
from harness.evidence.signed_note import COSIGNATURE, verifier_key
from harness.model.trust_root import LogRole, Role, RoleName, TrustedKey, TrustRoot

# Who must not be one and the same, and why. Keys are held against each other by the organisation whose they are.
INCOMPATIBLE: tuple[tuple[RoleName, RoleName, str], ...] = (
    ("laboratory", "exporter", "a laboratory has no stake in the exporter (15 CFR 748 Supp. 2, (dd)(3)(i)(B))"),
    ("laboratory", "manufacturer", "a laboratory has no stake in a party to the transaction ((dd)(3)(i)(B))"),
    ("laboratory", "accreditor", "nobody attests their own competence (ISO/IEC 17011, impartiality)"),
    ("laboratory", "challenger", "a challenge that the laboratory issues itself proves nothing of its runs"),
)


def usable_keys(document: TrustRoot, source: str) -> tuple[dict[str, PublicKey], list[Distrust]]:
    """Return the keys that can be verified with, by their ids, and what is wrong with the others.

    Raises:
        UnreadableInput: A key that is no base64.
    """
    spkis = {key_id: decoded(key.spki) for key_id, key in document.keys.items()}
    broken = [key_id for key_id, spki in spkis.items() if not spki]
    if broken:
        need = "bytes in base64, in its one spelling"
        raise UnreadableInput(
            source, tuple(Fault(where=f"keys.{key_id}.spki", got="another text", need=need) for key_id in broken)
        )
    keys: dict[str, PublicKey] = {}
    faults: list[Distrust] = []
    for key_id, stated in document.keys.items():
        try:
            found = public_key(spkis[key_id] or b"")
        except UnusableKey as error:
            need = "a key fit to verify with"
            faults.append(Distrust(code="root-key-unusable", where=f"keys.{key_id}.spki", got=str(error), need=need))
        else:
            wrong = list(_key_faults(key_id, stated, found))
            faults += wrong
            if not wrong:
                keys[key_id] = found
        faults += _time_faults(key_id, stated)
    return keys, faults + list(_copies(spkis))


def _key_faults(key_id: str, stated: TrustedKey, found: PublicKey) -> Iterator[Distrust]:
    if found.key_id != key_id:
        need = f"{found.key_id}, the SHA-256 of its spki"
        yield Distrust(code="root-key-id-wrong", where=f"keys.{key_id}", got="a key under another id", need=need)
    if found.algorithm != stated.algorithm:
        got, need = stated.algorithm, f"{found.algorithm}, as the key is"
        yield Distrust(code="root-key-algorithm-wrong", where=f"keys.{key_id}.algorithm", got=got, need=need)


def _time_faults(key_id: str, stated: TrustedKey) -> Iterator[Distrust]:
    place, code = f"keys.{key_id}", "root-key-times-wrong"
    if stated.valid_from >= stated.valid_until:
        got = f"{stated.valid_from.isoformat()} to {stated.valid_until.isoformat()}"
        yield Distrust(code=code, where=f"{place}.valid_until", got=got, need="an end after the beginning")
    revoked = stated.revoked
    if revoked is None or revoked.distrust_since is None:
        return
    if revoked.reason == "superseded":
        got, need = "distrust_since of a superseded key", 'none, or the reason "compromise"'
        yield Distrust(code=code, where=f"{place}.revoked", got=got, need=need)
    elif revoked.distrust_since > revoked.at:
        got = revoked.distrust_since.isoformat()
        need = f"no later than the revocation, {revoked.at.isoformat()}"
        yield Distrust(code=code, where=f"{place}.revoked.distrust_since", got=got, need=need)


def _copies(spkis: Mapping[str, bytes | None]) -> Iterator[Distrust]:
    """A key under two ids would count twice. Only one of the ids can be right, but both are named."""
    for spki, count in Counter(spkis.values()).items():
        if count > 1:
            ids = sorted(key_id for key_id, other in spkis.items() if other == spki)
            yield Distrust(code="root-key-twice", where="keys", got=f"one key as {' and '.join(ids)}", need="each once")


def role_faults(document: TrustRoot) -> Iterator[Distrust]:
    """Name every role that nobody, or too few, could fill, and every organisation that has two that exclude each other.

    Args:
        document: The trust root; its keys need not be usable.
    """
    if "root" not in document.roles:
        need = "the keys that may sign the next trust root"
        yield Distrust(code="root-role-unsatisfiable", where="roles.root", got="nothing", need=need)
    for name, role in document.roles.items():
        yield from _membership_faults(f"roles.{name}", role, document)
    for one, other, why in INCOMPATIBLE:
        for organisation in sorted(organisations_of(document, one) & organisations_of(document, other)):
            got = f"{organisation} in both"
            need = f"different organisations: {why}"
            yield Distrust(code="root-role-conflict", where=f"roles.{one} and roles.{other}", got=got, need=need)
    found: dict[str, str] = {}
    for place, log in (("log", document.log), ("witnesses", document.witnesses)):
        if log is not None:
            yield from _log_faults(place, log)
            yield from _verifier_faults(place, log, document, found)


def reaches(role: Role, holders: Collection[str]) -> bool:
    """Return whether keys, of which each is given by its holder, are enough for a role."""
    return len(holders) >= role.threshold and len(set(holders)) >= role.organisations


def asked(role: Role) -> str:
    """Return how many keys a role asks for, in words."""
    keys = "1 key" if role.threshold == 1 else f"{role.threshold} keys"
    return f"{keys} of {role.organisations} different organisations" if role.organisations > 1 else keys


def organisations_of(document: TrustRoot, role: RoleName) -> set[str]:
    """Return the organisations that hold keys of a role; none where the role is not there."""
    members = document.roles[role].keys if role in document.roles else ()
    return {document.keys[key_id].organisation for key_id in members if key_id in document.keys}


def _membership_faults(place: str, role: Role, document: TrustRoot) -> Iterator[Distrust]:
    distinct = dict.fromkeys(role.keys)
    if len(distinct) < len(role.keys):
        twice = sorted(key_id for key_id, count in Counter(role.keys).items() if count > 1)
        yield Distrust(code="root-key-twice", where=f"{place}.keys", got=", ".join(twice), need="each key once")
    for key_id in distinct:
        if key_id not in document.keys:
            yield Distrust(code="root-key-undefined", where=f"{place}.keys", got=key_id, need="the id of one of `keys`")
    if not distinct:
        got, need = "no keys", "at least one"
        advice = "leave out a role that nobody has"
        yield Distrust(code="root-role-unsatisfiable", where=f"{place}.keys", got=got, need=need, next=advice)
        return
    holders = {document.keys[key_id].organisation for key_id in distinct if key_id in document.keys}
    for field, asked_for, there in (
        ("threshold", role.threshold, len(distinct)),
        ("organisations", role.organisations, len(holders)),
    ):
        if asked_for > there:
            need = f"at most {there}, which is how many there are"
            yield Distrust(code="root-role-unsatisfiable", where=f"{place}.{field}", got=str(asked_for), need=need)


def _log_faults(place: str, log: LogRole) -> Iterator[Distrust]:
    material = Counter(key.split("+", 2)[2] for key in log.verifier_keys)
    for key, count in material.items():
        if count > 1:
            got = f"the key {key} {count} times"
            yield Distrust(code="root-key-twice", where=f"{place}.verifier_keys", got=got, need="each key once")
    if log.quorum > len(material):
        got, need = str(log.quorum), f"at most {len(material)}, which is how many keys there are"
        yield Distrust(code="root-role-unsatisfiable", where=f"{place}.quorum", got=got, need=need)


# Who may not keep the log of their own doings, or see it for others.
_PARTIES: tuple[RoleName, ...] = ("laboratory", "exporter", "manufacturer", "custodian")


def _verifier_faults(place: str, log: LogRole, document: TrustRoot, found: dict[str, str]) -> Iterator[Distrust]:
    """Name keys that verify nothing, and those of somebody whose word the log is to hold against the clock.

    Args:
        place: Where the keys stand.
        log: The keys.
        document: The trust root.
        found: Where each key was seen before, by its id; the keys of this place are added.
    """
    parties = {key_id: name for name in _PARTIES if name in document.roles for key_id in document.roles[name].keys}
    for n, text in enumerate(log.verifier_keys):
        where = f"{place}.verifier_keys[{n}]"
        try:
            key = verifier_key(text)
        except UnusableKey as error:
            yield Distrust(
                code="root-key-unusable", where=where, got=str(error), need="a verifier key of C2SP signed-note"
            )
            continue
        if place == "witnesses" and key.kind != COSIGNATURE:
            got, need = "a key that signs without a time", "the key of a witness, which signs with one"
            yield Distrust(code="root-key-unusable", where=where, got=got, need=need)
        other = found.setdefault(key.key.key_id, place)
        if other != place or key.key.key_id in parties:
            whose = (
                f"a key of the role {parties[key.key.key_id]}" if key.key.key_id in parties else f"a key of the {other}"
            )
            need = "a key of somebody else: a log and its witnesses watch each other, and the parties"
            yield Distrust(code="root-role-conflict", where=where, got=whose, need=need)


def notes_on(document: TrustRoot) -> Iterator[Fault]:
    """Name what refuses nothing and should be known: laboratories without an entry, or that vouch for themselves."""
    for organisation in sorted(organisations_of(document, "laboratory") - set(document.laboratories)):
        need = "an entry: without one, nothing is known of it, and unknown never passes"
        yield Fault(where=f"laboratories.{organisation}", got="nothing", need=need)
    both = organisations_of(document, "root") & organisations_of(document, "laboratory")
    if both and document.roles["root"].organisations < 2:
        got = f"{', '.join(sorted(both))} as a keeper of the root and as a laboratory"
        need = "a second organisation for the root: a laboratory that signs it alone vouches for itself"
        yield Fault(where="roles.root.organisations", got=got, need=need)
