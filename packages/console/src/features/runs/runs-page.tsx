import { Button, Modal, Text } from '@mantine/core'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Activity } from 'lucide-react'
import { useNavigate, useSearch } from '@tanstack/react-router'
import type { RunSummary } from '../../api/answers.ts'
import { runQuery } from '../../api/run.ts'
import { runsQuery } from '../../api/runs.ts'
import { Chip, type Tone } from '../../ui/chip.tsx'
import { DataTable, LoadMore, type Column } from '../../ui/data-table.tsx'
import { itemsOf } from '../../ui/flat-pages.ts'
import { JsonView } from '../../ui/json-view.tsx'
import { Card, Page } from '../../ui/page.tsx'
import { PlanStory } from '../../ui/plan-story.tsx'
import { useSpace } from '../../ui/session.ts'
import { EmptyState, QueryView } from '../../ui/states.tsx'
import { Time } from '../../ui/time.tsx'

/** Imports, simulations and publications, with how they go and what they did. */
export function RunsPage() {
  const query = useInfiniteQuery({ ...runsQuery(useSpace()), refetchInterval: 3_000 })
  const { run } = useSearch({ strict: false })
  const navigate = useNavigate()
  const open = (id: string | undefined) =>
    void navigate({ to: '.', search: (known: object) => ({ ...known, run: id }), replace: true })
  return (
    <Page
      title="Runs"
      lead="Imports, rulesets that were tried, and rulesets that were published, each with what it did."
    >
      <Card isFlush>
        <QueryView query={query}>
          {(data) => {
            const rows = itemsOf(data)
            if (rows.length === 0) {
              return (
                <EmptyState icon={Activity} title="Nothing has run yet">
                  Importing a file, trying a draft and publishing a ruleset show here how they go.
                </EmptyState>
              )
            }
            return (
              <>
                <DataTable label="Runs" columns={columnsOf(open)} rows={rows} keyOf={({ runId }) => runId} />
                <LoadMore {...query} />
              </>
            )
          }}
        </QueryView>
      </Card>
      <Modal
        opened={run !== undefined && run !== ''}
        onClose={() => open(undefined)}
        title="What the run did"
        size="xl"
      >
        {run && <RunDetail id={run} />}
      </Modal>
    </Page>
  )
}

function RunDetail({ id }: { id: string }) {
  const query = useQuery(runQuery(useSpace(), id))
  return (
    <QueryView query={query}>
      {(run) => (
        <>
          {run.because !== null && <Text c="var(--mantine-color-error)">It failed: {run.because}</Text>}
          {run.report && <PlanStory report={run.report} />}
          {run.counts !== null && run.counts !== undefined && <JsonView value={run.counts} label="Counts of the run" />}
          {!run.report && (run.counts === null || run.counts === undefined) && (
            <Text c="dimmed">It left no report.</Text>
          )}
        </>
      )}
    </QueryView>
  )
}

const tones: Readonly<Record<RunSummary['state'], Tone>> = {
  running: 'blue',
  done: 'green',
  failed: 'red',
  abandoned: 'amber',
}

const columnsOf = (open: (id: string) => void): readonly Column<RunSummary>[] => [
  { header: 'Run', cell: ({ kind, version }) => `${kindWords[kind]}${version === null ? '' : ` version ${version}`}` },
  { header: 'State', cell: ({ state }) => <Chip tone={tones[state]}>{state}</Chip>, width: 110 },
  {
    header: 'Progress',
    cell: ({ progress: { phase, done, total } }) =>
      total === undefined || total === 0 ? phase : `${phase} ${Math.floor(((done ?? 0) / total) * 100)} %`,
  },
  { header: 'Started', cell: ({ startedAt }) => <Time at={startedAt} /> },
  { header: 'Took', cell: ({ startedAt, finishedAt }) => took(startedAt, finishedAt), align: 'end' },
  { header: 'By', cell: ({ actor }) => <code>{actor}</code> },
  {
    header: 'Open',
    isBare: true,
    cell: ({ runId, kind }) => (
      <Button size="compact-sm" variant="default" onClick={() => open(runId)} aria-label={`What this ${kind} did`}>
        What it did
      </Button>
    ),
  },
]

const kindWords: Readonly<Record<RunSummary['kind'], string>> = {
  publish: 'Published',
  simulate: 'Tried a ruleset',
  import: 'Imported',
  resolve: 'Resolved',
}

function took(startedAt: string, finishedAt: string | null): string {
  if (finishedAt === null) return '—'
  const seconds = (Date.parse(finishedAt) - Date.parse(startedAt)) / 1000
  return seconds < 60 ? `${seconds.toFixed(1)} s` : `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`
}
