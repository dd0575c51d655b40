import type { IdentifierType, Mapping } from '../ruleset/ruleset.ts'
import { parseDotPath, primitiveText, readPath } from './dot-path.ts'
import type { Gathering } from './gathering.ts'
import type { JsonObject, JsonValue } from './record.ts'

/** A mapping of the ruleset, ready to be applied. */
export interface WrittenMapping {
  readonly mapping: Mapping
  /** null: the path is not one. */
  readonly segments: readonly string[] | null
  /** Type that it fills; null: a trait. undefined: a type that nothing can fill. */
  readonly type: IdentifierType | null | undefined
}

export function writtenMapping(mapping: Mapping, types: ReadonlyMap<string, IdentifierType>): WrittenMapping {
  const known = types.get(mapping.to)
  const type = mapping.to === 'trait' ? null : known?.derive === null ? known : undefined
  return { mapping, type, segments: parseDotPath(mapping.read) }
}

/** The enabled mappings in the order in which they are evaluated: by precedence, then as listed. */
export function writtenMappings(
  mappings: readonly Mapping[],
  types: ReadonlyMap<string, IdentifierType>,
): readonly WrittenMapping[] {
  const enabled = mappings.filter((mapping) => mapping.enabled).sort((a, b) => a.precedence - b.precedence)
  return enabled.map((mapping) => writtenMapping(mapping, types))
}

/** Whether the mapping asks for this event (its name in snake_case); null stands for a row. */
export function asksFor(mapping: Mapping, event: string | null): boolean {
  return mapping.when === null || mapping.when === event
}

/** The leaf at the end of a path where it is a string, finite number or boolean; undefined: the mapping does not fire. */
export function leafAt(payload: JsonObject, segments: readonly string[]): string | number | boolean | undefined {
  return asLeaf(readPath(payload, segments))
}

export function asLeaf(value: JsonValue | undefined): string | number | boolean | undefined {
  return primitiveText(value) === null ? undefined : (value as string | number | boolean)
}

/** Reads a leaf as the mapping says. */
export function applyMapping(
  { mapping, type }: WrittenMapping,
  leaf: string | number | boolean,
  isProven: (type: string) => boolean,
  { read, fill }: Pick<Gathering, 'read' | 'fill'>,
): void {
  const place = { order: mapping.precedence, path: '' }
  if (type) {
    const { verified } = mapping
    read(type, leaf, { verified, someone: false, proven: isProven(type.name), soft: false, field: type.name, ...place })
  } else if (type === null && mapping.key !== null) {
    fill(mapping.key, typeof leaf === 'string' ? leaf.trim() : leaf, place)
  }
}
