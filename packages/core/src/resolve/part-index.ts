import type { CodeEdge } from './bulk-meeting.ts'
import type { Group, WorkingCluster } from './linked-groups.ts'

/** Clusters of a group that were joined so far, most senior first. */
export interface Part {
  cluster: WorkingCluster
  from: WorkingCluster[]
  /** Its most senior trace. */
  place: number
  /** Per linking key its most senior holder. */
  firsts: Map<number, number>
  merged: boolean
}

/** The parts built so far, found by the keys that link them and by the limited values they hold. */
export class PartIndex {
  private readonly group: Group
  private readonly parts = new Set<Part>()
  /** By seniority, merged ones left standing until the list is sorted again. */
  private readonly byKey = new Map<number, { parts: Part[]; sorted: boolean }>()
  private readonly byValue: Map<number, Set<Part>>[]

  constructor(group: Group, limits: number) {
    this.group = group
    this.byValue = Array.from({ length: limits }, () => new Map<number, Set<Part>>())
  }

  all(): readonly Part[] {
    return [...this.parts].sort((a, b) => a.place - b.place)
  }

  /** Takes a cluster that stands in no part yet into a part; `united` is what the two become. */
  absorb(part: Part, cluster: WorkingCluster, united: WorkingCluster): Part {
    this.parts.add(part)
    part.cluster = united
    part.from.push(cluster)
    part.place = Math.min(part.place, cluster.id)
    for (const [key, trace] of this.group.keysOf(cluster)) this.hold(part, key, trace)
    this.holdValues(part, cluster)
    return part
  }

  /** Joins two parts; the larger one stays. */
  merge(a: Part, b: Part, united: WorkingCluster): Part {
    const [stays, goes] = a.from.length >= b.from.length ? [a, b] : [b, a]
    goes.merged = true
    this.parts.delete(goes)
    stays.cluster = united
    for (const cluster of goes.from) stays.from.push(cluster)
    const place = Math.min(stays.place, goes.place)
    if (place !== stays.place) {
      stays.place = place
      for (const key of stays.firsts.keys()) this.unsort(key)
    }
    for (const [key, trace] of goes.firsts) this.hold(stays, key, trace)
    for (const cluster of goes.from) this.holdValues(stays, cluster)
    for (const byValue of this.byValue) for (const cluster of goes.from) forget(byValue, cluster, goes)
    return stays
  }

  /**
   * Parts that a cluster is linked to, senior first. After some limits refused it: those behind `after` that hold all its
   * values of these limits.
   */
  *linkedTo(cluster: WorkingCluster, after = -1, refusing: ReadonlySet<number> = new Set()): Generator<Part> {
    const keys = this.group.keysOf(cluster)
    const narrowing = [...refusing].flatMap((place) => {
      const [code] = cluster.counted[place]?.keys() ?? []
      return code === undefined ? [] : [this.byValue[place]?.get(code) ?? new Set<Part>()]
    })
    const [narrowest] = narrowing.sort((a, b) => a.size - b.size)
    const isLinked = (part: Part) => [...keys.keys()].some((key) => part.firsts.has(key))
    if (narrowest) {
      yield* [...narrowest].filter((part) => part.place > after && isLinked(part)).sort((a, b) => a.place - b.place)
    } else if (keys.size === 1) {
      for (const key of keys.keys()) for (const part of this.partsOf(key)) if (part.place > after) yield part
    } else {
      const found = new Set([...keys.keys()].flatMap((key) => this.partsOf(key)))
      yield* [...found].filter((part) => part.place > after).sort((a, b) => a.place - b.place)
    }
  }

  /** Smallest edge between a cluster and a part. */
  edgeBetween(cluster: WorkingCluster, part: Part): CodeEdge | undefined {
    let smallest: CodeEdge | undefined
    for (const [key, trace] of this.group.keysOf(cluster)) {
      const first = part.firsts.get(key)
      if (first === undefined) continue
      const edge = this.group.edgeOfKey(key, trace, first)
      if (!smallest || this.group.compareEdges(edge, smallest) < 0) smallest = edge
    }
    return smallest
  }

  private partsOf(key: number): readonly Part[] {
    const list = this.byKey.get(key)
    if (!list) return []
    if (!list.sorted) {
      list.parts = [...new Set(list.parts)].filter((part) => !part.merged).sort((a, b) => a.place - b.place)
      list.sorted = true
    }
    return list.parts
  }

  private unsort(key: number): void {
    const list = this.byKey.get(key)
    if (list) list.sorted = false
  }

  private hold(part: Part, key: number, trace: number): void {
    const known = part.firsts.get(key)
    part.firsts.set(key, Math.min(trace, known ?? trace))
    if (known !== undefined) return
    const list = this.byKey.get(key) ?? { parts: [], sorted: true }
    this.byKey.set(key, list)
    const last = list.parts[list.parts.length - 1]
    if (last && last.place > part.place) list.sorted = false
    list.parts.push(part)
  }

  private holdValues(part: Part, cluster: WorkingCluster): void {
    cluster.counted.forEach((counted, place) => {
      for (const code of counted.keys()) addTo(this.byValue[place] as Map<number, Set<Part>>, code, part)
    })
  }
}

function forget(byValue: Map<number, Set<Part>>, cluster: WorkingCluster, part: Part): void {
  for (const counted of cluster.counted) for (const code of counted.keys()) byValue.get(code)?.delete(part)
}

function addTo<V>(map: Map<number, Set<V>>, key: number, value: V): void {
  const known = map.get(key)
  if (known) known.add(value)
  else map.set(key, new Set([value]))
}

/** Whether a cluster would bring a part a value of a limit that the part does not hold. */
export function addsValue(cluster: WorkingCluster, part: WorkingCluster, place: number): boolean {
  const held = part.counted[place]
  for (const code of cluster.counted[place]?.keys() ?? []) if (!held?.has(code)) return true
  return false
}
