"""Readings that pypinyin's dictionary gets wrong for modern text, or lacks.

Picked by frequency in running text times error on the CPP development set, and by dictionaries of today's standard.
"""

from __future__ import annotations

from importlib.resources import files

from qingyin.text.classics import CLASSICS
from qingyin.text.compounds import COMPOUNDS
from qingyin.text.surnames import NAMES

# Characters standing alone (not inside a dictionary word).
CHARACTERS: dict[str, str] = {
    "子": "zi3", "蚌": "bang4",
    "抡": "lun1", "勒": "le4", "塞": "sai4", "长": "chang2", "耶": "ye1", "町": "ting3", "什": "shi2",
    "佛": "fo2", "舍": "she4", "卷": "juan4", "葛": "ge3", "肖": "xiao1", "薄": "bo2", "藉": "jie4",
    "粘": "nian2", "剌": "la4", "仆": "pu2", "媛": "yuan2", "卜": "bu3", "泊": "bo2", "茜": "xi1",
    "蛤": "ge2", "茄": "qie2", "咯": "lo5", "嗯": "en4", "调": "tiao2", "谁": "shei2", "翟": "zhai2",
    "帖": "tie3", "曲": "qu3", "尽": "jin4", "空": "kong1", "噢": "o1", "哦": "o4", "诶": "ei4",
    "欸": "ei4", "哎": "ai1", "柏": "bo2", "为": "wei2", "得": "de5", "框": "kuang4",
    "甸": "dian4", "嬷": "mo2", "豉": "chi3", "藦": "mo2", "辗": "zhan3", "湫": "qiu1", "焘": "tao1", "匙": "chi2",
    "萎": "wei3", "嗲": "dia3", "柞": "zuo4", "颇": "po1", "芎": "xiong1", "遛": "liu4",
}  # fmt: skip
WORDS: dict[str, str] = {
    "塞浦路斯": "sai4 pu3 lu4 si1", "塞尔维亚": "sai4 er3 wei2 ya4", "耶路撒冷": "ye1 lu4 sa1 leng3",
    "耶鲁大学": "ye1 lu3 da4 xue2", "耶鲁": "ye1 lu3", "耶稣": "ye1 su1", "泰勒": "tai4 le4",
    "蒙古": "meng3 gu3", "内蒙古": "nei4 meng3 gu3", "作曲家": "zuo4 qu3 jia1", "单曲": "dan1 qu3",
    "歌曲": "ge1 qu3", "朝鲜": "chao2 xian3", "朝鲜半岛": "chao2 xian3 ban4 dao3", "部分": "bu4 fen5",
    "尼泊尔": "ni2 bo2 er3", "调高": "tiao2 gao1", "调低": "tiao2 di1",
    "调大": "tiao2 da4", "调小": "tiao2 xiao3", "电子": "dian4 zi3", "男子": "nan2 zi3",
    "爱好者": "ai4 hao4 zhe3", "成吉思汗": "cheng2 ji2 si1 han2", "这儿": "zhe4 er5", "那儿": "na4 er5",
    "哪儿": "na3 er5", "夺得": "duo2 de2", "变得": "bian4 de5", "一只": "yi1 zhi1", "两只": "liang3 zhi1",
    "几只": "ji3 zhi1", "为什么": "wei4 shen2 me5", "为了": "wei4 le5", "因为": "yin1 wei4",
    "为何": "wei4 he2", "服务": "fu2 wu4", "高句丽": "gao1 gou1 li2",
    "东京都": "dong1 jing1 du1", "肚子": "du4 zi5", "吡咯": "bi3 luo4", "呵叻": "he1 le4", "方差": "fang1 cha1",
    "反差": "fan3 cha1",
    "落差": "luo4 cha1", "相差": "xiang1 cha4", "率部": "shuai4 bu4", "眩晕": "xuan4 yun4", "卷柏": "juan3 bai3",
    "后燕": "hou4 yan1", "南燕": "nan2 yan1", "夹克": "jia1 ke4", "薄膜": "bo2 mo2", "质朴": "zhi4 pu3",
    "催吐剂": "cui1 tu4 ji4", "催吐": "cui1 tu4", "泊地": "bo2 di4", "劲歌": "jing4 ge1", "书吧": "shu1 ba1",
    "一撮": "yi1 cuo1", "褪去": "tui4 qu4", "煞气": "sha4 qi4", "咳咳": "ke2 ke2", "分杈": "fen1 cha4",
    "不得了": "bu4 de2 liao3", "怪不得": "guai4 bu4 de5", "怨不得": "yuan4 bu4 de5", "恨不得": "hen4 bu4 de5",
    "巴不得": "ba1 bu4 de5", "舍不得": "she3 bu4 de5", "由不得": "you2 bu4 de5", "顾不得": "gu4 bu4 de5",
    "使不得": "shi3 bu4 de5", "要不得": "yao4 bu4 de5", "少不得": "shao3 bu4 de5", "免不得": "mian3 bu4 de5",
    "参将": "can1 jiang4", "副将": "fu4 jiang4", "偏将": "pian1 jiang4", "裨将": "pi2 jiang4",
    "玄参": "xuan2 shen1", "党参": "dang3 shen1", "苦参": "ku3 shen1", "丹参": "dan1 shen1", "红参": "hong2 shen1",
    "沙参": "sha1 shen1", "太子参": "tai4 zi3 shen1", "西洋参": "xi1 yang2 shen1", "花旗参": "hua1 qi2 shen1",
    "高差": "gao1 cha1", "温差": "wen1 cha1", "时差": "shi2 cha1", "位差": "wei4 cha1", "级差": "ji2 cha1",
    "左氏传": "zuo3 shi4 zhuan4", "公羊传": "gong1 yang2 zhuan4", "谷梁传": "gu3 liang2 zhuan4",
    "了不得": "liao3 bu4 de5", "要得": "yao4 de5", "乐得": "le4 de5", "算得上": "suan4 de5 shang4",
    "干德": "qian2 de2", "干隆": "qian2 long2", "干坤": "qian2 kun1", "干宁": "qian2 ning2", "干符": "qian2 fu2",
    "都指挥使": "du1 zhi3 hui1 shi3", "都指挥使司": "du1 zhi3 hui1 shi3 si1",
    "教务长": "jiao4 wu4 zhang3", "总务长": "zong3 wu4 zhang3", "冰镐": "bing1 gao3", "铁镐": "tie3 gao3",
    "位处": "wei4 chu3", "重在": "zhong4 zai4", "干儿子": "gan1 er2 zi5", "干女儿": "gan1 nv3 er2",
    "干爹": "gan1 die1", "干妈": "gan1 ma1",
    "干娘": "gan1 niang2", "干爸": "gan1 ba4", "干妹妹": "gan1 mei4 mei5", "干哥哥": "gan1 ge1 ge5",
    "白干儿": "bai2 gan1 er5", "相法": "xiang4 fa3", "相术": "xiang4 shu4", "坤角": "kun1 jue2", "名角": "ming2 jue2",
    "女角": "nv3 jue2", "男角": "nan2 jue2", "丑角": "chou3 jue2", "旦角": "dan4 jue2", "老头儿": "lao3 tou2 er5",
    "着称": "zhu4 cheng1", "着名": "zhu4 ming2", "着作": "zhu4 zuo4", "着书立说": "zhu4 shu1 li4 shuo1",
    "原着": "yuan2 zhu4",
    "名着": "ming2 zhu4", "巨着": "ju4 zhu4", "专着": "zhuan1 zhu4", "土着": "tu3 zhu4", "遗着": "yi2 zhu4",
    "译着": "yi4 zhu4",  # 著 as converters from traditional characters leave it
    "倒是": "dao4 shi4", "倒也": "dao4 ye3", "倒不": "dao4 bu4", "倒没": "dao4 mei2", "倒有": "dao4 you3",
    "倒还": "dao4 hai2", "倒像": "dao4 xiang4", "都柏林": "du1 bo2 lin2",
    "仆射": "pu2 ye4", "胡骑": "hu2 ji4", "燕山": "yan1 shan1",
    "拚命": "pin1 ming4", "琢磨": "zuo2 mo5", "木杆": "mu4 gan1",
} | COMPOUNDS | NAMES | CLASSICS  # fmt: skip



