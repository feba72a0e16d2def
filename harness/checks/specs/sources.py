"""Does each figure have a source, of the kind that its grade says?"""

from collections.abc import Iterator, Sequence

from harness.model.document import Document
from harness.model.spec_finding import AnySpec, SpecCase, SpecFinding

_MOST_NAMES = 8


def cited(part: Document, at: str = "") -> Iterator[tuple[str, str, str | None]]:
    """Return place, source and grade of every part of a spec that names a source."""
    for name in type(part).model_fields:
        value = getattr(part, name)
        place = f"{at}.{name}" if at else name
        if name == "source":
            yield at, value, getattr(part, "grade", None)
        elif isinstance(value, Document):
            yield from cited(value, place)
        elif isinstance(value, tuple):
            for n, one in enumerate(value):
                if isinstance(one, Document):
                    yield from cited(one, f"{place}[{n}]")


def sources_are_there(case: SpecCase[AnySpec]) -> Iterator[SpecFinding]:
    """Does each figure name a source that is listed, and is each that is listed named?"""
    listed = {source.id for source in case.spec.sources}
    named = set()
    for place, source, _ in cited(case.spec):
        named.add(source)
        if source not in listed:
            need = f"one of {shortened(sorted(listed)) or 'the sources, of which there is none'}"
            yield SpecFinding(code="spec-source-missing", where=f"{place}.source", got=source, need=need)
    unused = [source.id for source in case.spec.sources if source.id not in named]
    if unused:
        need = "a figure that rests on each"
        yield SpecFinding(code="spec-source-unused", where="sources", got=shortened(unused), need=need)


def sources_are_listed_once(case: SpecCase[AnySpec]) -> Iterator[SpecFinding]:
    """Does each id stand for one source?"""
    ids = [source.id for source in case.spec.sources]
    for one in dict.fromkeys(ids):
        if ids.count(one) > 1:
            yield SpecFinding(
                code="spec-source-duplicate", where="sources", got=f"{ids.count(one)} called {one}", need="one"
            )


def sources_were_read(case: SpecCase[AnySpec]) -> Iterator[SpecFinding]:
    """Is the day stated on which each source was read?"""
    unread = [source.id for source in case.spec.sources if source.read_on is None]
    if unread:
        need = "read_on, the day on which it was opened"
        yield SpecFinding(code="spec-source-unread", where="sources", got=f"no day for {shortened(unread)}", need=need)


def datasheet_figures_have_a_datasheet(case: SpecCase[AnySpec]) -> Iterator[SpecFinding]:
    """Does a figure of grade datasheet rest on the maker's own document, and not on a table of others?"""
    by_id = {source.id: source.reference for source in case.spec.sources}
    places: dict[str, list[str]] = {}
    for place, source, grade in cited(case.spec):
        if grade == "datasheet":
            places.setdefault(source, []).append(place)
    for source, where in places.items():
        host = next((host for host in case.limits.compilations if host in by_id.get(source, "")), None)
        if host is not None:
            got = f"grade datasheet on {host} ({source}), for {len(where)} figures"
            yield SpecFinding(
                code="spec-source-compilation", where=where[0], got=got, need="the maker's document, or grade secondary"
            )


def shortened(names: Sequence[str]) -> str:
    """Return a list of names in words, of a long one the first."""
    more = f" and {len(names) - _MOST_NAMES} more" if len(names) > _MOST_NAMES else ""
    return ", ".join(names[:_MOST_NAMES]) + more
