"""Write name_pairs.csv: pairs of names, labelled as one party or two, that the bands of matching are derived from.

    python benchmarks/make_name_pairs.py

The companies are made up. Each comes in the writings that lists and invoices have: another form, case, order, spacing,
abbreviations, one or two wrong letters, transliterated or in Chinese. Hard pairs of two parties are written by hand.
"""

import csv
import random
from pathlib import Path

from harness.screening.names import read_name

PAIRS = Path(__file__).resolve().parent / "name_pairs.csv"

# Name without form, form, and other writings of the same company.
COMPANIES = [
    (
        "Zhongrui Microelectronics Technology",
        "Co., Ltd.",
        ["中瑞微电子科技有限公司", "Zhong Rui Weidianzi Keji Youxian Gongsi"],
    ),
    ("Shanghai Bolian Integrated Circuit", "Co., Ltd.", ["上海博联集成电路有限公司", "上海博聯積體電路有限公司"]),
    ("Beijing Haotian Aerospace Systems", "Co., Ltd.", ["北京昊天航天系统有限公司"]),
    (
        "Shenzhen Qianwei Communications Equipment",
        "Limited",
        ["深圳市千维通信设备有限公司", "Shenzhen Qian Wei Comm Equip Ltd"],
    ),
    ("Nanjing Lingyun Optoelectronics", "Co., Ltd.", ["南京凌云光电有限公司"]),
    ("Chengdu Ruifeng Radar Instrument", "Factory", ["成都瑞丰雷达仪器厂"]),
    ("Xian Tengda Semiconductor", "Corporation", ["西安腾达半导体股份有限公司", "Xi'an Tengda Semiconductor Corp"]),
    ("Harbin Jiye Ship Engineering University", "", ["哈尔滨基业船舶工程大学", "Haerbin Jiye Ship Engineering Univ."]),
    ("Wuhan Guangke Laser Technologies", "Co. Ltd", ["武汉光科激光技术有限公司"]),
    ("Hangzhou Yunxin Artificial Intelligence", "Co., Ltd.", ["杭州云信人工智能有限公司"]),
    ("Guangzhou Haige Navigation", "Inc.", ["广州海格导航公司"]),
    ("Tianjin Feiteng Computer", "Co., Ltd.", ["天津飞腾计算机有限公司", "Tientsin Feiteng Computers"]),
    ("Hefei Changlong Quantum Materials", "LLC", []),
    ("Suzhou Mingxin Precision Machinery", "Co., Ltd.", ["苏州明鑫精密机械有限公司"]),
    ("Qingdao Hanbo Marine Electronics", "Co., Ltd.", ["青岛瀚博海洋电子有限公司"]),
    ("Luoyang Jingwei Electro-Optical Equipment", "Institute", []),
    ("Kaiyuan Big Data", "Group Co., Ltd.", ["凯源大数据集团有限公司"]),
    ("Dongxu Supply Chain Management", "Limited", ["东旭供应链管理有限公司"]),
    ("Hong Kong Wingfat Components", "Limited", ["香港永发元件有限公司 Wingfat Components"]),
    ("Taihe Import and Export Trading", "Co., Ltd.", ["泰和进出口贸易有限公司"]),
    ("Vektor Sistemy", "OOO", ["ООО «Вектор Системы»", "Общество с ограниченной ответственностью Вектор Системы"]),
    ("Uralskaya Elektronika", "JSC", ["АО Уральская Электроника"]),
    ("Gorizont Technologies", "LLC", ["ООО Горизонт Технологии"]),
    ("Novatekh Pribor", "PJSC", ["ПАО «Новатех Прибор»"]),
    ("Nauchno Issledovatelskiy Institut Kometa", "JSC", ["АО НИИ Комета"]),
    ("Sibirskiy Lazer", "AO", ["АО Сибирский Лазер"]),
    ("Baltiyskaya Torgovaya Kompaniya", "OOO", ["ООО Балтийская Торговая Компания"]),
    ("Minsk Plant Agat Elektron", "OJSC", []),
    ("Elektronische Bauteile Krause", "GmbH", ["Elektronische Bauteile Krause Gesellschaft mit beschränkter Haftung"]),
    ("Müller Präzisionstechnik", "AG", ["Muller Prazisionstechnik Aktiengesellschaft"]),
    ("Société Dubrevil Électronique", "S.A.R.L.", ["Societe Dubrevil Electronique SARL"]),
    ("Peña Hermanos Comercial", "S.A. de C.V.", ["Pena Hermanos Comercial SA de CV"]),
    ("Øresund Mikrochip", "A/S", ["Oresund Mikrochip AS"]),
    ("Ankara Yıldız Savunma Sanayi", "Anonim Şirketi", ["Ankara Yildiz Savunma Sanayi A.S."]),
    ("Kestrel Ridge Semiconductors", "Inc.", ["Kestrel Ridge Semiconductor Incorporated"]),
    ("Blue Harrier Logistics", "FZE", ["Blue-Harrier Logistics F.Z.E."]),
    ("Falconeye Avionics Trading", "LLC", ["Falcon Eye Avionics Trading L.L.C."]),
    ("Al Noor Technical Supplies", "LLC", ["Alnoor Technical Supplies", "Al-Noor Technical Supplies L.L.C"]),
    ("Petrograd Optical Systems", "Ltd", []),
    ("Sarmat Aerospace Components", "Limited", []),
    ("Tehran Pishro Electronics Research", "Company", ["Pishro Electronics Research Teheran"]),
    ("Golden Osprey Shipping", "Pte. Ltd.", ["Golden Osprey Shipping Private Limited"]),
    ("Kuala Semicon Distribution", "Sdn. Bhd.", []),
    ("Hanseong Display Materials", "Co., Ltd.", ["한성 Display Materials 주식회사"]),
    ("Midoriya Precision Instruments", "K.K.", ["Midoriya Precision Instruments 株式会社"]),
    ("Redwood Lattice Computing", "Corp.", []),
    ("Ostrava Turbina Works", "s.r.o.", []),
    ("Warszawa Radion", "Sp. z o.o.", ["Warszawa Radion Spółka z ograniczoną odpowiedzialnością"]),
    ("Lumenti Photonics", "S.p.A.", []),
    ("Nordvik Undersea Robotics", "AB", []),
    ("Huaxing Advanced Packaging", "Co., Ltd.", ["华兴先进封装有限公司 Huaxing Advanced Packaging"]),
    ("Jinlong Cloud Services", "Co., Ltd.", []),
    ("Xinyuan Robot", "Co., Ltd.", ["鑫源机器人有限公司"]),
    ("Zhejiang Dacheng Steel Research", "Institute", []),
    ("Anhui Keda Nuclear Instruments", "Co., Ltd.", []),
    ("Pacific Meridian Chip Holdings", "Ltd.", []),
    ("Yuanwang Satellite Telecommunications", "Corp", ["远望卫星电信公司"]),
    ("Fenghua Software Park Development", "Co., Ltd.", []),
    ("Starlight Peregrine Electronics", "FZCO", []),
    ("Orlan Bespilotnye Sistemy", "OOO", ["ООО Орлан Беспилотные Системы"]),
]

