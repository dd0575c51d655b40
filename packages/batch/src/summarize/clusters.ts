import type { ResolvedRun } from '../write/tables.ts'

/** Clusters as columns, each named by its most senior trace. */
export interface Clusters {
  /** Per trace its cluster, or −1 where that is no profile. */
  readonly of: Int32Array
  /** Per cluster (index of its senior trace) the records of it; 0 for a trace that names no profile. */
  readonly records: Int32Array
  /** Per cluster, its traces. */
  readonly traces: Int32Array
  readonly recordsOfTrace: (trace: number) => number
  /** Traces of clusters, by cluster and then seniority; those of cluster c are the entries `starts[c]` … `starts[c] + traces[c] - 1`. */
  readonly members: Int32Array
  readonly starts: Int32Array
  readonly profiles: number
}

export function clustersOf({ population, resolution }: Pick<ResolvedRun, 'population' | 'resolution'>): Clusters {
  const { traceCount, formsProfile, recordCount } = population
  const recordsOfTrace = (trace: number) => recordCount?.[trace] ?? 1
  const isProfile = new Uint8Array(traceCount)
  for (let trace = 0; trace < traceCount; trace++) {
    if (formsProfile[trace] === 1) isProfile[resolution.clusterOf[trace] as number] = 1
  }
  const of = new Int32Array(traceCount)
  const records = new Int32Array(traceCount)
  const traces = new Int32Array(traceCount)
  let profiles = 0
  for (let trace = 0; trace < traceCount; trace++) {
    const cluster = resolution.clusterOf[trace] as number
    of[trace] = isProfile[cluster] === 1 ? cluster : -1
    if (isProfile[cluster] === 0) continue
    if (cluster === trace) profiles++
    records[cluster] = (records[cluster] as number) + recordsOfTrace(trace)
    traces[cluster] = (traces[cluster] as number) + 1
  }
  const starts = new Int32Array(traceCount)
  let next = 0
  for (let cluster = 0; cluster < traceCount; cluster++) {
    starts[cluster] = next
    next += traces[cluster] as number
  }
  const fill = starts.slice()
  const members = new Int32Array(next)
  for (let trace = 0; trace < traceCount; trace++) {
    const cluster = of[trace] as number
    if (cluster < 0) continue
    const place = fill[cluster] as number
    members[place] = trace
    fill[cluster] = place + 1
  }
  return { of, records, traces, recordsOfTrace, members, starts, profiles }
}

/** Traces of a cluster, senior first. */
export function membersOf(clusters: Clusters, cluster: number): Int32Array {
  const start = clusters.starts[cluster] as number
  return clusters.members.subarray(start, start + (clusters.traces[cluster] as number))
}
