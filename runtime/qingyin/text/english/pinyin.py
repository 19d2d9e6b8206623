"""Finds Mandarin that is written in Latin letters, and its tones: Qingdao, Zhang Wei, Laoganma, Xi'an.

Tones come from a table of places, firms and words; for other syllables the commonest tone in names is taken, and the
reading is noted as a guess.
"""

from __future__ import annotations

from qingyin.text.patterns import lazily
from qingyin.text.pinyin import SYLLABLES

_LONGEST = 24  # letters
_SYLLABLES = frozenset(syllable for syllable in SYLLABLES if set(syllable) & set("aeiou"))  # not hm, ng

_KNOWN_TEXT = """
    anhui:an1-hui1 beijing:bei3-jing1 changan:chang2-an1 changchun:chang2-chun1 changsha:chang2-sha1
    changzhou:chang2-zhou1 chengdu:cheng2-du1 chongqing:chong2-qing4 dalian:da4-lian2 datong:da4-tong2
    dongguan:dong1-guan3 dunhuang:dun1-huang2 foshan:fo2-shan1 fujian:fu2-jian4 fuzhou:fu2-zhou1 gansu:gan1-su4
    guangdong:guang3-dong1 guangxi:guang3-xi1 guangzhou:guang3-zhou1 guilin:gui4-lin2 guiyang:gui4-yang2
    guizhou:gui4-zhou1 haikou:hai3-kou3 hainan:hai3-nan2 hangzhou:hang2-zhou1 hebei:he2-bei3 hefei:he2-fei2
    heilongjiang:hei1-long2-jiang1 henan:he2-nan2 huangshan:huang2-shan1 hubei:hu2-bei3 huizhou:hui4-zhou1
    hunan:hu2-nan2 jiangsu:jiang1-su1 jiangxi:jiang1-xi1 jilin:ji2-lin2 jinan:ji3-nan2 kunming:kun1-ming2
    kunshan:kun1-shan1 lanzhou:lan2-zhou1 lasa:la1-sa4 liaoning:liao2-ning2 lijiang:li4-jiang1 luoyang:luo4-yang2
    nanchang:nan2-chang1 nanjing:nan2-jing1 nanning:nan2-ning2 ningbo:ning2-bo1 ningxia:ning2-xia4 qingdao:qing1-dao3
    qinghai:qing1-hai3 qinghua:qing1-hua2 quanzhou:quan2-zhou1 sanya:san1-ya4 shaanxi:shan3-xi1 shandong:shan1-dong1
    shanghai:shang4-hai3 shanxi:shan1-xi1 shaoxing:shao4-xing1 shenyang:shen3-yang2 shenzhen:shen1-zhen4
    shijiazhuang:shi2-jia1-zhuang1 sichuan:si4-chuan1 suzhou:su1-zhou1 taibei:tai2-bei3 taiyuan:tai4-yuan2
    tiananmen:tian1-an1-men2 tianjin:tian1-jin1 tsinghua:qing1-hua2 tsingtao:qing1-dao3 wenzhou:wen1-zhou1
    wuhan:wu3-han4 wuxi:wu2-xi1 xian:xi1-an1 xiamen:xia4-men2 xinjiang:xin1-jiang1 xizang:xi1-zang4 xuzhou:xu2-zhou1
    yangzhou:yang2-zhou1 yantai:yan1-tai2 yunnan:yun2-nan2 zhejiang:zhe4-jiang1 zhengzhou:zheng4-zhou1
    zhongguo:zhong1-guo2 zhongguancun:zhong1-guan1-cun1 zhuhai:zhu1-hai3
    aiqiyi:ai4-qi2-yi4 anta:an1-ta4 baidu:bai3-du4 dangdang:dang1-dang1 didi:di1-di1 douban:dou4-ban4 doubao:dou4-bao1
    douyin:dou3-yin1 eleme:e4-le5-me5 gaode:gao1-de2 haidilao:hai3-di3-lao1 haier:hai3-er3 hongmeng:hong2-meng2
    hongqi:hong2-qi2 huawei:hua2-wei2 hunyuan:hun4-yuan2 jingdong:jing1-dong1 kuaishou:kuai4-shou3 kugou:ku4-gou3
    laoganma:lao3-gan1-ma1 lixiang:li3-xiang3 maotai:mao2-tai2 meidi:mei3-di4 meituan:mei3-tuan2 mixue:mi4-xue3
    moutai:mao2-tai2 pangu:pan2-gu3 pinduoduo:pin1-duo1-duo1 qingyin:qing1-yin1 sougou:sou1-gou3 suning:su1-ning2
    taobao:tao2-bao3 tengxun:teng2-xun4 tieba:tie1-ba1 tongyi:tong1-yi4 wahaha:wa2-ha1-ha1
    wangyi:wang3-yi4 weibo:wei1-bo2 weixin:wei1-xin4 wenxin:wen2-xin1 wuling:wu3-ling2
    wuliangye:wu3-liang2-ye4 xianyu:xian2-yu2
    xiaohongshu:xiao3-hong2-shu1 xiaomi:xiao3-mi3 xiaopeng:xiao3-peng2 xiecheng:xie2-cheng2 xinhua:xin1-hua2
    xunfei:xun4-fei1 xunlei:xun4-lei2 youku:you1-ku4 yuanbao:yuan2-bao3 zhihu:zhi1-hu1 zhipu:zhi4-pu3
    baijiu:bai2-jiu3 baozi:bao1-zi5 chunjie:chun1-jie2 doufu:dou4-fu5 erhu:er4-hu2 gaokao:gao1-kao3 gaotie:gao1-tie3
    gongfu:gong1-fu5 guanxi:guan1-xi5 guzheng:gu3-zheng1 hanfu:han4-fu2 hanyu:han4-yu3 hanzi:han4-zi4
    hongbao:hong2-bao1 hukou:hu4-kou3 huoguo:huo3-guo1 hutong:hu2-tong4 jianbing:jian1-bing5 jiaozi:jiao3-zi5
    jiayou:jia1-you2 laoban:lao3-ban3 laoshi:lao3-shi1 laowai:lao3-wai4 majiang:ma2-jiang4 mantou:man2-tou5
    mianzi:mian4-zi5 nihao:ni3-hao3 pinyin:pin1-yin1 putonghua:pu3-tong1-hua4 qigong:qi4-gong1 qipao:qi2-pao2
    renminbi:ren2-min2-bi4 shanzhai:shan1-zhai4 shifu:shi1-fu5 taiji:tai4-ji2 taijiquan:tai4-ji2-quan2 tuhao:tu3-hao2
    weiqi:wei2-qi2 wubi:wu3-bi3 wushu:wu3-shu4 wuxia:wu3-xia2 xianxia:xian1-xia2 xiexie:xie4-xie5 yuebing:yue4-bing3
    zaijian:zai4-jian4 zhongwen:zhong1-wen2 zongzi:zong4-zi5
    enlai:en1-lai2 jinping:jin4-ping2 xiaoping:xiao3-ping2 zedong:ze2-dong1 kongzi:kong3-zi3 laozi:lao3-zi3
    libai:li3-bai2 sunzi:sun1-zi3
    yiwu:yi4-wu1 zibo:zi1-bo2 zhangjiajie:zhang1-jia1-jie4 jiuzhaigou:jiu3-zhai4-gou1
    huashan:hua4-shan1 emei:e2-mei2 putuo:pu3-tuo2 gulangyu:gu3-lang4-yu3 xishuangbanna:xi1-shuang1-ban3-na4
    pudong:pu3-dong1 puxi:pu3-xi1 daxing:da4-xing1 wangfujing:wang2-fu3-jing3 sanlitun:san1-li3-tun2
    nanluoguxiang:nan2-luo2-gu3-xiang4 guomao:guo2-mao4 lujiazui:lu4-jia1-zui3 jingan:jing4-an1
    xujiahui:xu2-jia1-hui4 wudaokou:wu3-dao4-kou3 chaoyang:chao2-yang2 futian:fu2-tian2 panyu:pan1-yu2
    shaolin:shao4-lin2 hualien:hua1-lian2
    meizu:mei4-zu2 baichuan:bai3-chuan1 biren:bi4-ren4 ximalaya:xi3-ma3-la1-ya3 wanfang:wan4-fang1 sogou:sou1-gou3
    qunar:qu4-na3-er2 iqiyi:ai4-qi2-yi4 sohu:sou1-hu2 malatang:ma2-la4-tang4 erguotou:er4-guo1-tou2
    longjing:long2-jing3 tieguanyin:tie3-guan1-yin1
    zhuge:zhu1-ge3 ouyang:ou1-yang2 sima:si1-ma3 shangguan:shang4-guan1 murong:mu4-rong2 huangfu:huang2-fu3
    zhangke:zhang1-ke1 yimou:yi4-mou2 ziyi:zi3-yi2 bingbing:bing1-bing1 qinwen:qin1-wen2 yingsha:ying3-sha1
    zhendong:zhen4-dong1 bingtian:bing3-tian1 mingzhu:ming2-zhu1 yiming:yi1-ming2
"""
KNOWN: dict[str, tuple[str, ...]] = {
    name: tuple(pinyin.split("-")) for name, pinyin in (entry.split(":") for entry in _KNOWN_TEXT.split())
}
_SURNAMES_TEXT = """
    ai4 an1 bai2 bao4 bi4 bian4 cai4 cao2 chang2 che1 chen2 cheng2 chi2 cui1 dai4 deng4 ding1 dong3 dou4 du4 duan4 fan4
    fang1 fei4 feng2 fu4 gan1 gao1 ge3 geng3 gong1 gu4 guan1 guo1 han2 hao3 he2 hong2 hou2 hu2 hua4 huang2 huo4 ji4 jia3
    jian3 jiang3 jiao1 jin1 jing3 kang1 kong3 lai4 lan2 lang2 lei2 leng3 li3 lian2 liang2 liao4 lin2 ling2 liu2 long2
    lou2 lu4 luo2 lv3 ma3 mao2 mei2 meng4 miao2 mo4 mu4 ni2 nie4 ning4 niu2 ou1 pan1 pang2 pei2 peng2 pu2 qi2 qian2
    qiao2 qin2 qiu1 qu1 ran3 rao2 ren2 ruan3 shang4 shao4 shen3 sheng4 shi2 song4 su1 sun1 tan2 tang2 tao2 tian2 tong2
    tu2 wan4 wang2 wei4 wen1 wu2 xi2 xia4 xiang4 xiao1 xie4 xin1 xing2 xiong2 xu2 xue1 yan2 yang2 yao2 ye4 yi4 yin3 you2
    yu2 yuan2 yue4 yun2 zang1 zeng1 zha1 zhan1 zhang1 zhao4 zheng4 zhong1 zhou1 zhu1 zhuang1 zou1 zuo3
"""
_SURNAMES = {entry[:-1]: entry for entry in _SURNAMES_TEXT.split()}
# The tone that most given names and names of firms have in a syllable; the others are said in the first.
_TONES_TEXT = """
    ai4 ang2 ao2 bai2 ban4 bao3 bei3 ben3 bi4 bo2 bu4 cai2 can4 cao2 cha2 chai2 chan2 chang2 chen2 cheng2 chi2 chong2
    chu3 ci2 cui4 da4 dai4 dao4 de2 di4 dian4 dou4 du2 e4 er3 fa3 fan2 fu2 gu3 gui4 guo2 hai3 han4 hang2 hao4 he2 heng2
    hong2 hou4 hu2 hua2 huai2 huang2 hui4 huo3 ji2 jian4 jiao4 jie2 jiu3 ju2 jue2 ke4 kui2 lai2 lan2 lang2 lao3 le4 lei3
    leng3 li4 lian2 liang2 liao2 lin2 ling2 liu2 long2 lou2 lu4 luan2 lun2 luo2 lv4 ma3 mai4 man3 mao2 mei3 men2 meng4
    mi3 mian4 miao2 min3 ming2 mo4 mu4 na4 nan2 nian2 ning2 niu2 nong2 nuo4 pang2 pei4 peng2 pian4 pin3 ping2 pu3 qi2
    qiang2 qiao2 qin2 quan2 que4 qun2 ran2 ren2 rong2 rou2 ru2 rui4 run4 ruo4 shang4 shao4 she4 sheng4 shi4 shou4 shuai4
    shui3 shun4 shuo4 su4 sui4 tai4 tan2 tang2 te4 teng2 ti2 tie3 ting2 tong2 tu2 tuan2 wan3 wang4 wei3 wen2 wo4 wu3
    xia4 xiang2 xiao3 xie2 xiong2 xiu4 xu4 xue3 xun4 ya3 yan4 yang2 yao2 ye4 yi4 yin2 yong3 you3 yu3 yuan2 yue4 yun2
    zai4 ze2 zhan4 zhao4 zhe2 zheng4 zhi4 zhu4 zhuang4 zhuo2 zi3 zu3 zuo3
"""
_TONES = {entry[:-1]: entry for entry in _TONES_TEXT.split()}
# Syllables that are English words (or English given names) too: two of them beside each other are no Chinese name.
_ENGLISH_TEXT = """
    an ban bang ben bin can dan dang die dong fan fang fen gang hang he hen hong hun juan kong lan lang lie long man
    mang me men min nan nun pan pang pen pin ping ran rang run sang she sun song tan tang tie tong tun wan wen yang you
"""
_ENGLISH = frozenset(_ENGLISH_TEXT.split())
_ENGLISH_PAIRS = frozenset(["panda", "mango", "tango", "china", "guide", "mama", "papa", "banana", "manga", "bingo"])
_TITLES = lazily(r" ?(?:老师|先生|女士|小姐|同学|教授|医生|博士|经理|老板|师傅|总(?![是要会在能想])|氏|姓)")
_TITLE_BEFORE = lazily(r"(?<![A-Za-z])(?:M(?:rs?|s|iss)|Dr|Prof)[. ]{1,2}$")
_BEFORE = lazily(r"(?<![A-Za-z'])([A-Z][a-z]{1,11}) $")
_AFTER = lazily(r" ([A-Z][a-z]{1,11})(?![A-Za-z'])")
_ROW_BEFORE = lazily(r"(?<![A-Za-z'])(?:[A-Za-z]{1,6} ){1,3}$")
_ROW_AFTER = lazily(r"(?: [A-Za-z]{1,6}(?![A-Za-z'])){1,3}")
_UNLIKE_ENGLISH = lazily(r"^(?:x|zh|q(?!u))|zh|qi|[iu]ang|iong|[jqx]uan")


