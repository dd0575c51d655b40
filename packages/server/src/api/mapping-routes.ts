import { previewAnswer, previewBody, samplesAnswer, samplesQuery } from '@selfsame/contract'
import {
  defaultSourceSettings,
  evidenceReader,
  type JsonObject,
  type JsonValue,
  type MappingPreview,
  parseJson,
  parseRuleset,
  parseRulesetObject,
  previewMapping,
  type Ruleset,
  type RulesetResult,
  rulesetToDocument,
  snakeCase,
  type SourceRecord,
} from '@selfsame/core'
import { findRecords, findSource, latestRecords, sourcesOf, type Sql } from '@selfsame/store'
import type { FastifyInstance } from 'fastify'
import type { z } from 'zod'
import { rulesetOfSpace } from '../engine/space-rules.ts'
import { Problem } from '../http/problem.ts'
import { takeRecord } from '../ingest/take-record.ts'
import { instantText } from './answers.ts'
import { addReadingRoute, type ReadingContext } from './reading.ts'
import { draftOrProblem, issueOf, publishedText, readGiven } from './ruleset-answers.ts'

const tag = 'mappings'
type Asked = z.output<typeof previewBody>

/** What mappings read out of a sample: by the same reader that reads what arrives. */
export function mappingRoutes(app: FastifyInstance, context: ReadingContext): void {
  addReadingRoute(
    app,
    context,
    {
      method: 'POST',
      url: '/mappings/preview',
      summary: 'What a mapping, or all mappings of a source, would do with a record: exactly what ingestion does',
      tag,
      body: previewBody,
      answer: previewAnswer,
    },
    async ({ database, spaceId, body }) => {
      const found = await rulesetAsked(database, spaceId, body)
      const place = body.mapping === undefined ? null : found.place
      const nothing = { issues: [], event: null, refused: null, envelope: null, mappings: [], place, reading: null }
      if (!found.result.ok) return { ...nothing, issues: found.result.issues.map(issueOf) }
      const ruleset = rulesetOfSpace(found.result.ruleset, await sourcesOf(database, spaceId))
      const sample = await recordAsked(database, spaceId, body, ruleset, context.now())
      if ('refused' in sample) return { ...nothing, ...sample }
      const { record, proven } = sample
      const evidence = evidenceReader(ruleset)(record, proven)
      const mappings = ruleset.sources.get(body.source)?.mappings ?? []
      return {
        ...nothing,
        event: record.event === null ? null : snakeCase(record.event),
        envelope: record.payload,
        mappings: mappings.map((mapping, at) =>
          shownPreview(at, previewMapping(mapping, record, ruleset, proven), mapping.to, mapping.key),
        ),
        reading: {
          sightings: evidence.sightings.map(({ type, value, verified }) => ({ type, value, verified })),
          rejected: evidence.rejected.map(({ type, raw, code }) => ({ type, value: raw, code })),
          fields: [...evidence.fields].map(([field, value]) => ({ field, value })),
        },
      }
    },
  )

  addReadingRoute(
    app,
    context,
    {
      method: 'GET',
      url: '/mappings/samples',
      summary: 'Records that came lately, to try mappings on, and the names of events among them',
      tag,
      query: samplesQuery,
      answer: samplesAnswer,
    },
    async ({ database, spaceId, query }) => {
      const { rows } = await latestRecords(database, spaceId, { limit: recordsLookedAt, after: null })
      const named = rows
        .filter(({ source }) => query.source === undefined || source === query.source)
        .map((row) => ({ row, event: row.event === null ? null : snakeCase(row.event) }))
      const counts = new Map<string, number>()
      for (const { event } of named) if (event !== null) counts.set(event, (counts.get(event) ?? 0) + 1)
      const events = [...counts].map(([event, count]) => ({ event, count }))
      return {
        events: events.sort((a, b) => b.count - a.count || (a.event < b.event ? -1 : 1)),
        items: named
          .filter(({ event }) => query.event === undefined || event === query.event)
          .slice(0, query.limit)
          .map(({ row, event }) => ({
            source: row.source,
            key: row.record_key,
            kind: row.kind,
            event,
            receivedAt: instantText(row.received_at),
            envelope: parseJson(row.payload) as JsonValue,
          })),
      }
    },
  )
}

const recordsLookedAt = 1_000

