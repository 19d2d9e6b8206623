"""Characters that are read in another way as surnames, and how a surname shows: by a title after it or 姓 before it."""

from __future__ import annotations

from collections.abc import Sequence

from qingyin.text.given_names import before_full_name, ends_name, follows_role
from qingyin.text.patterns import lazily

SURNAMES: dict[str, str] = {
    "单": "shan4", "曾": "zeng1", "解": "xie4", "仇": "qiu2", "查": "zha1", "盖": "ge3", "任": "ren2", "华": "hua4",
    "朴": "piao2", "区": "ou1", "翟": "zhai2", "葛": "ge3", "卜": "bu3", "柏": "bai3", "缪": "miao4", "乐": "yue4",
    "燕": "yan1", "应": "ying1", "宁": "ning4", "员": "yun4", "覃": "qin2", "洗": "xian3", "召": "shao4", "谌": "chen2",
    "繁": "po2", "隗": "wei3", "折": "she2", "哈": "ha3", "秘": "bi4", "盛": "sheng4", "莘": "shen1", "种": "chong2",
    "纪": "ji3", "薄": "bo2", "晁": "chao2", "肖": "xiao1", "曲": "qu1", "都": "du1", "句": "gou1", "牟": "mou4",
    "乜": "nie4",
}  # fmt: skip
NAMES: dict[str, str] = {
    "单田芳": "shan4 tian2 fang1", "单雄信": "shan4 xiong2 xin4", "单于": "chan2 yu2", "曾国藩": "zeng1 guo2 fan1",
    "曾子": "zeng1 zi3", "曾参": "zeng1 shen1", "曾巩": "zeng1 gong3", "曾志伟": "zeng1 zhi4 wei3",
    "曾荫权": "zeng1 yin4 quan2", "曾祖父": "zeng1 zu3 fu4", "曾祖母": "zeng1 zu3 mu3", "曾孙": "zeng1 sun1",
    "解缙": "xie4 jin4", "解晓东": "xie4 xiao3 dong1", "仇英": "qiu2 ying1", "查良镛": "zha1 liang2 yong1",
    "查理": "cha2 li3", "查尔斯": "cha2 er3 si1", "盖叫天": "ge3 jiao4 tian1", "任正非": "ren2 zheng4 fei1",
    "任弼时": "ren2 bi4 shi2", "任志强": "ren2 zhi4 qiang2", "任贤齐": "ren2 xian2 qi2", "任达华": "ren2 da2 hua2",
    "任天堂": "ren4 tian1 tang2", "华佗": "hua4 tuo2", "华罗庚": "hua4 luo2 geng1", "华国锋": "hua4 guo2 feng1",
    "华山": "hua4 shan1", "朴树": "piao2 shu4", "朴槿惠": "piao2 jin3 hui4", "朴正熙": "piao2 zheng4 xi1",
    "尉迟恭": "yu4 chi2 gong1", "尉迟敬德": "yu4 chi2 jing4 de2", "尉迟": "yu4 chi2", "万俟卨": "mo4 qi2 xie4",
    "万俟": "mo4 qi2", "令狐冲": "ling2 hu2 chong1", "令狐": "ling2 hu2", "长孙无忌": "zhang3 sun1 wu2 ji4",
    "长孙皇后": "zhang3 sun1 huang2 hou4", "长孙": "zhang3 sun1", "澹台": "tan2 tai2", "纪晓岚": "ji3 xiao3 lan2",
    "柏杨": "bo2 yang2", "葛优": "ge3 you1", "诸葛亮": "zhu1 ge3 liang4", "诸葛": "zhu1 ge3", "乐毅": "yue4 yi4",
    "宁泽涛": "ning2 ze2 tao1", "应采儿": "ying1 cai3 er2", "缪斯": "miu4 si1", "冒顿": "mo4 du2", "可汗": "ke4 han2",
    "阏氏": "yan1 zhi1", "吐蕃": "tu3 bo1", "大宛": "da4 yuan1", "龟兹": "qiu1 ci2", "月氏": "yue4 zhi1",
    "郦食其": "li4 yi4 ji1", "范蠡": "fan4 li3", "扁鹊": "bian3 que4", "妲己": "da2 ji3", "嬴政": "ying2 zheng4",
    "伍员": "wu3 yun2", "樊於期": "fan2 wu1 ji1", "老聃": "lao3 dan1", "吕不韦": "lv3 bu4 wei2",
    "柏埔": "bai3 pu3", "乐屋": "le4 wu1", "句容": "ju4 rong2", "昌都": "chang1 du1", "元好问": "yuan2 hao4 wen4",
    "帖木儿": "tie1 mu4 er2", "铁木儿": "tie3 mu4 er2", "蒙得维的亚": "meng2 de2 wei2 di4 ya4",
    "康有为": "kang1 you3 wei2", "松赞干布": "song1 zan4 gan4 bu4", "尖沙咀": "jian1 sha1 zui3",
    "诺贝尔": "nuo4 bei4 er3", "诺贝尔奖": "nuo4 bei4 er3 jiang3", "大栅栏": "da4 shi2 lan4",
    "朝阳门": "chao2 yang2 men2", "撒贝宁": "sa4 bei4 ning2", "贾平凹": "jia3 ping2 wa1",
    "贾拉拉巴德": "jia3 la1 la1 ba1 de2",
    "宕昌": "tan4 chang1", "那曲": "na4 qu1", "大城县": "dai4 cheng2 xian4", "的黎波里": "di4 li2 bo1 li3",
    "亚的斯亚贝巴": "ya4 di4 si1 ya4 bei4 ba1", "呷哺": "xia1 bu3", "呷哺呷哺": "xia1 bu3 xia1 bu3",
    "哔哩哔哩": "bi4 li1 bi4 li1", "欧米茄": "ou1 mi3 jia1",
    "济源": "ji3 yuan2", "济南": "ji3 nan2", "济宁": "ji3 ning2", "济阳": "ji3 yang2", "济水": "ji3 shui3",
    "种师道": "chong2 shi1 dao4", "种师中": "chong2 shi1 zhong1", "种世衡": "chong2 shi4 heng2", "种谔": "chong2 e4",
    "种放": "chong2 fang4", "解珍": "xie4 zhen1", "解宝": "xie4 bao3", "刘禅": "liu2 shan4", "墨翟": "mo4 di2",
    "查慎行": "zha1 shen4 xing2", "查嗣庭": "zha1 si4 ting2", "可敦": "ke4 dun1", "缪荃孙": "miao4 quan2 sun1",
    "冼星海": "xian3 xing1 hai3", "翟让": "zhai2 rang4", "曾朴": "zeng1 pu3", "乐羊": "yue4 yang2", "乐进": "yue4 jin4",
    "盖聂": "ge3 nie4", "盖文达": "ge3 wen2 da2", "华歆": "hua4 xin1", "华雄": "hua4 xiong2", "任昉": "ren2 fang3",
    "任嚣": "ren2 xiao1", "晁盖": "chao2 gai4", "单廷珪": "shan4 ting2 gui1", "单超": "shan4 chao1",
    "秘演": "bi4 yan3", "折德扆": "she2 de2 yi3", "佘太君": "she2 tai4 jun1", "谌容": "chen2 rong2",
    "单县": "shan4 xian4", "冠县": "guan1 xian4", "珲春": "hun2 chun1", "瑷珲": "ai4 hui1", "六合区": "lu4 he2 qu1",
    "六合县": "lu4 he2 xian4", "莘县": "shen1 xian4", "解县": "xie4 xian4", "解州": "xie4 zhou1", "任县": "ren2 xian4",
    "任丘": "ren2 qiu1", "应县": "ying4 xian4", "盖州": "gai4 zhou1", "繁峙": "fan2 shi4", "隰县": "xi2 xian4",
    "渑池": "mian3 chi2", "武陟": "wu3 zhi4", "柏乡": "bai3 xiang1", "长垣": "chang2 yuan2", "荥经": "ying2 jing1",
    "筠连": "jun1 lian2", "郫县": "pi2 xian4", "犍为": "qian2 wei2", "栟茶": "ben1 cha2", "盱眙": "xu1 yi2",
    "邗江": "han2 jiang1", "甪直": "lu4 zhi2", "监利": "jian4 li4", "黄陂": "huang2 pi2", "猇亭": "xiao1 ting2",
    "鄱阳": "po2 yang2", "阳谷": "yang2 gu3", "兖州": "yan3 zhou1", "无棣": "wu2 di4", "临朐": "lin2 qu2",
    "泌阳": "bi4 yang2", "中牟": "zhong1 mu4", "牟平": "mu4 ping2", "长岛": "chang2 dao3",
    "巴音郭楞": "ba1 yin1 guo1 leng2",
    "覃塘": "qin2 tang2", "覃巴": "tan2 ba1", "湛江": "zhan4 jiang1", "深圳": "shen1 zhen4", "洪泽": "hong2 ze2",
    "六安": "lu4 an1", "台州": "tai1 zhou1", "天台山": "tian1 tai1 shan1", "丽水": "li2 shui3", "蚌埠": "beng4 bu4",
    "亳州": "bo2 zhou1", "铅山": "yan2 shan1", "番禺": "pan1 yu2", "东莞": "dong1 guan3", "尉氏": "wei4 shi4",
    "尉犁": "yu4 li2", "浚县": "xun4 xian4", "吴堡": "wu2 bu3", "涡阳": "guo1 yang2", "枞阳": "zong1 yang2",
    "乐亭": "lao4 ting2", "乐清": "yue4 qing1", "井陉": "jing3 xing2", "蔚县": "yu4 xian4", "洪洞": "hong2 tong2",
    "大埔": "da4 bu4", "黄埔": "huang2 pu3", "会稽": "kuai4 ji1", "厦门": "xia4 men2", "重庆": "chong2 qing4",
    "仇和": "qiu2 he2", "员半千": "yun4 ban4 qian1", "哈文": "ha3 wen2", "召公": "shao4 gong1", "召伯": "shao4 bo2",
    "呼韩邪": "hu1 han2 ye2", "皋陶": "gao1 yao2", "金日磾": "jin1 mi4 di1", "曹大家": "cao2 da4 gu1",
    "宰父": "zai3 fu3",
    "折太君": "she2 tai4 jun1", "曾头市": "zeng1 tou2 shi4", "华县": "hua4 xian4", "婼羌": "ruo4 qiang1",
    "穆棱": "mu4 ling2", "裘盛戎": "qiu2 sheng4 rong2", "万茜": "wan4 qian4",
    "载沣": "zai3 feng1", "载淳": "zai3 chun2", "载湉": "zai3 tian2", "载涛": "zai3 tao1", "载洵": "zai3 xun2",
    "载垣": "zai3 yuan2", "载漪": "zai3 yi1", "载振": "zai3 zhen4", "载泽": "zai3 ze2",
}  # fmt: skip
_POLITE = (
    "先生", "女士", "小姐", "太太", "老师", "师傅", "同学", "医生", "大夫", "某", "氏", "阿姨", "叔叔", "老板",
    "大爷", "大妈", "大娘", "大叔", "大婶", "大姐", "大哥", "大嫂", "奶奶", "爷爷",
)  # fmt: skip
_OFFICES = (
    "教授", "博士", "经理", "主任", "主席", "书记", "局长", "校长", "院长", "部长", "市长", "县长", "处长", "科长",
    "队长", "总监", "同志", "警官", "律师", "法官", "导演", "将军", "董事长", "总", "工程师", "夫人", "掌柜", "院士",
)  # fmt: skip
_VERBS = frozenset("任查解盖应区都")  # 任主席, 查主任: a verb or a plain word, unless the title is a polite one


