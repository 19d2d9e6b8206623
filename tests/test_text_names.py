"""Surnames and names that are read in another way than the words they look like: what stands in ⟦brackets⟧."""

from __future__ import annotations

import pytest

from spoken_cases import spoken

CASES = {
    "⟦单⟧先生在门口等你": "shan4",
    "⟦曾⟧老师今天没来上课": "zeng1",
    "⟦解⟧女士买了两张票": "xie4",
    "他姓⟦仇⟧，是画画的": "qiu2",
    "⟦查⟧先生写过很多武侠小说": "zha1",
    "那位姓⟦盖⟧的师傅": "ge3",
    "⟦任⟧先生是我的邻居": "ren2",
    "⟦华⟧教授的课很受欢迎": "hua4",
    "她姓⟦朴⟧": "piao2",
    "⟦区⟧先生从香港来": "ou1",
    "我姓⟦宁⟧": "ning4",
    "⟦翟⟧医生说没事": "zhai2",
    "⟦葛⟧经理出差了": "ge3",
    "姓⟦乐⟧的人不多": "yue4",
    "⟦缪⟧律师": "miao4",
    "⟦覃⟧主任": "qin2",
    "⟦单田芳⟧的评书": "shan4 tian2 fang1",
    "⟦曾国藩⟧家书": "zeng1 guo2 fan1",
    "⟦华佗⟧是名医": "hua4 tuo2",
    "⟦解缙⟧编了永乐大典": "xie4 jin4",
    "明代画家⟦仇英⟧": "qiu2 ying1",
    "⟦令狐冲⟧使剑": "ling2 hu2 chong1",
    "匈奴⟦单于⟧": "chan2 yu2",
    "⟦尉迟恭⟧守门": "yu4 chi2 gong1",
    "⟦曾祖父⟧宋思诚": "zeng1 zu3 fu4",
    "西游记里没有⟦华山⟧论剑": "hua4 shan1",
    # and where they are no surnames
    "他⟦曾⟧经常担任武术指导": "ceng2",
    "随后严厉取证⟦调查⟧此事": "diao4 cha2",
    "目前⟦担任⟧北卡罗来纳大学教授": "dan1 ren4",
    "遂出⟦任⟧北洋政府司法总长": "ren4",
    "这些状况也可能自行⟦缓解⟧": "huan2 jie3",
    "最⟦简单⟧的累积二烯烃是丙二烯": "jian3 dan1",
    "火警之后他⟦任⟧主席十年": "ren4",
    "⟦中华民国⟧政治人物": "zhong1 hua2 min2 guo2",
    "本⟦区⟧位于东侧": "qu1",
    "⟦仇恨⟧使人盲目": "chou2 hen4",
    "老⟦百姓⟧": "bai3 xing4",
}


@pytest.mark.parametrize(("text", "expected"), CASES.items())
def test_names(text: str, expected: str) -> None:
    assert spoken(text) == expected
