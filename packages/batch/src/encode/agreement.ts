import { agreementTypes, type Population, type Ruleset, standardizeValue } from '@selfsame/core'
import type { Database } from '../database.ts'
import type { Part } from '../read/part.ts'
import type { Numbering } from './number-records.ts'
import { partOffsets } from './encode-records.ts'

/** Adds the attributes that confidence compares, read from the records only where candidates ask for them. */
export function withAgreement(
  population: Population,
  db: Database,
  parts: readonly Part[],
  ruleset: Ruleset,
  numbering: Numbering,
): Population {
  const offsets = partOffsets(parts)
  const attributes = agreementTypes.map((name) => ruleset.identifiers.find((type) => type.name === name))
  return {
    ...population,
    loadAgreement: async (traces) => {
      const recordsOf = new Map<number, number>()
      for (const trace of traces) recordsOf.set(numbering.seniorOfTrace[trace] as number, trace)
      const found = new Map<number, string[][]>()
      for (const [index, part] of parts.entries()) {
        const from = offsets[index] ?? 0
        const rows = [...recordsOf.keys()].filter((record) => record >= from && record < from + part.rows)
        if (rows.length === 0) continue
        await db.run('CREATE OR REPLACE TEMP TABLE asked (row INTEGER)')
        await db.append('asked', [{ type: 'integer', values: Int32Array.from(rows, (record) => record - from) }])
        const columns = agreementTypes.map(
          (name) => `coalesce(${[...(part.fields.get(name) ?? []).map((sql) => `${sql}`), "''"].join(', ')})`,
        )
        for (const [row, ...texts] of await db.rows(
          `SELECT asked.row, ${columns.join(', ')} FROM asked JOIN ${part.table} t ON t.rowid = asked.row`,
        )) {
          const values = texts.map((text, place) => {
            const type = attributes[place]
            const result =
              type && String(text) !== '' ? standardizeValue(String(text), type.standardize, ruleset) : undefined
            return result?.ok ? [result.value] : []
          })
          const trace = recordsOf.get(from + Number(row))
          if (trace !== undefined) found.set(trace, values)
        }
      }
      return found
    },
  }
}
