import { queryOptions } from '@tanstack/react-query'
import type { Audience, AudienceMember, AudienceRule } from './answers.ts'
import { ask } from './client.ts'
import { pagesOf } from './pages.ts'

interface Count {
  /** Each person once. */
  readonly profiles: number
  readonly of: number
  readonly at: string
}

export function audiencesQuery(space: string) {
  return queryOptions({
    queryKey: [space, 'audiences'],
    queryFn: async ({ signal }) =>
      (await ask<{ readonly items: readonly Audience[] }>('GET', '/audiences', { space, signal })).items,
  })
}

export function createAudience(
  space: string,
  body: { readonly name: string; readonly rule: AudienceRule },
): Promise<Audience> {
  return ask('POST', '/audiences', { space, body })
}

export function dropAudience(space: string, id: string): Promise<unknown> {
  return ask('DELETE', `/audiences/${encodeURIComponent(id)}`, { space })
}

export function audienceCountQuery(space: string, id: string) {
  return queryOptions({
    queryKey: [space, 'audience-count', id],
    queryFn: ({ signal }) => ask<Count>('GET', `/audiences/${encodeURIComponent(id)}/count`, { space, signal }),
  })
}

export function audienceMembersQuery(space: string, id: string) {
  return pagesOf<AudienceMember>(space, `/audiences/${encodeURIComponent(id)}/members`)
}

/** How many a rule that is being written would find. */
export function tryAudienceQuery(space: string, rule: AudienceRule) {
  return queryOptions({
    queryKey: [space, 'audience-try', rule],
    queryFn: ({ signal }) => ask<Count>('POST', '/audiences/try', { space, signal, body: { rule } }),
  })
}

/** The audiences, and whether a profile belongs to each. */
export function profileAudiencesQuery(space: string, id: string) {
  return queryOptions({
    queryKey: [space, 'profile-audiences', id],
    queryFn: async ({ signal }) =>
      (
        await ask<{ readonly items: readonly { audienceId: string; name: string; member: boolean }[] }>(
          'GET',
          `/profiles/${encodeURIComponent(id)}/audiences`,
          { space, signal },
        )
      ).items,
  })
}
