"""Tones of connected speech in real sentences: third tones, 一 and 不. What stands in ⟦brackets⟧ is judged.

Sentences are from the last 1,000 of the CC0 corpus (training never sees those), from Zhu Ziqing, who is in
the public domain, and from everyday speech.
"""

from __future__ import annotations

import pytest

from spoken_cases import spoken

THIRD_TONES = {
    "地方通行语为阿⟦美语与⟧台湾客家语": "mei2 yu2 yu3",
    "⟦港口也是⟧巴黎地区的门户": "gang2 kou2 ye3 shi4",
    "⟦它也可以⟧分享文件": "ta1 ye3 ke2 yi3",
    "可是赫华勒没⟦有把诅⟧咒放在心上": "you3 ba2 zu3",
    "这个⟦版本讲述⟧了主人公": "ban2 ben2 jiang3 shu4",
    "他在⟦展览馆⟧门前等我": "zhan2 lan2 guan3",
    "分布于日本以及中国东⟦海等海域⟧": "hai2 deng2 hai3 yu4",
    "列车上⟦也有普通⟧车": "ye2 you2 pu3 tong1",
    "国家⟦重点保护⟧古生物": "zhong4 dian2 bao3 hu4",
    "清代乾隆年间⟦已有名气⟧": "yi2 you3 ming2 qi4",
    "驻沈阳⟦总领事馆⟧": "zong2 ling3 shi4 guan3",
    "此问题⟦可以通过⟧基因咨询": "ke2 yi3 tong1 guo4",
    "胭脂鱼⟦只有一排⟧咽头齿": "zhi2 you3 yi4 pai2",
    "北京⟦高等警官学校⟧": "gao1 deng2 jing3 guan1 xue2 xiao4",
    "中国⟦女子体操⟧运动员": "nv2 zi2 ti3 cao1",
    "被视为⟦最伟大的摔角选手⟧之一": "zui4 wei3 da4 de5 shuai1 jiao3 xuan2 shou3",
    "北洋政府⟦司法总长⟧": "si1 fa3 zong2 zhang3",
    "这⟦也导致⟧了里": "ye2 dao3 zhi4",
    "⟦还有口传⟧集十卷": "hai2 you2 kou3 chuan2",
    "⟦所有董事⟧": "suo2 you2 dong3 shi4",
    "我们过了江，进了车站，⟦我买票⟧": "wo2 mai3 piao4",
    "⟦我与父亲⟧不相见已二年余了": "wo2 yu3 fu4 qin1",
    "⟦我很好⟧": "wo3 hen2 hao3",
    "他常⟦买好酒⟧": "mai3 hao2 jiu3",
    "⟦小老虎⟧下山": "xiao3 lao2 hu3",
    "⟦老李买好酒⟧": "lao2 li2 mai3 hao2 jiu3",
    "⟦请你给我⟧": "qing2 ni3 gei2 wo3",
    "⟦总统府⟧": "zong2 tong2 fu3",
    "我想⟦了解你⟧": "liao2 jie2 ni3",
    "⟦手表厂⟧": "shou2 biao2 chang3",
}
YI = {
    "白血病抑制因子是⟦一种⟧属于大类的细胞因子": "yi4 zhong2",
    "拟黄荆为马鞭草科牡荆属下的⟦一个⟧变种": "yi2 ge4",
    "在⟦一军⟧上场三次": "yi1 jun1",
    "⟦第一季⟧紧跟迈克尔突破重重困难": "di4 yi1 ji4",
    "是国共内战前期主要战斗⟦之一⟧": "zhi1 yi1",
    "学校还拥有⟦一支⟧足球强队": "yi4 zhi1",
    "兰切斯特下属的⟦一座⟧城市": "yi2 zuo4",
    "沙勿略成为⟦第一位⟧踏上日本国土的传教士": "di4 yi1 wei4",
    "与几名网友⟦一道⟧前往山东": "yi2 dao4",
    "美军把⟦一些⟧地区列为受保护地区": "yi4 xie1",
    "⟦一般来说⟧信息的单位是页": "yi4 ban1 lai2 shuo1",
    "此系列路线⟦一直⟧以车队残旧": "yi4 zhi2",
    "美国驻华大使馆在⟦十一月⟧初的报告": "shi2 yi1 yue4",
    "这与月岩的结果⟦一致⟧": "yi2 zhi4",
    "辖境相当今右江上游⟦一带⟧": "yi2 dai4",
    "他是获取资讯的⟦唯一渠道⟧": "wei2 yi1 qu2 dao4",
    "粤语新闻为时约⟦一小时⟧": "yi4 xiao3 shi2",
    "玉鼎柱生⟦十一子⟧": "shi2 yi1 zi3",
    "德雷下韦雷的⟦一部分⟧": "yi2 bu4 fen5",
    "⟦一说⟧南陈天嘉三年改名金华郡": "yi4 shuo1",
    "阿拔斯⟦一世⟧派遣使者": "yi1 shi4",
    "建立起⟦统一税务⟧机构": "tong3 yi1 shui4 wu4",
    "毕业于三⟦一学院⟧": "yi1 xue2 yuan4",
    "是⟦第十一任⟧登丹总督": "di4 shi2 yi1 ren4",
    "他⟦一帆风顺⟧": "yi4 fan1 feng1 shun4",
    "至少⟦一半⟧的议员": "yi2 ban4",
    "和⟦一般⟧面条制作手一样": "yi4 ban1",
    "他走了⟦一天一天⟧地等": "yi4 tian1 yi4 tian1",
    "请你⟦看一看⟧再走": "kan4 yi5 kan4",
    "这⟦千万一定⟧记住": "qian1 wan4 yi2 ding4",
    "共⟦一千一百一十一⟧人": "yi4 qian1 yi4 bai3 yi1 shi2 yi1",
    "⟦周一⟧早上": "zhou1 yi1",
    "⟦一周一次⟧": "yi4 zhou1 yi2 ci4",
    "下午⟦三点一刻⟧": "san1 dian3 yi2 ke4",
    "得了⟦一等奖⟧": "yi1 deng2 jiang3",
}
BU = {
    "胡顺妃卒年⟦不详⟧": "bu4 xiang2",
    "异教徒们⟦不仅⟧占领了小镇": "bu4 jin3",
    "美军⟦而不轰炸⟧": "er2 bu4 hong1 zha4",
    "与其血糖响应⟦不成比例⟧": "bu4 cheng2 bi3 li4",
    "⟦不依附⟧政党": "bu4 yi1 fu4",
    "我们是⟦不会⟧枯萎的": "bu2 hui4",
    "它在美国若干⟦不同⟧的基地进行": "bu4 tong2",
    "它有⟦不少⟧的方言": "bu4 shao3",
    "这将使得始祖鸟⟦不属于⟧鸟类": "bu4 shu3 yu2",
    "列车配置⟦不变⟧": "bu2 bian4",
    "从马甸向东⟦不远⟧便是六铺炕": "bu4 yuan3",
    "晋美表示这并⟦不是⟧他自己的愿望": "bu2 shi4",
    "目前无法推定伊朗网军⟦是不是⟧伊朗官方政府的人": "shi4 bu5 shi4",
    "古巴政府⟦不能⟧系统地使用合法警力": "bu4 neng2",
    "因⟦不满⟧法国重税政策": "bu4 man2",
    "⟦不对称⟧新月形的彩带": "bu2 dui4 chen4",
    "像现今的河狸般建造小屋则⟦不得而知⟧": "bu4 de2 er2 zhi1",
    "一个也⟦不许⟧漏掉": "bu4 xu3",
    "但是⟦不久⟧以后她即被确诊": "bu4 jiu2",
    "无神论者是指⟦不相信⟧神的人": "bu4 xiang1 xin4",
    "在日本拥有⟦不错⟧的销售成绩": "bu2 cuo4",
    "打破广州恒大的⟦不败⟧金身": "bu2 bai4",
    "它的强氧化性及⟦不稳定⟧性": "bu4 wen3 ding4",
    "壳体的结节通常稀疏或⟦不存在⟧": "bu4 cun2 zai4",
    "另外有一部分的⟦不孕⟧案例": "bu2 yun4",
    "双方检查⟦不出⟧任何异常": "bu5 chu1",
    "他已经⟦看不见⟧了": "kan4 bu5 jian4",
    "现在去还⟦来得及⟧": "lai2 de5 ji2",
    "他怕是⟦来不及⟧了": "lai2 bu5 ji2",
    "你⟦去不去⟧": "qu4 bu5 qu4",
    "我⟦偏不⟧": "pian1 bu4",
}


@pytest.mark.parametrize(("text", "expected"), [case for table in (THIRD_TONES, YI, BU) for case in table.items()])
def test_tones(text: str, expected: str) -> None:
    assert spoken(text) == expected
