"""What English cannot tell by rule: names of letters, words said in a way of their own, and its consonant clusters."""

from __future__ import annotations

from qingyin.text.patterns import lazily

_LETTERS_TEXT = """
    a:EY1 b:B-IY1 c:S-IY1 d:D-IY1 e:IY1 f:EH1-F g:JH-IY1 h:EY1-CH i:AY1 j:JH-EY1 k:K-EY1 l:EH1-L m:EH1-M n:EH1-N o:OW1
    p:P-IY1 q:K-Y-UW1 r:AA1-R s:EH1-S t:T-IY1 u:Y-UW1 v:V-IY1 w:D-AH1-B-AH0-L-Y-UW0 x:EH1-K-S y:W-AY1 z:Z-IY1
"""
LETTER_PHONES: dict[str, list[str]] = {
    entry[0]: entry[2:].split("-") for entry in _LETTERS_TEXT.split()
}  # small letter -> CMU dictionary phones of its English name

_WORD_ACRONYMS_TEXT = """
    GIF SIM LAN WAN RAM ROM PIN CAD SARS AIDS MOOC TED GAP NIKE ZARA DOS FAT GET PUT TOP HOT NEW MAX PRO AIR BUG LOG TAG
    KEY ZIP JAR MAP SET RUN BOX RED BIG DAY CAR VAN MOD FUN RAP UP COS MIX FIT POP PAD ACE ART BAR HUB LAB WEB NET NOT
    AND OR ALL YES OFF OUT OLD END ADD TRY NOW BOY MAN SKY SUN SEX GAY GOD ICE HIP HOP JOB KID WIN BYE THE FOR YOU
    WOW HEY UP WAY BAD LOW HOW WHY ASK SUM MIN GYM TOY ZOO FAN BIT SEA FLY CUT MOM DAD EYE LIP BUY
    XBOX CUP CAT DOG FOX OWL BEE ANT LEG JOY ROW LET ONE TWO SIX TEN CAN WAR MAY HIT GUN EGG TEA HER HIS OUR TOO
"""
WORD_ACRONYMS: frozenset[str] = frozenset(_WORD_ACRONYMS_TEXT.split())  # words of the dictionary although in capitals

# Letters that could be a word and are not, of four and more.
_SPELLED_ACRONYMS_TEXT = """
    PHEV BYOD NYSE UEFI LMAO IMHO UCLA UIUC ACCA HEIC IMEI IDFA OAID EMUI NICU
"""
SPELLED_ACRONYMS: frozenset[str] = frozenset(_SPELLED_ACRONYMS_TEXT.split())
# The same in small letters, as they are typed in chats, though the dictionary has words for some.
_SPELLED_SMALL_TEXT = """
    ai seo ide dau mau kol roi os ar op ed bi fyi imo avi es lol mae roc cac nbcs oa ux ui ol aa
"""
SPELLED_SMALL: frozenset[str] = frozenset(_SPELLED_SMALL_TEXT.split())

# Said otherwise than letters and dictionary tell: names, and capitals that are words. Only in this case of letters.
SPECIAL: dict[str, str] = {
    "id": "AY2 D IY1", "Ctrl": "K AH0 N T R OW1 L", "ctrl": "K AH0 N T R OW1 L", "CTRL": "K AH0 N T R OW1 L",
    "APP": "AE1 P", "App": "AE1 P", "app": "AE1 P", "PPT": "P IY2 P IY2 T IY1", "COVID": "K OW1 V IH0 D",
    "Covid": "K OW1 V IH0 D", "LoL": "EH2 L OW2 EH1 L", "PhD": "P IY2 EY2 CH D IY1",
    "IEEE": "AY1 T R IH1 P AH0 L IY1", "CMOS": "S IY1 M AO0 S", "SQL": "S IY1 K W AH0 L", "LaTeX": "L AA1 T EH2 K",
    "Nike": "N AY1 K IY0", "Wi": "W AY1", "Fi": "F AY1", "wifi": "W AY1 F AY2", "Gmail": "JH IY1 M EY2 L",
    "vlog": "V L AA1 G", "Vlog": "V L AA1 G", "Java": "JH AA1 V AH0", "Linux": "L IH1 N AH0 K S",
    "GitHub": "G IH1 T HH AH2 B", "Redmi": "R EH1 D M IY0", "Dr": "D AA1 K T ER0", "Mr": "M IH1 S T ER0",
    "Mrs": "M IH1 S AH0 Z", "Ms": "M IH1 Z", "St": "S EY1 N T", "Prof": "P R AH0 F EH1 S ER0",
    "etc": "EH2 T S EH1 T ER0 AH0", "vs": "V ER1 S AH0 S", "Tesla": "T EH1 S L AH0", "SaaS": "S AE1 S",
    "OpenAI": "OW1 P AH0 N EY2 AY1", "openai": "OW1 P AH0 N EY2 AY1", "ARM": "AA1 R M", "RAG": "R AE1 G",
    "DAO": "D AW1", "GAN": "G AE1 N", "ViT": "V IH1 T", "UNIX": "Y UW1 N IH0 K S", "Excel": "IH0 K S EH1 L",
    "Mac": "M AE1 K", "tokens": "T OW1 K AH0 N Z", "ToB": "T AH0 B IY1", "ToC": "T AH0 S IY1", "ToG": "T AH0 JH IY1",
    "toB": "T AH0 B IY1", "toC": "T AH0 S IY1", "VAR": "V IY2 EY2 AA1 R", "YoY": "W AY2 OW2 W AY1",
    "QoQ": "K Y UW2 OW2 K Y UW1", "MoM": "EH2 M OW2 EH1 M", "JPG": "JH EY2 P IY2 JH IY1",
}  # fmt: skip

# Letters that English words and syllables begin with; a row of letters that has others is spelled (gpt, xlsx).
_ONSETS_TEXT = """
    b c d f g h j k l m n p q r s t v w x y z bl br ch chr cl cr dr dw fl fr gh gl gn gr kh kl kn kr ll mc ph phr pl
    pr ps qu rh sc sch schl schm schn schr schw scr sh shr sk sl sm sn sp spl spr squ st str sw th thr ts tr tw wh wr vl
    vr zh zv zw
"""
ONSETS: frozenset[str] = frozenset(_ONSETS_TEXT.split())
CODA = lazily(
    r"(?:[bcdfgklmnpqrstvwxz]|bb|bs|ch|ck|cks|cs|ct|cts|ds|dd|ff|ffs|fs|ft|fts|gs|gg|gh|ght|ghts|ks|lb|ld|lds|lf|lk|lks|"
    r"ll|lls|lm|lms|lp|lps|ls|lt|lts|lth|lve|mb|mbs|mm|mp|mps|mpt|ms|nc|nch|nd|nds|ng|ngs|ngth|nk|nks|nn|ns|nst|nt|nth|"
    r"nts|nx|ph|phs|ps|pt|pts|rb|rbs|rc|rch|rd|rds|rf|rg|rk|rks|rl|rld|rls|rm|rms|rn|rns|rp|rps|rs|rsh|rst|rt|rth|rts|"
    r"sc|sh|sk|sks|sm|sms|sp|ss|st|sts|tch|th|ths|ts|tt|tz|wd|wk|wl|wls|wn|wns|ws|gn|gns|xt|zz|h|cl|pl|sl)?"
)  # and end with
