"""Tone changes of connected Mandarin speech, as small passes over the words of one phrase.

Order: erhua, neutral tones, 一 and 不, third tones, 啊. The rules are those of Y. R. Chao (1968).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from itertools import groupby, pairwise

from qingyin.text import light_senses
from qingyin.text.g2p import Syllable, Word
from qingyin.text.light_words import DIRECTIONS, NEUTRAL_WORDS, ONLY_ALONE
from qingyin.text.pinyin import SYLLABLES
from qingyin.text.symbols import NEUTRAL_TONE
from qingyin.text.third_tones import third_tones
from qingyin.text.verbs import MOTIONS, VERBS
from qingyin.text.yi_and_bu import yi_and_bu

# 儿 is a syllable of its own after or before these; elsewhere it is the suffix.
_FULL_ER_BEFORE = frozenset(
    "女孤婴幼健宠胎患产少生男弃托育乳侄孙妻小血浪能运潮宁佝低病犬骄娇甥汉一二两三木鹿卧兀奴台卡斡蔻莉菲祖酷丽卖养淘鸭可"
    "采奈蓉婉嬛莺灵伊平馨痴无我吾雪乞瘫氏哑闭体"
)
_SINCE = frozenset("打从自")  # 打小儿
_FULL_ER_AFTER = frozenset("子童女科歌孙媳化郎戏时")
_ICE = frozenset("棍花糕块渣")  # 冰棍儿化了: what melts is no 儿化

_BEFORE_SUFFIX = {("核", "he"): "hu"}  # 枣核儿

_U_FINALS = frozenset(("u", "ou", "iou", "ao", "iao"))  # they end in [u]

_DOUBLED_VERBS = (VERBS - frozenset(  # 看看; adverbs (慢慢) and nouns (人人) keep their tones
    "省驳花长连"
)) | frozenset(
    "聚唠侃捋梳喘骑拾拣搜估拦存取寄带扮减缩眨敷试尝笑猜查见比表诉歇抖晃相发睁伸扭挥夸选掂挪防遛叙议按添品赏理改举拱嗅逛"
    "挠努捏揉捶掐挤拧揪扯掰蹬跺咂抿撇咧瞪耸拽搓拨戳捻碾踮"
)
_BODILY = frozenset("挠努捏揉捶挤拧揪扯跺抿撇咧瞪耸拽搓摇点伸招挥弯拍咳唱聊洗刷梳跳帮睡谈")  # cut as 挠|挠头
_DOUBLED_BEFORE = {  # doubled as verbs before these, else adverbs, adjectives or names: 点点头, but 一点点
    "点": "头题", "消": "气火毒食肿", "散": "步心热", "弯": "腰", "招": "手", "整": "理衣领", "热": "饭菜身汤场",
    "松": "土口绑", "念": "经报信稿叨", "温": "书酒习", "敬": "酒", "宽": "心衣", "暖": "手身脚胃", "凉": "水茶汤",
    "透": "气风", "下": "棋厨", "皱": "眉鼻", "通": "下风气水",
}  # fmt: skip
_LOCAL_TEXT = """
    政 法院 警 影院 自治 行政 议会 选举 长官 官 联军 军 部队 武装 志 戏 税 财 经济 文化 特 组织 团体 机构 党 干部 教育
    铁路 性 法规 标准 时间 语 方言 话 人士 民 媒体 报 电视 电台 级 当局 势力 豪 产业 工业 名 风俗 传统 史 分 国民 人民
    公 主义 检察
"""
_LOCAL = tuple(_LOCAL_TEXT.split())  # what 地方 stands before when it means local: its tones stay
_EAST_TO_WEST_TEXT = """
    厢 两侧 两边 两半 两部 两岸 两翼 两端 两头 两面 两路 两厢 两院 两宫 两区 两城 两德 两汉 两晋 两魏
    两座 两塔 两门 两市 二塔
    走向 方向 长约 宽约 跨度 横贯 延伸 排列 对峙 对称 相距 合璧 向的 向道 向河 向干 向主 向街 向铁 向公 向横 向城 向快
