"""得, 地, 了 and 着: particles, or verbs and complements, by their neighbours in the clause."""

from __future__ import annotations

from qingyin.text.adverbials import MANNERS
from qingyin.text.clause import Context, is_verb
from qingyin.text.neighbours import (
    ACTING,
    AFTER_LETTERS,
    BOARDING,
    CAUGHT,
    DEGREE,
    DONE_SO,
    GAINS,
    GETTING,
    LATE,
    LIT_BY,
    MANNER,
    MANNERS_TOO,
    MUST,
    MUST_DO,
    MUST_EVEN_SO,
    MUST_NOUNS,
    MUST_SO,
    MUST_WORDS,
    NO_THINGS,
    NUMERALS,
    PLACES_AFTER,
    RESULTS,
    TASKS,
    THING_ENDS,
    THINGS,
    THINGS_GAIN,
    TO_DO,
    TO_DO_FIRST,
    WORN,
)
from qingyin.text.patterns import lazily
from qingyin.text.verbs import ADJECTIVES, VERBS

_ADVERBS = frozenset(["就", "便", "都", "又", "刚", "已经", "马上", "立刻", "很快", "终于", "没", "倒头就"])
_DECLINING = frozenset(["", "了", "还是", "先", "今天", "这次", "我", "我们", "我就", "今晚", "下次"])  # before 不了
_TO_A_DEGREE = lazily("(?:更加?|很|极其|非常|十分|特别)[^，的]{1,2}$")
_FOURS = frozenset(["七八", "千百", "千万", "三五", "三两", "东西", "左右", "南北", "前后", "一二", "大小", "半不"])


def de(context: Context) -> str | None:
    """得: de5 before a complement, dei3 "must", de2 "to get"."""
    before, after, earlier = context.before, context.after, context.at(-2)
    if set("".join(context.words)) == {"得"}:
        return "de2"  # 得得得: enough
    if before and before[-1] in "记觉懒舍值显变使省免":
        return "de5"
    must = bool(before) and (before[-1] in MUST or before in MUST_WORDS)
    if before and not must and after in ("跟", "像") and context.words[-1] in ("似的", "一样", "一般", "似"):
        return "de5"  # 肿得跟馒头似的
    if before == "不" and earlier[-1:] and (earlier[-1] in VERBS or earlier[-1] in "怪怨恨巴舍由使急") and not after:
        return "de5"  # 使不得
    again = earlier == "得" and context.at(-4) in ("", "得") and not context.at(-5)
    if before == "了" and not after:
        return "de2"  # 了得
    if again and is_verb(before) and after[:1] in VERBS:
        return "dei3"  # 得吃得穿得养家
    if not before:
        if not after or after[0] in "了啦嘞":
            return "de2"
        if context.index and (after[0] in "很太" or after in DEGREE or after in ADJECTIVES or after in ("清楚", "好")):
            return "de5"  # 照片P得太假: a letter that is a verb stands before
        twice = after[:1] == after[1:2] or after == context.at(2)
        must_act = (twice or is_verb(after)) and after not in tuple("分救养生解开住过活长得")  # 得拔掉
        to_do = after in TO_DO and after not in ("来", "起", "到")
        if after == "连" and context.at(2)[:1] not in tuple("夜忙续着"):
            return "de5"  # P得连他妈都认不出来: a letter stands before
        must_act = must_act or _can_only_be_must(context)  # Wi-Fi得重启
        return "dei3" if after[0] in MUST_DO or after in MUST_SO or must_act or to_do else None
    if _is_thing(before, earlier) and (_must_be_done(after) or (after == "多" and _must_be_done(context.at(2)))):
        return "dei3"  # 星期天得值班
    done = before in ("完", "后", "前", "之后", "之前", "以后", "以前")
    if (done or (before[-1] in THING_ENDS and before not in NO_THINGS and not must)) and _can_only_be_must(context):
        return "dei3"  # Excel表得重做
    if _things_must(context):
        return "dei3"  # 电梯得刷卡
    if before == "的":
        return "dei3" if after[:1] in tuple(MUST_DO) or after == "到处" else None  # 拉车的得吃饭
    then = context.at(2)
    if len(before) > 1 and before[-1] not in MUST and after in ADJECTIVES and then in ("", "了", "吗", "呢", "吧"):
        return "de5"  # 蒸发得快
    if after == "很" and then in ("", "了", "呢", "啊"):
        return "de5"  # 方便得很
    if len(after) > 1 and after in MUST_SO and not is_verb(before) and before not in ADJECTIVES:
        if after in MANNERS_TOO and not then:
            return "de5"  # 准备得仔细, but 作业得认真做
        goes_on = then and then[0] not in "了啦的吗吧呢" and before[-1] not in "终方始遂才"
        if goes_on and (after not in MANNERS_TOO or is_verb(then) or after[1] == "时"):
            return "dei3"  # 这药得按时吃
    if must and after[:1] in ("了", "啦"):
        return "de2"  # 就得了
    if must:
        if after and (after[0] not in GAINS or after in MUST_EVEN_SO):
            return "dei3"
        return None
    if after == "多少":
        return "dei3"
    if len(after) == 1 and after in TASKS and not is_verb(before) and before not in ADJECTIVES and len(before) < 3:
        return "dei3"  # 添人得给工钱
    if after and (after in DEGREE or after[0] in "多很不太"):
        return "de5"
    if (is_verb(before) or before in ADJECTIVES or before in ACTING) and after and after[0] not in "奖分票病子胜名其此":
        return "de5" if before not in GETTING or after[0] in RESULTS else None
    return None