_BEFORE_PERSONS = frozenset(("的", "和", "跟", "与", "位", "是", "像", "问", "找", "给", "让", "叫", "听", "被", "由"))
_HELD_OFFICE = (["期间"], ["一职"], ["时"], ["多年"], ["以来"], ["以后"], ["的"])  # 任老师期间
_GIVEN_TOO = {"燕": "yan4", "华": "hua2", "宁": "ning2", "乐": "le4"}  # as the end of a given name
_PUT_BY = (["出"], ["之"], ["留"], ["布置"], ["给"])
_AT_WISH = lazily("^(?:的|之)?(?:邀|请|要求|约|嘱)")
_CALLED = frozenset(("叫", "名叫", "叫做", "叫作", "名为"))


_BEFORE_NAMES = frozenset("从与和由被命拜封叫做名即及是以等、")
_NO_GIVEN_NAMES = frozenset(
    "的了在是为有和与及以于之其所被将会能可不也都就还又很最并从对把给向到由这那个种一二三四五六七八九十者镇县市"
    "省区科属湖村乡州国过着上下出进得你我他她它几多少树菜粮田地说读问讲答"
)
_PERSONS_DO_TEXT = """
    早年 曾 曾任 任 是 字 号 出生 出身 生于 毕业 担任 和 与 的 等 之 说 在 率 领 被 也 又 奉 病 卒 死 于 以 游 及 自
    对 从 先生 早 表示 认为 指出 获 获得 当选 出任 因 受 将 则 还 便 就 饰演 饰 主演 执导 演唱 创作 著 撰 著有
    报道 介绍 告诉 解释 强调 透露 坦言 接受 带领 走 来 向 正 正在 今天 昨天 没有 把
"""
# What goes on after a person's name, and hardly after that of a plant or a place.
_PERSONS_DO = frozenset(_PERSONS_DO_TEXT.split())
_NAMED = frozenset("解仇查种区单缪晁翟覃谌华朴纪")  # whose other readings seldom stand before two loose characters
_CALLED_OLD = frozenset("解曾任仇翟覃缪晁朴")  # 老查, 小单 may be "always look up", "a small order"
_AFTER_CALLED = ("", *"吗呢吧啊呀和跟说也今昨明在笑家问是把正")
_ALSO_ADVERBS = frozenset("都员句")  # 他们都志在必得


