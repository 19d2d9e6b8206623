"""Names of Latin and Greek letters as Mandarin speakers say them, in the nearest Mandarin syllables."""

from __future__ import annotations

LETTER_NAMES = {
    "a": "ei1", "b": "bi4", "c": "xi1", "d": "di4", "e": "yi4", "f": "ai2 fu5", "g": "ji4", "h": "ei2 chi5",
    "i": "ai4", "j": "zhei4", "k": "kei4", "l": "ai2 lou5", "m": "ai2 mu5", "n": "en1", "o": "ou1",
    "p": "pi4", "q": "qiu1", "r": "a4 er5", "s": "ai2 si5", "t": "ti4", "u": "you1", "v": "wei4",
    "w": "da2 bu5 liu5", "x": "ai2 ke5 si5", "y": "wai4", "z": "zei4",
}  # fmt: skip
# The names in 全国科学技术名词审定委员会's usage or, where it gives none, the commonest in textbooks.
GREEK_NAMES = {
    "α": "阿尔法", "β": "贝塔", "γ": "伽马", "δ": "德尔塔", "ε": "艾普西隆", "ζ": "泽塔", "η": "伊塔",
    "θ": "西塔", "ι": "约塔", "κ": "卡帕", "λ": "兰布达", "μ": "谬", "ν": "纽", "ξ": "克西",
    "ο": "奥米克戎", "π": "派", "ρ": "柔", "σ": "西格玛", "ς": "西格玛", "τ": "陶", "υ": "宇普西隆",
    "φ": "斐", "χ": "希", "ψ": "普西", "ω": "欧米伽",
}  # fmt: skip
MAX_GREEK_RUN = 2  # longer runs are Greek words, which nothing here can read
