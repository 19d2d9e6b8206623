"""Numbers that name something and count nothing: telephone, identity and room numbers, lines, plates. 1 is 幺."""

from __future__ import annotations

import re

from qingyin.text.items import SILENT
from qingyin.text.numbers import digits_one_by_one
from qingyin.text.patterns import lazily
from qingyin.text.rules.parts import Leave, Part, Pause, Reading, Say, Spell, after, before, measure_after
from qingyin.text.units import unit_at

_MOBILE = lazily(r"(?:(86)[- ]?)?(1[3-9][0-9])[- ]?([0-9]{4})[- ]?([0-9]{4})(?![0-9]|\.[0-9])")
_LANDLINE = lazily(r"(0[0-9]{1,3})[- ]([0-9]{3,4})[- ]?([0-9]{4})(?:-([0-9]{1,6}))?(?![0-9])")
_BRACKETED = lazily(r"(0[0-9]{2,3})\)[- ]?([0-9]{3,4})-?([0-9]{4})(?![0-9])")
_ABROAD = lazily(r"[1-9][0-9]{0,2}(?:[- ][0-9]{1,11}){1,5}(?![0-9])")
_MASKED = lazily(r"([0-9]{2,6}) ?(?:[*＊]{3,14}|[xX]{3,14}) ?([0-9]{2,6})(?![0-9])")  # 138****1234
_FROM_ABROAD = lazily(r"(00)([1-9][0-9]{0,2})[- ]([0-9]{1,4})[- ]([0-9]{3,4})[- ]?([0-9]{4})(?![0-9])")  # 0086-21-…
_FREE = lazily(r"([48]00)[- ]?([0-9]{3,4})[- ]?([0-9]{3,4})(?![0-9])")
_IDENTITY = lazily(r"([0-9]{6})([0-9]{8})([0-9]{3})([0-9Xx])(?![0-9A-Za-z])")
_CARD = lazily(r"([0-9]{4})[ -]([0-9]{4})[ -]([0-9]{4})[ -]([0-9]{4})(?:[ -]([0-9]{1,3}))?(?![0-9])")
_LONG_CARD = lazily(r"([0-9]{4})([0-9]{4})([0-9]{4})([0-9]{4})([0-9]{0,3})(?![0-9])")
_GROUPS = lazily(r"([0-9]{3,17})((?:[- ][0-9]{1,8}){0,3})(?![0-9:.%,])")
_NAMED = lazily(
    r"(?:[0-9]转|门禁|座机|小灵通|电话|手机|热线|客服|详询|咨询|拨打|致电|拨通|传真|邮编|邮政编码|QQ|微信|验证码|校验码|口令|密码|账号|帐号|卡号|账户|帐户|[蓄记用行]卡|单号|学号|工号|编号|尾号|车牌|"
    r"证号|身份证|[后前末尾][二两三四五六八]位|房号|门牌|分机|代码|号码|房间|群号|工单|端口|流水号|准考证|[A-Z]座|单元|号楼|[0-9一二三四五六七八九十][栋幢])"
    r" ?(?:号码?|群)?"
    r"(?:[已就都默应]?[认该]?(?:为|是|改[成为]|设[成为置]为?|换[成为]|用))?"
    r"(?:[0-9一二三四五六七八九十]?位数?)?[:：]? ?$"
)
_PORT = lazily(r"[1-9][0-9]{2,4}(?=端口)")
_PORT_BEFORE = lazily(
    r"(?i:mysql|redis|tomcat|nginx|https?|ssh|ftp|postgres(?:ql)?|mongo(?:db)?|kafka|rabbitmq|elasticsearch|zookeeper|localhost|oracle|sqlserver|smtp)"
    r" ?的?(?:默认|一般|通常|都|就)?(?:是|用了?|为|走|占|开在|监听|跑在|起在)?(?:的是)? ?$"
)
_PORT_TOLD_BEFORE = lazily(r"端口[^。！？]{0,12}(?:用|改[为成到]|换[为成到]|[是为]) ?$")
_PORT_ALONE = lazily(r"[1-9][0-9]{1,4}(?![0-9.,:%/~-]| ?[多余万亿千百])")
_FORMATION = lazily(r"(?:4231|4141|4321|3421|3412|4222|442|433|451|352|343|532|541|424)(?![0-9.,:%]|[万亿多余])")
_FORMATION_NEAR = lazily(r"阵[型容式]|[变主踢摆打]阵?[成为出]?|排[出成]|足球|后卫|中场|主教练|[0-9]{3}变")
_SHORT = lazily(r"[0-9]{3,5}(?![0-9.,:%~-])")
_SERVICE = frozenset(
    (
        "110", "119", "120", "122", "114", "12345", "12306", "12315", "12320", "12348", "12355", "12328", "12333",
        "12110", "10000", "10001", "10010", "10086", "95588", "95533", "95599", "95566", "911", "96110",
    )
)  # fmt: skip
_SERVICE_AFTER = lazily(r"(?:消防|查号|市民|政务|便民|报警|急救|火警|警|电话|热线|指挥|接警|客服|平台|[”’』」\"'])")
_SERVICE_BEFORE = lazily(r"(?:打|拨|(?:火警|匪警|报警|急救|消防|查号台?|求助)(?:电话|号码)?[是为:：]?|[“‘『「\"'])$")
_ENGLISH_ROOM_BEFORE = lazily(r"(?<![A-Za-z])(?:[Rr]oom|Rm\.?|[Ss]uite) ?$")
_ENGLISH_ROOM = lazily(r"[0-9]{3,4}(?![0-9.])")
_ROOM = lazily(
    r"[0-9]{3,4}(?=号房|号病房|室|房间|房|宿舍|教室|病房|会议室|包厢|包间|实验室)|(?<=[在去到来])[1-9][0-9]{2,3}(?=开会|上课|集合|考试|面试|培训|自习)"
)
_EXAMPLE_BEFORE = lazily(r"(?:验证|取件|提货|兑换|邀请|密)码[^。！？]{0,10}(?:[例比]?如|即)[:：]? ?$")
_EXAMPLE = lazily(r"[0-9]{4,8}(?![0-9.%:/~-])")
_FLOOR_BEFORE = lazily(r"(?<![0-9])([0-9]{1,2})[层楼] ?$")  # 12层1203
_LINE = lazily(r"[0-9]{3,4}(?=路(?![程段])|国道|省道|县道|高速|次列车|次航班|航班|专线)")
_FAMOUS = lazily(
    r"(?:985|211)(?=高校|院校|大学|工程|、|/|和|名校|计划|[\"”’』」])|"
    r"996(?![0-9.%,]| ?[年人元个万亿只名次米公千克斤分小天页])|"
    r"007(?![0-9])|84(?=消毒)|[48]00(?=客服|电话|热线|免费|服务热线|服务电话)|502(?=胶)|[2-6][0-9]{2,3}(?=阵型)|88(?=VIP)|(?<=《)[0-9]{4}(?=》)|"
    r"[1-9][0-9]{3}(?=(?:HS|HX|HK|KF|GE|X3D|XTX?)(?![A-Za-z]))|"
    r"[1-9]0[1-9]0(?= ?(?:[Tt][Ii](?![a-z])|SUPER|Super|显卡))|"
    r"(?<=日经)225|(?<=[台臺]北)101(?![0-9.%]|[人名个家位路])|(?<=IP)[1-6][0-9](?![0-9.%])|"
    r"3(?=M(?:胶|口罩|公司|防|净水|反光|集团))|"
    r"(?:40[0-9]|50[0-4]|30[1-8])(?= ?(?:错误|报错|页面|状态码|"
    r"Not |Bad |Forbidden|Unauthorized|Internal|Service |Gateway |Moved))"
)
_SHARE = lazily(  # 招商银行（600036）, 9988.HK
    r"(?<=[（(])(?:60|68|00|30|83|87|43|92)[0-9]{4}(?=[)）.])|[0-9]{4,6}(?=\.(?:HK|SH|SZ|BJ)(?![A-Za-z]))|"
    r"(?<=基金)[0-9]{6}(?![0-9.,]| ?[元份万亿多])|(?<=S[HZ])[0-9]{6}(?![0-9])"
)
_STATUS_BEFORE = lazily(r"(?:HTTP|状态码|错误码|报错?|返回)[是为了]?[:：]? ?$")
_STATUS = lazily(r"(?:20[0-6]|30[1-8]|4[0-2][0-9]|50[0-4])(?![0-9.%]| ?[万亿千百多个元条名人次行件])")
_RIFLE = lazily(
    r"[5-9]9(?=[A-Z]{0,2}(?:主战)?坦克)|[5-9][1-9](?=式(?!太极|拳|剑|刀|太))|[0-9]{2}(?=式(?:自动|步枪|手枪|冲锋|狙击|机枪|轻?型?坦克?|突击|火箭|火炮|榴弹))"
)
_WIRELESS = lazily(r"802\.(1|3|11|15|16)(?![0-9.%万亿千百])(?: ?([A-Za-z]{1,2})(?![A-Za-z0-9]))?")
_STANDARD = lazily(r"([0-9]{3,6})((?:\.[0-9]{1,3})?)(?:(-|—{1,2}|:)((?:19|20)[0-9]{2}))?(?![0-9.])")
_STANDARD_BEFORE = lazily(
    r"(?<![A-Za-z])(?:GB|GB/T|GB/Z|ISO|IEC|ISO/IEC|IEEE|RFC|DIN|ASTM|JIS|[DJHYQSCN][ABCGYTBJ](?:/T)?) ?$"
)
_DATED_STANDARD = lazily(r"([0-9]{1,6})((?:\.[0-9]{1,3})?)(-|—{1,2}|:)((?:19|20)[0-9]{2})(?![0-9.-]|[年:])")
_CAPITALS_BEFORE = lazily(r"(?<![A-Za-z])(?:[A-Z]{1,2}/[A-Z]{1,5}|[DHJQSY][A-Z]) ?$")
_MODEL = lazily(r"[1-9][0-9]{3}(?![0-9.,:%/~-]| ?[多余万亿千百])")
_NAME_BEFORE = lazily(
    r"(?<![A-Za-z])(?!(?:Level|Top|Day|Page|Over|Plus|Pro|Max|Mini|About) )([A-Z][a-z]{2,})(?:'s)? $"
)  # Cyberpunk 2077
_NUMBERED_BRANDS = frozenset(["Balance", "Boeing", "Porsche", "Nokia", "Beats", "Snapdragon", "Office", "Ducati"])
_ANY_MODEL = lazily(r"[1-9][0-9]{2,3}(?![0-9.,:%/~+-]| ?[多余万亿千百起以左])")
_ODD_MODEL = lazily(r"(?:[2-9][0-9][1-9]|[1-9][0-9]{2}[1-9])(?![0-9.,:%/~+-]| ?[多余万亿千百起以左])")
_MODEL_BEFORE = lazily(r"[A-Z]{2,} $")
_RUN = lazily(r"([A-Z]{1,2})([0-9]{1,4})(?=次|号?列车|高铁|动车|航班|次航班|号航班)")
_PLATE_PLACES = frozenset("京津冀晋蒙辽吉黑沪苏浙皖闽赣鲁豫鄂湘粤桂琼渝川贵云藏陕甘青宁新使")
_PLATE = lazily(r"([A-Z])([·•\- ]?)(?=[A-Z]{0,5}[0-9])([A-Z0-9]{4,6})(?![A-Za-z0-9])")


