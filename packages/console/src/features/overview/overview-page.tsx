import { Group, SegmentedControl } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { lazy, Suspense } from 'react'
import type { Metrics } from '../../api/answers.ts'
import { metricsQuery } from '../../api/metrics.ts'
import { countOf, numberText, shareText } from '../../ui/numbers.ts'
import { Page, Stat } from '../../ui/page.tsx'
import { useSpace } from '../../ui/session.ts'
import { LoadingRows, QueryView } from '../../ui/states.tsx'
import { Time } from '../../ui/time.tsx'
import { FirstSteps } from './first-steps.tsx'

const Plots = lazy(async () => ({ default: (await import('./plots.tsx')).Plots }))

/** How the space is doing. */
export function OverviewPage() {
  const query = useQuery({ ...metricsQuery(useSpace(), 0), refetchInterval: 15_000 })
  const search = useSearch({ strict: false })
  const navigate = useNavigate()
  const days = ['7', '30', '90'].includes(search.days ?? '') ? Number(search.days) : 30
  return (
    <Page
      title="Overview"
      lead="Who is known, how well, and what waits for somebody."
      actions={
        <SegmentedControl
          size="xs"
          aria-label="Period"
          value={String(days)}
          onChange={(value) =>
            void navigate({ to: '.', search: (known: object) => ({ ...known, days: value }), replace: true })
          }
          data={['7', '30', '90'].map((value) => ({ value, label: `${value} days` }))}
        />
      }
    >
      <QueryView query={query}>
        {(metrics) =>
          metrics.profiles === 0 ? (
            <FirstSteps />
          ) : (
            <>
              <Figures metrics={metrics} />
              <Suspense fallback={<LoadingRows />}>
                <Plots days={days} />
              </Suspense>
            </>
          )
        }
      </QueryView>
    </Page>
  )
}

function Figures({ metrics }: { metrics: Metrics }) {
  const { merges, richness } = metrics
  return (
    <Group gap="sm" align="stretch">
      <Stat
        label="Customers"
        value={numberText(metrics.profiles)}
        note={`${numberText(metrics.profilesOfManyIdentifiers)} with several identifiers`}
      />
      <Stat label="Duplicate detection" value={shareText(metrics.matchedShare)} note="of records met a known profile" />
      <Stat
        label="Merges"
        value={numberText(merges.automatic + merges.manual)}
        note={`${numberText(merges.automatic)} automatic, ${numberText(merges.manual)} by hand`}
      />
      <Stat label="Undone merges" value={shareText(merges.undoneShare)} note={countOf(merges.undone, 'split')} />
      <Stat
        label="Merge review"
        value={numberText(metrics.candidates)}
        note={
          metrics.oldestCandidateAt === null ? (
            'queue is clear'
          ) : (
            <>
              oldest <Time at={metrics.oldestCandidateAt} />
            </>
          )
        }
      />
      <Stat
        label="Identifiers per customer"
        value={richness.identifiersPerProfile?.toFixed(1) ?? '—'}
        note={`${numberText(richness.profilesOfManySources)} from several sources`}
      />
    </Group>
  )
}
