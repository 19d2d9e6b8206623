"""Readings of one-character words whose neighbours leave no doubt; they outrank the model of polyphones."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from qingyin.text.verbs import ADJECTIVES, VERBS

_BENEFICIARIES = frozenset("我你您他她它咱谁大自其此何人")
_OTHERS = frozenset("我你您他她它咱谁别") | {"别人", "他人", "我们", "你们", "他们", "大家", "自己", "人家", "人民", "孩子", "祖国"}
_FOR_THEM = frozenset("专都正只就也还全愿肯会能可想要该是特") | {"专门", "一心", "愿意", "不要", "就是"}  # 专为别人
_PURPOSE_AFTER = frozenset("是就都只也全却还而且仅正要会能")
_AIMS = frozenset(
    "避免 防止 纪念 庆祝 了解 解决 争取 争夺 保护 保证 确保 配合 方便 满足 加强 提高 支持 应对 减少 增加 实现 适应 报答 报复 筹集 求 "
    "抗议 悼念 躲避 逃避 寻找 表彰 表示 促进 改善 扩大 降低 节省 维护 维持 弥补 挽救 拯救 迎接 吸引 取得 获得 让 使 给 避 省得 救 赶".split()
)
_NUMERALS = frozenset("零〇一二两三四五六七八九十百千万几数每这那")
_LED = frozenset("部局校团队旅县市省镇乡村院科处班组营连排司厂站船馆会行军师州所室")  # 部长, 校长
_LED_OR_DISTRICT = _LED | {"区"}
_PARTICLES = {"吗": "ma5", "啊": "a5"}  # at the end of a clause
_PERSONS = frozenset("我你您他她它咱谁书孩")
_PRONOUNS = frozenset("我你您他她它咱谁")
_DONE_SO = frozenset("走跑说笑看坐站问答想哭叫喊吃睡跳飞唱写读听飘流落躺转谈欣望盯点摇打响讲找工生学变")  # 蹒跚地走
_MANNER = frozenset("声神然劲力心眼直般样速极气致性下里")  # 低声地, 拼命地
_MANNERS = frozenset(  # that the list of words lacks
    ["低声", "高声", "大声", "小声", "轻声", "入神", "出神", "拼命", "使劲", "用力", "尽力", "专心", "细心", "耐心", "小心", "狠心", "好心", "随口", "顺手", "随手", "亲手", "亲口", "当面", "暗暗"]
)
_PLACES_AFTER = frozenset("区上下面方带点位处铁球理名址产图板震狱主税毯道基域貌形势级支牢盘段缘质表层")
_LONG_THINGS = frozenset("穗臀柄叶尾耳毛角嘴颈腿足鳍吻蕊梗瓣刺冠须鞭萼喙翅茎序苞距管爪袍裙靴枪矛缝凳椅桌裤袖线")  # 长穗, 长枪
_GROWING = frozenset("得着成满大高胖过起出")

_MUST = _PRONOUNS | frozenset("都也还就又总可必便非先再更准谁们家")  # 我得走, 就得走: before 得 that is "must"
_MUST_WORDS = frozenset(
    ["这", "那", "至少", "起码", "恐怕", "大概", "也许", "可能", "今天", "明天", "后天", "晚上", "早上", "一定", "老", "首先", "反正", "所以", "因此", "那么", "否则", "然后", "不然", "但", "可是", "是不是", "有时", "每天", "每次", "以后", "将来", "现在", "只", "要么", "一般", "通常", "最少", "最好", "肯定", "到底", "自己", "本来", "到时候"]
)
_GAINS = frozenset("奖分到了出以知名益胜手票意志力利救宠势逞罪病道子体法当主失住人心一第金银铜冠亚其此名罪于而来去")
_MUST_DO = frozenset("给说让把先吃看找用跟等赶想买做办靠拿管开关走好多再问打听写学叫带送回问换花交请陪")
_GETTING = frozenset("测算查换赢赚挣学借收买讨求捡抢分记找抓救接考量猜问骗领拿争养讲录配割种钓摘挖")  # 测得数值: de2
_RESULTS = ADJECTIVES | frozenset("出起上下进过回开住着了到见动完清成懂像跟连让叫正俊稳牢死活满不我你他她它")
_TASKS = frozenset("给去找让把先跟靠让等")
_DEGREE = frozenset("较很太更极") | {"非常", "十分", "比较", "较为", "异常", "这么", "那么", "如此", "相当", "有些", "有点", "不够",
                                  "不太", "越来越", "特别", "多了", "不错", "不多", "厉害", "要命", "要死", "不得了"}  # fmt: skip

_SURRENDERED_TO = frozenset("清明元金宋汉魏蜀吴唐曹敌日齐梁陈隋秦楚晋辽")
_LED_TROOPS = frozenset("军部兵众师领舰骑队团国其家精水步大左右所麾残余") | {"主力", "中国", "部队", "大军", "代表团", "代表"}
_HIT_BY = frozenset("打骂饿批揍冻宰训罚枪刀雨整过日")
_STRUCK = frozenset("不点劲得一两几了")  # 差不多, 差一点
_DOING = frozenset("去吗嘛啥什不得活完下着过")
_UPSIDE_DOWN = frozenset("卵披心梨三圆锥钟数计映影立挂背流转退装叙序置")  # 倒卵形
_AFTER_ADVERB_DAO = frozenset("是也不没还挺真有像好要把可")
_SHOULD = frozenset(
    "避免 在 由 以 用 有 从 先 把 尽 立即 及时 注意 给予 按 按照 依 依法 包括 属 属于 是 如 作 作为 保持 使 使用 不 能 可 采取 考虑 加 与 "
    "尊重 予以 遵守 得到 选择 根据 该 为 具有 具备 至少 首先 尽量 尽快 尽可能 继续 同时 采用 努力 承担 享有 进行 成为 受到 停止".split()
)
_LATE = frozenset("急慌火凉迷魔忙")  # 着了急
_LIT_BY = frozenset("点划睡烧猜打找摸买逮够碰见犯轮燃")  # 着 after them may mean that it came off
_WORN = frozenset("沉胶附穿衣执固")  # 着 after them may be zhuo2

# Of a verb doubled, or around 一 or 了: 数了数, 量一量.
_DOUBLED = {
    "数": "shu3", "量": "liang2", "转": "zhuan4", "称": "cheng1", "粘": "zhan1", "相": "xiang4", "弹": "tan2", "卷": "juan3",
    "钻": "zuan1", "扇": "shan1", "调": "tiao2", "磨": "mo2", "教": "jiao1", "看": "kan4", "吐": "tu3", "挑": "tiao1",
    "扫": "sao3", "缝": "feng2", "抹": "mo3", "铺": "pu1", "扎": "zha1", "晃": "huang4", "撒": "sa3", "劈": "pi1",
}  # fmt: skip


@dataclass(frozen=True)
class Context:
    """A word of a clause with its neighbours, "" at the ends."""

    words: Sequence[str]
    index: int

    def at(self, offset: int) -> str:
        """The word that many places further on."""
        place = self.index + offset
        return self.words[place] if 0 <= place < len(self.words) else ""

    @property
    def before(self) -> str:
        """The word before."""
        return self.at(-1)

    @property
    def after(self) -> str:
        """The word after."""
        return self.at(1)


def sure(words: Sequence[str], index: int) -> str | None:
    """Reading of the one-character word words[index] of a clause, or None where the neighbours do not decide."""
    context = Context(words, index)
    char = words[index]
    return _doubled(context, char) or (_RULES[char](context) if char in _RULES else None)


def _doubled(context: Context, char: str) -> str | None:
    reading = _DOUBLED.get(char)
    if reading is None:
        return None
    twice = context.after == char or context.before == char
    around = (context.after in ("一", "了") and context.at(2) == char) or (
        context.before in ("一", "了") and context.at(-2) == char
    )
    return reading if twice or around else None


def _wei(context: Context) -> str | None:
    before, after = context.before, context.after
    if after and not before and after[0] in _BENEFICIARIES:
        return "wei4"
    if after == "了":
        return "wei4" if not before or before[-1] in _PURPOSE_AFTER else None  # 是为了, but 成为了
    if (not before or before[-1] in _PURPOSE_AFTER) and (after in _AIMS or (after == "省" and context.at(2)[:1] in tuple("点事钱力"))):
        return "wei4"
    return "wei4" if before in _FOR_THEM and after in _OTHERS else None


def _chang(context: Context) -> str | None:
    before, after = context.before, context.after
    if before and before[-1] in "该再又要会能" and after in ("多少", "钱", "价", "工资", "房钱", "工钱", "利息", "薪水"):
        return "zhang3"
    if after[:1] in tuple(_LONG_THINGS) and len(after) <= 2 and (not before or before[-1] not in "部局市县区校院会村镇乡"):
        return "chang2"
    led = before and before[-1] in _LED_OR_DISTRICT and not after.startswith(("度", "的", "达", "约", "为"))
    return "zhang3" if led or (before and after[:1] in _GROWING and before[-1] not in "全很较更最不延") else None


def _zhi(context: Context) -> str | None:
    return "zhi1" if context.before and context.before[-1] in _NUMERALS else None


def _jiao(context: Context) -> str | None:
    return "jiao1" if context.after and context.after[0] in _PERSONS else None


def _huan(context: Context) -> str | None:
    after, then = context.after, context.at(2)
    if context.before and (not after or after[0] in "给钱债清掉款"):
        return "huan2"
    return "huan2" if after in _PRONOUNS and then[:1] in tuple("钱账债情书茶") else None


def _zhong_planted(context: Context) -> str | None:
    after = context.after
    planted = after and after[0] in "地树花菜田粮豆麦瓜" and not (context.before and context.before[-1] in _NUMERALS)
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


def _is_verb(word: str) -> bool:
    return len(word) == 1 and word in VERBS


def _de(context: Context) -> str | None:
    before, after, earlier = context.before, context.after, context.at(-2)
    must = bool(before) and (before[-1] in _MUST or before in _MUST_WORDS)
    if before == "不" and earlier[-1:] and (earlier[-1] in VERBS or earlier[-1] in "怪怨恨巴舍由使急") and not after:
        return "de5"  # 使不得
    if earlier == "得" and not context.at(-3) and _is_verb(before) and after[:1] in VERBS:
        return "dei3"  # 得吃得穿得养家
    if not before:
        if not after or after[0] in "了啦嘞":
            return "de2"
        return "dei3" if after[0] in _MUST_DO else None
    if before == "的":
        return "dei3" if after[:1] in tuple(_MUST_DO) or after == "到处" else None  # 拉车的得吃饭
    if must:
        if after and (after[0] not in _GAINS or after in ("来", "去", "到处") or (len(after) == 1 and after in "去来")):
            return "dei3"
        return None
    if after == "多少":
        return "dei3"
    if len(after) == 1 and after in _TASKS and not _is_verb(before) and before not in ADJECTIVES and len(before) < 3:
        return "dei3"  # 添人得给工钱
    if after and (after in _DEGREE or after[0] in "多很不太"):
        return "de5"
    if (_is_verb(before) or before in ADJECTIVES) and after and after[0] not in "奖分票病子胜名其此":
        return "de5" if before not in _GETTING or after[0] in _RESULTS else None
    return None


def _di(context: Context) -> str | None:
    before, after = context.before, context.after
    if not after or after[0] in _PLACES_AFTER or not before:
        return None
    four = "".join(context.words[max(0, context.index - 4) : context.index])[-4:]
    if len(four) >= 2 and (four[-1] == four[-2] or (len(four) == 4 and four[2:] == four[:2])):
        return "de5"  # 慢慢地, 嘎登嘎登地
    acts = after[0] in _DONE_SO or after[0] in VERBS
    if len(before) == 1:
        return "de5" if acts and four[-2:] in _MANNERS else None
    return "de5" if acts and (before[-1] in _MANNER or after[0] in _DONE_SO or len(before) >= 3) else None


def _le(context: Context) -> str | None:
    before, earlier = context.before, context.at(-2)
    if before.endswith("不"):
        prior = (earlier + before[:-1])[-1:]
        return "liao3" if prior and prior not in "我你您他她它们就都也可再才，" else None
    able = (before == "得" and _is_verb(earlier)) or before == "算得"
    return "liao3" if able else None


def _zhe(context: Context) -> str | None:
    before, after, earlier = context.before, context.after, context.at(-2)
    if before.endswith("不") and (earlier or len(before) > 1):
        return None if after[:1] in tuple("边痕陆") else "zhao2"
    if after == "了" and context.at(2)[:1] in tuple(_LATE):
        return "zhao2"
    if (before == "得" and _is_verb(earlier)) or (before == "的" and earlier in tuple("用犯管")):
        return "zhao2" if not after or after[0] not in "落" else None
    return "zhe5" if _is_verb(before) and after and before not in _LIT_BY and before not in _WORN else None


def _dao(context: Context) -> str | None:
    before, after = context.before, context.after
    if after[:1] in tuple(_UPSIDE_DOWN):
        return "dao4"
    return "dao4" if after[:1] in tuple(_AFTER_ADVERB_DAO) and before and before[-1] not in "摔推打病跌晕绊颠压撞吹" else None


def _gan(context: Context) -> str | None:
    return "gan4" if context.after[:1] in tuple(_DOING) and context.before[-1:] not in tuple("若晒晾烘风擦") else None


def _ai(context: Context) -> str | None:
    return "ai2" if context.after[:1] in tuple(_HIT_BY) else "ai1" if context.after[:1] in tuple("着近个家次户门") else None


def _yan(context: Context) -> str | None:
    down = context.after in ("下去", "下了") or (context.after == "下" and context.at(2) in ("", "了", "去"))
    return "yan4" if down or context.after[:1] in tuple("了不着口") else None


def _pu(context: Context) -> str | None:
    laid = context.after[:1] in tuple("着了满上开成好平在") and context.before[-1:] not in tuple("床当店")
    return "pu1" if laid else None


def _cang(context: Context) -> str | None:
    return "cang2" if context.after in ("在", "着", "了", "起来", "进", "到", "好", "于", "会儿", "会", "过") else None


def _cha(context: Context) -> str | None:
    if context.before[-1:] in tuple("高温时位压势级视电落色偏逆反误价水"):
        return "cha1"
    return "cha4" if context.after[:1] in tuple(_STRUCK) else None


def _xiang(context: Context) -> str | None:
    if context.before[-1:] in tuple("出乞请诈劝迎归纳受"):
        return "xiang2"
    return "xiang2" if context.after[:1] in tuple(_SURRENDERED_TO) and len(context.after) <= 2 else None


def _shuai(context: Context) -> str | None:
    after = context.after
    return "shuai4" if after in _LED_TROOPS or (len(after) > 1 and after[0] in "国大所其") else None


def _zai(context: Context) -> str | None:
    before = context.before
    return "zai3" if before and before[-1] in "元二三四五六七八九十千" and not context.after.startswith(("人", "客", "重")) else None


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


def _ying(context: Context) -> str | None:
    """应 is "should" before a verb, and "at, to" where a request or an invitation follows."""
    rest = "".join(context.words[context.index + 1 :])
    if any(word in rest for word in ("邀", "要求", "请", "约", "召", "之命", "而生", "声")):
        return None
    return "ying1" if context.after in _SHOULD else None


def _kan(context: Context) -> str | None:
    watched = context.after == "着" and context.at(2)[:1] in tuple("车门家摊店铺点")
    return "kan1" if watched or context.after[:1] in tuple("门家") and context.after in ("门", "家") else None


def _particle(char: str) -> Callable[[Context], str | None]:
    return lambda context: _PARTICLES[char] if context.before and not context.after else None


_BODY_AFTER_VERB = frozenset(["着眼", "着手", "着头", "着脸", "着嘴", "着地"])  # 睁着眼, 拉着手
_STAYED = frozenset(["一直", "都", "只", "就", "要", "还", "继续", "总"])


def sure_pair(words: Sequence[str], index: int) -> tuple[str, str] | None:
    """Readings of the word of two characters words[index] that is no word here, or another; None elsewhere."""
    word, context = words[index], Context(words, index)
    before, after = context.before, context.after
    if word[0] == word[1] and word[0] in _DOUBLED:
        return _DOUBLED[word[0]], _DOUBLED[word[0]]
    if word in _BODY_AFTER_VERB and _is_verb(before) and before not in _WORN:
        return "zhe5", {"眼": "yan3", "手": "shou3", "头": "tou2", "脸": "lian3", "嘴": "zui3", "地": "di4"}[word[1]]
    if word == "上铺" and after[:1] in tuple("着了满成好"):
        return "shang4", "pu1"
    if word == "待到" and before in _STAYED:
        return "dai1", "dao4"
    if word == "得了" and _is_verb(before):
        return "de5", "liao3"
    return None


_RULES: dict[str, Callable[[Context], str | None]] = {
    "为": _wei, "长": _chang, "只": _zhi, "教": _jiao, "还": _huan, "种": _zhong_planted, "中": _zhong_hit,
    "觉": _jiao_sleep, "落": _luo, "得": _de, "地": _di, "了": _le, "着": _zhe, "倒": _dao, "干": _gan, "挨": _ai,
    "咽": _yan, "铺": _pu, "藏": _cang, "差": _cha, "降": _xiang, "率": _shuai, "载": _zai, "待": _dai, "背": _bei,
    "朝": _chao, "应": _ying, "看": _kan, "有": _you, "打": _da, "吗": _particle("吗"), "啊": _particle("啊"),
}  # fmt: skip
_FALLBACK_ADVERB_ENDINGS = frozenset("然速极真细心力快慢静兴断度烈渐悄默轻重松")


def without_model(words: Sequence[str], index: int) -> str | None:
    """A likely reading of the one-character word words[index] where there is no model to ask, or None."""
    context = Context(words, index)
    before, after = context.before, context.after
    if words[index] == "为":
        return "wei4" if after and (not before or after[0] in _BENEFICIARIES) else "wei2"
    if words[index] == "地":
        two = "".join(words[max(0, index - 2) : index])[-2:]  # 冷静地, also where 冷 静 is no word of the list
        adverb = len(two) == 2 and (two[0] == two[1] or two[1] in _FALLBACK_ADVERB_ENDINGS)
        return "de5" if adverb and after else None
    if words[index] == "得" and not before:
        return "dei3" if after and after[0] not in "到了奖分出" else "de2"
    return None