def _before_given_name(words: Sequence[str], index: int) -> bool:
    """Whether two characters that make no word follow, as given names do: 解 学 恭."""
    given = words[index + 1 : index + 3]
    named = not index or words[index] == "朴" or words[index - 1] in _BEFORE_NAMES
    named = named or (len(words[index - 1]) > 1 and follows_role(words, index))
    if words[index] not in _NAMED or len(given) < 2 or not named:
        return False
    if not all(len(name) == 1 and name not in _NO_GIVEN_NAMES for name in given):
        return False
    after = "".join(words[index + 3 : index + 4])
    return not after or after in _PERSONS_DO


def _titled(words: Sequence[str], index: int) -> bool:
    """Whether a title follows that no other word could stand before."""
    after, then = "".join(words[index + 1 : index + 2]), "".join(words[index + 2 : index + 3])
    return after in ("先生", "女士", "小姐", "氏") and then not in ("成", "效", "产")  # 清单先生成


def surname_reading(words: Sequence[str], index: int) -> str | None:
    """Reading of the one-character word words[index] if its neighbours show it to be a surname."""
    reading = SURNAMES.get(words[index])
    if reading is None:
        return None
    if index and ends_name(words[index - 1]):
        return _GIVEN_TOO.get(words[index])  # 王燕女士, 刘德华先生
    if index and words[index - 1].endswith("姓"):
        return None if words[index - 1] == "百姓" else reading
    full_name = words[index] not in _ALSO_ADVERBS and before_full_name(words, index)
    if full_name or _titled(words, index) or _before_given_name(words, index):
        return reading
    after = "".join(words[index + 1 : index + 3])
    if after.startswith("先生"):
        return None
    if words[index] in "单种" and index and words[index - 1] == "老" and after[:1] in _AFTER_CALLED:
        return reading
    if words[index] in "盖查解种" and not index and words[1:2] == ["姓"]:
        return reading  # 盖姓在山东比较多
    if words[index] in _CALLED_OLD and index and words[index - 1] in ("老", "小") and after[:1] in _AFTER_CALLED:
        return reading  # 我是楼上的老解
    if words[index] == "解" and not index and after.startswith((*_POLITE, *_OFFICES)) and words[2:3] not in _PUT_BY:
        return reading  # 解教授的讲座, but 解老师出的题
    if words[index] in "解查任盖" and index and words[index - 1] in _BEFORE_PERSONS and after.startswith(_POLITE):
        return reading  # 医院的解大夫
    if words[index] in "盖应" and (not index or words[index - 1] in _BEFORE_PERSONS or words[index - 1].endswith("人")):
        titles = tuple(title for title in _OFFICES if title != "总")  # 盖院士, but 应教授之邀
        if after.startswith(titles) and not _AT_WISH.search("".join(words[index + 2 :])):
            return reading
    if words[index] == "任" and not index and after.startswith(_POLITE) and words[2:3] not in _HELD_OFFICE:
        return reading  # 任老师来了
    if words[index] in _NAMED and index and words[index - 1] in _CALLED and 0 < len("".join(words[index + 1 :])) < 3:
        return reading  # 她叫仇小雨
    known = any(words[place] == words[index] and _titled(words, place) for place in range(index))
    if words[index] in _VERBS and not known:
        return None
    return reading if after.startswith((*_POLITE, *_OFFICES)) else None
