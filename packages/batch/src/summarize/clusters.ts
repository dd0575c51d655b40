import { groupByKey, type BulkResolution, type Population } from '@selfsame/core'

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

export function clustersOf(population: Population, { clusterOf }: BulkResolution): Clusters {
  const { traceCount, formsProfile, recordCount } = population
  const recordsOfTrace = (trace: number) => recordCount?.[trace] ?? 1
  const of = profilesOf(formsProfile, clusterOf)
  const { starts, order: members } = groupByKey(of, traceCount)
  const traces = new Int32Array(traceCount)
  const records = recordCount === null ? traces : new Int32Array(traceCount)
  let profiles = 0
  for (let cluster = 0; cluster < traceCount; cluster++) {
    const start = starts[cluster] as number
    const end = starts[cluster + 1] as number
    if (start === end) continue
    profiles++
    traces[cluster] = end - start
    if (recordCount === null) continue
    let sum = 0
    for (let at = start; at < end; at++) sum += recordCount[members[at] as number] as number
    records[cluster] = sum
  }
  return { of, records, traces, recordsOfTrace, members, starts, profiles }
}

function profilesOf(formsProfile: Uint8Array, clusterOf: Int32Array): Int32Array {
  if (!formsProfile.includes(0)) return clusterOf
  const isProfile = new Uint8Array(clusterOf.length)
  for (let trace = 0; trace < clusterOf.length; trace++) {
    if (formsProfile[trace] === 1) isProfile[clusterOf[trace] as number] = 1
  }
  return clusterOf.map((cluster) => (isProfile[cluster] === 1 ? cluster : -1))
}

/** Traces of a cluster, senior first. */
export function membersOf(clusters: Clusters, cluster: number): Int32Array {
  const start = clusters.starts[cluster] as number
  return clusters.members.subarray(start, start + (clusters.traces[cluster] as number))
}
