import { Group, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { KeyRound } from 'lucide-react'
import type { Identifier } from '../../api/answers.ts'
import { identifiersQuery } from '../../api/identifiers.ts'
import { Chip, TrustChip } from '../../ui/chip.tsx'
import { DataTable, type Column } from '../../ui/data-table.tsx'
import { typeInWords } from '../../ui/identifier-words.ts'
import { Card } from '../../ui/page.tsx'
import { useSpace } from '../../ui/session.ts'
import { EmptyState, QueryView } from '../../ui/states.tsx'
import { Time } from '../../ui/time.tsx'
import { ValueText } from '../../ui/value-text.tsx'

/** Everything that tells who this is: values, their state, their times and channels. */
export function IdentifiersTable({ id }: { id: string }) {
  const query = useQuery(identifiersQuery(useSpace(), id))
  return (
    <Card title="Identifiers" lead="Everything that tells who this is, with the channels that brought it." isFlush>
      <QueryView query={query}>
        {({ items, complete }) =>
          items.length === 0 ? (
            <EmptyState icon={KeyRound} title="No identifier is known" />
          ) : (
            <>
              <DataTable
                label="Identifiers"
                columns={columns}
                rows={items}
                keyOf={({ type, value }) => `${type} ${value}`}
              />
              {!complete && (
                <Text size="xs" c="dimmed" p="sm">
                  This profile has more records than are looked at for this list.
                </Text>
              )}
            </>
          )
        }
      </QueryView>
    </Card>
  )
}

const columns: readonly Column<Identifier>[] = [
  {
    header: 'Identifier',
    cell: ({ type, value, state }) => (
      <>
        <Group gap={6}>
          <Chip tone="blue">{typeInWords(type)}</Chip>
          {state !== 'active' && (
            <Chip
              tone="red"
              title={
                state === 'demoted'
                  ? 'Over the limit of its identifier: kept and shown, and links no more'
                  : 'Carried by so many different people that it links nobody'
              }
            >
              {state}
            </Chip>
          )}
        </Group>
        <ValueText text={value} longest={60} />
      </>
    ),
  },
  { header: 'Trust', cell: ({ verified }) => <TrustChip verified={verified} />, width: 90 },
  {
    header: 'Channels',
    cell: ({ sources }) => (
      <Group gap={4}>
        {sources.map(({ source, recordCount }) => (
          <Chip key={source} title={`${recordCount} records`}>
            {source}
          </Chip>
        ))}
      </Group>
    ),
  },
  { header: 'First seen', cell: ({ firstSeen }) => <Time at={firstSeen} />, width: 110 },
  { header: 'Last seen', cell: ({ lastSeen }) => <Time at={lastSeen} />, width: 110 },
]