def _digits(*groups: str | None, one: str = "幺") -> tuple[Part, ...]:
    return tuple(Say(digits_one_by_one(group, one), literal=True) for group in groups if group)


def telephone(text: str, start: int) -> Reading | None:
    """138-0013-8000, 010-62345678, 400-810-6666: in groups, 1 as 幺."""
    for pattern in (_MOBILE, _FROM_ABROAD, _LANDLINE, _BRACKETED, _FREE):
        match = pattern.match(text, start)
        if match is None or measure_after(text, match.end()):
            continue
        if pattern is _FREE and len("".join(match.groups())) != 10:
            continue
        return Reading(match.end(), _digits(*match.groups()))
    if text[start - 1 : start] == "+" and start and (match := abroad(text, start)):  # +44 20 7946 0958
        parts: list[Part] = []
        for group in re.findall("[0-9]+", match.group()):
            parts += [*([Pause(SILENT)] if parts else []), *_digits(group)]
        return Reading(match.end(), tuple(parts))
    if match := _MASKED.match(text, start):
        stars = Leave(match.end(1), match.start(2), "figures left out")
        return Reading(match.end(), (*_digits(match[1]), stars, Pause(SILENT), *_digits(match[2])))
    return None


def abroad(text: str, start: int) -> re.Match[str] | None:
    """A number with the code of a country, after its +."""
    match = _ABROAD.match(text, start)
    return match if match and 8 <= sum(map(str.isdigit, match.group())) <= 15 else None


