import { sequence } from '../database.ts'
import type { Numbering } from '../encode/number-records.ts'

/** Per record its seniority and its recency (later greater; at one instant the senior record is the greater); −1: superseded. */
export function ranksOf(
  numbering: Numbering,
  effectiveAt: Float64Array,
): { readonly rank: Int32Array; readonly recency: Int32Array } {
  const { recordOfRank } = numbering
  const rank = new Int32Array(effectiveAt.length).fill(-1)
  recordOfRank.forEach((record, place) => {
    rank[record] = place
  })
  const byTime = numbering.superseded === 0 ? recordOfRank : sortByTime(recordOfRank, effectiveAt)
  const recency = new Int32Array(effectiveAt.length).fill(-1)
  for (let start = 0; start < byTime.length; ) {
    const at = effectiveAt[byTime[start] as number]
    let end = start
    while (end < byTime.length && effectiveAt[byTime[end] as number] === at) end++
    for (let place = start; place < end; place++) recency[byTime[place] as number] = start + (end - 1 - place)
    start = end
  }
  return { rank, recency }
}

/** Records by time, at one instant by seniority. A replaced version leaves its seniority behind, so the two orders differ. */
function sortByTime(recordOfRank: Int32Array, effectiveAt: Float64Array): Int32Array {
  const places = sequence(recordOfRank.length)
  places.sort(
    (a, b) =>
      (effectiveAt[recordOfRank[a] as number] as number) - (effectiveAt[recordOfRank[b] as number] as number) || a - b,
  )
  return places.map((place) => recordOfRank[place] as number)
}
