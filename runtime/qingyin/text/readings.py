"""Readings that pypinyin's dictionary gets wrong for modern text: overrides, and a few rules of context.

Picked by frequency in running text times error on the CPP development set; a model of polyphones comes later.
"""

from __future__ import annotations

from qingyin.text.surnames import NAMES

# Characters standing alone (not inside a dictionary word).
CHARACTERS: dict[str, str] = {
    "子": "zi3", "勒": "le4", "塞": "sai4", "长": "chang2", "耶": "ye1", "町": "ting3", "什": "shi2",
    "佛": "fo2", "舍": "she4", "卷": "juan4", "葛": "ge3", "肖": "xiao1", "薄": "bo2", "藉": "jie4",
    "粘": "nian2", "剌": "la4", "仆": "pu2", "媛": "yuan2", "卜": "bu3", "泊": "bo2", "茜": "xi1",
    "蛤": "ge2", "茄": "qie2", "咯": "lo5", "嗯": "en4", "调": "tiao2", "谁": "shei2", "翟": "zhai2",
    "帖": "tie3", "曲": "qu3", "尽": "jin4", "空": "kong1", "噢": "o1", "哦": "o4", "诶": "ei4",
    "欸": "ei4", "哎": "ai1", "柏": "bo2", "为": "wei2", "得": "de5",
}  # fmt: skip
WORDS: dict[str, str] = {
    "塞浦路斯": "sai4 pu3 lu4 si1", "塞尔维亚": "sai4 er3 wei2 ya4", "耶路撒冷": "ye1 lu4 sa1 leng3",
    "耶鲁大学": "ye1 lu3 da4 xue2", "耶鲁": "ye1 lu3", "耶稣": "ye1 su1", "泰勒": "tai4 le4",
    "蒙古": "meng3 gu3", "内蒙古": "nei4 meng3 gu3", "作曲家": "zuo4 qu3 jia1", "单曲": "dan1 qu3",
    "歌曲": "ge1 qu3", "朝鲜": "chao2 xian3", "朝鲜半岛": "chao2 xian3 ban4 dao3", "部分": "bu4 fen5",
    "尼泊尔": "ni2 bo2 er3", "调高": "tiao2 gao1", "调低": "tiao2 di1", "调到": "tiao2 dao4",
    "调大": "tiao2 da4", "调小": "tiao2 xiao3", "电子": "dian4 zi3", "男子": "nan2 zi3",
    "爱好者": "ai4 hao4 zhe3", "成吉思汗": "cheng2 ji2 si1 han2", "这儿": "zhe4 er5", "那儿": "na4 er5",
    "哪儿": "na3 er5", "夺得": "duo2 de2", "变得": "bian4 de5", "一只": "yi1 zhi1", "两只": "liang3 zhi1",
    "几只": "ji3 zhi1", "为什么": "wei4 shen2 me5", "为了": "wei4 le5", "因为": "yin1 wei4",
    "为何": "wei4 he2", "服务": "fu2 wu4", "高句丽": "gao1 gou1 li2",
    "东京都": "dong1 jing1 du1", "肚子": "du4 zi5", "吡咯": "bi3 luo4", "呵叻": "he1 le4", "方差": "fang1 cha1",
    "反差": "fan3 cha1",
    "落差": "luo4 cha1", "相差": "xiang1 cha1", "率部": "shuai4 bu4", "眩晕": "xuan4 yun4", "卷柏": "juan3 bai3",
    "后燕": "hou4 yan1", "南燕": "nan2 yan1", "夹克": "jia1 ke4", "薄膜": "bo2 mo2", "质朴": "zhi4 pu3",
    "催吐剂": "cui1 tu4 ji4", "催吐": "cui1 tu4", "泊地": "bo2 di4", "劲歌": "jing4 ge1", "书吧": "shu1 ba1",
    "一撮": "yi1 cuo1", "褪去": "tui4 qu4", "煞气": "sha4 qi4", "咳咳": "ke2 ke2", "分杈": "fen1 cha4",
    "拚命": "pin1 ming4", "琢磨": "zuo2 mo5", "木杆": "mu4 gan1",
} | NAMES  # fmt: skip

