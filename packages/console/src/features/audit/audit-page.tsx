import { Button, Text } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { ScrollText, ShieldCheck } from 'lucide-react'
import { useState } from 'react'
import type { AuditEntry } from '../../api/answers.ts'
import { auditQuery, verifyAudit, type Verdict } from '../../api/audit.ts'
import { Chip } from '../../ui/chip.tsx'
import { DataTable, LoadMore, type Column } from '../../ui/data-table.tsx'
import { numberText } from '../../ui/numbers.ts'
import { Card, Page } from '../../ui/page.tsx'
import { useSpace } from '../../ui/session.ts'
import { EmptyState, QueryView } from '../../ui/states.tsx'
import { Time } from '../../ui/time.tsx'
import { useWrite } from '../../ui/use-write.ts'
import { ValueText } from '../../ui/value-text.tsx'

/** Who changed or decided what, and when: a chain in which nothing can be altered unseen. */
export function AuditPage() {
  const space = useSpace()
  const query = useInfiniteQuery(auditQuery(space))
  const [verdict, setVerdict] = useState<Verdict | null>(null)
  const verify = useWrite(() => verifyAudit(space), { onSuccess: setVerdict })
  return (
    <Page
      title="Audit"
      lead="Who changed or decided what, and when. Each entry carries the seal of the one before it."
      actions={
        <Button
          variant="default"
          leftSection={<ShieldCheck size={15} aria-hidden />}
          loading={verify.isPending}
          onClick={() => verify.mutate(undefined)}
        >
          Verify the chain
        </Button>
      }
    >
      <div role="status">
        {verdict &&
          (verdict.ok ? (
            <Chip tone="green">whole: {numberText(verdict.entries ?? 0)} entries</Chip>
          ) : (
            <Chip tone="red">
              entry {verdict.faultAt} is {verdict.because}
            </Chip>
          ))}
      </div>
      <Card isFlush>
        <QueryView query={query}>
          {(data) => {
            const rows = data.pages.flatMap(({ entries }) => entries)
            if (rows.length === 0) return <EmptyState icon={ScrollText} title="Nothing was changed yet" />
            return (
              <>
                <DataTable label="Audit entries" columns={columns} rows={rows} keyOf={({ seq }) => String(seq)} />
                <LoadMore {...query} />
              </>
            )
          }}
        </QueryView>
      </Card>
    </Page>
  )
}

const columns: readonly Column<AuditEntry>[] = [
  { header: '#', cell: ({ seq }) => seq, width: 60 },
  { header: 'When', cell: ({ at }) => <Time at={at} />, width: 130 },
  { header: 'Who', cell: ({ actor }) => <code>{actor}</code> },
  { header: 'What', cell: ({ action }) => <Chip tone={action === 'write.refused' ? 'red' : 'gray'}>{action}</Chip> },
  { header: 'On', cell: ({ object }) => <ValueText text={object} longest={50} /> },
  {
    header: 'More',
    cell: ({ details }) =>
      Object.keys(details).length === 0 ? (
        '—'
      ) : (
        <Text size="xs" c="dimmed" component="div">
          <ValueText text={JSON.stringify(details)} longest={90} />
        </Text>
      ),
  },
]
