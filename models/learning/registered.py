"""The specification that comes with earlyword: need within 90 days, from the published list of features.

Its prevalence is what an episode says of which nothing is known. Of referrals a tenth come to a child protection plan
(DOMAIN section 4.1), of all that police and others tell far fewer: 3 %, until a hub has measured its own.
"""

from __future__ import annotations

from typing import Final

from models.family.features import FEATURES
from models.learning.specification import Feature, Specification

NEED_WITHIN_90_DAYS: Final = Specification(
    name="need-within-90-days",
    features=tuple(Feature(name=feature.name, transform=feature.transform, sign=feature.sign) for feature in FEATURES),
    prevalence=0.03,
)
