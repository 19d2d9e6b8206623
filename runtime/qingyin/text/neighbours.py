"""Words and characters beside a polyphone that tell how it is read; the rules are in contexts.py."""

from __future__ import annotations

from qingyin.text.patterns import lazily
from qingyin.text.verbs import ADJECTIVES

BECOMES = frozenset("变改称选评分定视化沦升转结名命封拜立尊译设合凝汇列晋成作认当作建任")  # 为 after them is wei2
BENEFICIARIES = frozenset("我你您他她它咱谁大自其此何人")
OTHERS = frozenset(
    "我你您他她它咱谁别"
) | {"别人", "他人", "我们", "你们", "他们", "大家", "自己", "人家", "人民", "孩子", "祖国"}
FOR_THEM = frozenset("专都正只就也还全愿肯会能可想要该是特") | {"专门", "一心", "愿意", "不要", "就是"}  # 专为别人
PURPOSE_AFTER = frozenset("是就都只也全却还而且仅正要会能")
_AIMS_TEXT = """
    避免 防止 纪念 庆祝 了解 解决 争取 争夺 保护 保证 确保 配合 方便 满足 加强 提高 支持 应对 减少 增加 实现 适应 报答
    报复 筹集 求 抗议 悼念 躲避 逃避 寻找 表彰 表示 促进 改善 扩大 降低 节省 维护 维持 弥补 挽救 拯救 迎接 吸引 取得
    获得 让 使 给 避 省得 救 赶
"""
AIMS = frozenset(_AIMS_TEXT.split())
NUMERALS = frozenset("零〇一二两三四五六七八九十百千万几数每这那")
LED = frozenset("部局校团队旅县市省镇乡村院科处班组营连排司厂站船馆会行军师州所室")  # 部长, 校长
LED_OR_DISTRICT = LED | {"区"}
PERSONS = frozenset("我你您他她它咱谁书孩")
_TAUGHT_TEXT = """
    书 体育 数学 语文 英语 英文 汉语 中文 历史 地理 物理 化学 音乐 美术 课 学 学生 孩子 唱歌 画画 钢琴 党
"""
TAUGHT = frozenset(_TAUGHT_TEXT.split())
RETURNED = frozenset("了完过本愿俗乡魂礼手价击原款账书贷息情政朝家我你他她")  # after 还 that gives back
PRONOUNS = frozenset("我你您他她它咱谁")
DONE_SO = frozenset(  # 蹒跚地走
    "走跑说笑看坐站问答想哭叫喊吃睡跳飞唱写读听飘流落躺转谈欣望盯点摇打响讲找工生学变咳叹喘踱挪溜蹲"
)
MANNER = frozenset("声神然劲力心眼直般样速极气致性下里")  # 低声地, 拼命地
CAUGHT = frozenset("捞找见买够逮捉抓摸捡抢猜碰遇赶用睡")  # 没捞着: zhao2
PLACES_AFTER = frozenset("区上下面方带点位处铁球理名址产图板震狱主税毯道基域貌形势级支牢盘段缘质表层")
_BOARDING_TEXT = """
    上 下 上学 上课 上班 上台 上车 上楼 上山 上岗 上马 上网 上路 下课 下车 下楼 下山 下床 下班 下跪 下台 下水
    下令 下手 上前 上升 下降 上涨 下跌
    上去 下去 上来 下来
"""
BOARDING = frozenset(_BOARDING_TEXT.split())  # after 地, which is no ground there
# What must be done, after 得 at the beginning or after a word in letters: Excel表得重做, 得清理一下.
AFTER_LETTERS = lazily(
    "重(?:新|[启考做写来装拍学选修跑算录建发排画绘训测])|[^，得奖分票胜知救]{1,4}一下|(?:清理|升级|更新|安装|下载|上传|注册|登[录陆]|备份|续费"
    "|充值|联系|通知|确认|配置|设置|调试|测试|优化|部署|编译|卸载|关闭|打开|翻译|打印|支付|购买|订购|遵守|配合|支持|依赖|充电|联网|连接|连上|接入"
    "|戴[着上]|额外|同时|手动|定时|单独|事先|每[天周月年次]|至少|起码|搭配|配[个上好一]|盯[着紧]|留[给点意]|兼容|适配|满足|符合|具备|提交|上交"
    "|递交|申请|签订|成对|成[套双]|面对|承受|忍受|接受)"
)
LONG_THINGS = frozenset(  # 长穗, 长枪
    "穗臀柄叶尾耳毛角嘴颈腿足鳍吻蕊梗瓣刺冠须鞭萼喙翅茎序苞距管爪袍裙靴枪矛缝凳椅桌裤袖线"
)
GROWING = frozenset("得着成满大高胖过起出")

