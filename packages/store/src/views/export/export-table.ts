import { parseRuleset, shownText, compareText, type JsonValue, type Ruleset } from '@selfsame/core'
import { rulesetBody } from '../../graph/space.ts'
import type { Sql } from '../../sql/sql.ts'
import { allLinks } from '../link-rows.ts'
import type { Page, PageRequest } from '../page.ts'
import { identifiersOf, quietValues, sharedAmong, tracesOfProfiles } from '../profile-traces.ts'
import { candidatesByPair, unresolvedRows } from '../review-rows.ts'
import { goldenPage, lettersPage, lookupPage, refusedGroups, type GoldenRow } from './export-rows.ts'
import { columnsOf, instantText, type Cell, type ExportedTable, type ExportTable } from './table.ts'

/** Rows of a table with what they are sorted by when everything is sorted. */
interface SortableRow {
  readonly cells: readonly Cell[]
  /** Texts and numbers, compared one after the other. */
  readonly order: readonly (string | number)[]
}

/** What a profile is called, and its place among profiles. */
export interface ProfileNames {
  nameOf(profileId: string): string
  placeOf(profileId: string): readonly (string | number)[]
}

const rowsPerPage = 1_000
/** Traces of a page of profiles that are looked at; the guards keep profiles far below. */
const mostTraces = 1_000_000

/** Opens a table of a space, row by row in the order of its keys. */
export async function exportTable(sql: Sql, spaceId: string, table: ExportTable): Promise<ExportedTable> {
  const ruleset = await publishedRuleset(sql, spaceId)
  const columns = await columnsOfTable(sql, spaceId, table, ruleset)
  const pages = sortablePages(sql, spaceId, table, columns, ruleset, storedNames)
  return {
    columns,
    pages: (async function* () {
      for await (const page of pages) yield page.map(({ cells }) => cells)
    })(),
  }
}

/** Opens a table with the names and the order given: see `exportCanonical`. */
export async function exportSorted(
  sql: Sql,
  spaceId: string,
  table: ExportTable,
  names: ProfileNames,
): Promise<ExportedTable> {
  const ruleset = await publishedRuleset(sql, spaceId)
  const columns = await columnsOfTable(sql, spaceId, table, ruleset)
  const rows: SortableRow[] = []
  for await (const page of sortablePages(sql, spaceId, table, columns, ruleset, names)) rows.push(...page)
  rows.sort((a, b) => compareOrder(a.order, b.order))
  return {
    columns,
    pages: (async function* () {
      for (let from = 0; from < rows.length; from += rowsPerPage) {
        yield rows.slice(from, from + rowsPerPage).map(({ cells }) => cells)
      }
    })(),
  }
}

const storedNames: ProfileNames = { nameOf: (id) => id, placeOf: (id) => [id] }

async function publishedRuleset(sql: Sql, spaceId: string): Promise<Ruleset> {
  const [space] = await sql.all<{ ruleset_version: number }>('SELECT ruleset_version FROM spaces WHERE space_id = ?', [
    spaceId,
  ])
  const body = space && (await rulesetBody(sql, spaceId, space.ruleset_version))
  const parsed = body == null ? null : parseRuleset(body)
  if (!parsed?.ok) throw new Error('the space has no ruleset that can be read')
  return parsed.ruleset
}

/** The golden record has a column for every field that some profile fills, in the order in which a run writes them. */
async function columnsOfTable(
  sql: Sql,
  spaceId: string,
  table: ExportTable,
  ruleset: Ruleset,
): Promise<readonly string[]> {
  if (table !== 'identity_golden') return columnsOf[table]
  const filled = new Set<string>()
  for await (const rows of paged((request) => goldenPage(sql, spaceId, request))) {
    for (const row of rows) for (const field of Object.keys(fieldsOf(row))) filled.add(field)
  }
  const listed = ruleset.identifiers.flatMap(({ name, derive }) => {
    const present = filled.delete(name)
    return present && derive === null && name !== 'conversation_id' ? [name] : []
  })
  const counts = ['record_count', 'source_count', 'first_seen', 'last_seen']
  const reserved = new Set(['profile_id', ...counts])
  const fields = [...listed, ...[...filled].sort(compareText)].filter((field) => !reserved.has(field))
  return ['profile_id', ...fields, ...counts]
}

