"""Readings of two-character words that are no word where they stand, or another one; they outrank the model too."""

from __future__ import annotations

import re
from collections.abc import Sequence

from qingyin.text.citation import word_readings
from qingyin.text.clause import Context, is_verb
from qingyin.text.english.verbs import STAND_IN
from qingyin.text.neighbours import DOUBLED, NUMERALS, WORN
from qingyin.text.patterns import lazily

_BODY_AFTER_VERB_TEXT = """
    着眼 着手 着头 着脸 着嘴 着地
"""
_BODY_AFTER_VERB = frozenset(_BODY_AFTER_VERB_TEXT.split())  # 睁着眼, 拉着手
_BURN_OR_TOUCH = ("着水", "着地", "着火", "着人", "着身")
_LET_OUT = tuple("牛羊鸭鹅马猪鞭炮电烟风假糖盐油血音歌")  # 放过牛: that it has happened; 放过他: to let off
_VOMITED = ("血", "酸水", "秽物", "黄水")  # tu4; smoke, words and silk: tu3
_FORBIDDEN_TEXT = """
    马虎 大意 耽误 耽搁 小看 轻视 怠慢 急 少 碰 去 来 错 动
"""
_FORBIDDEN = frozenset(_FORBIDDEN_TEXT.split())  # before 不得
_MADE_BY_HITTING_TEXT = """
    电话 球 字 比赛 针 仗 工 鱼 水 人 毛衣 草稿 基础 酱油 分 折扣 折 招呼 主意 井 洞 孔 结
    官司 算盘 那 这 就是 都是 是 也是
"""
_MADE_BY_HITTING = tuple(_MADE_BY_HITTING_TEXT.split())
_WHEN_YOUNG = tuple("家聪好喜丧孤随师")
_LEFT_BEHIND_TEXT = """
    功课 课 太多 很多 几节 一节 几样 一样东西 一件东西 什么 东西 你 我 他 她 谁 钱包 手机 钥匙
"""
_LEFT_BEHIND = tuple(_LEFT_BEHIND_TEXT.split())
_EVENTS_TEXT = """
    比赛 球赛 电影 演出 考试 会议 音乐会 晚会 婚礼 直播 话剧 讲座 辩论 表演 舞会 展览 报告 决赛 联赛 歌剧 发布会 演唱会
    戏 招聘会 拍卖 魔术 足球 篮球
"""
_EVENTS = tuple(_EVENTS_TEXT.split())
_STAYED_TEXT = """
    一直 都 只 就 要 还 继续 总
"""
_STAYED = frozenset(_STAYED_TEXT.split())