def identity(text: str, start: int) -> Reading | None:
    """Identity cards (18 characters) and bank cards (16 to 19 digits)."""
    match = _IDENTITY.match(text, start)
    if match is not None:
        *groups, last = match.groups()
        if last in "Xx":
            return Reading(match.end(), (*_digits(*groups), Spell(match.end() - 1, match.end())))
        return Reading(match.end(), _digits(*groups[:2], groups[2] + last))
    match = _CARD.match(text, start) or _LONG_CARD.match(text, start)
    if match is None or measure_after(text, match.end()):
        return None
    return Reading(match.end(), _digits(*match.groups()))


def named_number(text: str, start: int) -> Reading | None:
    """Figures after 电话, 验证码, 房间号 and the like."""
    if (example := _EXAMPLE.match(text, start)) and _EXAMPLE_BEFORE.search(text[max(0, start - 24) : start]):
        return Reading(example.end(), _digits(example.group()))
    match = _GROUPS.match(text, start)
    if match is None or not _NAMED.search(before(text, start)) or measure_after(text, match.end()):
        return None
    parts: list[Part] = []
    for group in (match.group(1), *re.findall(r"[0-9]+", match.group(2))):
        if parts:
            parts.append(Pause(SILENT))
        parts.extend(_digits(*(group[index : index + 4] for index in range(0, len(group), 4))))
    return Reading(match.end(), tuple(parts))


