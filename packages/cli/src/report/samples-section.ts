import type { RuleSummary, RunSummary, SampleLink, SampleProfile, SampleRecord } from '@selfsame/batch'
import { dataValue, empty, recordName, section } from './elements.ts'
import { html, shortened, type Html } from './html.ts'
import { formatCount, formatOf } from './numbers.ts'
import { sampleDrawing } from './sample-drawing.ts'

/** Real profiles, drawn: for every rule a few that it helped to join. */
export function samplesSection(summary: RunSummary): Html {
  const withSamples = summary.rules.filter((rule) => summary.samples.some((sample) => sample.rule === rule.name))
  if (withSamples.length === 0) {
    return section(
      'samples',
      'Samples of every rule',
      null,
      empty(
        'No rule linked anything, so there is nothing to draw. The completeness of the identifiers, above, shows what the rules had to work with.',
      ),
    )
  }
  return section(
    'samples',
    'Samples of every rule',
    'Records as cards, and between them the links that joined them: the rule, and the value they share.',
    html`${withSamples.map((rule) => ruleSamples(rule, summary))}`,
  )
}

function ruleSamples(rule: RuleSummary, summary: RunSummary): Html {
  const samples = summary.samples.filter((sample) => sample.rule === rule.name)
  return html`<h3><bdi>${rule.name}</bdi></h3>
${samples.map((sample) => figure(sample, summary))}`
}

function figure(sample: SampleProfile, summary: RunSummary): Html {
  const more = sample.recordCount - sample.records.length
  return html`<figure><figcaption><b>One profile of ${formatOf(sample.recordCount, 'record')}</b> <span class="soft value small">${sample.profileId}</span></figcaption>
${sampleDrawing(sample, summary)}${asList(sample)}${more > 0 ? html`<p class="soft small">and ${formatOf(more, 'more record')}</p>` : null}${golden(sample)}</figure>
`
}

/** The same in words: for screen readers, and where the drawing does not fit. */
function asList(sample: SampleProfile): Html {
  return html`<div class="aslist"><ul>${sample.records.map((record, index) => {
    const link = sample.links.find((one) => Math.max(one.left, one.right) === index)
    return html`${link ? why(link, sample) : null}<li>${recordName(record.source, record.key)}${record.fields.map((field) => html`<br><span class="soft">${shortened(field.name, 40)}</span> ${dataValue(field.value, 60)}`)}</li>
`
  })}</ul></div>`
}

function why(link: SampleLink, sample: SampleProfile): Html {
  const to = sample.records[Math.min(link.left, link.right)] as SampleRecord
  return html`<li class="why"><bdi>${link.rule}</bdi>: ${dataValue(link.value, 60)} <span class="soft">with ${recordName(to.source, to.key)}</span></li>`
}

function golden(sample: SampleProfile): Html {
  if (sample.golden.length === 0) return html``
  const shown = sample.golden.slice(0, 12)
  const rest = sample.golden.length - shown.length
  return html`<dl class="golden"><div class="title"><dt>Golden record</dt><dd></dd></div>${shown.map(
    (field) => html`<div><dt>${shortened(field.name, 40)}</dt><dd>${dataValue(field.value, 60)}</dd></div>`,
  )}${rest > 0 ? html`<div><dt>and</dt><dd>${formatCount(rest)} more</dd></div>` : null}</dl>`
}
