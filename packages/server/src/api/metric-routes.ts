import { metricsAnswer, metricsQuery } from '@selfsame/contract'
import { counterHours, counterTotals, countSpace, type CounterRow } from '@selfsame/store'
import type { FastifyInstance } from 'fastify'
import { Counter, Gauge, Registry } from 'prom-client'
import { z } from 'zod'
import { instantOrNull, instantText } from './answers.ts'
import { addReadingRoute, answered, type ReadingContext } from './reading.ts'

const hourMs = 3_600_000

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
        heldLinks: counts.held_links,
        sharedValues: counts.shared_values,
        unresolvedTraces: counts.unresolved,
        matchedShare: matchedShare(totals),
        automaticMerges: sumOf(totals, 'merges_automatic'),
        counters: totals.map(counterOf),
        hours: hours.map((row) => ({ hour: instantText(row.hour), ...counterOf(row) })),
      }
    },
  )
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
  const matched = sumOf(totals, 'records_attributed') - sumOf(totals, 'profiles_created')
  return stored === 0 ? null : Math.max(0, matched) / stored
}

function counterOf({ name, label, value }: CounterRow) {
  return { name, source: label === '' ? null : label, value }
}
