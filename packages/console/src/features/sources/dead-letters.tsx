import { Button, Group, Text } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { MailCheck } from 'lucide-react'
import type { DeadLetter } from '../../api/answers.ts'
import { deadLettersQuery } from '../../api/dead-letters.ts'
import { replayLetter } from '../../api/replay-letter.ts'
import { Chip } from '../../ui/chip.tsx'
import { DataTable, LoadMore, type Column } from '../../ui/data-table.tsx'
import { itemsOf } from '../../ui/flat-pages.ts'
import { Card } from '../../ui/page.tsx'
import { useMay, useSpace } from '../../ui/session.ts'
import { EmptyState, QueryView } from '../../ui/states.tsx'
import { Time } from '../../ui/time.tsx'
import { useWrite } from '../../ui/use-write.ts'
import { ValueText } from '../../ui/value-text.tsx'

/** What could not be taken, as it came, with the reason. */
export function DeadLetters() {
  const space = useSpace()
  const mayChange = useMay('manager')
  const query = useInfiniteQuery(deadLettersQuery(space))
  const replay = useWrite((id: string) => replayLetter(space, id), {
    said: ({ outcome, code }) =>
      outcome === 'stored'
        ? 'Taken after all'
        : outcome === 'duplicate'
          ? 'It came again meanwhile'
          : `Refused again: ${code ?? ''}`,
  })
  return (
    <Card
      title="Dead letters"
      lead="Records that could not be taken, kept as they came. Mend the cause, then replay them."
      isFlush
    >
      <QueryView query={query}>
        {(data) => {
          const rows = itemsOf(data)
          if (rows.length === 0) return <EmptyState icon={MailCheck} title="Everything that came could be taken" />
          return (
            <>
              <DataTable
                label="Dead letters"
                columns={columnsOf(mayChange ? (id) => replay.mutate(id) : null)}
                rows={rows}
                keyOf={({ letterId }) => letterId}
              />
              <LoadMore {...query} />
            </>
          )
        }}
      </QueryView>
    </Card>
  )
}

function columnsOf(replay: ((id: string) => void) | null): readonly Column<DeadLetter>[] {
  return [
    { header: 'When', cell: ({ receivedAt }) => <Time at={receivedAt} />, width: 120 },
    { header: 'Source', cell: ({ source }) => <Chip>{source}</Chip> },
    {
      header: 'Why',
      cell: ({ reason, code }) => (
        <>
          {reason}
          <Text size="xs" c="dimmed">
            <code>{code}</code>
          </Text>
        </>
      ),
    },
    {
      header: 'As it came',
      cell: ({ payload }) => (
        <code>
          <ValueText text={payload} longest={120} />
        </code>
      ),
    },
    {
      header: 'Replay',
      isBare: true,
      width: 110,
      cell: ({ letterId, replayedAt }) =>
        replayedAt !== null ? (
          <Group gap={6}>
            <Chip tone="green">taken</Chip>
          </Group>
        ) : (
          replay && (
            <Button size="compact-sm" variant="default" onClick={() => replay(letterId)}>
              Replay
            </Button>
          )
        ),
    },
  ]
}
