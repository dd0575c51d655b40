export interface PairScore {
  readonly records: number
  readonly truePairs: number
  readonly precision: number
  readonly recall: number
  readonly f1: number
}

/** Pairwise precision, recall and F1 of a clustering. A record without a predicted cluster stands alone. */
export function scorePairs(clusterOf: ReadonlyMap<string, string>, truthOf: ReadonlyMap<string, string>): PairScore {
  const clusters = new Map<string, number>()
  const truths = new Map<string, number>()
  const cells = new Map<string, number>()
  const add = (counts: Map<string, number>, key: string) => counts.set(key, (counts.get(key) ?? 0) + 1)
  for (const [record, truth] of truthOf) {
    const cluster = clusterOf.get(record) ?? `alone ${record}`
    add(clusters, cluster)
    add(truths, truth)
    add(cells, `${cluster}\u0000${truth}`)
  }
  const pairs = (counts: Map<string, number>) =>
    [...counts.values()].reduce((sum, count) => sum + (count * (count - 1)) / 2, 0)
  const found = pairs(clusters)
  const wanted = pairs(truths)
  const right = pairs(cells)
  const precision = found === 0 ? 1 : right / found
  const recall = wanted === 0 ? 1 : right / wanted
  const f1 = precision + recall === 0 ? 0 : (2 * precision * recall) / (precision + recall)
  return { records: truthOf.size, truePairs: wanted, precision, recall, f1 }
}