_BENEFICIARIES = frozenset("我你您他她它咱谁大自其此何人")
_NUMERALS = frozenset("零〇一二两三四五六七八九十百千万几数每这那")
_ADVERB_ENDINGS = frozenset("然速极真细心力快慢静兴断度烈渐悄默轻重松")
_LED = frozenset("部局校团队旅县市省镇乡村院科处班组营连排司厂站船馆会行军师州所室")  # 部长, 校长
_TRANSLITERATION = frozenset("勒塞耶町肖葛茜泊媛")  # wrong by default inside names too
_LED_OR_DISTRICT = _LED | {"区"}
_PARTICLES = {"吗": "ma5", "啊": "a5"}  # at the end of a clause
_PERSONS = frozenset("我你您他她它咱谁书孩")
_SUBJECTS = frozenset("我你您他她都也就还") | {"我们", "你们", "他们", "她们", "咱们", "大家"}
_DONE_SO = frozenset("走跑说笑看坐站问答想哭叫喊吃睡跳飞唱写读听飘流落躺转")  # 蹒跚地走
_GROWING = frozenset("得着成满大高出胖")


def in_unlisted_word(word: str, found: list[str]) -> list[str]:
    """Corrects the character-by-character reading of a word that the dictionary does not have."""
    corrected = [
        CHARACTERS[char] if char in _TRANSLITERATION else reading
        for char, reading in zip(word, found, strict=True)
    ]
    if word[-1] == "长" and len(word) > 1:
        corrected[-1] = "zhang3"
    return corrected


def sure(words: list[str], index: int) -> str | None:
    """Reading of the one-character word words[index] where its neighbours leave no doubt; it outranks the model."""
    char = words[index]
    before = words[index - 1] if index else ""
    after = words[index + 1] if index + 1 < len(words) else ""
    if char == "为":
        return "wei4" if after and not before and after[0] in _BENEFICIARIES else None
    if char == "长":
        led = before and before[-1] in _LED_OR_DISTRICT and not after.startswith(("度", "的", "达", "约", "为"))
        return "zhang3" if led or (before and after[:1] in _GROWING) else None
    if char in _PARTICLES and before and not after:
        return _PARTICLES[char]
    if char == "只":
        return "zhi1" if before and before[-1] in _NUMERALS else None
    if char == "教":
        return "jiao1" if after and after[0] in _PERSONS else None
    if char == "还":
        return "huan2" if index and (not after or after[0] in "给钱债清掉款") else None
    if char == "种":
        planted = after and after[0] in "地树花菜田粮豆麦瓜" and not (before and before[-1] in _NUMERALS)
        return "zhong4" if planted else None
    if char == "中":
        return "zhong4" if after == "了" else None
    if char == "觉":
        return "jiao4" if "睡" in "".join(words[max(0, index - 4) : index]) else None
    if char == "落":
        return "la4" if "把" in words[max(0, index - 4) : index] else "luo4" if after in ("", "了") else None
    if char == "得":
        if after and after[0] in "多很不太" and before:
            return "de5"
        return "dei3" if before in _SUBJECTS and after and after[0] not in "到了奖分出以" else None
    if char == "地":
        return "de5" if len(before) > 1 and after and after[0] in _DONE_SO else None
    return None


def single_character(words: list[str], index: int) -> str | None:
    """Reading of the one-character word words[index] by its neighbours, or None where they do not decide."""
    char = words[index]
    before = words[index - 1] if index else ""
    after = words[index + 1] if index + 1 < len(words) else ""
    if char == "为":
        return "wei4" if after and (not before or after[0] in _BENEFICIARIES) else "wei2"
    if char == "长" and before and (before[-1] in _LED or after[:1] in _GROWING):
        return "zhang3"
    if char == "只" and before and before[-1] in _NUMERALS:
        return "zhi1"
    two = "".join(words[max(0, index - 2) : index])[-2:]  # 冷静地, also where 冷 静 is no word of the list
    adverb = len(two) == 2 and (two[0] == two[1] or two[1] in _ADVERB_ENDINGS)
    if char == "地" and adverb and after:
        return "de5"
    if char == "得" and not before:
        return "dei3" if after and after[0] not in "到了奖分出" else "de2"
    return None
