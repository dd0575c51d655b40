import { Group, Text } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { ScrollText } from 'lucide-react'
import type { Change } from '../../api/answers.ts'
import { historyQuery } from '../../api/profile-history.ts'
import { Chip, type Tone } from '../../ui/chip.tsx'
import { DataTable, LoadMore, type Column } from '../../ui/data-table.tsx'
import { itemsOf } from '../../ui/flat-pages.ts'
import { Card } from '../../ui/page.tsx'
import { useSpace } from '../../ui/session.ts'
import { EmptyState, QueryView } from '../../ui/states.tsx'
import { Time } from '../../ui/time.tsx'

/** What happened to a profile and to those that went into it. */
export function HistoryTab({ id }: { id: string }) {
  const query = useInfiniteQuery(historyQuery(useSpace(), id))
  return (
    <Card title="History" lead="What happened to this profile and to those that were merged into it." isFlush>
      <QueryView query={query}>
        {(data) => {
          const rows = itemsOf(data)
          if (rows.length === 0) return <EmptyState icon={ScrollText} title="Nothing happened yet" />
          return (
            <>
              <DataTable label="History" columns={columns} rows={rows} keyOf={({ seq }) => String(seq)} />
              <LoadMore {...query} />
            </>
          )
        }}
      </QueryView>
    </Card>
  )
}

const tones: Readonly<Record<Change['kind'], Tone>> = {
  created: 'green',
  updated: 'gray',
  merged: 'blue',
  split: 'amber',
  erased: 'red',
}

const columns: readonly Column<Change>[] = [
  { header: 'What', cell: ({ kind }) => <Chip tone={tones[kind]}>{kind}</Chip>, width: 90 },
  { header: 'When', cell: ({ at }) => <Time at={at} />, width: 130 },
  { header: 'Because of', cell: ({ cause }) => causeInWords(cause) },
  {
    header: 'With',
    cell: ({ others, kind }) =>
      others.length === 0 ? (
        '—'
      ) : (
        <Group gap={6}>
          <Text size="xs" c="dimmed" component="span">
            {kind === 'split' ? 'records went to' : 'took in'}
          </Text>
          {others.slice(0, 6).map((other) => (
            <Link key={other} to="/customers/$id" params={{ id: other }}>
              <code>{other.slice(0, 10)}…</code>
            </Link>
          ))}
          {others.length > 6 && <span>and {others.length - 6} more</span>}
        </Group>
      ),
  },
]

function causeInWords(cause: string): string {
  const [kind, of] = cause.split(':')
  if (kind === 'ingest') return 'new records'
  if (kind === 'ruleset') return `version ${of ?? ''} of the ruleset`
  if (kind === 'decision') return 'a decision'
  return cause
}
