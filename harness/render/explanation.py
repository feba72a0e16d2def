"""What a code, a criterion, a lens or an answer means, from the catalogue and the law files."""

from collections.abc import Iterator

from harness.model.assurance_catalogue import ASSURANCE_CATALOGUE
from harness.model.catalogue import CATALOGUE
from harness.model.measured_catalogue import MEASURED_CATALOGUE
from harness.model.policy import CriterionText
from harness.model.spec_catalogue import SPEC_CATALOGUE
from harness.model.trust_root_catalogue import TRUST_ROOT_CATALOGUE
from harness.policy.language import Member, Param
from harness.policy.law import Law, Provision, Text
from harness.policy.lint import atoms_of
from harness.policy.timeline import constants, lists
from harness.policy.vocabulary import FACT_FAMILIES, FACTS
from harness.render.words import with_unit


def explain(word: str, law: Law) -> str | None:
    """Return the explanation of a word, or None where nothing is called that."""
    word = _as_written(word, law)
    parts = [
        *_finding(word),
        *_spec_finding(word),
        *_measured(word),
        *_refusal(word),
        *_assurance(word),
        *_lens(word, law),
        *_answers(word, law),
        *_constants(word, law),
        *_provision(word, law),
        *_fact(word, law),
        *_readings(word, law),
    ]
    return "\n\n".join(parts) + "\n" if parts else None


def _as_written(word: str, law: Law) -> str:
    """Return the word as it stands in the law or the catalogue, whatever the case it was typed in."""
    known = [line.split()[0] for line in explainable(law).splitlines() if line.startswith("  ")]
    known += [name.partition(":")[2] for name in known if ":" in name]
    return {name.casefold(): name for name in known}.get(word.casefold(), word)


def _finding(word: str) -> Iterator[str]:
    if word in CATALOGUE:
        entry = CATALOGUE[word]
        yield f"{word}: {entry.title}\n  effect   {entry.effect}\n  meaning  {entry.meaning}\n  remedy   {entry.remedy}"


def _spec_finding(word: str) -> Iterator[str]:
    if word in SPEC_CATALOGUE:
        entry = SPEC_CATALOGUE[word]
        severity = f"{entry.severity}, about a spec file"
        yield f"{word}: {entry.title}\n  severity {severity}\n  meaning  {entry.meaning}\n  remedy   {entry.remedy}"


def _measured(word: str) -> Iterator[str]:
    if word in MEASURED_CATALOGUE:
        entry = MEASURED_CATALOGUE[word]
        status = f"{entry.status}, of a row of a table of measurements"
        yield f"{word}: {entry.title}\n  status   {status}\n  meaning  {entry.meaning}\n  remedy   {entry.remedy}"


def _refusal(word: str) -> Iterator[str]:
    if word in TRUST_ROOT_CATALOGUE:
        entry = TRUST_ROOT_CATALOGUE[word]
        says = "a trust root is refused"
        yield f"{word}: {entry.title}\n  says     {says}\n  meaning  {entry.meaning}\n  remedy   {entry.remedy}"


def _assurance(word: str) -> Iterator[str]:
    if word in ASSURANCE_CATALOGUE:
        entry = ASSURANCE_CATALOGUE[word]
        says = f"{entry.conclusion}, of the assurance statement"
        yield f"{word}: {entry.title}\n  says     {says}\n  meaning  {entry.meaning}\n  remedy   {entry.remedy}"


def _lens(word: str, law: Law) -> Iterator[str]:
    if word in law.lenses:
        lens = law.lenses[word]
        decides = "informs, and never changes the outcome" if lens.informs else "decides"
        answers = "\n".join(f"  {answer.id:24} {answer.outcome:10} {answer.means}" for answer in lens.answers)
        yield f"lens {word} ({lens.basis}; {decides}): {lens.question}"
        yield f"answers, from the least to the most strict:\n{answers}"


def _answers(word: str, law: Law) -> Iterator[str]:
    for lens in law.lenses.values():
        for answer in lens.answers:
            if answer.id == word:
                yield f"answer {word} of the lens {lens.id} ({answer.outcome}): {answer.means}"


def _constants(word: str, law: Law) -> Iterator[str]:
    for name, param in constants(law).items():
        instrument, short = name.split("#")
        if word in (name, short):
            yield f"{_constant(short, param)}\n  from     {law.instruments[instrument].cite}"


def _constant(name: str, param: Param) -> str:
    value = with_unit(str(param.value), param.unit)
    return f"constant {name} = {value}\n  says     {param.says}\n  pin      {param.pin}\n  metric   {param.metric}"


def _provision(word: str, law: Law) -> Iterator[str]:
    if word in law.provisions:
        yield _provision_text(law.provisions[word])


def _provision_text(provision: Provision) -> str:
    lines = [f"provision {provision.id} (lens {provision.lens})"]
    for act in provision.acts:
        lines.append(f"  {act.op} from {act.day}")
        if act.text is not None:
            lines += _text_lines(act.text)
    return "\n".join(lines)


