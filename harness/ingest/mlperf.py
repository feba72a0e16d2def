"""MLPerf: logs of a training run, the two logs of an inference run, and the description of a system.

All of it is what an application did, or what its submitter says of a system: observations, and no claim that counts.
No line of such a log is evidence of what it says, so what a log says of its own validity stands in the remarks.

Source:
    mlcommons/logging `mllog` (lines `:::MLLOG {json}`, times in ms), mlcommons/training_policies; mlcommons/inference
    `loadgen/results.cc` and `loadgen/logging.cc` (units in the names and words of each result). Real files: training
    logs and a system description in mlcommons/training_results_v4.0. No inference log was at hand.
"""

import re

from harness.ingest import mlperf_loadgen, mlperf_system, mlperf_training
from harness.ingest.foreign_json import json_of, members
from harness.ingest.lines import refusal, text_of
from harness.ingest.mlperf_lines import Event, events_of
from harness.model.foreign import ForeignFile, Ingested

TOOL = "mlperf"
ABOUT = "MLPerf training logs, inference summary and detail logs, system descriptions: observations"
BASIS = "sample"

_SUMMARY = re.compile(rb"^MLPerf Results Summary\s*$", re.MULTILINE)


def recognises(file: ForeignFile) -> bool:
    """Is there a line of MLPerf's logger, the title of loadgen's summary, or a description of a system?"""
    head = file.data[:1_000_000]
    if re.search(rb"^:::MLLOG ", head, re.MULTILINE) or _SUMMARY.search(head):
        return True
    return head.lstrip()[:1] == b"{" and all(f'"{key}"'.encode() in head for key in mlperf_system.SURE_KEYS)


def read(file: ForeignFile) -> Ingested:
    """Return the results of a log, or the figures of a system's description.

    Raises:
        UnreadableInput: It is none of them, or says nothing that could be a result.
    """
    if _SUMMARY.search(file.data):
        return mlperf_loadgen.of_summary(TOOL, file, text_of(file))
    if file.data.lstrip()[:1] == b"{":
        return mlperf_system.of_description(TOOL, file, members(json_of(file)))
    events, unread = events_of(file)
    if not events:
        raise refusal(file, "the file", "no line :::MLLOG that can be read", "a log of MLPerf's logger")
    inference = any(_of_loadgen(event) for event in events)
    return (mlperf_loadgen.of_detail if inference else mlperf_training.of_log)(TOOL, file, events, unread)


def _of_loadgen(event: Event) -> bool:
    return event.namespace == "mlperf::logging" or event.key.startswith(("loadgen_", "result_validity", "effective_"))
