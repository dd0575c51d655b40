import { plainIdentifier } from './built-in-identifiers.ts'
import type { IdentifierType, MatchRule } from './ruleset.ts'

/** The identifiers of a ruleset that lists none, strongest first, with their guards. */
export function defaultIdentifiers(): readonly IdentifierType[] {
  const shared = (conditions: Readonly<Record<string, number>>) =>
    Object.entries(conditions).map(([type, moreThan]) => ({ type, moreThan }))
  const claims = shared({ customer_id: 5, user_id: 5, anonymous_id: 1000 })
  const sessions = shared({ customer_id: 3, user_id: 3, email: 5 })
  return [
    { ...plainIdentifier('customer_id'), maxUniqueValues: 1 },
    { ...plainIdentifier('user_id'), maxUniqueValues: 1 },
    plainIdentifier('external_ref'),
    { ...plainIdentifier('email'), maxUniqueValues: 3, sharedWhen: claims },
    { ...plainIdentifier('phone'), maxUniqueValues: 2, sharedWhen: claims },
    { ...plainIdentifier('conversation_id'), sharedWhen: sessions },
    { ...plainIdentifier('device_id'), sharedWhen: sessions },
    { ...plainIdentifier('anonymous_id'), sharedWhen: sessions },
    ...['first_name', 'last_name', 'display_name', 'birth_date', 'postcode'].map((name) => plainIdentifier(name)),
  ]
}

/** The rules of a ruleset that writes none: *Same e-mail*, and *Same phone* switched off, where these identifiers exist. */
export function defaultRules(identifiers: readonly IdentifierType[]): readonly MatchRule[] {
  const rule = (name: string, type: string, enabled: boolean): MatchRule => ({
    name,
    match: [{ how: 'exact', types: [type], where: [] }],
    withinMs: null,
    maxGroupSize: null,
    compare: 'profile',
    action: 'merge',
    enabled,
  })
  return [rule('Same e-mail', 'email', true), rule('Same phone', 'phone', false)].filter((candidate) =>
    identifiers.some((type) => candidate.match[0]?.types.includes(type.name)),
  )
}

/** See `Ruleset.crowdAbove`. */
export const defaultCrowdAbove = 1_000