_DRESS = lazily(  # 穿着 is what somebody wears, not "wearing"
    "(?:[也都]?(?:很|十分|非常|比较|特别|相当|极其|极|太|较|挺|过于|最|格外|总是|一向|不够|不太))?"
    "(?:朴素|整齐|得体|讲究|时髦|入时|随意|考究|简朴|时尚|普通|打扮|体面|整洁|邋遢|大方|简单|华丽|暴露|怪异|土气|前卫|寒酸)"
    "(?!的(?:.|$)|[衣裙裤鞋])"
)
_OF_DRESS = lazily("$|很|十分|非常|打扮|也|都|与|和|太|比较|有点|总是|不|要|上")
_IN_A_ROW_TEXT = """
    白鹭 大雁 字 诗 泪 热泪 眼泪 脚印 大字 小字 代码 文字 大树 柳树 杨树 杨柳 标语 口号 题字 题词 楷书 隶书 篆字
    英文 汉字 诗句 铭文 字迹 足迹 白杨 垂柳 注释
"""
_IN_A_ROW = tuple(_IN_A_ROW_TEXT.split())
_OF_A_TRADE = lazily("(?:^|从事|做|干|入了?|我们|你们|他们|咱们|喜欢|热爱|进了?|转|改)[这那]$")  # 从事这一行
_COUNTING = frozenset(["学", "会", "不会", "连", "教", "学会", "练习", "开始", "一边", "从一", "一"])
_LAWFUL_TEXT = """
    竞争 防卫 要求 理由 权益 权利 手段 利益 收入 职业 行业 途径 渠道 用途 目的 程序 经营 行为 性 的 与否 诉求 关系 交易
    合法 合理 防御 化
"""
_LAWFUL = tuple(_LAWFUL_TEXT.split())
_STRESSED = lazily("音节|音素|重音|轻读|弱读|元音|语气|词尾|句子|英语|朗读|读音")
_LENGTH_AFTER = lazily(
    "[约达近超仅只共]{0,2}[零一二两三四五六七八九十百千万几数]|不足|不到|度|大约|接近|将近|超过|达到|"
    "[为是](?:约|[零一二两三四五六七八九十百千几])"
)
_LEFT_OUT = lazily("了?[一两几半三四好][^，]{0,3}(?:字|句|话|题|页|集|行(?!泪)|课|功课|东西|行李|作业)(?!声)")
_LEFT_SOMEBODY = lazily("[把将](?:[我你他她谁]们?|孩子|手机|钥匙|包|书包|钱包|雨伞|作业|行李|东西)给?$")
_SUNK_IN = tuple("膝头脚腰小屋顶肩胸脖踝大腿马车桥")  # 没过膝盖, but 没过几天
_PASSED_NOT = lazily("[一二两三四五六七八九十几多半]|什么|关|期|年|节|生日|审|线|去")  # 酒没过期
_FACING_THE_SUN = tuple("屋房卧阳窗教客一山坡地位那方面书院")
_GUARDED = lazily("行李|孩子|包|东西|财物|物品|手机|钱|鸡|鸭|羊|牛")
_ENTERED = tuple("团党会账学门场睡选围职住伙户托队股库行境眼戏流")  # 没入团, but 没入云中
_MACHINES = lazily("电脑|手机|系统|程序|屏幕|页面|软件|网络|视频|画面|机器|游戏|直播")
_NOT_TO_BE = ("", "的", "了", "什么", "啥", "这么", "那么", "数", "准", "真")  # after 算不得
_TOGETHER = lazily(
    "(?:一路|结伴|携手|相约|并肩|[一两三四五六几多]人)$"
    "|[和与跟随陪][^，的]{0,3}(?:[你我他她您谁它们友妈爸]|父母|家人|孩子|老师|同学|妻子|丈夫)$"
)
_COMPANIONS = lazily("者|的(?:人|[老小]|还有|有|伙伴|旅客|游客|乘客|朋友|几)|去|前往")
_FRUIT = lazily("[树苗花藤枝柿梅桃李杏梨枣榴橘柑瓜葡蕉荔莓番茄椒豆秧]")
_GOT = lazily(  # after 争得, 分得, 赚得
    "了?(?:第|[一二两三四五六七八九十几百千万]+(?![点些下样塌])|冠|亚|季|头名|胜利|先机|机会|荣誉|名次|主动|同意|理解|支持|时间|权利|席位|金牌|银牌|铜牌"
    "|大笔|不少|巨额|丰厚|高额|利润|收入|财富|名声|土地|股份|奖金|遗产|红利|桂冠|满堂)"
)
_LAYERS = tuple("困阻包障矛危迷难考关山压疑")  # 重重的困难


def _tells_how(said: str) -> bool:
    """Whether what goes before 地 is an adverb by its form: 慢慢, 说说笑笑, 大摇大摆, 飞快."""
    twice = said[-1:] == said[-2:-1] or (len(said) == 4 and (said[0] == said[2] or said[0] == said[1]))
    return len(said) > 1 and (twice or said.endswith(("飞快", "很快", "赶紧")))