def _listed_words() -> dict[str, str]:
    """The words of both lists: word -> pinyin."""
    found: dict[str, str] = {}
    for name in ("third_tone_words.txt", "polyphone_words.txt"):
        for line in files("qingyin.text").joinpath(name).read_text("utf-8").splitlines()[1:]:
            word, _, reading = line.partition(" ")
            found[word] = reading
    return found


LISTED_WORDS = _listed_words()
WORDS = LISTED_WORDS | WORDS

_WRONG_IN_WORDS = frozenset("勒塞耶町肖葛茜泊媛甸嬷豉藦辗湫焘匙萎嗲柞颇芎")  # wrong by default inside names too


_LIGHT_DE = frozenset(first + "得" for first in "记觉懂晓认舍懒免省显值使落亏")


def with_light_de(word: str, found: tuple[str, ...]) -> tuple[str, ...]:
    """The readings with 得 light at the end of such verbs, also in longer words (不记得)."""
    return tuple(
        "de5" if place and word[place - 1 : place + 1] in _LIGHT_DE else reading for place, reading in enumerate(found)
    )


def in_unlisted_word(word: str, found: list[str]) -> list[str]:
    """Corrects the character-by-character reading of a word that the dictionary does not have."""
    corrected = [
        CHARACTERS[char] if char in _WRONG_IN_WORDS else reading
        for char, reading in zip(word, found, strict=True)
    ]
    if word[-1] == "长" and len(word) > 1:
        corrected[-1] = "zhang3"
    return corrected
