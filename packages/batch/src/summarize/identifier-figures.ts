import type { Database } from '../database.ts'
import type { EncodedValues } from '../encode/encode-records.ts'
import type { IdentifierSummary } from '../summary.ts'
import type { ResolvedRun } from '../write/resolved-run.ts'
import { type Clusters, membersOf } from './clusters.ts'
import { ratio } from './rule-figures.ts'

/** The figures of every identifier type that some record holds, some source could fill, or a rule reads. */
export async function identifierFigures(
  db: Database,
  run: ResolvedRun,
  values: EncodedValues,
  clusters: Clusters,
): Promise<readonly IdentifierSummary[]> {
  const { ruleset, population, resolution, parts } = run
  const all = run.numbering.recordOfRank.length
  const types = ruleset.identifiers.length
  const holding = new Int32Array(types)
  const distinct = new Int32Array(types)
  const seenAt = new Int32Array(types).fill(-1)
  const isHeld = new Uint8Array(population.valueCount)
  for (let trace = 0; trace < population.traceCount; trace++) {
    const records = clusters.recordsOfTrace(trace)
    for (let at = population.offsets[trace] as number; at < (population.offsets[trace + 1] as number); at++) {
      const code = population.codes[at] as number
      const type = population.typeOf[code] as number
      if (isHeld[code] === 0) {
        isHeld[code] = 1
        distinct[type] = (distinct[type] as number) + 1
      }
      if (seenAt[type] === trace) continue
      seenAt[type] = trace
      holding[type] = (holding[type] as number) + records
    }
  }
  const profilesOfType = new Map<number, number>()
  const filled = (await db.rows('DESCRIBE surv'))
    .map(([name]) => String(name))
    .filter((name) => name.startsWith('code'))
  const [counts] = await db.rows(
    `SELECT ${['count(*)', ...filled.map((name) => `count(*) FILTER (WHERE ${name} >= 0)`)].join(', ')} FROM surv`,
  )
  filled.forEach((name, at) => profilesOfType.set(Number(name.slice('code'.length)), Number(counts?.[at + 1] ?? 0)))
  const conflictsOfType = recordsByLimit(run, clusters)
  const fillable = new Set<string>()
  for (const part of parts) {
    if (part.content.kind === 'table')
      for (const { type } of part.content.readings) if (type !== null) fillable.add(type)
  }
  for (const rule of ruleset.rules)
    for (const criterion of rule.match) for (const type of criterion.types) fillable.add(type)
  return ruleset.identifiers.flatMap((type, position): IdentifierSummary[] => {
    const records = holding[position] as number
    const rejected = values.rejectedByType.get(type.name)
    if (records === 0 && !rejected && !fillable.has(type.name)) return []
    if (records === 0 && type.kind === 'attribute' && !rejected) return []
    const isType = (code: number) => population.typeOf[code] === position
    return [
      {
        type: type.name,
        kind: type.kind,
        priority: position + 1,
        records,
        completeness: ratio(records, all),
        profileCompleteness: ratio(profilesOfType.get(position) ?? 0, clusters.profiles),
        distinctValues: distinct[position] as number,
        rejected: [...(rejected ?? [])]
          .filter(([code]) => code !== 'value.blocked')
          .map(([code, count]) => ({ code, values: count }))
          .sort((a, b) => b.values - a.values || (a.code < b.code ? -1 : 1)),
        blocked: rejected?.get('value.blocked') ?? 0,
        shared: resolution.sharedCodes.filter(isType).length,
        demoted: resolution.demotedCodes.filter(({ code }) => isType(code)).length,
        maxUniqueValues: type.maxUniqueValues,
        conflictRate: ratio(conflictsOfType.get(type.name) ?? 0, records),
      },
    ]
  })
}

/** Per identifier type, the records of the clusters that its limit held apart. */
function recordsByLimit({ resolution }: ResolvedRun, clusters: Clusters): ReadonlyMap<string, number> {
  const clustersByType = new Map<string, Set<number>>()
  for (const link of resolution.held) {
    if (link.guard !== 'conflict_limit' && link.guard !== 'field_conflict') continue
    for (const reason of link.reasons) {
      const type = reason.slice(0, reason.indexOf(' '))
      const known = clustersByType.get(type) ?? new Set<number>()
      clustersByType.set(type, known)
      known.add(link.cluster)
      if (link.group) known.add(link.refusedBy)
    }
  }
  return new Map(
    [...clustersByType].map(([type, held]) => {
      let records = 0
      for (const cluster of held)
        for (const trace of membersOf(clusters, cluster)) records += clusters.recordsOfTrace(trace)
      return [type, records]
    }),
  )
}
