"""harness lot: how many units of a lot to test, which ones, and whether the lot is accepted."""

import argparse
import gc
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harness.cli.lot_options import HEX, add_output, add_promise, challenge, check_promise, count, share
from harness.cli.options import examples_of
from harness.cli.output import Exit, Progress, complain, gravest, printable, say, write_whole
from harness.cli.trust_options import chosen_trust, root_options
from harness.errors import UnreadableInput, WrongUsage

if TYPE_CHECKING:
    from collections.abc import Iterator

    from harness.authenticate import Trust
    from harness.model.lot_acceptance import JudgedUnit
    from harness.model.lot_draw import LotDraw, SamplingPlan
    from harness.model.lot_manifest import LotManifest, ManifestProduct

_EPILOG = """\
examples:
  harness lot plan --units 10000 --ltpd 1% --beta 5%
  harness lot plan --units 10000 --ltpd 1% --beta 5% --detection 0.98 --sequential 0.1% 1% --variables 20
  harness lot manifest units.csv --lot-id LOT-7 --like report.json -o manifest.json
  harness lot draw --manifest manifest.json --seed HEX64 --ltpd 1% --beta 5% -o draw.json
  harness lot check-draw draw.json --manifest manifest.json
  harness lot accept reports/*.json --draw draw.json --manifest manifest.json
  harness lot accept reports/*.dsse.json --draw draw.json --manifest manifest.json \\
      --trust-root root.json --trust-root-sha256 HEX

exit codes: 0 done, drawn as stated, or accepted; 1 another draw, or refused; 2 unreadable or wrong usage;
3 no sample is enough, or undecided
"""


