import type { IdentifierType } from './ruleset.ts'

type BuiltIn = Pick<IdentifierType, 'name' | 'kind' | 'session' | 'standardize'>

/** What an identifier of one of these names is where its entry does not say otherwise. */
export const builtInIdentifiers: readonly BuiltIn[] = [
  { name: 'customer_id', kind: 'anchor', session: false, standardize: ['trim'] },
  { name: 'user_id', kind: 'anchor', session: false, standardize: ['trim'] },
  { name: 'external_ref', kind: 'anchor', session: false, standardize: ['trim'] },
  { name: 'email', kind: 'claim', session: false, standardize: ['email'] },
  { name: 'phone', kind: 'claim', session: false, standardize: ['phone'] },
  { name: 'conversation_id', kind: 'anchor', session: true, standardize: ['trim'] },
  { name: 'device_id', kind: 'anchor', session: true, standardize: ['trim'] },
  { name: 'anonymous_id', kind: 'anchor', session: true, standardize: ['trim'] },
  { name: 'first_name', kind: 'attribute', session: false, standardize: ['fold'] },
  { name: 'last_name', kind: 'attribute', session: false, standardize: ['fold'] },
  { name: 'display_name', kind: 'attribute', session: false, standardize: ['fold'] },
  { name: 'birth_date', kind: 'attribute', session: false, standardize: ['date'] },
  { name: 'postcode', kind: 'attribute', session: false, standardize: ['fold'] },
]

/** Appended to every list of identifiers that leaves them out: confidence, review fields and golden records read them. */
export const alwaysThere: readonly string[] = [
  'conversation_id',
  'first_name',
  'last_name',
  'display_name',
  'birth_date',
  'postcode',
]

export function builtInIdentifier(name: string): BuiltIn | undefined {
  return builtInIdentifiers.find((type) => type.name === name)
}

/** A built-in type without limits, or a plain one of the kind for any other name. */
export function plainIdentifier(name: string, kind: IdentifierType['kind'] = 'attribute'): IdentifierType {
  const builtIn = builtInIdentifier(name)
  return {
    name,
    kind: builtIn?.kind ?? kind,
    session: builtIn?.session ?? false,
    standardize: builtIn?.standardize ?? (kind === 'attribute' ? ['fold'] : ['trim']),
    maxUniqueValues: null,
    whenExceeded: 'hold',
    strongerRules: 'auto',
    blockedValues: [],
    allowedValues: [],
    sharedWhen: [],
    derive: null,
    stitch: true,
  }
}
