import type { IdentifierType, Mapping, Ruleset, SourceSettings } from '../ruleset/ruleset.ts'
import { type Standardized, standardizeValue, trim } from '../standardize/index.ts'
import { blockedValuesFor } from './blocked-values.ts'
import type { JsonValue } from './record.ts'
import { isVerified } from './trust.ts'

/** What the mapping, the key and the envelope say about a value, beside the value itself. */
export interface Claim {
  /** The mapping's `verified`; null: it does not say. */
  readonly verified: boolean | null
  /** true: it is not known whose the value is; never verified. */
  readonly someone: boolean
  /** true: the record carries the proof of its source's secret for this type. */
  readonly proven: boolean
}

/** A value of an identifier type as it links; why it does not; null: there is nothing to read. */
export type ValueReading =
  | {
      readonly ok: true
      /** The standardized value; that of a conversation with its source before it. */
      readonly value: string
      /** The standardized value, which a golden record shows. */
      readonly shown: string
      readonly verified: boolean
    }
  | Extract<Standardized, { readonly ok: false }>
  | null

export type ValueReader = (type: IdentifierType, value: JsonValue, text: string, claim: Claim) => ValueReading

/**
 * Compiles how the values of one source are standardized, blocked, confined and trusted. Whatever reads a value (the
 * default mapping, a written one, a column, the preview) reads it with this.
 */
export function valueReader(source: string, settings: SourceSettings, ruleset: Ruleset): ValueReader {
  const standardizers = new Map(ruleset.identifiers.map((type) => [type.name, rememberingStandardizer(type, ruleset)]))
  return (type, value, text, { verified, someone, proven }) => {
    if (trim(text) === '') return null
    if (isInexact(value)) return { ok: false, code: 'value.inexact_number', standardizer: null }
    const standardize = standardizers.get(type.name) ?? rememberingStandardizer(type, ruleset)
    const result = standardize(text)
    if (!result.ok) return result
    return {
      ok: true,
      shown: result.value,
      value: type.name === 'conversation_id' ? confinedTo(source, result.value, settings.mappings) : result.value,
      verified: !someone && isVerified(type, verified, settings, proven),
    }
  }
}

/** Standardizes and blocks. Records repeat values (one cookie, ten thousand page views), so the latest ones are remembered. */
function rememberingStandardizer(type: IdentifierType, ruleset: Ruleset): (text: string) => Standardized {
  const isBlocked = blockedValuesFor(type, ruleset)
  const known = new Map<string, Standardized>()
  return (text) => {
    const remembered = known.get(text)
    if (remembered) return remembered
    const result = standardizeValue(text, type.standardize, ruleset)
    const found: Standardized =
      result.ok && isBlocked(text, result.value) ? { ok: false, code: 'value.blocked', standardizer: null } : result
    if (text.length > longestRemembered) return found
    if (known.size >= mostRemembered) known.clear()
    known.set(text, found)
    return found
  }
}

const mostRemembered = 4096
const longestRemembered = 256

/**
 * A conversation id belongs to its source (123 in the chat is not 123 in WhatsApp) unless a mapping says `shared`. Length
 * first, so that no two pairs of source and id make one text.
 */
export function confinedTo(source: string, value: string, mappings: readonly Mapping[] | null): string {
  if (mappings?.some(({ enabled, to, shared }) => enabled && to === 'conversation_id' && shared)) return value
  return `${[...source].length}:${source}:${value}`
}

/** Whole numbers beyond 2^53 have lost digits on their way through JSON: two different ids may have become one. */
function isInexact(value: JsonValue): boolean {
  return typeof value === 'number' && Number.isInteger(value) && !Number.isSafeInteger(value)
}