/** The ruleset that was asked about, with the mapping that is being written in its place. */
async function rulesetAsked(
  sql: Sql,
  spaceId: string,
  { ruleset, mapping, source, place }: Asked,
): Promise<{ readonly result: RulesetResult; readonly place: number }> {
  const base =
    typeof ruleset === 'object'
      ? readGiven(ruleset).result
      : parseRuleset(
          ruleset === 'draft' ? (await draftOrProblem(sql, spaceId)).body : (await publishedText(sql, spaceId)).body,
        )
  if (!base.ok || mapping === undefined) return { result: base, place: place ?? 0 }
  const document = rulesetToDocument(base.ruleset)
  const sources = (document['sources'] ?? {}) as JsonObject
  const settings = (Object.hasOwn(sources, source) ? sources[source] : {}) as JsonObject
  const list = [...((settings['mappings'] ?? []) as readonly JsonValue[])]
  const at = place !== undefined && place < list.length ? place : list.length
  list[at] = mapping as JsonObject
  const result = parseRulesetObject({
    ...document,
    sources: { ...sources, [source]: { ...settings, mappings: list } },
  })
  return { result, place: at }
}

type Sample = { readonly record: SourceRecord; readonly proven: ReadonlySet<string> } | { readonly refused: string }

/** The record as it would be taken now, or as it was. */
async function recordAsked(
  sql: Sql,
  spaceId: string,
  { sample, source }: Asked,
  ruleset: Ruleset,
  nowMs: number,
): Promise<Sample> {
  if ('record' in sample) {
    const [stored] = await findRecords(sql, spaceId, [sample.record])
    if (!stored) throw new Problem('record.unknown', 'there is no such record')
    return {
      record: {
        source,
        key: stored.record_key,
        kind: stored.kind,
        event: stored.event,
        observedAt: stored.observed_at,
        receivedAt: stored.received_at,
        payload: parseJson(stored.payload) as JsonObject,
      },
      proven: new Set(stored.proven === null ? [] : (JSON.parse(stored.proven) as string[])),
    }
  }
  const known = await findSource(sql, spaceId, source)
  const settings = ruleset.sources.get(source) ?? defaultSourceSettings
  const taken = takeRecord(JSON.stringify(sample.envelope), {
    source,
    connection: { class: known?.class ?? settings.class, proofSecret: known?.proof_secret ?? '' },
    ruleset,
    arrivedAt: nowMs,
    sentAt: null,
    call: sample.kind === 'row' ? null : sample.call,
    kind: sample.kind,
    givenKey: 'preview',
  })
  if (!taken.ok) return { refused: taken.code }
  return { record: { ...taken.record, receivedAt: nowMs }, proven: new Set(taken.record.proven) }
}

function shownPreview(place: number, preview: MappingPreview, target: string, key: string | null) {
  if (!preview.fires) {
    return {
      place,
      fires: false,
      because: preview.because,
      path: null,
      value: null,
      target,
      key,
      standardized: null,
      rejected: null,
      verified: false,
      outcome: null,
      sentence: `No match: ${whyNot[preview.because]}.`,
    }
  }
  const { path, value, standardized, rejected, verified, outcome } = preview
  const sentence =
    outcome === null
      ? rejected === null
        ? 'The value is blank: nothing happens.'
        : `The value is rejected (${rejected}): it is shown on the record, and links nobody.`
      : whatHappens[outcome]
  return {
    place,
    fires: true,
    because: null,
    path: [...path],
    value,
    target,
    key,
    standardized,
    rejected,
    verified,
    outcome,
    sentence,
  }
}

const whyNot = {
  disabled: 'the rule is paused',
  other_event: 'it asks for another event',
  path_invalid: 'its path is not one: words with dots between them',
  path_absent: 'there is nothing at its path',
  not_a_value: 'at its path stands a list, an object or nothing, not a value',
  target_unknown: 'the ruleset has no such identifier',
} as const satisfies Record<Extract<MappingPreview, { fires: false }>['because'], string>

const whatHappens = {
  anchor_stitches: 'Every record with this value belongs to one profile, at once.',
  verified_claim_merges: 'The value is verified: where a rule reads it, it merges by itself.',
  unverified_waits_for_review: 'The value is not verified: where it meets that of somebody else, a person is asked.',
  name_hints: 'The value names the profile, and merges nobody.',
  trait_writes: 'The value is written as a trait, and is never compared.',
  attribute_compares: 'The value is compared beside others, and never alone.',
} as const satisfies Record<NonNullable<Extract<MappingPreview, { fires: true }>['outcome']>, string>
