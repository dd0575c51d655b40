import type { IdentifierType, MatchRule, Ruleset } from '../ruleset/ruleset.ts'

/** A rule at its place in the order of strength. */
export interface Stage {
  readonly rule: MatchRule
  /** false: every link of it is weak, and becomes a candidate. */
  readonly merges: boolean
  /** true: an anchor's own rule that nobody wrote. */
  readonly implicit: boolean
}

/**
 * The enabled rules in the order in which their links are applied: implicit rules of anchors that are no session anchors,
 * the written rules, implicit rules of session anchors. An anchor that a written, enabled rule names alone and exactly
 * has no implicit rule.
 */
export function stagesOf(ruleset: Ruleset): readonly Stage[] {
  const written = ruleset.rules.filter((rule) => rule.enabled)
  const implicitOf = (session: boolean): Stage[] =>
    ruleset.identifiers
      .filter((type) => type.kind === 'anchor' && type.session === session && type.stitch)
      .filter((type) => !ruleset.rules.some((rule) => isExactRuleOf(rule, type)))
      .map((type) => stageOf(ruleset, implicitRule(type), true))
  return [...implicitOf(false), ...written.map((rule) => stageOf(ruleset, rule, false)), ...implicitOf(true)]
}

/** Whether the rule is nothing but `exact: <type>`: the anchor has a rule of its own, also when that rule is switched off. */
function isExactRuleOf(rule: MatchRule, type: IdentifierType): boolean {
  const [only, ...others] = rule.match
  return others.length === 0 && only?.how === 'exact' && only.types.length === 1 && only.types[0] === type.name
}

function implicitRule(type: IdentifierType): MatchRule {
  return {
    name: `Same ${type.name}`,
    match: [{ how: 'exact', types: [type.name], where: [] }],
    withinMs: null,
    maxGroupSize: null,
    compare: 'profile',
    action: 'merge',
    enabled: true,
  }
}

function stageOf(ruleset: Ruleset, rule: MatchRule, implicit: boolean): Stage {
  const kindOf = (name: string) => ruleset.identifiers.find((type) => type.name === name)?.kind
  const anchorsOnly = rule.match.every((criterion) => criterion.types.every((name) => kindOf(name) === 'anchor'))
  return { rule, implicit, merges: rule.action === 'merge' && (ruleset.automatic || anchorsOnly) }
}