def syllables(word: str) -> tuple[str, ...]:
    """Pinyin syllables of a word in small letters and apostrophes; () where it is not made of them.

    Only an apostrophe may stand before a vowel inside a word (Xi'an, but henan is he nan), unless nothing else is left.
    """
    if len(word) > _LONGEST:
        return ()
    # by place: (syllables that begin with a vowel without need, syllables) of the best way from there on
    ways: list[tuple[int, tuple[str, ...]] | None] = [None] * len(word) + [(0, ())]
    for start in range(len(word) - 1, -1, -1):
        if word[start] == "'":
            ways[start] = ways[start + 1] if 0 < start < len(word) - 1 else None
            continue
        for end in range(min(len(word), start + 6), start, -1):
            rest, piece = ways[end], word[start:end]
            if rest is None or piece not in _SYLLABLES or len(piece) < 2:
                continue
            loose = start > 0 and piece[0] in "aeo" and word[start - 1] != "'"
            found = (rest[0] + loose, (piece, *rest[1]))
            best = ways[start]
            if best is None or found[0] < best[0]:
                ways[start] = found
    whole = ways[0]
    return whole[1] if whole else ()


def unlike_english(word: str) -> bool:
    """Whether letters that are pinyin are hardly English, whatever the dictionary says of them: Zhejiang, Xuemei."""
    return bool(_UNLIKE_ENGLISH.search(word)) and bool(syllables(word))


