/** Places grouped by their keys. */
export interface Groups {
  /** Those of key k are the entries starts[k] … starts[k + 1] - 1 of `order`. */
  readonly starts: Int32Array
  /** Places by key, those of one key in ascending order. Places with a negative key are left out. */
  readonly order: Int32Array
}

/** Keys that are sorted at once: few enough that their counters stay in a processor's cache. */
const keysAtOnce = 1 << 14

/**
 * Groups the places 0 … keys.length - 1 by integer keys below `keyCount`: a counting sort, stable. Where there are many keys,
 * the places are first dealt into ranges of keys, because counters and places all over memory cost ten times as much.
 */
export function groupByKey(keys: Int32Array, keyCount: number): Groups {
  const starts = new Int32Array(keyCount + 1)
  if (keyCount <= 4 * keysAtOnce) {
    const order = sortDirectly(keys, starts)
    return { starts, order }
  }
  let shift = 14
  while (keyCount >> shift > 1024) shift++
  const ranges = ((keyCount - 1) >> shift) + 1
  const rangeStarts = new Int32Array(ranges + 1)
  for (let place = 0; place < keys.length; place++) {
    const key = keys[place] as number
    if (key >= 0) rangeStarts[(key >> shift) + 1] = (rangeStarts[(key >> shift) + 1] as number) + 1
  }
  for (let range = 0; range < ranges; range++)
    rangeStarts[range + 1] = (rangeStarts[range + 1] as number) + (rangeStarts[range] as number)
  const count = rangeStarts[ranges] as number
  const dealtKeys = new Int32Array(count)
  const dealt = new Int32Array(count)
  const next = rangeStarts.slice(0, ranges)
  for (let place = 0; place < keys.length; place++) {
    const key = keys[place] as number
    if (key < 0) continue
    const at = next[key >> shift] as number
    dealtKeys[at] = key
    dealt[at] = place
    next[key >> shift] = at + 1
  }
  const order = new Int32Array(count)
  const fill = new Int32Array(1 << shift)
  for (let range = 0; range < ranges; range++) {
    const from = rangeStarts[range] as number
    const to = rangeStarts[range + 1] as number
    const firstKey = range << shift
    const keysHere = Math.min(1 << shift, keyCount - firstKey)
    fill.fill(0)
    for (let at = from; at < to; at++) {
      const key = (dealtKeys[at] as number) - firstKey
      fill[key] = (fill[key] as number) + 1
    }
    let start = from
    for (let key = 0; key < keysHere; key++) {
      const size = fill[key] as number
      starts[firstKey + key] = start
      fill[key] = start
      start += size
    }
    for (let at = from; at < to; at++) {
      const key = (dealtKeys[at] as number) - firstKey
      const place = fill[key] as number
      order[place] = dealt[at] as number
      fill[key] = place + 1
    }
  }
  starts[keyCount] = count
  return { starts, order }
}

function sortDirectly(keys: Int32Array, starts: Int32Array): Int32Array {
  for (let place = 0; place < keys.length; place++) {
    const key = keys[place] as number
    if (key >= 0) starts[key + 1] = (starts[key + 1] as number) + 1
  }
  for (let key = 0; key + 1 < starts.length; key++)
    starts[key + 1] = (starts[key + 1] as number) + (starts[key] as number)
  const order = new Int32Array(starts[starts.length - 1] as number)
  const fill = starts.slice()
  for (let place = 0; place < keys.length; place++) {
    const key = keys[place] as number
    if (key < 0) continue
    const at = fill[key] as number
    order[at] = place
    fill[key] = at + 1
  }
  return order
}