def add_to(commands: Any) -> None:
    """Add the command to the command line."""
    command = commands.add_parser(
        "lot",
        help="a lot's sampling plan, list of units, verifiable draw, and acceptance",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    steps = command.add_subparsers(dest="step", metavar="STEP", required=True)
    _add_plan(steps)
    _add_manifest(steps)
    _add_draw(steps)
    _add_check(steps)
    _add_accept(steps)


def _add_plan(steps: Any) -> None:
    plan = steps.add_parser(
        "plan",
        help="how many units to draw, and what that promises",
        epilog=examples_of(_EPILOG, "lot plan"),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    plan.add_argument("--units", metavar="N", type=count, required=True, help="units in the lot")
    add_promise(plan, required=True)
    plan.add_argument(
        "--false-alarm", metavar="SHARE", type=share, default=Decimal("0.001"),
        help="probability that a good unit is called bad (default: 0.1%%)",
    )  # fmt: skip
    plan.add_argument("--sequential", metavar="SHARE", type=share, nargs=2, help="Wald's test: good and bad share")
    plan.add_argument("--variables", metavar="N", type=count, help="units of a plan by values")
    plan.add_argument("--format", choices=("text", "json"), default="text", help="json prints lot-plan/1")
    plan.set_defaults(run=_plan)


def _add_manifest(steps: Any) -> None:
    manifest = steps.add_parser(
        "manifest",
        help="the list of all units, from a CSV table",
        epilog=examples_of(_EPILOG, "lot manifest"),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    manifest.add_argument(
        "table", metavar="CSV",
        help='a table with the column unit_id and others of serial, board_serial, device_uuid, marking, '
        'device_key_sha256; "-" for standard input',
    )  # fmt: skip
    manifest.add_argument("--lot-id", metavar="ID", required=True, help="what the lot is called")
    manifest.add_argument("--like", metavar="REPORT", help="take what is declared from this lab report")
    add_output(manifest)
    manifest.set_defaults(run=_manifest)


def _add_draw(steps: Any) -> None:
    draw = steps.add_parser(
        "draw",
        help="draw units by a challenge that was revealed after the manifest was fixed",
        epilog=examples_of(_EPILOG, "lot draw"),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    draw.add_argument("--manifest", metavar="FILE", required=True, help="lot-manifest/1")
    draw.add_argument(
        "--seed", metavar="HEX", type=challenge, required=True, help="the challenge: 64 hexadecimal digits"
    )
    draw.add_argument("--commitment", metavar="HEX", help="SHA-256 of the challenge, as it was given out before")
    draw.add_argument("--units-drawn", metavar="N", type=count, help="units to draw; without it, what the plan asks")
    add_promise(draw)
    draw.add_argument(
        "--retests", type=int, choices=(0, 1), default=0,
        help="units that may be measured again in a second session (default: 0)",
    )  # fmt: skip
    add_output(draw)
    draw.set_defaults(run=_draw)


def _add_check(steps: Any) -> None:
    check = steps.add_parser(
        "check-draw",
        help="draw again, and tell the first difference",
        epilog=examples_of(_EPILOG, "lot check-draw"),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    check.add_argument("draw", metavar="DRAW", help="lot-draw/1")
    check.add_argument("--manifest", metavar="FILE", required=True, help="lot-manifest/1")
    check.set_defaults(run=_check_draw)


def _add_accept(steps: Any) -> None:
    accept = steps.add_parser(
        "accept",
        help="accept or refuse a lot by the lab reports on its drawn units",
        epilog=examples_of(_EPILOG, "lot accept"),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    accept.add_argument(
        "reports", metavar="REPORT", nargs="+", help="lab reports, plain or signed, on one drawn unit or on several"
    )
    accept.add_argument("--draw", metavar="FILE", required=True, help="lot-draw/1")
    accept.add_argument("--manifest", metavar="FILE", required=True, help="lot-manifest/1")
    accept.add_argument(
        "--beta", metavar="SHARE", type=share,
        help="risk of the bound on what is left (default: that of the plan, or 5%%)",
    )  # fmt: skip
    accept.add_argument("--format", choices=("text", "json"), default="text", help="json prints lot-acceptance/1")
    root_options(accept)
    # A lot is judged by its reports alone: nothing is remembered, and no log is asked.
    accept.set_defaults(run=_accept, log_proof=None, state=None)


def _plan(arguments: argparse.Namespace) -> Exit:
    from harness.lots.plan import lot_plan
    from harness.render.lots import plan_lines

    check_promise(arguments.ltpd, arguments.beta)
    if arguments.sequential and not 0 < arguments.sequential[0] < arguments.sequential[1] < 1:
        raise WrongUsage("--sequential: got two shares out of order; need the good one, above 0, then the bad one")
    if arguments.sequential and arguments.beta >= Decimal("0.5"):
        raise WrongUsage("--sequential: got a --beta of 50 % or more; need less, for it stands for both risks")
    if arguments.variables and arguments.ltpd == 1:
        raise WrongUsage("--variables: got a share of 100 %; need less, for a plan by values parts good units from bad")
    if arguments.variables == 1:
        raise WrongUsage("--variables: got 1 unit; need 2 or more, for one has no spread")
    plan = lot_plan(
        arguments.units,
        arguments.ltpd,
        arguments.beta,
        accept=arguments.accept,
        detection=arguments.detection,
        false_alarm=arguments.false_alarm,
        sequential=tuple(arguments.sequential) if arguments.sequential else None,
        variables=arguments.variables,
    )
    if arguments.format == "json":
        print(plan.model_dump_json(by_alias=True, indent=2))
    else:
        print("\n".join(plan_lines(plan)))
    return Exit.PASS if plan.drawn is not None else Exit.UNDECIDED


def _manifest(arguments: argparse.Namespace) -> Exit:
    from harness.codec.lot_files import LARGEST, manifest_bytes, units_of_table
    from harness.codec.report_files import read_bytes
    from harness.lots.identity import manifest_root

    units = units_of_table(read_bytes(arguments.table, LARGEST.largest_bytes), arguments.table)
    manifest = _new_manifest(arguments.lot_id, _product(arguments.like) if arguments.like else None, units)
    told = f"{len(units):,} units, root {manifest_root(manifest).hex()}"
    _write(arguments, manifest_bytes(manifest), told)
    if arguments.output != "-":
        print("next: give out the root; then have the challenge revealed, and harness lot draw")
    return Exit.PASS


def _write(arguments: argparse.Namespace, content: bytes, told: str) -> None:
    """Write a document whole, and tell what it holds; on standard output it stands alone."""
    if arguments.output == "-":
        print(content.decode(), end="")
        say(told)
    else:
        write_whole(Path(arguments.output), content, force=arguments.force)
        print(printable(f"wrote {arguments.output}: {told}"))


def _new_manifest(lot_id: str, product: "ManifestProduct | None", units: "tuple[Any, ...]") -> "LotManifest":
    from pydantic import ValidationError

    from harness.model.lot_manifest import LotManifest

    try:
        return LotManifest(schema="lot-manifest/1", lot_id=lot_id, product=product, units=units)
    except ValidationError:
        raise WrongUsage(f"--lot-id: got {lot_id!r}; need a name of 1 to 300 characters") from None


def _product(source: str) -> "ManifestProduct":
    """Return what a lab report declares, without the grounds that it gives."""
    from harness.codec.documents import from_json
    from harness.codec.report_files import read_bytes
    from harness.model.lab_report import LabReport
    from harness.model.lot_manifest import ManifestProduct

    report = from_json(LabReport, read_bytes(source), source)
    product = report.product
    stated = {
        name: one.model_copy(update={"basis": None})
        for name in ManifestProduct.model_fields
        for one in (getattr(report.declared, name, None),)
        if one is not None
    }
    return ManifestProduct(chip=product.chip if product else None, name=product.name if product else None, **stated)


def _draw(arguments: argparse.Namespace) -> Exit:
    from harness.codec.digest import sha256
    from harness.lots.draw import draw

    if arguments.commitment is not None and HEX.fullmatch(arguments.commitment) is None:
        raise WrongUsage(f"--commitment: got {arguments.commitment[:70]!r}; need 64 lower-case hexadecimal digits")
    committed = sha256(arguments.seed)
    if arguments.commitment not in (None, committed):
        say(f"the challenge is not the one that was committed to: got one of digest {committed}; "
            f"need {arguments.commitment}; next: ask for the challenge again")  # fmt: skip
        return Exit.FAIL
    manifest = _read_manifest(arguments.manifest)
    drawn = draw(manifest, arguments.seed, _sampling_plan(arguments, len(manifest.units)), arguments.commitment)
    text = drawn.model_dump_json(by_alias=True, indent=2, exclude_none=True) + "\n"
    _write(arguments, text.encode(), f"{len(drawn.units):,} of {drawn.units_in_lot:,} units; first {drawn.units[0]}")
    return Exit.PASS


def _sampling_plan(arguments: argparse.Namespace, units: int) -> "SamplingPlan":
    from harness.lots.draw import planned_sample
    from harness.model.lot_draw import SamplingPlan

    ltpd, beta, drawn = arguments.ltpd, arguments.beta, arguments.units_drawn
    if (ltpd is None) != (beta is None) or (ltpd is None and drawn is None):
        raise WrongUsage("a draw needs --ltpd with --beta, or --units-drawn, or all three")
    if ltpd is not None:
        check_promise(ltpd, beta)
        need = planned_sample(units, ltpd, beta, arguments.accept, arguments.detection)
        if drawn is not None and drawn < need:
            raise WrongUsage(f"--units-drawn: got {drawn:,}; need {need:,} or more for this promise")
        drawn = drawn or need
    if drawn > units:
        raise WrongUsage(f"--units-drawn: got {drawn:,}; need at most the {units:,} of the manifest")
    return SamplingPlan(
        drawn=drawn,
        accept=arguments.accept,
        ltpd=ltpd,
        beta=beta,
        detection=arguments.detection,
        retests=arguments.retests,
    )


def _read_manifest(source: str) -> "LotManifest":
    from harness.codec.lot_files import LARGEST, read_manifest
    from harness.codec.report_files import read_bytes

    return read_manifest(read_bytes(source, LARGEST.largest_bytes), source)


def _read_draw(source: str) -> "LotDraw":
    from harness.codec.lot_files import LARGEST, read_draw
    from harness.codec.report_files import read_bytes

    return read_draw(read_bytes(source, LARGEST.largest_bytes), source)


def _check_draw(arguments: argparse.Namespace) -> Exit:
    from harness.lots.draw import what_differs

    drawn = _read_draw(arguments.draw)
    for one in what_differs(drawn, _read_manifest(arguments.manifest)):
        print(printable(f"differs: {one.code}: {one.where}: got {one.got}; need {one.need}"))
        return Exit.FAIL
    print(f"the same: {len(drawn.units):,} of {drawn.units_in_lot:,} units, by manifest, challenge and plan")
    return Exit.PASS


def _accept(arguments: argparse.Namespace) -> Exit:
    from harness.lots.acceptance import accepted
    from harness.render.lots import acceptance_lines

    drawn, manifest = _read_draw(arguments.draw), _read_manifest(arguments.manifest)
    beta = arguments.beta if arguments.beta is not None else drawn.plan.beta or Decimal("0.05")
    if not 0 < beta < 1:
        raise WrongUsage("--beta: got a certainty; need a probability above 0 and below 100 %, such as 5%")
    trust = chosen_trust(arguments)
    gc.freeze()
    gc.enable()
    refused: list[str] = []
    answer = accepted(manifest, drawn, list(_judged(arguments.reports, trust, refused)), beta)
    if arguments.format == "json":
        print(answer.model_dump_json(by_alias=True, indent=2))
    else:
        print("\n".join(acceptance_lines(answer, printable)))
    code = {"accepted": Exit.PASS, "refused": Exit.FAIL, "undecided": Exit.UNDECIDED}[answer.outcome]
    return gravest([code, *(Exit.INPUT for _ in refused)])


def _judged(sources: list[str], trust: "Trust", refused: list[str]) -> "Iterator[JudgedUnit]":
    """Yield every unit of every report; a report that cannot be read is told, and kept in mind."""
    from harness.authenticate import case_of
    from harness.checks.between_reports import SeriesSeen
    from harness.codec.law_files import read_law
    from harness.codec.report_files import beside, read_bytes
    from harness.decide.units import judged_units
    from harness.judge import folder_of

    law, seen, progress = read_law(), SeriesSeen(), Progress(len(sources), "judging")
    for source in sources:
        try:
            case = case_of(read_bytes(source), source, None, beside(folder_of(source)), trust)
        except UnreadableInput as error:
            progress.clear()
            complain(error)
            refused.append(source)
        else:
            copies = tuple(seen.copied(source, case))
            yield from judged_units(case, law, source, copies=copies, signed=trust.root is not None)
        progress.advance()
