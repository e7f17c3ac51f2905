"""A made-up policy put to the test by hand, so that every state is there and no solver is asked.

Every timeline is ruled, and what keeps the other promises is added, as the search does it.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from ifthen import Policy, Source, parse_policy
from ifthen.dates import parse_day
from ifthen.review.loopholes.amendment import amendment
from ifthen.review.loopholes.blame import Blame, Blamed
from ifthen.review.loopholes.concrete import Plain
from ifthen.review.loopholes.diligence import complete
from ifthen.review.loopholes.edits import Edit
from ifthen.review.loopholes.full import Full
from ifthen.review.loopholes.harms import Harm, Harms, parse_harms
from ifthen.review.loopholes.proof.attempt import Attempt
from ifthen.review.loopholes.repair import Repair
from ifthen.review.loopholes.search import Outcome, Witness
from ifthen.review.loopholes.stance import Stretch, Taken
from ifthen.review.loopholes.start import Start, beginning
from ifthen.review.loopholes.study import Bounds, Study, Tested, world_for
from ifthen.review.loopholes.world import World

POLICY = """
policy: lab/safety@1
title: Safety Policy of a Lab
source: made up
rows: [ROW-1..ROW-4]
terms:
  soon: {phrase: soon, type: duration, literal: any, charitable: at most 1 month, source: s.2}
thresholds:
  bio: {title: Bio, text: t, source: s.1, requires: [locks]}
standards:
  locks: {title: Locks, text: t, source: s.1}
clauses:
- id: assess
  kind: cadence
  title: Assess a model in training every two months
  source: s.1
  encodes: [ROW-1]
  for_each: model
  while: running(train)
  do: assessment_completed
  every: 2 months
- id: gate
  kind: forbid
  title: No deployment before an assessment
  source: s.2
  encodes: [ROW-2]
  for_each: model
  action: deploy
  unless: did(assessment_completed)
- id: write
  kind: cadence
  title: Write soon
  source: s.3
  encodes: [ROW-3]
  do: internal_report
  every: soon
- id: amend
  kind: whenever
  title: Publish a change of the policy
  source: s.4
  encodes: [ROW-4]
  when: policy_amended
  then: published
  within: 1 month
"""
HARMS = """
margins:
- {policy: lab/safety@1, ahead: 2x}
goods:
- {id: work, kind: maintain, title: a model is trained for a month, source: s, encodes: [X-1],
   for_each: model, while: running(train), keep: "false", grace: 1 month}
harms:
- {id: untold, kind: whenever, title: a model is deployed and the board was not told, source: why,
   encodes: [X-1], for_each: model, when: "model_released[stage!=internal]",
   require: "did(board_or_trust_notice[to includes board])"}
- {id: unwritten, kind: cadence, title: nobody writes for two months, source: why, encodes: [X-1],
   do: internal_report, every: 63 days}
- {id: unassessed, kind: whenever, title: a model is deployed with no assessment, source: why,
   encodes: [X-1], for_each: model, when: "model_released[stage!=internal]",
   require: did(assessment_completed)}
- {id: stale, kind: cadence, title: no assessment in a year, source: why, encodes: [X-1],
   for_each: model, while: running(train), do: assessment_completed, every: 365 days}
- {id: past, kind: maintain, title: a model past the threshold is trained, source: why,
   encodes: [X-1], for_each: model, while: running(train) and did(capability_reached),
   keep: "false", grace: 1 day}
