import type { Filter } from '../ruleset/ruleset.ts'

/** Gives the standardized form of a text, or null where it is rejected. */
export type StandardizeText = (raw: string) => string | null

/**
 * Compiles the filters of a criterion: whether a standardized value may take part; all of them must pass. A filter never
 * makes two different values equal. The texts of `equals` and `one_of` are standardized like the values where they can be
 * (`(555) 123-4567` equals `+15551234567`); the parts named by `contains`, `starts_with` and `ends_with` are looked for
 * without regard to case.
 */
export function compileFilter(filters: readonly Filter[], standardize: StandardizeText): (value: string) => boolean {
  const checks = filters.map((filter) => {
    const check = compileOne(filter, standardize)
    return filter.negated ? (value: string) => !check(value) : check
  })
  return (value) => checks.every((check) => check(value))
}

function compileOne({ operator, values }: Filter, standardize: StandardizeText): (value: string) => boolean {
  const parts = values.map(withoutCase)
  switch (operator) {
    case 'equals':
    case 'one_of': {
      const whole = new Set(values.flatMap((text) => [text, standardize(text) ?? text]))
      return (value) => whole.has(value)
    }
    case 'contains':
      return (value) => parts.some((part) => withoutCase(value).includes(part))
    case 'starts_with':
      return (value) => parts.some((part) => withoutCase(value).startsWith(part))
    case 'ends_with':
      return (value) => parts.some((part) => withoutCase(value).endsWith(part))
  }
}

function withoutCase(text: string): string {
  return text.normalize('NFC').toLowerCase()
}
