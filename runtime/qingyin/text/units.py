"""Units and measure words: their names, and which of them turn 2 into 两."""

from __future__ import annotations

import re

from qingyin.text.patterns import lazily

# Symbol -> name. Where speech and standard differ, what people say: 公里, 公斤.
UNITS: dict[str, str] = {
    "km": "公里", "m": "米", "dm": "分米", "cm": "厘米", "mm": "毫米", "μm": "微米", "um": "微米", "nm": "纳米",
    "Km": "公里", "KM": "公里", "CM": "厘米", "MM": "毫米", "ft": "英尺", "inch": "英寸", "mi": "英里",
    "kg": "公斤", "Kg": "公斤", "KG": "公斤", "g": "克", "mg": "毫克", "μg": "微克", "ug": "微克", "t": "吨",
    "lb": "磅", "oz": "盎司", "L": "升", "mL": "毫升", "ml": "毫升", "ML": "毫升", "μL": "微升", "μl": "微升",
    "dL": "分升", "cc": "毫升", "ha": "公顷",
    "h": "小时", "min": "分钟", "s": "秒", "ms": "毫秒", "μs": "微秒", "us": "微秒", "ns": "纳秒",
    "Hz": "赫兹", "kHz": "千赫兹", "KHz": "千赫兹", "MHz": "兆赫兹", "GHz": "吉赫兹", "THz": "太赫兹",
    "W": "瓦", "mW": "毫瓦", "kW": "千瓦", "KW": "千瓦", "MW": "兆瓦", "GW": "吉瓦", "Wh": "瓦时", "kWh": "千瓦时",
    "KWh": "千瓦时",
    "kW·h": "千瓦时", "KW·h": "千瓦时", "mA·h": "毫安时", "N·m": "牛米",
    "MWh": "兆瓦时", "N": "牛", "J": "焦", "V": "伏", "mV": "毫伏", "kV": "千伏", "KV": "千伏", "mA": "毫安",
    "mAh": "毫安时", "MAH": "毫安时", "μA": "微安",
    "μW": "微瓦", "μV": "微伏", "mΩ": "毫欧", "mJ": "毫焦", "GJ": "吉焦", "bar": "巴", "Ω": "欧姆", "ω": "欧姆",
    "kΩ": "千欧", "MΩ": "兆欧", "μF": "微法",
    "pF": "皮法", "Pa": "帕", "hPa": "百帕", "kPa": "千帕", "MPa": "兆帕", "GPa": "吉帕", "mmHg": "毫米汞柱",
    "kJ": "千焦", "MJ": "兆焦", "cal": "卡", "kcal": "千卡", "eV": "电子伏", "keV": "千电子伏", "MeV": "兆电子伏",
    "kN": "千牛", "ng": "纳克", "pg": "皮克", "IU": "国际单位", "nF": "纳法", "mT": "毫特", "kVA": "千伏安",
    "VA": "伏安", "psi": "磅每平方英寸", "TWh": "太瓦时", "GWh": "吉瓦时", "kgf": "公斤力",
    "mol": "摩尔", "mmol": "毫摩尔", "μmol": "微摩尔", "nmol": "纳摩尔", "dB": "分贝", "db": "分贝",
    "Sv": "希沃特", "mSv": "毫希沃特", "μSv": "微希沃特", "Gy": "戈瑞", "Bq": "贝克勒尔", "mph": "英里每小时",
    "lx": "勒克斯", "lm": "流明", "cd": "坎德拉", "ppi": "像素每英寸",
    "fps": "帧每秒", "rpm": "转每分", "r/min": "转每分",
    "mg/d": "毫克每天", "ml/d": "毫升每天", "g/d": "克每天", "bpm": "拍每分",
    "KB": "千字节", "kB": "千字节", "MB": "兆字节", "GB": "吉字节", "TB": "太字节", "PB": "拍字节",
    "bps": "比特每秒", "kbps": "千比特每秒", "Kbps": "千比特每秒", "Mbps": "兆比特每秒", "mbps": "兆比特每秒",
    "Gbps": "吉比特每秒", "M": "兆", "bit": "比特", "px": "像素", "km²": "平方公里", "km2": "平方公里",
    "hm²": "公顷", "hm2": "公顷",
    "m2": "平方米", "m3": "立方米", "cm2": "平方厘米", "cm3": "立方厘米", "mm2": "平方毫米", "dm3": "立方分米",
    "℃": "摄氏度", "°C": "摄氏度", "℉": "华氏度", "°F": "华氏度", "°": "度", "′": "分", "″": "秒", "w": "万",
    "USD": "美元", "CNY": "元", "RMB": "元", "EUR": "欧元", "JPY": "日元", "GBP": "英镑", "HKD": "港元",
}  # fmt: skip
PREFIX_UNITS = {"%": "百分之", "‰": "千分之", "‱": "万分之"}
_POWERS = {"²": "平方", "³": "立方"}
_SECONDS = {"²": "二次方秒", "³": "三次方秒"}  # 米每二次方秒
_INVERSE = {"¹": "", "²": "平方", "³": "立方"}  # m·s⁻¹
_JOINED = {"/": "每", "·": "", "*": ""}
_COUNTED_IN_FLUIDS = lazily(r"I?U/(?:mL|ml|dL|L)(?![A-Za-z0-9])")  # U/L: U alone is no unit
_AFTER_LETTER = frozenset("/·*，。；、！？）) 的")  # 10N的力, not 3N化合物
_NO_SPACE = frozenset("msthgVWMwLNJ")  # single letters are units only directly after the number
_ALTERNATIVES = "|".join(re.escape(unit) for unit in sorted(UNITS, key=len, reverse=True))
_SYMBOL = lazily(rf"[°′″](?!C|F)|(?:{_ALTERNATIVES})(?![A-Za-z0-9])")
# 5A级, 4g网络, 12V8缸: what looks like a unit and is none, by what follows it.
_NOT_BEFORE = {
    "g": "网手流信套", "M": "档码型", "s": "店", "m": "型", "t": "型台", "h": "型", "L": "型码", "V": "领", "W": "型",
}  # fmt: skip


