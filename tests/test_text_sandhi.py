"""Readings after sandhi, as exact tables: what a Mandarin speaker says."""

from __future__ import annotations

import pytest

from qingyin.text import analyse


def spoken(text: str) -> str:
    analysis = analyse(text)
    assert not analysis.unspoken
    return " ".join(syllable for sentence in analysis.sentences for syllable in sentence.syllables)


THIRD_TONES = {
    "你好": "ni2 hao3",
    "洗澡": "xi2 zao3",
    "展览馆": "zhan2 lan2 guan3",
    "小老虎": "xiao3 lao2 hu3",
    "总统府": "zong2 tong2 fu3",
    "我很好": "wo3 hen2 hao3",
    "我也想买": "wo2 ye3 xiang2 mai3",
    "你想，我也想": "ni2 xiang3 wo3 ye2 xiang3",
    "走走吧": "zou2 zou5 ba5",
    "姐姐": "jie3 jie5",
    "椅子": "yi3 zi5",
}
YI = {
    "一个": "yi2 ge4",
    "一样": "yi2 yang4",
    "一天": "yi4 tian1",
    "一年": "yi4 nian2",
    "一起": "yi4 qi3",
    "一百": "yi4 bai3",
    "一": "yi1",
    "第一": "di4 yi1",
    "第一次": "di4 yi1 ci4",
    "初一": "chu1 yi1",
    "十一个": "shi2 yi1 ge4",
    "一百零一": "yi4 bai3 ling2 yi1",
    "二〇一一年": "er4 ling2 yi1 yi1 nian2",
    "一月一日": "yi1 yue4 yi1 ri4",
    "星期一上午": "xing1 qi1 yi1 shang4 wu3",
    "统一的意见": "tong3 yi1 de5 yi4 jian4",
    "之一": "zhi1 yi1",
    "同一个人": "tong2 yi2 ge4 ren2",
    "看一看": "kan4 yi5 kan4",
    "一点儿": "yi4 dianr3",
    "一点五": "yi1 dian2 wu3",
    "一边走一边说": "yi4 bian1 zou3 yi4 bian1 shuo1",
    "不一样": "bu4 yi2 yang4",
}
BU = {
    "不对": "bu2 dui4",
    "不是": "bu2 shi4",
    "不去": "bu2 qu4",
    "不好": "bu4 hao3",
    "不来": "bu4 lai2",
    "不吃": "bu4 chi1",
    "我不": "wo3 bu4",
    "是不是": "shi4 bu5 shi4",
    "行不行": "xing2 bu5 xing2",
    "对不起": "dui4 bu5 qi3",
    "不一定": "bu4 yi2 ding4",
}
NEUTRAL = {
    "我们": "wo3 men5",
    "朋友的东西": "peng2 you5 de5 dong1 xi5",
    "什么": "shen2 me5",
    "桌子": "zhuo1 zi5",
    "电子": "dian4 zi3",
    "妈妈": "ma1 ma5",
    "看看": "kan4 kan5",
    "北京大学学习": "bei3 jing1 da4 xue2 xue2 xi2",
    "你呢": "ni3 ne5",
}
ERHUA = {
    "花儿": "huar1",
    "玩儿": "wanr2",
    "哪儿": "nar3",
    "这儿": "zher4",
    "一会儿": "yi2 huir4",
    "小孩儿": "xiao3 hair2",
    "冰棍儿": "bing1 gunr4",
    "有点儿": "you2 dianr3",
    "儿子": "er2 zi5",
    "女儿": "nv3 er2",
    "孤儿": "gu1 er2",
    "婴儿": "ying1 er2",
    "幼儿园": "you4 er2 yuan2",
    "健儿": "jian4 er2",
    "儿童": "er2 tong2",
    "托儿所": "tuo1 er2 suo3",
    "少儿": "shao4 er2",
    "他的儿时": "ta1 de5 er2 shi2",
    "儿": "er2",
}
READINGS = {
    "校长说他长得很高": "xiao4 zhang3 shuo1 ta1 zhang3 de5 hen3 gao1",
    "长江很长": "chang2 jiang1 hen3 chang2",
    "为人民服务": "wei4 ren2 min2 fu2 wu4",
    "他被称为英雄": "ta1 bei4 cheng1 wei2 ying1 xiong2",
    "慢慢地走": "man4 man4 de5 zou3",
    "地很大": "di4 hen3 da4",
    "一只小鸟": "yi4 zhi1 xiao2 niao3",
    "绿色的旅行": "lv4 se4 de5 lv3 xing2",
    "電腦和手機": "dian4 nao3 he2 shou3 ji1",
}
NUMBERS = {
    "0": "ling2",
    "2": "er4",
    "10": "shi2",
    "12个": "shi2 er4 ge4",
    "100": "yi4 bai3",
    "105": "yi4 bai3 ling2 wu3",
    "10087": "yi2 wan4 ling2 ba1 shi2 qi1",
    "3.14": "san1 dian3 yi1 si4",
    "50%": "bai3 fen1 zhi1 wu3 shi2",
    "1,234": "yi4 qian1 er4 bai3 san1 shi2 si4",
    "2024年": "er4 ling2 er4 si4 nian2",
    "13800138000": "yao1 san1 ba1 ling2 ling2 yao1 san1 ba1 ling2 ling2 ling2",
    "-5℃": "ling2 xia4 wu3 she4 shi4 du4",
    "１２": "shi2 er4",
}


@pytest.mark.parametrize(
    ("text", "expected"),
    [case for table in (THIRD_TONES, YI, BU, NEUTRAL, ERHUA, READINGS, NUMBERS) for case in table.items()],
)
def test_reading(text: str, expected: str) -> None:
    assert spoken(text) == expected
