import {
  ActionIcon,
  AppShell,
  Box,
  Burger,
  Group,
  Menu,
  NavLink,
  ScrollArea,
  Select,
  Text,
  UnstyledButton,
} from '@mantine/core'
import { useComputedColorScheme, useMantineColorScheme } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Link, Outlet, useLocation, useNavigate, useSearch } from '@tanstack/react-router'
import { LogOut, Moon, Sun, UserRound } from 'lucide-react'
import { useEffect } from 'react'
import { meQuery, type Person } from '../api/me.ts'
import { metricsQuery } from '../api/metrics.ts'
import { signOut } from '../api/sign-in.ts'
import { SessionContext, useSession, type Session } from '../ui/session.ts'
import { EmptyState } from '../ui/states.tsx'
import { Logo } from '../ui/logo.tsx'
import { menu, type MenuEntry } from './menu.ts'

/** The frame around every page: menu, space, colours, and who is signed in. */
export function Shell() {
  const { data: me } = useQuery(meQuery)
  const { space: asked } = useSearch({ strict: false })
  const navigate = useNavigate()
  const session = me ? sessionOf(me, asked) : null
  useEffect(() => {
    if (me === null) void navigate({ to: '/sign-in' })
  }, [me, navigate])
  useEffect(() => {
    if (session && asked !== session.space) {
      void navigate({ to: '.', search: (known) => ({ ...known, space: session.space }), state: true, replace: true })
    }
  }, [session, asked, navigate])
  if (!me) return null
  if (!session) {
    return (
      <EmptyState icon={UserRound} title="You belong to no space yet">
        Ask an administrator to add you to one.
      </EmptyState>
    )
  }
  return (
    <SessionContext value={session}>
      <Frame />
    </SessionContext>
  )
}

/** The space that the address names, else the last one, else the first that the person may see. */
function sessionOf(me: Person, asked: string | undefined): Session | null {
  const wanted = asked ?? localStorage.getItem('selfsame-space')
  const space = me.spaces.find(({ name, id }) => name === wanted || id === wanted) ?? me.spaces[0]
  if (!space) return null
  localStorage.setItem('selfsame-space', space.name)
  const { name: userName, administrator, spaces } = me
  return { userName, administrator, space: space.name, role: space.role, spaces }
}

function Frame() {
  const [isOpen, { toggle, close }] = useDisclosure()
  const { pathname } = useLocation()
  useEffect(close, [pathname, close])
  return (
    <AppShell
      header={{ height: 52 }}
      navbar={{ width: 232, breakpoint: 'sm', collapsed: { mobile: !isOpen } }}
      padding={{ base: 'sm', sm: 'lg' }}
    >
      <a href="#main" className="skip-link">
        Skip to the content
      </a>
      <AppShell.Header>
        <Group h="100%" px="md" justify="space-between" wrap="nowrap">
          <Group gap="sm" wrap="nowrap">
            <Burger opened={isOpen} onClick={toggle} hiddenFrom="sm" size="sm" aria-label="Menu" />
            <UnstyledButton renderRoot={(props) => <Link to="/overview" {...props} />} aria-label="Selfsame, overview">
              <Logo />
            </UnstyledButton>
          </Group>
          <Group gap="xs" wrap="nowrap">
            <SpaceSwitcher />
            <ColorSwitch />
            <UserMenu />
          </Group>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar aria-label="Sections">
        <ScrollArea p="xs" type="never">
          {menu.map(({ label, entries }) => (
            <Box key={label ?? 'top'} mb="sm">
              {label && (
                <Text size="xs" fw={560} c="dimmed" px="sm" pb={2} pt={4}>
                  {label}
                </Text>
              )}
              {entries.map((entry) => (
                <MenuLink key={entry.to} entry={entry} />
              ))}
            </Box>
          ))}
        </ScrollArea>
      </AppShell.Navbar>
      <AppShell.Main id="main" tabIndex={-1}>
        <Outlet />
      </AppShell.Main>
    </AppShell>
  )
}

function MenuLink({ entry: { to, label, icon: Icon, least } }: { entry: MenuEntry }) {
  const { pathname } = useLocation()
  const { administrator, space } = useSession()
  const { data: metrics } = useQuery({ ...metricsQuery(space, 0), refetchInterval: 30_000 })
  if (least === 'administrator' && !administrator) return null
  const longest = menu
    .flatMap(({ entries }) => entries)
    .filter((entry) => pathname === entry.to || pathname.startsWith(`${entry.to}/`))
    .sort((a, b) => b.to.length - a.to.length)[0]
  const count = to.endsWith('merge-review') ? (metrics?.candidates ?? 0) : 0
  const isActive = longest?.to === to
  return (
    <NavLink
      renderRoot={(props) => (
        <Link to={to} activeOptions={{ exact: true }} {...props} aria-current={isActive ? 'page' : undefined} />
      )}
      label={label}
      active={isActive}
      leftSection={<Icon size={16} strokeWidth={1.8} aria-hidden />}
      rightSection={
        count > 0 ? (
          <span className="chip" data-tone="amber">
            {count > 999 ? '999+' : count}
          </span>
        ) : null
      }
      className="menu-link"
    />
  )
}

function SpaceSwitcher() {
  const { space, spaces } = useSession()
  const navigate = useNavigate()
  return (
    <Select
      aria-label="Space"
      size="xs"
      w={120}
      data={spaces.map(({ name }) => name)}
      value={space}
      onChange={(name) => {
        if (name !== null) void navigate({ to: '/overview', search: { space: name } })
      }}
    />
  )
}

function ColorSwitch() {
  const { setColorScheme } = useMantineColorScheme()
  const scheme = useComputedColorScheme('light')
  const isDark = scheme === 'dark'
  return (
    <ActionIcon
      variant="subtle"
      color="gray"
      size="lg"
      aria-label={isDark ? 'Light colours' : 'Dark colours'}
      onClick={() => setColorScheme(isDark ? 'light' : 'dark')}
    >
      {isDark ? <Sun size={17} /> : <Moon size={17} />}
    </ActionIcon>
  )
}

function UserMenu() {
  const { userName, role, administrator } = useSession()
  const queryClient = useQueryClient()
  const navigate = useNavigate()
  return (
    <Menu position="bottom-end" width={220}>
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" size="lg" aria-label={`Signed in as ${userName}`}>
          <UserRound size={17} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          Signed in as {userName}, {administrator ? 'administrator' : role}
        </Menu.Label>
        <Menu.Item
          leftSection={<LogOut size={15} aria-hidden />}
          onClick={async () => {
            await signOut()
            queryClient.clear()
            await navigate({ to: '/sign-in' })
          }}
        >
          Sign out
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}