def _is_thing(before: str, earlier: str) -> bool:
    """Whether a word can hardly be a verb or an adjective that 得 would bind to what it leads to."""
    if before == "早":
        return earlier[-1:] in tuple("明今大清后")
    if len(before) == 1:
        return before in THINGS
    return before[-1:] in THING_ENDS and before not in NO_THINGS


def _things_must(context: Context) -> bool:
    """Whether a noun stands before 得 that can neither be done somehow nor gain what follows."""
    noun = "".join(context.words[max(0, context.index - 2) : context.index])[-2:]
    after = context.after
    if noun not in MUST_NOUNS or not after or after in ("自", "得", "很", "不", "多", "太"):
        return False
    if after in ("解决", "解释", "解开", "解除", "高于", "全部", "十分", "全面"):
        return True
    return after in MUST_EVEN_SO or after[0] not in GAINS | THINGS_GAIN or _can_only_be_must(context)


def _can_only_be_must(context: Context) -> bool:
    """Whether what follows 得 names an act: neither what one gets nor how something came out."""
    return AFTER_LETTERS.match("".join(context.words[context.index + 1 :])) is not None


def _must_be_done(word: str) -> bool:
    """Whether a word after 得 tells something to do, rather than what one gets or how it came out."""
    if word in TO_DO or word in MUST_EVEN_SO:
        return True
    return word[:1] in TO_DO_FIRST and word[:1] not in GAINS


