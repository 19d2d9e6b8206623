"""Word boundaries: the likeliest words of a run of characters, by what is common and what the dictionary knows."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import accumulate, chain, pairwise

from qingyin.text.adverbials import MANNERS
from qingyin.text.items import Mark, Spoken
from qingyin.text.light_words import NEUTRAL_WORDS
from qingyin.text.reading_table import reading_table
from qingyin.text.readings import LISTED_WORDS, WORDS
from qingyin.text.verbs import MOTIONS, VERBS
from qingyin.text.words import EVERYDAY_COST, RARE_CHARACTER, RARE_WORD, WORDS_BY_COST

_MAX_WORD = 8
_DIGIT_GROUP = 4
_NUMERALS = frozenset("零〇一二两三四五六七八九十百千万亿兆点")
_MEASURES = frozenset("月号日度年天个名位次只种岁点分秒元块")
_LARGE_UNITS = frozenset("百千万亿兆点")


# Words that the learned list lacks or makes too dear, and whose boundaries decide third tones or readings.
_MENDED_COSTS = {
    "到处": 7, "人口普查": 9, "纽卡斯尔": 10, "书写法": 11, "恰当": 10, "有点": 8, "宁可": 9, "以为": 8,
    "有点儿": 9, "尾草": 20, "耳草": 20, "哺乳": 9, "虎耳草": 10,
    "鼠尾草": 10, "狼尾草": 10, "维吾尔": 10, "维吾尔语": 11, "水黾": 12, "省委": 10, "死火山": 12, "有史以来": 12,
    "管理所": 11, "管理委员会": 11, "紫堇": 10, "鼠李": 11, "紫草": 11, "铁角蕨": 11, "水锦树": 12, "长野": 10,
    "主场": 9, "奖金": 9, "拨打": 10, "行长": 11,
    "趟": 11, "洗三": 25, "黄豆": 10, "绿豆": 10, "场院": 12, "设有": 10,
    "里长": 25, "心疼": 10, "懂事": 10, "小心": 8, "不小心": 9, "手风琴": 10, "发散": 14, "火药": 10, "水磨": 25,
    "受到": 8, "遭到": 9, "处分": 10, "处罚": 10, "处理": 9, "处理厂": 11, "行都": 25, "过电影": 25,
    "石磨": 8, "领带": 10, "眼镜": 10, "批改": 10, "三三两两": 9,
    "耐受": 10, "公道": 10, "冷战": 10, "一审": 10, "二审": 10, "判处": 10, "只好": 9, "自在": 10, "传来": 9,
    "窗外": 10,
    "昨晚": 10, "昨晚上": 12, "分红": 10, "温水": 10,
    "肯塔基": 11, "柬埔寨": 10, "野牡丹": 11, "大使馆": 10, "领导者": 11, "普通": 9, "使馆": 10,
}  # fmt: skip


@cache
def _word_costs() -> dict[str, int]:
    """Word or character -> -ln of its share of running words."""
    listed = {word: cost for cost, words in WORDS_BY_COST.items() for word in words.split()}
    return dict.fromkeys(NEUTRAL_WORDS, EVERYDAY_COST) | listed | _MENDED_COSTS


@cache
def _listed_cost(word: str) -> int:
    """Of a word of our list that nobody has counted: less than its characters by themselves. Asked word by word, as
    ten thousand of them would take a fiftieth of a second at every start.
    """
    costs = _word_costs()
    return min(RARE_WORD, sum(costs.get(char, RARE_CHARACTER) for char in word) - 1)


@cache
def _longest() -> dict[str, int]:
    """First two characters -> length of the longest word of our lists that they begin, where that is more than two."""
    longer = sorted((word for word in chain(_word_costs(), WORDS) if len(word) > 2), key=len)
    return {word[:2]: len(word) for word in longer}


def segment(run: str) -> list[str]:
    """The likeliest words of a run of Han characters: unigram model, Viterbi from the right. Linear time."""
    phrases, costs, longest = reading_table(), _word_costs(), _longest()
    size = len(run)
    rest = [0] * (size + 1)  # cost of run[start:]
    lengths = [1] * size  # length of the first word of run[start:]
    for start in range(size - 1, -1, -1):
        least = rest[start + 1] + costs.get(run[start], RARE_CHARACTER)
        known = phrases.lengths(run, start)
        furthest = longest.get(run[start : start + 2], 2)
        if known and known[-1] > furthest:
            furthest = known[-1]
        for length in range(2, min(furthest, _MAX_WORD, size - start) + 1):
            word = run[start : start + length]
            cost = costs.get(word)
            if cost is None:
                if word in WORDS:
                    cost = _listed_cost(word) if word in LISTED_WORDS else RARE_WORD
                elif length in known:
                    cost = RARE_WORD
                else:
                    continue
            if rest[start + length] + cost <= least:
                least, lengths[start] = rest[start + length] + cost, length
        rest[start] = least
    words, start = [], 0
    while start < size:
        words.append(run[start : start + lengths[start]])
        start += lengths[start]
    return words


def _join_numerals(words: list[str]) -> list[str]:
    """Numerals are no dictionary words: 二 十 九 is made one word, 一百 二十三 two (by large units)."""
    if all(map(_NUMERALS.isdisjoint, words)):
        return words
    joined: list[str] = []
    open_numeral = False
    for word in words:
        numeral = _NUMERALS.issuperset(word)
        counted = len(word) == 2 and word[0] in _NUMERALS and word[1] in _MEASURES  # 五号 after 十
        if (numeral or counted) and open_numeral and len(joined[-1]) < 4:
            joined[-1] += word
        else:
            joined.append(word)
        open_numeral = numeral and word[-1] not in _LARGE_UNITS
    return joined


_SEPARABLE_TEXT = """
    帮忙 喝茶 喝酒 喝水 散步 聊天 见面 睡觉 洗澡 洗手 洗脸 跑步 唱歌 跳舞 吃饭 说话 看书 读书 写字 上网 逛街 化妆 理发
    请客 出门 问路 开车 走路 行好 拜年 握手 点头 摇头 打球 抽烟 发言 照相 相面 算命 算账 做饭 买菜 下棋 打牌 听歌 看病
    歇脚 歇腿 散心 谈心 谈话 讲话 加油 评理 劝架 搭话 画画 养花 种花 钓鱼 旅游 扫地 擦脸 梳头 刷牙 伸腰 压惊 开会 操心
    争气 出力 出气 透气 消气 看戏 听戏 发汗 举手 拱手 躲雨 眨眼 捶背 背书 赏花 赏雪 伸手 弯腰 挥手 招手 摆手 甩手
    搓手 讲理 品酒 烤火 取暖 遛弯 遛狗 养生 补课 补水 补脑 洗头 洗衣 做事 办事 管事 踢球 练字 画图 煮饭 炒菜 浇水
    抹脸 抹嘴 抹泪 擦汗 浇花 摸鱼 爬山 拍照 打字 打针 松绑 松手 松口 调味 调音 挑刺 抄书 教书 问好 打架 吵架
