"""Tone changes of connected Mandarin speech, as small passes over the words of one phrase, each testable alone.

Order: erhua, neutral tones, 一 and 不, third tones. Rules as in Chao, A Grammar of Spoken Chinese (1968), 1.3.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from qingyin.text.g2p import Syllable, Word
from qingyin.text.symbols import NEUTRAL_TONE

_DIGITS = frozenset("零〇一二三四五六七八九十点")
_ORDINAL_BEFORE = frozenset("第初周") | _DIGITS | frozenset("百千万亿")
_ORDINAL_AFTER = frozenset("月号楼班级")  # 一月, 一号: names, not counts
_KEEPS_SANDHI = frozenset("同每这那某另任有")  # 同一个, 每一天: 一 belongs to what follows though it ends the word

# 儿 is a syllable of its own after or before these; elsewhere it is the suffix.
_FULL_ER_BEFORE = frozenset("女孤婴幼健宠胎患产少生男弃托育乳侄孙妻小血浪能运潮宁佝低病犬骄娇")
_FULL_ER_AFTER = frozenset("子童女科歌孙媳化郎戏")

_NEUTRAL_WORDS = frozenset(
    "朋友 东西 先生 喜欢 时候 意思 知道 学生 漂亮 地方 便宜 葡萄 衣服 豆腐 萝卜 认识 告诉 觉得 舒服 麻烦 事情 客气 关系 消息 休息 "
    "商量 打听 打算 打扮 窗户 明白 清楚 暖和 凉快 热闹 聪明 糊涂 老实 结实 干净 眼睛 耳朵 头发 胳膊 指甲 骨头 舌头 石头 木头 馒头 "
    "里头 外头 前头 后头 上头 念头 罐头 妈妈 爸爸 哥哥 弟弟 妹妹 姐姐 爷爷 奶奶 叔叔 姑姑 舅舅 太太 公公 婆婆 娃娃 星星 宝宝 谢谢 "
    "月亮 太阳 云彩 力气 脾气 福气 运气 大夫 丈夫 师傅 徒弟 亲戚 媳妇 姑娘 老婆 女婿 护士 裁缝 和尚 状元 秀才 畜生 牲口 骆驼 狐狸 "
    "蛤蟆 蚂蚱 苍蝇 玻璃 钥匙 扫帚 笤帚 簸箕 棉花 庄稼 粮食 高粱 芝麻 烧饼 点心 味道 收拾 招呼 吩咐 嘱咐 应付 对付 张罗 折腾 琢磨 "
    "打量 唠叨 哆嗦 咳嗽 喷嚏 疙瘩 功夫 工夫 名字 记号 称呼 部分 行李 包袱 抽屉 灯笼 屏风 胡同 衙门 买卖 生意 利害 厉害 别扭 痛快 "
    "勤快 机灵 伶俐 大方 小气 随便 马虎 糊弄 体面 富余 宽敞 稳当 妥当 踏实 扎实 新鲜 模糊 含糊 迷糊 溜达 蘑菇 石榴 核桃 枇杷 茉莉 "
    "困难 故事 本事 差事 态度 合同 学问 主意 意识 队伍 规矩 道理 日子 比方 缘故 交情 动静 情形 精神 教训 答应 算计 吆喝 吓唬 欺负 "
    "佩服 羡慕 嫉妒 喜鹊 打发 巴结 心思 盘算 晚上 早上 下巴 嘴巴 尾巴 嗓子 那么 这么 怎么 什么 多么 要么 我们 你们 他们 她们 它们 咱们 "
    "人们 同志们 怎么样 孩子 儿子 房子 桌子 椅子 屋子 影子 样子 句子 鞋子 帽子 裤子 裙子 袜子 被子 杯子 瓶子 盘子 盒子 箱子 袋子 筷子 "
    "勺子 叉子 刀子 猴子 兔子 狮子 鸭子 鸽子 虫子 蚊子 叶子 果子 桃子 李子 橘子 柿子 茄子 柚子 鼻子 脖子 肚子 胡子 脑子 例子 院子 村子 "
    "镜子 梳子 扇子 帘子 毯子 垫子 凳子 柜子 炉子 锅子 车子 轮子 稿子 本子 册子 单子 牌子 棍子 绳子 钉子 钩子 架子 棚子 亭子 法子 路子 "
    "面子 里子 胖子 瘦子 矮子 聋子 瞎子 疯子 傻子 骗子 妻子 嫂子 婶子 孙子 侄子 辫子 豹子 燕子 蝎子 沙子 石子 珠子 竹子 种子 麦子 谷子 "
    "饺子 包子 粽子 丸子 曲子 调子 嗓子 性子 点子 个子 日子 月子 乱子 担子 胆子 底子 尺子 笛子 钳子 锤子 斧子 锯子 剪子 夹子 铲子 筐子 "
    "篮子 瓶子 罐子 坛子 缸子 池子 巷子 胡子 裙子 领子 袖子 扣子 带子 料子 毛病 白净 使唤 提防 困倦".split()
)  # fmt: skip
_NEUTRAL_REDUPLICATED = frozenset("看听说走想试坐问谈聊玩尝找笑算猜写读学用做讲逛管动帮摸闻查数量瞧转跑练唱歇洗擦敲拍见比")
_NEUTRAL_PARTICLES = frozenset("的了着吗呢吧们嘛啦")
_NEUTRAL_BU_MIDDLE = frozenset("对了看来差受吃舍怪免保忍说想听")
_DIRECTION_AFTER_NOUN = frozenset("上里")


def apply(words: Sequence[Word]) -> list[Word]:
    """All passes over the words of one phrase (between two pauses). Changes the syllables in place."""
    phrase = fuse_erhua([word for word in words if word])
    for change in _PASSES:
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
            place += 1
            if before is not None and _is_suffix(syllable, before, after):
                before.erhua = True
            else:
                kept.append(syllable)
        if kept:
            fused.append(kept)
    return fused


def _is_suffix(syllable: Syllable, before: Syllable, after: Syllable | None) -> bool:
    return (
        syllable.char == "儿"
        and before.char not in _FULL_ER_BEFORE
        and bool(before.char)
        and not before.erhua
        and before.spelling != "er"
        and not (after is not None and after.char in _FULL_ER_AFTER)
    )


def neutral_tones(words: Sequence[Word]) -> None:
    """Words whose last syllable is light, particles, and reduplicated verbs (看看)."""
    for word in words:
        text = "".join(syllable.char for syllable in word)
        if text in _NEUTRAL_WORDS:
            word[-1].tone = NEUTRAL_TONE
    pairs = [(word[index], word[index + 1]) for word in words for index in range(len(word) - 1)]
    pairs += [(left[0], right[0]) for left, right in zip(words, words[1:]) if len(left) == 1 and len(right) == 1]
    for before, syllable in pairs:
        if before.char == syllable.char and syllable.char in _NEUTRAL_REDUPLICATED:
            if before.tone == 3:
                before.tone = 2  # 走走 zou2 zou5: the sandhi is older than the lightness
            syllable.tone = NEUTRAL_TONE


def yi_and_bu(words: Sequence[Word]) -> None:
    """一 is yi2 before a fourth tone, yi4 before others, yi1 in numbers and at ends; 不 is bu2 before a fourth tone."""
    flat = [syllable for word in words for syllable in word]
    ends_word = {id(word[-1]) for word in words if len(word) > 1}
    for index, syllable in enumerate(flat):
        before = flat[index - 1] if index else None
        after = flat[index + 1] if index + 1 < len(flat) else None
        if syllable.char == "不" and syllable.spelling == "bu":
            syllable.tone = _bu_tone(flat, index)
        elif syllable.char == "一":
            syllable.tone = _yi_tone(syllable, before, after, id(syllable) in ends_word)


def _citation(syllable: Syllable) -> int:
    """The tone that 一 and 不 react to: 个 counts as fourth even when light."""
    return 4 if syllable.char == "个" else syllable.tone


def _bu_tone(flat: Sequence[Syllable], index: int) -> int:
    before = flat[index - 1] if index else None
    after = flat[index + 1] if index + 1 < len(flat) else None
    if after is None:
        return 4
    if before is not None and before.char and before.char == after.char:
        return NEUTRAL_TONE  # 是不是
    return 2 if _citation(after) == 4 else 4


def _yi_tone(syllable: Syllable, before: Syllable | None, after: Syllable | None, ends_word: bool) -> int:
    if syllable.literal or after is None or after.char in _DIGITS or after.char in _ORDINAL_AFTER:
        return 1
    if before is not None:
        if before.char == after.char and before.char:
            return NEUTRAL_TONE  # 看一看
        if before.char in _ORDINAL_BEFORE:
            return 1
        if ends_word and before.char not in _KEEPS_SANDHI:
            return 1
    return 2 if _citation(after) == 4 else 4


def third_tones(words: Sequence[Word]) -> None:
    """A third tone before a third tone becomes second: inside words by their structure, then across the phrase."""
    for word in words:
        for group in _feet(word):
            for syllable, after in zip(group, group[1:]):
                _raise(syllable, after)
        for syllable, after in zip(word, word[1:]):
            _raise(syllable, after)
    for word, following in zip(words, words[1:]):
        _raise(word[-1], following[0])


def _raise(syllable: Syllable, after: Syllable) -> None:
    if syllable.tone == 3 and after.tone == 3:
        syllable.tone = 2


def _feet(word: Word) -> list[Word]:
    """Inner structure of a word: 1+2 (小老虎) when only its last two are a word, else pairs from the left (展览馆)."""
    if len(word) == 3:
        from qingyin.text.g2p import segment

        text = "".join(syllable.char for syllable in word)
        if len(segment(text[1:])) == 1 and len(segment(text[:2])) == 2:
            return [word[1:]]
        return [word[:2]]
    return [word[index : index + 2] for index in range(0, len(word), 2)]


_PASSES: tuple[Callable[[Sequence[Word]], None], ...] = (neutral_tones, yi_and_bu, third_tones)
