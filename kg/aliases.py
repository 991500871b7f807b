"""Which keys name one concept: variants, acronyms, glosses, the glossary. Every merge has a witness; none is inherited.

A family never takes a second long name of a language by way of a third name (no closure through ambiguous spellings):
only the glossary, the user, or a mere variant (X and X mechanism) puts two long names of one language together.
"""

import collections
from collections.abc import Iterable, Mapping, Sequence

from kg.acronyms import is_short, readings
from kg.candidates import Candidate, Pairs
from kg.composed import Lexicon, composed, lexicon
from kg.curation import Curation
from kg.families import Families
from kg.glossary import Entry
from kg.names import counted_out, initials, is_acronym, is_han, key, words
from kg.selection import is_own_name
from kg.variants import Step, abridged, translated, variants

_LONG = 5  # characters: of shorter Chinese names, half is too little to tell (编码器, 解码器)
_DOMINANT = 2  # a reading of an acronym must be so many times as frequent as the next


def families(
    found: Mapping[str, Candidate],
    pairs: Pairs,
    glossary: Sequence[Entry],
    curation: Curation,
) -> Families:
    """Return which keys are one concept, whatever the order of `found` and `pairs`."""
    entry_of = _entries_by_key(glossary)
    result = Families()
    for rule in curation.of("split"):
        result.keep_apart([key for key in rule.keys if key in found])
    for rule in curation.of("merge"):
        present = [key for key in rule.keys if key in found]
        for other in present[1:]:
            result.join(present[0], other, "curation")
    for number, entry in enumerate(glossary):
        present = [
            name for name in dict.fromkeys(map(key, entry.names)) if name in found and entry_of.get(name) == number
        ]
        for other in present[1:]:
            result.join(present[0], other, "glossary")
    _join(variants(found, _english_of(found, result)), result, entry_of)
    _join_acronyms(found, pairs, result, entry_of)
    _join_said(found, pairs, result, entry_of)
    _join_translations(found, pairs, result, entry_of)
    _join(abridged(found, _names_of(found, result)), result, entry_of)
    _join_composed(found, _lexicon(found, result, glossary), result, entry_of)
    _join(translated(found, _english_of(found, result)), result, entry_of)  # 剪枝方法: 剪枝 has its English name by now
    return result


def _join(steps: Iterable[Step], result: Families, entry_of: Mapping[str, int]) -> None:
    for name, other, witness in steps:
        if not _known_apart(result, name, other, entry_of):
            result.join(other, name, witness)


def _names_of(found: Mapping[str, Candidate], result: Families) -> dict[str, Sequence[str]]:
    """Return the names of the same concept for each key that has more than one."""
    return {name: members for members in result.several() for name in members}


def _english_of(found: Mapping[str, Candidate], result: Families) -> dict[str, list[str]]:
    """Return the English names of each Chinese one that has some."""
    several = ((name, members) for name, members in _names_of(found, result).items() if is_han(name))
    return {name: [other for other in members if not is_han(other)] for name, members in several}


def _lexicon(found: Mapping[str, Candidate], result: Families, glossary: Sequence[Entry]) -> Lexicon:
    """Return what Chinese pieces are in English: by the glossary, and by what texts put together so far."""
    pairs = [
        (key(chinese), english)
        for entry in glossary
        for chinese in filter(is_han, entry.names)
        for english in entry.names
        if not is_han(english)
    ]
    for name, others in _english_of(found, result).items():
        pairs += [(name, found[other].surface) for other in others if other in found]
    return lexicon(pairs)


def _entries_by_key(glossary: Sequence[Entry]) -> dict[str, int]:
    """Return the entry of each key; a key in two entries belongs to the one whose main name it is, else to none."""
    mains: dict[str, set[int]] = collections.defaultdict(set)
    every: dict[str, set[int]] = collections.defaultdict(set)
    for number, entry in enumerate(glossary):
        for name in (entry.en, entry.zh):
            if name:
                mains[key(name)].add(number)
        for name in entry.names:
            every[key(name)].add(number)
    result = {}
    for name, numbers in every.items():
        best = numbers if len(numbers) == 1 else mains[name]
        if len(best) == 1:
            result[name] = next(iter(best))
    return result


def _join_acronyms(
    found: Mapping[str, Candidate],
    pairs: Pairs,
    result: Families,
    entry_of: Mapping[str, int],
) -> None:
    """Join an acronym to the long form that the texts gloss it with; else to the only one with exactly its initials.

    Where a text glosses it with a name that is too rare to be a candidate, it means that one, and no other.
    """
    read_as = readings(found, pairs)
    both_ways = ((long, short) for pair in pairs for long, short in (pair, pair[::-1]))
    read_elsewise = {short for long, short in both_ways if long not in found and not is_han(long)}
    by_initials: dict[str, list[str]] = collections.defaultdict(list)
    for name, candidate in found.items():
        parts = () if candidate.is_han else candidate.words
        if 3 <= len(parts) <= 7:
            by_initials[initials(parts)].append(name)
    for short in sorted(name for name, each in found.items() if is_short(each)):
        candidate = found[short]
        if short in read_as:
            reading = _dominant(read_as[short], result)
        elif short in read_elsewise:
            reading = None
        else:
            letters = counted_out(short)
            exact = [long for long in by_initials.get(letters, ()) if found[long].urls & candidate.urls]
            reading = exact[0] if len(exact) == 1 and len(letters) >= 3 else None
        if reading is not None and not _known_apart(result, short, reading, entry_of):
            result.join(reading, short, "acronym" if short in read_as else "initials")


