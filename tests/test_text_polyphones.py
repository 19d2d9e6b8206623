"""Polyphones in real sentences, by character, and what the model's table promises. What stands in ⟦brackets⟧ is judged.

Encyclopedic sentences are from the last 1,000 of the CC0 corpus (training never sees those); the others are everyday
speech and Zhu Ziqing, Lu Xun and Lao She, who are in the public domain.
"""

from __future__ import annotations

import pytest

from spoken_cases import spoken

PARTICLES = {  # 得 地 着 了 的 还 都 为
    "当时工人师傅的成分要比知识分子好⟦得⟧多": "de5",
    "杏鲍菇因其有杏仁香气及鲍鱼口感而⟦得名⟧": "de2 ming2",
    "他的竞选活动⟦获得⟧了前所未有的媒体报道": "huo4 de2",
    "小屋则不⟦得⟧而知": "de2",
    "我们⟦得⟧回家了，天快黑了": "dei3",
    "他慢慢⟦地⟧走到铁道边": "de5",
    "他用两手攀⟦着⟧上面": "zhe5",
    "孩子早就睡⟦着⟧了": "zhao2",
    "飞机在夜里⟦着⟧陆": "zhuo2",
    "该物种的模式产⟦地⟧在上海": "di4",
    "数字符号的语义在其组合中是不同⟦的⟧": "de5",
    "在它的炮塔上多出⟦了⟧一根天线": "le5",
    "孔乙己欠的十九个钱还没有⟦还⟧": "huan2",
    "学校⟦还⟧拥有一支足球强队": "hai2",
    "其中⟦还⟧有为柔音中提琴而写的作品": "hai2",
    "它是首⟦都⟧的门户": "du1",
    "亚洲不少地方的人⟦都⟧喜欢吃血肠": "dou1",
    "是位于日本东京⟦都⟧千代田区的神社": "du1",
    "条叶龙胆⟦为⟧龙胆科龙胆属的植物": "wei2",
    "刘协被立⟦为⟧皇帝": "wei2",
    "大家都⟦为⟧他高兴": "wei4",
    "台风⟦为⟧乔杰立家族旗下偶像男子团体": "wei2",
    "志愿军⟦对此⟧情报未予重视": "dui4 ci3",
}
MEASURES = {  # 行 长 重 只 种 数 量 几 间 相 中 当
    "拓扑向量空间中的基本⟦种⟧类": "zhong3",
    "庄稼人忙着⟦种⟧地": "zhong4",
    "意大利西雅那银⟦行⟧": "hang2",
    "地方通⟦行⟧语为阿美语": "xing2",
    "这次选举于大萧条踏入第四年时进⟦行⟧": "xing2",
    "克劳德在田纳西乡下⟦长⟧大": "zhang3",
    "他也是斯特鲁米察区的区⟦长⟧": "zhang3",
    "腹鳍和臀鳍具有延⟦长⟧的鳍条": "chang2",
    "志愿军对此情报未予⟦重⟧视": "zhong4",
    "有说麻辣火锅发源于⟦重⟧庆对岸": "chong2",
    "电脑死机了，只好⟦重⟧新启动": "chong2",
    "他⟦只⟧看过一次": "zhi3",
    "树上有两⟦只⟧黄鹂": "zhi1",
    "大多⟦数⟧物种均有虹管": "shu4",
    "你⟦数⟧一数有几个": "shu3",
    "用三角测⟦量⟧的方法": "liang2",
    "空气质⟦量⟧很好": "liang4",
    "⟦几⟧乎没有人知道": "ji1",
    "书写温柔又疏离的人⟦间⟧剧场": "jian1",
    "这些机制可能⟦相⟧互结合": "xiang1",
    "照了一张⟦相⟧": "xiang4",
    "他在彩票里⟦中⟧了大奖": "zhong4",
    "细胞⟦中⟧的微管": "zhong1",
    "他上⟦当⟧了": "dang4",
    "中平六年立⟦当⟧时九岁的刘协为皇帝": "dang1",
}
SPEECH = {  # 发 倒 背 觉 教 空 干 分 调 系 血 便 假 难 好 应 将 落 散 处
    "他留着一头长⟦发⟧": "fa4",
    "后续⟦发⟧展": "fa1",
    "给客人⟦倒⟧茶": "dao4",
    "大树⟦倒⟧了": "dao3",
    "妈妈⟦背⟧着孩子赶路": "bei1",
    "我看见他的⟦背⟧影": "bei4",
    "我⟦觉⟧得很奇怪": "jue2",
    "睡一个好⟦觉⟧": "jiao4",
    "她⟦教⟧我们唱歌": "jiao1",
    "该⟦教⟧堂唯一存留的": "jiao4",
    "有⟦空⟧来坐坐": "kong4",
    "航⟦空⟧公司": "kong1",
    "衣服晒⟦干⟧了": "gan1",
    "你在⟦干⟧什么": "gan4",
    "知识⟦分⟧子": "fen4",
    "⟦分⟧布于日本": "fen1",
    "⟦调⟧查此事": "diao4",
    "把温度⟦调⟧低一点": "tiao2",
    "请⟦系⟧好安全带": "ji4",
    "数学与⟦系⟧统科学": "xi4",
    "东西很⟦便⟧宜": "pian2",
    "交通方⟦便⟧": "bian4",
    "放暑⟦假⟧了": "jia4",
    "这是⟦假⟧话": "jia3",
    "多⟦难⟧兴邦": "nan4",
    "这题很⟦难⟧": "nan2",
    "他的爱⟦好⟧很多": "hao4",
    "这个办法很⟦好⟧": "hao3",
    "裂变反⟦应⟧": "ying4",
    "⟦应⟧该早点说": "ying1",
    "日本战国时代的武⟦将⟧": "jiang4",
    "⟦将⟧来的事": "jiang1",
    "把伞⟦落⟧在车上了": "la4",
    "飞机安全降⟦落⟧": "luo4",
    "他到处找你，到⟦处⟧都没有": "chu4",
    "我们友好相⟦处⟧": "chu3",
    "唐⟦朝⟧的皇帝": "chao2",
    "⟦朝⟧阳从海上升起": "zhao1",
    "王菲的音⟦乐⟧制作班底": "yue4",
    "孩子们很快⟦乐⟧": "le4",
}


@pytest.mark.parametrize(
    ("text", "expected"), [case for table in (PARTICLES, MEASURES, SPEECH) for case in table.items()]
)
def test_polyphones(text: str, expected: str) -> None:
    assert spoken(text) == expected
