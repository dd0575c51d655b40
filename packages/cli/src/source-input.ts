import type { RunInput } from '@selfsame/batch'
import { basename } from 'node:path'
import { UsageFault } from './exit-code.ts'

/** A file whose source is not said: its base name without extensions; `-` is `stdin`. */
export function inputOfFile(path: string): RunInput {
  if (path === '-') return { source: 'stdin', path }
  if (/^postgres(ql)?:\/\//.test(path)) return { source: 'postgres', path }
  const name = basename(path)
  const source = name.replace(/(?<=.)(\.(csv|tsv|txt|tab|json|jsonl|ndjson|parquet|pq|gz|gzip))+$/i, '')
  return { source: source === '' ? name : source, path }
}

/** `crm=exports/2026.csv`. */
export function inputOfAssignment(assignment: string): RunInput {
  const at = assignment.indexOf('=')
  const source = assignment.slice(0, at).trim()
  const path = assignment.slice(at + 1)
  if (at < 1 || source === '' || path === '') {
    throw new UsageFault('usage.option', `--source "${assignment}" is not NAME=FILE, such as crm=exports/customers.csv`)
  }
  return { source, path }
}

/** `crm:1042`; the key may hold colons, the source does not. */
export function parseRecordName(text: string): { readonly source: string; readonly key: string } {
  const at = text.indexOf(':')
  if (at < 1 || at === text.length - 1)
    throw new UsageFault('usage.record_name', `"${text}" is not SOURCE:KEY, such as crm:1042`)
  return { source: text.slice(0, at), key: text.slice(at + 1) }
}
