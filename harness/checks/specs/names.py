"""Are the names of a spec its own?"""

from collections.abc import Iterator

from harness.checks.specs.sources import shortened
from harness.model.spec_finding import AnySpec, SpecCase, SpecFinding


def file_is_named_by_its_id(case: SpecCase[AnySpec]) -> Iterator[SpecFinding]:
    """Is the file named as the spec is?"""
    if case.name != case.spec.id:
        yield SpecFinding(
            code="spec-id-not-file-name",
            where="id",
            got=case.spec.id,
            need=f"{case.name[:100]!a}, as the file is",
        )


def names_are_its_own(case: SpecCase[AnySpec]) -> Iterator[SpecFinding]:
    """Does each name and alias lead to this spec alone, whatever the case it is written in?"""
    takers: dict[str, list[str]] = {}
    for other in case.same_kind:
        if other.spec is not case.spec:
            for name in names_of(other.spec):
                takers.setdefault(name.casefold(), []).append(other.spec.id)
    for name in dict.fromkeys((case.spec.name, *case.spec.aliases, case.spec.id)):
        if name.casefold() in takers:
            also = shortened(list(dict.fromkeys(takers[name.casefold()])))
            need = "a name that leads to one spec"
            yield SpecFinding(
                code="spec-alias-shared", where=_place(case.spec, name), got=f"{name!r}, as {also}", need=need
            )


def names_of(spec: AnySpec) -> tuple[str, ...]:
    """Return every name by which a spec is found."""
    return (spec.id, spec.name, *spec.aliases)


def _place(spec: AnySpec, name: str) -> str:
    if name in spec.aliases:
        return f"aliases[{spec.aliases.index(name)}]"
    return "name" if name == spec.name else "id"