INITIALS = [
    ("ZMTC", "Zhongrui Microelectronics Technology Corporation"),
    ("BHAS", "Beijing Haotian Aerospace Systems Co., Ltd."),
    ("SQCE", "Shenzhen Qianwei Communications Equipment"),
    ("Z.M.T.C.", "Zhongrui Microelectronics Technology Corporation"),
    ("HJSEU", "Harbin Jiye Ship Engineering University"),
    ("KRSI", "Kestrel Ridge Semiconductors Inc."),
    ("PMCH", "Pacific Meridian Chip Holdings Ltd."),
]

SAME = [
    ("Huaxing Adv. Pkg. Co., Ltd", "Huaxing Advanced Pkg Co Ltd", "abbreviation"),
    ("Zhongrui Comm Grp", "Zhongrui Communications Group", "abbreviation"),
    ("Qianwei Elec Tech Dev Co", "Qianwei Electronics Technology Development Co., Ltd.", "abbreviation"),
    ("Haotian Intl Trdg", "Haotian International Trading", "abbreviation"),
    ("Haotian Int'l Imp. & Exp. Co.", "Haotian International Import Export Company", "abbreviation"),
    ("Kestrel Ridge Mfg", "Kestrel Ridge Manufacturing Inc", "abbreviation"),
    ("Ruifeng Inst. of Sci. and Tech.", "Ruifeng Institute of Science and Technology", "abbreviation"),
    ("Changlong Univ of Science & Technology", "Changlong University of Science and Technology", "abbreviation"),
    ("No. 88 Research Inst. of Bolian Group", "Bolian Group 88th Research Institute", "number"),
    ("Bolian Group Eighty-Eighth Research Institute 88", "Bolian Group 88th Research Institute", "number"),
    ("博联集团第八十八研究所", "Bolian Group 88th Research Institute", "chinese"),
    ("Third Qianwei Factory", "Qianwei No. 3 Factory", "number"),
    ("Mingxin Department of Radar", "The Radar Department of Mingxin", "order"),
    ("Haotian Aerospace Systems, a.k.a. Haotian Systems", "Haotian Aerospace Systems", "name field"),
    ("Tengda Semiconductor, Affiliated Entity: Tengda Devices", "Tengda Semiconductor", "name field"),
    ("Tengda Semiconductor (all addresses located in Xi'an)", "Tengda Semiconductor", "name field"),
    ("Lingyun", "Lingyun Optoelectronics Co., Ltd.", "shorter"),
    ("Wingfat", "Wingfat Components Limited", "shorter"),
    ("Tengda Semiconductor", "Xian Tengda Semiconductor Corporation", "shorter"),
    ("Tengda Semiconductor Germany GmbH", "Tengda Semiconductor Corporation", "branch"),
    ("Feiteng Computer (Hong Kong) Limited", "Feiteng Computer Co., Ltd.", "branch"),
    ("ТЕNGDА Semiconductor", "Tengda Semiconductor", "lookalikes"),
    ("Tеngdа Sеmiсоnduсtоr", "Tengda Semiconductor", "lookalikes"),
    ("Ten\u200bgda Semi\u200bconductor", "Tengda Semiconductor", "invisible"),
    ("\u202eTengda Semiconductor\u202c", "Tengda Semiconductor", "invisible"),
    ("Ｔｅｎｇｄａ Ｓｅｍｉｃｏｎｄｕｃｔｏｒ", "Tengda Semiconductor", "full width"),
    ("Te\u0301ngda\u0301 Semiconductor", "Tengda Semiconductor", "marks"),
]

