import { editDistance } from '../match/damerau-levenshtein.ts'

/** A fault or warning in a ruleset. Never carries more of the file than the word that is wrong. */
export interface RulesetIssue {
  readonly code: string
  /** JSON pointer, e.g. `/rules/2/match/1/by`. */
  readonly path: string
  /** 1-based; 0 where the ruleset came without text. */
  readonly line: number
  readonly column: number
  /** What was found and what is allowed. */
  readonly message: string
}

export type Path = readonly (string | number)[]
export type LocateInText = (path: Path) => { readonly line: number; readonly column: number }
export type JsonMap = { readonly [key: string]: unknown }

/** Collects every fault of a document while values are read out of it. Each reader reports what it cannot take and goes on. */
export class Checker {
  readonly issues: RulesetIssue[] = []
  readonly warnings: RulesetIssue[] = []
  private readonly locate: LocateInText

  constructor(locate: LocateInText) {
    this.locate = locate
  }

  fault(code: string, path: Path, message: string): void {
    this.issues.push(this.issue(code, path, message))
  }

  warn(code: string, path: Path, message: string): void {
    this.warnings.push(this.issue(code, path, message))
  }

  /** The value as an object without unknown keys; an empty one where it is none. */
  map(value: unknown, path: Path, allowed: readonly string[]): JsonMap {
    if (value === undefined) return {}
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      this.fault('ruleset.type', path, `found ${kindOf(value)} where a mapping with ${list(allowed)} is expected`)
      return {}
    }
    for (const key of Object.keys(value)) {
      if (!allowed.includes(key)) {
        this.fault(
          'ruleset.unknown_key',
          [...path, key],
          `"${shown(key)}" is not known here${suggest(key, allowed)}; allowed are ${list(allowed)}`,
        )
      }
    }
    return value as JsonMap
  }

  /** Texts of which there must be one where the key is written at all. */
  someTexts(value: unknown, path: Path): readonly string[] {
    if (Array.isArray(value) && value.length === 0)
      this.fault('ruleset.missing', path, 'is an empty list; it needs at least one text')
    return this.texts(value, path)
  }

  list(value: unknown, path: Path): readonly unknown[] {
    if (value === undefined) return []
    if (Array.isArray(value)) return value
    this.fault('ruleset.type', path, `found ${kindOf(value)} where a list is expected`)
    return []
  }

  /** A text, or a list of texts, as a list. */
  texts(value: unknown, path: Path): readonly string[] {
    if (value === undefined) return []
    const values = Array.isArray(value) ? value : [value]
    return values.flatMap((text: unknown, index) => {
      if (typeof text === 'string' && text !== '') return [text]
      if (typeof text === 'number' || typeof text === 'boolean') return [String(text)]
      this.fault(
        'ruleset.type',
        Array.isArray(value) ? [...path, index] : path,
        `found ${kindOf(text)} where text is expected`,
      )
      return []
    })
  }

  text(value: unknown, path: Path): string | null {
    if (value === undefined || value === null) return null
    if (typeof value === 'string' && value.trim() !== '') return value
    this.fault('ruleset.type', path, `found ${kindOf(value)} where text is expected`)
    return null
  }

  bool(value: unknown, path: Path, otherwise: boolean): boolean {
    if (value === undefined) return otherwise
    if (typeof value === 'boolean') return value
    this.fault('ruleset.type', path, `found ${kindOf(value)} where true or false is expected`)
    return otherwise
  }

  /** A number in a range, both ends inclusive. */
  number(value: unknown, path: Path, range: { min: number; max: number; whole?: boolean }): number | null {
    if (value === undefined || value === null) return null
    const isOk =
      typeof value === 'number' && value >= range.min && value <= range.max && (!range.whole || Number.isInteger(value))
    if (isOk) return value
    const wanted = `${range.whole ? 'a whole number' : 'a number'} ${range.max === Infinity ? `of at least ${range.min}` : `from ${range.min} to ${range.max}`}`
    this.fault(
      'ruleset.range',
      path,
      `found ${typeof value === 'number' ? value : kindOf(value)} where ${wanted} is expected`,
    )
    return null
  }

  oneOf<T extends string>(value: unknown, path: Path, allowed: readonly T[], what: string): T | null {
    if (value === undefined) return null
    const found = allowed.find((choice) => choice === value)
    if (found !== undefined) return found
    const said = typeof value === 'string' ? `"${shown(value)}"` : kindOf(value)
    this.fault(
      'ruleset.choice',
      path,
      `${said} is not ${what}${typeof value === 'string' ? suggest(value, allowed) : ''}; use one of ${allowed.join(', ')}`,
    )
    return null
  }

  /** A length of time such as `90d`, in milliseconds. */
  duration(value: unknown, path: Path): number | null {
    if (value === undefined || value === null) return null
    const ms = typeof value === 'string' ? parseDuration(value) : null
    if (ms === null) {
      this.fault(
        'ruleset.duration',
        path,
        `found ${typeof value === 'string' ? `"${shown(value)}"` : kindOf(value)} where a length of time is expected, such as 30m, 12h, 90d or 4w`,
      )
    }
    return ms
  }

  private issue(code: string, path: Path, message: string): RulesetIssue {
    return { code, path: pointer(path), ...this.locate(path), message }
  }
}

const unitMs: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
  y: 31_536_000_000,
}

/** Milliseconds of `90d`, `12h`, `30m`, `4w`, `1y` (365 days); null for anything else. */
export function parseDuration(text: string): number | null {
  const parts = /^(\d{1,9}) ?(ms|s|m|h|d|w|y)$/.exec(text.trim())
  const ms = parts ? Number(parts[1]) * (unitMs[parts[2] as string] as number) : 0
  return ms > 0 && Number.isSafeInteger(ms) ? ms : null
}

/** A writing of a length of time that `parseDuration` reads back to the same: in days where they are whole, else in a smaller unit. */
export function formatDuration(ms: number): string {
  for (const unit of ['d', 'h', 'm', 's', 'ms', 'w', 'y'] as const) {
    const size = unitMs[unit] as number
    if (ms % size === 0 && ms / size < 1e9) return `${ms / size}${unit}`
  }
  return `${ms}ms`
}

export function pointer(path: Path): string {
  return path.map((part) => `/${String(part).replace(/~/g, '~0').replace(/\//g, '~1')}`).join('') || '/'
}

export function list(words: readonly string[]): string {
  return words.join(', ')
}

export function kindOf(value: unknown): string {
  if (value === null) return 'nothing (null)'
  if (Array.isArray(value)) return 'a list'
  switch (typeof value) {
    case 'object':
      return 'a mapping'
    case 'string':
      return value === '' ? 'an empty text' : 'text'
    default:
      return `a ${typeof value}`
  }
}

export function shown(text: string): string {
  return text.length > 60 ? `${text.slice(0, 57)}…` : text
}

/** ` (did you mean "x"?)` where one allowed word is close. */
export function suggest(found: string, allowed: readonly string[]): string {
  const near = allowed
    .map((word) => ({ word, distance: editDistance(found.toLowerCase().slice(0, 64), word) }))
    .filter(({ word, distance }) => distance <= Math.max(1, Math.floor(word.length / 3)))
    .sort((a, b) => a.distance - b.distance)[0]
  return near ? ` (did you mean "${near.word}"?)` : ''
}

export function unknownIdentifier(name: string, known: readonly string[]): string {
  return `"${shown(name)}" is no identifier of this ruleset${suggest(name, known)}; known are ${list(known)}`
}
