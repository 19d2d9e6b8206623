"""为 that is "for": something is done for what it names (国家为农民减免了税款); the model often takes it for "is"."""

from __future__ import annotations

from qingyin.text.clause import Context
from qingyin.text.neighbours import AIMS, BECOMES
from qingyin.text.patterns import lazily
from qingyin.text.verbs import ADJECTIVES

# Done for somebody when an object follows; what is as often a noun (管理, 设计, 服务) counts with 了 only.
_DONE_FOR_TEXT = """
    提供 申请 办理 安装 购买 注入 献出 献上 写下 写 做 买 送 举办 举行 召开 创造 带来 打下 奠定 谱写 减免 配备 准备
    挑选 寻找 找到 找 争取 争得 赢得 夺得 节省 节约 增添 展开 筹集 募集 捐赠 捐献 捐出 腾出 留下 留出 开辟 开启 打开
    敞开 拓宽 扫清 铺平 铺就 搭建 搭起 建起 树立 竖立 立下 撰写 编写 录制 演唱 制定 量身定制 量身 定做 讲解 讲述
    介绍 送去 送来 送上 送达 打造 营造 构建 投入 付出 奉献 贡献 牺牲 发放 授予 补充 输送 运送 输血 治病 看病 实施
    开具 出具 预留 保驾护航 抵御 阻挡 遮挡 化解 排除 分担 承担 缴纳 支付 垫付 偿还 报销 追加 拨款 开通 设置 增设
    开设 量体裁衣 缝制 清理 清扫 打扫 包扎 注射 接种 接生 动手术 做手术 请来 雇 选出 下载 更新 点燃 照亮 祈求 感到
    奔走 操办 庆祝 接风 送行 辩护 作证 配音 配乐 作曲 作序 题词 题字 命名 剪彩 揭幕 助威 喝彩 欢呼 鼓掌 加油 祝福
    默哀 提出 打抱不平 传递 破解 积累 揭开 敲响 敲定 提升 扩大 增加 减轻 降低 缓解 消除 规避 指明 指引 照料 守住
    守护 站岗 放哨 供给 兴建 兴办 开办 创办 创建 开展 救治 取得 谋取 谋求 争光 增光 添 增色 积攒 攒 凑 煮 炖 熬 烧
    捧 递 赎 还清 照顾 抚养 开拓 编排 张罗 引入 挽回 挽救 保住 换来 换取 讨回 讨 洗清 洗刷 洗脱 平反 昭雪 伸张 报仇
    雪耻 解答 辨别 补办 垫 赔偿 赔 缴 花费 耗费 缝合 修剪 修理 推荐 赶制 定制 更换 维修 粉刷 补习 佩戴 戴上 披上
    穿上 盖上 系上 插上 装上 铺上 贴上 添上 擦去 拭去 抹去 除去 驱赶 驱散 引来 迎来 赢来 省下 省去 募得 谋得 供应
    争回 收集 谋 建造 做出 作出 撰文 配 作画 作过画 铺设 出版
"""
_DONE_FOR = frozenset(_DONE_FOR_TEXT.split())
_AT_THE_END_TEXT = """
    站岗 放哨 默哀 鼓掌 欢呼 助威 加油 祝福 喝彩 辩护 作证 配音 配乐 作曲 作序 题词 题字 剪彩 揭幕 送行 接风 庆祝
    治病 看病 动手术 做手术 立传 正名 树碑 接生 拨款 奔走 保驾护航 打抱不平 牺牲 输血 包扎 伴奏 伴舞 把脉 护航 代言
    领航 充电 降温 解围 谱曲 效力 征战 出战 出征 效劳 效忠 卖命 拼命 献身 捐躯 殉葬 守灵 守墓 守孝 送终 送葬 送别
    饯行 洗尘 庆生 贺寿 拜寿 祝寿 祈福 祷告 祈祷 求情 说情 辩解 开脱 脱罪 顶罪 翻案 平反 申冤 伸冤 鸣冤 报仇 复仇
    雪耻 填词 作词 献唱 献艺 造势 拉票 打气 鼓劲 呐喊 叫好 捧场 撑腰 出头 出气 请命 请愿 谋利 谋福 让路 让位 开路
    铺路 引路 带路 指路 领路 掌灯 把关 善后 兜底 买单 操心 担心 分忧 解忧 排忧 解难 排忧解难 着想 做主 作主 主婚
    证婚 担保 作保 疗伤 治伤 看诊 接骨 立碑 命名 正音 作注 作传 配图 雪恨 殉情 架桥 让座 做饭 洗衣 倒茶 倒水 斟酒
    夹菜 煮饭 煎药 熬药 喂饭 洗脚 捶背 揉肩 按摩 理发 洗头 梳头 化妆 穿衣 更衣 铺床 诊断 诊治 诊病 造福 撑伞 打伞
    挡雨 遮雨 挡风 付款 结账 点灯 献花 尽忠 战斗 奋战 奋斗 喊冤 背书 保密 做媒 提亲 说媒 牵线 搭桥 壮胆 壮行
    添彩 取名 起名 改名 求医 还债 赎罪 操劳 发愁 着急 惋惜 赎身 输液 打针 松绑 撰稿 供稿 伴唱 和声 叹息 流泪 落泪
    哭泣 干杯 折腰 倾倒 办事 办实事 谋幸福 谋福利 寻医问药 赚钱 挣钱 出力 出谋划策 操碎了心 献策 建言 送温暖 送餐
    送饭 送水 治疗 排队
"""
_AT_THE_END = frozenset(_AT_THE_END_TEXT.split())  # where no object need follow
_ON_PURPOSE_TEXT = """
    在 正在 亲自 特地 特意 专程 纷纷 主动 积极 免费 无偿 义务 努力 竭力 全力 尽力 不断 及时 连夜 现场 当场 甘愿
    立即 随时
"""
_ON_PURPOSE = frozenset(_ON_PURPOSE_TEXT.split())
_IS_WHAT = frozenset(  # 宗旨为保护环境: what goes before 为 is something that "is"
    "的旨标务责用能法则点题项容因围式型类质名号级址积度量数率值长高宽深重径约均皆多多原即仅各别共计亦尤以已最更较颇极且乃实本现系太解"
)
_KIN_AND_LAND = frozenset("父母夫妻兄弟姐妹子女儿友国民君主")  # 为父报仇的少年
_MAIN = frozenset(("主", "主要", "前提", "中心", "基础", "核心", "目的"))  # which 以 goes with
_TAKES = frozenset("以把将被由称视誉尊奉译改")  # 以用户为中心, 将其译为


