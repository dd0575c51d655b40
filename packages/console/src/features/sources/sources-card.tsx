import { Alert, Button, Group, Modal, Select, Stack, Text, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { PlugZap, Plus } from 'lucide-react'
import { useState } from 'react'
import type { Source } from '../../api/answers.ts'
import { createKey, type MadeKey } from '../../api/keys.ts'
import { changeSource, sourcesQuery } from '../../api/sources.ts'
import { Chip } from '../../ui/chip.tsx'
import { DataTable, type Column } from '../../ui/data-table.tsx'
import { Card } from '../../ui/page.tsx'
import { useMay, useSpace } from '../../ui/session.ts'
import { EmptyState, QueryView } from '../../ui/states.tsx'
import { Time } from '../../ui/time.tsx'
import { useWrite } from '../../ui/use-write.ts'
import { NewKey } from './new-key.tsx'

/** The sources of the space, and how to connect one more. */
export function SourcesCard() {
  const space = useSpace()
  const mayAdmin = useMay('admin')
  const query = useQuery(sourcesQuery(space))
  const [isOpen, setIsOpen] = useState(false)
  const trust = useWrite(
    ({ source, to }: { readonly source: string; readonly to: 'trusted' | 'untrusted' }) =>
      changeSource(space, source, { trust: to }),
    { said: (_, { source, to }) => `${source} is ${to} now` },
  )
  const connect = mayAdmin && (
    <Button leftSection={<Plus size={15} aria-hidden />} onClick={() => setIsOpen(true)}>
      Connect a source
    </Button>
  )
  return (
    <Card title="Sources" lead="Each with how far it is believed." actions={connect} isFlush>
      <QueryView query={query}>
        {(sources) =>
          sources.length === 0 ? (
            <EmptyState icon={PlugZap} title="Nothing is connected yet" action={connect}>
              A source is a site, an app, a server or a table. Its key is what it sends its records with.
            </EmptyState>
          ) : (
            <DataTable
              label="Sources"
              columns={columnsOf(mayAdmin, (source, to) => trust.mutate({ source, to }))}
              rows={sources}
              keyOf={({ source }) => source}
              below={({ advice }) =>
                advice === null ? null : (
                  <Alert variant="outline" color="yellow">
                    {advice}
                  </Alert>
                )
              }
            />
          )
        }
      </QueryView>
      <Modal opened={isOpen} onClose={() => setIsOpen(false)} title="Connect a source" size="lg">
        <Connect close={() => setIsOpen(false)} />
      </Modal>
    </Card>
  )
}

function columnsOf(
  mayAdmin: boolean,
  trust: (source: string, to: 'trusted' | 'untrusted') => void,
): readonly Column<Source>[] {
  return [
    { header: 'Source', cell: ({ source }) => <Text fw={560}>{source}</Text> },
    {
      header: 'Where its key lives',
      cell: (source) => <Chip tone={source.class === 'public' ? 'violet' : 'gray'}>{classWords[source.class]}</Chip>,
    },
    {
      header: 'What it says is',
      cell: (source) => (
        <Group gap={6}>
          <Chip tone={source.trust === 'trusted' ? 'green' : 'amber'}>{source.trust}</Chip>
          {mayAdmin && source.class === 'server' && (
            <Button
              size="compact-xs"
              variant="subtle"
              onClick={() => trust(source.source, source.trust === 'trusted' ? 'untrusted' : 'trusted')}
            >
              change
            </Button>
          )}
        </Group>
      ),
    },
    { header: 'Last record', cell: ({ lastRecordAt }) => <Time at={lastRecordAt} /> },
    { header: 'Connected', cell: ({ createdAt }) => <Time at={createdAt} /> },
  ]
}

const classWords = { public: 'browser or app', server: 'your servers' } as const

function Connect({ close }: { close: () => void }) {
  const space = useSpace()
  const [source, setSource] = useState('')
  const [keyClass, setKeyClass] = useState<'public' | 'server'>('server')
  const [made, setMade] = useState<MadeKey | null>(null)
  const create = useWrite(() => createKey(space, { kind: 'write', source: source.trim(), class: keyClass }), {
    onSuccess: setMade,
  })
  if (made) return <NewKey made={made} close={close} />
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
          description="A short name of your own, such as web, app, crm or support"
          required
          value={source}
          onChange={(event) => setSource(event.currentTarget.value)}
          data-autofocus
        />
        <Select
          label="Where will its key live?"
          description="A key in a browser or an app can be read by anybody: it may tell which device an event belongs to, and not who the person is."
          data={[
            { value: 'server', label: 'On your servers' },
            { value: 'public', label: 'In a browser or an app' },
          ]}
          value={keyClass}
          onChange={(value) => setKeyClass(value === 'public' ? 'public' : 'server')}
        />
        <Group justify="flex-end">
          <Button variant="subtle" onClick={close}>
            Cancel
          </Button>
          <Button type="submit" loading={create.isPending} disabled={source.trim() === ''}>
            Make its key
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
