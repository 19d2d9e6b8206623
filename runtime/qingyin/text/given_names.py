"""Given names and the roles before a full name, which show a surname where no title does: 导演单志刚."""

from __future__ import annotations

from collections.abc import Sequence

_CHARACTERS = frozenset(
    "晓建国志强东丽华海燕军伟芳敏静杰涛超勇艳娟霞刚桂英玉兰秀凤红梅春雪婷欣怡佳嘉宇浩轩梓涵诗琪雨思文俊峰鹏"
    "飞磊斌波辉健亮鑫宁洋龙云荣庆德永兴振泽润祥瑞雅楠琳倩莹蕾颖瑶璐媛妍珊莎娜薇菲萍莉慧惠淑珍琴素洁晶丹宏"
    "洪鸿彬凯旭阳晨昊博睿哲翔坤锋林森岩川江明子卫传广继绍昌耀启维治光玲美翠彩霖雯芸昕悦彤妮娇媚蓉芬萱沛钰"
    "鸣航硕翰骏锐锦铭禹皓玥玮珂琛瑜瑾璇绮蓓骁韬韵逸"
    "群立毓恬语筠婧茵樱泓澜曦瀚晗昕煊皓琬琰珩瑀璟钊锴铎浚沅沁汐芃芊芮荣莘蔚蓁蕴薪馥"
    "声敬焕绍仪"
    "桐彦淇煜烨珺萌蕊楷甜震霆雄珠帆帅松根福贵宝顺富忠贤良金银秋莲菊沐辰奕宸芷苒钧铠炜灿焱胜斐仁义清民平安小"
)
_WORDS_TEXT = """
    建国 建军 建华 海燕 丽华 志强 国庆 晓东 红梅 春燕 春梅 雪梅 文静 文华 文明 子涵 思思 雨晴 晨曦 卫国 卫东 光明 东海
    海洋 海涛 海波 永强 春华 秋菊 美丽 英杰 俊杰 志远 浩然 天明 明月 晓明 小明 小红 小雨 小燕 小龙 小军 小梅 小丽 国强
    国华 国栋 家辉 嘉欣
"""
_WORDS = frozenset(_WORDS_TEXT.split())  # given names that are words to the segmentation
_ROLES_TEXT = """
    叫 名叫 叫做 是 和 与 跟 、 由 让 请 找 给 记者 主持人 导演 编剧 作者 演员 歌手 教练 主教练 选手 运动员 队员 队长
    冠军 亚军 嫌疑人 被告人 受害人 教授 博士 院士 画家 作家 诗人 学者 专家 同学 同事 朋友 好友 邻居 老乡 战友 市民
    村民 居民 司机 患者 医生 护士 老师 总经理 经理 董事长 主席 书记 局长 校长 院长 部长 市长 县长 处长 科长 所长 站长
    主任 总裁 创始人 律师 法官 警官 民警 警察 将军 妻子 丈夫 儿子 女儿 哥哥 弟弟 姐姐 妹妹 父亲 母亲 徒弟 师傅 学生
    合伙人 创办人 经办人 当事人 只有 除了 把 对 向 像 是 叫作 导师 队友 室友 班主任 辅导员 大叔 大爷 阿姨
    研究员 工程师 负责人 发言人 代表 委员 厨师 店主 老板
"""
_ROLES = frozenset(_ROLES_TEXT.split())
_ROLES_END_TEXT = """
    省长 州长 区长 镇长 乡长 社长 台长 厅长 司长 会长 庭长 船长 机长 连长 营长 大使
    员 师 学家 术家 业家 作家 曲家 支书 选手 棋手 班长 组长 团长 志愿者 主播
"""
_ROLES_END = tuple(_ROLES_END_TEXT.split())
_COMMON_SURNAMES = frozenset(
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭罗梁宋郑谢韩唐冯董萧程曹袁邓许傅沈彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴钟汪田姜范"
    "石姚谭廖邹熊陆郝孔崔邱秦顾侯邵孟龙段雷钱尹黎易武贺赖龚"
)


def ends_name(before: str) -> bool:
    """Whether the word before, one character, is a surname or begins a given name, so that what follows ends it."""
    return len(before) == 1 and (before in _COMMON_SURNAMES or before in _CHARACTERS)


def follows_role(words: Sequence[str], index: int) -> bool:
    """Whether what a person is, or a word that stands before persons, goes before words[index]."""
    return words[index - 1] in _ROLES or words[index - 1].endswith(_ROLES_END)


def before_full_name(words: Sequence[str], index: int) -> bool:
    """Whether words[index] begins a clause or follows a role, and a given name of two characters follows: 单|志|刚."""
    if index and not follows_role(words, index):
        return False
    first, second = ("".join(words[place : place + 1]) for place in (index + 1, index + 2))
    if first in _WORDS:
        return True
    return len(first) == 1 == len(second) and first in _CHARACTERS and (second in _CHARACTERS or second == "之")