"""
_EAST_TO_WEST = tuple(_EAST_TO_WEST_TEXT.split())  # what 东西 stands before when it is east and west
_WHO_WAITS = frozenset("我你您他她们请先再得来")  # before 等等
_PASSED = frozenset(  # before 了过去 that tells whither
    "飞走跑冲扑奔爬滚游扔递送接追赶滑晕昏睡躲翻转扭传移挤跳跨迈闯钻开驶划飘漂撞砸踢打抢夺凑靠围迎望看掠"
)
_TOWARDS = frozenset("起出进上下回过")  # with 来 or 去 at some distance: 抬起头来
_BENT = frozenset("回掉别侧低俯弯欠直探")  # before 过头来, 下身去
_ADVERBS = frozenset("再要会能不没就都想才可也又还")
_ENDING_PARTICLES = frozenset("了啦吧呢吗的着啊呀")
_SAID_TWICE = re.compile(r"(.)\1")
_DIRECTION_REACH = 4  # syllables from 起 to 来


def apply(words: Sequence[Word]) -> list[Word]:
    """All passes over the words of one phrase (between two pauses). Changes the syllables in place."""
    phrase = [word for word in words if word]
    chars = {syllable.char for word in phrase for syllable in word}
    if "儿" in chars:
        phrase = fuse_erhua(phrase)
    for change, triggers in _PASSES:
        if not triggers or not triggers.isdisjoint(chars):
            change(phrase)
    return phrase


def fuse_erhua(words: Sequence[Word]) -> list[Word]:
    """The suffix 儿 becomes a mark on the syllable before it; a full syllable 儿 (儿子, 女儿) stays."""
    fused: list[Word] = []
    flat = [syllable for word in words for syllable in word]
    place = 0
    for word in words:
        kept: Word = []
        for syllable in word:
            before = kept[-1] if kept else (fused[-1][-1] if fused else None)
            after = flat[place + 1] if place + 1 < len(flat) else None
            since = place > 1 and flat[place - 1].char == "小" and flat[place - 2].char in _SINCE
            place += 1
            if before is not None and _is_suffix(syllable, before, after, since):
                before.erhua = True
                if (before.char, before.spelling) in _BEFORE_SUFFIX:
                    before.spelling = _BEFORE_SUFFIX[before.char, before.spelling]
                    before.citation = before.spelling + before.citation[-1]
                before.end = syllable.position + 1 if syllable.end < 0 else syllable.end
            else:
                kept.append(syllable)
        if kept:
            fused.append(kept)
    return fused


def _is_suffix(syllable: Syllable, before: Syllable, after: Syllable | None, since: bool) -> bool:
    return (
        syllable.char == "儿"
        and not syllable.fixed
        and not before.fixed
        and (since or before.char not in _FULL_ER_BEFORE)
        and bool(before.char)
        and not before.erhua
        and before.spelling != "er"
        and not (after is not None and after.char in _FULL_ER_AFTER and (after.char != "化" or before.char not in _ICE))
    )


def neutral_tones(words: Sequence[Word]) -> None:
    """Words whose last syllable is light, reduplicated verbs (看看), and complements of direction (拿出来)."""
    texts = ["".join([syllable.char for syllable in word]) for word in words]
    for place, word in enumerate(words):
        if len(word) == 1:
            if texts[place] == "头" and not word[0].fixed and _is_worth(texts, place):
                word[0].tone = NEUTRAL_TONE
            continue
        keeps = word[-1].erhua and texts[place].endswith(("胡同", "子", "家伙", "打点"))  # 石子儿, 打点儿
        keeps = keeps or (texts[place] == "大夫" and word[0].spelling == "da")  # an office of old
        if not word[-1].fixed and not keeps and _ends_light(texts, place):
            word[-1].tone = NEUTRAL_TONE
        if len(word) > 2 and word[-1].char == "们" and not word[-2].fixed and texts[place][:-1] in NEUTRAL_WORDS:
            word[-2].tone = NEUTRAL_TONE  # 朋友们
        if len(word) > 2 and not word[1].fixed and light_senses.begins_light(texts[place]):
            word[1].tone = NEUTRAL_TONE  # 玻璃杯
    text, flat = "".join(texts), [syllable for word in words for syllable in word]
    if _SAID_TWICE.search(text):
        _light_doubled(words, flat)
    if "来" in text or "去" in text:
        _light_direction(flat, {id(word[0]) for word in words if len(word) == 1})


def _is_worth(texts: Sequence[str], place: int) -> bool:
    """Whether 头 makes a noun of the verb before it: 没什么听头."""
    before, verb = "".join(texts[: place - 1])[-1:], texts[place - 1] if place else ""
    ends = place + 1 == len(texts) or texts[place + 1][0] in "了的吗呢啊吧呀啦嘛"
    return ends and before != "" and before in "有没么啥点" and _moves(verb)


def _light_doubled(words: Sequence[Word], flat: Sequence[Syllable]) -> None:
    """The second syllable of a verb said twice: 看看."""
    adverbs = {id(before) for before, after in pairwise(flat) if (after.char, after.spelling) == ("地", "de")}  # 活活地
    objects = {id(before): after.char for before, after in pairwise(flat)}
    thrice = {id(each) for run in _said_over(words) for each in run}
    for place in range(len(flat) - 3):
        one, other, third, fourth = flat[place : place + 4]
        if one.char == other.char != third.char == fourth.char and {one.char, third.char} <= _DOUBLED_VERBS:
            thrice |= {id(other), id(fourth)}  # 走走停停 tells a manner
    pairs = [
        (word[index], word[index + 1])
        for word in words
        for index in range(len(word) - 1)
        if len(word) < 4 and not (len(word) == 3 and index == 1)  # 香喷喷 keeps its tones
    ]
    pairs += [
        (left[0], right[0])
        for left, right in pairwise(words)
        if len(left) == 1 and (len(right) == 1 or (len(right) == 2 and left[0].char in _BODILY))
    ]
    for before, syllable in pairs:
        doubled = before.char == syllable.char and before.citation == syllable.citation and (
            syllable.char in _DOUBLED_VERBS
            or objects.get(id(syllable), "-") in _DOUBLED_BEFORE.get(syllable.char, "")
        )
        if (syllable.char == "等" and _and_so_on(flat, before)) or syllable.citation == "zhong3":
            continue  # and so on; all kinds
        if doubled and not (syllable.fixed or syllable.erhua) and id(syllable) not in adverbs | thrice:
            if before.tone == 3 and not before.exact:
                before.tone = 2  # 走走 zou2 zou5: the sandhi is older than the lightness
            syllable.tone = NEUTRAL_TONE


def _said_over(words: Sequence[Word]) -> list[list[Syllable]]:
    """Runs of one character said three times and more, which urge rather than double a verb: 走走走."""
    alike = groupby(words, lambda word: word[0].char if len({each.char for each in word}) == 1 else "")
    runs = [[each for word in group for each in word] for char, group in alike if char]
    return [run for run in runs if len(run) > 2]


def _and_so_on(flat: Sequence[Syllable], first: Syllable) -> bool:
    """Whether 等等, of which `first` is the first, closes a list rather than tells somebody to wait."""
    place = next(index for index, syllable in enumerate(flat) if syllable is first)
    awaited = place + 2 < len(flat) and flat[place + 2].char in "我他她" and (
        place + 3 >= len(flat) or flat[place + 3].char in "吧再们好啊呀行"
    )
    return place > 0 and not awaited and flat[place - 1].char not in _WHO_WAITS


def _ends_light(texts: Sequence[str], place: int) -> bool:
    """Whether the last syllable of a word is light by the lists."""
    text, after = texts[place], texts[place + 1] if place + 1 < len(texts) else ""
    if text == "地方":
        return not after.startswith(_LOCAL)
    if text == "东西" and _is_direction(texts, place):
        return False
    if text in light_senses.WORDS:
        by_sense = light_senses.is_light(text, "".join(texts[:place]), "".join(texts[place + 1 : place + 4]))
        if by_sense is not None:
            return by_sense
    if text in NEUTRAL_WORDS or text in DIRECTIONS:
        return True
    if text == "过去" and place > 1 and texts[place - 1] == "了":
        return len(texts[place - 2]) == 1 and texts[place - 2] in _PASSED  # 飞了过去, but 忘了过去
    if text == "过去":
        return bool(place) and len(texts[place - 1]) == 1 and _moves(texts[place - 1])
    light = text[-2:] in DIRECTIONS or (text[-2:] in NEUTRAL_WORDS and text[-2:] not in ONLY_ALONE)
    return len(text) > 2 and light


def _is_direction(texts: Sequence[str], place: int) -> bool:
    """Whether 东西 is east and west, not a thing."""
    before, after = "".join(texts[max(0, place - 2) : place]), "".join(texts[place + 1 : place + 4])
    return after.startswith(_EAST_TO_WEST) or before.endswith(("南北", "横贯", "横跨", "贯通", "贯穿", "各奔"))


def _light_direction(flat: Sequence[Syllable], alone: set[int]) -> None:
    """来 and 去 at the end of a phrase that 起, 出 and so on began after a verb: 抬起头来; 起 also before more."""
    for place in range(1, len(flat) - 2):
        if flat[place].char == "起" and _moves(flat[place - 1].char):
            for syllable in flat[place + 2 : place + 4]:
                if syllable.char == "来" and id(syllable) in alone and not syllable.fixed:
                    syllable.tone = NEUTRAL_TONE  # 说起话来没完
        turns = _moves(flat[place - 1].char) or flat[place - 1].char in _BENT
        turned = turns and flat[place].char in "过下起" and flat[place + 1].char in "头身脸腰"
        if turned and flat[place + 2].char in "来去" and id(flat[place + 2]) in alone and not flat[place + 2].fixed:
            flat[place + 2].tone = NEUTRAL_TONE  # 扭过头去看
    end = len(flat) - 1
    while end > 0 and flat[end].char in _ENDING_PARTICLES:
        end -= 1
    last = flat[end] if flat else None
    if last is None or last.char not in ("来", "去") or id(last) not in alone or last.fixed:
        return
    for place in range(1, end):
        verb = flat[place - 1].char
        counted = last.char == "来" and flat[place].char == "出" and flat[place + 1].char in "一两几个点些"
        if place < end - _DIRECTION_REACH and (not counted or flat[end - 1].char in _ADVERBS):
            continue  # 拿出一个像样的方案来 may be longer
        if flat[place].char in _TOWARDS and (_moves(verb) or verb == "了"):
            last.tone = NEUTRAL_TONE


def _moves(char: str) -> bool:
    return char in VERBS or char in MOTIONS


def linked_a(words: Sequence[Word]) -> None:
    """The particle 啊 takes up the end of the syllable before it: 好啊 wa, 是啊 ra, 天啊 na, 我啊 ya."""
    flat = [syllable for word in words for syllable in word]
    for before, syllable in pairwise(flat):
        if syllable.char == "啊" and syllable.tone == NEUTRAL_TONE and not syllable.fixed:
            syllable.spelling = "ra" if before.erhua else _linked(before.spelling)


def _linked(spelling: str) -> str:
    final = SYLLABLES.get(spelling, ("", ""))[1]
    if final in _U_FINALS:
        return "wa"
    if final in ("iii", "er"):
        return "ra"
    if final.endswith("n"):
        return "na"
    if final.endswith("ng") or final in ("ii", ""):
        return "a"  # nga and za in careful speech; the symbol table has no such onset
    return "ya"


# With the characters without which a pass has nothing to do.
_PASSES: tuple[tuple[Callable[[Sequence[Word]], None], frozenset[str]], ...] = (
    (neutral_tones, frozenset()), (yi_and_bu, frozenset("一不")), (third_tones, frozenset()),
    (linked_a, frozenset("啊")),
)  # fmt: skip
