import type { StandardizerName } from '../ruleset/ruleset.ts'

/** A standardized value, or why a value cannot be standardized. */
export type Standardized =
  | { readonly ok: true; readonly value: string }
  | { readonly ok: false; readonly code: RejectionCode; readonly standardizer: StandardizerName | null }

export const rejectionCodes = {
  'value.empty': 'nothing is left of the value',
  'value.too_long': 'the value is longer than 1,024 bytes',
  'value.forbidden_character': 'the value holds a control, zero-width or direction character',
  'value.blocked': 'the value is on the list of blocked values',
  'value.inexact_number': 'the value is a JSON number of more digits than such numbers hold exactly',
  'email.malformed': 'the value is not one e-mail address',
  'phone.malformed': 'the value is not a phone number',
  'phone.impossible': 'no country has phone numbers of this length',
  'date.malformed': 'the value is in no notation of dates',
  'date.impossible': 'the calendar has no such day',
} as const
export type RejectionCode = keyof typeof rejectionCodes

export function standardized(value: string): Standardized {
  return { ok: true, value }
}

export function rejected(code: RejectionCode, standardizer: StandardizerName | null = null): Standardized {
  return { ok: false, code, standardizer }
}
