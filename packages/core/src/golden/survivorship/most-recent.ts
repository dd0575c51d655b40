import { compareSeniority } from '../../evidence/record.ts'
import type { Contender, Preference } from '../golden-member.ts'

/** The value of the latest record. Order: effectiveAt descending, source, record key. */
export const mostRecent: Preference = (a: Contender, b: Contender) =>
  b.member.effectiveAt - a.member.effectiveAt || compareSeniority(a.member, b.member)
