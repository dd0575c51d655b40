import { metricsAnswer, metricsQuery, resolutionAnswer, seriesAnswer, seriesQuery } from '@selfsame/contract'
import {
  candidatesShownSince,
  counterHours,
  counterTotals,
  countSpace,
  resolutionBySource,
  runRows,
  sumProfiles,
  type CounterRow,
  type Sql,
} from '@selfsame/store'
import type { FastifyInstance } from 'fastify'
import { Counter, Gauge, Registry } from 'prom-client'
import { z } from 'zod'
import { instantOrNull, instantText } from './answers.ts'
import { addReadingRoute, answered, type ReadingContext } from './reading.ts'
import { summaryIn } from './run-answers.ts'

const hourMs = 3_600_000
const dayMs = 24 * hourMs
/** Days that candidates may have waited. */
const queueDays = [1, 7, 30] as const

/** What a space holds and what happened in it, counted. */
export function metricRoutes(app: FastifyInstance, context: ReadingContext): void {
  addReadingRoute(
    app,
    context,
    {
      method: 'GET',
      url: '/metrics',
      summary: 'What the space holds now, and what was counted in it',
      tag: 'metrics',
      query: metricsQuery,
      answer: metricsAnswer,
    },
    async ({ database, spaceId, query }) => {
      const counts = await countSpace(database, spaceId)
      const from = Math.floor(context.now() / hourMs) * hourMs - query.hours * hourMs
      const hours = await counterHours(database, spaceId, from)
      const totals = await counterTotals(database, spaceId)
      return {
        profiles: counts.profiles,
        profilesOfManyIdentifiers: counts.profiles_of_many_keys,
        candidates: counts.candidates,
        oldestCandidateAt: instantOrNull(counts.oldest_candidate_at),
        queueAges: await queueAges(database, spaceId, counts.candidates, context.now()),
        heldLinks: counts.held_links,
        sharedValues: counts.shared_values,
        unresolvedTraces: counts.unresolved,
        matchedShare: matchedShare(totals),
        automaticMerges: sumOf(totals, 'merges_automatic'),
        merges: mergesOf(totals),
        richness: await richnessOf(database, spaceId, counts.profiles),
        counters: totals.map(counterOf),
        hours: hours.map((row) => ({ hour: instantText(row.hour), ...counterOf(row) })),
      }
    },
  )
}

/** How it went, hour by hour or day by day, and what became of the records. */
export function seriesRoutes(app: FastifyInstance, context: ReadingContext): void {
  addReadingRoute(
    app,
    context,
    {
      method: 'GET',
      url: '/metrics/series',
      summary: 'What was counted, hour by hour or day by day',
      tag: 'metrics',
      query: seriesQuery,
      answer: seriesAnswer,
    },
    async ({ database, spaceId, query }) => {
      const stepMs = query.step === 'day' ? dayMs : hourMs
      const last = Math.floor(context.now() / stepMs) * stepMs
      const first = last + stepMs - query.days * dayMs
      const rows = await counterHours(database, spaceId, first)
      const totals = await counterTotals(database, spaceId)
      const points = Map.groupBy(rows, ({ hour }) => Math.floor(hour / stepMs) * stepMs)
      let profiles = profilesOf(totals) - profilesOf(rows)
      let candidates = candidatesOf(totals) - candidatesOf(rows)
      return {
        points: Array.from({ length: Math.round((last - first) / stepMs) + 1 }, (_, place) => {
          const at = first + place * stepMs
          const counted = points.get(at) ?? []
          profiles += profilesOf(counted)
          candidates += candidatesOf(counted)
          return {
            at: instantText(at),
            recordsStored: sumOf(counted, 'records_stored'),
            recordsAttributed: sumOf(counted, 'records_attributed'),
            duplicates: sumOf(counted, 'duplicates') + sumOf(counted, 'duplicates_other_body'),
            matchedShare: matchedShare(counted),
            mergesAutomatic: sumOf(counted, 'merges_automatic'),
            mergesManual: sumOf(counted, 'merges_manual'),
            splits: sumOf(counted, 'splits'),
            profilesCreated: sumOf(counted, 'profiles_created'),
            decisions: sumOf(counted, 'decisions'),
            profiles,
            candidates,
          }
        }),
      }
    },
  )

  addReadingRoute(
    app,
    context,
    {
      method: 'GET',
      url: '/metrics/resolution',
      summary: 'What became of the records: unique, matched, in conflict or missing; by source, rule and identifier',
      tag: 'metrics',
      answer: resolutionAnswer,
    },
    async ({ database, spaceId }) => {
      const { ruleset, version } = await context.engine.ruleset(spaceId)
      const types = ruleset.identifiers.flatMap(({ name, kind }) => (kind === 'attribute' ? [] : [name]))
      const sources = (await resolutionBySource(database, spaceId, types)).map((one) => ({
        ...one,
        records: one.unique + one.matched + one.conflict + one.missing,
      }))
      const sum = (part: 'records' | 'unique' | 'matched' | 'conflict' | 'missing') =>
        sources.reduce((total, one) => total + one[part], 0)
      const records = sum('records')
      return {
        records,
        resolution: {
          unique: sum('unique'),
          matched: sum('matched'),
          conflict: sum('conflict'),
          missing: sum('missing'),
        },
        rate: shareOf(sum('matched'), records),
        sources,
        figures: await latestFigures(database, spaceId, version),
      }
    },
  )
}

