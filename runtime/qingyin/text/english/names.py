"""How names sound that Chinese text is full of and that neither dictionary nor spelling tells: brands, software, slang.

Keys are in small letters, whatever the case in the text. Phones are those of the CMU dictionary. Names that are pinyin
stand in pinyin.py.
"""

from __future__ import annotations

_NAMES_TEXT = """
    adas:EY1-D-AE2-S aespa:EH1-S-P-AH0 affogato:AE2-F-AH0-G-AA1-T-OW0 airbnb:EH1-R-B-IY2-EH2-N-B-IY1
    alibaba:AA2-L-IY0-B-AA1-B-AH0 alipay:AE1-L-IY0-P-EY2 amap:EY1-M-AE2-P amoled:AE1-M-OW0-L-EH2-D
    ansible:AE1-N-S-AH0-B-AH0-L anthropic:AE0-N-TH-R-AA1-P-IH0-K anya:AA1-N-Y-AH0 arduino:AA2-R-D-W-IY1-N-OW0
    args:AA1-R-G-Z asana:AH0-S-AA1-N-AH0 asics:AE1-S-IH0-K-S asuka:AA1-S-K-AH0 asus:EY1-S-UH0-S async:EY1-S-IH2-NG-K
    audi:AW1-D-IY0
    athleisure:AE1-TH-L-IY2-ZH-ER0 avatr:AE1-V-AH0-T-AA2-R avene:AH0-V-EH1-N awk:AO1-K aww:AO1 axios:AE1-K-S-IY0-OW0-S
    ayanami:AA2-Y-AH0-N-AA1-M-IY0 bae:B-EY1 balenciaga:B-AH0-L-EH2-N-S-IY0-AA1-G-AH0 banzai:B-AA2-N-Z-AY1
    basquiat:B-AA1-S-K-IY0-AA2-T bass:B-EY1-S bengio:B-EH1-N-JH-IY0-OW0 beyonce:B-IY0-AA1-N-S-EY0 bezos:B-EY1-Z-OW0-S
    bibimbap:B-IY1-B-IH0-M-B-AA2-P bilibili:B-IH1-L-IY0-B-IH1-L-IY0 binance:B-AY1-N-AE2-N-S binging:B-IH1-N-JH-IH0-NG
    bitcoin:B-IH1-T-K-OY2-N bizet:B-IY0-Z-EY1 blockchain:B-L-AA1-K-CH-EY2-N boba:B-OW1-B-AH0
    bolognese:B-OW2-L-AH0-N-Y-EY1-Z bot:B-AA1-T bouillabaisse:B-UW2-Y-AH0-B-EY1-S broadcom:B-R-AO1-D-K-AA2-M
    brulee:B-R-UW0-L-EY1 buffet:B-AH0-F-EY1 bulgari:B-UH1-L-G-AH0-R-IY0 burberry:B-ER1-B-EH2-R-IY0
    bvlgari:B-UH1-L-G-AH0-R-IY0 camus:K-AA0-M-UW1 canva:K-AE1-N-V-AH0 cardano:K-AA0-R-D-AA1-N-OW0
    carrefour:K-EH1-R-AH0-F-UH2-R cartier:K-AA1-R-T-IY0-EY2 cauchy:K-OW0-SH-IY1 centos:S-EH1-N-T-OW2-S
    cerave:S-EH1-R-AH0-V-EY2 cetirizine:S-EH0-T-IH1-R-AH0-Z-IY2-N chagall:SH-AH0-G-AA1-L chalamet:SH-AE1-L-AH0-M-EY2
    chandon:SH-AA0-N-D-OW1-N charizard:CH-AA1-R-IH0-Z-AA2-R-D chatbot:CH-AE1-T-B-AA2-T checksum:CH-EH1-K-S-AH2-M
    chypre:SH-IY1-P-R-AH0 citroen:S-IH1-T-R-OW0-AH0-N clickhouse:K-L-IH1-K-HH-AW2-S clojure:K-L-OW1-ZH-ER0
    codex:K-OW1-D-EH0-K-S coinbase:K-OY1-N-B-EY2-S corbusier:K-AO0-R-B-UW1-Z-Y-EY2 cosplay:K-AA1-S-P-L-EY2
    cosplayer:K-AA1-S-P-L-EY2-ER0 coupang:K-UW1-P-AE2-NG coworking:K-OW1-W-ER2-K-IH0-NG creme:K-R-EH1-M
    crispr:K-R-IH1-S-P-ER0 ctrip:S-IY1-T-R-IH2-P cuda:K-UW1-D-AH0 dalle:D-AA1-L-IY0 danone:D-AE1-N-OW2-N
    databricks:D-EY1-T-AH0-B-R-IH2-K-S debian:D-EH1-B-IY0-AH0-N debuff:D-IY0-B-AH1-F dedup:D-IY1-D-UW2-P
    deduplicate:D-IY0-D-UW1-P-L-AH0-K-EY2-T deepmind:D-IY1-P-M-AY2-N-D deepseek:D-IY1-P-S-IY2-K defi:D-IY1-F-AY2
    degas:D-AH0-G-AA1 deja:D-EY2-ZH-AA1 delulu:D-IH0-L-UW1-L-UW0 denza:D-EH1-N-Z-AH0 deque:D-EH1-K
    devops:D-EH1-V-AA2-P-S dify:D-IH1-F-AY2 dijkstra:D-AY1-K-S-T-R-AH0 dimensity:D-IH0-M-EH1-N-S-IH0-T-IY0
    dist:D-IH1-S-T django:JH-AE1-NG-G-OW0 djokovic:JH-OW1-K-AH0-V-IH2-CH dogecoin:D-OW1-JH-K-OY2-N doja:D-OW1-JH-AH0
    doncic:D-AA1-N-CH-IH0-CH doraemon:D-AO2-R-AA0-EY1-M-AA0-N dota:D-OW1-T-AH0 duang:D-W-AA1-NG dubbo:D-AH1-B-OW0
    duolingo:D-UW2-OW0-L-IH1-NG-G-OW0 ebit:IY1-B-IH0-T ebitda:IY2-B-IH0-T-D-AA1 ecmo:EH1-K-M-OW0 edtech:EH1-D-T-EH2-K
    edutech:EH1-JH-AH0-T-EH2-K eeprom:IY2-IY1-P-R-AA2-M elasticsearch:IH0-L-AE1-S-T-IH0-K-S-ER2-CH elif:EH1-L-IH2-F
    elle:EH1-L elon:IY1-L-AA0-N elysees:EY0-L-IY2-Z-EY1 emba:IY2-EH2-M-B-IY2-EY1 embiid:EH0-M-B-IY1-D emo:IY1-M-OW0
    emoji:IH0-M-OW1-JH-IY0 enum:IY1-N-AH2-M enya:EH1-N-Y-AH0 erdogan:EH1-R-D-AH0-W-AA2-N erdos:EH1-R-D-OW0-S
    eren:EH1-R-AH0-N erlang:ER1-L-AE2-NG esc:IH0-S-K-EY1-P estee:EH1-S-T-EY2 ethereum:IH0-TH-IH1-R-IY0-AH0-M
    evangelion:EH2-V-AE0-N-G-EH1-L-IY0-AH0-N eww:Y-UW1 exynos:EH1-K-S-IH0-N-AA2-S fam:F-AE1-M
    fastapi:F-AE1-S-T-EY2-P-IY2-AY1 fermat:F-EH0-R-M-AA1 fiba:F-IY1-B-AH0 fifa:F-IY1-F-AH0 figma:F-IH1-G-M-AH0
    fila:F-IY1-L-AH0 fina:F-IY1-N-AH0 fintech:F-IH1-N-T-EH2-K flaubert:F-L-OW0-B-EH1-R foie:F-W-AA1
    fortnite:F-AO1-R-T-N-AY2-T fortran:F-AO1-R-T-R-AE2-N frappuccino:F-R-AE2-P-AH0-CH-IY1-N-OW0
    frontend:F-R-AH1-N-T-EH2-N-D fujifilm:F-UW1-JH-IY0-F-IH2-L-M gacha:G-AA1-CH-AH0 gaga:G-AA1-G-AA2
    galois:G-AE0-L-W-AA1 gamification:G-EY2-M-AH0-F-AH0-K-EY1-SH-AH0-N gaudi:G-AW1-D-IY0 gauguin:G-OW0-G-AE1-N
    geforce:JH-IY1-F-AO2-R-S gelato:JH-AH0-L-AA1-T-OW0 gelu:G-EH1-L-UW0 genshin:G-EH1-N-SH-IH0-N
    ghesquiere:G-EH2-S-K-Y-EH1-R giannis:Y-AA1-N-IH0-S gif:G-IH1-F gitbook:G-IH1-T-B-UH2-K gitee:G-IH1-T-IY0
    gitlab:G-IH1-T-L-AE2-B givenchy:ZH-IY2-V-AA0-N-SH-IY1 glossier:G-L-AO1-S-IY0-EY2 godard:G-OW0-D-AA1-R
    godel:G-ER1-D-AH0-L gojek:G-OW1-JH-EH2-K golang:G-OW1-L-AE2-NG gradio:G-R-EY1-D-IY0-OW0 grafana:G-R-AH0-F-AA1-N-AH0
    grok:G-R-AA1-K gryffindor:G-R-IH1-F-IH0-N-D-AO2-R guerlain:G-EH0-R-L-AA1-N haaland:HH-AO1-L-AH0-N-D
    hadoop:HH-AH0-D-UW1-P haruki:HH-AA0-R-UW1-K-IY0 hatsune:HH-AA0-T-S-UW1-N-EY0 hbase:EY1-CH-B-EY2-S
    headcanon:HH-EH1-D-K-AE2-N-AH0-N hearthstone:HH-AA1-R-TH-S-T-OW2-N hegel:HH-EY1-G-AH0-L
    heisenberg:HH-AY1-Z-AH0-N-B-ER0-G hentai:HH-EH1-N-T-AY2 hermes:EH0-R-M-EH1-Z hermione:HH-ER0-M-AY1-AH0-N-IY0
    heytea:HH-EY1-T-IY2 hifi:HH-AY1-F-AY2 hiit:HH-IH1-T hikvision:HH-IH1-K-V-IH2-ZH-AH0-N hipaa:HH-IH1-P-AH0
    hisense:HH-AY1-S-EH2-N-S hisilicon:HH-AY2-S-IH1-L-AH0-K-AH0-N hoyoverse:HH-OY1-OW0-V-ER2-S
    huggingface:HH-AH1-G-IH0-NG-F-EY2-S hygge:HH-Y-UW1-G-AH0 iata:AY0-AA1-T-AH0
    ibrahimovic:IH2-B-R-AH0-HH-IY1-M-AH0-V-IH0-CH icao:AY0-K-EY1-OW0 ielts:AY1-EH0-L-T-S ikea:AY0-K-IY1-AH0 int:IH1-N-T
    ios:AY2-OW2-EH1-S iqoo:AY2-K-UW1 isekai:IY1-S-EH0-K-AY2 jalapeno:HH-AA2-L-AH0-P-EY1-N-Y-OW0 jira:JH-IH1-R-AH0
    jisoo:JH-IY1-S-UW2 jojo:JH-OW1-JH-OW0 jokic:Y-OW1-K-IH0-CH joyoung:JH-OY1-Y-AH2-NG jpeg:JH-EY1-P-EH2-G
    json:JH-EY1-S-AH0-N jupyter:JH-UW1-P-IH0-T-ER0 kaist:K-AY1-S-T kaizen:K-AY1-Z-EH2-N kakao:K-AH0-K-AW1
    kamala:K-AA1-M-AH0-L-AH0 kanban:K-AA1-N-B-AA2-N kanye:K-AA1-N-Y-EY2 keras:K-EH1-R-AH0-S kia:K-IY1-AH0
    kobe:K-OW1-B-IY0
    kibana:K-IH0-B-AE1-N-AH0 kimi:K-IY1-M-IY0 klimt:K-L-IH1-M-T kombucha:K-AA0-M-B-UW1-CH-AH0 konami:K-OW0-N-AA1-M-IY0
    kotlin:K-AA1-T-L-IH0-N krzysztof:K-SH-IH1-SH-T-AO0-F kubectl:K-Y-UW1-B-K-AH0-N-T-R-OW2-L
    kubernetes:K-UW2-B-ER0-N-EH1-T-IY0-Z kuma:K-UW1-M-AH0 lafite:L-AH0-F-IY1-T laksa:L-AA1-K-S-AH0
    lancome:L-AA2-N-K-OW1-M laneige:L-AA0-N-EH1-ZH langchain:L-AE1-NG-CH-EY2-N laplace:L-AH0-P-L-AA1-S
    laravel:L-EH1-R-AH0-V-EH2-L lebron:L-AH0-B-R-AA1-N lecun:L-AH0-K-AH1-N leica:L-AY1-K-AH0 lenovo:L-AH0-N-OW1-V-OW0
    lensa:L-EH1-N-S-AH0 lewandowski:L-EH2-V-AH0-N-D-AO1-F-S-K-IY0 lightsaber:L-AY1-T-S-EY2-B-ER0 lindt:L-IH1-N-T
    linkerd:L-IH1-NG-K-ER0-D-IY2 localhost:L-OW1-K-AH0-L-HH-OW2-S-T lodz:W-UH1-CH loewe:L-OW0-EH1-V-EY0 lofi:L-OW1-F-AY2
    logitech:L-AA1-JH-IH0-T-EH2-K logits:L-OW1-JH-IH0-T-S logstash:L-AA1-G-S-T-AE2-SH lohas:L-OW1-HH-AA2-S
    loki:L-OW1-K-IY0 loli:L-OW1-L-IY0 longchamp:L-AO2-NG-SH-AA1-N loratadine:L-AO0-R-AE1-T-AH0-D-IY2-N
    lorawan:L-AO1-R-AH0-W-AE2-N loreal:L-AO2-R-IY0-AE1-L lowercase:L-OW1-ER0-K-EY2-S luckin:L-AH1-K-IH0-N
    lululemon:L-UW2-L-UW0-L-EH1-M-AH0-N lyft:L-IH1-F-T macan:M-AH0-K-AA1-N macaron:M-AE2-K-ER0-AA1-N
    macchiato:M-AA2-K-IY0-AA1-T-OW0 macron:M-AH0-K-R-OW1-N mahjong:M-AA0-ZH-AO1-NG manhwa:M-AA1-N-W-AA0
    manjaro:M-AE0-N-JH-AA1-R-OW0 manus:M-AE1-N-AH0-S mapo:M-AA1-P-OW0 margiela:M-AA2-R-JH-EH1-L-AH0
    mascarpone:M-AE2-S-K-AA0-R-P-OW1-N-EY0 matcha:M-AA1-CH-AH0 matlab:M-AE1-T-L-AE2-B
    matplotlib:M-AE1-T-P-L-AA2-T-L-IH2-B mbappe:AH0-M-B-AA0-P-EY1 mece:M-IY1-S-IY0 mediatek:M-IY1-D-IY0-AH0-T-EH2-K
    meh:M-EH1 memcached:M-EH1-M-K-AE2-SH-T memes:M-IY1-M-Z messi:M-EH1-S-IY0 metaverse:M-EH1-T-AH0-V-ER2-S
    metformin:M-EH0-T-F-AO1-R-M-IH0-N midjourney:M-IH1-D-JH-ER2-N-IY0 mihoyo:M-IY1-HH-OY2-OW0 miku:M-IY1-K-UW0
    milei:M-IH0-L-EY1 miu:M-Y-UW1 miui:M-IY2-Y-UW2-AY1 moba:M-OW1-B-AH0 moderna:M-AH0-D-ER1-N-AH0
    modric:M-OW1-D-R-IH0-CH moet:M-OW0-EH1-T mojito:M-OW0-HH-IY1-T-OW0 moma:M-OW1-M-AH0 moncler:M-AO2-N-K-L-EH1-R
    mongodb:M-AA1-NG-G-OW0-D-IY2-B-IY1 monorepo:M-AA1-N-OW0-R-IY2-P-OW0 mozart:M-OW1-T-S-AA2-R-T mpeg:EH1-M-P-EH2-G
    muji:M-UW1-JH-IY0 mukbang:M-UH1-K-B-AE2-NG mysql:M-AY1-S-IY1-K-W-AH0-L nacos:N-AA1-K-OW2-S nadella:N-AH0-D-EH1-L-AH0
    neo:N-IY1-OW0 nestle:N-EH1-S-L-EY0 netease:N-EH1-T-IY2-Z neymar:N-EY1-M-AA2-R nezuko:N-EH1-Z-UW2-K-OW0
    nginx:EH1-N-JH-IH0-N-EH2-K-S niacinamide:N-AY2-AH0-S-IH1-N-AH0-M-AY2-D nio:N-IY1-OW0 novartis:N-OW0-V-AA1-R-T-IH0-S
    nubia:N-UW1-B-IY0-AH0 num:N-AH1-M numpy:N-AH1-M-P-AY2 nuxt:N-AH1-K-S-T nvidia:EH0-N-V-IH1-D-IY0-AH0
    nvme:EH2-N-V-IY2-EH2-M-IY1 oauth:OW1-AO2-TH okk:OW2-K-EY1 okok:OW2-K-EY2-OW2-K-EY1 oled:OW1-L-EH2-D
    ollama:OW0-L-AA1-M-AH0 omakase:OW2-M-AH0-K-AA1-S-EY0 omicron:AA1-M-IH0-K-R-AA2-N oneplus:W-AH1-N-P-L-AH2-S
    onnx:AA1-N-IH0-K-S opencv:OW1-P-AH0-N-S-IY2-V-IY1 oppo:AA1-P-OW0 otaku:OW0-T-AA1-K-UW0 otome:OW2-T-OW0-M-EH1
    overleaf:OW1-V-ER0-L-IY2-F ozempic:OW0-Z-EH1-M-P-IH0-K paas:P-AE1-S paella:P-AA0-EH1-L-AH0 panna:P-AA1-N-AH0
    patreon:P-EY1-T-R-IY0-AA2-N paulo:P-AW1-L-OW0 perrier:P-EH1-R-IY0-EY2 photoshop:F-OW1-T-OW0-SH-AA2-P
    pichai:P-IH0-CH-AY1 pikachu:P-IY1-K-AH0-CH-UW2 pinecone:P-AY1-N-K-OW2-N pinia:P-IY1-N-Y-AH0
    poincare:P-W-AA2-N-K-AA0-R-EY1 pokemon:P-OW1-K-IY0-M-AA2-N polkadot:P-OW1-L-K-AH0-D-AA2-T posay:P-OW0-Z-EY1
    postgres:P-OW1-S-T-G-R-EH2-S postgresql:P-OW1-S-T-G-R-EH2-S-K-Y-UW2-EH1-L prisma:P-R-IH1-Z-M-AH0
    prometheus:P-R-AH0-M-IY1-TH-IY0-AH0-S pycharm:P-AY1-CH-AA2-R-M pygame:P-AY1-G-EY2-M pylint:P-AY1-L-IH2-N-T
    pyspark:P-AY1-S-P-AA2-R-K pytest:P-AY1-T-EH2-S-T pytorch:P-AY1-T-AO2-R-CH quesadilla:K-EY2-S-AH0-D-IY1-AH0
    quokka:K-W-AA1-K-AH0 qwen:K-W-EH1-N rabbitmq:R-AE1-B-IH0-T-EH2-M-K-Y-UW1 radeon:R-EY1-D-IY0-AA0-N
    rakuten:R-AA1-K-UW0-T-EH2-N ramen:R-AA1-M-AH0-N raspbian:R-AE1-Z-B-IY0-AH0-N ratatouille:R-AE2-T-AH0-T-UW1-IY0
    razer:R-EY1-Z-ER0 readme:R-IY1-D-M-IY2 realme:R-IY1-L-M-IY2 redis:R-EH1-D-IH0-S redux:R-IY0-D-AH1-K-S
    regex:R-EH1-G-EH2-K-S reit:R-IY1-T reits:R-IY1-T-S relu:R-EH1-L-UW0 remix:R-IY1-M-IH2-K-S rendang:R-EH0-N-D-AA1-NG
    repo:R-IY1-P-OW0 resnet:R-EH1-Z-N-EH2-T revolut:R-EH1-V-AH0-L-UW2-T rivian:R-IH1-V-IY0-AH0-N rizz:R-IH1-Z
    roblox:R-OW1-B-L-AA2-K-S roborock:R-OW1-B-AH0-R-AA2-K roche:R-OW1-SH rocher:R-OW0-SH-EY1 rollup:R-OW1-L-AH2-P
    rowling:R-OW1-L-IH0-NG rua:R-UW1-AH0 ryokan:R-IY0-OW1-K-AH0-N ryzen:R-AY1-Z-AH0-N samsung:S-AE1-M-S-AH0-NG
    sanji:S-AA1-N-JH-IY0 santorini:S-AE2-N-T-AH0-R-IY1-N-IY0 sashimi:S-AA0-SH-IY1-M-IY0 satie:S-AA0-T-IY1
    sauron:S-AW1-R-AA2-N schrodinger:SH-R-OW1-D-IH0-NG-ER0 scipy:S-AY1-P-AY2 sed:S-EH1-D sekiro:S-EH0-K-IH1-R-OW0
    semaglutide:S-EH2-M-AH0-G-L-UW1-T-AY2-D senpai:S-EH1-N-P-AY2 shein:SH-IY1-IH0-N shopify:SH-AA1-P-AH0-F-AY2
    sia:S-IY1-AH0 siobhan:SH-AH0-V-AO1-N skechers:S-K-EH1-CH-ER0-Z skibidi:S-K-IH1-B-IH0-D-IY0 sklearn:S-K-EY1-L-ER2-N
    skyscanner:S-K-AY1-S-K-AE2-N-ER0 slytherin:S-L-IH1-DH-ER0-IH0-N softmax:S-AO1-F-T-M-AE2-K-S soju:S-OW1-JH-UW0
    sora:S-AO1-R-AH0 spacex:S-P-EY1-S-EH2-K-S sqlalchemy:S-IY2-K-W-AH0-L-AE1-L-K-AH0-M-IY0 sqlite:S-IY1-K-W-AH0-L-AY2-T
    starlink:S-T-AA1-R-L-IH2-NG-K statin:S-T-AE1-T-IH0-N streamlit:S-T-R-IY1-M-L-IH2-T substack:S-AH1-B-S-T-AE2-K
    sudo:S-UW1-D-UW0 sudoku:S-UW0-D-OW1-K-UW0 sunak:S-UW1-N-AE2-K sutskever:S-UW0-T-S-K-EH1-V-ER0 sys:S-IH1-S
    tadao:T-AH0-D-AA1-OW0 tagliatelle:T-AE2-L-Y-AH0-T-EH1-L-IY0 taichi:T-AY2-CH-IY1 targaryen:T-AA0-R-G-EH1-R-IY0-AH0-N
    taycan:T-AY1-K-AA2-N tempura:T-EH0-M-P-UH1-R-AH0 temu:T-IY1-M-UW0 tencent:T-EH1-N-S-EH2-N-T
    tensorflow:T-EH1-N-S-ER0-F-L-OW2 terraform:T-EH1-R-AH0-F-AO2-R-M tetris:T-EH1-T-R-IH0-S thanos:TH-AE1-N-OW0-S
    thermage:TH-ER1-M-AA2-ZH tiguan:T-IY1-G-W-AA2-N tiktok:T-IH1-K-T-AA2-K tiramisu:T-IH2-R-AH0-M-IY1-S-UW0
    toblerone:T-OW1-B-L-ER0-OW2-N toefl:T-OW1-F-AH0-L toml:T-AA1-M-AH0-L tooltip:T-UW1-L-T-IH2-P
    totoro:T-OW0-T-AO1-R-OW0 trello:T-R-EH1-L-OW0 tsundere:T-S-UH2-N-D-EH1-R-EY0 typedef:T-AY1-P-D-EH2-F
    typora:T-AY0-P-AO1-R-AH0 uber:UW1-B-ER0 ubisoft:Y-UW1-B-IY0-S-AO2-F-T ubtech:Y-UW2-B-IY1-T-EH2-K
    ubuntu:UH0-B-UW1-N-T-UW0 udon:UW1-D-AA2-N uefa:Y-UW0-EY1-F-AH0 unicode:Y-UW1-N-IH0-K-OW2-D
    uniqlo:Y-UW1-N-IH0-K-L-OW2 uno:UW1-N-OW0 uppercase:AH1-P-ER0-K-EY2-S usaco:Y-UW0-S-AA1-K-OW0
    valorant:V-AE1-L-ER0-AH0-N-T var:V-AA1-R venmo:V-EH1-N-M-OW0 vercel:V-ER0-S-EH1-L verilog:V-EH1-R-AH0-L-AA2-G
    vuitton:V-W-IY0-T-AA1-N meta:M-EH1-T-AH0 shawshank:SH-AO1-SH-AE2-NG-K
    vimeo:V-IH1-M-IY0-OW2 vite:V-IY1-T vlan:V-IY1-L-AE2-N vlogger:V-L-AO1-G-ER0 vmware:V-IY2-EH1-M-W-EH2-R
    vtuber:V-IY1-T-UW2-B-ER0 vue:V-Y-UW1 vuex:V-Y-UW1-EH2-K-S wagyu:W-AA1-G-Y-UW2 wasabi:W-AH0-S-AA1-B-IY0
    waymo:W-EY1-M-OW0 webp:W-EH1-P-IY2 webpack:W-EH1-B-P-AE2-K wechat:W-IY1-CH-AE2-T weeknd:W-IY1-K-EH2-N-D
    wegovy:W-AH0-G-OW1-V-IY0 whatsapp:W-AH1-T-S-AE2-P wind:W-IH1-N-D wipo:W-AY1-P-OW0 wonton:W-AA1-N-T-AA2-N
    wordpress:W-ER1-D-P-R-EH2-S xtep:EH1-K-S-T-EH2-P yaml:Y-AE1-M-AH0-L yandere:Y-AA2-N-D-EH1-R-EY0 yas:Y-AE1-S
    yayoi:Y-AH0-Y-OY1 yolo:Y-OW1-L-OW0 zabbix:Z-AE1-B-IH0-K-S zara:Z-AA1-R-AH0 zelensky:Z-AH0-L-EH1-N-S-K-IY0
    zookeeper:Z-UW1-K-IY2-P-ER0 zotero:Z-OW0-T-EH1-R-OW0 zumba:Z-UW1-M-B-AH0 zverev:Z-V-EH1-R-EH0-V
    bayern:B-AY1-ER0-N goethe:G-ER1-T-AH0 sakura:S-AA1-K-UH0-R-AH0 vuitton:V-IY0-T-AA1-N zidane:Z-IH0-D-AA1-N
"""
NAMES: dict[str, tuple[str, ...]] = {
    name: tuple(phones.split("-")) for name, phones in (entry.split(":") for entry in _NAMES_TEXT.split())
}
