"""The tones of 一 and 不, which depend on what follows and on whether 一 counts or only names."""

from __future__ import annotations

import re
from collections.abc import Sequence

from qingyin.text.g2p import Syllable, Word
from qingyin.text.light_words import POTENTIAL_BU
from qingyin.text.potential import ENDS_OF_VERBS, RESULTS
from qingyin.text.symbols import NEUTRAL_TONE
from qingyin.text.verbs import VERBS

_DIGITS = frozenset("零〇一二三四五六七八九十幺")
_LARGE = frozenset("百千万亿兆")
_NAMES_AFTER = frozenset("月号楼审者")  # names, not counts: 一月, 一号
_NUMBER_THERE = ("不二", "无二", "加一", "加二", "加手机", "减一", "乘一", "模考", "模成绩", "模二模")
_FIRST_CONGRESS = ("大召开", "大会址", "大代表", "大闭幕", "大开幕", "大纪念馆", "大精神")
_ORDINAL_WORDS = ("等奖", "单元", "年级", "中全会", "把手", "季度", "级", "期工程", "线城市", "垒", "军")
_NAMES_BEFORE = frozenset("统唯专单归如其划逐初周期拜")  # 统一, 唯一, 之一: 一 belongs to what is before it
_ENDED_BY_ONE = _NAMES_BEFORE | {"第"}
_LIVES_BEFORE = frozenset("生人活过了这那此在")  # 一生一世 counts lives, 伊丽莎白一世 numbers queens
_RANKED = re.compile(  # schools and universities by rank: 北京一中, 一本线; but 一中午, 一本大学语文
    "中(?:$|[的校读上毕学高初教操礼和与考就同分])|本(?:$|线(?!装)|院校|率|批|高校|招生|大学(?![语英物数化教]))"
)
_LIFETIMES_TEXT = """
    清白 英雄 聪明 风光 劳碌 辛苦 糊涂 威风 清贫 节俭 平安 操劳 荣耀 纵横 忠厚 老实
"""
_LIFETIMES = frozenset(_LIFETIMES_TEXT.split())  # before 一世 they tell what a life was like
_ADVERBS = frozenset("定样起直般切些共旦律同致向再时概面边路应")  # 一定, 一样 after a numeral: words by themselves
_YEAR_AFTER = frozenset("年班学新的上下")  # 高一年级, but 高一点
_PARALLEL = frozenset("班组队连排营区期部环类科")  # 一班…二班: numbered, where 一班…两班 counts
_PARALLEL_REACH = 12  # syllables
_COUNTED = frozenset("人家票车房床座桌句字天步层年门户校国")  # nouns: 大家一家人, 门票一票难求, no verb said twice
_COUNTS_ON = frozenset("同每这那某另任有")  # 同一个, 每一天: though it ends the word, it counts what follows
_BEFORE_COMPLEMENT = VERBS | frozenset("出进上下来去过回得保按合够见")  # 说不出, 下不来
_COMPLEMENTS = frozenset("了着到见住起动懂完清及惯掉开下出得成尽拢净干通透定")
_ON = frozenset("上进过下回")  # with 来 or 去, where a verb leads: 答不上来
_BEFORE_ON = VERBS - frozenset("说想问讲忘") | frozenset("答透")
_SET_PHRASES = ("哭笑不得", "动弹不得")
_NOT_ALL_AFTER = frozenset("相如然合人力责")  # 不尽相同: there 尽 is no complement
_NOUN_ENDS = frozenset("学量用动活卖问分记画架补差盖锁洗讲诉变连算开关")  # verbs alone, seldom at the end of a word


def yi_and_bu(words: Sequence[Word]) -> None:
    """一: yi2 before a fourth tone, else yi4, yi1 in numbers and at ends. 不: bu2 before a fourth; in place."""
    flat = [syllable for word in words for syllable in word]
    for syllable in flat:  # the dictionary has sandhi in some words already
        if syllable.char == "一" and not syllable.fixed:
            syllable.tone = 1
    ends = {id(word[-1]) for word in words if len(word) > 1}
    begins = {id(word[0]) for word in words if len(word) > 1}
    for index, syllable in enumerate(flat):
        if syllable.fixed:
            continue
        if syllable.char == "不" and syllable.spelling == "bu":
            syllable.tone = _bu(flat, index, ends, begins)
        elif syllable.char == "一":
            syllable.tone = _yi(flat, index, id(syllable) in ends, id(syllable) in begins)


def name_enumerated(flat: Sequence[Syllable]) -> None:
    """Keep yi1 where 一 numbers and 二 goes on, across a sentence's clauses: 一不偷，二不抢."""
    for index, syllable in enumerate(flat):
        if syllable.char == "一" and not syllable.fixed and _is_enumerated(flat, index):
            syllable.tone, syllable.fixed = 1, True


def _citation(syllable: Syllable) -> int:
    """The tone that 一 and 不 react to: 个 counts as fourth even when light."""
    return 4 if syllable.char == "个" else syllable.tone


