import { rulesetJsonSchema } from '@selfsame/core'
import { describe, expect, it } from 'vitest'
import { page, tableUnder } from './pages.ts'

const reference = page('docs/reference/ruleset.md')

/** Where the keys of a section stand in the JSON Schema. */
const places: Readonly<Record<string, readonly string[]>> = {
  '## Top': [],
  '## Sources': ['sources', 'additionalProperties', 'anyOf', '0'],
  '## Mappings': ['sources', 'additionalProperties', 'anyOf', '0', 'properties', 'mappings', 'items'],
  '## Identifiers': ['identifiers', 'items'],
  '## Rules': ['rules', 'items'],
  '## Criteria': ['rules', 'items', 'properties', 'match', 'items'],
  '## Merge': ['merge'],
}

describe('ruleset.md', () => {
  it.each(Object.entries(places))('lists the keys of %s as the JSON Schema does', (heading, path) => {
    const listed = tableUnder(reference, heading).flatMap(([keys]) => (keys ?? '').split(', '))
    expect([...listed].sort()).toEqual(keysAt(path).sort())
  })
})

function keysAt(path: readonly string[]): string[] {
  let place: unknown = path.length === 0 ? rulesetJsonSchema : member(rulesetJsonSchema, 'properties')
  for (const step of path) place = member(place, step)
  return Object.keys(member(place, 'properties') as object)
}

function member(value: unknown, name: string): unknown {
  const found: unknown = (value as Record<string, unknown>)[name]
  if (found === undefined) throw new Error(`the JSON Schema has no ${name} here`)
  return found
}
