import type { Sql } from '../sql/sql.ts'

/** Something that is written in one transaction and does not fit together. */
export interface SpaceFault {
  readonly code: SpaceFaultCode
  /** Rows that it concerns. */
  readonly count: number
}

export type SpaceFaultCode = keyof typeof checks

/**
 * What must hold of a space whatever happened to the process or the machine: each question counts the rows that contradict.
 * The tables are read whole, one index after the other.
 */
export async function findSpaceFaults(sql: Sql, spaceId: string): Promise<readonly SpaceFault[]> {
  const faults: SpaceFault[] = []
  for (const [code, text] of Object.entries(checks)) {
    const values = Array.from({ length: text.split('?').length - 1 }, () => spaceId)
    const [row] = await sql.all<{ faults: number }>(text, values)
    if (row && row.faults > 0) faults.push({ code: code as SpaceFaultCode, count: row.faults })
  }
  return faults
}

/** What a fault means, in words. */
export function spaceFaultInWords(code: SpaceFaultCode): string {
  return meanings[code]
}

const checks = {
  'record.without_trace': `SELECT count(*) AS faults FROM records r WHERE r.space_id = ? AND r.trace_id IS NOT NULL
    AND NOT EXISTS (SELECT 1 FROM traces t WHERE t.space_id = r.space_id AND t.trace_id = r.trace_id)`,
  'trace.other_count': `SELECT count(*) AS faults FROM traces t WHERE t.space_id = ? AND t.record_count <>
    (SELECT count(*) FROM records r WHERE r.space_id = t.space_id AND r.trace_id = t.trace_id)`,
  'trace.without_profile': `SELECT count(*) AS faults FROM traces t WHERE t.space_id = ? AND t.profile_id IS NOT NULL
    AND NOT EXISTS (SELECT 1 FROM profiles p WHERE p.space_id = t.space_id AND p.profile_id = t.profile_id AND p.status = 'active')`,
  'profile.other_count': `SELECT count(*) AS faults FROM profiles p WHERE p.space_id = ? AND p.status = 'active'
    AND (p.trace_count <> (SELECT count(*) FROM traces t WHERE t.space_id = p.space_id AND t.profile_id = p.profile_id)
      OR p.record_count <> coalesce((SELECT sum(t.record_count) FROM traces t WHERE t.space_id = p.space_id AND t.profile_id = p.profile_id), 0))`,
  'profile.empty': `SELECT count(*) AS faults FROM profiles p WHERE p.space_id = ? AND p.status = 'active'
    AND NOT EXISTS (SELECT 1 FROM traces t WHERE t.space_id = p.space_id AND t.profile_id = p.profile_id)`,
  'profile.merged_into_nothing': `SELECT count(*) AS faults FROM profiles p WHERE p.space_id = ? AND p.merged_into IS NOT NULL
    AND NOT EXISTS (SELECT 1 FROM profiles o WHERE o.space_id = p.space_id AND o.profile_id = p.merged_into)`,
  'sighting.without_trace': `SELECT count(*) AS faults FROM sightings s WHERE s.space_id = ?
    AND NOT EXISTS (SELECT 1 FROM traces t WHERE t.space_id = s.space_id AND t.trace_id = s.trace_id)`,
  'value.other_count': `SELECT count(*) AS faults FROM identifier_values v WHERE v.space_id = ?
    AND v.verified_traces + v.unverified_traces <> (SELECT count(*) FROM sightings s WHERE s.space_id = v.space_id
      AND s.type = v.type AND s.value = v.value)`,
  'sighting.without_value': `SELECT count(*) AS faults FROM sightings s WHERE s.space_id = ?
    AND NOT EXISTS (SELECT 1 FROM identifier_values v WHERE v.space_id = s.space_id AND v.type = s.type AND v.value = s.value)`,
  'link.without_trace': `SELECT count(*) AS faults FROM links l WHERE l.space_id = ? AND 2 <>
    (SELECT count(*) FROM traces t WHERE t.space_id = l.space_id AND t.trace_id IN (l.left_trace, l.right_trace))`,
  'link.between_profiles': `SELECT count(*) AS faults FROM links l
    JOIN traces a ON a.space_id = l.space_id AND a.trace_id = l.left_trace
    JOIN traces b ON b.space_id = l.space_id AND b.trace_id = l.right_trace
    WHERE l.space_id = ? AND a.profile_id <> b.profile_id`,
  'held_link.without_profile': `SELECT count(*) AS faults FROM held_links h WHERE h.space_id = ? AND NOT EXISTS
    (SELECT 1 FROM profiles p WHERE p.space_id = h.space_id AND p.profile_id = h.cluster_profile AND p.status = 'active')`,
  'candidate.without_profile': `SELECT count(*) AS faults FROM candidates c WHERE c.space_id = ? AND 2 <>
    (SELECT count(*) FROM profiles p WHERE p.space_id = c.space_id AND p.profile_id IN (c.survivor_profile, c.session_profile)
      AND p.status = 'active')`,
  'space.other_number': `SELECT count(*) AS faults FROM spaces s WHERE s.space_id = ?
    AND (s.record_seq < coalesce((SELECT max(seq) FROM records r WHERE r.space_id = s.space_id), 0)
      OR s.change_seq < coalesce((SELECT max(seq) FROM changes c WHERE c.space_id = s.space_id), 0)
      OR s.clock < coalesce((SELECT max(received_at) FROM records r WHERE r.space_id = s.space_id), 0))`,
  'space.without_ruleset': `SELECT count(*) AS faults FROM spaces s WHERE s.space_id = ? AND NOT EXISTS
    (SELECT 1 FROM rulesets r WHERE r.space_id = s.space_id AND r.version = s.ruleset_version)`,
} as const

const meanings: Readonly<Record<SpaceFaultCode, string>> = {
  'record.without_trace': 'records that point at a trace which is not there',
  'trace.other_count': 'traces that do not count the records which point at them',
  'trace.without_profile': 'traces of a profile that is not there',
  'profile.other_count': 'profiles that do not count their traces and records',
  'profile.empty': 'active profiles without a trace',
  'profile.merged_into_nothing': 'profiles that went into one which is not there',
  'sighting.without_trace': 'sightings of a trace that is not there',
  'value.other_count': 'identifier values that do not count their sightings',
  'sighting.without_value': 'sightings of a value that is not listed',
  'link.without_trace': 'links of a trace that is not there',
  'link.between_profiles': 'links between two profiles',
  'held_link.without_profile': 'held links of a profile that is not there',
  'candidate.without_profile': 'candidates of a profile that is not there',
  'space.other_number': 'spaces whose numbers or clock are behind those of their last record and change',
  'space.without_ruleset': 'spaces without the ruleset they name',
}