def _char(flat: Sequence[Syllable], index: int) -> str:
    return flat[index].char or flat[index].acts if 0 <= index < len(flat) else ""


def _bu(flat: Sequence[Syllable], index: int, ends: set[int], begins: set[int]) -> int:
    before, after = _char(flat, index - 1), _char(flat, index + 1)
    if index + 1 == len(flat):
        return 4
    back = _char(flat, index - 2)
    goes_on = after in _ON and before in _BEFORE_ON and _char(flat, index + 2) in ("来", "去")
    comes = after in ("来", "去") and before in _ON | {"出", "起"}
    noun = bool(index) and before in _NOUN_ENDS and id(flat[index - 1]) in ends  # 同学不见了
    knows = after == "了" and id(flat[index + 1]) in begins  # 听不了 is one thing, 不了解 another
    alike = before == after or f"{before}{after}" in ("上下", "进出", "进退")
    twice = alike and (before == "不" or back in ("一", "不"))  # 一动不动, 不要不要, 不上不下
    if after and f"{back}{before}不{after}" not in _SET_PHRASES and not twice and back != "不" and (
        (before == after and back not in ("爱", "从"))
        or goes_on
        or comes
        or (index and flat[index - 1].spelling == "huan" and before == "还" and after in "上起清完")
        or f"{before}不{after}" in POTENTIAL_BU
        or _has_result(flat, index, ends, begins)
        or (
            before in _BEFORE_COMPLEMENT
            and after in _COMPLEMENTS
            and not (noun or knows)
            and _is_complement(flat, index + 1)
        )
    ):
        return NEUTRAL_TONE  # 是不是, 来不及
    return 2 if _citation(flat[index + 1]) == 4 else 4


def _is_enumerated(flat: Sequence[Syllable], index: int) -> bool:
    """Whether 一 is the first of a list that goes on with 二: 一不偷，二不抢, 一班和二班."""
    after, before = _char(flat, index + 1), _char(flat, index - 1)
    if after != "不" and (after not in _PARALLEL or before in _COUNTS_ON or before in _DIGITS):
        return False
    begins = index + 2 if after == "不" else max(0, index - _PARALLEL_REACH)
    return any(
        _char(flat, place) == "二" and _char(flat, place + 1) == after and _char(flat, place - 1) not in _DIGITS
        for place in range(begins, index + 2 + _PARALLEL_REACH)
    )


def _has_result(flat: Sequence[Syllable], index: int, ends: set[int], begins: set[int]) -> bool:
    """Whether 不 stands between a verb and a complement that go together: 打不破, 站不稳, 解决不了."""
    if not index:
        return False
    before, after, second = _char(flat, index - 1), flat[index + 1], _char(flat, index + 2)
    if f"{before}不{after.char}" in ENDS_OF_VERBS:
        return True
    if after.char == "了":  # 解决不了, but 不了解, 不了了之
        named = f"{second}{_char(flat, index + 3)}" in ("了之", "情")
        return after.spelling == "liao" and id(after) not in begins and not named
    if id(flat[index - 1]) in ends:
        return False  # 要求不高
    if second and before in RESULTS.get(after.char + second, ()):
        return True
    whole = id(after) not in begins or id(flat[index]) in begins
    if after.char == "好" and second not in tuple("了吧啊呀的，吗就会这那病课觉事歌字饭家人") and index + 2 < len(flat):
        return False  # 唱不好听
    if _char(flat, index - 2) in ("样", "么") and after.char == "好":
        return False  # 这么写不好
    return whole and before in RESULTS.get(after.char, ())


def _is_complement(flat: Sequence[Syllable], index: int) -> bool:
    """Whether what follows 不 only says how the verb before it ends: 说不出, but not 他听不下去课."""
    complement = flat[index]
    if complement.char in "了着":
        return complement.spelling in ("liao", "zhao")
    if complement.char == "尽":
        return _char(flat, index + 1) not in _NOT_ALL_AFTER
    return complement.tone != NEUTRAL_TONE or complement.char == "得"


def _in_five_ten(flat: Sequence[Syllable], index: int) -> bool:
    """Whether 一 is one of 一五一十, which counts but is no number."""
    starts = (index, index - 2)
    return "一五一十" in ("".join(_char(flat, place) for place in range(start, start + 4)) for start in starts)


def _is_hour(flat: Sequence[Syllable], index: int) -> bool:
    """Whether the figures from `index` on, after 一点, are minutes, or 一点 again: 一点一刻, 一点二十, 一点一点."""
    end = index
    while _char(flat, end) in _DIGITS:
        end += 1
    figures = "".join(syllable.char for syllable in flat[index:end])
    return "十" in figures or _char(flat, end) in ("刻", "分") or (figures == "一" and _char(flat, end) == "点")


