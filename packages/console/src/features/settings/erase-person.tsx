import { Alert, Button, Group, Stack, Text, TextInput } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { Found } from '../../api/answers.ts'
import { erasePerson, erasuresQuery, exportPerson } from '../../api/erasures.ts'
import { searchProfilesQuery } from '../../api/search-profiles.ts'
import { DataTable } from '../../ui/data-table.tsx'
import { itemsOf } from '../../ui/flat-pages.ts'
import { countOf, numberText } from '../../ui/numbers.ts'
import { Card } from '../../ui/page.tsx'
import { ProfileLink, ProfileName } from '../../ui/profile-name.tsx'
import { useMay, useSpace } from '../../ui/session.ts'
import { QueryView } from '../../ui/states.tsx'
import { Time } from '../../ui/time.tsx'
import { useWrite } from '../../ui/use-write.ts'

type Person = Found['profile']

/** Giving a person everything that is held of them, or erasing it for good. */
export function ErasePerson() {
  const space = useSpace()
  const mayErase = useMay('admin')
  const [text, setText] = useState('')
  const [asked] = useDebouncedValue(text.trim(), 250)
  const [leaving, setLeaving] = useState<Person | null>(null)
  const query = useInfiniteQuery({ ...searchProfilesQuery(space, asked), enabled: asked !== '' })
  const download = useWrite(async (id: string) => {
    const blob = new Blob([JSON.stringify(await exportPerson(space, id), null, 2)], { type: 'application/json' })
    const link = document.createElement('a')
    link.href = URL.createObjectURL(blob)
    link.download = `${id}.json`
    link.click()
    URL.revokeObjectURL(link.href)
  })
  return (
    <Card
      title="A person’s own data"
      lead="Give somebody everything that is held of them, or erase it for good."
      isFlush
    >
      <Group px="md" pb="sm">
        <TextInput
          type="search"
          aria-label="Find the person"
          placeholder="An e-mail or phone in any spelling, an id, a name"
          w={420}
          maw="100%"
          autoComplete="off"
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
        />
      </Group>
      {leaving && <Erase person={leaving} close={() => setLeaving(null)} />}
      {asked !== '' && !leaving && (
        <QueryView query={query}>
          {(data) => (
            <DataTable
              label="People found"
              rows={itemsOf(data).slice(0, 10)}
              keyOf={({ profile }, place) => `${profile.profileId} ${place}`}
              columns={[
                {
                  header: 'Customer',
                  cell: ({ profile }) => <ProfileLink id={profile.profileId} name={profile.name} />,
                },
                { header: 'Records', cell: ({ profile }) => numberText(profile.recordCount), align: 'end' },
                {
                  header: 'Do',
                  isBare: true,
                  cell: ({ profile }) => (
                    <Group gap={4} justify="flex-end" wrap="nowrap">
                      <Button size="compact-sm" variant="default" onClick={() => download.mutate(profile.profileId)}>
                        Download
                      </Button>
                      {mayErase && (
                        <Button size="compact-sm" variant="subtle" color="red" onClick={() => setLeaving(profile)}>
                          Erase
                        </Button>
                      )}
                    </Group>
                  ),
                },
              ]}
            />
          )}
        </QueryView>
      )}
      <Erasures />
    </Card>
  )
}

function Erase({ person, close }: { person: Person; close: () => void }) {
  const space = useSpace()
  const { profileId, name } = person
  const preview = useQuery({
    queryKey: [space, 'erase-preview', profileId],
    queryFn: () => erasePerson(space, { profileId, preview: true }),
  })
  const erase = useWrite(() => erasePerson(space, { profileId, preview: false }), {
    said: ({ recordCount }) => `${countOf(recordCount, 'record')} erased`,
    onSuccess: close,
  })
  return (
    <Alert variant="outline" color="red" m="md" title="This cannot be undone">
      <Stack gap="sm">
        <QueryView query={preview} rows={2}>
          {(report) => (
            <Text size="sm">
              <ProfileName id={profileId} name={name} />: {countOf(report.recordCount, 'record')},{' '}
              {countOf(report.profileIds.length, 'profile id')} and {countOf(report.deadLetters, 'dead letter')} would
              be erased, and {countOf(report.suppressedValues, 'identifier value')} kept out from then on.
            </Text>
          )}
        </QueryView>
        <Group>
          <Button variant="default" onClick={close}>
            Cancel
          </Button>
          <Button color="red" loading={erase.isPending} onClick={() => erase.mutate(undefined)}>
            Erase this person
          </Button>
        </Group>
      </Stack>
    </Alert>
  )
}

function Erasures() {
  const query = useInfiniteQuery(erasuresQuery(useSpace()))
  if (!query.data) return null
  const rows = itemsOf(query.data)
  if (rows.length === 0) return null
  return (
    <DataTable
      label="Erasures"
      rows={rows}
      keyOf={({ erasureId }) => erasureId}
      columns={[
        { header: 'Erased', cell: ({ at }) => <Time at={at} /> },
        { header: 'By', cell: ({ actor }) => <code>{actor}</code> },
        { header: 'Records', cell: ({ recordCount }) => numberText(recordCount), align: 'end' },
        { header: 'Profile ids', cell: ({ profileIds }) => numberText(profileIds.length), align: 'end' },
      ]}
    />
  )
}
