"""Chinese names of the commonest emoji; the others are reported, because most names are too long to listen to."""

from __future__ import annotations

_NAMES_TEXT = """
    😀 笑脸 😃 笑脸 😄 笑脸 😁 露齿笑 😆 大笑 😅 流汗 😂 笑哭 🤣 笑翻 🙂 微笑 😊 微笑 ☺ 微笑 😉 眨眼 😍 花痴 🥰 喜爱
    😘 飞吻 😋 好吃 😜 调皮 🤪 搞怪 😎 酷 🤔 思考 😏 得意 😒 不屑 🙄 白眼 😴 睡觉 😪 困 😷 口罩 🤒 生病 😢 流泪
    😭 大哭 😤 生气 😠 生气 😡 愤怒 😱 惊恐 😨 害怕 😰 冷汗 😳 脸红 🥺 可怜 😔 失落 😞 失望 😩 疲惫 😮 惊讶 😲 震惊
    🤗 拥抱 🤝 握手 🤫 嘘 😇 天使 🤡 小丑 💩 便便 👻 鬼 💀 骷髅 👍 点赞 👎 差评 👌 好的 ✌ 胜利 🤞 祈祷 👏 鼓掌
    🙏 拜托 💪 加油 👋 挥手 👊 拳头 ✊ 拳头 👀 眼睛 ❤ 爱心 🧡 爱心 💛 爱心 💚 爱心 💙 爱心 💜 爱心 🖤 黑心 💕 爱心
    💖 爱心 💔 心碎 💯 一百分 🔥 火 ✨ 闪光 ⭐ 星星 🌟 星星 🎉 庆祝 🎊 庆祝 🎁 礼物 🎂 蛋糕 🌹 玫瑰 🌸 樱花 ☀ 太阳
    🌞 太阳 🌙 月亮 🌈 彩虹 ☔ 雨伞 ❄ 雪花 🐶 小狗 🐱 小猫 🐷 小猪 🐼 熊猫 🍎 苹果 🍺 啤酒 🍻 干杯 ☕ 咖啡 🍚 米饭
    🚗 汽车 ✈ 飞机 🏠 房子 💰 钱袋 📱 手机 💻 电脑 📷 相机 🎵 音乐 ⚽ 足球 🏀 篮球 🏆 奖杯 🚀 火箭 💡 灯泡 ⏰ 闹钟
    ✅ 打勾 ❌ 打叉 ❗ 感叹号 ❓ 问号 ⚠ 警告
"""
_ENTRIES = _NAMES_TEXT.split()
EMOJI_NAMES: dict[str, str] = dict(zip(_ENTRIES[::2], _ENTRIES[1::2], strict=True))
# What may follow an emoji and changes only its looks: variation selector, skin tones.
EMOJI_MODIFIERS = frozenset("\ufe0e\ufe0f\U0001f3fb\U0001f3fc\U0001f3fd\U0001f3fe\U0001f3ff")
ZERO_WIDTH_JOINER = "\u200d"


def is_emoji(char: str) -> bool:
    """Whether `char` is shown as a picture: the emoji planes, and named signs of the older blocks."""
    return "\U0001f300" <= char <= "\U0001faff" or char in EMOJI_NAMES
