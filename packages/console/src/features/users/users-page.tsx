import {
  Alert,
  Button,
  Checkbox,
  CopyButton,
  Group,
  Modal,
  Select,
  Stack,
  Switch,
  Text,
  TextInput,
} from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Plus } from 'lucide-react'
import { useState } from 'react'
import type { Space, User } from '../../api/answers.ts'
import { spacesQuery } from '../../api/spaces.ts'
import { changeUser, createUser, linkUser, usersQuery, type SignInLink } from '../../api/users.ts'
import { Chip } from '../../ui/chip.tsx'
import { DataTable, type Column } from '../../ui/data-table.tsx'
import { Card, Page } from '../../ui/page.tsx'
import { QueryView } from '../../ui/states.tsx'
import { Time } from '../../ui/time.tsx'
import { useWrite } from '../../ui/use-write.ts'
import { SpacesCard } from './spaces-card.tsx'

/** Who may sign in, and what they may do where; and the spaces of the workspace. */
export function UsersPage() {
  const users = useQuery(usersQuery)
  const spaces = useQuery(spacesQuery)
  const [isNew, setIsNew] = useState(false)
  const [link, setLink] = useState<SignInLink | null>(null)
  const invite = useWrite((id: string) => linkUser(id), { onSuccess: (answer) => setLink(answer.link) })
  const disable = useWrite(({ id, disabled }: { readonly id: string; readonly disabled: boolean }) =>
    changeUser(id, { disabled }),
  )
  return (
    <Page
      title="Users"
      lead="Viewers look, managers decide and change rules, admins manage sources and keys; administrators may do everything everywhere."
      actions={
        <Button leftSection={<Plus size={15} aria-hidden />} onClick={() => setIsNew(true)}>
          New user
        </Button>
      }
    >
      <Card isFlush>
        <QueryView query={users}>
          {(list) => (
            <DataTable
              label="Users"
              columns={columnsOf(
                spaces.data ?? [],
                (id) => invite.mutate(id),
                (id, disabled) => disable.mutate({ id, disabled }),
              )}
              rows={list}
              keyOf={({ id }) => id}
            />
          )}
        </QueryView>
      </Card>
      <SpacesCard />
      <Modal opened={isNew} onClose={() => setIsNew(false)} title="New user">
        <UserForm
          spaces={spaces.data ?? []}
          onMade={(made) => {
            setIsNew(false)
            setLink(made)
          }}
        />
      </Modal>
      <Modal opened={link !== null} onClose={() => setLink(null)} title="Their link to sign in" size="lg">
        {link && <LinkToGive link={link} />}
      </Modal>
    </Page>
  )
}

function columnsOf(
  spaces: readonly Space[],
  invite: (id: string) => void,
  disable: (id: string, disabled: boolean) => void,
): readonly Column<User>[] {
  const nameOf = (id: string) => spaces.find((space) => space.id === id)?.name ?? id
  return [
    { header: 'Name', cell: ({ name }) => <Text fw={560}>{name}</Text> },
    {
      header: 'May do',
      cell: ({ administrator, memberships }) =>
        administrator ? (
          <Chip tone="violet">administrator</Chip>
        ) : (
          <Group gap={6}>
            {memberships.map(({ space, role }) => (
              <Chip key={space} tone="blue">
                {role} in {nameOf(space)}
              </Chip>
            ))}
          </Group>
        ),
    },
    {
      header: 'Signs in',
      cell: ({ hasPassword, disabledAt }) =>
        disabledAt !== null ? (
          <Chip tone="red">disabled</Chip>
        ) : hasPassword ? (
          <Chip tone="green">with a password</Chip>
        ) : (
          <Chip tone="amber">by link, not yet</Chip>
        ),
    },
    { header: 'Since', cell: ({ createdAt }) => <Time at={createdAt} /> },
    {
      header: 'Change',
      isBare: true,
      cell: ({ id, disabledAt }) => (
        <Group gap={4} justify="flex-end" wrap="nowrap">
          <Button size="compact-sm" variant="default" onClick={() => invite(id)}>
            New link
          </Button>
          <Button size="compact-sm" variant="subtle" onClick={() => disable(id, disabledAt === null)}>
            {disabledAt === null ? 'Disable' : 'Enable'}
          </Button>
        </Group>
      ),
    },
  ]
}

function UserForm({ spaces, onMade }: { spaces: readonly Space[]; onMade: (link: SignInLink) => void }) {
  const [name, setName] = useState('')
  const [administrator, setAdministrator] = useState(false)
  const [roles, setRoles] = useState<Readonly<Record<string, string>>>({})
  const create = useWrite(
    () =>
      createUser({
        name,
        administrator,
        memberships: Object.entries(roles).map(([space, role]) => ({ space, role })),
      }),
    { onSuccess: ({ link }) => onMade(link) },
  )
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        create.mutate(undefined)
      }}
    >
      <Stack>
        <TextInput
          label="Name"
          required
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          data-autofocus
        />
        <Switch
          label="Administrator"
          description="Everything, in every space, users and spaces included"
          checked={administrator}
          onChange={(event) => setAdministrator(event.currentTarget.checked)}
        />
        {!administrator &&
          spaces.map(({ id, name: spaceName }) => (
            <Group key={id} justify="space-between">
              <Checkbox
                label={`Space ${spaceName}`}
                checked={roles[id] !== undefined}
                onChange={() => {
                  const { [id]: known, ...others } = roles
                  setRoles(known === undefined ? { ...roles, [id]: 'viewer' } : others)
                }}
              />
              {roles[id] !== undefined && (
                <Select
                  aria-label={`Role in ${spaceName}`}
                  size="xs"
                  w={140}
                  data={['viewer', 'manager', 'admin']}
                  value={roles[id] ?? null}
                  onChange={(role) => setRoles({ ...roles, [id]: role ?? 'viewer' })}
                />
              )}
            </Group>
          ))}
        <Group justify="flex-end">
          <Button type="submit" loading={create.isPending} disabled={name.trim() === ''}>
            Make the user
          </Button>
        </Group>
      </Stack>
    </form>
  )
}

function LinkToGive({ link }: { link: SignInLink }) {
  return (
    <Alert variant="outline" color="ink" title="Give it to them yourself: it signs in once">
      <Group justify="space-between" wrap="nowrap">
        <code style={{ overflowWrap: 'anywhere' }}>{link.url}</code>
        <CopyButton value={link.url}>
          {({ copied, copy }) => (
            <Button size="compact-sm" variant="default" onClick={copy}>
              {copied ? 'Copied' : 'Copy'}
            </Button>
          )}
        </CopyButton>
      </Group>
      <Text size="xs" c="dimmed" mt={6}>
        It ends <Time at={link.expiresAt} />.
      </Text>
    </Alert>
  )
}
