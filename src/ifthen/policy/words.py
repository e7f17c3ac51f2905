"""What bare words name: things of the policy, members of lists, actions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from ifthen.policy.model import Constant, Words
from ifthen.policy.names import Names, Problems
from ifthen.policy.syntax import Name
from ifthen.policy.values import MITIGATIONS, WORD, Type
from ifthen.vocabulary import ACTIONS


def no_condition(names: Names, problems: Problems, name: Name, variables: Iterable[str]) -> None:
    """Report a bare word that stands where a condition is expected."""
    word = str(name.value)
    what = names.what_is(word)
    if what:
        hint = {
            "an event": f"write did({word})",
            "a standard": f"write in_place({word})",
            "a group of standards": f"write in_place({word})",
            "a threshold": f"write status({word}) = crossed",
            "a category": f"write level({word}, post) <= medium",
            "a procedure": f"write counts({word})",
            "an action": f"write running({word})",
        }.get(what, "")
        problems.add(name.span, f"expected a condition, but '{word}' is {what}", hint)
        return
    known = [*names.definitions, *variables, *names.terms]
    problems.unknown(name.span, "name", word, known)


def named(
    names: Names, problems: Problems, name: Constant, wanted: str, variables: Mapping[str, Type]
) -> Constant:
    """A word that must name a thing of the wanted sort; ``variables`` could have been meant."""
    word = str(name.value)
    fitting = [variable for variable, type_ in variables.items() if type_.name == wanted]
    if wanted == "model":
        if isinstance(name, Name):
            problems.unknown(name.span, "variable", word, [*fitting, "this"])
        return Constant(word, name.span)
    known: Mapping[str, str]
    if wanted == "threshold":
        known = names.thresholds
    elif wanted == "category":
        known = names.categories
    elif wanted in ("rung", "mitigation"):
        levels = names.scale if wanted == "rung" else MITIGATIONS
        known = {level: level for level in levels}
        wanted = "level" if wanted == "rung" else wanted
    elif wanted == "standard":
        known = {**names.standards, **{group: group for group in names.groups}}
    elif wanted == "procedure":
        known = {procedure: procedure for procedure in names.procedures}
    else:
        known = {action: action for action in ACTIONS}
    if word not in known:
        problems.unknown(name.span, wanted, word, [*known, *fitting])
    return Constant(known.get(word, word), name.span)


def word_domain(names: Names, domain: Words) -> tuple[Words, Type]:
    """A written list of thresholds, categories, standards (groups expanded), actions or words."""
    words = domain.values
    if all(word in names.thresholds for word in words):
        values = tuple(names.thresholds[word] for word in words)
        return replace(domain, values=values), Type("threshold", label="threshold")
    if all(word in names.categories for word in words):
        values = tuple(names.categories[word] for word in words)
        return replace(domain, values=values), Type("category", label="category")
    if all(word in names.standards or word in names.groups for word in words):
        members = [m for w in words for m in names.groups.get(w, (names.standards.get(w, w),))]
        values = tuple(dict.fromkeys(members))
        return replace(domain, values=values), Type("standard", label="standard")
    if all(word in ACTIONS for word in words):
        return domain, Type("action")
    return domain, replace(WORD, options=words, label="member")
