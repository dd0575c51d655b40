import { idPlaceholders, placeholders, type IdentifierType, type Ruleset } from '@selfsame/core'
import { literal } from '../database.ts'

/**
 * SQL that standardizes the plain spellings of a type's values, or gives NULL for the values that the core's function must
 * see; null where no spelling is plain. Equal to the core on every value for which it is not NULL. Blocked values, and whatever
 * might be one, are left to the core. `from` is a relation, `raw` its column; the result has `spelling` and `std`. `isShared`:
 * the texts come from `sharedSpellingSql`, so that plain ones are their own standardized form.
 */
export function plainStandardizerSql(
  type: IdentifierType,
  ruleset: Ruleset,
  from: string,
  raw: string,
  isShared = false,
): string | null {
  const standardize = type.standardize.join('+')
  const hasPatterns = type.blockedValues.some((entry) => entry.includes('*') || entry.startsWith('/'))
  if (hasPatterns || type.name === 'conversation_id') return null
  const shape = (isShared ? sharedShape(standardize, raw) : null) ?? plainShape(standardize, ruleset, raw)
  if (!shape) return null
  const list = blockedTexts(type, ruleset)
  const notListed =
    list === ''
      ? ''
      : `${isShared ? '' : ` AND lower(trim(spelling)) NOT IN (${list})`} AND lower(std) NOT IN (${list})`
  const mayBeFiller = type.kind !== 'attribute' && ruleset.builtInBlockedValues && standardize !== 'email'
  const notFiller = mayBeFiller
    ? ` AND NOT regexp_matches(std, '^(\\+1)?[-0 ().+]*$|^(\\+1)?([ ().+-]*(${sameDigits}))[ ().+-]*$')`
    : ''
  return `SELECT spelling, CASE WHEN std IS NOT NULL${notListed}${notFiller} THEN std END AS std
    FROM (SELECT ${raw} AS spelling, CASE WHEN ${shape.when} THEN ${shape.value} END AS std FROM ${from})`
}

/** Texts that are blocked as they stand, as an SQL list; may be empty. */
function blockedTexts(type: IdentifierType, ruleset: Ruleset): string {
  const blocked = [
    ...new Set([...type.blockedValues, ...(ruleset.builtInBlockedValues ? [...placeholders, ...idPlaceholders] : [])]),
  ]
  return blocked.map((text) => literal(text.trim().toLowerCase())).join(', ')
}

/**
 * SQL of what is looked at once instead of a trimmed text: a spelling that standardizes to the same, has the same blocked
 * values, and is its own standardized form wherever it is plain; null for types without such a spelling.
 */
export function sharedSpellingSql(type: IdentifierType, ruleset: Ruleset, text: string): string | null {
  const lowered = `CASE WHEN strlen(${text}) = length(${text}) THEN lower(${text}) ELSE ${text} END`
  switch (type.standardize.join('+')) {
    case 'trim':
      return text
    case 'email':
    case 'trim+case_insensitive':
    case 'case_insensitive+trim':
      return lowered
    case 'phone': {
      const shape = plainShape('phone', ruleset, text)
      const list = blockedTexts(type, ruleset)
      const hasPatterns = type.blockedValues.some((entry) => entry.includes('*') || entry.startsWith('/'))
      if (!shape || hasPatterns) return text
      return `CASE WHEN ${shape.when}${list === '' ? '' : ` AND lower(${text}) NOT IN (${list})`} THEN ${shape.value} ELSE ${text} END`
    }
    default:
      return null
  }
}

const sameDigits = [1, 2, 3, 4, 5, 6, 7, 8, 9].map((digit) => `(${digit}[ ().+-]*){6,}`).join('|')

/** Printable ASCII with something besides spaces at both ends, at most 255 characters. */
const asciiText = (raw: string) => `length(${raw}) <= 255 AND regexp_full_match(${raw}, '[ -~]*[!-~][ -~]*')`

const emailAtom = '[a-z0-9!#$%&\\x27*+/=?^_`{|}~-]+'
const emailLabel = '[a-z0-9]([a-z0-9-]*[a-z0-9])?'

/** Plain shared spellings, which are what they standardize to. */
function sharedShape(standardize: string, text: string): { readonly when: string; readonly value: string } | null {
  switch (standardize) {
    case 'email':
      return {
        when: `strlen(${text}) <= 64 AND regexp_full_match(${text}, '${emailAtom}(\\.${emailAtom})*@(${emailLabel}\\.)+[a-z][a-z0-9]+')`,
        value: text,
      }
    case 'phone':
      return { when: `regexp_full_match(${text}, '\\+1[2-9][0-9]{9}')`, value: text }
    default:
      return null
  }
}

function plainShape(
  standardize: string,
  ruleset: Ruleset,
  raw: string,
): { readonly when: string; readonly value: string } | null {
  switch (standardize) {
    case 'email': {
      const atom = '[A-Za-z0-9!#$%&\\x27*+/=?^_`{|}~-]+'
      const label = '[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?'
      return {
        when: `length(${raw}) <= 64 AND regexp_full_match(${raw}, ' *${atom}(\\.${atom})*@(${label}\\.)+[A-Za-z][A-Za-z0-9]+ *')`,
        value: `lower(trim(${raw}))`,
      }
    }
    case 'phone': {
      const digits = `translate(${raw}, ' ().-', '')`
      if (ruleset.defaultCountry !== 'US')
        return { when: `regexp_full_match(${digits}, '\\+1[2-9][0-9]{9}')`, value: digits }
      return {
        when: `regexp_full_match(${digits}, '(\\+?1)?[2-9][0-9]{9}')`,
        value: `'+1' || right(${digits}, 10)`,
      }
    }
    case 'trim':
      return { when: asciiText(raw), value: `trim(${raw})` }
    case 'trim+case_insensitive':
    case 'case_insensitive+trim':
      return { when: asciiText(raw), value: `lower(trim(${raw}))` }
    case 'only_numeric':
    case 'trim+only_numeric':
      return {
        when: `${asciiText(raw)} AND regexp_matches(${raw}, '[0-9]')`,
        value: `regexp_replace(${raw}, '[^0-9]', '', 'g')`,
      }
    case 'fold':
    case 'trim+fold':
      return {
        when: `${asciiText(raw)} AND regexp_matches(${raw}, '[A-Za-z0-9]')`,
        value: `trim(regexp_replace(regexp_replace(lower(${raw}), '[\\x27\`]', '', 'g'), '[^a-z0-9]+', ' ', 'g'))`,
      }
    default:
      return null
  }
}

/** SQL that reads plain ISO instants as milliseconds (DOUBLE), or gives NULL for what `parseInstant` must see. */
export function plainInstantSql(raw: string): string {
  const text = `trim(${raw})`
  return `CASE WHEN regexp_full_match(${text}, '[0-9]{4}-[0-9]{2}-[0-9]{2}([T ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\\.[0-9]{1,3})?)?Z?)?')
    THEN epoch_ms(try_cast(regexp_replace(replace(${text}, 'T', ' '), 'Z$', '') AS TIMESTAMP))::DOUBLE END`
}
