"""English words that Chinese sentences use as verbs, so that what follows them is read as after a Chinese verb.

check过了 has the light 过, hold得住 the light 得, cover不了 is said with liao3: the neighbours' rules are asked with a
Chinese verb in the place of the English one.
"""

from __future__ import annotations

from collections.abc import Sequence

from qingyin.text.items import SILENT, Mark
from qingyin.text.segmentation import Cut

STAND_IN = "做"
_VERBS_TEXT = """
    apply approve argue backup ban base battle block book brief build call cancel care carry cast catch challenge
    chat check clone commit compile confirm copy cos cosplay cover crack crash cue cut debug delete deploy diss diy
    download dump echo edit enjoy feed feel filter fix flag focus follow fork format forward gank get google hack
    handle hit hold install join judge kick kill launch lead learn load lock log mark match merge mock mute nerf
    order out p partner pass patch pick ping pitch pk plan play post present press print process pua publish pull push
    rap react rebase recall refactor refund register reject release remix render repeat reply report repost rerun
    research reserve reset restart revert review rock roll rollback root rua run save scan schedule search seed
    select sell send share ship shoot sign skip sleep solo sort spam spawn speak split standby star stop submit
    support survive switch sync tag take talk teach test think touch train transfer translate trigger try type
    unlock update upgrade upload verify visit vote wait wake walk watch work yell zoom
"""
_VERBS = frozenset(_VERBS_TEXT.split())


def is_verb(written: str) -> bool:
    """Whether a word in letters is used as a verb inside Chinese."""
    return written.lower() in _VERBS


def verb_before(clause: Sequence[Cut], mark: Mark | None) -> str:
    """A Chinese verb if the clause ends with an English one and no pause comes after it; else ""."""
    if not clause or mark is None or mark.mark != SILENT or not clause[-1].given:
        return ""
    return STAND_IN if is_verb(clause[-1].items[0].written) else ""