def like_pinyin(word: str) -> bool:
    """Whether a word that no dictionary has is sooner pinyin than English: hutong, Laoganma; not boba, Milo."""
    found = syllables(word)
    heavy = sum(len(syllable.lstrip("bpmfdtnlgkhjqxrzcsyw")) > 1 for syllable in found)
    return len(found) > 1 and (2 * heavy >= len(found) or unlike_english(word))


def toned(word: str) -> tuple[str, ...]:
    """The syllables of a pinyin word with the tones that they have most often."""
    known = KNOWN.get(word.replace("'", ""))
    return known or tuple(_TONES.get(syllable, syllable + "1") for syllable in syllables(word))


def surname(word: str) -> tuple[str, ...]:
    """A surname with its tone; () for other words."""
    return (_SURNAMES[word],) if word in _SURNAMES else ()


def part_of_name(text: str, start: int, end: int) -> tuple[str, ...]:
    """Readings of text[start:end] where it belongs to a Chinese name: Zhang Wei, Xiaoming Li, Wang老师; else ()."""
    token = text[start:end]
    if apart := _apart(text, start, end):
        return apart
    if not ("A" <= token[0] <= "Z" and token[1:].islower() and token.isalpha()):
        return ()
    word = token.lower()
    if _TITLES.match(text, end) and word in _SURNAMES and word not in _ENGLISH:
        return surname(word)
    if word in _SURNAMES and word not in _ENGLISH and _TITLE_BEFORE.search(text[max(0, start - 6) : start]):
        return surname(word)  # Mr. Wang
    after, before = _AFTER.match(text, end), _BEFORE.search(text[max(0, start - 14) : start])
    if after and (role := _role(word, after.group(1).lower(), first=True)):
        return surname(word) if role == "surname" else toned(word)
    if before and (role := _role(before.group(1).lower(), word, first=False)):
        return surname(word) if role == "surname" else toned(word)
    return ()


