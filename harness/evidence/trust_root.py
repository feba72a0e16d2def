"""The trust root: read, pinned, held against the clock, rotated. Nothing of it is believed before all of it holds."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from harness.codec.documents import from_json
from harness.errors import Distrust, Fault, TrustRefused
from harness.evidence.dsse import Opened, Signed, opened, signers
from harness.evidence.keys import PublicKey
from harness.evidence.trust_root_faults import asked, notes_on, reaches, role_faults, usable_keys
from harness.model.trust_root import TRUST_ROOT_TYPE, TrustRoot


@dataclass(frozen=True, kw_only=True, slots=True)
class ReadRoot:
    """A trust root whose form, keys, roles and own signatures hold. Whose it is, only a pin or a predecessor says.

    Attributes:
        document: What it says.
        keys: Its keys, fit to verify with, by their ids.
        sha256: Digest of the bytes of the file, by which it is pinned.
        signed_by: Ids of its own root keys that signed it and are not revoked.
        notes: What refuses nothing and should be known.
        envelope: As it was signed.
    """

    document: TrustRoot
    keys: Mapping[str, PublicKey]
    sha256: str
    signed_by: tuple[str, ...]
    notes: tuple[Fault, ...]
    envelope: Opened

    @property
    def turns_at(self) -> tuple[datetime, ...]:
        """The instants at which a later clock would give another answer."""
        signing = [self.document.keys[key_id] for key_id in self.signed_by]
        ends = {instant for key in signing for instant in (key.valid_from, key.valid_until)}
        return tuple(sorted({self.document.expires, *ends}))


def trusted_root(
    data: bytes,
    source: str,
    *,
    pin: str,
    now: datetime | None = None,
    highest_version: int | None = None,
    later: Sequence[tuple[bytes, str]] = (),
) -> ReadRoot:
    """Return the trust root that a pin names, or that follows from it by rotation.

    Args:
        data: The bytes of the file that was pinned.
        source: What it is called.
        pin: SHA-256 of the file, lower-case hexadecimal digits, from somewhere else than the file.
        now: The clock; without one nothing is held against it.
        highest_version: The highest version that was trusted before; a lower one is refused.
        later: The files that follow by rotation, each with its name, in order; the last one is returned.

    Raises:
        UnreadableInput: One of them is no trust root.
        TrustRefused: Nothing may rest on it; says every reason.
    """
    found = hashlib.sha256(data).hexdigest()
    if found != pin:
        advice = "get the file again, or its digest from whoever keeps it; never from the file itself"
        fault = Distrust(code="root-pin-differs", where="the file", got=f"SHA-256 {found}", need=pin, next=advice)
        raise TrustRefused(source, (fault,))
    return consistent_root(data, source, now=now, highest_version=highest_version, later=later)


def consistent_root(
    data: bytes,
    source: str,
    *,
    now: datetime | None = None,
    highest_version: int | None = None,
    later: Sequence[tuple[bytes, str]] = (),
) -> ReadRoot:
    """Return what `trusted_root` does without a pin: whose it is, nothing says.

    Raises:
        UnreadableInput: One of the files is no trust root.
        TrustRefused: It does not hold in itself, does not follow, or is not to be used now.
    """
    root = read_root(data, source)
    for new, name in later:
        root, source = rotated(root, new, name), name
    faults = tuple(faults_now(root, now, highest_version))
    if faults:
        raise TrustRefused(source, faults)
    return root


def read_root(data: bytes, source: str) -> ReadRoot:
    """Return a trust root that holds in itself: anybody can make one.

    Raises:
        UnreadableInput: It is no trust root.
        TrustRefused: A key, a role or its own signatures do not hold; says every reason.
    """
    envelope, document = unbelieved(data, source)
    keys, faults = usable_keys(document, source)
    faults += role_faults(document)
    signed = signers(envelope, keys)
    signed_by = _root_keys(signed, document)
    faults += _signature_faults(signed, signed_by, document, "its own")
    if faults:
        raise TrustRefused(source, tuple(faults))
    return ReadRoot(
        document=document,
        keys=keys,
        sha256=hashlib.sha256(data).hexdigest(),
        signed_by=signed_by,
        notes=tuple(notes_on(document)),
        envelope=envelope,
    )


def unbelieved(data: bytes, source: str) -> tuple[Opened, TrustRoot]:
    """Return what a trust root says, before anything is verified: to show it, and for nothing else.

    Raises:
        UnreadableInput: It is no trust root.
    """
    envelope = opened(data, source, TRUST_ROOT_TYPE)
    return envelope, from_json(TrustRoot, envelope.payload, source)


def document_faults(document: TrustRoot, source: str) -> tuple[Distrust, ...]:
    """Return what is wrong with a trust root that is not signed yet.

    Raises:
        UnreadableInput: A key that is no base64.
    """
    return (*usable_keys(document, source)[1], *role_faults(document))


def faults_now(root: ReadRoot, now: datetime | None, highest_version: int | None = None) -> Iterator[Distrust]:
    """Name why a trust root that holds in itself is not to be used now.

    Args:
        root: The trust root.
        now: The clock. At `expires` it has expired, and at `valid_until` a key has.
        highest_version: The highest version that was trusted before.
    """
    document = root.document
    if highest_version is not None and document.version < highest_version:
        got, need = f"version {document.version}", f"at least {highest_version}, which was trusted before"
        yield Distrust(code="root-rolled-back", where="version", got=got, need=need)
    if now is None:
        return
    if now >= document.expires:
        got, advice = f"{now.isoformat()} by the clock", "get the next version from whoever keeps it"
        need = f"before {document.expires.isoformat()}"
        yield Distrust(code="root-expired", where="expires", got=got, need=need, next=advice)
    valid = [id_ for id_ in root.signed_by if document.keys[id_].valid_from <= now < document.keys[id_].valid_until]
    if not _enough(valid, document):
        got = f"signatures of {len(valid)} root keys that are valid at {now.isoformat()}"
        yield Distrust(code="root-keys-not-valid-now", where="roles.root", got=got, need=asked(document.roles["root"]))


def rotated(old: ReadRoot, data: bytes, source: str) -> ReadRoot:
    """Return the trust root that takes the place of another: the next version, signed by enough keys of both.

    Raises:
        UnreadableInput: It is no trust root.
        TrustRefused: It does not hold in itself, or does not follow.

    Source:
        The Update Framework, specification 1.0, section 5.3: one version after the other, none left out.
    """
    new = read_root(data, source)
    faults = list(_version_faults(old.document.version, new.document.version))
    signed = signers(new.envelope, old.keys)
    # What the new one says of the old keys, their revocation too, cannot speak for its own coming.
    faults += _signature_faults(signed, _root_keys(signed, old.document), old.document, "the old")
    if faults:
        raise TrustRefused(source, tuple(faults))
    return new


def _version_faults(old: int, new: int) -> Iterator[Distrust]:
    need = f"version {old + 1}, one after the last"
    if new <= old:
        yield Distrust(code="root-rolled-back", where="version", got=f"version {new}", need=need)
    elif new > old + 1:
        advice = "give every version between, in order"
        yield Distrust(code="root-version-gap", where="version", got=f"version {new}", need=need, next=advice)


def _root_keys(signed: Signed, document: TrustRoot) -> tuple[str, ...]:
    """The root keys that signed. What a root itself says is revoked does not sign for it."""
    members = document.roles["root"].keys if "root" in document.roles else ()
    return tuple(sorted(id_ for id_ in signed.good if id_ in members and document.keys[id_].revoked is None))


def _signature_faults(signed: Signed, signed_by: Sequence[str], document: TrustRoot, whose: str) -> Iterator[Distrust]:
    for n in signed.bad:
        got = "a signature that does not verify under the key that it names"
        yield Distrust(code="root-signature-bad", where=f"signatures[{n}]", got=got, need="no such signature")
    if "root" in document.roles and not _enough(signed_by, document):
        holders = sorted({document.keys[id_].organisation for id_ in signed_by})
        got = f"{len(signed_by)} of {whose} root keys" + (f", of {', '.join(holders)}" if holders else "")
        need = asked(document.roles["root"])
        advice = "harness trust sign FILE --key KEY"
        yield Distrust(code="root-threshold", where="signatures", got=got, need=need, next=advice)


def _enough(ids: Sequence[str], document: TrustRoot) -> bool:
    return reaches(document.roles["root"], [document.keys[id_].organisation for id_ in ids])