"""
HOSTILE = (
    POLICY.replace("lab/safety@1", "evil/safety@1")
    .replace("Safety Policy of a Lab", "'</title><script>alert(1)</script> & $body ${style}'")
    .replace("phrase: soon", "phrase: '\"><img src=x onerror=alert(2)>'")
    .replace("Assess a model in", "'</style><style>*{display:none}</style><!--'\n  remark: In")
    .replace("source: s.1\n", "source: 'javascript:alert(3)\"onclick=\"x'\n")
)
SOON = Stretch("word", "soon")
MARGIN, HONEST = Stretch("world", "margin"), Stretch("world", "honest-findings")


def policy_of(text: str = POLICY) -> Policy:
    return parse_policy(Source("policy.yaml", text))


def harms_of(policy: Policy) -> Harms:
    return parse_harms(policy, Source("harms.yaml", HARMS))


@cache
def made(text: str = POLICY, *, proved: bool = False) -> Study:
    """A study of every state; with ``proved``, nothing is left undetermined."""
    return _Maker(policy_of(text)).study(proved=proved)


class _Maker:
    def __init__(self, policy: Policy) -> None:
        self.policy, self.full = policy, Full(policy)
        loaded = harms_of(policy)
        self.harms = {harm.id: harm for harm in loaded.harms}
        self.goods, self.margin = loaded.goods, loaded.margin

    def study(self, *, proved: bool) -> Study:
        tested = (
            self.untold(),
            self.untold_new(),
            self.unwritten(),
            self.unassessed(),
            self.stale(proved=proved),
            self.past(),
            self.past_new(),
        )
        good = (self.goods[0], Outcome("found", 0))
        world = world_for(self.policy, self.margin, World())
        return Study(self.policy, world, Bounds(3, 1, 2), tested, (good,), amendment(self.policy))

    def witness(
        self,
        harm: Harm,
        end: str,
        *chosen: tuple[str, str],
        start: Start = "assessed",
        stretched: Iterable[Stretch] = (),
    ) -> Witness:
        facts = [
            Plain(kind, parse_day(day), "model-a", self.full.lists(kind), 900, "chosen")
            for day, kind in chosen
        ]
        given = beginning(self.policy, start, self.full)
        taken, last = Taken(frozenset(stretched)), parse_day(end)
        done, verdict = complete(
            self.policy, taken, [*given, *facts], last, harm, self.full, frozenset({"published"})
        )
        assert verdict.confirmed, verdict
        return Witness(len(facts), tuple(done), last, taken, verdict)

    def untold(self) -> Tested:
        """Open, and sooner taken literally."""
        harm = self.harms["untold"]
        released = ("2025-02-15", "model_released")
        assessed = ("2025-02-01", "assessment_completed")
        short = self.witness(harm, "2025-02-20", released, stretched=[SOON])
        long = self.witness(harm, "2025-02-20", assessed, released)
        return Tested(
            harm,
            "assessed",
            Outcome("found", 1, short),
            Outcome("found", 2, long),
            Blame((Blamed(frozenset(), long),), 3, 2),
        )

    def untold_new(self) -> Tested:
        """Stretched, by more than were tried together."""
        harm = self.harms["untold"]
        chosen = [
            ("2025-01-05", "training_started"),
            ("2025-01-20", "assessment_completed"),
            ("2025-01-20", "model_released"),
        ]
        every = [SOON, MARGIN, HONEST]
        witness = self.witness(harm, "2025-01-20", *chosen, start="nothing", stretched=every)
        none = Outcome("none", 3, None, ("assess", "gate"), (), "", 90, 1)
        return Tested(harm, "nothing", Outcome("found", 3, witness), none, Blame((), 3, 2))

    def unwritten(self) -> Tested:
        """Stretched, by a word; nothing has to happen. Changes were tried."""
        harm = self.harms["unwritten"]
        witness = self.witness(harm, "2025-03-20", start="nothing", stretched=[SOON])
        why = "3 events last 59 days at most, and the harm needs 64"
        open_ = Outcome("undetermined", 3, None, ("write",), (), why, 59, 64)
        repairs = (
            Repair(
                (Edit("bound", "soon", "62"),), True, Outcome("none", 7, None, (), (), "", 700, 64)
            ),
            Repair((Edit("add", "unwritten"),), False, Outcome("found", 2, witness)),
        )
        blame = Blame((Blamed(frozenset({SOON}), witness),), 3, 2, (open_,))
        return Tested(harm, "nothing", Outcome("found", 0, witness), open_, blame, repairs)

    def unassessed(self) -> Tested:
        """None, and a clause that was not searched."""
        skipped = (("write", "a <length> in business days"),)
        literal = Outcome("none", 3, None, ("gate",), skipped, "", 726, 1)
        charitable = Outcome("none", 3, None, (), (), "", 300, 1)
        harm = self.harms["unassessed"]
        return Tested(harm, "assessed", literal, charitable, Blame((), 3, 2))

    def stale(self, *, proved: bool) -> Tested:
        """Undetermined, or proved."""
        open_ = Outcome("undetermined", 0, None, (), (), "no timeline of 0 events keeps assess")
        proof = None
        if proved:
            assumes = ("effective compute may grow by any amount",)
            proof = Attempt("proved", "words", ("assess",), assumes, seconds=0.05)
        return Tested(self.harms["stale"], "assessed", open_, open_, Blame((), 3, 2), (), proof)

    def past_new(self) -> Tested:
        """None, and nothing that is promised had to be kept for it."""
        none = Outcome("none", 3, None, (), (), "", 726, 1)
        return Tested(self.harms["past"], "nothing", none, none, Blame((), 3, 2))

    def past(self) -> Tested:
        """Stretched, by an assumption or by two others; what happens is seen by nobody."""
        harm = self.harms["past"]
        hidden = ("2025-01-10", "capability_reached")
        one = self.witness(harm, "2025-01-20", hidden, stretched=[MARGIN])
        assessed = ("2025-01-09", "assessment_completed")
        two = self.witness(harm, "2025-02-10", assessed, hidden, stretched=[SOON, HONEST])
        none = Outcome("none", 3, None, ("assess",), (), "", 120, 69)
        sets = (Blamed(frozenset({MARGIN}), one), Blamed(frozenset({SOON, HONEST}), two))
        return Tested(harm, "assessed", none, none, Blame(sets, 3, 2))
