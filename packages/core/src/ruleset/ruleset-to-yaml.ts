import { Document, isMap, isPair, isScalar, visit } from 'yaml'
import type { JsonObject } from '../evidence/record.ts'
import { formatDuration } from './checker.ts'
import { defaultCrowdAbove } from './defaults.ts'
import type {
  Criterion,
  Filter,
  IdentifierType,
  Mapping,
  MatchRule,
  MergeSettings,
  Ruleset,
  SourceSettings,
  Survivorship,
} from './ruleset.ts'

type Written = Readonly<Record<string, unknown>>

/**
 * Writes a ruleset as YAML. `parseRuleset` reads the text back to an equal ruleset. Identifiers and rules are written out
 * even where the text it came from left them to the defaults; single settings that are at their default are left out.
 * Comments of an earlier text are not kept.
 */
export function rulesetToYaml(ruleset: Ruleset): string {
  const document = documentOf(ruleset)
  putOnOneLine(document)
  return document.toString({ lineWidth: 120 })
}

/** The same as a JSON document, which `parseRulesetObject` reads back to an equal ruleset. */
export function rulesetToDocument(ruleset: Ruleset): JsonObject {
  return documentOf(ruleset).toJS() as JsonObject
}

function documentOf(ruleset: Ruleset): Document {
  return new Document(
    {
      version: 1,
      default_country: ruleset.defaultCountry,
      date_order: ruleset.dateOrder,
      max_backdate: formatDuration(ruleset.maxBackdateMs),
      built_in_blocked_values: ruleset.builtInBlockedValues,
      fuzzy: ruleset.fuzzy,
      ...(ruleset.sources.size > 0
        ? { sources: new Map([...ruleset.sources].map(([name, source]) => [name, writeSource(source)])) }
        : {}),
      identifiers: ruleset.identifiers.map(writeIdentifier),
      rules: ruleset.rules.map(writeRule),
      merge: writeMerge(ruleset.merge),
      automatic: ruleset.automatic,
      ...(ruleset.crowdAbove === defaultCrowdAbove ? {} : { crowd_above: ruleset.crowdAbove }),
    },
    { aliasDuplicateObjects: false },
  )
}

function writeSource(source: SourceSettings): Written {
  return {
    ...(source.key ? { key: source.key } : {}),
    ...(source.observedAt === null ? {} : { observed_at: source.observedAt }),
    class: source.class,
    trust: source.trust,
    ...(source.mappings ? { mappings: source.mappings.map(writeMapping) } : {}),
  }
}

function writeMapping(mapping: Mapping, index: number): Written {
  return {
    ...(mapping.when === null ? {} : { when: mapping.when }),
    read: mapping.read,
    to: mapping.to,
    ...(mapping.key === null ? {} : { key: mapping.key }),
    ...(mapping.verified === null ? {} : { verified: mapping.verified }),
    ...(mapping.precedence === index ? {} : { precedence: mapping.precedence }),
    ...(mapping.enabled ? {} : { enabled: false }),
    ...(mapping.shared ? { shared: true } : {}),
  }
}

function writeIdentifier(type: IdentifierType): Written {
  return {
    name: type.name,
    kind: type.kind,
    standardize: type.standardize,
    ...(type.maxUniqueValues === null ? {} : { max_unique_values: type.maxUniqueValues }),
    ...(type.whenExceeded === 'hold' ? {} : { when_exceeded: type.whenExceeded }),
    ...(type.strongerRules === 'auto' ? {} : { stronger_rules: type.strongerRules }),
    ...(type.blockedValues.length > 0 ? { blocked_values: type.blockedValues } : {}),
    ...(type.sharedWhen.length > 0
      ? { shared_when: new Map(type.sharedWhen.map((shared) => [shared.type, shared.moreThan])) }
      : {}),
    ...(type.allowedValues.length > 0 ? { allowed_values: type.allowedValues } : {}),
    ...(type.derive ? { derive: writeDerive(type.derive) } : {}),
    ...(type.stitch ? {} : { stitch: false }),
  }
}

function writeDerive(derive: NonNullable<IdentifierType['derive']>): Written {
  if (derive.as === 'join' || derive.as === 'words') return { from: derive.from, as: derive.as }
  return { from: derive.from[0], as: derive.as === 'first_letters' ? { first_letters: derive.length } : derive.as }
}

function writeRule(rule: MatchRule): Written {
  return {
    name: rule.name,
    match: rule.match.map(writeCriterion),
    ...(rule.withinMs === null ? {} : { within: formatDuration(rule.withinMs) }),
    ...(rule.maxGroupSize === null ? {} : { max_group_size: rule.maxGroupSize }),
    ...(rule.compare === 'profile' ? {} : { compare: rule.compare }),
    ...(rule.action === 'merge' ? {} : { action: rule.action }),
    ...(rule.enabled ? {} : { enabled: false }),
  }
}

function writeCriterion(criterion: Criterion): Written {
  const types = { [criterion.how]: criterion.types.length === 1 ? criterion.types[0] : criterion.types }
  const where = criterion.where.length > 0 ? { where: writeFilters(criterion.where) } : {}
  if (criterion.how === 'exact') return { ...types, ...where }
  const missing = criterion.missing === 'match' ? { missing: 'match' } : {}
  return { ...types, ...(criterion.how === 'similar' ? writeBound(criterion) : {}), ...missing, ...where }
}

function writeBound({ by, atLeast, atMost }: Exclude<Criterion, { readonly how: 'exact' }>): Written {
  if (by === 'nickname') return { by }
  if (atMost === null) return { by, at_least: atLeast }
  return { by, at_most: by === 'date_within' ? formatDuration(atMost) : atMost }
}

function writeFilters(filters: readonly Filter[]): Written {
  const written = (negated: boolean) =>
    filters
      .filter((filter) => filter.negated === negated)
      .map(({ operator, values }) => [operator, operator === 'one_of' ? values : values[0]] as const)
  const not = Object.fromEntries(written(true))
  return { ...Object.fromEntries(written(false)), ...(Object.keys(not).length > 0 ? { not } : {}) }
}

function writeMerge(merge: MergeSettings): Written {
  return {
    strategy: merge.strategy,
    primary: merge.primary,
    ...(merge.fields.size > 0
      ? { fields: new Map([...merge.fields].map(([field, by]) => [field, writeSurvivorship(by)])) }
      : {}),
    review_on_conflict: merge.reviewOnConflict,
    unresolved: merge.unresolved,
  }
}

function writeSurvivorship(survivorship: Survivorship): unknown {
  return survivorship.by === 'source_priority' ? { source_priority: survivorship.sources } : survivorship.by
}

/** Mappings, criteria, short lists and small maps read better on one line each. */
function putOnOneLine(document: Document): void {
  const isPlain = (item: unknown) => isScalar(item) || (isPair(item) && isScalar(item.value))
  visit(document, {
    Collection(_, node, path) {
      const items: readonly unknown[] = node.items
      if (path.length > 1 && (items.every(isPlain) || (isMap(node) && node.has('exact')))) node.flow = true
    },
  })
}