MUST = PRONOUNS | frozenset("都也还就又总可必便非先再更准谁们家")  # 我得走, 就得走: before 得 that is "must"
_MUST_WORDS_TEXT = """
    这 那 至少 起码 恐怕 大概 也许 可能 今天 明天 后天 晚上 早上 一定 老 首先 反正 所以 因此 那么 否则 然后 不然 但
    可是 是不是 有时 每天 每次 以后 将来 现在 只 要么 一般 通常 最少 最好 肯定 到底 自己 本来 到时候
    作业 衣服 车 车子 房子 药 饭 菜 饭菜 活儿 事儿 头发 牙 鞋 鞋子 合同 文件 钥匙 屋子 被子 地板 碗 机器
"""
MUST_WORDS = frozenset(_MUST_WORDS_TEXT.split())
_MUST_NOUNS_TEXT = """
    电梯 游戏 对象 快递 手续 视频 论文 问题 数据 系统 护照 照片 包裹 文章 速度 密码 行李 代码 机票 车票 门票 签证 简历
    材料 资料 报告 方案 计划 项目 产品 流程 程序 软件 手机 电脑 电池 屏幕 网络 空调 冰箱 家具 沙发 窗帘 地毯 垃圾 厨房
    房租 房贷 贷款 押金 学费 水费 电费 话费 电话 邮件 短信 消息 账号 账单 发票 订单 货物 仓库 设备 仪器 零件 轮胎 刹车
    油箱 伤口 牙齿 眼睛 膝盖 病历 处方 头盔 口罩 手套 雨伞 帽子 裤子 裙子 袜子 外套 毛衣 床单 被套 窗户 阳台 牛肉 鸡蛋
    面团 蔬菜 水果 牛奶 面条 饺子 烤箱 节奏 音量 字体 标题 封面 图片 图标 颜色 背景 文字 句子 单词 题目 试卷 答案 笔记
    课程 课件 规则 制度 规定 标准 价格 成本 预算 经费 工资 奖金 税款 名单 地址 电视 广告 海报 剧本 台词 服装 道具 灯光
    歌词 钢琴 吉他 球拍 装备 帐篷 船票 酒店 房间 座位 时间 日程 会议 活动 婚礼 礼物 红包 声音 动作 姿势 脾气 习惯 毛病
    关系 态度 语气 心态 思路 逻辑 结构 格式 框架 接口 函数 变量 页面 按钮 链接 文档 表格 插件 驱动 内存 硬盘
"""
MUST_NOUNS = frozenset(_MUST_NOUNS_TEXT.split())  # things: what follows 得 is to be done to them, unless they gain it
THINGS_GAIN = frozenset("高优满两三四五六七八九十零全甲过见之赞解")  # 论文得优, 电影得过奖
GAINS = frozenset("奖分到了出以知名益胜手票意志力利救宠势逞罪病道子体法当主失住人心一第金银铜冠亚其此名罪于而来去")
MUST_EVEN_SO = frozenset(("来", "去", "到处", "当心", "当面", "当场"))  # though GAINS has the character
MUST_DO = frozenset("给说让把先吃看找用跟等赶想买做办靠拿管开关走好多再问打听写学叫带送回问换花交请陪早快慢赶尽注小")
_MUST_SO_TEXT = """
    提前 尽早 尽快 尽量 及早 及时 按时 按照 准时 马上 立刻 立即 赶紧 赶快 赶忙 抓紧 收拾 准备 小心 注意 努力 慢慢
    好好 想办法 重新 继续 仔细 认真 坚持 完全 全部 一直 一步 另外 由 从 向 往 经过 通过 排队 吃 穿 花 住 下 上 去
    回去 回家 早 早点 少 多 承认 考虑 处理 检查 解决 修改 修理 调整 加强 提高 改进 改变 增加 减少 服从 遵守 学会
    学习 依靠 依法 亲自 单独 分开 想想 时刻 时常 经常 事先 预先 预订 预约 按 洗 换 倒 擦 扔 切 煮 炒 加 放 装 拆
    当心 当面 当场 存 付 交钱 掏 挤 绕 搬 爬 喝 睡 养 练 背 记住 负责 少说 下雨 值
    快点 快点儿 早点儿 尽力 观察 住院 打针 吃药 休息 请假 加班 出差 开会 上班 上课 上学 商量 解释 开刀 化验 复查 检查
"""
MUST_SO = frozenset(_MUST_SO_TEXT.split())  # after 得 at the head of a clause: 得提前买
MANNERS_TOO = frozenset(("认真", "仔细", "完全", "努力", "小心", "慢慢", "好好", "按时", "及时", "准时"))  # 打扫得仔细
GETTING = frozenset("测算查换赢赚挣学借收买讨求捡抢分记找抓救接考量猜问骗领拿争养讲录配割种钓摘挖")  # 测得数值: de2
ACTING = frozenset(  # before 得 that tells how it came out, besides VERBS
    "赔扎夸编藏铲抄扯撑冲抽愁闯催搭挡捣登滴递颠吊钓跌叠叮罚费隔勾灌惊敬锯拦淋流漏露迷抛喷披飘欺牵撬惹闪伤射升使刷耍搜摊探烫填捅陷响"
    "谢咽栽宰糟遮治捉晕裂碎抖颤吓绑"
) | {"感动", "激动", "兴奋", "紧张", "伤心", "高兴", "开心", "委屈", "气愤", "难过", "生气"}
RESULTS = ADJECTIVES | frozenset("出起上下进过回开住着了到见动完清成懂像跟连让叫正俊稳牢死活满不我你他她它")
TASKS = frozenset("给去找让把先跟靠让等")
_DEGREE_TEXT = """
    较 很 太 更 极 非常 十分 比较 较为 异常 这么 那么 如此 相当 有些 有点 不够 不太 越来越 特别 多了 不错 不多 厉害 要命
    要死 不得了
"""
DEGREE = frozenset(_DEGREE_TEXT.split())