/** Runs that are looked through for figures of the published ruleset. */
const runsLookedAt = 100

async function latestFigures(sql: Sql, spaceId: string, version: number) {
  const { rows } = await runRows(sql, spaceId, { limit: runsLookedAt, after: null })
  for (const row of rows) {
    const summary = summaryIn(row)
    const isOfVersion =
      summary.version === version ||
      (summary.subject === 'published' && summary.against === version && summary.sample === null)
    if (row.state !== 'done' || !summary.report || !isOfVersion) continue
    const { rules, identifiers } = summary.report
    return {
      asOf: instantText(row.finished_at ?? row.started_at),
      runId: row.run_id,
      rules: [...rules],
      identifiers: [...identifiers],
    }
  }
  return null
}

async function queueAges(sql: Sql, spaceId: string, all: number, nowMs: number) {
  const within = await candidatesShownSince(
    sql,
    spaceId,
    queueDays.map((days) => nowMs - days * dayMs),
  )
  const ages = queueDays.map((days, place) => ({
    days,
    candidates: (within[place] ?? 0) - (place === 0 ? 0 : (within[place - 1] ?? 0)),
  }))
  return [...ages, { days: 0, candidates: all - (within.at(-1) ?? 0) }]
}

async function richnessOf(sql: Sql, spaceId: string, profiles: number) {
  const sums = await sumProfiles(sql, spaceId)
  return {
    identifiersPerProfile: shareOf(sums.identifiers, profiles),
    recordsPerProfile: shareOf(sums.records, profiles),
    sourcesPerProfile: shareOf(sums.sources, profiles),
    profilesOfManySources: sums.of_many_sources,
  }
}

function mergesOf(totals: readonly CounterRow[]) {
  const [automatic, manual] = [sumOf(totals, 'merges_automatic'), sumOf(totals, 'merges_manual')]
  const undone = totals.reduce(
    (sum, { name, label, value }) => (name === 'decisions' && label === 'split' ? sum + value : sum),
    0,
  )
  return { automatic, manual, undone, undoneShare: shareOf(undone, automatic + manual) }
}

/** How many profiles there are more than before what was counted. */
function profilesOf(rows: readonly CounterRow[]): number {
  return (
    sumOf(rows, 'profiles_created') -
    sumOf(rows, 'profiles_ended') -
    sumOf(rows, 'merges_automatic') -
    sumOf(rows, 'merges_manual')
  )
}

function candidatesOf(rows: readonly CounterRow[]): number {
  return sumOf(rows, 'candidates_added') - sumOf(rows, 'candidates_removed')
}

/** The same for Prometheus, of the space whose key asks. */
export function prometheusRoute(app: FastifyInstance, context: ReadingContext): void {
  addReadingRoute(
    app,
    context,
    {
      method: 'GET',
      url: '/metrics',
      summary: 'The metrics of the space in the text format of Prometheus',
      tag: 'metrics',
      answer: z.string(),
      produces: ['text/plain'],
    },
    async ({ database, spaceId, reply }) => {
      const registry = new Registry()
      const counts = await countSpace(database, spaceId)
      const gauge = (name: string, help: string, value: number) => {
        new Gauge({ name, help, registers: [registry], labelNames: ['space'] }).set({ space: spaceId }, value)
      }
      gauge('selfsame_profiles', 'Profiles', counts.profiles)
      gauge(
        'selfsame_profiles_of_many_identifiers',
        'Profiles with more than one identifier value',
        counts.profiles_of_many_keys,
      )
      gauge('selfsame_candidates', 'Pairs that wait for a person', counts.candidates)
      gauge('selfsame_held_links', 'Strong links that a guard refuses', counts.held_links)
      gauge('selfsame_shared_values', 'Values in quarantine', counts.shared_values)
      gauge('selfsame_unresolved_traces', 'Traces that a guard keeps apart', counts.unresolved)
      if (counts.oldest_candidate_at !== null) {
        const age = Math.max(0, (context.now() - counts.oldest_candidate_at) / 1000)
        gauge('selfsame_oldest_candidate_seconds', 'How long the oldest pair has waited', age)
      }
      const counters = new Map<string, Counter<'space' | 'source'>>()
      for (const { name, label, value } of await counterTotals(database, spaceId)) {
        const counter =
          counters.get(name) ??
          new Counter({
            name: `selfsame_${name}_total`,
            help: `Since the space was made: ${name.replaceAll('_', ' ')}`,
            labelNames: ['space', 'source'],
            registers: [registry],
          })
        counters.set(name, counter)
        counter.inc(label === '' ? { space: spaceId } : { space: spaceId, source: label }, value)
      }
      void reply.header('content-type', registry.contentType).serializer((text: unknown) => text as string)
      await reply.send(await registry.metrics())
      return answered
    },
  )
}

function sumOf(totals: readonly CounterRow[], name: string): number {
  return totals.reduce((sum, row) => (row.name === name ? sum + row.value : sum), 0)
}

/** Of all stored records, those that made no profile and yet belong to one. */
function matchedShare(totals: readonly CounterRow[]): number | null {
  const stored = sumOf(totals, 'records_stored')
  const matched = sumOf(totals, 'records_attributed') - sumOf(totals, 'records_unmatched')
  return shareOf(Math.max(0, matched), stored)
}

function shareOf(part: number, whole: number): number | null {
  return whole === 0 ? null : part / whole
}

function counterOf({ name, label, value }: CounterRow) {
  return { name, source: label === '' ? null : label, value }
}
