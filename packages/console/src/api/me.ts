import type { meAnswer } from '@selfsame/contract'
import { queryOptions } from '@tanstack/react-query'
import type { z } from 'zod'
import { ApiFault, ask, rememberCsrfToken } from './client.ts'

export type Person = Extract<z.output<typeof meAnswer>, { kind: 'person' }>

/** Who is signed in; null: nobody. */
export const meQuery = queryOptions({
  queryKey: ['me'],
  staleTime: 60_000,
  queryFn: async ({ signal }): Promise<Person | null> => {
    try {
      const me = await ask<z.output<typeof meAnswer>>('GET', '/me', { signal })
      if (me.kind !== 'person') return null
      rememberCsrfToken(me.csrfToken)
      return me
    } catch (error) {
      if (error instanceof ApiFault && error.status === 401) return null
      throw error
    }
  },
})