TWO = [
    ("Beijing Xinda Technology", "Beijing Hengtai Technology", "shared words"),
    ("Beijing Technology Development Co., Ltd.", "Beijing Industry Development Co., Ltd.", "shared words"),
    ("Shanghai Electric Group", "Shanghai Mechanical Group", "shared words"),
    ("Technology", "Zhongrui Microelectronics Technology Co., Ltd.", "one shared word"),
    ("CORP", "Kestrel Ridge Semiconductors Corp", "one shared word"),
    ("Group", "Kaiyuan Big Data Group Co., Ltd.", "one shared word"),
    ("International Trading Co", "Haotian International Trading Co", "one shared word"),
    ("China Electronics", "China Zhongrui Electronics", "shared words"),
    ("Research Institute", "Kometa Research Institute", "one shared word"),
    ("Nanjing University", "Nanjing Lingyun University", "shared words"),
    ("Nanjing University", "Beijing University", "city"),
    ("Wuhan Steel Works", "Luoyang Steel Works", "city"),
    ("Shenzhen Semiconductor Co", "Suzhou Semiconductor Co", "city"),
    ("Bolian Group 88th Research Institute", "Haotian Group 88th Research Institute", "number"),
    ("88th Research Institute", "54th Research Institute", "number"),
    ("Factory 618", "Factory 816", "number"),
    ("Qianwei Bank", "Qianhai Bank", "near word"),
    ("Hua Da Electronics", "Hua Mei Electronics", "near word"),
    ("Tengda Semiconductor", "Tongdao Optics", "near word"),
    ("Minsk Tractor Plant", "Minsk Motor Plant", "shared words"),
    ("Kestrel Ridge Winery", "Kestrel Bay Seafood", "one telling word"),
    ("Golden Osprey Shipping", "Golden Eagle Shipping", "one telling word"),
    ("Blue Harrier Logistics", "Blue Heron Logistics", "one telling word"),
    ("Red Star Trading", "Red Sea Trading", "one telling word"),
    ("Star Electronics", "Stars Logistics and Shipping Agency", "near word"),
    ("Pacific Trading", "Pacific Shipping", "shared words"),
    ("Global Solutions", "Global Systems", "shared words"),
    ("National Radar Institute", "National Laser Institute", "shared words"),
    ("Ministry of Communications", "Ministry of Commerce", "shared words"),
    ("Agency for Aerospace Development", "Agency for Energy Development", "shared words"),
    ("Baltiyskaya Torgovaya Kompaniya", "Baltiyskiy Zavod", "shared words"),
    ("ABC Trading", "ABD Trading", "short"),
    ("KLM Electronics", "KLA Corporation", "short"),
    ("AO Vega", "AO Vesta", "short"),
    ("Delta Systems", "Beta Systems", "near word"),
    ("Lumenti Photonics", "Luminar Optics", "near word"),
    ("Sibirskiy Lazer", "Sibirskiy Bank", "shared words"),
    ("西安腾达半导体股份有限公司", "西安华天半导体股份有限公司", "chinese"),
    ("北京科技有限公司", "上海科技有限公司", "chinese"),
    ("深圳市千维通信设备有限公司", "深圳市万和通信设备有限公司", "chinese"),
    ("东旭供应链管理有限公司", "东方供应链管理有限公司", "chinese"),
    ("1 2 3", "4 5 6", "number"),
    ("SMT", "Shenzhen Machinery Trading", "initials"),
    ("ITC", "International Trading Company", "initials"),
    ("HST", "Haotian Systems Technology", "initials"),
]

