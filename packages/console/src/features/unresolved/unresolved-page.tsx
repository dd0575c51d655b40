import { Button, Group, Text } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { CircleCheck } from 'lucide-react'
import type { Unresolved } from '../../api/answers.ts'
import { unresolvedQuery } from '../../api/unresolved.ts'
import { Chip } from '../../ui/chip.tsx'
import { DataTable, LoadMore, type Column } from '../../ui/data-table.tsx'
import { itemsOf } from '../../ui/flat-pages.ts'
import { Card, Page } from '../../ui/page.tsx'
import { ProfileLink } from '../../ui/profile-name.tsx'
import { useSpace } from '../../ui/session.ts'
import { EmptyState, QueryView } from '../../ui/states.tsx'
import { ValueText } from '../../ui/value-text.tsx'

/** Records that a guard keeps apart from something they are strongly linked to. */
export function UnresolvedPage() {
  const query = useInfiniteQuery(unresolvedQuery(useSpace()))
  return (
    <Page
      title="Unresolved records"
      lead="A limit keeps these apart from somebody they are strongly linked to. They are kept and found as profiles of their own."
      actions={
        <Button variant="default" renderRoot={(props) => <Link to="/customers/identity-resolution" {...props} />}>
          Tighten a rule or a limit
        </Button>
      }
    >
      <Card isFlush>
        <QueryView query={query}>
          {(data) => {
            const rows = itemsOf(data)
            if (rows.length === 0) {
              return (
                <EmptyState icon={CircleCheck} title="Nothing is kept apart">
                  No limit of the ruleset refuses anything that is stored.
                </EmptyState>
              )
            }
            return (
              <>
                <DataTable
                  label="Unresolved records"
                  columns={columns}
                  rows={rows}
                  keyOf={({ source, key }) => `${source} ${key}`}
                />
                <LoadMore {...query} />
              </>
            )
          }}
        </QueryView>
      </Card>
      <Text size="sm" c="dimmed">
        Three things help: block a value that is nobody’s under <Link to="/customers/shared-values">Shared values</Link>
        , make the rule ask for more, or mend the source that sends it.
      </Text>
    </Page>
  )
}

const columns: readonly Column<Unresolved>[] = [
  {
    header: 'Record',
    cell: ({ source, key }) => (
      <Group gap={6} wrap="nowrap">
        <Chip>{source}</Chip>
        <ValueText text={key} longest={40} />
      </Group>
    ),
  },
  {
    header: 'Profile',
    cell: ({ profileId }) => <ProfileLink id={profileId} name={profileId.slice(0, 12)} />,
    width: 140,
  },
  {
    header: 'Reason',
    cell: ({ unresolvedReason }) => <Chip tone="red">{unresolvedReason.replaceAll('_', ' ')}</Chip>,
    width: 160,
  },
  { header: 'In full', cell: ({ conflictReasons }) => conflictReasons },
]
