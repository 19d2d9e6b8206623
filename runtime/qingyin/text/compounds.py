"""Compounds whose polyphone neither pypinyin's table nor the model of polyphones reads right by itself, by reading.

Readings are those of the common dictionaries. The errors that led here were found in the sentences of CPP that the
model is trained on, never in the held-out ones; with each goes what is formed in the same way.
"""

from __future__ import annotations

_LISTED = """
操纵杆 cao1 zong4 gan3|驾驶杆 jia4 shi3 gan3|推杆 tui1 gan3|摇杆 yao2 gan3|操作杆 cao1 zuo4 gan3
铣床 xi3 chuang2|铣削 xi3 xiao1|铣刀 xi3 dao1|铣工 xi3 gong1|铣头 xi3 tou2|磨削 mo2 xiao1|加缪 jia1 miu4
阻吓 zu3 he4|斗栱 dou3 gong3|诋訾 di3 zi3|矫情 jiao2 qing5|槛送 jian4 song4|牛轧糖 niu2 ga2 tang2
赵衰 zhao4 cui1|麻涌 ma2 chong1|葵涌 kui2 chong1|东涌 dong1 chong1|大涌 da4 chong1|河涌 he2 chong1
海兰泡 hai3 lan2 pao1|乐评 yue4 ping2|乐评人 yue4 ping2 ren2|角斗士 jue2 dou4 shi4|角斗场 jue2 dou4 chang3
利润率 li4 run4 lv4|失业率 shi1 ye4 lv4|存活率 cun2 huo2 lv4|准确率 zhun3 que4 lv4|使用率 shi3 yong4 lv4
识字率 shi2 zi4 lv4|得票率 de2 piao4 lv4|收视率 shou1 shi4 lv4|投票率 tou2 piao4 lv4|增长率 zeng1 zhang3 lv4
覆盖率 fu4 gai4 lv4|支持率 zhi1 chi2 lv4|胜率 sheng4 lv4|参将 can1 jiang4|叛将 pan4 jiang4|蜀将 shu3 jiang4
魏将 wei4 jiang4|将作监 jiang4 zuo4 jian4|晕轮 yun4 lun2|晕染 yun4 ran3|弄清 nong4 qing1|弄干 nong4 gan1
弄湿 nong4 shi1|弄坏 nong4 huai4|弄丢 nong4 diu1|弄懂 nong4 dong3|弄破 nong4 po4|弄断 nong4 duan4
弄成 nong4 cheng2|弄好 nong4 hao3|弄到 nong4 dao4|弄来 nong4 lai2|盛汤 cheng2 tang1|盛满 cheng2 man3
盛水 cheng2 shui3|盛酒 cheng2 jiu3|盛有 cheng2 you3|盛粥 cheng2 zhou1|炸鸡 zha2 ji1|炸酱面 zha2 jiang4 mian4
炸薯条 zha2 shu3 tiao2|炸熟 zha2 shu2|炸丸子 zha2 wan2 zi5|炸豆腐 zha2 dou4 fu5|炸至 zha2 zhi4|刨出 pao2 chu1
刨坑 pao2 keng1|刨土 pao2 tu3|哄睡 hong3 shui4|大喝一声 da4 he4 yi1 sheng1|缝好 feng2 hao3|缝上 feng2 shang4
切成 qie1 cheng2|切为 qie1 wei2|挑好 tiao1 hao3|挑走 tiao1 zou3|挑入 tiao1 ru4|挑水 tiao1 shui3
藏于 cang2 yu2|所藏 suo3 cang2|撒在 sa3 zai4|撒入 sa3 ru4|撒上 sa3 shang4|撒满 sa3 man3|撒向 sa3 xiang4
撒盐 sa3 yan2|铺满 pu1 man3|铺有 pu1 you3|钻进 zuan1 jin4|钻入 zuan1 ru4|钻出 zuan1 chu1|就得了 jiu4 de2 le5
空置率 kong4 zhi4 lv4|一肚子 yi1 du4 zi5|数以万计 shu4 yi3 wan4 ji4|数以千计 shu4 yi3 qian1 ji4
数以百计 shu4 yi3 bai3 ji4|数以亿计 shu4 yi3 yi4 ji4|好久 hao3 jiu3|好久不见 hao3 jiu3 bu4 jian4
瓜子 gua1 zi3|瓜子儿 gua1 zi3 er2
石子儿 shi2 zi3 er2|棋子儿 qi2 zi3 er2|枪子儿 qiang1 zi3 er2|绰起 chao1 qi3|匙孔 chi2 kong3|明晃晃 ming2 huang3 huang3
河蚌 he2 bang4
蚌壳 bang4 ke2|蚌埠 beng4 bu4
运转 yun4 zhuan3|埃塞俄比亚 ai1 sai4 e2 bi3 ya4|马扎尔 ma3 zha1 er3|盛水期 sheng4 shui3 qi1|一撮毛 yi1 zuo3 mao2
一撮头发 yi1 zuo3 tou2 fa4|一撮胡子 yi1 zuo3 hu2 zi5|一撮小胡子 yi1 zuo3 xiao3 hu2 zi5|一撮鬓角 yi1 zuo3 bin4 jiao3
合家欢乐 he2 jia1 huan1 le4|晕过去 yun1 guo4 qu4|晕倒 yun1 dao3
"""
_ITEMS = [item.partition(" ") for item in _LISTED.replace("\n", "|").split("|") if item]
COMPOUNDS: dict[str, str] = {word: reading for word, _, reading in _ITEMS}
