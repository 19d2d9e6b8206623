"""Complements that are light with 不 only after certain verbs (打不破, 长不大), which no list of halves gives."""

from __future__ import annotations

# Complement and the verbs before 不; after others it is an adjective of its own (相差不大, 再过不久).
_RESULTS_TEXT = """
    齐 凑配收排摆聚备买找 够 吃看听玩睡喝买付拿等花 满 填装坐住盛灌写倒凑招塞排 烂 嚼煮 熟 煮烤蒸炖烧
    醒 叫喊推摇睡吵唤 死 打摔饿淹毒烧压晒冻吃 倒 吹推难打压吓摔问考击 断 剪割切砍打扯折隔拉咬
    高 飞跳升涨长踢爬 远 走跑飞扔跳传踢逃 破 打戳咬吹突攻 散 打吹拆 中 打射投猜考抽踢押 赢 打踢斗下跑比
    穿 看射打望 走 带赶拿搬抢偷吹拉牵抬逃 大 长闹养 胖 吃养长 饱 吃喝睡 坏 弄用摔打砸 碎 摔打砸嚼切
    平 熨压抹摆填铺 直 伸挺站掰 灭 扑浇吹打 全 记认收买 稳 走站坐拿睡立骑
    好 治修学睡写画唱弄搞教管带养练演拍考缝补炒照 牢 记拴绑捆 退 打劝击吓 深 扎挖 服 说压 来 学合谈划吃听
    进 听塞挤钻插读装放搬伸吃 消 吃 起 赔惹伤输付租养 上 称算评选当娶吃喝穿交接排抢搭派补 久 活待坐站撑
    长 活待干 快 跑走写吃跳 掉 改戒 住 留拦待呆闲沉 出 抽 开 抽 着 点 明白 说想弄讲听看搞问活
    清楚 说想弄讲听看搞问记分认算 整齐 摆站排叠 干净 洗擦扫吃弄 完整 说记 安稳 睡坐 踏实 睡 长久 活干待做
    活 养救 成 完
"""
_FIELDS = _RESULTS_TEXT.split()
RESULTS: dict[str, frozenset[str]] = {
    complement: frozenset(verbs) for complement, verbs in zip(_FIELDS[::2], _FIELDS[1::2], strict=True)
}
ENDS_OF_VERBS = ("制不住", "饰不住", "捺不住", "系不上", "达不出", "辨不清", "代不清", "拾不完", "释不清", "述不清")
