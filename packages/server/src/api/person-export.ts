import {
  candidateRows,
  decisionRows,
  heldLinks,
  linksOfProfile,
  profileEvents,
  profileHistory,
  type Page,
  type PageRequest,
} from '@selfsame/store'
import { candidateOf, changeOf, heldLinkOf, identifierOf, linkOf, profileOf, recordText } from './answers.ts'
import { decisionRowOf } from './decision-answers.ts'
import { identifiersOfProfile } from './profile-routes.ts'
import type { ReadingContext } from './reading.ts'

const rowsPerPage = 500

/**
 * Everything that is held about a person: a line of JSON for the profile, and one for each identifier, record, link, held link,
 * candidate, decision and change. Payloads are as they were sent. The profile is looked up before anything is told.
 */
export async function personText(
  context: ReadingContext,
  spaceId: string,
  askedId: string,
): Promise<AsyncIterable<string>> {
  const { database } = context
  const { profile, items } = await identifiersOfProfile(context, spaceId, askedId, Number.MAX_SAFE_INTEGER - 1)
  const id = profile.profile_id
  const line = (kind: string, content: unknown) => `${JSON.stringify({ [kind]: content })}\n`
  return (async function* lines() {
    yield line('profile', profileOf(profile, askedId))
    for (const item of items) yield line('identifier', identifierOf(item))
    for await (const row of rowsOf((page) => profileEvents(database, spaceId, id, page))) {
      yield `{"record":${recordText(row)}}\n`
    }
    for await (const row of rowsOf((page) => linksOfProfile(database, spaceId, id, page)))
      yield line('link', linkOf(row))
    for await (const row of rowsOf((page) => heldLinks(database, spaceId, id, page))) {
      yield line('heldLink', heldLinkOf(row))
    }
    const ofProfile = { order: 'newest' as const, profileId: id }
    for await (const row of rowsOf((page) => candidateRows(database, spaceId, ofProfile, page))) {
      // The other side is somebody else.
      const { reason, type, value, seenCount, lastSeen } = candidateOf(row, new Map())
      yield line('candidate', { reason, type, value, seenCount, lastSeen })
    }
    for await (const row of rowsOf((page) => decisionRows(database, spaceId, { profileId: id }, page))) {
      yield line('decision', decisionRowOf(row))
    }
    for await (const row of rowsOf((page) => profileHistory(database, spaceId, id, page)))
      yield line('change', changeOf(row))
  })()
}

async function* rowsOf<Row>(pageOf: (request: PageRequest) => Promise<Page<Row>>): AsyncIterable<Row> {
  for (let after: PageRequest['after'] = null; ; ) {
    const page = await pageOf({ limit: rowsPerPage, after })
    yield* page.rows
    if (page.next === null) return
    after = page.next
  }
}
