import { compareSeniority } from '../../evidence/record.ts'
import type { Preference } from '../golden-member.ts'
import { compareWithinKind, orderKey } from '../value-order.ts'

/**
 * The smallest value. Order: kind (numbers, then days and instants, then other texts), the value ascending, then
 * effectiveAt, source, record key ascending: of `1` and `1.0` the one of the senior record survives.
 */
export const smallest: Preference = (a, b) =>
  byKindAndValue(a.value, b.value, 1) || compareSeniority(a.member, b.member)

/**
 * The greatest value. Order: kind as for the smallest (a number survives `n/a` either way), the value descending, then
 * effectiveAt, source, record key ascending.
 */
export const greatest: Preference = (a, b) =>
  byKindAndValue(a.value, b.value, -1) || compareSeniority(a.member, b.member)

function byKindAndValue(a: Parameters<typeof orderKey>[0], b: typeof a, direction: 1 | -1): number {
  const left = orderKey(a)
  const right = orderKey(b)
  return left.kind - right.kind || direction * compareWithinKind(left, right)
}
