"""How changes of the built-in vocabulary are put into words, where the plain way would not read well.

A fact that is not listed here is told by its name and value, so that none has to be. What stands here decides nothing.
"""

from __future__ import annotations

from collections.abc import Mapping

SUBJECTS: Mapping[str, str] = {
    "alliance.form": "the form of the alliance",
    "strategy.fit": "strategic fit",
    "strategy.type_fit": "the fit of the type of agreement",
    "strategy.goal_alignment": "goal alignment",
    "strategy.realignment_path": "the way back to common goals",
    "strategy.aligned_scope": "the share of the scope that both still want",
    "strategy.timing_fit": "the timing of the two parties",
    "strategy.partner_priority": "the partner's priority for the alliance",
    "strategy.our_priority": "our priority for the alliance",
    "reciprocity.our_contribution_share": "our share of the contribution",
    "reciprocity.our_benefit_share": "our share of the benefit",
    "reciprocity.benefit_rules": "the rules for dividing the value",
    "reciprocity.imbalance_response": "a correction of the imbalance",
    "reputation.exposure": "our exposure before the public",
    "governance.committee_size": "the size of the main joint body",
    "governance.decision_days": "the time to a joint decision",
    "governance.decision_pace": "the pace of joint decisions",
    "governance.charter": "the charter",
    "culture.communication": "communication between the teams",
    "relationship.informal_contact": "informal contact",
    "partner.capacity": "the partner's capacity",
    "partner.focus": "the partner's course",
    "assets.entanglement": "entanglement",
    "assets.knowledge_rights": "rights in what was learned",
    "contract.cure_period_ends": "the end of the period for cure",
    "contract.notice_days": "the period of notice",
    "contract.locked_until": "the end of the lock-in",
    "contract.ends_on": "the end of the agreement",
    "contract.renewal_date": "the last day for objecting to renewal",
    "contract.minimum_commitment": "what is left of our minimum commitment",
    "contract.non_compete_months": "the bar on competing",
    "contract.exclusivity": "exclusivity",
    "contract.deadlock_mechanism": "the way to break a deadlock",
    "contract.asset_division": "the division of assets at the end",
    "contract.customer_handover": "the hand-over of customers at the end",
    "contract.post_termination_support": "support after the end",
    "financials.annual_benefit": "the annual benefit",
    "financials.annual_cost": "the annual cost",
    "financials.result": "the result for us",
    "internal.executive_time_share": "the share of our executives' time",
    "internal.fatigue": "the fatigue of our people",
    "internal.team_turnover": "turnover in the joint team",
    "internal.alignment": "our own teams",
    "internal.alliance_capability": "our skill in managing alliances",
    "dependants.transition_days": "the time for an orderly hand-over",
}
"""What sentences speak of: `SUBJECT is VALUE`, `SUBJECT rises to VALUE`; without its article, `there is no SUBJECT`."""

PLURAL = frozenset(
    {
        "assets.knowledge_rights",
        "assets.licence_rights",
        "governance.decision_rights",
        "internal.alignment",
        "reciprocity.benefit_rules",
    }
)

