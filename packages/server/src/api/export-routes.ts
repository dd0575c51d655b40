import { Readable } from 'node:stream'
import { exportParams, exportQuery } from '@selfsame/contract'
import { exportCanonical, exportTable, exportTables, headerText, rowsText, type ExportTable } from '@selfsame/store'
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { Problem } from '../http/problem.ts'
import { addReadingRoute, answered, type ReadingContext } from './reading.ts'

const types = { csv: 'text/csv; charset=utf-8', jsonl: 'application/x-ndjson; charset=utf-8' } as const

/** Whole tables, as streams that wait for their reader. */
export function exportRoutes(app: FastifyInstance, context: ReadingContext): void {
  addReadingRoute(
    app,
    context,
    {
      method: 'GET',
      url: '/export/:table',
      summary: 'A whole table as CSV or JSON lines',
      tag: 'export',
      params: exportParams,
      query: exportQuery,
      answer: z.string(),
      produces: ['text/csv', 'application/x-ndjson'],
    },
    async ({ database, spaceId, params, query, reply }) => {
      const table = exportTables.find((name) => name === params.table)
      if (!table) throw new Problem('export.unknown_table', `the tables are ${exportTables.join(', ')}`)
      const open = query.canonical ? exportCanonical : exportTable
      const { columns, pages } = await open(database, spaceId, table)
      const options = { format: query.format, spreadsheetSafe: query.spreadsheet_safe }
      const text = async function* () {
        yield headerText(columns, options)
        for await (const rows of pages) yield rowsText(columns, rows, options)
      }
      void reply
        .header('content-type', types[query.format])
        .header('content-disposition', `attachment; filename="${fileName(table, query.format)}"`)
        .serializer((body: unknown) => body as string)
      await reply.send(Readable.from(nonEmpty(text())))
      return answered
    },
  )
}

function fileName(table: ExportTable, format: keyof typeof types): string {
  return `${table}.${format}`
}

async function* nonEmpty(texts: AsyncIterable<string>): AsyncIterable<string> {
  for await (const text of texts) if (text !== '') yield text
}
