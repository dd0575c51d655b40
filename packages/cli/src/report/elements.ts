import { html, shortened, type Html } from './html.ts'
import { formatCount, formatShare } from './numbers.ts'

export type Tone = 'accent' | 'good' | 'plain' | 'warn' | 'bad'

export interface Column {
  readonly name: string
  /** Numbers stand at the end of their cell. */
  readonly numeric?: boolean
}

export interface TableLooks {
  /** The caption only repeats the heading above: it is there for screen readers, and not shown. */
  readonly quiet?: boolean
  /** Narrow enough for every screen: it never becomes cards. */
  readonly alwaysTable?: boolean
}

/** A section of the page, with a heading that the table of contents links to. */
export function section(id: string, title: string, lead: string | Html | null, ...content: readonly Html[]): Html {
  return html`<section id="${id}" aria-labelledby="${id}-title">
<h2 id="${id}-title">${title}</h2>
${lead === null ? null : html`<p class="lead">${lead}</p>`}
${content}
</section>
`
}

/**
 * A table that becomes a list of cards on a narrow screen. The roles are written out, since changing how a table is laid
 * out takes its meaning from it in some browsers. The first cell of a row is its header.
 */
export function table(
  caption: string,
  columns: readonly Column[],
  rows: readonly (readonly Html[])[],
  looks: TableLooks = {},
): Html {
  const head = columns.map(
    (column) => html`<th role="columnheader" scope="col"${column.numeric ? numericClass : null}>${column.name}</th>`,
  )
  const body = rows.map(
    (cells) => html`<tr role="row">${cells.map((cell, index) => cellOf(cell, columns[index], index))}</tr>
`,
  )
  return html`<table role="table"${looks.alwaysTable ? null : html` class="cards"`}><caption${looks.quiet ? html` class="quiet"` : null}>${caption}</caption>
<thead role="rowgroup"><tr role="row">${head}</tr></thead>
<tbody role="rowgroup">${body}</tbody></table>
`
}

const numericClass = html` class="number"`

function cellOf(cell: Html, column: Column | undefined, index: number): Html {
  const numeric = column?.numeric ? numericClass : null
  if (index === 0) return html`<th role="rowheader" scope="row"${numeric}>${cell}</th>`
  return html`<td role="cell"${numeric} data-label="${column?.name ?? ''}"><div>${cell}</div></td>`
}

/** A share as a number and a bar on a scale of 0 to 1. */
export function shareBar(share: number | null, tone: Tone): Html {
  return html`<span class="share"><span class="share-number">${formatShare(share)}</span>${bar(share ?? 0, tone)}</span>`
}

/** A bar on a scale of 0 to 1. What is not nothing is never too thin to see. */
export function bar(share: number, tone: Tone): Html {
  const width = share <= 0 ? 0 : Math.max(1, Math.min(100, Math.round(share * 1000) / 10))
  return html`<span class="bar ${tone}" aria-hidden="true"><span style="inline-size:${width}%"></span></span>`
}

export function count(value: number): Html {
  return value === 0 ? html`<span class="none">0</span>` : html`${formatCount(value)}`
}

export function text(value: string): Html {
  return html`${value}`
}

/** A value of somebody's data: isolated from the writing direction around it, shortened, never a link. */
export function dataValue(value: string, limit = 80): Html {
  const length = [...value].length
  const told = length > limit ? html` <span class="soft">(${formatCount(length)} characters)</span>` : null
  return html`<bdi class="value">${shortened(value, limit)}</bdi>${told}`
}

export function code(value: string): Html {
  return html`<code>${value}</code>`
}

/** `crm 1042`, as a record is named everywhere. */
export function recordName(source: string, key: string): Html {
  return html`<span class="record"><bdi>${shortened(source, 40)}</bdi> <bdi class="value">${shortened(key, 40)}</bdi></span>`
}

/** Said where a list was cut. */
export function andMore(total: number, listed: number, many: string): Html | null {
  return total > listed ? html`<p class="soft small">and ${formatCount(total - listed)} more ${many}</p>` : null
}

export function fold(summary: string | Html, ...content: readonly Html[]): Html {
  return html`<details><summary>${summary}</summary>
${content}</details>
`
}

export function empty(message: string): Html {
  return html`<p class="empty">${message}</p>`
}
