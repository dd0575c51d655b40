import {
  Alert,
  Button,
  Group,
  PasswordInput,
  SegmentedControl,
  Stack,
  Text,
  useMantineColorScheme,
} from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { rulesetQuery } from '../../api/ruleset.ts'
import { changePassword } from '../../api/sign-in.ts'
import { Card, Page } from '../../ui/page.tsx'
import { useMay, useSpace } from '../../ui/session.ts'
import { useWrite } from '../../ui/use-write.ts'
import { ErasePerson } from './erase-person.tsx'

/** What you see, how you sign in, what the space assumes, and giving a person their data or taking it out. */
export function SettingsPage() {
  const mayManage = useMay('manager')
  return (
    <Page title="Settings">
      <div className="tiles">
        <Colours />
        <Password />
        <SpaceSettings />
      </div>
      {mayManage && <ErasePerson />}
    </Page>
  )
}

function Colours() {
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  return (
    <Card title="Colours">
      <SegmentedControl
        aria-label="Colours"
        value={colorScheme}
        onChange={(value) => setColorScheme(value === 'light' || value === 'dark' ? value : 'auto')}
        data={[
          { value: 'auto', label: 'As the system' },
          { value: 'light', label: 'Light' },
          { value: 'dark', label: 'Dark' },
        ]}
      />
    </Card>
  )
}

function Password() {
  const [current, setCurrent] = useState('')
  const [next, setNext] = useState('')
  const change = useWrite(() => changePassword(current, next), {
    said: () => 'The password is changed; every other session of yours has ended',
    onSuccess: () => {
      setCurrent('')
      setNext('')
    },
  })
  return (
    <Card title="Your password">
      <form
        onSubmit={(event) => {
          event.preventDefault()
          change.mutate(undefined)
        }}
      >
        <Stack gap="sm">
          <PasswordInput
            label="Current password"
            autoComplete="current-password"
            value={current}
            onChange={(event) => setCurrent(event.currentTarget.value)}
          />
          <PasswordInput
            label="New password"
            description="12 characters at least"
            autoComplete="new-password"
            value={next}
            onChange={(event) => setNext(event.currentTarget.value)}
          />
          <Group>
            <Button type="submit" variant="default" loading={change.isPending} disabled={next.length < 12}>
              Change it
            </Button>
          </Group>
        </Stack>
      </form>
    </Card>
  )
}

function SpaceSettings() {
  const space = useSpace()
  const ruleset = useQuery(rulesetQuery(space, 'published'))
  const { default_country = 'US', max_backdate = '7d' } = (ruleset.data?.document ?? {}) as Readonly<
    Record<string, string>
  >
  return (
    <Card title={`The space ${space}`}>
      <dl className="definition">
        <dt>Phones without a country</dt>
        <dd>{default_country}</dd>
        <dt>Untrusted sources may date back</dt>
        <dd>{max_backdate}</dd>
        <dt>Ruleset</dt>
        <dd>version {ruleset.data?.version ?? '…'}</dd>
      </dl>
      <Text size="sm" mt="sm">
        <Link to="/customers/identity-resolution">Change them with the rules</Link>
      </Text>
      <Alert variant="outline" color="ink" mt="sm">
        The interface that this console stands on is open to you, too: <a href="/docs">its documentation</a>.
      </Alert>
    </Card>
  )
}
