import { createHash } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { once } from 'node:events'
import { join } from 'node:path'
import {
  evidenceReader,
  isObject,
  parseJson,
  primitiveText,
  readPath,
  relevantTypes,
  signatureOf,
  type Evidence,
  type JsonObject,
  type JsonValue,
  type RejectedValue,
  type Ruleset,
  type Sighting,
} from '@selfsame/core'
import { literal, quoted, type Database } from '../database.ts'
import { faultOf } from './csv-records.ts'
import type { TextFile } from './inspect-file.ts'
import type { EventContent, FileReading, Part, RejectedLine } from './part.ts'
import { recordOfJson } from './record-of-json.ts'
import { type TextLine, textLines } from './text-lines.ts'

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

/** Reads rows and events line by line with the core's evidence reader. */
export async function loadJsonLines(
  db: Database,
  file: TextFile,
  index: number,
  source: string,
  sourceColumn: string | null,
  ruleset: Ruleset,
  receivedAt: number,
  spillFolder: string,
  /** Stands before the line where the line is the key: tells the files of a source apart. */
  linePrefix: string,
): Promise<LoadedJsonLines> {
  const read = evidenceReader(ruleset)
  const relevant = relevantTypes(ruleset)
  const rejected: RejectedLine[] = []
  const aliases: Alias[] = []
  const builders = new Map<string, PartBuilder>()
  const take = (line: TextLine) => {
    const text = line.bytes.toString('utf8')
    if (text.trim() === '') return
    const refuse = (reason: string) => rejected.push({ source, line: line.number, reason, raw: text })
    const fault = faultOf(line)
    if (fault !== null) return refuse(fault)
    let value: unknown
    try {
      value = parseJson(text)
    } catch {
      return refuse('is not valid JSON')
    }
    if (!isObject(value as JsonValue)) return refuse('is not a JSON object')
    const payload = value as JsonObject
    // An event beside a table has no such column: it belongs to the source of its own file.
    const inColumn = sourceColumn === null ? undefined : readPath(payload, [sourceColumn])
    const named = inColumn === undefined ? source : primitiveText(inColumn)
    if (named === null || named.trim() === '') return refuse(`names no source in "${sourceColumn ?? ''}"`)
    const record = recordOfJson(
      { payload, source: named.trim(), lineKey: `${linePrefix}${line.number}`, text },
      ruleset,
      receivedAt,
    )
    if ('reason' in record) return refuse(record.reason)
    const evidence = read(record)
    const builder = builders.get(record.source) ?? new PartBuilder(record.source)
    builders.set(record.source, builder)
    builder.add(evidence, relevant, evidence.kind === 'event' ? digestOf(text) : '')
    if (evidence.alias)
      aliases.push({ source: record.source, key: record.key, at: evidence.effectiveAt, ...evidence.alias })
    return undefined
  }
  for await (const lines of textLines(file.path, file.markBytes, '\n')) for (const line of lines) take(line)
  const parts: Omit<Part, 'sourceIndex'>[] = []
  const readings: FileReading[] = []
  let number = 0
  for (const builder of builders.values()) {
    const table = `raw_${index}_j${number++}`
    parts.push(await builder.store(db, file, table, join(spillFolder, `${table}.ndjson`)))
    readings.push(builder.describe(file, ruleset, rejected.filter((line) => line.source === builder.source).length))
  }
  return { parts, readings, rejected, aliases }
}

/** Collects the records of one source of one file. */
class PartBuilder {
  readonly source: string
  private readonly keys: string[] = []
  private readonly bodies: string[] = []
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

  /** `body`: a digest of an event's text. */
  add(evidence: Evidence, relevant: ReadonlySet<string>, body: string): void {
    const at = this.keys.push(evidence.key) - 1
    this.bodies.push(body)
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

  async store(db: Database, file: TextFile, table: string, spill: string): Promise<Omit<Part, 'sourceIndex'>> {
    const names = [...this.fieldNames].sort()
    const out = createWriteStream(spill)
    let buffer = ''
    for (const [at, key] of this.keys.entries()) {
      const values = this.fieldsOfRecord[at]
      const row: Record<string, string> = { k: key }
      for (const [place, name] of names.entries()) {
        const value = values?.get(name)
        if (value !== undefined && value !== null && value !== '')
          row[`c${place}`] = primitiveText(value) ?? JSON.stringify(value)
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
      bodies: this.bodies,
      sightingsOfSignature: this.sightingsOfSignature,
      sightingsOfRow: this.sightingsOfRow,
      rejected: this.rejected,
    }
    const fields = new Map(names.map((name, place) => [name, [`c${place}`]]))
    return { file: file.name, source: this.source, table, rows: this.keys.length, keySql: 'k', fields, content }
  }

  describe(file: TextFile, ruleset: Ruleset, rejected: number): FileReading {
    const ofTypes = ruleset.identifiers.filter((type) => this.types.has(type.name))
    const others = [...this.fieldNames].filter((name) => !ruleset.identifiers.some((type) => type.name === name))
    return {
      file: {
        path: file.name,
        format: 'jsonl',
        encoding: file.encoding,
        delimiter: null,
        gzip: file.compressed,
        lines: this.keys.length + rejected,
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

/** 128 bits of SHA-256: enough to tell two bodies apart that came under one message id. */
function digestOf(text: string): string {
  return createHash('sha256').update(text.trim()).digest('base64url').slice(0, 22)
}
