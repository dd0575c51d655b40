import { doubleMetaphone } from 'double-metaphone'
import { compareText, type Sighting } from '../evidence/record.ts'
import type { Derivation, IdentifierType } from '../ruleset/ruleset.ts'

/**
 * The derived value of standardized values (one per type the derivation names, in its order), or null where nothing can
 * be derived: a value is missing, or nothing of it is left.
 *
 * - `sorted_tokens`: the words by code point, parted by one space; a word written twice stays twice
 * - `first_letters`: that many leading code points, or the whole of a shorter value
 * - `year`: the first four digits of `YYYY-MM-DD`
 * - `double_metaphone`: the primary code of each word, in the order of the words; words without a code are left out (L.
 *   Philips, "The Double Metaphone Search Algorithm", C/C++ Users Journal 18 (2000), No. 6)
 * - `digits`: the digits 0–9
 * - `first_number`: the first run of digits, which in an address is mostly the number of the house
 * - `words`: the parts one after another, parted by a space
 * - `join`: each part with its length in code points before it, so that no two lists of parts give one text
 */
export function deriveValue(derivation: Derivation, values: readonly (string | undefined)[]): string | null {
  const [value] = values
  if (value === undefined) return null
  switch (derivation.as) {
    case 'sorted_tokens':
      return orNull(wordsOf(value).sort(compareText).join(' '))
    case 'first_letters':
      return orNull([...value].slice(0, derivation.length).join(''))
    case 'year':
      return /^\d{4}-\d{2}-\d{2}$/u.test(value) ? value.slice(0, 4) : null
    case 'double_metaphone':
      return orNull(
        wordsOf(value)
          .map((word) => doubleMetaphone(word)[0])
          .filter((code) => code !== '')
          .join(' '),
      )
    case 'digits':
      return orNull(value.replace(/[^0-9]/gu, ''))
    case 'first_number':
      return /[0-9]+/u.exec(value)?.[0] ?? null
    case 'words': {
      const parts = derivation.from.map((_, place) => values[place])
      return parts.some((part) => part === undefined || part === '') ? null : parts.join(' ')
    }
    case 'join':
      return joined(derivation.from.map((_, place) => values[place]))
  }
}

/** At most so many combinations of source values are derived from per record; further ones are left out. */
const combinationsPerRecord = 16

/**
 * Sightings with those of derived attributes after them, in the order of the identifiers and without repetition. A
 * derived value is verified where all its sources are, in any of the combinations that give it. Of several source
 * values every combination gives a value, at most 16 in the order of their texts. A derived attribute may be derived
 * from another one that stands anywhere in the list; one that leads back to itself gives nothing (the ruleset check
 * refuses it).
 */
export function deriveSightings(
  sightings: readonly Sighting[],
  identifiers: readonly IdentifierType[],
): readonly Sighting[] {
  const plan = planOf(identifiers)
  if (plan.sourcesFirst.length === 0) return sightings
  const byType = new Map<string, Sighting[]>()
  for (const sighting of sightings) {
    const known = byType.get(sighting.type)
    if (known) known.push(sighting)
    else byType.set(sighting.type, [sighting])
  }
  const derived = new Map<string, readonly Sighting[]>()
  for (const { name, derive } of plan.sourcesFirst) {
    const found = deriveOne(name, derive, byType)
    if (found.length === 0) continue
    byType.set(name, [...(byType.get(name) ?? []), ...found])
    derived.set(name, found)
  }
  return derived.size === 0 ? sightings : [...sightings, ...plan.inOrder.flatMap((name) => derived.get(name) ?? [])]
}

interface DerivedType {
  readonly name: string
  readonly derive: Derivation
}
interface DerivationPlan {
  /** Every type after those it is derived from. */
  readonly sourcesFirst: readonly DerivedType[]
  /** Names in the order of the identifiers. */
  readonly inOrder: readonly string[]
}

const plans = new WeakMap<readonly IdentifierType[], DerivationPlan>()

function planOf(identifiers: readonly IdentifierType[]): DerivationPlan {
  const known = plans.get(identifiers)
  if (known) return known
  const derived = identifiers.flatMap(({ name, derive }) => (derive === null ? [] : [{ name, derive }]))
  const waiting = new Map(derived.map((type) => [type.name, type]))
  const sourcesFirst: DerivedType[] = []
  for (let before = -1; before !== waiting.size; ) {
    before = waiting.size
    for (const type of waiting.values()) {
      if (type.derive.from.some((from) => waiting.has(from))) continue
      waiting.delete(type.name)
      sourcesFirst.push(type)
    }
  }
  const plan = { sourcesFirst, inOrder: derived.map((type) => type.name) }
  plans.set(identifiers, plan)
  return plan
}

function deriveOne(name: string, derive: Derivation, byType: ReadonlyMap<string, readonly Sighting[]>): Sighting[] {
  const lists = derive.from.map((from) => byType.get(from) ?? [])
  if (lists.some((list) => list.length === 0)) return []
  const alreadySeen = byType.get(name) ?? []
  const found = new Map<string, Sighting>()
  for (const parts of combinationsOf(lists)) {
    const value = deriveValue(
      derive,
      parts.map((part) => part.value),
    )
    if (value === null || alreadySeen.some((sighting) => sighting.value === value)) continue
    const verified = parts.every((part) => part.verified)
    if (verified || !found.has(value)) found.set(value, { type: name, value, verified })
  }
  return [...found.values()]
}

function combinationsOf(lists: readonly (readonly Sighting[])[]): readonly (readonly Sighting[])[] {
  let found: (readonly Sighting[])[] = [[]]
  for (const list of lists) {
    const inOrder = list.length === 1 ? list : [...list].sort((a, b) => compareText(a.value, b.value))
    found = found.flatMap((start) => inOrder.map((next) => [...start, next])).slice(0, combinationsPerRecord)
  }
  return found
}

function joined(parts: readonly (string | undefined)[]): string | null {
  let text = ''
  for (const part of parts) {
    if (part === undefined || part === '') return null
    text += `${[...part].length}:${part}`
  }
  return text
}

function wordsOf(value: string): string[] {
  return value.split(/\s+/u).filter((word) => word !== '')
}

function orNull(text: string): string | null {
  return text === '' ? null : text
}