USUAL_SHORT = {
    "Technology": "Tech", "Technologies": "Tech", "Communications": "Comm", "Equipment": "Equip", "Systems": "Sys",
    "Electronics": "Elec", "Semiconductor": "Semi", "Semiconductors": "Semi", "Instrument": "Instr",
    "Engineering": "Eng", "Machinery": "Mach", "Materials": "Mat", "Research": "Res", "Management": "Mgmt",
    "Services": "Svcs",
    "Institute": "Inst", "University": "Univ", "Components": "Comp", "Logistics": "Logist", "Computer": "Comp",
    "Precision": "Prec", "Development": "Dev", "Telecommunications": "Telecom", "Instruments": "Instr",
    "Holdings": "Hldgs",
}  # fmt: skip
OTHER_FORMS = ["Ltd", "LLC", "Company Limited", "Inc", "JSC", ""]


def main() -> None:
    """Write the pairs, the same ones every time."""
    draw = random.Random(11)
    rows = [row for company in COMPANIES for row in variants(*company, draw)]
    rows += [(short, long, "yes", "initials") for short, long in INITIALS]
    rows += [(given, listed, "yes", kind) for given, listed, kind in SAME]
    rows += [(given, listed, "no", kind) for given, listed, kind in TWO]
    rows += [row for n, company in enumerate(COMPANIES) for row in others(n, company, draw)]
    with PAIRS.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("given", "listed", "same_party", "kind"))
        writer.writerows(dict.fromkeys(rows))


