import { Group, Stack, Text } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { Link as RouterLink } from '@tanstack/react-router'
import { Link2 } from 'lucide-react'
import type { HeldLink, Link } from '../../api/answers.ts'
import { heldLinksQuery } from '../../api/profile-held-links.ts'
import { linksQuery } from '../../api/profile-links.ts'
import { Chip } from '../../ui/chip.tsx'
import { DataTable, LoadMore, type Column } from '../../ui/data-table.tsx'
import { itemsOf } from '../../ui/flat-pages.ts'
import { typeInWords } from '../../ui/identifier-words.ts'
import { Card } from '../../ui/page.tsx'
import { useSpace } from '../../ui/session.ts'
import { EmptyState, QueryView } from '../../ui/states.tsx'
import { ValueText } from '../../ui/value-text.tsx'

/** What joined the records of a profile, and what a guard keeps apart from it. */
export function LinksTab({ id }: { id: string }) {
  const space = useSpace()
  const links = useInfiniteQuery(linksQuery(space, id))
  const held = useInfiniteQuery(heldLinksQuery(space, id))
  return (
    <Stack gap="md">
      <Card
        title="What joined these records"
        lead="Each line is one reason, and all of them together make the profile."
        isFlush
      >
        <QueryView query={links}>
          {(data) => {
            const rows = itemsOf(data)
            if (rows.length === 0) {
              return (
                <EmptyState icon={Link2} title="Nothing had to be joined">
                  All records of this profile say the same of who it is.
                </EmptyState>
              )
            }
            return (
              <>
                <DataTable
                  label="Links"
                  columns={linkColumns}
                  rows={rows}
                  keyOf={(row, place) => `${row.left.source} ${row.left.key} ${row.right.key} ${place}`}
                />
                <LoadMore {...links} />
              </>
            )
          }}
        </QueryView>
      </Card>
      <Card title="Held apart" lead="Strong links that a guard refused, with its reasons." isFlush>
        <QueryView query={held}>
          {(data) => {
            const rows = itemsOf(data)
            if (rows.length === 0) {
              return (
                <Text size="sm" c="dimmed" p="md" pt={0}>
                  No limit keeps anything apart from this profile.
                </Text>
              )
            }
            return (
              <DataTable
                label="Held links"
                columns={heldColumns(id)}
                rows={rows}
                keyOf={(row, place) => `${row.profileId} ${row.refusedBy} ${place}`}
              />
            )
          }}
        </QueryView>
      </Card>
    </Stack>
  )
}

const linkColumns: readonly Column<Link>[] = [
  {
    header: 'Because of',
    cell: ({ rule, decision }) => (
      <Group gap={6}>
        <span>{rule}</span>
        {decision !== null && <Chip tone="violet">decided by a person</Chip>}
      </Group>
    ),
  },
  {
    header: 'Value',
    cell: ({ type, value }) => (
      <Group gap={6} wrap="nowrap">
        <Chip tone="blue">{typeInWords(type)}</Chip>
        <ValueText text={value} longest={50} />
      </Group>
    ),
  },
  {
    header: 'Records',
    cell: ({ left, right }) => (
      <Text size="sm" component="div">
        <Chip>{left.source}</Chip> <ValueText text={left.key} longest={24} /> and <Chip>{right.source}</Chip>{' '}
        <ValueText text={right.key} longest={24} />
      </Text>
    ),
  },
  { header: 'Ruleset', cell: ({ rulesetVersion }) => `version ${rulesetVersion}`, width: 90 },
]

const heldColumns = (id: string): readonly Column<HeldLink>[] => [
  {
    header: 'Other profile',
    cell: ({ profileId, refusedBy }) => {
      const other = profileId === id ? refusedBy : profileId
      return (
        <RouterLink to="/customers/$id" params={{ id: other }}>
          {other.slice(0, 10)}…
        </RouterLink>
      )
    },
    width: 130,
  },
  { header: 'Rule', cell: ({ rule }) => rule },
  {
    header: 'Value',
    cell: ({ type, value }) => (
      <Group gap={6} wrap="nowrap">
        <Chip tone="blue">{typeInWords(type)}</Chip>
        <ValueText text={value} longest={50} />
      </Group>
    ),
  },
  {
    header: 'Held because',
    cell: ({ reasons, guard }) => (reasons.length === 0 ? guard.replaceAll('_', ' ') : reasons.join('; ')),
  },
]
