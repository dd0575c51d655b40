import type { StoredRecord } from './answers.ts'
import { pagesOf } from './pages.ts'

export function eventsQuery(space: string, id: string) {
  return pagesOf<StoredRecord>(space, `/profiles/${encodeURIComponent(id)}/events`)
}