THINGS = frozenset("菜肉米门钱药饭鞋碗床窗墙书票桌狗猫鱼鸡牛树车衣裤鞋地油盐奶")  # before 得 that is "must"
THING_ENDS = THINGS | frozenset(
    "西机脑箱架具盘库柜签程序码版网页站线卡稿道件品锅刀天末早午晚号点里边"
    "面口子们师友客妈爸哥姐弟妹爷奶叔孩器费款证表单信李包水花人上班学年月周队方司社店员"
)
_NO_THINGS_TEXT = """
    知道 说道 问道 答道 喊道 叫道 笑道
    见面 说话 赶上 追上 配上 比上 跟上 爱上 关上 穿上 合上 送上 用上 看上 考上 遇上 碰上 全面 片面 体面 正面 烦人
    气人 吓人 害人 累人 丢人 感人 动人 喜人 惊人 诱人 迷人 宜人 相信 自信 迷信 确信 坚信 简单 孤单 打包 承包 花费
    浪费 免费 消费 破费 反面 吸水 喝水 出众 大方 拼死 相学 口渴 天天 年年 发表 代表 外表 发号 聊天 早早 早点 晚点
    差点 快点 一点 有点 慢点 快活 洒水 流水 落单 安边 靠边 相处 照面 露面 出面 海面 洗面 翻面 出口 开口 顺口 可口
    爽口 上口 拗口 绕口 夸口 松口 改口 住口 吵嘴 逗人 喊人 骂人 打人 救人 找人 做人 为人 待人 教人 招人 惹人 引人
    撩人 催人 折磨人 方面 地面 表面 老子
"""
NO_THINGS = frozenset(_NO_THINGS_TEXT.split())
_TO_DO_TEXT = """
    值班 值 加班 签字 签 上学 上班 上课 上路 上岗 照顾 准备 注意 保持 按 按时 在 有人 有 自己 提前 每天 马上 立刻
    立即 重新 经常 交 锁 扫 淘 热一热 省 省着 换 洗 住院 出门 出去 出差 到 到场 体检 手术 动手术 吃药 打针 休息 观察
    复查 起床 早起 准时 到处 亲自 一起 当面 分开 分头 去 来 回 回去 回来 过来 过去 上去 下去 下来 上来 出来 起来 起
    开会 值夜班 定期 及早 趁早 趁 老老实实 随时 常 挨个 一个个 统一 另外 补 补课 补考 复习 预习 预约 登记 报名 排队
    排 轮流 穿 戴 系 熬 炖 焯 切 剁 腌 泡 晒 晾 烘干 烤 修 修理 检查 核对 保管 保护 爱护 靠 找 认真 努力 加油 加把劲
    加 小心 当心 留神 留心 好好 从 由 被 替 为 往 向 把 和 跟 用 请 让 叫 给 先 再 赶紧 赶快 尽快 尽早 尽量 花 考虑
    研究 讨论 商量 学会 学习 练习 锻炼 坚持 忍 忍着 熬夜 拿 带 背 提 扛 搬 付 付钱 还 赔 缴 退
"""
TO_DO = frozenset(_TO_DO_TEXT.split())
TO_DO_FIRST = frozenset(
    "放挂摆存搁贴盖洗擦扫拖倒锁关淘煮炖炒蒸泡切剁晾晒拆修补缝签填交付缴还带背扛搬买卖吃喝睡读写听说问找接送陪照赶换剪叠收拾拿打做排砍删改撤停"
)

