import { Button, Group, List, Modal, Stack, Text } from '@mantine/core'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { RulesetVersion } from '../../api/answers.ts'
import { diffRulesetsQuery } from '../../api/diff-rulesets.ts'
import { rollBack } from '../../api/publish-ruleset.ts'
import { rulesetsQuery } from '../../api/rulesets.ts'
import { Chip } from '../../ui/chip.tsx'
import { DataTable, LoadMore, type Column } from '../../ui/data-table.tsx'
import { itemsOf } from '../../ui/flat-pages.ts'
import { Card } from '../../ui/page.tsx'
import { useUndo } from '../../ui/publish-change.tsx'
import { useMay, useSpace } from '../../ui/session.ts'
import { QueryView } from '../../ui/states.tsx'
import { Time } from '../../ui/time.tsx'
import { useWrite } from '../../ui/use-write.ts'

/** Every version that was published, with what going back to it would change. */
export function Versions() {
  const query = useInfiniteQuery(rulesetsQuery(useSpace()))
  const [chosen, setChosen] = useState<RulesetVersion | null>(null)
  const mayChange = useMay('manager')
  return (
    <Card title="Versions" isFlush>
      <QueryView query={query}>
        {(data) => {
          const rows = itemsOf(data)
          const now = rows.find(({ published }) => published)?.version ?? 0
          return (
            <>
              <DataTable
                label="Versions of the ruleset"
                columns={columnsOf(mayChange, setChosen)}
                rows={rows}
                keyOf={({ version }) => String(version)}
              />
              <LoadMore {...query} />
              <Modal
                opened={chosen !== null}
                onClose={() => setChosen(null)}
                title={chosen && `Back to version ${chosen.version}`}
                size="lg"
              >
                {chosen && <Back version={chosen.version} now={now} close={() => setChosen(null)} />}
              </Modal>
            </>
          )
        }}
      </QueryView>
    </Card>
  )
}

function columnsOf(mayChange: boolean, choose: (version: RulesetVersion) => void): readonly Column<RulesetVersion>[] {
  return [
    {
      header: 'Version',
      width: 130,
      cell: ({ version, published }) => (
        <Group gap={6}>
          {version} {published && <Chip tone="green">published</Chip>}
        </Group>
      ),
    },
    { header: 'When', cell: ({ createdAt }) => <Time at={createdAt} />, width: 130 },
    { header: 'Note', cell: ({ note }) => note ?? '—' },
    { header: 'By', cell: ({ actor }) => <code>{actor}</code> },
    {
      header: 'Compare',
      isBare: true,
      width: 160,
      cell: (version) =>
        version.published ? null : (
          <Button size="compact-sm" variant="default" onClick={() => choose(version)}>
            {mayChange ? 'Compare, go back' : 'Compare'}
          </Button>
        ),
    },
  ]
}

function Back({ version, now, close }: { version: number; now: number; close: () => void }) {
  const space = useSpace()
  const mayChange = useMay('manager')
  const undo = useUndo()
  const diff = useQuery(diffRulesetsQuery(space, 'published', version))
  const back = useWrite(() => rollBack(space, version), {
    onSuccess: (answer) => {
      close()
      undo(answer.version, now)
    },
  })
  return (
    <Stack>
      <QueryView query={diff} rows={3}>
        {({ changes }) =>
          changes.length === 0 ? (
            <Text size="sm">It decides nothing otherwise than what is published.</Text>
          ) : (
            <List size="sm" spacing={4}>
              {changes.map((sentence) => (
                <List.Item key={sentence}>{sentence}</List.Item>
              ))}
            </List>
          )
        }
      </QueryView>
      <Group justify="flex-end">
        <Button variant="subtle" onClick={close}>
          Close
        </Button>
        {mayChange && (
          <Button loading={back.isPending} onClick={() => back.mutate(undefined)}>
            Publish version {version} again
          </Button>
        )}
      </Group>
    </Stack>
  )
}
