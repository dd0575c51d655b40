import { doubleMetaphone } from 'double-metaphone'
import type { Sighting } from '../evidence/record.ts'
import type { Derivation, IdentifierType } from '../ruleset/ruleset.ts'

/** The derived value of standardized values (one per type the derivation names), or null where nothing can be derived. */
export function deriveValue(derivation: Derivation, values: readonly string[]): string | null {
  const [value = ''] = values
  switch (derivation.as) {
    case 'sorted_tokens':
      return orNull(value.split(/\s+/u).filter((word) => word !== '').sort().join(' '))
    case 'first_letters':
      return orNull([...value].slice(0, derivation.length).join(''))
    case 'year':
      return /^\d{4}-\d{2}-\d{2}$/u.test(value) ? value.slice(0, 4) : null
    case 'double_metaphone':
      return orNull(value.split(/\s+/u).map((word) => doubleMetaphone(word)[0]).filter((code) => code !== '').join(' '))
    case 'digits':
      return orNull(value.replace(/\D/gu, ''))
    case 'join':
      return values.length === derivation.from.length && values.every((part) => part !== '')
        ? values.map((part) => `${[...part].length}:${part}`).join('')
        : null
  }
}

/** At most so many combinations are joined per record; further ones are left out, in the order of the values. */
const combinationsPerRecord = 16

/**
 * Sightings with those of derived attributes added, which are verified where all their sources are. A derived attribute may
 * be derived from another one that stands anywhere in the list.
 */
export function deriveSightings(
  sightings: readonly Sighting[],
  identifiers: readonly IdentifierType[],
): readonly Sighting[] {
  const pending = identifiers.filter((type) => type.derive !== null)
  if (pending.length === 0) return sightings
  const all = [...sightings]
  for (let round = 0; round < pending.length; round++) {
    for (const type of pending) {
      if (type.derive === null) continue
      for (const parts of combinations(type.derive.from.map((from) => all.filter((sighting) => sighting.type === from)))) {
        const value = deriveValue(type.derive, parts.map((part) => part.value))
        if (value === null || all.some((known) => known.type === type.name && known.value === value)) continue
        all.push({ type: type.name, value, verified: parts.every((part) => part.verified) })
      }
    }
    if (!pending.some((type) => type.derive?.from.some((from) => pending.some((other) => other.name === from)))) break
  }
  return all
}

function combinations(lists: readonly (readonly Sighting[])[]): readonly (readonly Sighting[])[] {
  let found: (readonly Sighting[])[] = [[]]
  for (const list of lists) {
    found = found.flatMap((start) => list.map((next) => [...start, next])).slice(0, combinationsPerRecord)
  }
  return found
}

function orNull(text: string): string | null {
  return text === '' ? null : text
}
