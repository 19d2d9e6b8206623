"""How names sound that Chinese text is full of and that neither dictionary nor spelling tells: brands, software, slang.

Keys are in small letters, whatever the case in the text. Phones are those of the CMU dictionary; names of Chinese firms
are pinyin.
"""

from __future__ import annotations

_NAMES_TEXT = """
    airbnb:EH1-R-B-IY2-EH2-N-B-IY1 alipay:AE1-L-IY0-P-EY2 ansible:AE1-N-S-AH0-B-AH0-L anthropic:AE0-N-TH-R-AA1-P-IH0-K
    arduino:AA2-R-D-W-IY1-N-OW0 asus:EY1-S-UH0-S async:EY1-S-IH2-NG-K axios:AE1-K-S-IY0-OW0-S
    bilibili:B-IH1-L-IY0-B-IH1-L-IY0 bitcoin:B-IH1-T-K-OY2-N blockchain:B-L-AA1-K-CH-EY2-N canva:K-AE1-N-V-AH0
    codex:K-OW1-D-EH0-K-S cosplay:K-AA1-S-P-L-EY2 cosplayer:K-AA1-S-P-L-EY2-ER0 cuda:K-UW1-D-AH0
    debian:D-EH1-B-IY0-AH0-N debuff:D-IY0-B-AH1-F defi:D-IY1-F-AY2 devops:D-EH1-V-AA2-P-S django:JH-AE1-NG-G-OW0
    dogecoin:D-OW1-JH-K-OY2-N dota:D-OW1-T-AH0 dubbo:D-AH1-B-OW0 elasticsearch:IH0-L-AE1-S-T-IH0-K-S-ER2-CH
    emba:IY2-EH2-M-B-IY2-EY1 ethereum:IH0-TH-IH1-R-IY0-AH0-M figma:F-IH1-G-M-AH0 geforce:JH-IY1-F-AO2-R-S
    genshin:G-EH1-N-SH-IH0-N gitbook:G-IH1-T-B-UH2-K gitee:G-IH1-T-IY0 gitlab:G-IH1-T-L-AE2-B golang:G-OW1-L-AE2-NG
    grafana:G-R-AH0-F-AA1-N-AH0 hadoop:HH-AH0-D-UW1-P hbase:EY1-CH-B-EY2-S hifi:HH-AY1-F-AY2
    huggingface:HH-AH1-G-IH0-NG-F-EY2-S ielts:AY1-EH0-L-T-S iqoo:AY2-K-UW1 jira:JH-IH1-R-AH0 jupyter:JH-UW1-P-IH0-T-ER0
    keras:K-EH1-R-AH0-S kimi:K-IY1-M-IY0 kotlin:K-AA1-T-L-IH0-N kubernetes:K-UW2-B-ER0-N-EH1-T-IY0-Z
    laravel:L-EH1-R-AH0-V-EH2-L lenovo:L-AH0-N-OW1-V-OW0 lofi:L-OW1-F-AY2 logitech:L-AA1-JH-IH0-T-EH2-K
    loli:L-OW1-L-IY0 matplotlib:M-AE1-T-P-L-AA2-T-L-IH2-B metaverse:M-EH1-T-AH0-V-ER2-S midjourney:M-IH1-D-JH-ER2-N-IY0
    mongodb:M-AA1-NG-G-OW0-D-IY2-B-IY1 mysql:M-AY1-S-IY1-K-W-AH0-L nio:N-IY1-OW0 numpy:N-AH1-M-P-AY2 nuxt:N-AH1-K-S-T
    nvidia:EH0-N-V-IH1-D-IY0-AH0 nvme:EH2-N-V-IY2-EH2-M-IY1 oauth:OW1-AO2-TH ollama:OW0-L-AA1-M-AH0
    oneplus:W-AH1-N-P-L-AH2-S oppo:AA1-P-OW0 overleaf:OW1-V-ER0-L-IY2-F paas:P-AE1-S photoshop:F-OW1-T-OW0-SH-AA2-P
    pokemon:P-OW1-K-IY0-M-AA2-N postgres:P-OW1-S-T-G-R-EH2-S postgresql:P-OW1-S-T-G-R-EH2-S-K-Y-UW2-EH1-L
    prometheus:P-R-AH0-M-IY1-TH-IY0-AH0-S pycharm:P-AY1-CH-AA2-R-M pytorch:P-AY1-T-AO2-R-CH qwen:K-W-EH1-N
    radeon:R-EY1-D-IY0-AA0-N razer:R-EY1-Z-ER0 realme:R-IY1-L-M-IY2 redis:R-EH1-D-IH0-S redux:R-IY0-D-AH1-K-S
    roblox:R-OW1-B-L-AA2-K-S ryzen:R-AY1-Z-AH0-N samsung:S-AE1-M-S-AH0-NG scipy:S-AY1-P-AY2 sklearn:S-K-EY1-L-ER2-N
    sora:S-AO1-R-AH0 sqlite:S-IY1-K-W-AH0-L-AY2-T starlink:S-T-AA1-R-L-IH2-NG-K temu:T-IY1-M-UW0 tetris:T-EH1-T-R-IH0-S
    toefl:T-OW1-F-AH0-L typora:T-AY0-P-AO1-R-AH0 ubuntu:UH0-B-UW1-N-T-UW0 uniqlo:Y-UW1-N-IH0-K-L-OW2
    verilog:V-EH1-R-AH0-L-AA2-G vite:V-IY1-T vlogger:V-L-AO1-G-ER0 webp:W-EH1-P-IY2 webpack:W-EH1-B-P-AE2-K
    wechat:W-IY1-CH-AE2-T whatsapp:W-AH1-T-S-AE2-P wordpress:W-ER1-D-P-R-EH2-S yaml:Y-AE1-M-AH0-L yolo:Y-OW1-L-OW0
    zookeeper:Z-UW1-K-IY2-P-ER0 zotero:Z-OW0-T-EH1-R-OW0
"""
NAMES: dict[str, tuple[str, ...]] = {
    name: tuple(phones.split("-")) for name, phones in (entry.split(":") for entry in _NAMES_TEXT.split())
}
_CHINESE_TEXT = """
    baidu:bai3-du4 weibo:wei1-bo2 douyin:dou3-yin1 xiaomi:xiao3-mi3 meituan:mei3-tuan2 pinduoduo:pin1-duo1-duo1
    taobao:tao2-bao3 zhihu:zhi1-hu1 didi:di1-di1 kuaishou:kuai4-shou3 xiaohongshu:xiao3-hong2-shu1 jingdong:jing1-dong1
    weixin:wei1-xin4 beijing:bei3-jing1 shanghai:shang4-hai3 guangzhou:guang3-zhou1 shenzhen:shen1-zhen4
    hangzhou:hang2-zhou1 nanjing:nan2-jing1 chengdu:cheng2-du1 wuhan:wu3-han4 zhongguo:zhong1-guo2
    qingyin:qing1-yin1 pinyin:pin1-yin1 wubi:wu3-bi3 majiang:ma2-jiang4 gaode:gao1-de2 youku:you1-ku4 aiqiyi:ai4-qi2-yi4
"""
CHINESE_NAMES: dict[str, tuple[str, ...]] = {
    name: tuple(pinyin.split("-")) for name, pinyin in (entry.split(":") for entry in _CHINESE_TEXT.split())
}
