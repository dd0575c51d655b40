import type { RunSummary } from '@selfsame/batch'
import { html, shortened, type Html } from './html.ts'
import { formatCount } from './numbers.ts'

interface Band {
  readonly records: number
  readonly profiles: number
  readonly label: string
  readonly color: string
}

/** Records as they came on the left, the profiles they became on the right, both on one scale. */
export function flowPicture(summary: RunSummary): Html {
  const { counts } = summary
  const single = summary.profileSizes.find((bucket) => bucket.to === 1)
  const alone = single?.profiles ?? 0
  const bands: readonly Band[] = [
    {
      records: counts.records - counts.unattributed - alone,
      profiles: counts.mergedProfiles,
      label: counts.mergedProfiles === 1 ? 'profile of several records' : 'profiles of several records',
      color: 'var(--accent)',
    },
    {
      records: alone,
      profiles: alone,
      label: alone === 1 ? 'profile of one record' : 'profiles of one record',
      color: 'var(--plain)',
    },
  ]
  const sources = namedSources(summary)
  const told = `${formatCount(counts.records)} records on the left become ${formatCount(counts.profiles)} profiles on the right, on one scale.`
  return html`<div class="panel flow">
<ul class="start">${sources.map(
    (
      source,
    ) => html`<li><span class="big">${formatCount(source.records)}</span><span class="label"><span class="swatch" style="background:${source.color}"></span><bdi>${shortened(source.name, 40)}</bdi></span></li>
`,
  )}</ul>
${drawing(sources, bands, counts.records, told)}
<ul>${bands
    .filter((band) => band.profiles > 0)
    .map(
      (
        band,
      ) => html`<li><span class="big">${formatCount(band.profiles)}</span><span class="label"><span class="swatch" style="background:${band.color}"></span>${band.label}</span></li>
`,
    )}${
    counts.unattributed > 0
      ? html`<li><span class="big">${formatCount(counts.unattributed)}</span><span class="label"><span class="swatch" style="background:var(--track)"></span>events without an identifier</span></li>`
      : null
  }</ul>
</div>
`
}

function drawing(
  sources: readonly { readonly records: number; readonly color: string }[],
  bands: readonly Band[],
  records: number,
  told: string,
): Html {
  const height = (value: number) => (records === 0 ? 0 : (value / records) * 100)
  let y = 0
  const left = sources.map((source) => {
    const from = y
    y += height(source.records)
    return html`<rect x="0" y="${round(from)}" width="2.2" height="${round(Math.max(0.4, y - from - 0.4))}" fill="${source.color}"/>`
  })
  const shown = bands.filter((band) => band.profiles > 0)
  const gap = shown.length > 1 ? 3 : 0
  const rightHeights = shown.map((band) => Math.max(1, height(band.profiles)))
  const total = rightHeights.reduce((sum, value) => sum + value, 0) + gap
  let leftY = 0
  let rightY = Math.max(0, (100 - total) / 2)
  const right = shown.map((band, index) => {
    const from = leftY
    leftY += height(band.records)
    const top = rightY
    const tall = rightHeights[index] as number
    rightY += tall + gap
    return html`<path d="M2.2 ${round(from)} C50 ${round(from)} 50 ${round(top)} 97.8 ${round(top)} L97.8 ${round(top + tall)} C50 ${round(top + tall)} 50 ${round(leftY)} 2.2 ${round(leftY)} Z" fill="${band.color}" fill-opacity=".22"/>
<rect x="97.8" y="${round(top)}" width="2.2" height="${round(tall)}" fill="${band.color}"/>`
  })
  return html`<svg viewBox="0 0 100 100" preserveAspectRatio="none" role="img" aria-label="${told}">${left}${right}</svg>`
}

const listedSources = 5

/** The largest sources by name, the rest as one. */
function namedSources(
  summary: RunSummary,
): readonly { readonly name: string; readonly records: number; readonly color: string }[] {
  const all = summary.sources.map((source) => ({
    name: source.name,
    records: source.records,
    color: sourceColor(summary, source.name),
  }))
  if (all.length <= listedSources + 1) return all
  const bySize = [...all].sort((a, b) => b.records - a.records)
  const rest = bySize.slice(listedSources)
  const records = rest.reduce((sum, source) => sum + source.records, 0)
  return [...bySize.slice(0, listedSources), { name: `${rest.length} more sources`, records, color: 'var(--s5)' }]
}

/** One of six colours, by the place of the source in the run. */
export function sourceColor(summary: RunSummary, source: string): string {
  const place = summary.sources.findIndex((one) => one.name === source)
  return `var(--s${place < 0 || place > 5 ? 5 : place})`
}

function round(value: number): number {
  return Math.round(value * 100) / 100
}
