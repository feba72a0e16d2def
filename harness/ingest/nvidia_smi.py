"""nvidia-smi -q, with -x as XML: all that a driver says of each GPU. Identity and state, and nothing measured.

Names moved over the years: power limits from `power_readings` to `gpu_power_readings`, where `current_power_limit` is
what is enforced and `requested_power_limit` what was asked for; "throttle reasons" became "event reasons". Words such
as "N/A", "[Unknown Error]" or "Requested functionality has been deprecated" stand where numbers were. A file read on an
idle device says nothing of what would limit it under load.

Source:
    Real outputs in influxdata/telegraf `plugins/inputs/nvidia_smi/testdata` (drivers 418 to 595, document types v10 to
    v13), as text in utkuozdemir/nvidia_gpu_exporter `internal/captures` (drivers 590 to 610).
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from decimal import Decimal

from harness.ingest.figures import figure
from harness.ingest.lines import count_of, listed, printable, refusal
from harness.ingest.nvidia_smi_paths import LOOKED_AT
from harness.ingest.nvidia_smi_state import Gpu, readings_of, remarks_of, state_of
from harness.ingest.nvidia_smi_text import log_in_text
from harness.ingest.safe_xml import Element, xml_of
from harness.model.foreign import ForeignDevice, ForeignFile, ForeignReading, Ingested

TOOL = "nvidia-smi"
ABOUT = "nvidia-smi -q (text, -x XML): identity, limits, clocks, event reasons, ECC, MIG, memory, bus"
BASIS = "sample"

_BEGIN, _END = b"<nvidia_smi_log>", b"</nvidia_smi_log>"
_HEADING = re.compile(rb"^[ \t]*=+NVSMI LOG", re.MULTILINE)
# Sections with fewer values share one line of what found no place.
_WORTH_A_LINE = 8


@dataclass(slots=True)
class _Log:
    devices: list[ForeignDevice] = field(default_factory=list)
    readings: list[ForeignReading] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    rest: Counter[str] = field(default_factory=Counter)
    names: dict[str, set[str]] = field(default_factory=dict)


def recognises(file: ForeignFile) -> bool:
    """Does the root element or the document type name nvidia-smi's log, or the heading of its text?"""
    head = file.data[:100_000]
    return b"<nvidia_smi_log" in head or _HEADING.search(head) is not None


def read(file: ForeignFile) -> Ingested:
    """Return the devices with their states; what they draw, how warm they are and what they counted as observations.

    Raises:
        UnreadableInput: It is no XML that can be read safely, or lists no GPU.
    """
    log = _Log()
    if _HEADING.search(file.data[:100_000]):
        root, rest = log_in_text(file)
        log.rest.update(rest)
    else:
        documents = _documents(file)
        root = xml_of(replace(file, data=documents[0]))
        if len(documents) > 1:
            log.remarks.append(f"{len(documents):,} logs stand in the file: the first is read")
    gpus = list(root.each("gpu"))
    if root.tag != "nvidia_smi_log" or not gpus:
        raise refusal(file, "the root element", f"{root.tag} with {count_of(len(gpus), 'gpu')}", "a log with a GPU")
    attached = figure(root.at("attached_gpus") or "")
    for n, element in enumerate(gpus):
        _take(log, Gpu(element=element, key=_key(n, element, len(gpus), attached, log)))
    # Where a name is about to go, a note in brackets stands behind its value.
    drivers = _distinct(root.at("kmd_version"), (root.at("driver_version") or "").partition(" [")[0])
    firmware = _distinct(*(gpu.at("vbios_version") for gpu in gpus))
    if len(firmware) > 1:
        log.remarks.append(f"the GPUs run different firmware: {', '.join(firmware[:8])}; the first is kept")
    return Ingested(
        tool=TOOL,
        driver=drivers[0] if drivers else None,
        firmware=firmware[0] if firmware else None,
        devices=tuple(log.devices),
        readings=tuple(log.readings),
        remarks=listed(_remarks(root, log, len(gpus), attached)),
        not_mapped=listed(tuple(_not_mapped(log))),
    )


def _documents(file: ForeignFile) -> list[bytes]:
    """Return each log in a file, without what a console printed between them; the whole file where it is one log."""
    found: list[bytes] = []
    start = file.data.find(_BEGIN)
    while start >= 0 and (end := file.data.find(_END, start)) >= 0:
        found.append(file.data[start : end + len(_END)])
        start = file.data.find(_BEGIN, end)
    alone = file.data.lstrip().startswith(b"<") and len(found) <= 1
    return [file.data] if alone or not found else found


def _key(n: int, element: Element, listed_gpus: int, attached: Decimal | None, log: _Log) -> str:
    """The place in a list of every GPU is its number; of a selection (-i) the number is not known."""
    known = {device.key for device in log.devices}
    key = f"gpu-{n}" if attached == listed_gpus else printable(element.attributes.get("id", ""), 100)
    return key if key and key not in known else f"entry-{n}"


def _take(log: _Log, gpu: Gpu) -> None:
    log.devices.append(
        ForeignDevice(
            key=gpu.key,
            name=gpu.said("product_name"),
            manufacturer="NVIDIA",
            uuid=gpu.said("uuid"),
            serial=_serial(gpu.said("serial")),
            part_number=gpu.said("gpu_part_number") or gpu.said("board_part_number"),
            bus_id=gpu.said("pci/pci_bus_id") or gpu.element.attributes.get("id"),
            state=state_of(gpu),
        )
    )
    log.readings += readings_of(gpu)
    log.remarks += remarks_of(gpu)
    _count_rest(log, gpu.element, "")


def _serial(text: str | None) -> str | None:
    """A serial of nothing but zeros names no unit."""
    return None if text is None or not text.strip("0") else text


def _count_rest(log: _Log, element: Element, path: str) -> None:
    for child in element.children:
        below = f"{path}{child.tag}"
        if child.text and below not in LOOKED_AT and not below.startswith(("processes/", "mig_devices/")):
            section = below.partition("/")[0]
            log.rest[section] += 1
            log.names.setdefault(section, set()).add(below)
        _count_rest(log, child, f"{below}/")


def _distinct(*texts: str | None) -> list[str]:
    return list(dict.fromkeys(printable(text, 200) for text in texts if text and text != "N/A"))


def _remarks(root: Element, log: _Log, listed_gpus: int, attached: Decimal | None) -> tuple[str, ...]:
    first = ["a driver's account of its devices at one moment: nothing in it was measured by a test"]
    if stamp := root.at("timestamp"):
        first.append(f"taken {printable(stamp, 60)} by the machine's clock")
    if attached is not None and attached != listed_gpus:
        first.append(f"{count_of(listed_gpus, 'GPU')} of {attached} attached: their numbers are not known")
    return (*first, *log.remarks)


def _not_mapped(log: _Log) -> Iterator[str]:
    small = [section for section, number in sorted(log.rest.items()) if number < _WORTH_A_LINE]
    if small:
        yield f"{', '.join(printable(section, 60) for section in small[:60])}: a lab report has no place for them"
    for section, number in sorted(log.rest.items()):
        if number >= _WORTH_A_LINE:
            names = ", ".join(printable(name, 60) for name in sorted(log.names.get(section, ()))[:6])
            such = f", such as {names}" if names else ""
            yield f"{printable(section, 60)}: {count_of(number, 'value')}{such}: no place in a lab report"
