import { createReadStream, createWriteStream } from 'node:fs'
import { once } from 'node:events'
import { join } from 'node:path'
import {
  evidenceReader,
  isObject,
  parseInstant,
  primitiveText,
  readPath,
  relevantTypes,
  signatureOf,
  snakeCase,
  defaultSourceSettings,
  keyNames,
  observedAtNames,
  type Evidence,
  type JsonObject,
  type JsonValue,
  type RejectedValue,
  type Ruleset,
  type Sighting,
  type SourceRecord,
} from '@selfsame/core'
import { literal, quoted, type Database } from '../database.ts'
import type { InspectedFile } from './inspect-file.ts'
import type { EventContent, FileReading, Part, RejectedLine } from './part.ts'

export interface Alias {
  readonly source: string
  readonly key: string
  readonly at: number
  readonly previousId: string
  readonly userId: string
}

export interface LoadedJsonLines {
  readonly parts: readonly Omit<Part, 'sourceIndex'>[]
  readonly readings: readonly FileReading[]
  readonly rejected: readonly RejectedLine[]
  readonly aliases: readonly Alias[]
}

const callTypes = new Set(['identify', 'track', 'page', 'screen', 'group', 'alias'])
const longestLine = 1_000_000

/** Reads rows and events line by line with the core's evidence reader. */
export async function loadJsonLines(
  db: Database,
  file: InspectedFile,
  index: number,
  source: string,
  sourceColumn: string | null,
  ruleset: Ruleset,
  receivedAt: number,
  spillFolder: string,
): Promise<LoadedJsonLines> {
  const read = evidenceReader(ruleset)
  const relevant = relevantTypes(ruleset)
  const rejected: RejectedLine[] = []
  const aliases: Alias[] = []
  const builders = new Map<string, PartBuilder>()
  let line = 0
  let rest = ''
  const take = (text: string) => {
    line++
    if (text.trim() === '') return
    const refuse = (reason: string) => rejected.push({ source, line, reason, raw: text.slice(0, 2000) })
    if (text.length > longestLine) return refuse(`the line is longer than ${longestLine} characters`)
    if (text.includes('\ufffd')) return refuse('the line holds bytes that are no UTF-8')
    let value: unknown
    try {
      value = JSON.parse(text)
    } catch {
      return refuse('the line is not JSON')
    }
    if (!isObject(value as JsonValue)) return refuse('the line is not a JSON object')
    const payload = value as JsonObject
    const named = sourceColumn === null ? source : primitiveText(readPath(payload, [sourceColumn]))
    if (named === null || named.trim() === '') return refuse(`field "${sourceColumn ?? ''}" names no source`)
    const record = recordOf(payload, named.trim(), line, ruleset, receivedAt)
    if ('reason' in record) return refuse(record.reason)
    const evidence = read(record)
    const builder = builders.get(record.source) ?? new PartBuilder(record.source)
    builders.set(record.source, builder)
    builder.add(evidence, relevant)
    if (evidence.alias) aliases.push({ source: record.source, key: record.key, at: evidence.effectiveAt, ...evidence.alias })
    return undefined
  }
  for await (const chunk of createReadStream(file.path, { encoding: 'utf8', highWaterMark: 1 << 20 })) {
    const lines = (rest + String(chunk)).split('\n')
    rest = lines.pop() ?? ''
    for (const text of lines) take(text.endsWith('\r') ? text.slice(0, -1) : text)
  }
  if (rest !== '') take(rest)
  const parts: Omit<Part, 'sourceIndex'>[] = []
  const readings: FileReading[] = []
  let number = 0
  for (const builder of builders.values()) {
    const table = `raw_${index}_j${number++}`
    parts.push(await builder.store(db, file, table, join(spillFolder, `${table}.ndjson`)))
    readings.push(builder.describe(file, ruleset))
  }
  return { parts, readings, rejected, aliases }
}

/** An event has a call type, an event name or a message id; anything else is a row. */
function recordOf(
  payload: JsonObject,
  source: string,
  line: number,
  ruleset: Ruleset,
  receivedAt: number,
): SourceRecord | { readonly reason: string } {
  const settings = ruleset.sources.get(source) ?? defaultSourceSettings
  const type = primitiveText(payload['type'])
  const event = primitiveText(payload['event'])
  const messageId = primitiveText(payload['messageId']) ?? primitiveText(payload['message_id'])
  const isEvent = settings.key === null && (messageId !== null || (type !== null && callTypes.has(type)) || (event !== null && 'props' in payload))
  if (isEvent) {
    if (messageId !== null && messageId.trim() === '') return { reason: 'the message id is empty' }
    const written = payload['timestamp'] ?? payload['originalTimestamp'] ?? payload['observedAt'] ?? payload['observed_at'] ?? null
    return {
      source,
      key: messageId ?? String(line),
      kind: 'event',
      event: type === null || type === 'track' ? event : type,
      observedAt: parseInstant(settings.observedAt === null ? written : readPath(payload, settings.observedAt.split('.'))),
      receivedAt,
      payload,
    }
  }
  const names = new Map(Object.keys(payload).map((key) => [snakeCase(key), key]))
  const valueOf = (name: string): JsonValue | undefined => {
    const key = Object.hasOwn(payload, name) ? name : names.get(snakeCase(name))
    return key === undefined ? undefined : payload[key]
  }
  const customaryKey = [...keyNames, `${snakeCase(source)}_id`].find((name) => valueOf(name) !== undefined)
  const keyColumns = settings.key ?? (customaryKey === undefined ? [] : [customaryKey])
  const parts = keyColumns.map((name) => primitiveText(valueOf(name))?.trim() ?? '')
  if (parts.includes('')) return { reason: `the primary key (${keyColumns.join(', ')}) is empty` }
  const timeName = settings.observedAt ?? observedAtNames.find((name) => valueOf(name) !== undefined)
  return {
    source,
    key: keyColumns.length === 0 ? String(line) : parts.join('/'),
    kind: 'row',
    event: null,
    observedAt: timeName === undefined ? null : parseInstant(valueOf(timeName)),
    receivedAt,
    payload,
  }
}

