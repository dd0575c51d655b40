/**
 * Values that are nobody's, blocked unless a ruleset says `built_in_blocked_values: false`. Compared without case with the
 * value as it came (trimmed) and as it was standardized. The lists are short on purpose: a value that some person may
 * really have is left to `shared_when` and to the report, which points out what many records hold.
 */

/** Texts that programs and people write where they have nothing to say. Blocked for every identifier, attributes too. */
export const placeholders: readonly string[] = [
  // What programs print for an absent value.
  'null',
  'undefined',
  'none',
  'nil',
  'nan',
  '[object object]',
  '(null)',
  '<null>',
  '#n/a',
  '#ref!',
  '#value!',
  '\\n',
  // What people and reports write for it.
  'n/a',
  'n.a.',
  'not available',
  'not applicable',
  'not provided',
  'unknown',
  '(none)',
  '(not set)',
  '(unknown)',
  'tbd',
  '-',
  '--',
  '---',
  '?',
  '??',
  '???',
  '.',
  'xxx',
  // Days that systems write for a day they do not know.
  '0001-01-01',
  '1900-01-01',
  '9999-12-31',
]

/** Texts that are no identifier of anybody, though they may be a name. Blocked for anchors and claims. */
const idWords: readonly string[] = [
  'anonymous',
  'anon',
  'guest',
  'visitor',
  'na',
  'void',
  'test',
  'tester',
  'testing',
  'dummy',
  'sample',
  'example',
  'default',
  'true',
  'false',
  '-1',
  'id',
  'user',
  'email',
  'phone',
  'no email',
  'noemail',
  'no phone',
  'customer',
  'unassigned',
  'deleted',
]

/** E-mail addresses and phones of nobody, and runs of digits that as an id may well be somebody's. Blocked for claims. */
const contacts: readonly string[] = [
  'test@test.com',
  'test@test.test',
  'test@example.com',
  'example@example.com',
  'user@example.com',
  'email@example.com',
  'name@example.com',
  'email@email.com',
  'mail@mail.com',
  'none@none.com',
  'noemail@noemail.com',
  'no@email.com',
  'noreply@noreply.com',
  'no-reply@no-reply.com',
  'no@no.com',
  'na@na.com',
  'a@a.com',
  'a@b.com',
  'aa@aa.com',
  'abc@abc.com',
  'asdf@asdf.com',
  'test@gmail.com',
  'x@x.com',
  'xxx@xxx.com',
  'unknown@unknown.com',
  'null@null.com',
  'anonymous@anonymous.com',
  '1234567890',
  '0123456789',
  '123456789',
  '12345678',
  '1234567',
  '+11234567890',
  '+12345678901',
  '+1234567890',
]

/** Everything that is blocked for anchors or claims beside `placeholders`. */
export const idPlaceholders: readonly string[] = [...idWords, ...contacts]

const attributeTexts: ReadonlySet<string> = new Set(placeholders)
const anchorTexts: ReadonlySet<string> = new Set([...placeholders, ...idWords])
const claimTexts: ReadonlySet<string> = new Set([...placeholders, ...idPlaceholders])

/** Whether a value, in lower case, is one of the placeholders of a kind of identifier, or a filler. */
export function isPlaceholder(value: string, kind: 'anchor' | 'claim' | 'attribute'): boolean {
  switch (kind) {
    case 'attribute':
      return attributeTexts.has(value)
    case 'anchor':
      return anchorTexts.has(value) || isFiller(value, false)
    case 'claim':
      return claimTexts.has(value) || isFiller(value, true)
  }
}

/** The country of a North American number is no part of what is leant on. */
const northAmerican = /^\+1[0-9]{10}$/

/**
 * Nothing but zeroes, dashes and their like (`^[0-]*$`): an id of zeroes, a number that was never filled in. Where
 * `anyDigit`, also one digit throughout, six times or more: a phone that somebody leant on. (An id may be 222222.)
 */
function isFiller(value: string, anyDigit: boolean): boolean {
  let digit = ''
  let count = 0
  for (let i = northAmerican.test(value) ? 2 : 0; i < value.length; i++) {
    const character = value[i] as string
    if (signs.includes(character)) continue
    if (character < '0' || character > '9' || (digit !== '' && character !== digit)) return false
    digit = character
    count++
  }
  return digit === '' || digit === '0' || (anyDigit && count >= 6)
}

const signs = ' -.()+'
