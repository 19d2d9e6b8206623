"""Monosyllabic verbs and adjectives of everyday speech, which no list of words marks as such."""

from __future__ import annotations

# 得 and 不 after them begin a complement (看得见, 说不出), and doubled they lose the second tone (看看).
VERBS: frozenset[str] = frozenset(
    "调抡换挺看听说走想坐问谈玩找算写读学用做讲跑动帮摸买卖吃喝睡忍受靠拿搬打放站记认分数忘离少免挡止住停等赶追付养装"
    "容跟管顾摆吸"
    "提抓搞弄变穿戴洗修治解信差架抵经守禁查救跳飞唱哭笑叫喊骂吵闹画拉推扔丢捡抱背扛挑抬举挂贴擦扫切剪砍烧煮炒烤炸泡晒冻"
    "烫挤压踩踢咬嚼咽吞尝闻摔掉爬滚躺趴跪蹲躲藏逃追赢输挣赚花省借租雇求劝骗哄逗猜逼催派请让陪送接迎碰撞绑捆拴锁锄种"
    "浇割收捞捉舔喂拎抠挠剁剃揪攒叼啃嗑掰撬戳"
    "摘剥削磨敲钉钻刮刷涂染缝补织绣补捧评闭行瞧诉练歇逛转演弹吹射瞄盯瞪干办教练考答辩驳拼凑连缠裹绕围扶搀搂握捏掐揉搓捶"
    "炖焖煲蒸卤腌拌熏焯拨杀砸吓晾塞拍扇摇晃甩舀盛倒灌洒泼喷填埋挖铲翻掀揭拆撕扯拔拽拖绊绷撑垫铺盖套脱扣系解开关推醒活长住过混熬挨扛划划算称量测饶拧扭聊堵掏"
    "抹瞅搁搅摁摊撂撩攥捂揽揣罚罩耍煎烙焊涮漱沏淋渗滤哼吊嫁卸踹蹬逮驮驾熨绘宰掖抻挎"
)
# Besides verbs, what is said to be so to some degree: 穷得, 好得.
ADJECTIVES: frozenset[str] = frozenset(
    "好坏大高低远近多快慢早晚冷热美丑甜苦酸辣香臭穷富胖瘦老强弱轻重深浅厚薄宽窄粗细硬软亮暗黑白红绿黄蓝静乱脏净忙闲累困"
    "疼痛痒饿饱渴急气恨怕爱乐慌烦傻笨精灵贵紧松满空密稀干湿圆直歪斜准真假怪妙奇惨糟肿烂皱破旧酥"
)
# What 起来, 出去 and so on follow as a complement, besides VERBS.
MOTIONS: frozenset[str] = frozenset(
    "低吐挺昂仰觉带领引牵立站坐爬升浮涌冒流窜奔冲闯溜钻退缩伸探露显现响亮胀肿轰撵赶调运寄递传搬挪移降沉垂飘落播发腾"
)
