import type { RunSummary } from '@selfsame/batch'
import { andMore, code, count, dataValue, empty, section, shareBar, table, text } from './elements.ts'
import { html, type Html } from './html.ts'
import { formatOf } from './numbers.ts'

/** Values that many records carry: those that links were kept from, and those that perhaps should be. */
export function valuesSection(summary: RunSummary): Html {
  const found = summary.frequentValues.total + summary.sharedValues.total + summary.blockedValues.total
  return section(
    'values',
    'Values that many share',
    'A support address, a kiosk or a family phone is not one person. These are the values that were kept from linking, and those that deserve a decision.',
    found === 0
      ? empty('No value stands out: no placeholder, nothing shared by too many, nothing suspiciously frequent.')
      : html``,
    frequentTable(summary),
    sharedTable(summary),
    blockedTable(summary),
  )
}

function frequentTable({ frequentValues }: RunSummary): Html {
  if (frequentValues.total === 0) return html``
  const columns = [
    { name: 'Value' },
    { name: 'Identifier' },
    { name: 'Records', numeric: true },
    { name: 'Share of its source' },
    { name: 'Line that would block it' },
  ]
  const rows = frequentValues.listed.map((one) => [
    dataValue(one.value),
    text(one.type),
    count(one.records),
    shareBar(one.share, 'warn'),
    code(one.rulesetLine),
  ])
  return html`<h3>Frequent, and still linking</h3>
${table('Values in more than 1 % of the records of a source', columns, rows, { quiet: true })}${andMore(frequentValues.total, rows.length, 'values')}`
}

function sharedTable({ sharedValues }: RunSummary): Html {
  if (sharedValues.total === 0) return html``
  const columns = [
    { name: 'Value' },
    { name: 'Identifier' },
    { name: 'Records', numeric: true },
    { name: 'Why it is shared' },
  ]
  const rows = sharedValues.listed.map((one) => [
    dataValue(one.value),
    text(one.type),
    count(one.records),
    html`its records hold ${formatOf(one.count, `different ${one.because}`, `different ${one.because}`)}; more than ${one.limit} makes it shared`,
  ])
  return html`<h3>Shared: links nobody</h3>
${table('Values that too many different people hold', columns, rows, { quiet: true })}${andMore(sharedValues.total, rows.length, 'values')}`
}

function blockedTable({ blockedValues }: RunSummary): Html {
  if (blockedValues.total === 0) return html``
  const columns = [
    { name: 'Value' },
    { name: 'Identifier' },
    { name: 'Records', numeric: true },
    { name: 'Blocked by' },
  ]
  const rows = blockedValues.listed.map((one) => [
    dataValue(one.value),
    text(one.type),
    count(one.records),
    text(one.builtIn ? 'the built-in list' : 'the ruleset'),
  ])
  return html`<h3>Blocked: links nobody</h3>
${table('Placeholders and other blocked values', columns, rows, { quiet: true })}${andMore(blockedValues.total, rows.length, 'values')}`
}
