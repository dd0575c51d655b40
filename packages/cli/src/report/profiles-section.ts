import type { RunSummary, SuspicionReason } from '@selfsame/batch'
import { andMore, count, empty, section, table } from './elements.ts'
import { html, type Html } from './html.ts'
import { formatOf } from './numbers.ts'

const means: Record<SuspicionReason, string> = {
  unusually_large: 'many more records than profiles usually have here',
  many_names: 'more different names or birth dates than one person has',
}

/** Profiles that may be several people. */
export function suspiciousSection({ suspiciousProfiles }: RunSummary): Html {
  const columns = [
    { name: 'Profile' },
    { name: 'Records', numeric: true },
    { name: 'Sources', numeric: true },
    { name: 'Why it is here' },
  ]
  const rows = suspiciousProfiles.listed.map((profile) => [
    html`<span class="value id">${profile.profileId}</span>`,
    count(profile.records),
    count(profile.sources),
    html`${means[profile.why]}${profile.disagreements.map(
      (one) => html` <span class="chip warn"><bdi>${one.field}</bdi>: ${formatOf(one.values, 'value')}</span>`,
    )}`,
  ])
  const lead =
    'One person seldom has this many records, or this many names. Look at them first: a shared value may hide behind each.'
  if (rows.length === 0)
    return section(
      'large',
      'Suspiciously large profiles',
      null,
      empty('None: no profile is out of proportion, none holds many different names.'),
    )
  return section(
    'large',
    'Suspiciously large profiles',
    lead,
    table('Profiles that deserve a look', columns, rows, { quiet: true }),
    andMore(suspiciousProfiles.total, rows.length, 'profiles') ?? html``,
  )
}