def service_number(text: str, start: int) -> Reading | None:
    """110, 12306: where nothing is counted."""
    match = _SHORT.match(text, start)
    told = _SERVICE_AFTER.match(after(text, match.end())) if match else None
    if match is None or match.group() not in _SERVICE or (not told and measure_after(text, match.end())):
        return None
    cue = told or _SERVICE_BEFORE.search(before(text, start))
    if len(match.group()) == 3 and not cue:
        return None
    if match.group() in ("10000", "10001") and not cue:
        return None
    return Reading(match.end(), _digits(match.group()))


def room_or_line(text: str, start: int) -> Reading | None:
    """1101室, 302路, 106国道."""
    match = _ROOM.match(text, start) or _LINE.match(text, start)
    if match is None and (floor := _FLOOR_BEFORE.search(before(text, start))):
        match = re.compile(rf"{floor[1]}[0-9]{{2}}(?![0-9.]| ?[多余平万个人])").match(text, start)
    if match is None and _ENGLISH_ROOM_BEFORE.search(text[max(0, start - 8) : start]):
        match = _ENGLISH_ROOM.match(text, start)
    return Reading(match.end(), _digits(match.group())) if match else None


def famous(text: str, start: int) -> Reading | None:
    """Figures that are names: 985高校, 211工程, 996, 007, 8080端口, 阵型442."""
    match = _FAMOUS.match(text, start) or _SHARE.match(text, start)
    if match is None:
        match = _PORT.match(text, start)
    if match is None and (port := _PORT_ALONE.match(text, start)) and not measure_after(text, port.end()):
        ahead = text[max(0, start - 26) : start]
        match = port if _PORT_BEFORE.search(ahead) or _PORT_TOLD_BEFORE.search(ahead) else None
    if match is None and (status := _STATUS.match(text, start)) and _STATUS_BEFORE.search(before(text, start)):
        match = status
    if match is None and text[start] in "345" and (formation := _FORMATION.match(text, start)):
        around = text[max(0, start - 14) : start] + text[formation.end() : formation.end() + 8]
        match = formation if _FORMATION_NEAR.search(around) and not measure_after(text, formation.end()) else None
    if match is None and text[start - 1 : start] not in ("第", "."):
        match = _RIFLE.match(text, start)
    return Reading(match.end(), _digits(match.group(), one="一")) if match else None


