import type { Link } from './answers.ts'
import { pagesOf } from './pages.ts'

export function linksQuery(space: string, id: string) {
  return pagesOf<Link>(space, `/profiles/${encodeURIComponent(id)}/links`)
}