SURRENDERED_TO = frozenset("清明元金宋汉魏蜀吴唐曹敌日齐梁陈隋秦楚晋辽")
LED_TROOPS = frozenset(
    "军部兵众师领舰骑队团国其家精水步大左右所麾残余"
) | {"主力", "中国", "部队", "大军", "代表团", "代表"}
HIT_BY = frozenset("打骂饿批揍冻宰训罚枪刀雨整过日")
STRUCK = frozenset("不点劲得一两几了")  # 差不多, 差一点
DOING = frozenset("去吗嘛啥什不得活完下着过")
UPSIDE_DOWN = frozenset("卵披心梨三圆锥钟数计映影立挂背流转退装叙序置")  # 倒卵形
AFTER_ADVERB_DAO = frozenset("是也不没还挺真有像好要把可")
_SHOULD_TEXT = """
    避免 在 由 以 用 有 从 先 把 尽 立即 及时 注意 给予 按 按照 依 依法 包括 属 属于 是 如 作 作为 保持 使 使用 不 能
    可 采取 考虑 加 与 尊重 予以 遵守 得到 选择 根据 该 为 具有 具备 至少 首先 尽量 尽快 尽可能 继续 同时 采用 努力
    承担 享有 进行 成为 受到 停止
"""
SHOULD = frozenset(_SHOULD_TEXT.split())
LATE = frozenset("急慌火凉迷魔忙")  # 着了急
LIT_BY = frozenset("点划睡烧猜打找摸买逮够碰见犯轮燃")  # 着 after them may mean that it came off
WORN = frozenset("沉胶附穿衣执固")  # 着 after them may be zhuo2

# Of a verb doubled, or around 一 or 了: 数了数, 量一量.
DOUBLED = {
    "数": "shu3", "抡": "lun1", "量": "liang2", "转": "zhuan4", "称": "cheng1", "粘": "zhan1", "相": "xiang4",
    "弹": "tan2", "泡": "pao4", "查": "cha2", "通": "tong1",
    "卷": "juan3",
    "钻": "zuan1", "扇": "shan1", "调": "tiao2", "磨": "mo2", "教": "jiao1", "看": "kan4", "吐": "tu3", "挑": "tiao1",
    "扫": "sao3", "缝": "feng2", "抹": "mo3", "铺": "pu1", "扎": "zha1", "晃": "huang4", "撒": "sa3", "劈": "pi1",
}  # fmt: skip
