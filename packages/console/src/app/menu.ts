import {
  Activity,
  BookOpenCheck,
  CircleSlash,
  FilePen,
  Fingerprint,
  Gauge,
  GitMerge,
  PlugZap,
  ScrollText,
  Settings,
  Share2,
  Target,
  UserCog,
  Users,
  type LucideIcon,
} from 'lucide-react'
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
      { to: '/customers/audiences', label: 'Audiences', icon: Target },
      { to: '/customers/identity-resolution', label: 'Identity Resolution', icon: Fingerprint },
    ],
  },
  {
    label: 'Matching',
    entries: [
      { to: '/customers/identity-rules', label: 'Rules', icon: BookOpenCheck },
      { to: '/customers/merge-review', label: 'Merge review', icon: GitMerge },
      { to: '/customers/drafts', label: 'Drafts', icon: FilePen },
    ],
  },
  {
    label: 'Quality',
    entries: [
      { to: '/customers/runs', label: 'Runs', icon: Activity },
      { to: '/customers/unresolved', label: 'Unresolved', icon: CircleSlash },
      { to: '/customers/shared-values', label: 'Shared values', icon: Share2 },
    ],
  },
  {
    label: 'Workspace',
    entries: [
      { to: '/sources', label: 'Sources & keys', icon: PlugZap },
      { to: '/audit', label: 'Audit', icon: ScrollText },
      { to: '/users', label: 'Users', icon: UserCog, least: 'administrator' },
      { to: '/settings', label: 'Settings', icon: Settings },
    ],
  },
]
