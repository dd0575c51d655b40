import { ruleInEnglish } from '../english/rule-in-english.ts'
import { formatDuration } from './checker.ts'
import type { IdentifierType, MatchRule, Ruleset, SourceSettings } from './ruleset.ts'

/** What a new ruleset changes, in words, one sentence each; empty: the two decide the same. */
export function diffRulesets(older: Ruleset, newer: Ruleset): readonly string[] {
  return [
    ...diffIdentifiers(older.identifiers, newer.identifiers),
    ...diffRules(older, newer),
    ...diffSources(older.sources, newer.sources),
    ...diffSettings(older, newer),
  ]
}

function diffIdentifiers(older: readonly IdentifierType[], newer: readonly IdentifierType[]): readonly string[] {
  const before = new Map(older.map((type) => [type.name, type]))
  const after = new Map(newer.map((type) => [type.name, type]))
  const added = newer
    .filter((type) => !before.has(type.name))
    .map((type) => `Identifier ${type.name} is added (${type.kind}).`)
  const removed = older
    .filter((type) => !after.has(type.name))
    .map((type) => `Identifier ${type.name} is removed; its values no longer link.`)
  const changed = newer.flatMap((type) => {
    const known = before.get(type.name)
    return known ? diffIdentifier(known, type) : []
  })
  const shared = (list: readonly IdentifierType[], other: ReadonlyMap<string, unknown>) =>
    list.filter((type) => other.has(type.name)).map((type) => type.name)
  const orderBefore = shared(older, after)
  const orderAfter = shared(newer, before)
  const moved =
    orderBefore.join() === orderAfter.join()
      ? []
      : [`The priority of identifiers is now ${orderAfter.join(', ')} (it was ${orderBefore.join(', ')}).`]
  return [...added, ...removed, ...moved, ...changed]
}

function diffIdentifier(before: IdentifierType, after: IdentifierType): readonly string[] {
  const { name } = after
  const said = (value: number | null) => (value === null ? 'no limit' : String(value))
  const changes: string[] = []
  if (before.kind !== after.kind) changes.push(`${name} is now ${article(after.kind)}; it was ${article(before.kind)}.`)
  if (before.maxUniqueValues !== after.maxUniqueValues)
    changes.push(`A profile may hold ${said(after.maxUniqueValues)} ${name}; it was ${said(before.maxUniqueValues)}.`)
  if (before.whenExceeded !== after.whenExceeded)
    changes.push(
      `Beyond the limit of ${name} ${after.whenExceeded === 'hold' ? 'the junior side is held apart' : 'the whole group stays apart'}.`,
    )
  if (before.strongerRules !== after.strongerRules)
    changes.push(
      `Stronger evidence ${after.strongerRules === 'auto' ? 'now demotes excess values of' : 'no longer overrides the limit of'} ${name}.`,
    )
  if (before.standardize.join() !== after.standardize.join())
    changes.push(
      `${name} is standardized by ${after.standardize.join(', ') || 'nothing'}; it was ${before.standardize.join(', ') || 'nothing'}.`,
    )
  const blocked = after.blockedValues.filter((value) => !before.blockedValues.includes(value))
  const unblocked = before.blockedValues.filter((value) => !after.blockedValues.includes(value))
  if (blocked.length > 0)
    changes.push(`${count(blocked.length, 'value')} of ${name} ${blocked.length === 1 ? 'is' : 'are'} blocked.`)
  if (unblocked.length > 0)
    changes.push(
      `${count(unblocked.length, 'value')} of ${name} ${unblocked.length === 1 ? 'is' : 'are'} no longer blocked.`,
    )
  const allowed = after.allowedValues.filter((value) => !before.allowedValues.includes(value))
  const disallowed = before.allowedValues.filter((value) => !after.allowedValues.includes(value))
  if (allowed.length > 0)
    changes.push(`${count(allowed.length, 'value')} of ${name} ${allowed.length === 1 ? 'is' : 'are'} never shared.`)
  if (disallowed.length > 0) changes.push(`${count(disallowed.length, 'value')} of ${name} may be shared again.`)
  const shared = (type: IdentifierType) =>
    type.sharedWhen.map((condition) => `more than ${condition.moreThan} ${condition.type}`).join(' or ') || 'never'
  if (shared(before) !== shared(after))
    changes.push(`A value of ${name} counts as shared: ${shared(after)} (it was: ${shared(before)}).`)
  if (JSON.stringify(before.derive) !== JSON.stringify(after.derive)) changes.push(`${name} is derived differently.`)
  if (before.stitch !== after.stitch)
    changes.push(`${name} ${after.stitch ? 'links on sight again' : 'no longer links on sight'}.`)
  return changes
}

function diffRules(older: Ruleset, newer: Ruleset): readonly string[] {
  const before = new Map(older.rules.map((rule) => [rule.name, rule]))
  const after = new Map(newer.rules.map((rule) => [rule.name, rule]))
  const added = newer.rules
    .filter((rule) => !before.has(rule.name))
    .map((rule) => `Rule "${rule.name}" is added${rule.enabled ? '' : ', switched off'}: ${ruleInEnglish(rule)}.`)
  const removed = older.rules
    .filter((rule) => !after.has(rule.name))
    .map((rule) => `Rule "${rule.name}" is removed: ${ruleInEnglish(rule)}.`)
  const changed = newer.rules.flatMap((rule) => {
    const known = before.get(rule.name)
    return known ? diffRule(known, rule) : []
  })
  const names = (rules: readonly MatchRule[], other: ReadonlyMap<string, unknown>) =>
    rules.filter((rule) => other.has(rule.name)).map((rule) => `"${rule.name}"`)
  const orderAfter = names(newer.rules, before)
  const moved =
    names(older.rules, after).join() === orderAfter.join()
      ? []
      : [`The order of rules is now ${orderAfter.join(', ')}.`]
  return [...added, ...removed, ...moved, ...changed]
}

