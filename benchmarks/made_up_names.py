"""Made-up names of companies and institutes, as many as a consolidated list has: of places, coined and shared words."""

import random
from functools import cache

from harness.codec.name_files import read_words

FORMS = [
    "Co., Ltd.",
    "Co. Ltd",
    "Limited",
    "LLC",
    "GmbH",
    "JSC",
    "Inc.",
    "Corporation",
    "FZE",
    "S.A.",
    "OOO",
    "Pte. Ltd.",
    "",
]


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


# Syllables that words of several languages are coined of, and those of pinyin that names of companies prefer.
OTHER = _words(
    "ab ad al am an ar as bal bar bel ber bor cal can cor dal dan del den der dol don el en er far fer fin "
    "gal gar gen gor gur hal han har hel il in ir jan jor kal kar kel ker kor kul lam lan lar lek lin lor lum "
    "mal mar mel min mir mor nal nar nel nor ob ol or os pal par pel per pol por ram ran rem ros rul sal san "
    "sar sel sib sol sor tal tar tek ter til tor tul ul ur val var vel ver vin vol yar zal zar zen zim zor "
)
CHINESE = _words(
    "an bao bo chang cheng chuang da de ding dong fa feng fu gao guang guo hai han hao he heng hong hua huan "
    "hui ji jia jian jin jing jun kai kang ke lan lang li lian ling long lu ming nan neng ning peng qi qian "
    "qiang rong rui run sen shan sheng shi shun tai tian tong wan wei wen xiang xin xing xu yang ye yi ying "
    "yong yu yuan yue yun ze zhen zheng zhi zhong zhuo zi "
)
USUAL = _words(
    "Technology Electronics International Trading Industry Group Development Equipment Engineering "
    "Research-Institute Systems Manufacturing Import-Export Services Communications Machinery Holding "
    "Investment Energy Aviation Instrument Semiconductor Information University Software Logistics Shipping "
    "Chemical Electric Construction "
)
PLACES = _words(
    "Beijing Shanghai Shenzhen China Guangzhou Russia Hong-Kong Moscow Dubai Iran Nanjing Wuhan Chengdu Asia "
)


@cache
def shared(kind: str) -> tuple[str, ...]:
    """Return the shared words of one kind as they are mostly written."""
    table: dict[str, str] = getattr(read_words(), kind)
    return tuple(text.split("|")[0].strip().title() for word, text in table.items() if "+" not in word)


def made_up(count: int, seed: int = 1) -> list[str]:
    """Return so many names, the same ones for a seed."""
    draw = random.Random(seed)
    return [one(draw) for _ in range(count)]


def one(draw: random.Random) -> str:
    """Return one name; few words of a kind are frequent and many are rare, as in real lists."""
    syllables = CHINESE if draw.random() < 0.5 else OTHER
    coined = "".join(draw.choices(syllables, k=3 if syllables is OTHER or draw.random() < 0.3 else 2))
    common = [frequent(draw, USUAL, shared("common")) for _ in range(draw.choice((1, 1, 2, 2, 2, 3)))]
    parts = [coined.title(), *common]
    if draw.random() < 0.05:
        # Some names have no word of their own: "Beijing Institute of Precision Instruments".
        parts = [*common, frequent(draw, USUAL, shared("common"))]
    if draw.random() < 0.6:
        parts.insert(0, frequent(draw, PLACES, shared("place")))
    if draw.random() < 0.05:
        parts.append(f"No. {draw.randrange(1, 100)}")
    return " ".join([*dict.fromkeys(parts), draw.choice(FORMS)]).strip()


def frequent(draw: random.Random, usual: tuple[str, ...], every: tuple[str, ...]) -> str:
    """Return a word: mostly a usual one, of those the first ones more often."""
    if draw.random() < 0.7:
        return usual[int(len(usual) * draw.random() ** 2)].replace("-", " ")
    return draw.choice(every)