def variants(name: str, form: str, writings: list[str], draw: random.Random) -> list[tuple[str, str, str, str]]:
    """Return other writings of one company."""
    listed = f"{name} {form}".strip()
    words = name.split()
    found = [
        (listed.upper(), "case"),
        (listed.lower().replace(",", "").replace(".", ""), "punctuation"),
        (f"{name} {draw.choice(OTHER_FORMS)}".strip(), "form"),
        (" ".join([words[-1], *words[:-1]]), "order"),
        ("The " + listed, "dropped words"),
        (wrong_letters(listed, name, 1, draw), "one wrong letter"),
        (wrong_letters(listed, name, 1, draw), "one wrong letter"),
        (wrong_letters(listed, name, 2, draw), "two wrong letters"),
        (spaced(name, draw), "spaces"),
        (" ".join(USUAL_SHORT.get(word, word) for word in words), "abbreviation"),
    ]
    kinds = {True: "transliterated", False: "as published"}
    found += [(text, kinds[not text.isascii()]) for text in writings]
    return [(text, listed, "yes", kind) for text, kind in found if text != listed]


def wrong_letters(listed: str, name: str, count: int, draw: random.Random) -> str:
    """Return a name with a letter exchanged, left out, doubled or swapped in so many words, and never the first one."""
    places = [n for n in range(1, len(name) - 1) if name[n - 1 : n + 2].isalpha()]
    longest = sorted({name[: n + 1].count(" ") for n in places}, key=lambda w: -len(name.split()[w]))[:count]
    for word in longest:
        place = draw.choice([n for n in places if name[:n].count(" ") == word and n < len(listed) - 1])
        kind = draw.choice(("other", "left out", "doubled", "swapped"))
        letter, after = listed[place], listed[place + 1]
        new = {
            "other": draw.choice("aeinorst") + after,
            "left out": after,
            "doubled": letter * 2 + after,
            "swapped": after + letter,
        }
        listed = listed[:place] + new[kind] + listed[place + 2 :]
        if kind == "left out":
            break
        if kind == "doubled":
            break
    return listed


def spaced(name: str, draw: random.Random) -> str:
    """Return a name with two words joined, or with a space within the longest word."""
    words = name.split()
    if draw.random() < 0.5:
        return " ".join([words[0] + words[1].lower(), *words[2:]])
    long = max(range(len(words)), key=lambda n: len(words[n]) if n == 0 else 0)
    cut = len(words[long]) // 2
    words[long] = f"{words[long][:cut]} {words[long][cut:]}"
    return " ".join(words)


def others(n: int, company: tuple[str, str, list[str]], draw: random.Random) -> list[tuple[str, str, str, str]]:
    """Return pairs of two companies: one telling word exchanged for that of another company, and two drawn ones."""
    name, form, _ = company
    other = COMPANIES[(n * 7 + 5) % len(COMPANIES)][0]
    third = COMPANIES[(n * 11 + 3) % len(COMPANIES)]
    words, foreign = name.split(), other.split()
    telling, strange = most_telling(words), most_telling(foreign)
    swapped = name.replace(telling, strange)
    listed = f"{name} {form}".strip()
    return [
        (f"{swapped} {form}".strip(), listed, "no", "another telling word"),
        (f"{third[0]} {third[1]}".strip(), listed, "no", "unlike"),
        (
            " ".join([draw.choice(("Harbin", "Dubai", "Moscow", "Dalian")), strange, *words[2:]]),
            listed,
            "no",
            "another telling word",
        ),
    ]


def most_telling(words: list[str]) -> str:
    """Return the longest word that no table has."""
    known = [word for word in words if [one.kind for one in read_name(word).words] == ["telling"]]
    return max(known or words, key=len)


if __name__ == "__main__":
    main()