/** Collects the records of one source of one file. */
class PartBuilder {
  private readonly source: string
  private readonly keys: string[] = []
  private readonly observedAt: number[] = []
  private readonly effectiveAt: number[] = []
  private readonly signature: number[] = []
  private readonly signatures = new Map<string, number>()
  private readonly sightingsOfSignature: (readonly Sighting[])[] = []
  private readonly sightingsOfRow = new Map<number, readonly Sighting[]>()
  private readonly rejected: (RejectedValue & { readonly row: number })[] = []
  private readonly fieldsOfRecord: (ReadonlyMap<string, JsonValue> | null)[] = []
  private readonly fieldNames = new Set<string>()
  private readonly types = new Set<string>()
  private readonly unverified = new Set<string>()
  private events = 0

  constructor(source: string) {
    this.source = source
  }

  add(evidence: Evidence, relevant: ReadonlySet<string>): void {
    const at = this.keys.push(evidence.key) - 1
    this.observedAt.push(evidence.observedAt ?? Number.NaN)
    this.effectiveAt.push(evidence.effectiveAt)
    for (const value of evidence.rejected) this.rejected.push({ ...value, row: at })
    for (const { type, verified } of evidence.sightings) {
      this.types.add(type)
      if (!verified) this.unverified.add(type)
    }
    this.fieldsOfRecord.push(evidence.fields.size > 0 ? evidence.fields : null)
    for (const name of evidence.fields.keys()) this.fieldNames.add(name)
    const sightings = evidence.sightings.filter((sighting) => relevant.has(sighting.type))
    if (evidence.kind === 'row') {
      this.signature.push(-1)
      this.sightingsOfRow.set(at, sightings)
      return
    }
    this.events++
    const text = signatureOf(evidence, relevant, null)
    let signature = this.signatures.get(text)
    if (signature === undefined) {
      signature = this.sightingsOfSignature.push(sightings) - 1
      this.signatures.set(text, signature)
    }
    this.signature.push(signature)
  }

  async store(db: Database, file: InspectedFile, table: string, spill: string): Promise<Omit<Part, 'sourceIndex'>> {
    const names = [...this.fieldNames].sort()
    const out = createWriteStream(spill)
    let buffer = ''
    for (const [at, key] of this.keys.entries()) {
      const values = this.fieldsOfRecord[at]
      const row: Record<string, string> = { k: key }
      for (const [place, name] of names.entries()) {
        const value = values?.get(name)
        if (value !== undefined && value !== null) row[`c${place}`] = primitiveText(value) ?? JSON.stringify(value)
      }
      buffer += `${JSON.stringify(row)}\n`
      if (buffer.length > 1 << 20) {
        if (!out.write(buffer)) await once(out, 'drain')
        buffer = ''
      }
    }
    out.end(buffer)
    await once(out, 'finish')
    const columns = ['k', ...names.map((_, place) => `c${place}`)].map((name) => `${quoted(name)}: 'VARCHAR'`)
    await db.run(
      `CREATE TABLE ${table} AS SELECT * FROM read_json(${literal(spill)}, format = 'newline_delimited', columns = {${columns.join(', ')}}, maximum_object_size = 16000000)`,
    )
    const content: EventContent = {
      kind: 'evidence',
      observedAt: Float64Array.from(this.observedAt),
      effectiveAt: Float64Array.from(this.effectiveAt),
      signature: Int32Array.from(this.signature),
      sightingsOfSignature: this.sightingsOfSignature,
      sightingsOfRow: this.sightingsOfRow,
      rejected: this.rejected,
    }
    const fields = new Map(names.map((name, place) => [name, [`c${place}`]]))
    return { file: file.name, source: this.source, table, rows: this.keys.length, keySql: 'k', fields, content }
  }

  describe(file: InspectedFile, ruleset: Ruleset): FileReading {
    const ofTypes = ruleset.identifiers.filter((type) => this.types.has(type.name))
    const others = [...this.fieldNames].filter((name) => !ruleset.identifiers.some((type) => type.name === name))
    return {
      file: {
        path: file.name,
        format: 'jsonl',
        encoding: file.encoding,
        delimiter: null,
        gzip: file.compressed,
        lines: this.keys.length,
      },
      source: this.source,
      kind: this.events > 0 ? 'events' : 'rows',
      key: [this.events > 0 ? 'messageId' : 'primary key'],
      observedAt: this.observedAt.some((time) => !Number.isNaN(time)) ? 'timestamp' : null,
      columns: [
        ...ofTypes.map((type) => ({
          name: type.name,
          role: type.kind === 'attribute' ? ('attribute' as const) : ('identifier' as const),
          to: type.name,
          verified: !this.unverified.has(type.name),
          filled: null,
        })),
        ...others.sort().map((name) => ({ name, role: 'trait' as const, to: name, verified: null, filled: null })),
      ],
    }
  }
}
