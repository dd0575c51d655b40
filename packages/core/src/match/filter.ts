import type { Filter } from '../ruleset/ruleset.ts'

/** Gives the standardized form of a text, or null where it is rejected. */
export type StandardizeText = (raw: string) => string | null

/**
 * Compiles the filters of a criterion: whether a standardized value may take part; all of them must pass. A filter
 * never makes two different values equal.
 *
 * The texts of `equals` and `one_of` are standardized like the values where they can be (`(555) 123-4567` equals
 * `+15551234567`), and are compared as they stand otherwise. The parts that `contains`, `starts_with` and `ends_with`
 * name are looked for without regard to case, as written or as the identifier's standardizers write them: of a folded
 * name both `O'Brien` and `obrien` are found, and white space at the ends of a part still asks for the end of a word.
 */
export function compileFilter(filters: readonly Filter[], standardize: StandardizeText): (value: string) => boolean {
  const checks = filters.map((filter) => {
    const check = compileOne(filter, standardize)
    return filter.negated ? (value: string) => !check(value) : check
  })
  const [only] = checks
  if (checks.length === 1 && only) return only
  return (value) => checks.every((check) => check(value))
}

function compileOne({ operator, values }: Filter, standardize: StandardizeText): (value: string) => boolean {
  if (operator === 'equals' || operator === 'one_of') {
    const whole = new Set(values.flatMap((text) => [text, standardize(text) ?? text]))
    return (value) => whole.has(value)
  }
  const parts = [...new Set(values.flatMap((text) => [text, standardizedPart(text, standardize)]).map(withoutCase))]
  return (value) => {
    const text = withoutCase(value)
    switch (operator) {
      case 'contains':
        return parts.some((part) => text.includes(part))
      case 'starts_with':
        return parts.some((part) => text.startsWith(part))
      case 'ends_with':
        return parts.some((part) => text.endsWith(part))
    }
  }
}

/** The part as the identifier's standardizers write it, or as it stands. White space at its ends becomes one space. */
function standardizedPart(text: string, standardize: StandardizeText): string {
  const standardized = standardize(text)
  if (standardized === null) return text
  const start = /^\s/u.test(text) && !/^\s/u.test(standardized) ? ' ' : ''
  const end = /\s$/u.test(text) && !/\s$/u.test(standardized) ? ' ' : ''
  return `${start}${standardized}${end}`
}

function withoutCase(text: string): string {
  return text.normalize('NFC').toLowerCase()
}