def standard(text: str, start: int) -> Reading | None:
    """GB/T 2828.1-2012, ISO 9001, RTX 4090: figures after capitals name a standard or a model."""
    ahead = text[max(0, start - 10) : start]
    match = _STANDARD.match(text, start) if _STANDARD_BEFORE.search(ahead) else None
    if match is None and _CAPITALS_BEFORE.search(ahead):
        match = _DATED_STANDARD.match(text, start)  # T/CECS 123-2020
    if match is not None and not measure_after(text, match.end()):
        number, part, _, year = match.groups()
        spoken = digits_one_by_one(number) + ("点" + digits_one_by_one(part[1:]) if part else "")
        return Reading(match.end(), (Say(spoken, True), *((Say("杠"), *_digits(year, one="一")) if year else ())))
    match = _MODEL.match(text, start) if _MODEL_BEFORE.search(ahead) else None
    if match is None and (named := _NAME_BEFORE.search(text[max(0, start - 16) : start])):
        match = (_ANY_MODEL if named.group(1) in _NUMBERED_BRANDS else _ODD_MODEL).match(text, start)
    if match is None or measure_after(text, match.end()) or unit_at(text, match.end())[0]:
        return None
    return Reading(match.end(), _digits(match.group(), one="一"))


def wireless(text: str, start: int) -> Reading | None:
    """802.11ax, 802.3: standards are read figure by figure, their letters by name."""
    match = _WIRELESS.match(text, start)
    if match is None or measure_after(text, match.end()):
        return None
    letters = (Spell(match.start(2), match.end(2)),) if match.group(2) else ()
    return Reading(match.end(), (Say("八零二点" + digits_one_by_one(match.group(1)), True), *letters))


def train_or_flight(text: str, start: int) -> Reading | None:
    """G1234次, CA1831航班."""
    match = _RUN.match(text, start)
    if match is None:
        return None
    return Reading(match.end(), (Spell(match.start(1), match.end(1)), *_digits(match.group(2))))


def plate(text: str, start: int) -> Reading | None:
    """The part after the province of 京A12345."""
    if start == 0 or text[start - 1] not in _PLATE_PLACES:
        return None
    match = _PLATE.match(text, start)
    if match is None:
        return None
    parts: list[Part] = [Spell(start, start + 1), Pause(SILENT)]
    for piece in re.finditer(r"[A-Z]+|[0-9]+", match.group(3)):
        begin = match.start(3) + piece.start()
        if piece.group().isdigit():
            parts.extend(_digits(piece.group()))
        else:
            parts.append(Spell(begin, begin + len(piece.group())))
    return Reading(match.end(), tuple(parts))
