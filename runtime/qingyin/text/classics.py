"""Phrases of the literary Chinese that every pupil learns by heart, where a character is not read as it is today.

Readings are those of the schoolbooks of today: 论语, 孟子, 庄子, prose from 出师表 to 岳阳楼记, verses of the Tang.
"""

from __future__ import annotations

CLASSICS: dict[str, str] = {
    "不亦说乎": "bu4 yi4 yue4 hu1", "不亦乐乎": "bu4 yi4 le4 hu1", "三省吾身": "san1 xing3 wu2 shen1",
    "内自省": "nei4 zi4 xing3", "千乘之国": "qian1 sheng4 zhi1 guo2", "万乘之国": "wan4 sheng4 zhi1 guo2",
    "是知也": "shi4 zhi4 ye3", "敏而好学": "min3 er2 hao4 xue2", "好学不倦": "hao4 xue2 bu4 juan4",
    "不如好之者": "bu4 ru2 hao4 zhi1 zhe3", "不如乐之者": "bu4 ru2 le4 zhi1 zhe3", "暴虎冯河": "bao4 hu3 ping2 he2",
    "逝者如斯夫": "shi4 zhe3 ru2 si1 fu2", "莫我知也夫": "mo4 wo3 zhi1 ye3 fu2",
    "一日暴之": "yi1 ri4 pu4 zhi1", "一暴十寒": "yi1 pu4 shi2 han2", "弓缴": "gong1 zhuo2",
    "曾益其所": "zeng1 yi4 qi2 suo3",
    "法家拂士": "fa3 jia1 bi4 shi4", "拂士": "bi4 shi4", "弗若与": "fu2 ruo4 yu2",
    "数罟": "cu4 gu3", "涂有饿莩": "tu2 you3 e4 piao3", "颁白者": "ban1 bai2 zhe3", "衣帛": "yi4 bo2",
    "王天下": "wang4 tian1 xia4",
    "食之不能": "si4 zhi1 bu4 neng2", "食马者": "si4 ma3 zhe3", "才美不外见": "cai2 mei3 bu2 wai4 xian4",
    "一食或尽": "yi1 shi2 huo4 jin4",
    "风吹草低见牛羊": "feng1 chui1 cao3 di1 xian4 niu2 yang2", "图穷匕见": "tu2 qiong2 bi3 xian4",
    "不足为外人道": "bu4 zu2 wei4 wai4 ren2 dao4", "曲肱": "qu1 gong1", "调素琴": "tiao2 su4 qin2",
    "朝闻道": "zhao1 wen2 dao4", "万重山": "wan4 chong2 shan1", "要还家": "yao1 huan2 jia1",
    "为外人道": "wei4 wai4 ren2 dao4", "屋舍俨然": "wu1 she4 yan3 ran2",
    "黄发垂髫": "huang2 fa4 chui2 tiao2", "与外人间隔": "yu3 wai4 ren2 jian4 ge2",
    "射者中": "she4 zhe3 zhong4", "属予作文": "zhu3 yu2 zuo4 wen2", "浩浩汤汤": "hao4 hao4 shang1 shang1",
    "予观夫": "yu2 guan1 fu2",
    "朝晖夕阴": "zhao1 hui1 xi1 yin1", "薄暮冥冥": "bo2 mu4 ming2 ming2", "嗟夫": "jie1 fu2", "且夫": "qie3 fu2",
    "若夫": "ruo4 fu2",
    "臧否": "zang1 pi3", "塞忠谏": "se4 zhong1 jian4", "行阵": "hang2 zhen4", "以遗陛下": "yi3 wei4 bi4 xia4",
    "崩殂": "beng1 cu2",
    "二十有一年": "er4 shi2 you4 yi1 nian2", "著我旧时裳": "zhuo2 wo3 jiu4 shi2 chang2",
    "燕山胡骑": "yan1 shan1 hu2 ji4", "千骑": "qian1 ji4",
    "鬓毛衰": "bin4 mao2 cui1", "白发三千丈": "bai2 fa4 san1 qian1 zhang4", "缘愁似个长": "yuan2 chou2 si4 ge4 chang2",
    "将进酒": "qiang1 jin4 jiu3", "朝如青丝": "zhao1 ru2 qing1 si1", "朝辞白帝": "zhao1 ci2 bai2 di4",
    "朝辞": "zhao1 ci2",
    "石径斜": "shi2 jing4 xie2", "转轴拨弦": "zhuan3 zhou2 bo1 xian2", "间关莺语": "jian1 guan1 ying1 yu3",
    "坐弹一曲": "zuo4 tan2 yi4 qu3", "为君翻作": "wei4 jun1 fan1 zuo4", "琵琶行": "pi2 pa5 xing2",
    "长恨歌": "chang2 hen4 ge1",
    "为我一挥手": "wei4 wo3 yi4 hui1 shou3", "钿头银篦": "dian4 tou2 yin2 bi4", "呕哑嘲哳": "ou1 ya1 zhao1 zha1",
    "单于夜遁逃": "chan2 yu2 ye4 dun4 tao2",
    "还来就菊花": "huan2 lai2 jiu4 ju2 hua1", "漫卷诗书": "man4 juan3 shi1 shu1",
    "便下襄阳": "bian4 xia4 xiang1 yang2", "一夫当关": "yi1 fu1 dang1 guan1",
    "宁为玉碎": "ning4 wei2 yu4 sui4", "长歌当哭": "chang2 ge1 dang4 ku1", "否极泰来": "pi3 ji2 tai4 lai2",
    "虚与委蛇": "xu1 yu3 wei1 yi2",
    "心广体胖": "xin1 guang3 ti3 pan2", "自怨自艾": "zi4 yuan4 zi4 yi4", "唯唯诺诺": "wei3 wei3 nuo4 nuo4",
    "强词夺理": "qiang3 ci2 duo2 li3",
    "博闻强识": "bo2 wen2 qiang2 zhi4", "锲而不舍": "qie4 er2 bu4 she3", "退避三舍": "tui4 bi4 san1 she4",
    "箪食壶浆": "dan1 si4 hu2 jiang1",
    "乳臭未干": "ru3 xiu4 wei4 gan1", "间不容发": "jian1 bu4 rong2 fa4", "怒发冲冠": "nu4 fa4 chong1 guan1",
    "千里江陵一日还": "qian1 li3 jiang1 ling2 yi2 ri4 huan2",
    "壮士一去兮不复还": "zhuang4 shi4 yi2 qu4 xi1 bu2 fu4 huan2",

}  # fmt: skip
