import type { Database } from '../database.ts'
import { quoted } from '../database.ts'
import { partOffsets } from '../encode/encode-records.ts'
import {
  maxSampleRecords,
  type SampleField,
  type SampleLink,
  type SampleProfile,
  type SampleRecord,
} from '../summary.ts'
import { goldenFields } from '../write/golden-fields.ts'
import type { ResolvedRun } from '../write/resolved-run.ts'
import { type Clusters, membersOf } from './clusters.ts'
import { instantText } from './instant-text.ts'
import { namesOfTraces } from './records-named.ts'

const perRule = 3
/** Fields shown of a record or profile. */
const mostFields = 12

/** For every rule that linked anything a few profiles, drawn as their records and the links between them. */
export async function sampleProfiles(
  db: Database,
  run: ResolvedRun,
  clusters: Clusters,
): Promise<readonly SampleProfile[]> {
  const { resolution, population, stages } = run
  const { links } = resolution
  const chosen = stages.map((_, stage) => choose(run, clusters, stage))
  const wanted = new Set(chosen.flat())
  if (wanted.size === 0) return []
  const linksByCluster = new Map<number, number[]>()
  links.left.forEach((left, at) => {
    const cluster = clusters.of[left] as number
    if (!wanted.has(cluster)) return
    const known = linksByCluster.get(cluster)
    if (known) known.push(at)
    else linksByCluster.set(cluster, [at])
  })
  const codes = [...new Set([...linksByCluster.values()].flat().map((at) => links.code[at] as number))].filter(
    (code) => code >= 0,
  )
  const texts = await population.loadTexts(Int32Array.from(codes))
  const textOf = new Map(codes.map((code, at) => [code, texts[at] ?? '']))
  const shown = new Map(
    [...wanted].map((cluster) => [cluster, shownTraces(run, clusters, cluster, linksByCluster.get(cluster) ?? [])]),
  )
  const names = await namesOfTraces(db, [...shown.values()].flat())
  const fields = await fieldsOfRecords(db, run, [...shown.values()].flat())
  const golden = await goldenOf(db, run, [...wanted])
  return chosen.flatMap((list, stage) =>
    list.map((cluster): SampleProfile => {
      const traces = shown.get(cluster) ?? []
      return {
        rule: stages[stage]?.rule.name ?? '',
        profileId: golden.get(cluster)?.profileId ?? names.get(cluster)?.profileId ?? '',
        recordCount: clusters.records[cluster] as number,
        records: traces.map((trace): SampleRecord => {
          const observed = run.observedAt[run.numbering.seniorOfTrace[trace] as number] as number
          return {
            source: names.get(trace)?.source ?? '',
            key: names.get(trace)?.key ?? '',
            observedAt: instantText(observed),
            fields: fields.get(trace) ?? [],
          }
        }),
        links: (linksByCluster.get(cluster) ?? [])
          .map((at): SampleLink => {
            const code = links.code[at] as number
            return {
              left: traces.indexOf(links.left[at] as number),
              right: traces.indexOf(links.right[at] as number),
              rule: stages[links.stage[at] as number]?.rule.name ?? 'a decision',
              type: code < 0 ? '' : (run.ruleset.identifiers[population.typeOf[code] as number]?.name ?? ''),
              value: textOf.get(code) ?? '',
            }
          })
          .filter((link) => link.left >= 0 && link.right >= 0)
          .sort((a, b) => a.left - b.left || a.right - b.right),
        golden: golden.get(cluster)?.fields ?? [],
      }
    }),
  )
}

/** Profiles that can be drawn whole come first, of these the larger up to five traces, then the most senior. */
function choose({ resolution }: ResolvedRun, clusters: Clusters, stage: number): readonly number[] {
  const { links } = resolution
  const rank = (cluster: number) => {
    const traces = clusters.traces[cluster] as number
    return traces > maxSampleRecords ? 10 + traces : Math.abs(5 - traces)
  }
  const best: { readonly cluster: number; readonly rank: number }[] = []
  for (let link = 0; link < links.stage.length; link++) {
    if (links.stage[link] !== stage) continue
    const cluster = clusters.of[links.left[link] as number] as number
    if (cluster < 0) continue
    const own = rank(cluster)
    const last = best[perRule - 1]
    if (last && (own > last.rank || (own === last.rank && cluster >= last.cluster))) continue
    if (best.some((other) => other.cluster === cluster)) continue
    best.push({ cluster, rank: own })
    best.sort((x, y) => x.rank - y.rank || x.cluster - y.cluster)
    if (best.length > perRule) best.pop()
  }
  return best.map(({ cluster }) => cluster)
}

/** The most senior traces of a cluster, connected by links where there are more than can be shown. */
function shownTraces(
  { resolution }: ResolvedRun,
  clusters: Clusters,
  cluster: number,
  links: readonly number[],
): readonly number[] {
  const members = membersOf(clusters, cluster)
  if (members.length <= maxSampleRecords) return [...members]
  const shown = new Set<number>([cluster])
  for (let grown = true; grown && shown.size < maxSampleRecords; ) {
    grown = false
    for (const at of links) {
      const left = resolution.links.left[at] as number
      const right = resolution.links.right[at] as number
      if (shown.size >= maxSampleRecords || shown.has(left) === shown.has(right)) continue
      shown.add(left).add(right)
      grown = true
    }
  }
  return [...shown].sort((a, b) => a - b)
}

async function fieldsOfRecords(
  db: Database,
  run: ResolvedRun,
  traces: readonly number[],
): Promise<ReadonlyMap<number, readonly SampleField[]>> {
  const { parts, numbering, ruleset } = run
  const offsets = partOffsets(parts)
  const order = goldenFields(parts, ruleset)
  const traceOf = new Map(traces.map((trace) => [numbering.seniorOfTrace[trace] as number, trace]))
  const found = new Map<number, readonly SampleField[]>()
  for (const [index, part] of parts.entries()) {
    const from = offsets[index] ?? 0
    const rows = [...traceOf.keys()].filter((record) => record >= from && record < from + part.rows)
    const names = order.filter((name) => part.fields.has(name))
    if (rows.length === 0 || names.length === 0) continue
    const columns = names.map(
      (name) => `coalesce(${[...(part.fields.get(name) ?? []).map((sql) => `${sql}`), "''"].join(', ')})`,
    )
    const list = rows.map((record) => record - from).join(', ')
    for (const [row, ...values] of await db.rows(
      `SELECT rowid, ${columns.join(', ')} FROM ${part.table} WHERE rowid IN (${list})`,
    )) {
      const trace = traceOf.get(from + Number(row))
      if (trace !== undefined) found.set(trace, filledFields(names, values))
    }
  }
  return found
}

async function goldenOf(
  db: Database,
  { parts, ruleset }: ResolvedRun,
  clusters: readonly number[],
): Promise<ReadonlyMap<number, { readonly profileId: string; readonly fields: readonly SampleField[] }>> {
  const names = goldenFields(parts, ruleset)
  const rows = await db.rows(
    `SELECT c, profile_id${names.map((name) => `, coalesce(${quoted(name)}, '')`).join('')} FROM golden WHERE c IN (${clusters.join(', ')})`,
  )
  return new Map(
    rows.map(([cluster, profileId, ...values]) => [
      Number(cluster),
      { profileId: String(profileId), fields: filledFields(names, values) },
    ]),
  )
}

function filledFields(names: readonly string[], values: readonly unknown[]): readonly SampleField[] {
  return names
    .map((name, at) => ({ name, value: String(values[at] ?? '') }))
    .filter(({ value }) => value !== '')
    .slice(0, mostFields)
}
