import { createHmac } from 'node:crypto'
import type { NamingRecord } from '@selfsame/core'

/**
 * Makes the unguessable id of a record: `p_`, its number in 12 hexadecimal digits, and 20 more (80 bits) of HMAC-SHA-256 under
 * the space's secret. A record always has the same id, so that a profile that comes back after a split has the one it had. Ids
 * sort by arrival, so that new ones stand together in every index.
 */
export function profileIdMaker(secret: string): (record: NamingRecord) => string {
  return ({ source, key, seq }) =>
    `p_${seq.toString(16).padStart(12, '0')}${keyed(secret, JSON.stringify(['profile', source, key])).slice(0, 20)}`
}

/** The id of a candidate belongs to its pair: it stays the same however often the pair is seen. */
export function candidateIdMaker(secret: string): (survivor: string, session: string) => string {
  return (survivor, session) => `c_${keyed(secret, JSON.stringify(['candidate', survivor, session]))}`
}

/** A trace is named by the ruleset it was cut under and the record that began it: ids grow, and are never used twice. */
export function traceIdOf(rulesetVersion: number, seq: number): string {
  return `t${rulesetVersion}_${seq.toString(36).padStart(9, '0')}`
}

function keyed(secret: string, text: string): string {
  return createHmac('sha256', secret).update(text).digest('hex').slice(0, 32)
}
