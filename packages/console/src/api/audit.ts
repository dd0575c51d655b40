import { infiniteQueryOptions } from '@tanstack/react-query'
import type { AuditEntry } from './answers.ts'
import { ask } from './client.ts'

interface AuditPage {
  readonly entries: readonly AuditEntry[]
  readonly next: number | null
}

export function auditQuery(space: string) {
  return infiniteQueryOptions({
    queryKey: [space, 'audit'],
    initialPageParam: null as number | null,
    getNextPageParam: (page: AuditPage) => page.next,
    queryFn: ({ pageParam, signal }) =>
      ask<AuditPage>('GET', '/audit', { space, signal, query: { before: pageParam, limit: 100 } }),
  })
}

export interface Verdict {
  readonly ok: boolean
  readonly entries: number | null
  readonly faultAt: number | null
  readonly because: 'changed' | 'missing' | null
}

/** Whether the chain of entries is whole. */
export function verifyAudit(space: string): Promise<Verdict> {
  return ask('POST', '/audit/verify', { space })
}
