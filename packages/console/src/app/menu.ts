import { BookOpenCheck, Fingerprint, Gauge, GitMerge, Users, type LucideIcon } from 'lucide-react'
import type { Role } from '../ui/session.ts'

export interface MenuEntry {
  readonly to: string
  readonly label: string
  readonly icon: LucideIcon
  /** Who does not reach so far does not see it. */
  readonly least?: Role | 'administrator'
}

export const menu: readonly { readonly label: string | null; readonly entries: readonly MenuEntry[] }[] = [
  { label: null, entries: [{ to: '/overview', label: 'Overview', icon: Gauge }] },
  {
    label: 'Customers',
    entries: [
      { to: '/customers', label: 'All customers', icon: Users },
      { to: '/customers/identity-resolution', label: 'Identity Resolution', icon: Fingerprint },
    ],
  },
  {
    label: 'Matching',
    entries: [
      { to: '/customers/identity-rules', label: 'Rules', icon: BookOpenCheck },
      { to: '/customers/merge-review', label: 'Merge review', icon: GitMerge },
    ],
  },
]
