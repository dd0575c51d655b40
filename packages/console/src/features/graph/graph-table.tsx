import { Group } from '@mantine/core'
import type { GraphAnswer, HeldLink } from '../../api/answers.ts'
import { Chip, TrustChip } from '../../ui/chip.tsx'
import { DataTable } from '../../ui/data-table.tsx'
import { typeInWords } from '../../ui/identifier-words.ts'
import { Time } from '../../ui/time.tsx'
import { ValueText } from '../../ui/value-text.tsx'

/** What the picture shows, for reading line by line. */
export function GraphTable({ answer, held }: { answer: GraphAnswer; held: readonly HeldLink[] }) {
  return (
    <>
      <DataTable
        label="Identifiers and what they joined"
        rows={answer.identifiers}
        keyOf={({ id }) => id}
        columns={[
          {
            header: 'Identifier',
            cell: ({ type, value }) => (
              <Group gap={6} wrap="nowrap">
                <Chip tone="blue">{typeInWords(type)}</Chip>
                <ValueText text={value} longest={60} />
              </Group>
            ),
          },
          { header: 'Trust', cell: ({ verified }) => <TrustChip verified={verified} /> },
          {
            header: 'Channels',
            cell: ({ sources }) => (
              <Group gap={4}>
                {sources.map(({ source }) => (
                  <Chip key={source}>{source}</Chip>
                ))}
              </Group>
            ),
          },
          {
            header: 'Joined by',
            cell: ({ type, value }) => {
              const rules = answer.links.filter((link) => link.type === type && link.value === value)
              return [...new Set(rules.map(({ rule }) => rule))].join(', ') || '—'
            },
          },
          { header: 'First seen', cell: ({ firstSeen }) => <Time at={firstSeen} /> },
          { header: 'Last seen', cell: ({ lastSeen }) => <Time at={lastSeen} /> },
        ]}
      />
      {held.length > 0 && (
        <DataTable
          label="Held apart"
          rows={held}
          keyOf={({ profileId, refusedBy, type, value }) => `${profileId} ${refusedBy} ${type} ${value}`}
          columns={[
            {
              header: 'Held apart through',
              cell: ({ type, value }) => <ValueText text={`${typeInWords(type)} ${value}`} />,
            },
            { header: 'Rule', cell: ({ rule }) => rule },
            { header: 'Because', cell: ({ reasons, guard }) => reasons.join('; ') || guard },
          ]}
        />
      )}
    </>
  )
}
