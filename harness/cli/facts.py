"""Facts that no report states, as options of the commands that place a chip by its declared figures."""

import argparse
from typing import Any

# Flag -> metavar, help. What is assumed without it, and what may be given, stands in policy/assumptions.toml.
_FACTS: dict[str, tuple[str, str]] = {
    "to": ("CC", "country in which the end user is located"),
    "headquarters": ("CC", "country of the end user's headquarters"),
    "parent": ("CC", "country of the headquarters of its ultimate parent"),
    "from": ("CC", "country that the goods leave"),
    "activity": ("WORD", "export, reexport or in-country-transfer"),
    "item-kind": ("WORD", "commodity, software or technology"),
    "dd-support": ("WORD", "yes or no: whether the information of paragraph (dd) is supplied"),
    "marketing": ("WORD", "data-center or other: for what it is designed or marketed"),
    "other-eccn": ("ECCN", "ECCN of a system without its advanced chips, or none"),
    "hts-heading": ("HEADING", "tariff heading of the entry, such as 8471.80"),
    "tariff-exemption": ("HEADING", "exemption claimed at entry, such as 9903.79.05, or none"),
    "approved-uae": ("WORD", "yes or no: whether consignee and end users are approved entities of the UAE"),
    "exporter-role": ("WORD", "front-end-fabricator, osat or other; the first two are bound by note 1 to 3A090.a"),
    "advanced-logic": ("WORD", "yes or no: whether the circuit is of the 16/14 nm node or below, or non-planar"),
    "designer": ("WORD", "approved, authorized or other: what the designer is to the agency"),
    "designer-applied": ("WORD", "yes or no: whether an authorized designer has applied for approval"),
    "attested": ("WORD", "yes or no: whether the designer attests figures below 3A090.a"),
    "packaging": ("WORD", "fabricator-outside-macau-d5, approved-osat or other"),
    "hbm": ("WORD", "yes or no: whether the package holds high-bandwidth memory"),
    "transistors": ("BILLIONS", "aggregated approximated transistor count, in billions"),
    "cluster": ("WORD", "yes or no: whether it is for one computing system, whose compute and volume are given"),
    "cluster-fp64": ("PFLOPS", "theoretical compute of that system in 64 bits, in petaflops"),
    "cluster-fp32": ("PFLOPS", "theoretical compute of that system in 32 bits, in petaflops"),
    "cluster-volume": ("FT3", "envelope of that system, in cubic feet"),
    "new-to-market": ("WORD", "yes or no: whether it was first marketed after the day that a bill names"),
}


def add_facts(command: Any) -> None:
    """Add one option for each fact."""
    facts = command.add_argument_group("facts", "each is assumed where it is not given, and printed")
    for flag, (metavar, text) in _FACTS.items():
        read = _place if metavar == "CC" else str
        facts.add_argument(f"--{flag}", metavar=metavar, type=read, dest=f"fact {flag}", help=text)


def _place(text: str) -> str:
    return text.upper() if len(text) == 2 else text


def facts_given(arguments: argparse.Namespace) -> dict[str, str]:
    """Return the facts that were given, by flag."""
    return {flag: value for flag in _FACTS if (value := getattr(arguments, f"fact {flag}")) is not None}
