import type { RecordRef } from '@selfsame/core'
import { asRows, rowsOf, type Sql } from '../sql/sql.ts'
import { deleteWhereIn } from '../sql/upsert.ts'

/** Deletes records, and the aliases they stand for. */
export async function deleteRecords(sql: Sql, spaceId: string, refs: readonly RecordRef[]): Promise<void> {
  if (refs.length === 0) return
  for (const table of ['records', 'aliases', 'decision_records']) {
    await sql.run(
      `DELETE FROM ${table} WHERE space_id = ? AND (source, record_key) IN (
         SELECT source, key FROM ${rowsOf(sql, { source: 'text', key: 'text' }, 'given')})`,
      [spaceId, asRows(refs)],
    )
  }
}

/** Deletes values that nobody carries any more. */
export async function deleteUnheldValues(
  sql: Sql,
  spaceId: string,
  values: readonly { readonly type: string; readonly value: string }[],
): Promise<void> {
  if (values.length === 0) return
  await sql.run(
    `DELETE FROM identifier_values WHERE space_id = ? AND verified_traces = 0 AND unverified_traces = 0
       AND (type, value) IN (SELECT type, value FROM ${rowsOf(sql, { type: 'text', value: 'text' }, 'given')})`,
    [spaceId, asRows(values.map(({ type, value }) => ({ type, value })))],
  )
}

/** The profiles that others took over, directly or by others, when their first-stored records were gone. */
export async function takenOverBy(
  sql: Sql,
  spaceId: string,
  profileIds: readonly string[],
): Promise<readonly string[]> {
  const found = new Set<string>()
  let asked = [...profileIds]
  while (asked.length > 0) {
    const rows = await sql.all<{ profile_id: string }>(
      `SELECT p.profile_id FROM ${rowsOf(sql, { value: 'text' }, 'given')}
       CROSS JOIN profiles p WHERE p.space_id = ? AND p.merged_into = given.value AND p.merged_into IS NOT NULL
         AND p.record_key NOT IN (SELECT r.record_key FROM records r WHERE r.space_id = ? AND r.source = p.record_source
           AND r.record_key = p.record_key)`,
      [asRows(asked.map((value) => ({ value }))), spaceId, spaceId],
    )
    asked = rows.map(({ profile_id }) => profile_id).filter((id) => !found.has(id))
    for (const id of asked) found.add(id)
  }
  return [...found]
}

/** Leaves of profiles nothing but that their ids were given out. */
export async function blankProfiles(
  sql: Sql,
  spaceId: string,
  profileIds: readonly string[],
  at: number,
): Promise<void> {
  await sql.run(
    `UPDATE profiles SET status = 'erased', record_source = '', record_key = '', trace_count = 0, record_count = 0,
       source_count = 0, key_count = 0, first_seen = NULL, last_seen = NULL, golden = '{"fields":{}}', demoted = '[]',
       inactive = '[]', shown_name = NULL, merged_into = NULL, plain = 1, updated_at = ?
     WHERE space_id = ? AND profile_id IN (SELECT value FROM ${rowsOf(sql, { value: 'text' }, 'given')})`,
    [at, spaceId, asRows(profileIds.map((value) => ({ value })))],
  )
}

/** Deletes dead letters whose text holds one of some texts, whatever their case. The number of them. */
export async function deleteLettersHolding(sql: Sql, spaceId: string, texts: readonly string[]): Promise<number> {
  const wanted = texts.map((text) => text.toLowerCase()).filter((text) => text !== '')
  if (wanted.length === 0) return 0
  const found: string[] = []
  for (let after = ''; ; ) {
    const page = await sql.all<{ letter_id: string; message_id: string | null; payload: string }>(
      'SELECT letter_id, message_id, payload FROM dead_letters WHERE space_id = ? AND letter_id > ? ORDER BY letter_id LIMIT ?',
      [spaceId, after, lettersPerPage],
    )
    for (const { letter_id, message_id, payload } of page) {
      const text = `${message_id ?? ''}\n${payload}`.toLowerCase()
      if (wanted.some((one) => text.includes(one))) found.push(letter_id)
      after = letter_id
    }
    if (page.length < lettersPerPage) break
  }
  await deleteWhereIn(sql, 'dead_letters', 'letter_id', spaceId, found)
  return found.length
}

const lettersPerPage = 1_000

/** Takes away what runs tell beside their counts, where it names one of some texts. */
export async function blankRunsNaming(sql: Sql, spaceId: string, texts: readonly string[]): Promise<void> {
  const runs = await sql.all<{ run_id: string; progress: string; summary: string | null }>(
    'SELECT run_id, progress, summary FROM runs WHERE space_id = ? ORDER BY run_id',
    [spaceId],
  )
  for (const { run_id, progress, summary } of runs) {
    const told = `${progress}\n${summary ?? ''}`.toLowerCase()
    if (!texts.some((text) => text !== '' && told.includes(text.toLowerCase()))) continue
    await sql.run(`UPDATE runs SET summary = '{"erased":true}', progress = '{}' WHERE space_id = ? AND run_id = ?`, [
      spaceId,
      run_id,
    ])
  }
}
