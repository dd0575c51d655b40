import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { resolveFiles } from '@selfsame/batch'
import { defaultRuleset, parseRuleset, standardizePhone, type Ruleset } from '@selfsame/core'
import { afterAll, describe, expect, it } from 'vitest'
import { scorePairs, type PairScore } from './score.ts'

/** A labelled set: what is resolved, by which ruleset, and the figures to reach. */
interface TruthSet {
  readonly name: string
  readonly file: string
  readonly truth: string
  readonly truthColumn?: string
  /** Rows that hold anything but 0 in this column are left out. */
  readonly exclude?: string
  readonly sourceColumn?: string
  /** null: the default ruleset. */
  readonly ruleset: string | null
  /** What the engine reaches, held from now on. */
  readonly leastF1: number
  /** F1 of exact and Jaro–Winkler rules with union-find and no guards. */
  readonly toBeat: number
  readonly leastPrecision?: number
}

const oracle = { truthColumn: 'oracle_id', exclude: 'ambiguous', leastPrecision: 0.98 }
const sets: readonly TruthSet[] = [
  {
    name: 'senzing_truthset',
    file: 'senzing_truthset/records.csv',
    truth: 'senzing_truthset/truth.csv',
    ruleset: 'senzing_truthset',
    leastF1: 0.8,
    toBeat: 0.66,
  },
  {
    name: 'febrl1',
    file: 'febrl1/records.csv',
    truth: 'febrl1/truth.csv',
    ruleset: 'febrl1',
    leastF1: 0.97,
    toBeat: 0.92,
  },
  {
    name: 'febrl1 with soc_sec_id',
    file: 'febrl1/records.csv',
    truth: 'febrl1/truth.csv',
    ruleset: 'febrl1_with_number',
    leastF1: 0.992,
    toBeat: 0.992,
  },
  {
    name: 'splink_fake1000',
    file: 'splink_fake1000/records.csv',
    truth: 'splink_fake1000/truth.csv',
    ruleset: 'splink_fake1000',
    leastF1: 0.89,
    toBeat: 0.881,
  },
  {
    name: 'cdc_tuning',
    file: 'cdc_tuning/records.csv',
    truth: 'cdc_tuning/truth.csv',
    ruleset: 'cdc_tuning',
    leastF1: 0.999,
    toBeat: 0.999,
  },
  {
    name: 'fodors_zagat',
    file: 'fodors_zagat/records.csv',
    truth: 'fodors_zagat/truth.csv',
    ruleset: 'fodors_zagat',
    leastF1: 0.88,
    toBeat: 0.965,
  },
  {
    name: 'synthetic events',
    file: 'synthetic/events.jsonl',
    truth: 'synthetic/events-truth.csv',
    ruleset: null,
    leastF1: 0.98,
    toBeat: 0.862,
    ...oracle,
  },
  {
    name: 'synthetic records',
    file: 'synthetic/records.csv',
    truth: 'synthetic/records-truth.csv',
    ruleset: 'synthetic_records',
    sourceColumn: 'source',
    leastF1: 0.94,
    toBeat: 0.953,
    ...oracle,
    leastPrecision: 0.966,
  },
]

const folder = process.env['SELFSAME_TRUTH_DATA'] ?? ''
const rows: string[] = []

describe.runIf(folder === '')('labelled data', () => {
  it('is measured where SELFSAME_TRUTH_DATA names its folder; here it is not set', () => {
    process.stdout.write('labelled data: not measured, because SELFSAME_TRUTH_DATA is not set\n')
    expect(folder).toBe('')
  })
})

