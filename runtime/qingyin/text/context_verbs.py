"""Readings of verbs by what they act on, where another word is written the same way: 挨打, 铺着, 投降."""

from __future__ import annotations

from collections.abc import Callable

from qingyin.text.clause import Context
from qingyin.text.english.verbs import STAND_IN
from qingyin.text.neighbours import HIT_BY, LED_TROOPS, STRUCK, SURRENDERED_TO
from qingyin.text.patterns import lazily
from qingyin.text.verbs import ADJECTIVES

# 过 after these tells that it has once been so (Chao 1968); verbs of motion, where it tells the way, are not among
# them, nor what may lead another verb: 喜欢过年.
_ONCE_DONE_TEXT = """
    参加 参与 提出 提到 提及 提起 提供 提名 提交 提问 提醒 提倡 提拔 使用 利用 采用 运用 引用 动用 启用 任用 录用 发现
    发生 发表 发布 发出 发明 发起 发动 发行 发放 发掘 发送 出现 出版 出演 出任 出席 出台 出土 出售 出借 出具 存在 表示
    表达 表现 表扬 表演 表态 表决 制作 制造 制定 制订 工作 学习 研究 研制 研发 收到 收集 收购 收藏 收养 收听 收看 赢得
    获得 获取 获奖 取得 得到 夺得 采纳 采取 采访 采购 侦察 侦查 调查 考察 视察 观察 观看 观赏 检查 检测 检验 审查 审问
    审判 播出 播放 播报 合作 合影 推出 推荐 推行 推广 担任 担心 担忧 负责 经历 经受 经营 遭受 遭到 遭遇 受到 受伤 受骗
    受邀 接受 接触 接待 接到 接见 接管 承受 承担 承认 承诺 承办 承接 享受 享有 拥有 占领 占据 占有 统治 管理 管辖 治理
    治疗 治愈 举行 举办 举报 召开 召集 主持 主演 主办 主编 导演 执导 执教 执行 指挥 指导 指出 指责 指点 讨论 谈论 谈到
    谈起 议论 争论 争吵 辩论 商量 商讨 交谈 交流 交往 交代 交换 交手 沟通 联系 联络 介绍 解释 说明 说服 描述 描写 描绘
    记录 记载 报道 报告 报名 报考 报警 播种 讲述 讲解 叙述 论述 阐述 宣布 宣传 宣称 公布 公开 透露 披露 暴露 揭露 展示
    展出 展览 演出 演唱 演奏 演讲 拍摄 拍卖 录制 翻译 编写 编辑 编译 撰写 创作 创造 创办 创建 创立 成立 建立 建造 修建
    兴建 设计 设立 设置 设想 修改 修理 修复 修订 改变 改造 改进 改建 改编 更改 更换 变更 调整 测试 测量 测定 计算 统计
    估计 估算 预测 预言 预订 评价 评估 评选 评论 批评 批判 批准 反对 反驳 反抗 反映 抗议 抗争 抵抗 攻击 攻打 进攻 袭击
    打击 打败 打破 打听 打扰 打扫 击败 击中 破坏 破解 占用 侵犯 侵略 侵占 伤害 损害 欺骗 隐瞒 怀疑 质疑 犹豫 后悔 思考
    考虑 想到 想象 想念 思念 幻想 梦见 看到 看见 见到 听到 听见 听说 听取 碰到 碰见 遇到 遇见 感到 感受 感染 体验 体会
    尝试 品尝 品味 服用 食用 饮用 注射 接种 访问 拜访 走访 参观 游览 旅游 居住 生活 停留 逗留 生产 种植 养殖 饲养 开发
    开采 开设 开办 开展 从事 服务 服役 帮助 支持 支援 资助 救助 照顾 保护 保存 保管 培养 培训 培育 教育 训练 辅导 教授
    传授 传播 流传 流行 轰动 影响 激励 鼓励 鼓舞 感动 打动 吸引 邀请 聘请 聘用 雇用 雇佣 任命 任教 任职 就读 就任 留学
    毕业 深造 进修 退役 入选 当选 入围 夺冠 夺取 获胜 战胜 战斗 作战 交战 征服 征战 效力 效劳 签订 签署 签约 订购 购买
    出租 租用 租借 借用 借鉴 模仿 抄袭 剽窃 盗用 没收 销售 投资 投入 投诉 投票 起诉 控告 控制 逮捕 拘留 关押 囚禁 判刑
    处罚 处分 处理 处置 惩罚 警告 威胁 拒绝 否认 否定 放弃 抛弃 忽视 忽略 怠慢 轻视 失败 失去 失望 失恋 失眠 失踪 丢失
    犯错 误会 误解 伤心 难受 心动 心疼 相信 信任 信仰 崇拜 热爱 爱慕 暗恋 追求 结婚 离婚 恋爱 怀孕 生育 流产 住院 手术
    生病 患病 发烧 昏迷 骨折 化疗 抢救 整容 装修 装饰 粉刷 维修 清洗 清理 清扫 消毒 加工 烹饪 冷冻 包装 浏览 阅读 朗读
    背诵 复习 练习 演练 搜索 查看 查询 查阅 核对 核实 确认 证实 证明 验证 尊称 称作 称为 称呼 称赞 赞扬 赞美 赞赏 夸奖
    嘲笑 讽刺 侮辱 告诉 告知 告诫 吩咐 嘱咐 叮嘱 答应 答复 回答 回复 回应 询问 请教 请求 恳求 哀求 祈祷 许诺 发誓 宣誓
    认识 认为 了解 理解 熟悉 关注 关心 注意 重视
"""
_ONCE_DONE = frozenset(_ONCE_DONE_TEXT.split())
# What may be said of the time to come: 相信过几天会好, but 相信过几次.
_FORETOLD_TEXT = """
    听到 相信 认为 表示 宣布 估计 预测 预言 告诉 告知 答应 答复 承诺 许诺 发现 担心 透露 确认 嘱咐 吩咐
"""
_FORETOLD = frozenset(_FORETOLD_TEXT.split())
_SOON = lazily("[几两一](?:天|日|年|个?月|周|个?星期|会|阵|段|分钟|个?小时)|些(?:天|日)")
# 文盲率大幅下降
_BY_FAR = ("大幅", "大增", "大降", "大跌", "大减", "大为", "大致", "大约", "大多", "大都", "大概", "大体", "大大")
_PASSING = ("于", "万", "半", "百", "千", "亿", "年", "节", "日", "夜", "冬", "得", "不", "来", "去")


