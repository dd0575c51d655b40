import type { RunSummary, SizeBucket } from '@selfsame/batch'
import { bar, count, section, table, text } from './elements.ts'
import { html, type Html } from './html.ts'
import { formatCount, formatOf, formatShare } from './numbers.ts'

type Part = keyof RunSummary['resolution']

const parts: readonly { readonly part: Part; readonly label: string; readonly means: string }[] = [
  { part: 'matched', label: 'Matched', means: 'found others of the same person' },
  { part: 'unique', label: 'Unique', means: 'stand alone: nothing links them' },
  { part: 'conflict', label: 'Conflict', means: 'were linked, but a guard kept them apart' },
  { part: 'missing', label: 'Missing', means: 'carry no usable identifier' },
]

/** Where the records went, and how large the profiles are. */
export function resolutionSection(summary: RunSummary): Html {
  const { resolution, counts } = summary
  const share = (part: Part) => (counts.records === 0 ? null : resolution[part] / counts.records)
  const told = parts.map(({ part, label }) => `${label} ${formatShare(share(part))}`).join(', ')
  return section(
    'resolution',
    'Where the records went',
    'Every record is in exactly one of these parts.',
    html`<div class="split" role="img" aria-label="${told}">${parts
      .filter(({ part }) => resolution[part] > 0)
      .map(({ part }) => html`<span class="tone-${part}" style="flex-grow:${resolution[part]}"></span>`)}</div>
<dl class="legend">${parts.map(
      ({
        part,
        label,
        means,
      }) => html`<div class="edge-${part}"><dt>${label}</dt><dd><span class="figure">${formatShare(share(part))}</span> <span class="soft">${formatOf(resolution[part], 'record')}</span></dd><dd class="soft small">${means}</dd></div>
`,
    )}</dl>
<h3>How many records a profile has</h3>
`,
    histogram(summary.profileSizes),
  )
}

function histogram(sizes: readonly SizeBucket[]): Html {
  const most = Math.max(1, ...sizes.map((bucket) => bucket.profiles))
  const rows = sizes.map((bucket) => [
    text(bucketLabel(bucket)),
    bar(bucket.profiles / most, bucket.to === 1 ? 'plain' : 'accent'),
    count(bucket.profiles),
    count(bucket.records),
  ])
  const columns = [
    { name: 'Records per profile' },
    { name: 'Linear scale' },
    { name: 'Profiles', numeric: true },
    { name: 'Records in them', numeric: true },
  ]
  return html`<div class="histogram">${table('Profiles by number of records', columns, rows, { quiet: true, alwaysTable: true })}</div>`
}

function bucketLabel(bucket: SizeBucket): string {
  if (bucket.from === bucket.to) return formatCount(bucket.from)
  if (bucket.to === Number.MAX_SAFE_INTEGER) return `${formatCount(bucket.from)} and more`
  return `${formatCount(bucket.from)}–${formatCount(bucket.to)}`
}
