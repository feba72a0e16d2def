"""The trust root, `trust-root/1`: whose keys count for what, and what is known of the laboratories. It travels signed.

What it says of a laboratory takes the place of what the laboratory says of itself; what it leaves out is unknown.
"""

from typing import Annotated, Literal

from pydantic import Field

from harness.model.document import Country, Day, Document, Figure, Form, Instant, Name, Sha256, Text
from harness.model.envelope import BASE64
from harness.model.lab_report import NamedDocument

TRUST_ROOT_FORMAT = "trust-root/1"
TRUST_ROOT_TYPE = "application/vnd.harness.trust-root+json"

Algorithm = Literal["ed25519", "ecdsa-p256-sha256", "ecdsa-p384-sha384"]
# Who signs what: a report, a hand-over, a challenge, a draw, an attestation of accreditation, an export.
RoleName = Literal["root", "laboratory", "custodian", "challenger", "accreditor", "exporter", "manufacturer"]
Organisation = Annotated[
    str,
    Form(
        r"[a-z0-9](?:[a-z0-9.-]{0,61}[a-z0-9])?",
        63,
        "an organisation: lower-case letters, digits, dots and hyphens",
    ),
]
VerifierKey = Annotated[
    str, Form(r"[!-*,-~]{1,200}\+[0-9a-f]{8}\+[A-Za-z0-9+/]+={0,2}={0,2}", 500, "a verifier key of C2SP signed-note")
]


class KeyRevocation(Document):
    """That a key is no longer to be trusted.

    A superseded key only ends its validity at `at`. A compromised one takes away every signature that is not proven
    to be older than `distrust_since`; without that day, every signature.
    """

    at: Instant
    reason: Literal["compromise", "superseded"]
    distrust_since: Instant | None = None


class TrustedKey(Document):
    """A key, whose it is, and when its signatures count."""

    algorithm: Algorithm
    spki: Annotated[str, Form(BASE64, 1_000, "a SubjectPublicKeyInfo (DER) in base64")]
    organisation: Organisation
    valid_from: Instant
    valid_until: Instant
    revoked: KeyRevocation | None = None


class Role(Document):
    """How many keys, of how many organisations, must sign for a role."""

    keys: Annotated[tuple[Sha256, ...], Field(max_length=1_000)]
    threshold: Annotated[int, Field(ge=1, le=16)] = 1
    organisations: Annotated[int, Field(ge=1, le=16)] = 1


class LogRole(Document):
    """A log, or the witnesses of logs, by their verifier keys; how many must have signed a checkpoint."""

    verifier_keys: Annotated[tuple[VerifierKey, ...], Field(max_length=100)] = ()
    quorum: Annotated[int, Field(ge=1, le=100)] = 1


class TestSite(Document):
    """A place where a laboratory tests."""

    __test__ = False  # pytest would otherwise collect it for its name.

    name: Name
    address: Text | None = None
    country: Country
    in_foreign_trade_zone: bool | None = None


class MethodScope(Document):
    """A method that an accreditation covers, by the digest of the method file or of the bench."""

    name: Name
    sha256: Sha256 | None = None


class TrustedAccreditation(Document):
    """An accreditation that the keeper of the trust root has seen."""

    body: Name
    number: Name
    standard: Name
    scope: Annotated[tuple[MethodScope, ...], Field(max_length=1_000)] = ()
    valid_from: Day
    valid_until: Day
    evidence: NamedDocument | None = None


class Stake(Document):
    """A stake, or another benefit, between a laboratory and somebody else."""

    organisation: Name
    kind: Text
    share: Figure | None = None
    evidence: NamedDocument | None = None


class Expertise(Document):
    """That a laboratory was found able to confirm a quantity, on what evidence."""

    quantity: Name
    evidence: NamedDocument | None = None


class LaboratoryRevocation(Document):
    """That the agency revoked the qualification of a laboratory, and by which letter or page."""

    on: Day
    notice: NamedDocument | None = None


class TrustedLaboratory(Document):
    """What is known of a laboratory. Null is unknown, and unknown never passes; an empty list is known to be empty."""

    legal_name: Name
    also_known_as: Annotated[tuple[Name, ...], Field(max_length=100)] = ()
    address: Text | None = None
    address_country: Country | None = None
    headquarters_country: Country | None = None
    ultimate_parent_country: Country | None = None
    # Everybody who controls it, by country of headquarters and of the ultimate parent; null: not examined.
    controlled_from: Annotated[tuple[Country, ...], Field(max_length=100)] | None = None
    test_sites: Annotated[tuple[TestSite, ...], Field(max_length=100)] | None = None
    accreditations: Annotated[tuple[TrustedAccreditation, ...], Field(max_length=100)] = ()
    # What it holds in others, and what it gains beyond its fee; null: not examined.
    stakes: Annotated[tuple[Stake, ...], Field(max_length=1_000)] | None = None
    # What others hold in it: no paragraph names these, so a person looks at them.
    holders: Annotated[tuple[Stake, ...], Field(max_length=1_000)] | None = None
    expertise: Annotated[tuple[Expertise, ...], Field(max_length=100)] | None = None
    revoked: LaboratoryRevocation | None = None
    examined_on: Day | None = None
    evidence: NamedDocument | None = None


class TrustRoot(Document):
    """The payload of a signed trust root, `trust-root/1`."""

    format: Literal["trust-root/1"] = Field(alias="schema")
    version: Annotated[int, Field(ge=1, le=10**9)]
    expires: Instant
    notes: tuple[Text, ...] = ()
    # By key id, which is the SHA-256 of the SubjectPublicKeyInfo.
    keys: Annotated[dict[Sha256, TrustedKey], Field(max_length=2_000)]
    roles: Annotated[dict[RoleName, Role], Field(max_length=20)]
    log: LogRole | None = None
    witnesses: LogRole | None = None
    # By maker: SHA-256 of the DER of each root certificate of its devices.
    device_roots: Annotated[dict[Organisation, tuple[Sha256, ...]], Field(max_length=100)] = Field(default_factory=dict)
    # By organisation, as its keys name it.
    laboratories: Annotated[dict[Organisation, TrustedLaboratory], Field(max_length=10_000)] = Field(
        default_factory=dict
    )
    # SHA-256 of the payload of reports that were withdrawn.
    revoked_reports: Annotated[tuple[Sha256, ...], Field(max_length=100_000)] = ()