def sure(words: Sequence[str], index: int) -> tuple[str, str] | None:
    """Readings of the word of two characters words[index] that is no word here, or another; None elsewhere."""
    word, context = words[index], Context(words, index)
    before, after = context.before, context.after
    rest = "".join(words[index + 1 :])
    if word == "数数" and before in _COUNTING and after in ("", "的", "时", "吧", "吗", "呢", "都", "也"):
        return "shu3", "shu4"  # to count aloud; otherwise to count something over
    if word[0] == word[1] and word[0] in DOUBLED:
        return DOUBLED[word[0]], DOUBLED[word[0]]
    if word in _BODY_AFTER_VERB and (is_verb(before) or before in tuple("空睁红斜牵招")) and before not in WORN:
        return "zhe5", {"眼": "yan3", "手": "shou3", "头": "tou2", "脸": "lian3", "嘴": "zui3", "地": "di4"}[word[1]]
    if word == "行行" and after == "好":
        return "xing2", "xing2"
    if word[1] == "场" and word[0] in NUMERALS and (after + context.at(2)).startswith(_EVENTS):
        return word_readings(word[0])[0], "chang3"  # 一场球赛, but 一场雨
    if word == "大夫" and before[-1:] in tuple("国卿士郑晋齐楚鲁宋卫陈吴越秦禄议谏政荣散史"):
        return "da4", "fu1"  # an office of old, not a physician
    if word == "因为" and before in ("原", "病", "死", "成", "起", "诱") and rest:
        return "yin1", "wei2"  # 主要病因为感染
    if word == "中转" and rest.startswith(("个不停", "来转去", "了一圈", "了几圈", "着圈")):
        return "zhong1", "zhuan4"  # 在风中转个不停
    if word == "刀把" and rest and any(tool in words[max(0, index - 3) : index] for tool in ("用", "拿", "持", "以")):
        return "dao1", "ba3"  # 用刀把肉切成片, but 抓住刀把
    if word == "一行" and (rest.startswith("一行") or before == "一行" or _OF_A_TRADE.search("".join(words[:index]))):
        return ("yi1", "xing2") if after[:1] == "人" and after != "人字" else ("yi1", "hang2")
    if word == "看看" and after == "门":
        return "kan1", "kan1"
    if word == "六合" and after.startswith(("区", "县", "开发", "市", "镇", "经济")):
        return "lu4", "he2"
    if word == "不得" and words[-1] in ("吗", "么"):
        return "bu4", "dei3"  # 你不得另有份意思吗
    if word == "上铺" and after[:1] in tuple("着了满成好"):
        return "shang4", "pu1"
    if word == "待到" and before in _STAYED:
        return "dai1", "dao4"
    if word == "不得" and after in _NOT_TO_BE and (is_verb(before) or before in _FORBIDDEN):
        return "bu4", "de5"  # 吃不得
    if word == "少时" and (before in ("他", "她", "其", "自", "公") or after[:1] in _WHEN_YOUNG):
        return "shao4", "shi2"
    if word in ("种树", "种花", "种菜", "种草", "种田", "种地") and before[-1:] in tuple("这那哪各某每两几此"):
        return "zhong3", word_readings(word[1])[0]  # 这种树
    if word == "放过" and after[:1] in _LET_OUT:
        return "fang4", "guo5"
    if word in ("落下", "落了"):
        left = rest.lstrip("了").startswith(_LEFT_BEHIND) or _LEFT_OUT.match(rest)
        left = left or _LEFT_SOMEBODY.search("".join(words[:index])[-5:])
        return "la4" if left else "luo4", "xia4" if word[1] == "下" else "le5"
    if word == "打的" and (before[-1:] == "拨" or after.startswith(_MADE_BY_HITTING)):
        return "da3", "de5"  # 您拨打的电话, but 打的去机场
    if word == "请调" and after[:1] in tuple("直准高低大小好亮暗快慢成到"):
        return "qing3", "tiao2"  # 请 is no part of 请调 there
    if word in ("地下", "地上", "地点") and after[:1] in ("了", "着") and _tells_how("".join(words[:index])[-4:]):
        return "de5", {"下": "xia4", "上": "shang4", "点": "dian3"}[word[1]]  # 慢慢地上了楼
    genuine = before[-1:] in tuple("很真挺最更太特够极儿") and after[:1] not in tuple("战里口")
    if word == "地道" and (genuine or (after == "的" and context.at(2) not in ("入口", "出口", "长度"))):
        return "di4", "dao5"  # genuine, not a tunnel
    if word in ("着火", "着力") and before in tuple("烤生发玩冒喷守围使憋用"):
        return "zhe5", "huo3" if word[1] == "火" else "li4"  # 烤着火
    if word in _BURN_OR_TOUCH and before.endswith("不") and (context.at(-2) or len(before) > 1):
        return "zhao2", word_readings(word[1])[0]  # 喝不着水
    if word == "得手" and after[:1] in tuple("舞忙足脚心"):
        return "de5", "shou3"  # 高兴得手舞足蹈
    if word == "着手" and before in tuple("伤硌扭磕冻划割"):
        return "zhe5", "shou3"
    if word == "落地" and before == "不" and context.at(-2)[-1:] in tuple("句字个次节样分"):
        return "la4", "de5"  # 一字不落地背下来
    if word == "住地" and before.endswith("不"):
        return "zhu4", "de5"  # 止不住地流
    if word == "过多" and before and after[:1] in tuple("部本次个家所名位种场条项届篇首"):
        return "guo5", "duo1"  # 合作过多部影片
    if word == "和解" and after in ("老师", "医生", "师傅", "教授", "小姐", "先生", "女士", "大夫", "阿姨", "叔叔"):
        return "he2", "xie4"
    if word == "查处" and after == "长":
        return "zha1", "chu4"
    if word == "一干" and after[:1] in tuple("就完活到起"):
        return "yi1", "gan4"  # 一干就是三年, but 一干人等
    if word in ("过世", "过活") and (before[-1:], word[1], after[:1]) in (("见", "世", "面"), ("干", "活", after[:1])):
        return "guo5", word_readings(word[1])[0]  # 见过世面
    if word == "悔过" and before == "反":
        return "hui3", "guo5"  # segmentation cuts 反悔 in two
    if word == "穿着" and (_DRESS.match(rest) or (before[-1:] == "的" and _OF_DRESS.match(after))):
        return "chuan1", "zhuo2"  # 穿着朴素, but 穿着朴素的衣服
    if word == "服药" and (before[-1:] in tuple("这那一两三四五几半") or before == "多少"):
        return "fu4", "yao4"  # 这服药: a dose
    if word == "打的" and after[:1] == "钱" and before[-1:] in tuple("我你他她家妈爸谁给们"):
        return "da3", "de5"  # 他打的钱
    if word == "撒开" and re.search("[把将][^，]{0,4}[种粉盐药糖料灰沙]|种子$|粉$", "".join(words[:index])[-6:]):
        return "sa3", "kai1"  # scattered, not let go
    if word == "一行" and (before[-1:] in tuple("干爱钻精入改换成") or rest.removeprefix("行").startswith(_IN_A_ROW)):
        return "yi1", "hang2"
    if word == "难得" and before[-1:] in tuple("题字事活") and after[:1] in tuple("谁没连要让"):
        return "nan2", "de5"
    if word == "卡住" and _MACHINES.search("".join(words[:index])[-8:]):
        return "ka3", "zhu4"
    if word == "外传" and (before[-1:] in tuple("不别勿可禁对向") or after[:1] in tuple("出到")):
        return "wai4", "chuan2"
    if word == "后传" and not after and before and before[-1] not in "身人球停跑带破":
        return "hou4", "zhuan4"  # 西游后传, a sequel; but 转身后传
    if word[1] == "着" and word[0] in "带跟随沿顺向凭抱拿守":
        return word_readings(word[0])[0], "zhe5"
    if word == "蒙着" and after not in ("", "了"):
        return "meng2", "zhe5"  # covered, not guessed
    if word == "门把" and before[-1:] in tuple("开关敲锁出进堵") and after[:1] in tuple("我你他她它孩人"):
        return "men2", "ba3"  # 开门把我搀了进去
    sunny = after == "的" and context.at(2).startswith(_FACING_THE_SUN)
    sunny = sunny or (after == "的" and not context.at(2) and before in ("是", "都", "也"))  # 房间是朝阳的
    if word == "朝阳" and (sunny or (not after and before in ("房间", "卧室", "屋子", "客厅", "阳台", "窗户", "教室"))):
        return "chao2", "yang2"  # 朝阳的屋子, but 朝阳的光芒
    if word == "重听" and (after[:1] in tuple("请按一这那该录课") or before[-1:] in tuple("请想要可以再键次")):
        return "chong2", "ting1"  # to hear again, not hard of hearing
    taken_as = after[:1] in tuple("我你他她它这那是没自不什作") or (not before and after[:1] not in tuple("了过着"))
    if word == "只当" and taken_as:
        return "zhi3", "dang4"  # 只当他没了, but 只当了三年
    if word == "没过" and re.search("[水汤油雪浪沙泥酒]$", "".join(words[:index])) and not _PASSED_NOT.match(rest):
        return "mo4", "guo4"  # 倒水没过肉
    if word == "没过" and after[:1] not in _SUNK_IN and after != "了":
        return "mei2", "guo4"
    if word == "没入" and after[:1] in _ENTERED:
        return "mei2", "ru4"
    if word == "切不" and after[:1] in tuple("动开了断好碎成完下"):
        return "qie1", "bu4"
    if word == "挑刺" and "针" in "".join(words[:index])[-4:]:
        return "tiao3", "ci4"
    if word == "劈成" and not any(strand in rest[:4] for strand in ("股", "绺", "份")):
        return "pi1", "cheng2"
    if word == "好处" and before in ("不", "很", "挺", "太", "真", "最", "特别", "难"):
        return "hao3", "chu3"  # easy to get along with
    if word == "正当" and (rest.startswith(_LAWFUL) or before[-1:] in tuple("不很最")):
        return "zheng4", "dang4"
    if word == "正当" and not after and before[-1:] in tuple("否更最正属系"):
        return "zheng4", "dang4"
    if word == "神只" and (not after or after in ("的", "之", "和", "与", "及", "崇拜", "每", "名")):
        return "shen2", "qi2"  # 神祇 as converters from traditional characters leave it
    much = before[-1:] in tuple("较更最很分常果效绩")
    if word == "显着" and (much or not after or after[0] in "的地提增减改降影优差变效成进上下扩缩"):
        return "xian3", "zhu4"  # likewise 显著, but 脸上显着疲惫
    if word == "重读" and _STRESSED.search(rest[:5] + "，" + "".join(words[:index])[-6:]):
        return "zhong4", "du2"
    if word == "书吧" and not after and re.search("[读看买念借写抄送捐翻卖]", "".join(words[:index])[-4:]):
        return "shu1", "ba5"
    if word == "呱呱":
        return ("gu1", "gu1") if any(char in "".join(words) for char in "婴孩娃哭啼") else ("gua1", "gua1")
    if word == "血流" and after[:1] in tuple("了得出进满到"):
        return "xie3", "liu2"
    if word == "琢磨" and after[:1] in tuple("玉石宝器"):
        return "zhuo2", "mo2"  # jade, not a thought
    if word == "同行" and (_TOGETHER.search("".join(words[:index])) or _COMPANIONS.match(rest)):
        return "tong2", "xing2"  # to go together, not of one trade
    if word == "滴血" and before[-1:] in NUMERALS:
        return "di1", "xie3"
    if word == "露出" and rest.lstrip("了").startswith("马脚"):
        return "lou4", "chu1"
    if word == "转眼" and after[:1] in ("珠", "睛", "球"):
        return "zhuan4", "yan3"
    if word == "吐出" and any(thing in "".join(words[index + 1 : index + 6]) for thing in _VOMITED):
        return "tu4", "chu1"
    if word == "花都" and after[:1] in tuple("谢开落掉败"):
        return "hua1", "dou1"
    if word == "画画" and before[-1:] in tuple("幅张") and after[:1] in tuple("得的"):
        return "hua4", "hua4"  # 这幅画画得好
    struck = after in ("地", "一") or after[:1] in tuple("摔砸拍捶跌坠")  # 重重一拳
    if word == "重重" and (struck or (after == "的" and not context.at(2).startswith(_LAYERS))):
        return "zhong4", "zhong4"
    bearing = before[-1:] in tuple("经年才会能始不未没可就也都月季次花早晚") and not rest.lstrip("了的呢吗")
    if word == "结果" and bearing and _FRUIT.search("".join(words[:index])[-14:]):
        return "jie1", "guo3"  # 石榴树已经结果
    if word == "没收" and after[:1] in tuple("回上完到齐好成拾进获够着") and after not in ("上缴", "上交", "到位"):
        return "mei2", "shou1"  # 一分钱没收回
    if word == "不应" and not rest and before in ("都", "也", "总", "偏", "就", "他", "她", "还", "却"):
        return "bu4", "ying4"  # 谁叫都不应
    if word == "面糊" and before in ("外", "里", "上", "表"):
        return "mian4", "hu2"  # 外面糊着红纸
    if word == "只影" and after[:1] == "响":
        return "zhi3", "ying3"
    if word == "喷香" and after[:1] in tuple("水雾精槟"):
        return "pen1", "xiang1"
    if word == "点着" and after[:1] in tuple("头名数脚钱菜鼓卯穴题"):
        return "dian3", "zhe5"  # 点着头
    if word in ("争得", "分得", "赚得") and _GOT.match(rest):
        return {"争": "zheng1", "分": "fen1", "赚": "zhuan4"}[word[0]], "de2"
    if word == "结果" and ((after == "了" and not context.at(2)) or before[-1:] in tuple("树苗藤")):
        return "jie1", "guo3"
    if word == "结果" and before[-1:] == "不" and not after:
        return "jie1", "guo3"  # 光长叶子不结果
    if word == "号叫" and before in ("个", "其", "自", "别"):
        return "hao4", "jiao4"
    if word == "看好" and after[:1] in tuple("喽了啦吧啊") and _GUARDED.search("".join(words[:index])[-9:]):
        return "kan1", "hao3"  # 行李可得自己看好喽
    if word == "了账" and before == "结":
        return "le5", "zhang4"
    if word == "勒住" and after[-1:] in tuple("马缰绳骑"):
        return "le4", "zhu4"
    if word == "长住" and before == "学":
        return "zhang3", "zhu4"  # 学长住在三楼, though it is cut so
    if word == "总长" and _LENGTH_AFTER.match(rest):
        return "zong3", "chang2"  # 全线总长三公里, but 外交总长
    if word == "不干" and before[-1:] in tuple("晒晾烘擦吹拧烤"):
        return "bu4", "gan1"
    if word == "都会" and not (before[-1:] in tuple("座大际华代闹") or after[:1] in tuple("区圈风男女丽")):
        return "dou1", "hui4"  # 他们都会来, but 国际都会
    if word == "得到" and before == STAND_IN:
        return "de5", "dao4"  # get得到
    if word == "得了" and is_verb(before):
        return "de5", "liao3"
    return None