def _ai(context: Context) -> str | None:
    return "ai2" if context.after[:1] in tuple(HIT_BY) else "ai1" if context.after[:1] in tuple(
        "着近个家次户门"
    ) else None


def _yan(context: Context) -> str | None:
    down = context.after in ("下去", "下了") or (context.after == "下" and context.at(2) in ("", "了", "去"))
    return "yan4" if down or context.after[:1] in tuple("了不着口") else None


def _pu(context: Context) -> str | None:
    laid = context.after[:1] in tuple("着了满上开成好平在") and context.before[-1:] not in tuple("床当店")
    return "pu1" if laid else None


def _cang(context: Context) -> str | None:
    return "cang2" if context.after in ("在", "着", "了", "起来", "进", "到", "好", "于", "会儿", "会", "过") else None


def _cha(context: Context) -> str | None:
    if context.before[-1:] in tuple("高温时位压势级视电落色偏逆反误价水"):
        return "cha1"
    return "cha4" if context.after[:1] in tuple(STRUCK) else None


def _xiang(context: Context) -> str | None:
    if context.before[-1:] in tuple("出乞请诈劝迎归纳受"):
        return "xiang2"
    return "xiang2" if context.after[:1] in tuple(SURRENDERED_TO) and len(context.after) <= 2 else None


def _shuai(context: Context) -> str | None:
    after = context.after
    if after in LED_TROOPS or (len(after) > 1 and after[0] in "国大所其" and after[:2] not in _BY_FAR):
        return "shuai4"
    return None


def _zai(context: Context) -> str | None:
    before = context.before
    years = before and before[-1] in "元二三四五六七八九十千"
    return "zai3" if years and not context.after.startswith(("人", "客", "重")) else None


def _guo(context: Context) -> str | None:
    before, after = context.before, context.after
    if before == STAND_IN:
        return "guo5" if after[:1] not in ("来", "去", "年", "日", "生", "冬") else None  # check过了
    if len(before) == 1:
        before = context.at(-2) + before  # a verb that the segmentation does not know: 侦|察
    if before not in _ONCE_DONE or after in ADJECTIVES or after[:1] in _PASSING:
        return None  # 反应过快, 投票过半
    soon = _SOON.match(after + context.at(2))
    return "guo4" if soon and before in _FORETOLD else "guo5"


RULES: dict[str, Callable[[Context], str | None]] = {
    "挨": _ai, "咽": _yan, "铺": _pu, "藏": _cang, "差": _cha, "降": _xiang, "率": _shuai, "载": _zai, "过": _guo,
}  # fmt: skip