CLAUSES: Mapping[str, Mapping[str, str]] = {
    "alliance.form": {
        "contractual": "the alliance rests on contracts alone",
        "equity": "the alliance rests on shares that one party holds in the other",
        "joint_venture": "the alliance is a joint venture",
        "consortium": "the alliance is a consortium",
        "licensing": "the alliance is a licence",
    },
    "strategy.partner_competition": {
        "none": "the partner does not compete with us",
        "overlapping": "the partner's business overlaps with ours",
        "direct": "the partner competes with us directly",
    },
    "strategy.partner_alternative": {
        "none": "the partner has no alternative",
        "building": "the partner builds an alternative",
        "has": "the partner has an alternative",
    },
    "strategy.our_alternative": {
        "none": "we have no alternative",
        "partial": "we have part of an alternative",
        "ready": "our alternative is ready",
    },
    "reciprocity.partner_manager": {"none": "nobody at the partner manages the alliance"},
    "reciprocity.our_manager": {"none": "nobody on our side manages the alliance"},
    "governance.structure": {
        "steering_committee": "a steering committee decides",
        "integrated_management": "joint managers run the joint work",
        "advisory_board": "an advisory board meets",
        "informal": "decisions are taken case by case, without a joint body",
        "none": "no joint body takes decisions any more",
    },
    "governance.review_points": {
        "scheduled": "regular reviews are fixed and held",
        "none": "regular reviews are no longer held",
    },
    "culture.bridging": {
        "succeeded": "bridging the two cultures succeeds",
        "under_way": "an effort to bridge the two cultures is under way",
        "not_tried": "no effort is made to bridge the two cultures",
        "failed": "bridging the two cultures fails",
    },
    "culture.two_hat_conflict": {
        "none": "nobody is torn between home company and alliance",
        "managed": "clear roles ease the pull between home company and alliance",
        "unmanaged": "people are torn between home company and alliance",
    },
    "relationship.partner_commitment": {
        "committed": "the partner is committed",
        "wavering": "the partner wavers",
        "uncommitted": "the partner is uncommitted",
    },
    "relationship.our_commitment": {
        "committed": "we are committed",
        "wavering": "we waver",
        "uncommitted": "we are uncommitted",
    },
    "relationship.willing_to_renegotiate": {
        "yes": "the partner is willing to renegotiate",
        "conditional": "the partner is willing to renegotiate on certain terms",
        "no": "the partner refuses to renegotiate",
    },
    "relationship.acknowledges_problems": {
        "yes": "the partner acknowledges the problems",
        "partly": "the partner acknowledges part of the problems",
        "no": "the partner denies the problems",
    },
    "assets.ip_owner": {
        "us": "we own the intellectual property",
        "partner": "the partner owns the intellectual property",
        "joint": "both own the intellectual property together",
        "unclear": "it is unclear who owns the intellectual property",
    },
    "assets.licensor_willing": {
        "yes": "the owner is willing to license",
        "conditional": "the owner is willing to license on certain terms",
        "no": "the owner refuses to license",
    },
    "assets.cross_holding": {
        "none": "neither holds shares in the other",
        "ours": "we hold shares in the partner or the venture",
        "theirs": "only the partner holds shares",
        "mutual": "both hold shares",
    },
    "contract.closed": {"yes": "the agreement is in force", "no": "the agreement is not in force"},
    "contract.termination_for_convenience": {
        "yes": "we may end the agreement without giving a cause",
        "no": "we may not end the agreement without giving a cause",
    },
    "contract.our_breach": {
        "none": "no breach is held against us",
        "alleged": "a breach of ours is alleged",
        "established": "a breach of ours is established",
    },
    "contract.breach_cured": {"yes": "the breach is cured", "no": "the breach is not cured"},
    "contract.rights_reserved": {
        "yes": "we reserve our termination rights",
        "no": "our termination rights are not reserved",
    },
    "contract.auto_renews": {
        "yes": "the agreement renews itself",
        "no": "the agreement no longer renews itself",
    },
    "contract.change_of_control_right": {
        "yes": "we may leave if the partner changes hands",
        "no": "we may not leave if the partner changes hands",
    },
    "contract.ip_on_exit": {
        "ours": "we keep the joint results at the end",
        "shared": "both may use the joint results at the end",
        "partner": "the partner keeps the joint results at the end",
        "undefined": "it is open who keeps the joint results at the end",
    },
    "contract.guarantees_outstanding": {
        "yes": "guarantees are tied to the alliance",
        "no": "no guarantees are tied to the alliance",
    },
    "contract.exclusivity": {
        "none": "neither is bound to work only within the alliance",
        "binds_us": "only we are bound to work only within the alliance",
        "binds_partner": "only the partner is bound to work only within the alliance",
        "mutual": "both are bound to work only within the alliance",
    },
    "contract.renegotiation_right": {
        "yes": "the agreement lets us reopen the terms",
        "no": "the agreement does not let us reopen the terms",
    },
    "contract.dispute_steps_required": {
        "yes": "the steps for disputes must be used up before the end",
        "no": "the steps for disputes need not be used up before the end",
    },
    "financials.continuing_cost_exceeds_benefit": {
        "yes": "going on costs us more than it brings",
        "no": "going on no longer costs us more than it brings",
    },
}
"""Whole clauses, by fact and value; a flag has `yes` and `no`."""

