import type { ResolvedProfile } from '@selfsame/core'
import type { StoredProfile } from '@selfsame/store'
import type { SpaceRules } from './space-rules.ts'

/** A resolved profile as it is stored. `shared`: values, as JSON of type and value, that are shared. */
export function profileRow(
  profile: ResolvedProfile,
  known: StoredProfile | undefined,
  at: number,
  rules: SpaceRules,
  shared: ReadonlySet<string>,
): StoredProfile {
  const { golden, traces, demoted, inactive } = profile
  const quiet = new Set([...demoted, ...inactive].map(valueText))
  const { attributes } = rules
  const keys = new Set(
    traces.flatMap((trace) => trace.sightings.filter(({ type }) => !attributes.has(type)).map(valueText)),
  )
  const seen = (values: readonly (number | null)[], choose: (...all: number[]) => number) => {
    const times = values.filter((value) => value !== null)
    return times.length === 0 ? null : choose(...times)
  }
  return {
    profile_id: profile.id,
    status: 'active',
    record_source: profile.record.source,
    record_key: profile.record.key,
    trace_count: traces.length,
    record_count: profile.recordCount,
    source_count: new Set(traces.map(({ source }) => source)).size,
    key_count: [...keys].filter((key) => !quiet.has(key) && !shared.has(key)).length,
    first_seen: seen(
      traces.map(({ firstSeen }) => firstSeen),
      Math.min,
    ),
    last_seen: seen(
      traces.map(({ lastSeen }) => lastSeen),
      Math.max,
    ),
    golden: JSON.stringify({ fields: Object.fromEntries(golden.fields) }),
    demoted: JSON.stringify(demoted),
    inactive: JSON.stringify(inactive),
    shown_name: shownName(golden.fields),
    merged_into: null,
    plain: profile.plain ? 1 : 0,
    created_at: known?.created_at ?? at,
    updated_at: at,
  }
}

/** A name to show in a list: the display name, else first and last name; null: none is known. */
function shownName(fields: ResolvedProfile['golden']['fields']): string | null {
  const text = (field: string) => {
    const value = fields.get(field)?.value
    return typeof value === 'string' && value !== '' ? value : null
  }
  const parts = [text('first_name'), text('last_name')].filter((part) => part !== null)
  const name = text('display_name') ?? (parts.length > 0 ? parts.join(' ') : null)
  return name === null || name.length <= longestShown ? name : [...name].slice(0, longestShown).join('')
}

/** Characters of a name that listings show and search finds; an index of PostgreSQL takes no more. The golden record has all. */
const longestShown = 200

/** Whether a row says something else than the one that is there. */
export function differs(row: StoredProfile, known: StoredProfile | undefined): boolean {
  if (!known) return true
  return (Object.keys(row) as (keyof StoredProfile)[]).some(
    (column) => column !== 'updated_at' && row[column] !== known[column],
  )
}

/** Fields whose surviving values differ. */
export function differingFields(before: StoredProfile, after: StoredProfile): readonly string[] {
  if (before.golden === after.golden) return []
  const valuesOf = ({ golden }: StoredProfile) => {
    const { fields } = JSON.parse(golden) as { fields: Readonly<Record<string, { readonly value: unknown }>> }
    return new Map(Object.entries(fields).map(([field, { value }]) => [field, JSON.stringify(value)]))
  }
  const [old, fresh] = [valuesOf(before), valuesOf(after)]
  return [...new Set([...old.keys(), ...fresh.keys()])].filter((field) => old.get(field) !== fresh.get(field))
}

function valueText({ type, value }: { readonly type: string; readonly value: string }): string {
  return JSON.stringify([type, value])
}
