import type { IdentifierType } from '../ruleset/ruleset.ts'
import { trim } from '../standardize/index.ts'
import { primitiveText } from './dot-path.ts'
import type { Claim, ValueReader } from './read-value.ts'
import { compareText, type JsonValue, type RejectedValue, type Sighting } from './record.ts'

/** Where a value stands among those that fill one field: the lower order, then the lower path; a blank one comes last. */
export interface Place {
  readonly order: number
  readonly path: string
}

export interface Reading extends Claim, Place {
  /** true: a value that cannot be read is not counted as rejected. */
  readonly soft: boolean
  /** Golden-record field the value fills; null: it only links. */
  readonly field: string | null
}

/** What is read out of one record, in whatever order it is found. */
export interface Gathering {
  read(type: IdentifierType, value: JsonValue, reading: Reading): void
  fill(field: string, value: JsonValue, place: Place): void
  readonly fields: ReadonlyMap<string, JsonValue>
  /** One per type and value, verified where any reading of it is. */
  sightings(): readonly Sighting[]
  /** In the order of the types, then of the raw texts; one per type and raw text. */
  rejected(): readonly RejectedValue[]
}

/** Starts gathering; `positionOf` is the priority of a type. */
export function startGathering(readValue: ValueReader, positionOf: (type: string) => number): Gathering {
  const sightings = new Map<string, Sighting>()
  const rejected = new Map<string, RejectedValue>()
  const fields = new Map<string, JsonValue>()
  const places = new Map<string, Place>()

  const fill = (field: string, value: JsonValue, place: Place) => {
    const known = places.get(field)
    if (known) {
      const blank = isBlank(value)
      const knownBlank = isBlank(fields.get(field) ?? null)
      if (blank === knownBlank ? !isBefore(place, known) : blank) return
    }
    places.set(field, place)
    fields.set(field, value)
  }

  return {
    fields,
    fill,
    read(type, value, reading) {
      const text = primitiveText(value)
      if (text === null) return
      const { field } = reading
      const found = readValue(type, value, text, reading)
      if (field !== null && (found === null || type.kind === 'attribute')) fill(field, trim(text), reading)
      if (found === null) return
      const { name } = type
      if (found.ok) {
        const key = `${name}\n${found.value}`
        if (!sightings.get(key)?.verified)
          sightings.set(key, { type: name, value: found.value, verified: found.verified })
        if (field !== null && type.kind !== 'attribute') fill(field, found.shown, reading)
      } else if (!reading.soft) {
        rejected.set(`${name}\n${text}`, { type: name, raw: text, code: found.code, standardizer: found.standardizer })
      }
    },
    sightings: () => inOrder([...sightings.values()], positionOf, (sighting) => sighting.value),
    rejected: () => inOrder([...rejected.values()], positionOf, (value) => value.raw),
  }
}

function inOrder<Found extends { readonly type: string }>(
  found: Found[],
  positionOf: (type: string) => number,
  textOf: (found: Found) => string,
): readonly Found[] {
  if (found.length < 2) return found
  return found.sort((a, b) => positionOf(a.type) - positionOf(b.type) || compareText(textOf(a), textOf(b)))
}

function isBefore(a: Place, b: Place): boolean {
  return a.order !== b.order ? a.order < b.order : compareText(a.path, b.path) < 0
}

function isBlank(value: JsonValue): boolean {
  return value === null || value === ''
}
