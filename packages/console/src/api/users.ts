import { queryOptions } from '@tanstack/react-query'
import type { User } from './answers.ts'
import { ask } from './client.ts'

export interface SignInLink {
  readonly url: string
  readonly expiresAt: string
}

export const usersQuery = queryOptions({
  queryKey: ['users'],
  queryFn: async ({ signal }) => (await ask<{ readonly users: readonly User[] }>('GET', '/users', { signal })).users,
})

export function createUser(body: Readonly<Record<string, unknown>>): Promise<{ readonly link: SignInLink }> {
  return ask('POST', '/users', { body })
}

export function changeUser(userId: string, body: Readonly<Record<string, unknown>>): Promise<unknown> {
  return ask('PATCH', `/users/${encodeURIComponent(userId)}`, { body })
}

/** A new link to sign in with; the ones before it end. */
export function linkUser(userId: string): Promise<{ readonly link: SignInLink }> {
  return ask('POST', `/users/${encodeURIComponent(userId)}/link`, { body: {} })
}
