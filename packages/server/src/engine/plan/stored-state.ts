import type { SharedValue } from '@selfsame/core'
import {
  findSpaceRow,
  loadAnswers,
  loadEverything,
  recordPlacesAfter,
  recordsAfter,
  sourcesOf,
  type Everything,
  type RecordPlace,
  type SpaceRow,
  type Sql,
  type StoredAnswers,
  type StoredRecord,
  type StoredSource,
} from '@selfsame/store'

/** Everything a ruleset is planned over, as one instant has it. */
export interface StoredState extends Everything {
  readonly space: SpaceRow
  readonly sources: readonly StoredSource[]
  readonly answers: StoredAnswers
  /** Values known to be shared although not all who hold them are part of this. */
  readonly knownShared: readonly SharedValue[]
}

/** null: there is no such space. */
export async function loadState(sql: Sql, spaceId: string): Promise<StoredState | null> {
  const space = await findSpaceRow(sql, spaceId)
  if (!space) return null
  return {
    space,
    sources: await sourcesOf(sql, spaceId),
    ...(await loadEverything(sql, spaceId)),
    answers: await loadAnswers(sql, spaceId),
    knownShared: [],
  }
}

/** Records up to a number, in the order in which they were first stored. Other work of the process comes in between. */
export function recordPages(sql: Sql, spaceId: string, upToSeq: number): AsyncIterable<readonly StoredRecord[]> {
  return pagesUpTo(upToSeq, 500, (seq, limit) => recordsAfter(sql, spaceId, seq, limit))
}

/** The same without payloads. */
export function placePages(sql: Sql, spaceId: string, upToSeq: number): AsyncIterable<readonly RecordPlace[]> {
  return pagesUpTo(upToSeq, 5_000, (seq, limit) => recordPlacesAfter(sql, spaceId, seq, limit))
}

async function* pagesUpTo<Row extends { readonly seq: number }>(
  upToSeq: number,
  perPage: number,
  load: (seq: number, limit: number) => Promise<readonly Row[]>,
): AsyncIterable<readonly Row[]> {
  for (let seq = 0; ; ) {
    const page = await load(seq, perPage)
    const wanted = page.filter((record) => record.seq <= upToSeq)
    if (wanted.length > 0) yield wanted
    if (wanted.length < perPage) return
    seq = wanted.at(-1)?.seq ?? seq
    await new Promise((next) => setImmediate(next))
  }
}
