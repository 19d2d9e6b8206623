"""Light syllables, the suffix 儿 and the particle 啊 in running text. What stands in ⟦brackets⟧ is judged.

Sentences are everyday speech, the last 1,000 of the CC0 corpus (training never sees those), and Lao She and Zhu Ziqing,
who are in the public domain.
"""

from __future__ import annotations

import pytest

from spoken_cases import spoken

NEUTRAL = {
    "我的⟦朋友⟧来了": "peng2 you5",
    "买点⟦东西⟧回家": "dong1 xi5",
    "⟦桌子⟧上有书": "zhuo1 zi5",
    "这⟦孩子⟧真乖": "hai2 zi5",
    "⟦我们⟧过了江": "wo3 men5",
    "他戴着黑布小⟦帽子⟧": "mao4 zi5",
    "⟦妈妈⟧做饭": "ma1 ma5",
    "⟦姐姐⟧唱歌": "jie3 jie5",
    "你⟦看看⟧这个": "kan4 kan5",
    "我们⟦走走⟧吧": "zou2 zou5",
    "这是⟦什么⟧": "shen2 me5",
    "你⟦怎么⟧了": "zen3 me5",
    "真⟦漂亮⟧": "piao4 liang5",
    "很⟦便宜⟧": "pian2 yi5",
    "不要⟦客气⟧": "ke4 qi5",
    "打开⟦窗户⟧": "chuang1 hu5",
    "⟦眼睛⟧很大": "yan3 jing5",
    "我⟦喜欢⟧你": "xi3 huan5",
    "好的⟦时候⟧": "shi2 hou5",
    "⟦月亮⟧渐渐地升高了": "yue4 liang5",
    "你去⟦吗⟧": "ma5",
    "你⟦呢⟧": "ne5",
    "他⟦的⟧背影": "de5",
    "⟦告诉⟧他": "gao4 su5",
    "父亲的⟦胡子⟧": "hu2 zi5",
    # full, though they look alike
    "中⟦子⟧电偶极矩": "zi3",
    "⟦电子⟧工业": "dian4 zi3",
    "中国⟦男子⟧田径运动员": "nan2 zi3",
    "⟦原子⟧能": "yuan2 zi3",
    "⟦孔子⟧和孟子": "kong2 zi3",
}
ERHUA = {
    "街上没有⟦人影儿⟧": "ren2 yingr3",
    "祥子不愿⟦玩儿⟧": "wanr2",
    "买一点儿⟦菜花儿⟧": "cai4 huar1",
    "⟦一会儿⟧就回来": "yi2 huir4",
    "今天⟦有点儿⟧凉": "you2 dianr3",
    "你上⟦哪儿⟧去": "nar3",
    "⟦这儿⟧是济南": "zher4",
    "⟦那儿⟧有水": "nar4",
    "小⟦孩儿⟧跑了": "hair2",
    "树⟦叶儿⟧却绿得发亮": "yer4",
    "⟦鸟儿⟧将巢安在繁花嫩叶当中": "niaor3",
    "⟦花儿⟧也开了": "huar1",
    "没⟦事儿⟧": "shir4",
    "唱个⟦歌儿⟧": "ger1",
    "实在没⟦法儿⟧说": "far3",
    "买了两根⟦冰棍儿⟧": "bing1 gunr4",
    "祥子喝了一⟦碗儿⟧": "wanr3",
    "打⟦盹儿⟧": "dunr3",
    # a syllable of its own
    "他的母亲是藤原时平的⟦女儿⟧": "nv3 er2",
    "四男义季和⟦儿子⟧得川赖有": "er2 zi5",
    "慕容垂⟦儿媳⟧丁氏": "er2 xi2",
    "年幼的他是从⟦孤儿院⟧中被收养而来": "gu1 er2 yuan4",
    "⟦幼儿园⟧放学了": "you4 er2 yuan2",
    "⟦婴儿⟧在哭": "ying1 er2",
    "⟦儿童⟧节": "er2 tong2",
}
A = {
    "多美⟦啊⟧": "ya5",
    "是他⟦啊⟧": "ya5",
    "快来⟦啊⟧": "ya5",
    "你去不去⟦啊⟧": "ya5",
    "我⟦啊⟧，最怕冷": "ya5",
    "好大的雪⟦啊⟧": "ya5",
    "好⟦啊⟧": "wa5",
    "你在哪儿住⟦啊⟧": "wa5",
    "真巧⟦啊⟧": "wa5",
    "快走⟦啊⟧": "wa5",
    "好苦⟦啊⟧": "wa5",
    "天⟦啊⟧": "na5",
    "真难⟦啊⟧": "na5",
    "好看⟦啊⟧": "na5",
    "什么人⟦啊⟧": "na5",
    "多深⟦啊⟧": "na5",
    "是⟦啊⟧": "ra5",
    "快吃⟦啊⟧": "ra5",
    "什么事⟦啊⟧": "ra5",
    "真冷⟦啊⟧": "a5",
    "行⟦啊⟧": "a5",
    "几次⟦啊⟧": "a5",
    "多漂亮⟦啊⟧": "a5",
}


@pytest.mark.parametrize(("text", "expected"), [case for table in (NEUTRAL, ERHUA, A) for case in table.items()])
def test_light_syllables(text: str, expected: str) -> None:
    assert spoken(text) == expected
