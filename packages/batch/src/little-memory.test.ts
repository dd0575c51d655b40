import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { tableNames } from './summary.ts'
import { RunFolder } from './testing/run-in-folder.ts'

let folder: RunFolder
beforeEach(async () => {
  folder = await RunFolder.make()
})
afterEach(async () => {
  await folder.remove()
})

/** More than a sixteenth of the least memory, so that the tables of a run with it are kept in a file. */
function wideRows(): string {
  const note = 'n'.repeat(1_000)
  const lines = ['id,email,phone,first_name,updated_at,note']
  for (let row = 0; row < 18_000; row++) {
    const person = (row * 7_919) % 6_000
    const email = row % 3 === 0 ? '' : `person${person}@example.com`
    const phone = row % 2 === 0 ? `(212) 555-${String(1_000 + (person % 9_000))}` : ''
    const day = String(1 + (row % 28)).padStart(2, '0')
    lines.push(`r${row},${email},${phone},Name${row % 11},2025-01-${day},${note}${row}`)
  }
  return `${lines.join('\n')}\n`
}

describe('a run with little memory', () => {
  it('writes the tables of a run with much', { timeout: 60_000 }, async () => {
    const files = { crm: wideRows() }
    const much = await folder.resolve(files)
    const little = await folder.resolve(files, { memoryBytes: 256_000_000, outputFolder: `${folder.path}/little` })
    expect(much.counts.mergedProfiles).toBeGreaterThan(1_000)
    expect(little.counts).toEqual(much.counts)
    for (const table of tableNames) expect(await folder.tableText(table, 'little')).toBe(await folder.tableText(table))
  })
})
