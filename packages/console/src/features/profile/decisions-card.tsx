import { Button, Group, Modal, Stack, Text } from '@mantine/core'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Gavel } from 'lucide-react'
import { useState } from 'react'
import type { Decision } from '../../api/answers.ts'
import { revertDecision } from '../../api/decide.ts'
import { decisionsQuery } from '../../api/decisions.ts'
import { Chip } from '../../ui/chip.tsx'
import { DataTable, LoadMore, type Column } from '../../ui/data-table.tsx'
import { itemsOf } from '../../ui/flat-pages.ts'
import { countOf } from '../../ui/numbers.ts'
import { Card } from '../../ui/page.tsx'
import { useMay, useSpace } from '../../ui/session.ts'
import { EmptyState, QueryView } from '../../ui/states.tsx'
import { Time } from '../../ui/time.tsx'
import { useWrite } from '../../ui/use-write.ts'

/** What people decided about the records of a profile, each to be taken back. */
export function DecisionsCard({ id }: { id: string }) {
  const query = useInfiniteQuery(decisionsQuery(useSpace(), { profileId: id }))
  const mayDecide = useMay('manager')
  const [leaving, setLeaving] = useState<Decision | null>(null)
  return (
    <Card title="Decisions" lead="What people decided about these records. Each can be taken back exactly." isFlush>
      <QueryView query={query} rows={2}>
        {(data) => {
          const rows = itemsOf(data)
          if (rows.length === 0) return <EmptyState icon={Gavel} title="Nobody has decided anything here" />
          return (
            <>
              <DataTable
                label="Decisions"
                rows={rows}
                keyOf={({ decisionId }) => decisionId}
                columns={columnsOf(mayDecide ? setLeaving : null)}
              />
              <LoadMore {...query} />
            </>
          )
        }}
      </QueryView>
      <Modal opened={leaving !== null} onClose={() => setLeaving(null)} title="Take this decision back?" size="lg">
        {leaving && <TakeBack decision={leaving} close={() => setLeaving(null)} />}
      </Modal>
    </Card>
  )
}

const kindWords: Readonly<Record<Decision['kind'], string>> = {
  merge: 'merged by hand',
  confirm: 'confirmed as one person',
  dismiss: 'kept apart',
  split: 'split',
  pin: 'value chosen',
  primary: 'primary side chosen',
}

function columnsOf(takeBack: ((decision: Decision) => void) | null): readonly Column<Decision>[] {
  return [
    {
      header: 'Decision',
      cell: ({ kind, reverted }) => (
        <Group gap={6}>
          <Chip tone="violet">{kindWords[kind]}</Chip>
          {reverted !== null && <Chip tone="gray">taken back</Chip>}
        </Group>
      ),
    },
    { header: 'When', cell: ({ at }) => <Time at={at} /> },
    { header: 'By', cell: ({ actor }) => <code>{actor}</code> },
    { header: 'Reason', cell: ({ reason }) => reason ?? '—' },
    {
      header: 'Undo',
      isBare: true,
      cell: (decision) =>
        takeBack !== null &&
        decision.reverted === null && (
          <Button size="compact-sm" variant="default" onClick={() => takeBack(decision)}>
            Undo
          </Button>
        ),
    },
  ]
}

/** What taking it back would do, tried without storing anything. */
function TakeBack({ decision, close }: { decision: Decision; close: () => void }) {
  const space = useSpace()
  const id = decision.decisionId
  const preview = useQuery({
    queryKey: [space, 'revert-preview', id],
    queryFn: () => revertDecision(space, { id, preview: true, anyway: true }),
  })
  const revert = useWrite((anyway: boolean) => revertDecision(space, { id, anyway }), {
    said: () => 'Taken back',
    onSuccess: close,
  })
  return (
    <QueryView query={preview} rows={2}>
      {(tried) => (
        <Stack gap="sm">
          <Text size="sm">
            {countOf(tried.before.length, 'profile')} would be {countOf(tried.after.length, 'profile')}.
            {tried.since.length > 0 &&
              ` ${countOf(tried.since.length, 'record')} came since; each goes where its identifiers lead.`}
            {tried.later.length > 0 &&
              ` ${countOf(tried.later.length, 'later decision')} ${tried.later.length === 1 ? 'names' : 'name'} the same records and would stand.`}
          </Text>
          <Group justify="flex-end">
            <Button variant="subtle" onClick={close}>
              Cancel
            </Button>
            <Button loading={revert.isPending} onClick={() => revert.mutate(tried.later.length > 0)}>
              Take it back
            </Button>
          </Group>
        </Stack>
      )}
    </QueryView>
  )
}