describe.runIf(folder !== '')('labelled data', () => {
  afterAll(() => {
    process.stdout.write(`\n${['set | records | pairs | precision | recall | F1 | to beat', ...rows].join('\n')}\n`)
  })

  it.each(sets)('$name reaches the figures it is held to', async (set) => {
    const score = await measure(set)
    rows.push(
      [
        set.name,
        score.records,
        score.truePairs,
        ...[score.precision, score.recall, score.f1].map((figure) => figure.toFixed(4)),
        set.toBeat,
      ].join(' | '),
    )
    expect(score.f1, 'F1').toBeGreaterThanOrEqual(set.leastF1)
    expect(score.precision, 'precision').toBeGreaterThanOrEqual(set.leastPrecision ?? 0)
  })

  it('one cookie that carries ten logins is not one person', async () => {
    const clusterOf = await resolveSet('snowplow_web/events.csv', await rulesetOf('snowplow_web'), null)
    const events = await readTable('snowplow_web/events.csv')
    const users = new Map<string, Set<string>>()
    for (const event of events) {
      const cluster = clusterOf.get(event['event_id'] ?? '')
      if (cluster === undefined || !event['user_id']) continue
      users.set(cluster, (users.get(cluster) ?? new Set<string>()).add(event['user_id']))
    }
    expect(Math.max(...[...users.values()].map((set) => set.size))).toBe(1)
  })

  it('phone numbers of ten regions are standardized to E.164', async () => {
    const spellings = await readTable('phones/formats.csv')
    const right = spellings.filter(({ input = '', default_region = 'US', e164 }) => {
      const result = standardizePhone(input, default_region)
      return e164 === '' ? !result.ok : result.ok && result.value.replace(/;ext=.*/, '') === e164
    })
    rows.push(
      `phones | ${spellings.length} spellings | | ${(right.length / spellings.length).toFixed(4)} right | | | 0.9965`,
    )
    expect(right.length / spellings.length).toBeGreaterThanOrEqual(0.9965)
  })
})

async function measure(set: TruthSet): Promise<PairScore> {
  const ruleset = set.ruleset === null ? defaultRuleset() : await rulesetOf(set.ruleset)
  const clusterOf = await resolveSet(set.file, ruleset, set.sourceColumn ?? null)
  const truthOf = new Map<string, string>()
  for (const row of await readTable(set.truth)) {
    const truth = row[set.truthColumn ?? 'truth_id']
    const excluded = set.exclude !== undefined && !['', '0'].includes(row[set.exclude] ?? '')
    if (truth && !excluded) truthOf.set(row['record_id'] ?? '', truth)
  }
  return scorePairs(clusterOf, truthOf)
}

async function rulesetOf(name: string): Promise<Ruleset> {
  const result = parseRuleset(await readFile(new URL(`rulesets/${name}.yaml`, import.meta.url), 'utf8'))
  if (!result.ok) throw new Error(result.issues.map((issue) => `${name} ${issue.path}: ${issue.message}`).join('\n'))
  return result.ruleset
}

/** Record key → profile id. */
async function resolveSet(
  file: string,
  ruleset: Ruleset,
  sourceColumn: string | null,
): Promise<ReadonlyMap<string, string>> {
  const out = await mkdtemp(join(tmpdir(), 'selfsame-truth-'))
  try {
    const result = await resolveFiles({
      inputs: [{ source: file.endsWith('events.csv') ? 'events' : 'records', path: join(folder, file) }],
      sourceColumn,
      ruleset,
      rulesetOrigin: { file: null, text: null, warnings: [] },
      outputFolder: join(out, 'run'),
      format: 'csv',
      spreadsheetSafe: false,
      memoryBytes: null,
      threads: null,
      receivedAt: Date.parse('2026-11-01T00:00:00Z'),
      engine: 'test',
    })
    if (!result.ok) throw new Error(result.faults.map((fault) => fault.message).join('\n'))
    const lookup = parseTable(await readFile(join(out, 'run', 'identity_lookup.csv'), 'utf8'))
    return new Map(
      lookup.flatMap(({ record_key: key = '', profile_id: profile = '' }) =>
        profile === '' ? [] : [[key, profile] as const],
      ),
    )
  } finally {
    await rm(out, { recursive: true, force: true })
  }
}

async function readTable(file: string): Promise<readonly Readonly<Record<string, string>>[]> {
  return parseTable(await readFile(join(folder, file), 'utf8'))
}

/** CSV with quoted fields, whole in memory. */
function parseTable(text: string): readonly Readonly<Record<string, string>>[] {
  const records: string[][] = [[]]
  let field = ''
  let quoted = false
  for (let at = 0; at < text.length; at++) {
    const char = text[at] as string
    if (quoted) {
      if (char !== '"') field += char
      else if (text[at + 1] === '"') {
        field += '"'
        at++
      } else quoted = false
    } else if (char === '"') quoted = true
    else if (char === ',' || char === '\n') {
      records[records.length - 1]?.push(field)
      field = ''
      if (char === '\n') records.push([])
    } else if (char !== '\r') field += char
  }
  if (field !== '') records[records.length - 1]?.push(field)
  const [header = [], ...rest] = records.filter((record) => record.length > 0)
  return rest.map((record) => Object.fromEntries(header.map((name, column) => [name, record[column] ?? ''])))
}