async function* sortablePages(
  sql: Sql,
  spaceId: string,
  table: ExportTable,
  columns: readonly string[],
  ruleset: Ruleset,
  names: ProfileNames,
): AsyncIterable<readonly SortableRow[]> {
  switch (table) {
    case 'identity_golden': {
      const excluded = ruleset.merge.unresolved === 'exclude' ? await refusedGroups(sql, spaceId) : new Set<string>()
      for await (const rows of paged((request) => goldenPage(sql, spaceId, request)))
        yield rows.filter((row) => !excluded.has(row.profile_id)).map((row) => goldenRow(row, columns, names))
      return
    }
    case 'identity_lookup':
      for await (const rows of paged((request) => lookupPage(sql, spaceId, request)))
        yield rows.map(({ source, record_key, first_effective_at, profile_id }) => ({
          cells: [source, record_key, profile_id === null ? null : names.nameOf(profile_id)],
          order: [first_effective_at, source, record_key],
        }))
      return
    case 'identity_identifiers':
      for await (const rows of paged((request) => goldenPage(sql, spaceId, request)))
        yield await identifierRows(sql, spaceId, rows, ruleset, names)
      return
    case 'identity_links':
      for await (const rows of paged((request) => allLinks(sql, spaceId, request)))
        yield rows.map((row) => ({
          cells: [
            names.nameOf(row.profile_id),
            row.left_source,
            row.left_key,
            row.right_source,
            row.right_key,
            row.decision_id === null ? row.rule : 'a decision',
            row.type,
            row.value,
          ],
          order: [
            ...names.placeOf(row.profile_id),
            row.left_at,
            row.left_source,
            row.left_key,
            row.right_at,
            row.right_source,
            row.right_key,
            row.stage,
          ],
        }))
      return
    case 'identity_unresolved_records':
      for await (const rows of paged((request) => unresolvedRows(sql, spaceId, request)))
        yield rows.map((row) => ({
          cells: [
            row.source,
            row.record_key,
            names.nameOf(row.profile_id),
            row.unresolved_reason,
            row.conflict_reasons,
          ],
          order: [row.first_effective_at, row.source, row.record_key],
        }))
      return
    case 'identity_review':
      for await (const rows of paged((request) => candidatesByPair(sql, spaceId, request)))
        yield rows.map((row) => ({
          cells: [
            names.nameOf(row.survivor_profile),
            names.nameOf(row.session_profile),
            row.reason,
            row.type,
            row.value,
            { real: Math.round(row.confidence * 1e6) / 1e6 },
            row.seen_count,
            instantText(row.last_seen),
          ],
          order: [...names.placeOf(row.survivor_profile), ...names.placeOf(row.session_profile)],
        }))
      return
    case 'rejected':
      for await (const rows of paged((request) => lettersPage(sql, spaceId, request)))
        yield rows.map(({ source, code, payload }) => ({
          cells: [source, null, code, payload],
          order: [source, code, payload],
        }))
  }
}

function fieldsOf({ golden }: GoldenRow): Readonly<Record<string, { readonly value: JsonValue }>> {
  return (JSON.parse(golden) as { fields: Record<string, { value: JsonValue }> }).fields
}

function goldenRow(row: GoldenRow, columns: readonly string[], names: ProfileNames): SortableRow {
  const fields = fieldsOf(row)
  const counted: Readonly<Record<string, Cell>> = {
    profile_id: names.nameOf(row.profile_id),
    record_count: row.record_count,
    source_count: row.source_count,
    first_seen: instantText(row.first_seen),
    last_seen: instantText(row.last_seen),
  }
  const cells = columns.map((column): Cell => {
    if (Object.hasOwn(counted, column)) return counted[column] ?? null
    const value = Object.hasOwn(fields, column) ? fields[column]?.value : null
    return value === undefined || value === null ? null : shownText(value)
  })
  return { cells, order: names.placeOf(row.profile_id) }
}

async function identifierRows(
  sql: Sql,
  spaceId: string,
  profiles: readonly GoldenRow[],
  ruleset: Ruleset,
  names: ProfileNames,
): Promise<readonly SortableRow[]> {
  const types = ruleset.identifiers.flatMap(({ name, kind }) => (kind === 'attribute' ? [] : [name]))
  const traces = await tracesOfProfiles(
    sql,
    spaceId,
    profiles.map(({ profile_id }) => profile_id),
    mostTraces,
  )
  const byProfile = Map.groupBy(traces, ({ profileId }) => profileId)
  const shared = await sharedAmong(
    sql,
    spaceId,
    traces.flatMap(({ sightings }) => sightings),
  )
  return profiles.flatMap(({ profile_id, ...quiet }) => {
    return identifiersOf(byProfile.get(profile_id) ?? [], types, quietValues(quiet, shared)).map(
      (found): SortableRow => {
        const { type, value, verified, state, firstSeen, lastSeen, recordCount } = found
        return {
          cells: [
            names.nameOf(profile_id),
            type,
            value,
            verified,
            state === 'active',
            instantText(firstSeen),
            instantText(lastSeen),
            recordCount,
          ],
          order: [...names.placeOf(profile_id), types.indexOf(type), value],
        }
      },
    )
  })
}

async function* paged<Row>(load: (request: PageRequest) => Promise<Page<Row>>): AsyncIterable<readonly Row[]> {
  let after: PageRequest['after'] = null
  do {
    const page: Page<Row> = await load({ limit: rowsPerPage, after })
    yield page.rows
    after = page.next
  } while (after !== null)
}

function compareOrder(a: readonly (string | number)[], b: readonly (string | number)[]): number {
  for (const [place, left] of a.entries()) {
    const right = b[place]
    if (left === right) continue
    if (typeof left === 'number' && typeof right === 'number') return left - right
    return compareText(String(left), String(right))
  }
  return 0
}
