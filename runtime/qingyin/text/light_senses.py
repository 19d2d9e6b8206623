"""Words that are light in one sense only, by their neighbours (挺精神, 别大意), and longer words with a light one."""

from __future__ import annotations

from qingyin.text.light_words import NEUTRAL_WORDS, ONLY_ALONE

_HEAVY_BEGINNINGS_TEXT = """
    东西 东家 老婆 打算盘 便宜从 便宜施 便宜行 应付账 应付帐 应付款 明白了当 星星落 骨碌碌 爱人好士 动静有常 消息盈冲
    葡萄牙 先生 燕子衔 祖宗家 娃娃鱼 应付金额 应付总额 应付票 应付利 应付职工 应付股 应付债 应付未 横竖屏 横竖比 横竖线
"""
_HEAVY_BEGINNINGS = tuple(_HEAVY_BEGINNINGS_TEXT.split())  # they only begin with the characters of a light word
_DEGREES_TEXT = """
    很 挺 真 太 最 更 特别 这么 那么 多么 好 有点 有点儿 十分 格外 愈发 越发 更加 倍儿
"""
_DEGREES = tuple(_DEGREES_TEXT.split())
# What is light only after these (lively, careless, down-to-earth, at ease), else is not (spirit, the gist, really).
_AFTER: dict[str, tuple[str, ...]] = {
    "精神": (*_DEGREES, "打起", "没", "没了", "来了", "显得", "看着", "有"),
    "大意": (*_DEGREES, "别", "不可", "不能", "千万", "粗心", "疏忽", "麻痹", "一时", "过于", "不敢", "可"),
    "实在": (*_DEGREES, "为人"),
    "自在": (*_DEGREES, "不", "得"),
    "公道": (*_DEGREES, "价钱", "价格"),
    "冷战": ("打个", "打了个", "打着", "一个"),
    "言语": ("没", "不", "别", "没有", "没人", "没再", "没敢", "不再", "不敢", "也不", "都不"),
}
_BEFORE = {"精神": ("点", "些"), "大意": ("了", "失荆", "不得"), "言语": ("一声", "了一声", "一句")}
_UNLESS_BEFORE_TEXT = """
    病 科 文明 压力 财富 上的 分裂 层面 内涵 食粮 支柱 世界 状态 是 不
"""
_UNLESS_BEFORE = tuple(_UNLESS_BEFORE_TEXT.split())  # 精神病
_HOUSEHOLD = tuple("户贵富穷苦好女大小香宦个的有家门白商农渔村水处族万千百十几两")  # before 人家 that is no pronoun
_UNLESS_AFTER = {"生意": ("充满", "充满了", "一片"), "人家": _HOUSEHOLD}  # full of life; 富贵人家
_DABBED = tuple("药水油饭酱醋酒针字折热开")  # 打点药, but 打点行装
# 老子 the sage, whose name is not light, stands before these or after those; elsewhere it is father, or I myself.
_SAGE_BEFORE_TEXT = """
    认为 主张 思想 提出 哲学 曰 说过 出关 骑青牛 姓李 名耳 学说 学派 是道 是春秋 是古代 是中国 是我国 是先秦 是周 是楚
    的道 的思想 的哲 的学 的名言 的无为 的智慧 的著作 庄子 孔子 与庄子 和庄子 与孔子 和孔子 一书 生于 著 创立 强调
    所说 所著 所谓 故里 故居 道德经 第 言 讲的道 注 化胡 所言 研究 全译 译注 的话 像
"""
_SAGE_BEFORE = tuple(_SAGE_BEFORE_TEXT.split())
_SAGE_AFTER_TEXT = """
    孔子 庄子 孔子和 庄子和 孔子与 庄子与 礼于 读 读过 道家 思想家 创始人 研究 根据 据 引用 注释 家的 先哲 圣人
"""
_SAGE_AFTER = tuple(_SAGE_AFTER_TEXT.split())
_FOES_AFTER = ("死", "老", "家", "个", "的", "位", "做", "成")  # before 对头 that is no adjective
WORDS = frozenset(("老子", "对头", "打点", *_AFTER, *_UNLESS_AFTER))  # those of which it can say something


def is_light(text: str, before: str, after: str) -> bool | None:
    """Whether one of WORDS is light between what goes before and the word after; None where that does not tell."""
    if text == "对头":
        return before.endswith(_FOES_AFTER) or after.startswith(("们", "冤家"))
    if text == "老子":
        return not (after.startswith(_SAGE_BEFORE) or before.endswith(_SAGE_AFTER))
    if text in _AFTER:
        if after.startswith(_BEFORE.get(text, "-")):
            return True
        return before.endswith(_AFTER[text]) and not after.startswith(_UNLESS_BEFORE)
    dabbed = text == "打点" and after.startswith(_DABBED)
    return False if dabbed or (text in _UNLESS_AFTER and before.endswith(_UNLESS_AFTER[text])) else None


def begins_light(text: str) -> bool:
    """Whether a word of three syllables or more begins with one whose last syllable is light: 玻璃杯, 傻里傻气."""
    if text[1] == text[2]:
        return False  # 亮堂堂
    if len(text) == 4 and text[1] == "里" and text[0] == text[2]:
        return True
    return text[:2] in NEUTRAL_WORDS and text[:2] not in ONLY_ALONE and not text.startswith(_HEAVY_BEGINNINGS)