"""
_SEPARABLE = frozenset(_SEPARABLE_TEXT.split())  # verbs with their object, of which the verb alone is doubled: 帮帮忙
_CAME = re.compile("(?<=.)(?:[起出过回上下]来|(?<=[过起下][头身脸])来)(?=说|看)")  # 站起来说话: 来说 is no word there
_OUT = frozenset(["出", "进", "回", "起"])
_NIGHT_BEFORE = re.compile(  # 今晚上线, 昨晚上班: 晚上 is no word there
    "[昨今明当每那]晚(上(?:线(?!索)|班|课(?!程)|市|映|架|台|场|岗|学(?!习)|网|演(?![奏唱讲练出])|调(?![皮整动料查])|新(?:$|[款品货了番剧])))"
)
_ADVERBIAL = re.compile(  # 慢慢地上楼, where 地上 is no word
    r"(?:([^人处天家样个])\1|(.)(.)\2\3|一.一.|不[停断住]|整齐|飞快|迅速|悄然|依次|陆续|匆忙|自觉|主动|愉快|高兴|平安|顺利|急忙|勉强|疲惫|兴奋)(地)(?:[上下](?!的)|缝[着了好补])"
)
_CONCLUDES = re.compile("(?<=..)地(?=下(?:结论|决心|定义|命令|定论|[狠毒]手))")  # 草率地下结论
_SAYS = re.compile("(?<=..)地(道(?:[歉谢别喜]|(?=了?[歉谢别喜]|出(?!口)|破)))")  # 诚恳地道歉
_EACH = re.compile(r"(一.{1,2})又?\1(地)(?![区上下点方位面])")  # 一遍一遍地
_TIMELY = re.compile("(?<=.)来得及时(?![间候刻代])")  # 送来得及时, where 来得及 is no word
_BETWEEN = re.compile("中(间)(?=隔[着了开出])")  # 中间隔着一条河
_PENNED = re.compile("(?<=[把将][羊猪牛马鸡])圈(?=[起在进养到住])")  # 把羊圈起来
_DOUBLED = re.compile(r"(.)\1(?:(.)\2|(?=地))")
# All that is looked for below has one of them, and most runs have none.
_ANY_OF_THESE = re.compile(r"[来去地晚圈隔]|(.)\1")


def _join_doubled(words: list[str]) -> list[str]:
    """Doubled words that no list has are one word: 痛痛快快, 高高 before 地; 喝喝茶 is 喝喝 and 茶."""
    text = "".join(words)
    if _ANY_OF_THESE.search(text) is None:
        return words
    spans = [match.span() for match in _DOUBLED.finditer(text) if _is_doubled(match.group())]
    for match in _CAME.finditer(text):
        if len(match.group()) == 1 or text[match.start() - 1] in VERBS:
            spans.append(match.span())
    for match in _ADVERBIAL.finditer(text):
        place = match.start(4)
        verb = text[place + 1 : place + 3]
        spans += [(place, place + 1), (place + 1, place + 1 + (len(verb) if _is_word(verb) else 1))]
    for match in _CONCLUDES.finditer(text):
        spans += [match.span(), (match.end(), match.end() + 1)]
    for match in _SAYS.finditer(text):
        spans += [(match.start(), match.start() + 1), match.span(1)]
    for match in _EACH.finditer(text):
        spans.append(match.span(2))
    for match in _TIMELY.finditer(text):
        came = match.start() + 1
        spans += [(came - 1, came), (came, came + 1), (came + 1, came + 3)]
    for match in _BETWEEN.finditer(text):
        spans += [match.span(), (match.end(), match.end() + 1)]
    for match in _PENNED.finditer(text):
        spans.append(match.span())
    for match in _NIGHT_BEFORE.finditer(text):
        spans += [(match.start(), match.start(1)), match.span(1)]
    start = 0
    for word, after in pairwise(words):
        start += len(word)
        if after in ("来", "去") and len(word) == 2 and word[1] in _OUT and word[0] in VERBS | MOTIONS:
            spans += [(start - 2, start - 1), (start - 1, start + 1)]  # 发出来, not 发出 and 来
        if len(word) == 1 and len(after) == 2 and after[1] == "地" and word + after[0] in MANNERS:
            spans += [(start - 1, start + 1), (start + 1, start + 2)]  # 细心|地, not 细|心地
        if word == after[0] and after in _SEPARABLE:
            spans.append((start - 1, start + 1))
    if not spans:
        return words
    ends = {0, *accumulate(map(len, words))}
    for first, past in spans:
        ends -= set(range(first + 1, past))
        ends |= {first, past}
    return [text[first:past] for first, past in pairwise(sorted(ends))]


def _is_doubled(text: str) -> bool:
    if len(text) == 2:
        return text[0] not in _NUMERALS
    if text[0] == text[2] or set(text) & _NUMERALS:
        return False
    return _is_word(text[0] + text[2]) or not _is_word(text[:2])  # 太太想想 is two words


def _is_word(text: str) -> bool:
    return text in _word_costs() or text in LISTED_WORDS or text in reading_table()


@dataclass(slots=True)
class Cut:
    """A word that segmentation found."""

    items: Sequence[Spoken]
    text: str
    given: bool  # its readings come from outside


Clause = tuple[list[Cut], Mark | None]  # what lies between two marks, and the mark that ends it


def clauses(items: Sequence[Spoken | Mark]) -> list[Clause]:
    """The items of a sentence, cut at its marks and into words."""
    found: list[Clause] = []
    run: list[Spoken] = []
    for item in items:
        if isinstance(item, Spoken):
            run.append(item)
        else:
            found.append((list(_cut(run)), item))
            run = []
    if run:
        found.append((list(_cut(run)), None))
    return found


def _cut(items: Sequence[Spoken]) -> Iterator[Cut]:
    start = 0
    while start < len(items):
        given = bool(items[start].reading)
        end = start + 1
        while end < len(items) and bool(items[end].reading) == given and not items[end].starts_word:
            end += 1
        run = items[start:end]
        text = "".join([item.char for item in run])
        if given:
            yield Cut(run, text, True)
        else:
            offset = 0
            for word in _words(text, all(item.literal for item in run)):
                yield Cut(run[offset : offset + len(word)], word, False)
                offset += len(word)
        start = end


def _words(text: str, literal: bool) -> list[str]:
    if literal and "幺" in text:  # telephone numbers: groups are words
        return [text[place : place + _DIGIT_GROUP] for place in range(0, len(text), _DIGIT_GROUP)]
    return _join_doubled(_join_numerals(segment(text)))
