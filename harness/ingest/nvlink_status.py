"""nvidia-smi nvlink -s (--status): the links of each GPU, one line a link, with the rate in one direction.

A link that is off is printed as inactive; where all are, the tool says that it cannot retrieve any. The file does not
say how many there could be.

Source:
    Real outputs in leptonai/gpud `fabric-manager/testdata`, in Azure/azurehpc-health-checks `test/data` and in
    utkuozdemir/nvidia_gpu_exporter `internal/captures`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from harness.ingest.bus_links import NVLINK_NOT_COUNTED, PCIE_NOT_COUNTED
from harness.ingest.figures import figure
from harness.ingest.lines import count_of, lines_of, listed, named, printable, refusal
from harness.model.device_state import Link, UnitState
from harness.model.foreign import ForeignDevice, ForeignFile, Ingested

TOOL = "nvlink-status"
ABOUT = "nvidia-smi nvlink -s: links of each GPU, counted with their rate in one direction"
BASIS = "sample"

_GPU = re.compile(r"GPU (\d{1,4}): (.{1,200}?) \(UUID: ([^()]{1,100})\)")
_LINK = re.compile(r"Link (\d{1,3}): (?:([0-9.]{1,12}) (GB/s)|<?(inactive|disabled)>?)", re.IGNORECASE)


@dataclass(slots=True)
class _Gpu:
    number: int
    name: str
    uuid: str
    rates: list[Decimal] = field(default_factory=list)
    inactive: int = 0


def recognises(file: ForeignFile) -> bool:
    """Is there a GPU with its UUID, and below it a link or the word that there is none?"""
    head = file.data[:500_000]
    if re.search(rb"^GPU \d+: .*\(UUID: ", head, re.MULTILINE) is None:
        return False
    return re.search(rb"^[ \t]+Link \d+: ", head, re.MULTILINE) is not None or b"retrieve NVLink information" in head


def read(file: ForeignFile) -> Ingested:
    """Return each GPU with its links.

    Raises:
        UnreadableInput: There is no GPU in it.
    """
    gpus: list[_Gpu] = []
    other: list[str] = []
    remarks: list[str] = []
    for number, line in lines_of(file):
        words = line.strip()
        link = _LINK.fullmatch(words)
        if gpu := _GPU.fullmatch(words):
            gpus.append(_Gpu(number=int(gpu.group(1)), name=gpu.group(2), uuid=gpu.group(3)))
        elif link and gpus:
            _take_link(gpus[-1], link)
        elif "NVLink" in words and gpus:
            remarks.append(f"gpu-{gpus[-1].number}: {printable(words, 200)}")
        else:
            other.append(f"line {number}: {printable(words, 120)}: neither a GPU nor a link")
    if not gpus:
        raise refusal(file, "the file", "no GPU", "lines such as GPU 0: NAME (UUID: GPU-...)")
    first = {gpu.number: gpu for gpu in reversed(gpus)}
    again = [f"gpu-{gpu.number}: listed again, and left out" for gpu in gpus if first[gpu.number] is not gpu]
    kept = [first[number] for number in dict.fromkeys(gpu.number for gpu in gpus)]
    return Ingested(
        tool=TOOL,
        devices=tuple(_device(gpu) for gpu in kept),
        remarks=listed((*remarks, *again, *(line for gpu in kept for line in _remarks(gpu)))),
        not_mapped=listed(other),
    )


def _take_link(gpu: _Gpu, link: re.Match[str]) -> None:
    rate = figure(link.group(2)) if link.group(2) else None
    if rate:
        gpu.rates.append(rate)
    else:
        gpu.inactive += 1


def _device(gpu: _Gpu) -> ForeignDevice:
    links: list[Link] = []
    for rate in dict.fromkeys(gpu.rates):
        name = "NVLink" if not links else f"NVLink at {rate:f} GB/s"
        links.append(Link(name=name, count=gpu.rates.count(rate), rate=rate, unit="GB/s"))
    if len(links) == 1:
        links[0] = links[0].model_copy(update={"physical_count": len(gpu.rates) + gpu.inactive})
    state = UnitState(device_name=named(gpu.name), links=(*(links or [NVLINK_NOT_COUNTED]), PCIE_NOT_COUNTED))
    uuid = named(gpu.uuid)
    return ForeignDevice(key=f"gpu-{gpu.number}", name=named(gpu.name), manufacturer="NVIDIA", uuid=uuid, state=state)


def _remarks(gpu: _Gpu) -> Iterator[str]:
    if gpu.inactive:
        yield f"gpu-{gpu.number}: {count_of(gpu.inactive, 'link is', 'links are')} inactive, {len(gpu.rates)} active"
    if not gpu.rates and not gpu.inactive:
        yield f"gpu-{gpu.number}: no link is listed, so that none can be counted; how many there are is unknown"
    if len(set(gpu.rates)) > 1:
        rates = ", ".join(f"{rate:f}" for rate in sorted(set(gpu.rates)))
        yield f"gpu-{gpu.number}: links run at different rates: {rates[:200]} GB/s"
