import { defaultRuleset } from '@selfsame/core'
import type { ResolvedRun } from '../write/resolved-run.ts'
import type { FrequentValueFound, RunWarning, SourceSummary } from '../summary.ts'

const mostFrequentValues = 20

/** What a person should know about a run, with what to do about it. Holds no value of an attribute or identifier. */
export function runWarnings(
  run: ResolvedRun,
  frequent: readonly FrequentValueFound[],
  sources: readonly SourceSummary[],
): readonly RunWarning[] {
  return [
    ...sources.flatMap(ofSource),
    ...ofTimes(run),
    ...frequent.slice(0, mostFrequentValues).map(ofFrequentValue),
    ...ofPhones(run),
  ]
}

function ofSource(source: SourceSummary): readonly RunWarning[] {
  const { name } = source
  const found: RunWarning[] = []
  if (source.key.length === 0 && source.kind === 'rows') {
    found.push({
      code: 'source.no_key',
      message: `${name}: no primary key column was found; the line number is the key, so that a file with other lines gives other records`,
      remedy: `name the column: sources: { ${name}: { key: id } }`,
      source: name,
    })
  }
  if (source.observedAt === null) {
    found.push({
      code: 'source.no_time',
      message: `${name}: no column says when a record was observed; first and last seen stay empty, and no record is more recent than another`,
      remedy: `name the column: sources: { ${name}: { observed_at: updated_at } }`,
      source: name,
    })
  }
  if (source.superseded > 0) {
    const lines = source.superseded === 1 ? '1 line repeats a key' : `${source.superseded} lines repeat a key`
    const message =
      source.kind === 'rows'
        ? `${name}: ${lines}; the latest time counts, else the last line`
        : `${name}: ${lines}; the first delivery counts`
    found.push({ code: 'source.superseded', message, remedy: null, source: name })
  }
  if (source.rejected > 0) {
    const lines = source.rejected === 1 ? '1 line could not be read' : `${source.rejected} lines could not be read`
    found.push({
      code: 'source.rejected',
      message: `${name}: ${lines}`,
      remedy: 'see the table rejected for line, reason and text',
      source: name,
    })
  }
  return found
}

function ofTimes({ unreadableTimes, futureTimes }: ResolvedRun): readonly RunWarning[] {
  const found: RunWarning[] = []
  if (unreadableTimes > 0) {
    const message = `${unreadableTimes} times of observation could not be read; ISO 8601 and seconds or milliseconds since 1970 are`
    found.push({ code: 'time.unreadable', message, remedy: null, source: null })
  }
  if (futureTimes > 0) {
    const records = futureTimes === 1 ? '1 record says that it was' : `${futureTimes} records say that they were`
    const message = `${records} observed in the future; now counts instead`
    found.push({
      code: 'time.future',
      message,
      remedy: 'look at the clock or the time zone of the source',
      source: null,
    })
  }
  return found
}

function ofFrequentValue(value: FrequentValueFound): RunWarning {
  const percent = (value.share * 100).toFixed(1)
  return {
    code: 'value.frequent',
    message: `${value.source}: one ${value.type} is held by ${value.records} records (${percent} %); it may belong to nobody in particular`,
    remedy: `under identifiers, ${value.type}: ${value.rulesetLine}`,
    source: value.source,
  }
}

/** Phones that no enabled rule uses. */
function ofPhones({ ruleset, stages, population }: ResolvedRun): readonly RunWarning[] {
  const phone = ruleset.identifiers.findIndex((type) => type.name === 'phone')
  const readsPhone = (types: readonly string[]) => types.includes('phone')
  if (phone < 0 || !population.typeOf.includes(phone)) return []
  if (stages.some(({ rule }) => rule.match.some(({ types }) => readsPhone(types)))) return []
  const off = ruleset.rules.find((rule) => !rule.enabled && rule.match.some(({ types }) => readsPhone(types)))
  return [
    {
      code: 'phone.unused',
      message: 'There are phone numbers, and no enabled rule uses them',
      remedy: off
        ? `switch the rule on: ${ruleset === defaultRuleset() ? 'selfsame ruleset default > rules.yaml, then ' : ''}enabled: true at "${off.name}"${ruleset === defaultRuleset() ? ', then --ruleset rules.yaml' : ''}`
        : 'add a rule: - { name: Same phone, match: [ { exact: phone } ] }',
      source: null,
    },
  ]
}