def _text_lines(text: Text) -> list[str]:
    lines = [
        f"    says     {text.says}",
        f"    pin      {text.pin}",
        f"    by       {text.instrument.cite}",
        f"    status   {text.instrument.status}, read against its source as of {text.instrument.reviewed_through}",
        f"    clock    {', '.join(text.clock)}",
    ]
    for row in text.rows:
        reading = f" (reading {row.reading})" if row.reading else ""
        lines.append(f"    row      {' or '.join(row.then)}{reading}: {row.says or row.pin}")
    return lines


def _fact(word: str, law: Law) -> Iterator[str]:
    names = [word, *(f"{family}{word}" for family in FACT_FAMILIES)]
    read = [(provision, facts_of(provision)) for provision in law.provisions.values()]
    for name in names:
        meaning = _meaning(name)
        users = [provision for provision, facts in read if name in facts]
        if meaning is not None and users:
            says = [f"\n  says     {criterion.says}\n  pin      {criterion.pin}" for criterion in _criteria(name, law)]
            about = "\n".join(_provision_text(provision) for provision in users)
            yield f"criterion {name}: {meaning}{''.join(says)}\nread by\n{about}"


def _readings(word: str, law: Law) -> Iterator[str]:
    """Explain a question that the text leaves open: its options, where it is asked, and what the answers are."""
    for one in law.readings.values():
        if word.casefold() in {one.id.casefold(), *(option.figures for option in one.options if option.figures)}:
            options = "".join(f"\n  {option.id}        {option.says}" for option in one.options)
            yield f"reading {one.id}: {one.question}{options}\n  default  {one.default}\n  pin      {one.pin}"
    if word in law.gaps:
        yield f"gap {word}: {law.gaps[word]}"
    for provision in law.provisions.values():
        for act in provision.acts:
            for row in act.text.rows if act.text is not None else ():
                if row.reading is not None and row.reading.casefold() == word.casefold():
                    yield (
                        f"reading {row.reading}, in {provision.id} from {act.day}\n  answers  {' or '.join(row.then)}"
                        f"\n  says     {row.says or row.pin}\n  pin      {row.pin}"
                    )
    for listed in lists(law).values():
        members = [member for member, reading in listed.uncertain.items() if reading.casefold() == word.casefold()]
        if members:
            yield f"reading {word}: whether {', '.join(members)} belongs to: {listed.says}\n  pin      {listed.pin}"


def _meaning(fact: str) -> str | None:
    return FACTS.get(fact) or next((text for family, text in FACT_FAMILIES.items() if fact.startswith(family)), None)


def meaning_of(criterion: str, law: Law) -> tuple[str, str | None]:
    """Return what the law says of a criterion of a verdict, and the paragraph where it says so, if one is named."""
    for name, param in constants(law).items():
        if name.partition("#")[2] == criterion:
            return param.says, param.pin
    for text in law.provisions[criterion].acts if criterion in law.provisions else ():
        if text.text is not None:
            return text.text.says, text.text.pin
    for one in _criteria(criterion, law):
        return one.says, one.pin
    return _meaning(criterion) or criterion, None


def _criteria(fact: str, law: Law) -> list[CriterionText]:
    return [one for text in law.instruments.values() for one in text.criteria if one.fact == fact]


def facts_of(provision: Provision) -> set[str]:
    """Return the name of every fact that a provision has ever read."""
    return {
        atom.fact
        for act in provision.acts
        if act.text is not None
        for atom in atoms_of(act.text)
        if isinstance(atom, Member)
    }


def explainable(law: Law) -> str:
    """Return every word that can be explained, by kind."""
    facts = sorted({fact for provision in law.provisions.values() for fact in facts_of(provision)})
    kinds = {
        "lenses": [(name, lens.question) for name, lens in law.lenses.items()],
        "answers": [
            (answer.id, f"{lens.id}: {answer.means}") for lens in law.lenses.values() for answer in lens.answers
        ],
        "findings": [(code, entry.title) for code, entry in CATALOGUE.items()],
        "findings about spec files": [(code, entry.title) for code, entry in SPEC_CATALOGUE.items()],
        "words about measured figures": [(code, entry.title) for code, entry in MEASURED_CATALOGUE.items()],
        "why a trust root is refused": [(code, entry.title) for code, entry in TRUST_ROOT_CATALOGUE.items()],
        "codes of the assurance statement": [(code, entry.title) for code, entry in ASSURANCE_CATALOGUE.items()],
        "constants of law": [
            (name.split("#")[1], f"{param.says} [{param.pin}]") for name, param in constants(law).items()
        ],
        "provisions": [
            (name, next(act.text.says for act in provision.acts if act.text))
            for name, provision in law.provisions.items()
        ],
        "readings": [(name, one.question) for name, one in law.readings.items()],
        "gaps": list(law.gaps.items()),
        "criteria": [(fact, next((one.says for one in _criteria(fact, law)), _meaning(fact) or "")) for fact in facts],
    }
    return "\n".join(
        f"{kind}\n" + "".join(f"  {word:42} {meaning}".rstrip() + "\n" for word, meaning in words)
        for kind, words in kinds.items()
    )
