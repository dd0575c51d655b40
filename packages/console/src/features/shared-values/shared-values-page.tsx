import { Button, Group, Text } from '@mantine/core'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { CircleCheck } from 'lucide-react'
import { blockValue } from '../../api/block-value.ts'
import { rejectedValuesQuery } from '../../api/rejected-values.ts'
import { rulesetQuery } from '../../api/ruleset.ts'
import { sharedValuesQuery } from '../../api/shared-values.ts'
import { Chip } from '../../ui/chip.tsx'
import { DataTable, LoadMore } from '../../ui/data-table.tsx'
import { itemsOf } from '../../ui/flat-pages.ts'
import { typeInWords } from '../../ui/identifier-words.ts'
import { numberText } from '../../ui/numbers.ts'
import { Card, Page } from '../../ui/page.tsx'
import { useUndo } from '../../ui/publish-change.tsx'
import { useMay, useSpace } from '../../ui/session.ts'
import { EmptyState, QueryView } from '../../ui/states.tsx'
import { useWrite } from '../../ui/use-write.ts'
import { ValueText } from '../../ui/value-text.tsx'

/** Values that so many different people carry that they tell nothing, and those that never link. */
export function SharedValuesPage() {
  const space = useSpace()
  const mayChange = useMay('manager')
  const shared = useInfiniteQuery(sharedValuesQuery(space))
  const rejected = useQuery(rejectedValuesQuery(space))
  const published = useQuery(rulesetQuery(space, 'published'))
  const undo = useUndo()
  const block = useWrite((given: { readonly type: string; readonly value: string }) => blockValue(space, given), {
    onSuccess: ({ version }) => undo(version, published.data?.version ?? 1),
  })
  return (
    <Page
      title="Shared values"
      lead="A kiosk’s cookie, a switchboard, a family phone: so many different people carry these that they link nobody."
    >
      <Card title="In quarantine" isFlush>
        <QueryView query={shared}>
          {(data) => {
            const rows = itemsOf(data)
            if (rows.length === 0) {
              return (
                <EmptyState icon={CircleCheck} title="No value is shared by too many">
                  How many are too many is said under{' '}
                  <Link to="/customers/identity-resolution">Identifiers by priority</Link>.
                </EmptyState>
              )
            }
            return (
              <>
                <DataTable
                  label="Values in quarantine"
                  rows={rows}
                  keyOf={({ type, value }) => `${type} ${value}`}
                  columns={[
                    {
                      header: 'Value',
                      cell: ({ type, value }) => (
                        <Group gap={6} wrap="nowrap">
                          <Chip tone="blue">{typeInWords(type)}</Chip>
                          <ValueText text={value} longest={60} />
                        </Group>
                      ),
                    },
                    {
                      header: 'Because',
                      cell: ({ because, count, limit }) =>
                        `${numberText(count)} different ${typeInWords(because)} carry it; ${numberText(limit)} may`,
                    },
                    {
                      header: 'Groups of records',
                      align: 'end',
                      cell: ({ verifiedTraces, unverifiedTraces }) => numberText(verifiedTraces + unverifiedTraces),
                    },
                    ...(mayChange
                      ? [
                          {
                            header: 'Remedy',
                            isBare: true,
                            cell: ({ type, value }: { type: string; value: string }) => (
                              <Group gap={4} justify="flex-end" wrap="nowrap">
                                <Button
                                  size="compact-sm"
                                  variant="default"
                                  loading={block.isPending && block.variables.value === value}
                                  onClick={() => block.mutate({ type, value })}
                                >
                                  Block for good
                                </Button>
                                <Button
                                  size="compact-sm"
                                  variant="subtle"
                                  renderRoot={(props) => <Link to="/customers/identity-resolution" {...props} />}
                                >
                                  Allow more
                                </Button>
                              </Group>
                            ),
                          },
                        ]
                      : []),
                  ]}
                />
                <LoadMore {...shared} />
              </>
            )
          }}
        </QueryView>
      </Card>
      <Card
        title="Blocked and rejected lately"
        lead={
          rejected.data &&
          `Among the last ${numberText(rejected.data.recordsRead)} records. They stay on the record and link nobody.`
        }
        isFlush
      >
        <QueryView query={rejected}>
          {({ items }) =>
            items.length === 0 ? (
              <Text size="sm" c="dimmed" px="md" pb="md">
                Every value could be read, and none is blocked.
              </Text>
            ) : (
              <DataTable
                label="Blocked and rejected values"
                rows={items}
                keyOf={({ type, value, code }) => `${type} ${value} ${code}`}
                columns={[
                  {
                    header: 'Value',
                    cell: ({ type, value }) => (
                      <Group gap={6} wrap="nowrap">
                        <Chip tone="blue">{typeInWords(type)}</Chip>
                        <ValueText text={value} longest={60} />
                      </Group>
                    ),
                  },
                  { header: 'Why', cell: ({ code }) => <code>{code}</code> },
                  { header: 'Records', cell: ({ recordCount }) => numberText(recordCount), align: 'end' },
                  {
                    header: 'For example',
                    cell: ({ example }) => (
                      <>
                        <Chip>{example.source}</Chip> <ValueText text={example.key} longest={30} />
                      </>
                    ),
                  },
                ]}
              />
            )
          }
        </QueryView>
      </Card>
    </Page>
  )
}
