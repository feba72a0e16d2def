"""The payload of a trust root: from keys and words on the command line, and out of files that are signed or not."""

import argparse
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from harness.cli.key_files import verifying_key
from harness.errors import WrongUsage

if TYPE_CHECKING:
    from harness.evidence.keys import PublicKey
    from harness.model.trust_root import TrustedKey, TrustRoot

_USUAL_LIFE = timedelta(days=365)


def entry_of(key: "PublicKey", organisation: str, valid_from: datetime, valid_until: datetime) -> "TrustedKey":
    """Return what a trust root says of a key.

    Raises:
        WrongUsage: The organisation is no name for one, or the times are the wrong way round.
    """
    from pydantic import ValidationError

    from harness.codec.canonical_base64 import encoded
    from harness.model.trust_root import TrustedKey

    if valid_from >= valid_until:
        raise WrongUsage("--valid-until does not come after --valid-from")
    try:
        return TrustedKey(
            algorithm=key.algorithm,
            spki=encoded(key.spki),
            organisation=organisation,
            valid_from=valid_from,
            valid_until=valid_until,
        )
    except ValidationError:
        need = "an organisation: at most 63 lower-case letters, digits, dots and hyphens"
        raise WrongUsage(f"got {organisation!r}; need {need}") from None


def skeleton(arguments: argparse.Namespace, now: datetime) -> "TrustRoot":
    """Return the payload that the keys and words of a command line make; what is not given holds a year from today.

    Raises:
        WrongUsage: A role that does not exist, or words that make no sense.
        UnreadableInput: A key that cannot be read.
    """
    from harness.model.trust_root import Role, TrustedLaboratory, TrustRoot

    today = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    start = arguments.valid_from or today
    end = arguments.valid_until or _a_year_after(start)
    keys: dict[str, TrustedKey] = {}
    members: dict[Any, list[str]] = {}
    for role, organisation, file in arguments.keys:
        key = verifying_key(file)
        keys[key.key_id] = entry_of(key, organisation, start, end)
        members.setdefault(_role(role), []).append(key.key_id)
    thresholds, organisations = _numbers(arguments.threshold), _numbers(arguments.organisations)
    roles = {
        role: Role(keys=tuple(ids), threshold=thresholds.pop(role, 1), organisations=organisations.pop(role, 1))
        for role, ids in members.items()
    }
    if thresholds or organisations:
        raise WrongUsage(f"no --key is of the role {next(iter({**thresholds, **organisations}))}")
    laboratories = {keys[id_].organisation for id_ in members.get("laboratory", ())}
    return TrustRoot(
        schema="trust-root/1",
        version=1,
        expires=arguments.expires or _a_year_after(today),
        keys=keys,
        roles=roles,
        laboratories={name: TrustedLaboratory(legal_name=name) for name in sorted(laboratories)},
    )


def _a_year_after(start: datetime) -> datetime:
    try:
        return start + _USUAL_LIFE
    except OverflowError:
        raise WrongUsage("a year later no calendar goes; give --valid-until") from None


def _role(word: str) -> str:
    from typing import get_args

    from harness.model.trust_root import RoleName

    if word not in get_args(RoleName):
        raise WrongUsage(f"no role {word!r}; roles: {', '.join(get_args(RoleName))}")
    return word


def _numbers(words: list[str]) -> dict[str, int]:
    """Return what words such as root=2 say."""
    found = {}
    for word in words:
        role, _, number = word.partition("=")
        if not (number.isascii() and number.isdigit() and 1 <= int(number[:3]) <= 16 and len(number) <= 2):
            raise WrongUsage(f"got {word!r}; need ROLE=NUMBER, from 1 to 16, such as root=2")
        found[_role(role)] = int(number)
    return found


def is_envelope(data: bytes, source: str) -> bool:
    """Return whether a JSON file is an envelope, signed already, and not the payload of one.

    Raises:
        UnreadableInput: It is not strict JSON.
    """
    from harness.codec.strict_json import read_payload

    value = read_payload(data, source)
    return isinstance(value, dict) and "payloadType" in value