def _one(text: str, start: int) -> tuple[str, int]:
    match = _SYMBOL.match(text, start)
    if match is None:
        return "", start
    name, end = UNITS[match.group()], match.end()
    following = text[end : end + 1]
    if following and following in _NOT_BEFORE.get(match.group(), ""):
        return "", start
    if match.group() in ("N", "J") and following and following not in _AFTER_LETTER:
        return "", start
    if name == "秒" and following in _SECONDS:
        return _SECONDS[following], end + 1
    if following in _POWERS:
        return _POWERS[following] + name, end + 1
    if following == "⁻" and text[end + 1 : end + 2] in _INVERSE:
        return "每" + _INVERSE[text[end + 1]] + name, end + 2
    return name, end


_BARE = lazily(  # units that are nothing else, so that they need no number before them
    r"(?:km/h|m/s²?|[mμnk]?g/(?:[mdμ]?L|ml|m[³3]|kg)|kWh|MWh|mAh|[KMGT]?bps|[KMG]?B/s|mmHg|[kMG]Hz|kcal|k[WVNgm]|[KkM]Pa|[cm]m|m[gL]|r/min|km²|cm²|m²|cm³|m³(?:/[shd])?)"
    r"(?![A-Za-z0-9/²³])"
)


def bare_unit(text: str, start: int) -> tuple[str, int]:
    """A unit without a number, as in the head of a table: 速度（km/h） -> (its name, end), ("", start) for none."""
    if _BARE.match(text, start) is None:
        return "", start
    return unit_at(text, start)


def unit_at(text: str, start: int) -> tuple[str, int]:
    """The unit that begins at text[start] (or after one space) -> (its name, end), ("", start) if there is none.

    Compounds are read in order: km/h 公里每小时, kW·h 千瓦时, mg/m³ 毫克每立方米, 元/m² after the 元.
    """
    begin = start
    if text[start : start + 1] == " " and start + 1 < len(text):
        begin = start + 1
    if match := _COUNTED_IN_FLUIDS.match(text, begin):
        slash = text.index("/", begin)
        unit = "国际单位" if text[begin] == "I" else "单位"
        return f"{unit}每{UNITS[text[slash + 1 : match.end()]]}", match.end()
    name, end = _one(text, begin)
    compound = text[end : end + 1] == "/" and _SYMBOL.match(text, end + 1) is not None  # 340 m/s
    if not name or (begin > start and end == begin + 1 and text[begin] in _NO_SPACE and not compound):
        return "", start
    if text.startswith("/(", end):  # J/(kg·℃)
        more, next_end = unit_at(text, end + 2)
        if more and text[next_end : next_end + 1] == ")":
            return f"{name}每{more}", next_end + 1
    while text[end : end + 1] in _JOINED and end < len(text):
        joined = _JOINED[text[end]]
        more, next_end = _one(text, end + 1)
        if not more:
            if text[end] == "/" and "一" <= text[end + 1 : end + 2] <= "\u9fff":
                return name + joined, end + 1  # kg/人: the rest is Han text
            break
        name, end = name + joined + more, next_end
    return name, end


# Measure words and nouns that are counted without one. In LIANG 2 is read 两; the others keep 二 (2月, 2号, 2楼).
_LIANG_TEXT = """
    个 只 名 位 人 次 种 天 年 周 周年 小时 分钟 秒 秒钟 刻 岁 米 公里 里 千米 厘米 毫米 分米 英里 英尺 英寸 码 海里
    亩 顷 公顷 公尺 英亩 平方 平方米 平方公里 平方千米 平方英里 平方厘米 立方 立方米 升 毫升 克 千克 公斤 斤 吨 磅 盎司
    伏 瓦 度 张 条 头 匹 台 辆 架 艘 列 本 部 集 段 章 场 局 盘 轮 届 座 间 栋 幢 家 所 处 层 片 块 颗 粒 滴 杯 碗 瓶
    盒 包 袋 箱 桶 罐 件 套 双 对 副 份 封 首 支 枝 根 棵 株 朵 束 串 行 句 字 类 样 项 方 国 省 市 县 镇 乡 村 成 倍
    股 笔 批 幅 门 道 节 课 篇 页 卷 册 款 枚 回 遍 趟 顿 下 声 边 侧 端 大 口 元 块 角 分 点 时 万 亿 千 百 多 个月
    个半 星期 季 季度 把 扇 顶 面 具 尊 宗 起 桩 任 席 栏 团 簇 丛 堆 群 帮 伙 盏 尾 峰 港元 美元 欧元 英镑 日元
    韩元 卢布 勺 大勺 小勺 匙 茶匙 汤匙 瓣 撮 碟 壶 缸 筐 篮 捆 摞 沓 坛 户 晚 夜 餐 桌 波 单 人份 小碗 小块 小把 小段
    代人 枪 球 票 胎 站 字节 像素 兆 幕 剂 针 拍 步 圈 格 女 男
"""
_ER_TEXT = """
    月 日 号 楼 班 代 路 线 级 等 战 区 院 中 附 环 版 年级 月份 号线 号楼 单元 世纪
    分之 手 维 进制 员 组 队 期 排 元一次
"""
LIANG_MEASURES: frozenset[str] = frozenset(_LIANG_TEXT.split())
MEASURES: frozenset[str] = LIANG_MEASURES | frozenset(_ER_TEXT.split())
