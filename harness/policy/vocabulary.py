"""The words that a law file may use for what it reads: metrics (figures) and facts (values from a list).

Adding a rule needs nothing here unless the rule asks about something that no rule asked about before.
"""

from collections.abc import Mapping

# Metric id -> unit in which thresholds stand.
METRICS: Mapping[str, str] = {
    "tpp": "TPP",
    "performance_density": "TPP/mm2",
    "total_dram_bandwidth": "GB/s",
    "interconnect_bandwidth": "GB/s",
    "dram_and_interconnect_bandwidth": "GB/s",
    "io_bandwidth_but_volatile_memory": "GB/s",
    "memory_bandwidth_density": "GB/s/mm2",
    "copackaged_dram_capacity": "GB",
    "processing_performance": "TOPS",
    "aggregated_transistor_count": "billion",
    "cluster_fp64_compute": "PFLOPS",
    "cluster_fp32_compute": "PFLOPS",
    "cluster_volume": "ft3",
}

# A derived metric is tied to the figures that it follows from: (numerator, denominator), or the two terms of a sum.
DERIVED: Mapping[str, tuple[str, str]] = {
    "performance_density": ("tpp", "applicable_die_area_mm2"),
    "memory_bandwidth_density": ("stack_bandwidth", "stack_area_mm2"),
    "dram_and_interconnect_bandwidth": ("total_dram_bandwidth", "interconnect_bandwidth"),
}
SUMS = frozenset({"dram_and_interconnect_bandwidth"})

# Fact id -> what it says.
FACTS: Mapping[str, str] = {
    "activity": "export, reexport or in-country-transfer",
    "from_country": "country that the goods leave",
    "item_kind": "commodity, software or technology",
    "product_kind": "what the item is: integrated-circuit, memory-stack or system",
    "product": "id of the spec file of the item, or of the chip",
    "other_eccn": "the ECCN that would describe a system without its advanced chips, or none",
    "data_center": "designed or marketed for data centers: yes or no",
    "manufacturer": "maker of the chip, in lower case",
    "end_user_country": "country in which the end user is located",
    "end_user_headquarters": "country of the end user's headquarters",
    "end_user_parent": "country of the headquarters of the end user's ultimate parent",
    "laboratory_headquarters": "country of the laboratory's headquarters",
    "laboratory_parent": "country of the headquarters of the laboratory's ultimate parent",
    "laboratory_controller": "country of whoever controls the laboratory: of its headquarters, or of its parent's",
    "laboratory_test_site": "country in which the tests were made",
    "laboratory_test_site_in_ftz": "whether the tests were made in a foreign-trade zone: yes or no",
    "laboratory_has_interest": "whether the laboratory has a stake in a party or the export: yes or no",
    "laboratory_expertise": "whether the laboratory is known to be able to confirm every quantity: yes or no",
    "laboratory_revoked": "whether the agency revoked the laboratory's qualification: yes or no",
    "laboratory_address_country": "country of the laboratory's address, where name and address are stated",
    "declared_in_application": "whether the licence application that declares the figures is named by digest: yes",
    "report_issued_before_export": "whether the report is dated before the export day: yes or no",
    "reviewed_before_export": "whether the test day is before the export day: yes or no",
    "layer": "which text counts where they differ: codified, or enforced",
    "approved_uae_entities": "whether consignee and all end users are approved entities of the UAE: yes or no",
    "exporter_role": "what the exporter is: front-end-fabricator, osat or other",
    "advanced_logic": "whether a logic circuit is of the 16/14 nm node or below, or non-planar: yes or no",
    "designer_status": "what the designer of the circuit is to the agency: approved, authorized or other",
    "designer_applied": "whether an authorized designer has applied for approval: yes or no",
    "attested_below_3a090": "whether the designer attests figures below 3A090.a: yes or no",
    "packaging": "who packaged the circuit: fabricator-outside-macau-d5, approved-osat or other",
    "has_hbm": "whether the package holds high-bandwidth memory: yes or no",
    "new_to_market": "whether the chip was first marketed for sale after the day that a rule names: yes or no",
    "for_a_cluster": "whether the item is for one computing system whose compute and volume are stated: yes or no",
    "hts_heading": "tariff heading of the import entry",
    "tariff_exemption": "heading of the exemption claimed at entry, or none",
    "dossier": "whether there is a dossier of the transaction, or the report examines what one answers: yes or no",
}

# Facts whose value is the code of a place.
PLACES = frozenset(
    {
        "from_country",
        "end_user_country",
        "end_user_headquarters",
        "end_user_parent",
        "laboratory_headquarters",
        "laboratory_parent",
        "laboratory_controller",
        "laboratory_test_site",
        "laboratory_address_country",
    }
)

# Prefixes of facts of which a report may hold any number: one per quantity, per criterion, per certification.
FACT_FAMILIES: Mapping[str, str] = {
    "confirmed:": "whether the quantity was verified to be at or below its declaration: yes or no",
    "examined:": "result of examining the criterion: clear or hit",
    "declared:": "whether the quantity is declared: yes",
    "shown:": "whether the dossier shows what the certification says: yes or no",
    "certified:": "whether the certification was supplied or committed to, with its evidence: yes or no",
}

# Where a fact or a family has a closed list of values, that list; elsewhere any name may stand.
_CLOSED: Mapping[str, tuple[str, ...]] = {
    "activity": ("export", "reexport", "in-country-transfer"),
    "item_kind": ("commodity", "software", "technology"),
    "product_kind": ("integrated-circuit", "memory-stack", "system"),
    "layer": ("codified", "enforced"),
    "exporter_role": ("front-end-fabricator", "osat", "other"),
    "designer_status": ("approved", "authorized", "other"),
    "packaging": ("fabricator-outside-macau-d5", "approved-osat", "other"),
    "examined:": ("clear", "hit"),
    **dict.fromkeys(
        (
            "confirmed:", "declared:", "certified:", "shown:", "dossier", "data_center", "laboratory_test_site_in_ftz",
            "laboratory_has_interest", "laboratory_expertise", "laboratory_revoked",
            "declared_in_application", "report_issued_before_export",
            "reviewed_before_export", "approved_uae_entities", "advanced_logic", "designer_applied",
            "attested_below_3a090", "has_hbm", "new_to_market", "for_a_cluster",
        ),
        ("yes", "no"),
    ),
}  # fmt: skip


def values_of(fact: str) -> tuple[str, ...]:
    """Return the closed list of a fact's values; empty where any name may stand."""
    family, colon, _ = fact.partition(":")
    return _CLOSED.get(family + colon, ())


def is_fact(name: str) -> bool:
    """Return whether a law file may use this name for a fact."""
    return name in FACTS or name.startswith(tuple(FACT_FAMILIES))
