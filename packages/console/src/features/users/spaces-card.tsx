import { Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { Space } from '../../api/answers.ts'
import { createSpace, deleteSpace, spacesQuery } from '../../api/spaces.ts'
import { DataTable } from '../../ui/data-table.tsx'
import { Card } from '../../ui/page.tsx'
import { QueryView } from '../../ui/states.tsx'
import { Time } from '../../ui/time.tsx'
import { useWrite } from '../../ui/use-write.ts'

/** The spaces of the workspace: nothing of one reaches another. */
export function SpacesCard() {
  const query = useQuery(spacesQuery)
  const [name, setName] = useState('')
  const [leaving, setLeaving] = useState<Space | null>(null)
  const [said, setSaid] = useState('')
  const create = useWrite(() => createSpace(name.trim()), {
    said: () => 'The space is there',
    onSuccess: () => setName(''),
  })
  const remove = useWrite((space: Space) => deleteSpace(space.id, said), {
    said: (_, { name: gone }) => `The space ${gone} is gone`,
    onSuccess: () => setLeaving(null),
  })
  return (
    <Card
      title="Spaces"
      lead="Profiles, rules, keys and users’ roles of their own. Nothing of one reaches another."
      isFlush
    >
      <QueryView query={query}>
        {(spaces) => (
          <DataTable
            label="Spaces"
            rows={spaces}
            keyOf={({ id }) => id}
            columns={[
              { header: 'Space', cell: (space) => <Text fw={560}>{space.name}</Text> },
              { header: 'Ruleset', cell: ({ rulesetVersion }) => `version ${rulesetVersion}` },
              { header: 'Since', cell: ({ createdAt }) => <Time at={createdAt} /> },
              {
                header: 'Change',
                isBare: true,
                cell: (space) => (
                  <Group justify="flex-end">
                    <Button
                      size="compact-sm"
                      variant="subtle"
                      color="red"
                      onClick={() => {
                        setSaid('')
                        setLeaving(space)
                      }}
                    >
                      Delete
                    </Button>
                  </Group>
                ),
              },
            ]}
          />
        )}
      </QueryView>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          create.mutate(undefined)
        }}
      >
        <Group p="md" align="flex-end">
          <TextInput
            label="New space"
            placeholder="staging"
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <Button type="submit" variant="default" loading={create.isPending} disabled={name.trim() === ''}>
            Make it
          </Button>
        </Group>
      </form>
      <Modal
        opened={leaving !== null}
        onClose={() => setLeaving(null)}
        title={`Delete the space ${leaving?.name ?? ''}?`}
      >
        <Stack>
          <Text size="sm">Its profiles, records, rules and keys are gone for good.</Text>
          <TextInput
            label={`Say its name again: ${leaving?.name ?? ''}`}
            value={said}
            onChange={(event) => setSaid(event.currentTarget.value)}
          />
          <Group justify="flex-end">
            <Button
              color="red"
              loading={remove.isPending}
              disabled={said !== leaving?.name}
              onClick={() => leaving && remove.mutate(leaving)}
            >
              Delete it
            </Button>
          </Group>
        </Stack>
      </Modal>
    </Card>
  )
}
