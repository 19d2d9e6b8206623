"""Readings of one-character words whose neighbours leave no doubt; they outrank the model of polyphones."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from qingyin.text import clause_ends, context_verbs, particles
from qingyin.text.clause import Context, is_verb
from qingyin.text.collocations import collocation, usual_reading
from qingyin.text.light_words import NEUTRAL_WORDS
from qingyin.text.neighbours import (
    AFTER_ADVERB_DAO,
    AIMS,
    BECOMES,
    BENEFICIARIES,
    DOING,
    DOUBLED,
    FOR_THEM,
    GROWING,
    LED_OR_DISTRICT,
    LONG_THINGS,
    NUMERALS,
    OTHERS,
    PERSONS,
    PRONOUNS,
    PURPOSE_AFTER,
    RETURNED,
    SHOULD,
    TAUGHT,
    UPSIDE_DOWN,
)
from qingyin.text.on_behalf import on_behalf
from qingyin.text.patterns import lazily

_SERVED = lazily(
    "[^，]{2,6}(?:多做|多办|着想|考虑|打算|谋利|出头|撑腰|担忧|喝彩|加油|分忧|做主|作主|效力|捧场|护航|作证|申冤|报仇|买单|叫好|点赞|服务|鸣不平"
    "|专门|定制|开设|举办|设计|拼搏|付出|排忧|解难|分担|道歉|鼓劲|着急|带来|献上|提供|送上|创造|增添|争取|贡献|奉献|保驾|注入|打下|赢得|守护|祈福|讲解|演示|表演|演唱|辩解|开脱|求情|争光)"
)
_OF_A_SPECIES = lazily("^[^，]{1,9}属(?:[的下植动]|$)")
_CAPITALS = frozenset(  # or what a capital is called by: 建都, 故都, 影都
    "宜盐闽兴果皇为作立设建定迁旧古新故国京帝奠陪首东南西北中上下酷魔煤钢瓷雾药陶花丰成大雁影乐商星港水石江春冰之宁武益汉于昌郢洛汴吴蜀燕赵邺"
)


def sure(words: Sequence[str], index: int) -> str | None:
    """Reading of the one-character word words[index] of a clause, or None where the neighbours do not decide."""
    char = words[index]
    rule, reading = _RULES.get(char), None
    if char in DOUBLED:
        reading = _doubled(Context(words, index), char)
    reading = reading or collocation(words, index)
    return reading or (rule(Context(words, index)) if rule else None) or usual_reading(char)


def _doubled(context: Context, char: str) -> str | None:
    reading = DOUBLED.get(char)
    if reading is None:
        return None
    if char == "挑" and "眉" in "".join(context.words[context.index + 1 : context.index + 4]):
        return "tiao3"  # 挑了挑眉
    twice = context.after == char or context.before == char
    around = (context.after in ("一", "了") and context.at(2) == char) or (
        context.before in ("一", "了") and context.at(-2) == char
    )
    return reading if twice or around else None


def _wei(context: Context) -> str | None:
    before, after = context.before, context.after
    if after and not before and after[0] in BENEFICIARIES:
        return "wei4"
    if after == "了":
        return "wei4" if before[-1:] not in BECOMES else None  # 是为了, but 变为了
    saving = after == "省" and context.at(2)[:1] in tuple("点事钱力")
    if (not before or before[-1] in PURPOSE_AFTER) and (after in AIMS or saving):
        return "wei4"
    if not before and is_verb(after) and context.at(2) and after not in "称算记过":
        return "wei4"  # 为教别人的孩子
    ahead = "".join(context.words[max(0, context.index - 8) : context.index])
    serves = _SERVED.match("".join(context.words[context.index + 1 : context.index + 8]))
    if serves and not any(char in ahead[-8:] for char in "以把将被称视定选作化变改转命"):
        return "wei4"  # 为观众带来欢笑, but 以用户为中心提供
    return "wei4" if before in FOR_THEM and after in OTHERS else on_behalf(context)


def _chang(context: Context) -> str | None:
    before, after = context.before, context.after
    if before and before[-1] in "该再又要会能不" and after in ("多少", "钱", "价", "工资", "房钱", "工钱", "利息"):
        return "zhang3"
    if after[:1] in tuple(LONG_THINGS) and len(after) <= 2 and (not before or before[-1] not in LED_OR_DISTRICT):
        return "chang2"
    if before.endswith("科") and _OF_A_SPECIES.search("".join(context.words[context.index + 1 :])):
        return "chang2"  # 鲤科长臀鲃属
    led = before and before[-1] in LED_OR_DISTRICT and not after.startswith(("度", "的", "达", "约", "为"))
    return "zhang3" if led or (before and after[:1] in GROWING and before[-1] not in "全很较更最不延") else None


def _zhi(context: Context) -> str | None:
    return "zhi1" if context.before and context.before[-1] in NUMERALS else None


def _jiao(context: Context) -> str | None:
    if "难道" in context.words[: context.index]:
        return "jiao4"  # 难道教谁管着: to let
    taught = context.after in TAUGHT or context.after[:1] in tuple(PERSONS)
    return "jiao1" if taught else None


def _huan(context: Context) -> str | None:
    after, then = context.after, context.at(2)
    if context.before and (not after or after[0] in "给钱债清掉款"):
        return "huan2"
    if after in PRONOUNS and then[:1] in tuple("钱账债情书茶"):
        return "huan2"
    given_back = context.before[-1:] in tuple("归交偿退送奉返生讨索复来好") or after[:1] in tuple(RETURNED)
    return "hai2" if after and not given_back else None


def _zhong_planted(context: Context) -> str | None:
    after = context.after
    planted = after and after[0] in "地树花菜田粮豆麦瓜" and not (context.before and context.before[-1] in NUMERALS)
    return "zhong4" if planted else None


def _zhong_hit(context: Context) -> str | None:
    return "zhong4" if context.after == "了" else None


def _jiao_sleep(context: Context) -> str | None:
    asleep = "睡" in "".join(context.words[max(0, context.index - 8) : context.index])
    return "jiao4" if asleep and context.after[:1] not in tuple("得出") else None


def _luo(context: Context) -> str | None:
    if "把" in context.words[max(0, context.index - 4) : context.index]:
        return "la4"
    return "luo4" if context.after in ("", "了") else None


def _dao(context: Context) -> str | None:
    before, after = context.before, context.after
    if after[:1] in tuple(UPSIDE_DOWN):
        return "dao4"
    fallen = not before or before[-1] in "摔推打病跌晕绊颠压撞吹累"
    if before and fallen and after in ("", "了", "在", "过"):
        return "dao3"
    return "dao4" if after[:1] in tuple(AFTER_ADVERB_DAO) and not fallen else None


def _gan(context: Context) -> str | None:
    if context.before == "白" and context.at(-2)[-1:] in tuple("两瓶壶杯斤盅"):
        return "gan1"
    if context.after == "了" and context.at(2)[:1] in tuple("一两几十半多很"):
        return "gan4"
    return "gan4" if context.after[:1] in tuple(DOING) and context.before[-1:] not in tuple("若晒晾烘风擦") else None


def _dai(context: Context) -> str | None:
    before, after = context.before, context.after
    if after[:1] in tuple("在着了过一"):
        return "dai1"
    return "dai1" if after == "到" and before and before[-1] in "直都只还就要" else None


def _bei(context: Context) -> str | None:
    things = "枪包书筐篓锅债炸行药粮伤"
    then = context.at(2) if context.after in ("着", "了", "起", "上") else context.after
    return "bei1" if then[:1] in tuple(things) and then not in ("包括", "书写") else None


def _chao(context: Context) -> str | None:
    """朝 is morning where the clause goes on to the evening."""
    rest = "".join(context.words[context.index + 1 : context.index + 7])
    return "zhao1" if any(char in rest for char in "暮夕") else None


def _you(context: Context) -> str | None:
    """有 between numerals joins them in literary Chinese: 二十有一."""
    before, after = context.before, context.after
    return "you4" if before[-1:] in tuple("十百千") and after[:1] in tuple("一二三四五六七八九余") else None


def _da(context: Context) -> str | None:
    return "da2" if context.before[-1:] in tuple("一两几半") and context.after.startswith("儿") else None


def _tiao(context: Context) -> str | None:
    return "tiao1" if context.after[:1] in tuple("好着选出了到拣剩完个") else None


def _liang(context: Context) -> str | None:
    return "liang4" if context.after[:1] in tuple("你他她") and not context.before else None


def _jiang(context: Context) -> str | None:
    return "jiang1" if len(context.words) == 1 else None  # 将！ at chess


def _zuan(context: Context) -> str | None:
    """Zuan1 where it can only be a verb; 环钻, 钻柱 and 钻禧 are left to the model."""
    return "zuan1" if not context.after or context.after[0] in "进出入过透来去到在了着研空营一两几" else None


def _ying(context: Context) -> str | None:
    """应 is "should" before a verb, and "at, to" where a request or an invitation follows."""
    rest = "".join(context.words[context.index + 1 :])
    if any(word in rest for word in ("邀", "要求", "请", "约", "召", "之命", "而生", "声")):
        return None
    return "ying1" if context.after in SHOULD else None


def _kan(context: Context) -> str | None:
    watched = context.after == "着" and context.at(2)[:1] in tuple("车门家摊店铺点")
    return "kan1" if watched or (context.after[:1] in tuple("门家") and context.after in ("门", "家")) else None


def _sa(context: Context) -> str | None:
    return "sa3" if context.after[:1] in tuple("起上落下花种盐粉") else None


def _bao(context: Context) -> str | None:
    return "bao2" if context.before[-1:] in tuple("层张片块") else None


def _quan(context: Context) -> str | None:
    return "juan1" if context.at(-2) == "把" and context.before in PRONOUNS else None


def _chou(context: Context) -> str | None:
    return "chou2" if context.after[:1] in tuple("陆华日美中外富恨") and len(context.after) == 1 else None


def _ren(context: Context) -> str | None:
    return "ren2" if context.after == "总" and context.at(2)[:1] not in tuple("经统裁书司参监指") else None


def _yun(context: Context) -> str | None:
    rest = "".join(context.words[context.index + 1 : context.index + 4])
    fainted = context.before[-1:] in tuple("击打吓撞摔砸敲饿哭气熏迷")
    return "yun1" if fainted or rest.startswith(("过去", "了过去", "倒", "厥")) else None


def _luo_sleeve(context: Context) -> str | None:
    return "luo1" if context.after[:1] == "起" and "袖" in context.after + context.at(2) else None


def _zi(context: Context) -> str | None:
    """子 is light where the word before was cut off too late: 盖房|子, 鸟笼|子, 一下|子."""
    before = context.before
    counted = len(before) > 1 and before[-1] == "个"  # 两个子系统
    named = (before[-1:] + "子" in NEUTRAL_WORDS and not counted) or before.endswith(("老爷", "下", "档"))
    called = before in NUMERALS and (context.at(-2) == "小" or len(context.words) == 2)  # 小六子, 二子！
    return "zi5" if before and (named or called) else None


def _shi(context: Context) -> str | None:
    """是 is light in 要是, "if", at the head of a clause or after who it is about."""
    if_so = context.before == "要" and (not context.at(-2) or context.at(-2)[:1] in tuple(PRONOUNS | {"这", "那"}))
    return "shi5" if if_so and context.after else None


def _ke(context: Context) -> str | None:
    return "ke2" if context.before and context.before[-1] not in "哎唉嗨咳" else None  # a cough; else a sigh


def _dou(context: Context) -> str | None:
    """都 between words is "all", unless it may end the name of a capital."""
    before, after = context.before, context.after
    named = not before or before[-1] in _CAPITALS or after[:1] in tuple("理丽灵校节统督护尉司指会城府江匀兰柏县市")
    return "dou1" if after and not named else None


def _mei(context: Context) -> str | None:
    """没: mo4 only of what sinks or is seized (没于水, 出没, 没收)."""
    seized = context.before[-1:] in tuple("沉淹埋出吞湮泯灭隐覆籍抄")
    sinks = seized or context.after[:1] in tuple("于入过顶膝齿药落水在胫骨") or context.after == "收"
    return "mei2" if context.before and context.after and not sinks else None


_RULES: dict[str, Callable[[Context], str | None]] = {
    "为": _wei, "长": _chang, "只": _zhi, "教": _jiao, "还": _huan, "种": _zhong_planted, "中": _zhong_hit,
    "觉": _jiao_sleep, "落": _luo, "得": particles.de, "地": particles.di, "了": particles.le, "着": particles.zhe,
    "倒": _dao, "干": _gan,
    "待": _dai, "背": _bei,
    "朝": _chao, "挑": _tiao, "量": _liang, "将": _jiang, "钻": _zuan, "应": _ying, "看": _kan, "撒": _sa, "薄": _bao,
    "圈": _quan, "仇": _chou, "任": _ren, "有": _you, "打": _da, "晕": _yun, "捋": _luo_sleeve,
    "都": _dou, "没": _mei, "咳": _ke, "子": _zi, "是": _shi,
    "吗": clause_ends.ma, "啊": clause_ends.a, "吧": clause_ends.ba, "哩": clause_ends.li,
    "啦": clause_ends.la, "哪": clause_ends.na, "喽": clause_ends.lou,
    **context_verbs.RULES,
}  # fmt: skip