ENTRIES: Mapping[str, tuple[str, str]] = {
    "contract.exit_routes": ("{} becomes a way out", "{} is no longer a way out"),
    "contract.dispute_steps": ("{} becomes an agreed step for disputes", "{} is no longer an agreed step for disputes"),
    "contract.dispute_steps_done": ("{} is completed in the dispute", "{} counts as not completed in the dispute"),
}
"""One entry of a list of choices more, and one less."""

ENTRY_NAMES: Mapping[str, Mapping[str, str]] = {
    "contract.exit_routes": {
        "expiry": "letting the term end",
        "termination": "ending the agreement by notice",
        "sell_to_partner": "selling our part to the partner",
        "buy_out_partner": "buying the partner's part",
        "third_party_sale": "selling to someone else",
        "spin_off": "setting up the business on its own",
        "dissolution": "winding the venture up",
    },
    "contract.dispute_steps": {
        "executive_escalation": "referral to senior executives",
        "expert": "the decision of an expert",
    },
    "contract.dispute_steps_done": {
        "executive_escalation": "referral to senior executives",
        "expert": "the decision of an expert",
    },
}
"""What sentences call an entry of a list of choices; where nothing stands here, its own name."""

RECORDS: Mapping[tuple[str, str, str], str] = {
    ("commitments", "status", "met"): "{owner} {deliver} {records}",
    ("commitments", "status", "late"): "{owner} {deliver} {records} late",
    ("commitments", "status", "missed"): "{owner} {miss} {records}",
    ("commitments", "status", "pending"): "{records} {is} put off to a later date",
    ("commitments", "remediation", "delivering"): "a remedy for {records} shows results",
    ("commitments", "remediation", "agreed"): "a dated remedy for {records} is agreed",
    ("commitments", "remediation", "proposed"): "a remedy for {records} is offered",
    ("commitments", "remediation", "none"): "no remedy is offered for {records}",
    ("conflicts", "status", "resolved"): "{noun} {records} {is} resolved",
    ("conflicts", "status", "open"): "{noun} {records} {is} open again",
    ("conflicts", "escalation", "not_started"): "{noun} {records} {is} not taken up the agreed path",
    ("conflicts", "escalation", "in_progress"): "{noun} {records} {is} taken up the agreed path",
    ("conflicts", "escalation", "exhausted"): "{noun} {records} {is} taken up the agreed path to its end",
    ("conflicts", "acknowledged", "yes"): "the partner admits {noun} {records}",
    ("conflicts", "acknowledged", "no"): "the partner denies {noun} {records}",
    ("incidents", "remediated", "full"): "{noun} {records} {is} remediated",
    ("incidents", "remediated", "partial"): "{noun} {records} {is} remediated in part",
    ("incidents", "remediated", "none"): "{noun} {records} {is} not remediated",
    ("workstreams", "alignment", "aligned"): "both parties want the same from {noun} {records}",
    ("workstreams", "alignment", "partial"): "both parties want {noun} {records} with different aims",
    ("workstreams", "alignment", "misaligned"): "the parties want contrary things from {noun} {records}",
    ("workstreams", "performance", "on_track"): "{noun} {records} {is} on track",
    ("workstreams", "performance", "behind"): "{noun} {records} {is} behind plan",
    ("workstreams", "performance", "failing"): "{noun} {records} {is} failing",
    ("workstreams", "separable", "yes"): "{noun} {records} can go on or stop alone",
    ("workstreams", "separable", "with_effort"): "{noun} {records} can be separated at a cost",
    ("workstreams", "separable", "no"): "{noun} {records} cannot be separated from the others",
    ("workstreams", "economics", "viable"): "{noun} {records} {is} viable",
    ("workstreams", "economics", "marginal"): "{noun} {records} just about {cover} the cost",
    ("workstreams", "economics", "unviable"): "{noun} {records} {is} not viable",
    ("workstreams", "agreed_view", "yes"): "both see the state of {noun} {records} in the same way",
    ("workstreams", "agreed_view", "no"): "the parties see the state of {noun} {records} differently",
    ("workstreams", "", ""): "{noun} {records} {is} stopped",
    ("triggers", "", ""): "{noun} {records} {is} struck out",
}
"""Clauses by list, field and value; without a field and value, of records that are taken away.

`{owner}` is who promised it, and `{deliver}` and `{miss}` agree with that; `{noun}`, `{is}` and `{cover}` agree with
`{records}`.
"""
