import { Button, Group, Modal, Select, Stack, Text, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { KeyRound, Plus } from 'lucide-react'
import { useState } from 'react'
import type { Key } from '../../api/answers.ts'
import { createKey, endKey, keysQuery, rotateKey, type MadeKey } from '../../api/keys.ts'
import { sourcesQuery } from '../../api/sources.ts'
import { Chip } from '../../ui/chip.tsx'
import { DataTable, type Column } from '../../ui/data-table.tsx'
import { Card } from '../../ui/page.tsx'
import { useSpace } from '../../ui/session.ts'
import { EmptyState, QueryView } from '../../ui/states.tsx'
import { Time } from '../../ui/time.tsx'
import { useWrite } from '../../ui/use-write.ts'
import { NewKey } from './new-key.tsx'

/** Write keys of sources, and API keys that look or decide. */
export function KeysCard() {
  const space = useSpace()
  const query = useQuery(keysQuery(space))
  const [isNew, setIsNew] = useState(false)
  const [made, setMade] = useState<MadeKey | null>(null)
  const [ending, setEnding] = useState<Key | null>(null)
  const rotate = useWrite((id: string) => rotateKey(space, id), { onSuccess: setMade })
  const end = useWrite((id: string) => endKey(space, id), {
    said: () => 'The key opens nothing any more',
    onSuccess: () => setEnding(null),
  })
  const close = () => {
    setIsNew(false)
    setMade(null)
  }
  return (
    <Card
      title="Keys"
      lead="A write key brings the records of one source. An API key looks at this space, or decides in it, by its role."
      isFlush
      actions={
        <Button leftSection={<Plus size={15} aria-hidden />} onClick={() => setIsNew(true)}>
          New key
        </Button>
      }
    >
      <QueryView query={query}>
        {(keys) =>
          keys.length === 0 ? (
            <EmptyState icon={KeyRound} title="There is no key yet" />
          ) : (
            <DataTable
              label="Keys"
              columns={columnsOf((id) => rotate.mutate(id), setEnding)}
              rows={keys}
              keyOf={({ id }) => id}
            />
          )
        }
      </QueryView>
      <Modal opened={isNew || made !== null} onClose={close} title={made ? 'The new key' : 'New key'} size="lg">
        {made ? <NewKey made={made} close={close} /> : <KeyForm onMade={setMade} close={close} />}
      </Modal>
      <Modal opened={ending !== null} onClose={() => setEnding(null)} title="End this key?">
        <Text size="sm">Within a second no server takes it any more. What it brought stays.</Text>
        <Group justify="flex-end" mt="md">
          <Button variant="subtle" onClick={() => setEnding(null)}>
            Cancel
          </Button>
          <Button color="red" loading={end.isPending} onClick={() => ending && end.mutate(ending.id)}>
            End the key
          </Button>
        </Group>
      </Modal>
    </Card>
  )
}

function columnsOf(rotate: (id: string) => void, end: (key: Key) => void): readonly Column<Key>[] {
  return [
    {
      header: 'Key',
      cell: ({ last4, label }) => (
        <>
          <code>…{last4}</code>{' '}
          {label !== null && (
            <Text span size="xs" c="dimmed">
              {label}
            </Text>
          )}
        </>
      ),
    },
    {
      header: 'What it may',
      cell: (key) =>
        key.kind === 'write' ? (
          <Group gap={6}>
            <Chip>{key.source}</Chip>
            <Text size="sm">writes, {key.class === 'public' ? 'from browsers and apps' : 'from your servers'}</Text>
          </Group>
        ) : (
          <Chip tone="blue">{key.role}</Chip>
        ),
    },
    {
      header: 'State',
      cell: ({ revokedAt, expiresAt, replacedBy }) =>
        revokedAt !== null ? (
          <Chip tone="red">ended</Chip>
        ) : replacedBy !== null ? (
          <Chip tone="amber">being replaced</Chip>
        ) : expiresAt !== null && Date.parse(expiresAt) < Date.now() ? (
          <Chip tone="red">expired</Chip>
        ) : (
          <Chip tone="green">in use</Chip>
        ),
    },
    { header: 'Last used', cell: ({ lastUsedAt }) => <Time at={lastUsedAt} /> },
    { header: 'Made', cell: ({ createdAt }) => <Time at={createdAt} /> },
    {
      header: 'Change',
      isBare: true,
      cell: (key) =>
        key.revokedAt === null && (
          <Group gap={4} justify="flex-end" wrap="nowrap">
            {key.replacedBy === null && (
              <Button size="compact-sm" variant="default" onClick={() => rotate(key.id)}>
                Rotate
              </Button>
            )}
            <Button size="compact-sm" variant="subtle" color="red" onClick={() => end(key)}>
              End
            </Button>
          </Group>
        ),
    },
  ]
}

function KeyForm({ onMade, close }: { onMade: (made: MadeKey) => void; close: () => void }) {
  const space = useSpace()
  const sources = useQuery(sourcesQuery(space))
  const [kind, setKind] = useState<'write' | 'api'>('write')
  const [source, setSource] = useState<string | null>(null)
  const [role, setRole] = useState('viewer')
  const [label, setLabel] = useState('')
  const known = sources.data?.find((one) => one.source === source)
  const create = useWrite(
    () =>
      createKey(space, {
        ...(kind === 'write' ? { kind, source, class: known?.class ?? 'server' } : { kind, role }),
        ...(label !== '' && { label }),
      }),
    { onSuccess: onMade },
  )
  return (
    <Stack>
      <Select
        label="Kind"
        data={[
          { value: 'write', label: 'Write key: brings records of a source' },
          { value: 'api', label: 'API key: looks, or decides' },
        ]}
        value={kind}
        onChange={(value) => setKind(value === 'api' ? 'api' : 'write')}
      />
      {kind === 'write' ? (
        <Select
          label="Source"
          data={(sources.data ?? []).map((one) => one.source)}
          value={source}
          onChange={setSource}
          placeholder="Choose one"
        />
      ) : (
        <Select
          label="Role"
          data={[
            { value: 'viewer', label: 'viewer: looks' },
            { value: 'manager', label: 'manager: decides and changes rules' },
            { value: 'admin', label: 'admin: manages sources and keys' },
          ]}
          value={role}
          onChange={(value) => setRole(value ?? 'viewer')}
        />
      )}
      <TextInput
        label="Label"
        description="For your own memory"
        value={label}
        onChange={(event) => setLabel(event.currentTarget.value)}
      />
      <Group justify="flex-end">
        <Button variant="subtle" onClick={close}>
          Cancel
        </Button>
        <Button
          loading={create.isPending}
          disabled={kind === 'write' && source === null}
          onClick={() => create.mutate(undefined)}
        >
          Make the key
        </Button>
      </Group>
    </Stack>
  )
}