def di(context: Context) -> str | None:
    """地: de5 after what says how a thing is done."""
    before, after = context.before, context.after
    if not after and len(before) == 2 and before[0] == before[1] and before[0] in "慢渐静轻悄默缓":
        return "de5"  # 慢慢地，天亮了
    if not after or not before:
        return None
    if after == "下" and context.at(2).startswith(("结论", "决心", "定义", "命令", "定论", "狠手", "毒手")):
        return "de5" if before not in ("到", "在", "从") else None  # 草率地下结论
    if after in ("道", "道歉", "道谢", "道别", "道喜"):
        return "de5"  # 诚恳地道歉
    if len(before) > 1 and before in MANNERS:
        return "de5"  # 镇定地完成任务
    if before in ("种", "扫", "拖", "耕", "锄", "翻") and context.at(-2) != before and not is_verb(after):
        return "di4"  # 回老家种地去
    if before in ("小心", "当心", "注意", "留神") and after in ("滑", "湿", "太滑") and not context.at(2):
        return "di4"  # 小心地滑: the ground is slippery
    if before == "里" and context.at(-2)[-1:] in tuple(NUMERALS):
        return "di4"  # 走一里地
    four = "".join(context.words[max(0, context.index - 4) : context.index])[-4:]
    if _TO_A_DEGREE.search(four) and len(after) > 1 and after[0] not in PLACES_AFTER:
        return "de5"  # 更便利地浏览
    if (len(four) > 1 and four[-2:] in MANNERS) or four in MANNERS:
        return "de5"  # 镇|定|地: two words to the segmentation
    if four[-2:] in ("扫扫", "拖拖", "擦擦", "翻翻", "锄锄"):
        return "di4"  # 拖拖地, 擦擦桌子
    if four[:1] + four[2:3] in ("连带", "连蒙", "又又", "似似", "东西"):
        return "de5"  # 连名带姓地, 又哭又笑地, 东张西望地
    if len(four) >= 2 and (four[-1] == four[-2] or (len(four) == 4 and four[2:] == four[:2])):
        return "de5" if after[0] not in "区球铁方" else None  # 慢慢地, 嘎登嘎登地
    if after in BOARDING and len(before) > 1:
        return "de5"  # 整齐地上了车: segmentation cuts there on purpose
    # 蹑手蹑脚地, 头也不回地
    seven = "".join(context.words[max(0, context.index - 7) : context.index])[-7:]
    if any(seven[-n:][:1] == "一" and seven[:-n].removesuffix("又").endswith(seven[-n:]) for n in (2, 3)):
        return "de5"  # 一遍又一遍地
    six = "".join(context.words[max(0, context.index - 6) : context.index])[-6:]
    if len(six) == 6 and six[:3] == six[3:] and six[0] in "一几两":
        return "de5"  # 一个字一个字地
    by_form = len(four) == 4 and four[3] not in "科属" and (four[0] == four[2] or four[1:3] in ("也不", "也没"))
    face_to_face = four[-1:] == four[-3:-2] and four[-2:-1] in tuple("对靠挨拉并连贴碰比换")
    by_form = by_form or len(before) == 4 or (len(four) == 4 and four[0] + four[2] in _FOURS)  # 七嘴八舌地
    if (by_form or face_to_face) and after[0] not in "区球铁方位带点面":
        return "de5"
    if after[0] in PLACES_AFTER:
        return None
    acts = after[0] in DONE_SO or after[0] in VERBS
    if len(before) == 1:
        return "de5" if (acts and four[-2:] in MANNERS) or before in MANNERS else None  # 哇地吐了
    return "de5" if acts and (before[-1] in MANNER or after[0] in DONE_SO or len(before) >= 3) else None


def le(context: Context) -> str | None:
    """了: liao3 as the complement of 不 and 得."""
    before, earlier = context.before, context.at(-2)
    if context.after == "了" and not is_verb(before):
        return "liao3"  # 心愿了了
    if before == "了":
        return "le5"
    if before == "不" and earlier in _DECLINING and context.after in ("", "吧", "啦", "不"):
        return "le5"  # 还是不了吧
    if before.endswith("不"):
        prior = (earlier + before[:-1])[-1:]
        return "liao3" if prior and prior not in "我你您他她它们就都也可再才，" else None
    if before.endswith("终") and not context.after:
        return "liao3"  # 一曲终了
    if not context.after and (before[-1:] in tuple(ADJECTIVES) or earlier in ("太", "更", "最")):
        return "le5"  # 头发都白了
    if context.after == "得" and before and not is_verb(before) and context.at(2) in ("", "的", "吗", "啊", "呀"):
        return "liao3"  # 轻功了得
    able = (before == "得" and is_verb(earlier)) or before == "算得"
    return "liao3" if able else None


def zhe(context: Context) -> str | None:
    """着: zhao2 where something comes off, zhe5 while it lasts."""
    before, after, earlier = context.before, context.after, context.at(-2)
    if before in ("一", "妙", "险", "高") and after[:1] in tuple("失不棋错"):
        return "zhao1"  # 一着失
    if before in _ADVERBS and (after in ("", "了", "着") or after[:1] == "不"):
        return "zhao2"  # 一上床就着了
    if before.endswith("不") and (earlier or len(before) > 1):
        return None if after[:1] in tuple("边痕陆") else "zhao2"
    if not after and before in CAUGHT and earlier[-1:] in ("没", "未"):
        return "zhao2"  # 什么也没捞着
    if after == "了" and context.at(2)[:1] in tuple(LATE):
        return "zhao2"
    if (before == "得" and is_verb(earlier)) or (before == "的" and earlier in tuple("用犯管")):
        return "zhao2" if not after or after[0] not in "落" else None
    return "zhe5" if is_verb(before) and after and before not in LIT_BY and before not in WORN else None
