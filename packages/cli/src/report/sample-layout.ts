import type { SampleLink, SampleProfile, SampleRecord } from '@selfsame/batch'

export const cardWidth = 216
export const columnGap = 190
export const headerHeight = 32
export const rowHeight = 19
const cardPadding = 9
const cardGap = 14

export interface Card {
  readonly index: number
  readonly x: number
  readonly y: number
  readonly height: number
  readonly rows: SampleRecord['fields']
}

export interface Line {
  readonly link: SampleLink
  readonly from: Card
  readonly to: Card
}

export interface Layout {
  readonly cards: readonly Card[]
  readonly lines: readonly Line[]
  /** Links that would close a circle; they are told in words only. */
  readonly left: readonly SampleLink[]
  readonly width: number
  readonly height: number
}

interface Branch {
  readonly index: number
  readonly link: SampleLink | null
  readonly children: readonly Branch[]
}

/** Lays the records of a profile out as a tree from left to right, as shallow as it can be. `isTime`: the field holds the record's time. */
export function layOut(sample: SampleProfile, isTime: (record: SampleRecord, field: string) => boolean): Layout {
  const reached = new Set<number>()
  const used = new Set<SampleLink>()
  const cards: Card[] = []
  const lines: Line[] = []
  const place = (branch: Branch, depth: number, top: number): { readonly card: Card; readonly height: number } => {
    const rows = cardRows(sample, branch.index, isTime)
    const own = headerHeight + rows.length * rowHeight + cardPadding
    let childTop = top
    const placed = branch.children.map((child) => {
      const result = place(child, depth + 1, childTop)
      childTop += result.height + cardGap
      return { ...result, child }
    })
    const below = Math.max(0, childTop - cardGap - top)
    const height = Math.max(own, below)
    const card = {
      index: branch.index,
      x: depth * (cardWidth + columnGap),
      y: top + (height - own) / 2,
      height: own,
      rows,
    }
    cards.push(card)
    for (const one of placed) if (one.child.link) lines.push({ link: one.child.link, from: card, to: one.card })
    return { card, height }
  }
  let top = 0
  for (const index of rootOrder(sample)) {
    if (reached.has(index)) continue
    const tree = grow(sample, shallowestRoot(sample, index), null, reached, used)
    top += place(tree, 0, top).height + cardGap
  }
  return {
    cards,
    lines,
    left: sample.links.filter((link) => !used.has(link)),
    width: Math.max(...cards.map((card) => card.x + cardWidth)),
    height: Math.max(0, top - cardGap),
  }
}

/** Where on a card the line of a link ends: at the field it is about, else at the head. */
export function anchorY(card: Card, type: string): number {
  const row = card.rows.findIndex((field) => field.name === type)
  return row < 0 ? card.y + headerHeight / 2 : card.y + headerHeight + row * rowHeight + rowHeight / 2
}

/** The fields that links of this record are about, then others, in their own order. Its time stands in the head of the card. */
function cardRows(
  sample: SampleProfile,
  index: number,
  isTime: (record: SampleRecord, field: string) => boolean,
): SampleRecord['fields'] {
  const most = sample.records.length > 4 ? 4 : 5
  const record = sample.records[index] as SampleRecord
  const fields = record.fields.filter((field) => !isTime(record, field.name))
  const linking = new Set(
    sample.links.filter((link) => link.left === index || link.right === index).map((link) => link.type),
  )
  const kept = new Set(
    [...fields.filter((field) => linking.has(field.name)), ...fields.filter((field) => !linking.has(field.name))].slice(
      0,
      most,
    ),
  )
  return fields.filter((field) => kept.has(field))
}

function rootOrder(sample: SampleProfile): readonly number[] {
  return sample.records.map((_, index) => index)
}

/** Of the records connected with this one, the one from which the farthest is nearest; the most senior of several. */
function shallowestRoot(sample: SampleProfile, start: number): number {
  const connected = [...distancesFrom(sample, start).keys()].sort((a, b) => a - b)
  let best = start
  let bestDepth = Infinity
  for (const index of connected) {
    const depth = Math.max(...distancesFrom(sample, index).values())
    if (depth < bestDepth) [best, bestDepth] = [index, depth]
  }
  return best
}

function distancesFrom(sample: SampleProfile, start: number): ReadonlyMap<number, number> {
  const distance = new Map([[start, 0]])
  for (const [index, steps] of distance) {
    for (const [other] of neighbours(sample, index)) if (!distance.has(other)) distance.set(other, steps + 1)
  }
  return distance
}

function neighbours(sample: SampleProfile, index: number): readonly (readonly [number, SampleLink])[] {
  return sample.links.flatMap((link): readonly (readonly [number, SampleLink])[] => {
    if (link.left === index) return [[link.right, link]]
    return link.right === index ? [[link.left, link]] : []
  })
}

function grow(
  sample: SampleProfile,
  index: number,
  link: SampleLink | null,
  reached: Set<number>,
  used: Set<SampleLink>,
): Branch {
  reached.add(index)
  const next = neighbours(sample, index).filter(([other]) => {
    if (reached.has(other)) return false
    reached.add(other)
    return true
  })
  for (const [, by] of next) used.add(by)
  return { index, link, children: next.map(([other, by]) => grow(sample, other, by, reached, used)) }
}
