import { basename } from 'node:path'
import type { RunSummary } from '@selfsame/batch'
import { bar, code, count, fold, section, table, text } from './elements.ts'
import { html, type Html } from './html.ts'
import { formatBytes, formatCount, formatDuration } from './numbers.ts'

/** What was written, how long it took, and by which ruleset. */
export function runSection(summary: RunSummary): Html {
  const { timings, output, ruleset } = summary
  const slowest = Math.max(1, ...timings.phases.map((phase) => phase.ms))
  const phases = timings.phases.map((phase) => [
    text(phase.name),
    bar(phase.ms / slowest, 'plain'),
    text(formatDuration(phase.ms)),
  ])
  const tables = output.tables.map((one) => [
    code(one.name),
    html`<span class="value">${one.file}</span>`,
    count(one.rows),
  ])
  const limit = timings.memoryLimitBytes === null ? '' : ` of ${formatBytes(timings.memoryLimitBytes)} allowed`
  const rate = summary.counts.lines >= 1000 ? `, ${formatCount(Math.round(timings.rowsPerSecond))} rows a second` : ''
  const lead = `${formatDuration(timings.totalMs)}${rate}, at most ${formatBytes(timings.peakMemoryBytes)} of memory${limit}.`
  return section(
    'run',
    'The run',
    lead,
    html`<div class="pair"><div>${table('Where the time went', [{ name: 'Phase' }, { name: 'Linear scale' }, { name: 'Time', numeric: true }], phases)}</div>
<div>${table('Tables written', [{ name: 'Table' }, { name: 'File' }, { name: 'Rows', numeric: true }], tables)}</div></div>
<p class="soft small">Folder: <bdi class="value">${basename(output.folder)}</bdi></p>
`,
    ruleset.text === null
      ? html`<p class="soft small">The default ruleset applied. <code>selfsame ruleset default</code> prints it.</p>`
      : fold(
          html`The ruleset, <bdi class="value">${ruleset.file ?? ''}</bdi>`,
          html`<pre tabindex="0">${lines(ruleset.text)}</pre>`,
        ),
  )
}

/** Escaped line by line: line ends are the one thing that a listing keeps. */
function lines(source: string): Html {
  return html`${source.split('\n').map(
    (line) => html`${line}
`,
  )}`
}
