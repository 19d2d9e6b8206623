"""Exists to have one text that a lasting process says to itself before anybody listens.

Whatever is made at first use is made then: arrays, buffers of the graphs, and the expressions that figures, signs and
letters need, which take longer to compile than a sentence takes to be spoken.
"""

TEXT = "你好，2026年1月1日12:30，涨了3.5%，OK。"
