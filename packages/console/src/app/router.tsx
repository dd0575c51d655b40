import type { QueryClient } from '@tanstack/react-query'
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Link,
  Outlet,
  redirect,
  retainSearchParams,
} from '@tanstack/react-router'
import { meQuery } from '../api/me.ts'
import { LoadingRows, ErrorState, EmptyState } from '../ui/states.tsx'
import { Compass } from 'lucide-react'
import { Shell } from './shell.tsx'

export type View = Readonly<Record<string, string | undefined>>

const root = createRootRouteWithContext<{ readonly queryClient: QueryClient }>()({
  component: Outlet,
  validateSearch: (search: Record<string, unknown>): { space?: string } =>
    typeof search['space'] === 'string' ? { space: search['space'] } : {},
  search: { middlewares: [retainSearchParams(['space'])] },
})

const signIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  validateSearch: textSearch,
  component: lazyRouteComponent(() => import('../features/sign-in/sign-in-page.tsx'), 'SignInPage'),
})

const inside = createRoute({
  getParentRoute: () => root,
  id: 'inside',
  component: Shell,
  beforeLoad: async ({ context, location }) => {
    const me = await context.queryClient.ensureQueryData(meQuery)
    if (me !== null) return
    const back = location.pathname.length < 2 || location.pathname === '/overview' ? {} : { back: location.pathname }
    redirect({ to: '/sign-in', search: back, throw: true })
  },
})

const home = createRoute({
  getParentRoute: () => inside,
  path: '/',
  beforeLoad: () => {
    redirect({ to: '/overview', throw: true })
  },
})

/** A page below the shell; what it shows is loaded when it is first visited. */
function page<Path extends string>(path: Path, load: () => Promise<Record<string, unknown>>, name: string) {
  return createRoute({
    getParentRoute: () => inside,
    path,
    validateSearch: textSearch,
    component: lazyRouteComponent(load as () => Promise<Record<string, never>>, name),
  })
}

const pages = [
  page('/overview', () => import('../features/overview/overview-page.tsx'), 'OverviewPage'),
  page('/customers', () => import('../features/customers/customers-page.tsx'), 'CustomersPage'),
  page('/customers/identity-resolution', () => import('../features/resolution/resolution-page.tsx'), 'ResolutionPage'),
  page('/customers/identity-rules', () => import('../features/identity-rules/rules-page.tsx'), 'IdentityRulesPage'),
  page('/customers/identity-rules/new', () => import('../features/identity-rules/rule-form-page.tsx'), 'NewRulePage'),
  page(
    '/customers/identity-rules/$rule/edit',
    () => import('../features/identity-rules/rule-form-page.tsx'),
    'EditRulePage',
  ),
  page('/customers/merge-review', () => import('../features/review/review-page.tsx'), 'ReviewPage'),
  page('/customers/$id/merge', () => import('../features/merge/merge-page.tsx'), 'MergePage'),
  page('/customers/drafts', () => import('../features/drafts/drafts-page.tsx'), 'DraftsPage'),
  page('/customers/runs', () => import('../features/runs/runs-page.tsx'), 'RunsPage'),
  page('/customers/unresolved', () => import('../features/unresolved/unresolved-page.tsx'), 'UnresolvedPage'),
  page(
    '/customers/shared-values',
    () => import('../features/shared-values/shared-values-page.tsx'),
    'SharedValuesPage',
  ),
  page('/customers/audiences', () => import('../features/audiences/audiences-page.tsx'), 'AudiencesPage'),
  page('/sources', () => import('../features/sources/sources-page.tsx'), 'SourcesPage'),
  page('/audit', () => import('../features/audit/audit-page.tsx'), 'AuditPage'),
  page('/users', () => import('../features/users/users-page.tsx'), 'UsersPage'),
  page('/settings', () => import('../features/settings/settings-page.tsx'), 'SettingsPage'),
  page('/customers/$id', () => import('./profile-route.tsx'), 'ProfileRoute'),
  page('/customers/$id/graph', () => import('./profile-route.tsx'), 'GraphRoute'),
]

const tree = root.addChildren([signIn, inside.addChildren([home, ...pages])])

export function createAppRouter(queryClient: QueryClient) {
  return createRouter({
    routeTree: tree,
    basepath: '/admin',
    context: { queryClient },
    parseSearch: (text) => Object.fromEntries(new URLSearchParams(text)),
    stringifySearch: (search) => {
      const given = Object.entries(search).filter(([, value]) => value !== undefined && value !== '')
      const text = new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString()
      return text === '' ? '' : `?${text}`
    },
    defaultPreload: 'intent',
    scrollRestoration: true,
    defaultPendingComponent: LoadingRows,
    defaultErrorComponent: ({ error, reset }) => <ErrorState error={error} retry={reset} />,
    defaultNotFoundComponent: () => (
      <EmptyState icon={Compass} title="There is no such page">
        The address leads nowhere. Begin again with the <Link to="/overview">Overview</Link>.
      </EmptyState>
    ),
  })
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof createAppRouter>
  }
}

function textSearch(search: Record<string, unknown>): View {
  const given = Object.entries(search).filter(([, value]) => value !== undefined && value !== null)
  return Object.fromEntries(given.map(([name, value]) => [name, String(value)]))
}