def _apart(text: str, start: int, end: int) -> tuple[str, ...]:
    """The tone of text[start:end] in a known word whose syllables are written apart: Lao Gan Ma, Xie xie; else ()."""
    if text[start:end].lower() not in _SYLLABLES:
        return ()
    before, after = _ROW_BEFORE.search(text, max(0, start - 21), start), _ROW_AFTER.match(text, end)
    earlier = before.group().lower().split() if before else []
    row = [*earlier, text[start:end].lower(), *(after.group().lower().split() if after else [])]
    at = len(earlier)
    for first in range(at + 1):
        for stop in range(len(row), max(at, first + 1), -1):
            known = KNOWN.get("".join(row[first:stop]), ())
            if [syllable[:-1] for syllable in known] == row[first:stop]:
                return (known[at - first],)
    return ()


def _role(one: str, other: str, first: bool) -> str:
    """What a word is in the name of two words, "surname" or "given"; "" where they are no Chinese name."""
    if one in _ENGLISH and other in _ENGLISH:
        return ""
    if one in _SURNAMES and 1 <= len(syllables(other)) <= 2 and other not in _ENGLISH_PAIRS:
        return "surname" if first else "given"
    if other in _SURNAMES and (len(syllables(one)) == 2 or unlike_english(one)) and like_pinyin(one):
        return "given" if first else "surname"
    return ""