def _is_rank(flat: Sequence[Syllable], index: int) -> bool:
    """Whether 一中 or 一本 names a school or a class of universities, not what is hit or counted."""
    after = flat[index + 1]
    if after.char == "中":  # 北京一中, but 他一中就跳起来
        return after.citation == "zhong1" and bool(index) and _char(flat, index - 1) not in "他她我你谁们中"
    if index + 2 == len(flat):  # 考上了一本
        return "考" in (_char(flat, index - 1), _char(flat, index - 2), _char(flat, index - 3))
    return _char(flat, index - 1) not in "这那每哪第"


def _yi(flat: Sequence[Syllable], index: int, ends_word: bool, begins_word: bool) -> int:
    syllable, before, after = flat[index], _char(flat, index - 1), _char(flat, index + 1)
    if "五" in (before, after) and _in_five_ten(flat, index):
        return 4
    if syllable.literal or index + 1 == len(flat) or after in _DIGITS or before == "第":
        return 1
    if after == "点" and _char(flat, index + 2) in _DIGITS and not _is_hour(flat, index + 2):
        return 1  # 一点五
    if before and before == after and _char(flat, index - 2) != "一" and before not in _COUNTED:
        return NEUTRAL_TONE  # 看一看, but 一天一天
    rest = "".join(_char(flat, place) for place in range(index + 1, index + 5))
    makes_cars = after == "汽" and rest[1:2] not in tuple("车水油笛缸船")  # 一汽大众
    sum_of = before in ("加", "减", "乘") and _char(flat, index - 2) in _DIGITS and after not in _LARGE
    if rest.startswith(_NUMBER_THERE) or makes_cars or sum_of or (before == "闻" and after == "多"):
        return 1  # 说一不二, 独一无二, 一加一, 一模成绩, 闻一多
    if rest.startswith(_FIRST_CONGRESS) or (rest.startswith("加") and (rest[1:2] in _DIGITS)):
        return 1  # 中共一大会址, 一加三等于四, 一加十二 of a brand
    if rest.startswith("是一") or (before == "是" and _char(flat, index - 2) == "一"):
        return 1  # 说一不二, 一是一
    moved = _char(flat, index - 2) == "为" and _char(flat, index - 3) not in ("作", "成", "称")  # 精神为之一振
    if before == "之" and after not in ("炬", "笑", "旁", *_LARGE) and not moved:
        return 1  # one of them
    pair = rest.startswith(("对一", "比一")) and rest[2:3] not in _ADVERBS
    told = before == "比" and _char(flat, index - 2) in _DIGITS  # 五比一大胜
    if pair or ((told or (before in ("对", "送") and _char(flat, index - 2) == "一")) and not begins_word):
        return 1  # 一对一, 买一送一
    if before == "买" and rest.startswith("送"):
        return 1
    if after == "号" and before in ("大", "小") and _char(flat, index + 2) not in tuple("楼院线门"):
        return 2  # 大一号的鞋
    checked = after == "军" and before in tuple("将你我他她了")  # 将他一军
    stepped = after == "级" and before in tuple("上下高低每另升降跳差级")  # 上一级
    stepped = stepped or rest.startswith("级一级")
    ranks = rest.startswith(_ORDINAL_WORDS) and not (checked or stepped)
    if after in _NAMES_AFTER or ranks or (before == "月" and after == "日"):
        return 1
    if _RANKED.match(rest) and _is_rank(flat, index):
        return 1
    lifetime = _char(flat, index - 2) + before in _LIFETIMES
    if after == "世" and before and before not in _LIVES_BEFORE and not lifetime:
        return 1
    if after == "班" and before in ("级", "年"):
        return 1
    sandhi = 2 if _citation(flat[index + 1]) == 4 else 4
    priced = _char(flat, index - 2) in ("块", "毛") and after not in ("块", "毛", "角", "分")
    if priced and before in _DIGITS:
        return sandhi  # 三块五一斤
    if before == "一" and _char(flat, index - 2) in _ENDED_BY_ONE:
        return sandhi  # 唯一一个, 周一一早
    if before in _DIGITS or before in _LARGE:
        if after in _LARGE and before != "十":
            return sandhi  # 一千一百
        return sandhi if begins_word and after in _ADVERBS else 1  # 千万一定, but 二十一个
    if before == "点" and after != "刻" and _char(flat, index - 2) in _DIGITS | _LARGE:
        return sandhi if begins_word else 1
    if begins_word or (before == "期" and after == "直"):
        return sandhi  # 这星期一直
    if after in _LARGE:
        return sandhi  # 周一千里 is no Monday
    belongs = before in _NAMES_BEFORE and f"{before}{after}" != "其生"  # 终其一生
    belongs = belongs and (before != "划" or _char(flat, index - 2) == "齐")  # 整齐划一, but 划一刀
    belongs = belongs and (before != "期" or _char(flat, index - 2) == "星")  # 逾期一日
    if belongs or (before == "高" and after in _YEAR_AFTER) or (before == "中" and index == 1):
        return 1
    return 1 if ends_word and before not in _COUNTS_ON else sandhi
