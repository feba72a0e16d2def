"""Why a trust root is refused: what each code means, and what to do. These are no findings about a lab report."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Refusal:
    """What a code stands for. The sense of a code never changes."""

    title: str
    meaning: str
    remedy: str


def _refusal(title: str, meaning: str, remedy: str) -> Refusal:
    return Refusal(title=title, meaning=meaning, remedy=remedy)


TRUST_ROOT_CATALOGUE: Mapping[str, Refusal] = {
    "root-expired": _refusal(
        "The trust root has expired",
        "At `expires` and after, nothing may rest on it: an old root is how a revoked key is kept alive.",
        "Get the next version from whoever keeps it.",
    ),
    "root-key-algorithm-wrong": _refusal(
        "A key of another algorithm than is stated",
        "The key fixes its algorithm; the statement beside it must say the same.",
        "Correct the algorithm.",
    ),
    "root-key-id-wrong": _refusal(
        "A key under an id that is not its own",
        "The id of a key is the SHA-256 of its SubjectPublicKeyInfo, so that one key has one id.",
        "Take the id that `harness key show` prints.",
    ),
    "root-key-times-wrong": _refusal(
        "Times of a key that make no sense",
        "A key ends before it begins, or is distrusted from a day that does not go with its revocation.",
        "Correct the times.",
    ),
    "root-key-twice": _refusal(
        "A key that stands twice",
        "A key that counted twice would reach a threshold alone.",
        "Name each key once.",
    ),
    "root-key-undefined": _refusal(
        "A role names a key that is not there",
        "Every id in a role is one of those under `keys`.",
        "Add the key, or take its id out of the role.",
    ),
    "root-key-unusable": _refusal(
        "A key that nothing may rest on",
        "It is no Ed25519, P-256 or P-384 key, in another encoding than its usual one, or of low order: with such a "
        "key one constant signature verifies every message.",
        "Have the key made again.",
    ),
    "root-keys-not-valid-now": _refusal(
        "Signed by root keys that are not valid now",
        "Too few of the root keys that signed it are within their validity by the clock.",
        "Get the next version from whoever keeps it.",
    ),
    "root-pin-differs": _refusal(
        "Not the file that was pinned",
        "The SHA-256 of the file is not the one that was given.",
        "Get the file again, or its digest from whoever keeps it; never from the file itself.",
    ),
    "root-role-conflict": _refusal(
        "One organisation in two roles that exclude each other",
        "Nobody is laboratory and exporter, manufacturer, accreditor or challenger at once.",
        "Give one of the roles to somebody else.",
    ),
    "root-role-unsatisfiable": _refusal(
        "A role that nobody can fill",
        "It asks for more keys, or for keys of more organisations, than it has; or there is no role `root`.",
        "Add keys, ask for fewer, or leave the role out.",
    ),
    "root-rolled-back": _refusal(
        "An older version than was trusted before",
        "A version never goes back: an old one may trust keys that were revoked since.",
        "Get the newest version from whoever keeps it.",
    ),
    "root-signature-bad": _refusal(
        "A signature of a known key that does not verify",
        "What was signed was changed, or the signature was. Good signatures beside it do not mend that.",
        "Get the file again from whoever keeps it.",
    ),
    "root-threshold": _refusal(
        "Too few signatures of root keys",
        "It is signed by fewer root keys, or by keys of fewer organisations, than its own role `root` asks for, or "
        "that of the version before it. Revoked keys do not count, and no key counts twice.",
        "Have it countersigned: harness trust sign.",
    ),
    "root-version-gap": _refusal(
        "A version was left out",
        "Each version is vouched for by the one before it.",
        "Give every version between, in order.",
    ),
}