def _join_said(found: Mapping[str, Candidate], pairs: Pairs, result: Families, entry_of: Mapping[str, int]) -> None:
    """Join two long names of one language that a text calls one: intra-attention, self-attention."""
    partners: dict[str, set[str]] = collections.defaultdict(set)
    said = []
    for left, right in pairs:
        if is_han(left) != is_han(right) or left not in found or right not in found:
            continue
        if all(is_own_name(found[side].surface) and not is_short(found[side]) for side in (left, right)):
            partners[right].add(result.leader(left))
            said.append((left, right))
    for left, right in said:
        if len(partners[right]) == 1 and not _known_apart(result, left, right, entry_of):
            result.join(left, right, "said")


def _join_composed(
    found: Mapping[str, Candidate], known: Lexicon, result: Families, entry_of: Mapping[str, int]
) -> None:
    """Join a Chinese or mixed name to the one English name of the same pieces: 注意力权重, Bahdanau注意力."""
    for name, names in composed(found, known):
        if len({result.leader(other) for other in names}) == 1:
            other = min(names)
            if not _known_apart(result, name, other, entry_of):
                result.join(other, name, names[other])


def _dominant(readings: collections.Counter[str], result: Families) -> str | None:
    """Return the reading of the family that outweighs every other, readings of one family taken together."""
    weights: collections.Counter[str] = collections.Counter()
    for long, count in readings.items():
        weights[result.leader(long)] += count
    ranked = sorted(weights.items(), key=lambda item: (-item[1], item[0]))
    if len(ranked) > 1 and ranked[0][1] < _DOMINANT * ranked[1][1]:
        return None
    own = [long for long in readings if result.leader(long) == ranked[0][0]]
    return min(own, key=lambda long: (-readings[long], long))


def _known_apart(result: Families, left: str, right: str, entry_of: Mapping[str, int]) -> bool:
    """Tell whether the glossary has names of these two families in two entries."""
    return len({entry_of[name] for side in (left, right) for name in result.members(side) if name in entry_of}) > 1


def _join_translations(
    found: Mapping[str, Candidate],
    pairs: Pairs,
    result: Families,
    entry_of: Mapping[str, int],
) -> None:
    """Join a Chinese name to the English one that glosses it, where each is the other's best partner."""
    weights: dict[str, collections.Counter[str]] = collections.defaultdict(collections.Counter)  # English -> Chinese
    in_brackets: set[tuple[str, str]] = set()  # (English, Chinese) where the Chinese name is the one in brackets
    for (left, right), (count, _) in pairs.items():
        if is_han(left) == is_han(right):
            continue
        chinese, english = (left, right) if is_han(left) else (right, left)
        if english in found:
            weights[english][chinese] += count
            if is_han(right):
                in_brackets.add((english, chinese))
    best_chinese = {}
    for english, counts in weights.items():
        chinese = _longest_frequent(counts)
        reversed_order, is_named = (english, chinese) in in_brackets, _is_named(found[english])
        once = counts[chinese] < 2
        if chinese not in found or (reversed_order and is_named) or len(chinese) < _least_han(found[english].surface):
            continue  # 剧院（Old Market Theatre） leaves words untranslated, 一致性（DMARC） most of its letters
        is_tool = len(found[english].words) == 1 and len(chinese) > _LONG  # 网络流量分析（tcpdump）
        if once and (reversed_order or is_named or is_tool or found[chinese].count < 2):
            continue  # Transformer（完整版）, 解码器（seq2seq）: what stands in brackets once need not be a name
        best_chinese[english] = chinese
    suitors: dict[str, collections.Counter[str]] = collections.defaultdict(collections.Counter)
    for english, chinese in best_chinese.items():
        suitors[chinese][english] += weights[english][chinese]
    for chinese, counts in sorted(suitors.items()):
        glossed = _dominant(counts, result)
        if glossed is not None and not _conflict(result, chinese, glossed, entry_of):
            result.join(glossed, chinese, "gloss")


def _least_han(surface: str) -> int:
    """Return how many characters a Chinese name has at least: one for each word, or letter of an acronym."""
    return sum(map(str.isupper, surface)) if is_acronym(surface) else len(words(surface))


def _is_named(candidate: Candidate) -> bool:
    """Tell whether it is a name or an acronym, which a Chinese term rarely translates."""
    return candidate.having("name") * 2 > candidate.count


def _longest_frequent(counts: collections.Counter[str]) -> str:
    """Return the longest left side among those that stand in (nearly) every gloss."""
    most = max(counts.values())
    return max((name for name, count in counts.items() if count >= 0.6 * most), key=lambda name: (len(name), name))


def _conflict(result: Families, left: str, right: str, entry_of: Mapping[str, int]) -> bool:
    """Tell whether joining would put two ideas of the glossary, or two Chinese names without a witness, together.

    Neither is a validation dataset a 数据集, which is a dataset already: a word was left out before the bracket.
    """
    if _known_apart(result, left, right, entry_of):
        return True
    if any(right.endswith(other) and right != other for other in result.members(left) if not is_han(other)):
        return True
    ours, theirs = (list(filter(is_han, result.members(side))) for side in (left, right))
    return not all(_is_close(one, other) for one in ours for other in theirs)


def _is_close(one: str, other: str) -> bool:
    """Tell whether two Chinese names differ in one stretch of at most half their length: 掩蔽语言模型, 遮蔽语言模型."""
    half = (len(one) + 1) // 2
    return len(one) == len(other) >= _LONG and (one[-half:] == other[-half:] or one[:half] == other[:half])