_GIVES = lazily("[^，为是]{2,10}(?:提供|带来|建立|争取|做出|作出|增添|创造|打下|奠定|注入|举办|赢得)")


def on_behalf(context: Context) -> str | None:
    """Wei4 where a verb after the next noun says what is done for it, or None."""
    before, words = context.before, context.words[context.index + 1 :]
    if before in _ON_PURPOSE and len(words) > 1:
        return "wei4"
    if (before[-1:] in ("将", "可") or before in ("本来是", "专门")) and _GIVES.match("".join(words)):
        return "wei4"  # 将为龙华提供服务
    if before in ("所", "此") or (words and words[0] in _MAIN):
        return None
    ahead = "".join(context.words[max(0, context.index - 8) : context.index])
    if before[-1:] in (_IS_WHAT | BECOMES) or any(char in ahead for char in _TAKES):
        return None
    if before and words and words[0] in AIMS and len(words) > 2 and "的" not in words:
        return "wei4"
    for place, word in enumerate(words[1:10], 1):
        then = words[place + 1] if place + 1 < len(words) else ""
        if word in ("所", "是", "为", "时") or then[:1] in ("者", "员"):
            return None
        if word == "而" and then and words[place - 1][-1] not in ADJECTIVES:
            return "wei4"  # 为自由而战, but 为细小而扁平的面饼
        if word == "了" and place > 1 and then:
            return "wei4"
        if (word in _AT_THE_END or word + then in _AT_THE_END) and (
            words[0] in _KIN_AND_LAND
            or not (words[place - 1] in ("的", "之") or then[:1] in tuple("的之版片类人者方车"))
        ):
            return "wei4"  # 为病人治疗, but 为光源的治疗方式
        done = then and (then[0] in "了下一两三几过" if len(word) == 1 else then[0] not in "的和与及或港商")
        if done and (word in _DONE_FOR or (word == "担任" and "的" not in words)):
            return "wei4"  # 为公司担任顾问, but 为她初次担任主演的电视剧
    return None
