import type { RunSummary, SampleProfile, SampleRecord } from '@selfsame/batch'
import { sourceColor } from './flow-picture.ts'
import { html, shortened, type Html } from './html.ts'
import {
  anchorY,
  cardWidth,
  columnGap,
  headerHeight,
  layOut,
  rowHeight,
  type Card,
  type Layout,
  type Line,
} from './sample-layout.ts'

const tagWidth = 142
const tagHeight = 36

/** The records of a profile as cards, and the links that joined them as lines that say which rule, on which value. */
export function sampleDrawing(sample: SampleProfile, summary: RunSummary): Html {
  const timeOf = new Map(summary.sources.map((source) => [source.name, source.observedAt]))
  const layout = layOut(sample, (record, field) => timeOf.get(record.source) === field)
  const { width, height } = layout
  return html`<div class="drawing" aria-hidden="true"><svg width="${width + 2}" height="${Math.ceil(height) + 2}" viewBox="-1 -1 ${width + 2} ${Math.ceil(height) + 2}">
${layout.lines.map(lineShape)}${layout.cards.map((card) => cardShape(card, sample, summary, layout))}${layout.lines.map(tagShape)}</svg></div>
`
}

function lineShape({ link, from, to }: Line): Html {
  const x1 = from.x + cardWidth
  const y1 = anchorY(from, link.type)
  const y2 = anchorY(to, link.type)
  return html`<path class="edge" d="M${x1} ${y1} C${x1 + 30} ${y1} ${x1 + 14} ${y2} ${x1 + 44} ${y2} L${to.x} ${y2}"/>`
}

function tagShape({ link, from, to }: Line): Html {
  const y = anchorY(to, link.type)
  const x = from.x + cardWidth + (columnGap - tagWidth) / 2 + 10
  return html`<circle class="dot" cx="${from.x + cardWidth}" cy="${anchorY(from, link.type)}" r="4"/><circle class="dot" cx="${to.x}" cy="${y}" r="4"/>
<rect class="tag" x="${x}" y="${y - tagHeight / 2}" width="${tagWidth}" height="${tagHeight}" rx="9"/>
<text class="tag-text" x="${x + tagWidth / 2}" y="${y - 3}" font-size="11.5" text-anchor="middle">${shortened(link.rule, 19)}</text>
<text class="mono" x="${x + tagWidth / 2}" y="${y + 12}" font-size="10.5" text-anchor="middle" direction="ltr">${shortened(link.value, 21)}</text>
`
}

function cardShape(card: Card, sample: SampleProfile, summary: RunSummary, layout: Layout): Html {
  const record = sample.records[card.index] as SampleRecord
  const linking = new Set(
    layout.lines.filter((line) => line.from === card || line.to === card).map((line) => line.link.type),
  )
  const rows = card.rows.map((field, row) => {
    const y = card.y + headerHeight + row * rowHeight + 13
    const tell = field.name.length + field.value.length <= 25
    const value = shortened(field.value, tell ? 27 : 28)
    const weight = linking.has(field.name) ? ' hot' : ''
    return html`${tell ? html`<text class="dim" x="${card.x + 12}" y="${y}" font-size="11">${field.name}</text>` : null}<text class="mono${weight}" x="${card.x + cardWidth - 12}" y="${y}" font-size="11" text-anchor="end" direction="ltr">${value}</text>
`
  })
  const head = shortened(record.source, 12)
  const day = record.observedAt === null ? '' : record.observedAt.slice(0, 10)
  const keyRoom = Math.floor((cardWidth - 27 - 12 - (day === '' ? 0 : 66) - [...head].length * 7.3) / 6.7)
  return html`<rect class="node" x="${card.x}" y="${card.y}" width="${cardWidth}" height="${card.height}" rx="10"/>
<rect x="${card.x + 12}" y="${card.y + 11}" width="9" height="9" rx="2.5" fill="${sourceColor(summary, record.source)}"/>
<text x="${card.x + 27}" y="${card.y + 20}" font-size="12"><tspan class="hot">${head}</tspan> <tspan class="mono" font-size="11">${shortened(record.key, Math.max(4, keyRoom))}</tspan></text>
<text class="dim" x="${card.x + cardWidth - 12}" y="${card.y + 20}" font-size="10.5" text-anchor="end">${day}</text>
${rows}`
}