function diffRule(before: MatchRule, after: MatchRule): readonly string[] {
  const changes: string[] = []
  if (before.enabled !== after.enabled)
    changes.push(`Rule "${after.name}" is switched ${after.enabled ? 'on' : 'off'}: ${ruleInEnglish(after)}.`)
  const without = (rule: MatchRule) => JSON.stringify({ ...rule, enabled: true })
  if (without(before) !== without(after)) {
    const [was, is] = [ruleInEnglish(before), ruleInEnglish(after)]
    changes.push(
      was === is
        ? `Rule "${after.name}" is changed in its bounds: ${is}.`
        : `Rule "${after.name}" now reads: ${is}. It was: ${was}.`,
    )
  }
  return changes
}

function diffSources(
  older: ReadonlyMap<string, SourceSettings>,
  newer: ReadonlyMap<string, SourceSettings>,
): readonly string[] {
  const changes: string[] = []
  for (const [name, settings] of newer) {
    const known = older.get(name)
    if (!known) changes.push(`Source ${name} is described.`)
    else if (JSON.stringify(known) !== JSON.stringify(settings)) changes.push(...diffSource(name, known, settings))
  }
  for (const name of older.keys())
    if (!newer.has(name)) changes.push(`Source ${name} is no longer described; it is read by the default mapping.`)
  return changes
}

function diffSource(name: string, before: SourceSettings, after: SourceSettings): readonly string[] {
  const changes: string[] = []
  if (before.class !== after.class) changes.push(`Source ${name} is now ${after.class}; it was ${before.class}.`)
  if (before.trust !== after.trust) changes.push(`Source ${name} is now ${after.trust}; it was ${before.trust}.`)
  if (JSON.stringify(before.key) !== JSON.stringify(after.key))
    changes.push(`The key of source ${name} is now ${after.key?.join(' + ') ?? 'not said'}.`)
  if (before.observedAt !== after.observedAt)
    changes.push(`The time of source ${name} is now read from ${after.observedAt ?? 'nothing that is said'}.`)
  if (JSON.stringify(before.mappings) !== JSON.stringify(after.mappings))
    changes.push(
      `The mappings of source ${name} are changed (${after.mappings === null ? 'the default mapping' : count(after.mappings.length, 'mapping')}).`,
    )
  return changes
}

function diffSettings(older: Ruleset, newer: Ruleset): readonly string[] {
  const changes: string[] = []
  if (older.defaultCountry !== newer.defaultCountry)
    changes.push(`National phone numbers belong to ${newer.defaultCountry}; they belonged to ${older.defaultCountry}.`)
  if (older.dateOrder !== newer.dateOrder)
    changes.push(`Dates are read ${newer.dateOrder}; they were read ${older.dateOrder}.`)
  if (older.maxBackdateMs !== newer.maxBackdateMs)
    changes.push(
      `An untrusted source may date back ${formatDuration(newer.maxBackdateMs)}; it was ${formatDuration(older.maxBackdateMs)}.`,
    )
  if (older.builtInBlockedValues !== newer.builtInBlockedValues)
    changes.push(`The built-in blocked values are switched ${newer.builtInBlockedValues ? 'on' : 'off'}.`)
  if (older.fuzzy.medium !== newer.fuzzy.medium)
    changes.push(`Fuzzy medium asks for ${newer.fuzzy.medium}; it was ${older.fuzzy.medium}.`)
  if (older.fuzzy.strong !== newer.fuzzy.strong)
    changes.push(`Fuzzy strong asks for ${newer.fuzzy.strong}; it was ${older.fuzzy.strong}.`)
  if (older.automatic !== newer.automatic)
    changes.push(
      newer.automatic
        ? 'Rules merge by themselves again.'
        : 'Only anchors merge by themselves; every other link becomes a candidate.',
    )
  if (older.crowdAbove !== newer.crowdAbove)
    changes.push(
      `A value is a crowd's where more than ${newer.crowdAbove} traces carry it unverified; it was ${older.crowdAbove}.`,
    )
  const { merge: before } = older
  const { merge: after } = newer
  if (before.strategy !== after.strategy)
    changes.push(`The merge strategy is ${after.strategy}; it was ${before.strategy}.`)
  if (before.primary !== after.primary)
    changes.push(`The primary is the ${after.primary} record; it was the ${before.primary}.`)
  if (before.reviewOnConflict.join() !== after.reviewOnConflict.join())
    changes.push(
      `Fields under review are ${after.reviewOnConflict.join(', ')}; they were ${before.reviewOnConflict.join(', ')}.`,
    )
  if (before.unresolved !== after.unresolved)
    changes.push(
      after.unresolved === 'exclude'
        ? 'Refused records are left out of the golden records.'
        : 'Refused records keep a golden record of their own.',
    )
  for (const field of new Set([...before.fields.keys(), ...after.fields.keys()])) {
    const said = (merge: Ruleset['merge']) => {
      const rule = merge.fields.get(field)
      return rule === undefined
        ? 'the strategy'
        : rule.by === 'source_priority'
          ? `source priority ${rule.sources.join(', ')}`
          : rule.by
    }
    if (said(before) !== said(after)) changes.push(`Field ${field} survives by ${said(after)}; it was ${said(before)}.`)
  }
  return changes
}

function article(kind: string): string {
  return kind === 'claim' ? 'a claim' : `an ${kind}`
}

function count(number: number, word: string): string {
  return `${number} ${word}${number === 1 ? '' : 's'}`
}
