import { Group } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { metricsQuery } from '../../api/metrics.ts'
import { numberText, shareText } from '../../ui/numbers.ts'
import { Page, Stat } from '../../ui/page.tsx'
import { useSpace } from '../../ui/session.ts'
import { QueryView } from '../../ui/states.tsx'
import { Time } from '../../ui/time.tsx'

/** How the space is doing. */
export function OverviewPage() {
  const query = useQuery(metricsQuery(useSpace(), 0))
  return (
    <Page title="Overview" lead="Who is known, how well, and what waits for somebody.">
      <QueryView query={query}>
        {(metrics) => (
          <Group gap="md" align="stretch">
            <Stat label="Customers" value={numberText(metrics.profiles)} />
            <Stat label="Several identifiers" value={numberText(metrics.profilesOfManyIdentifiers)} />
            <Stat
              label="Duplicate detection"
              value={shareText(metrics.matchedShare)}
              note="of records met a known profile"
            />
            <Stat label="Automatic merges" value={numberText(metrics.automaticMerges)} />
            <Stat
              label="Merge review"
              value={numberText(metrics.candidates)}
              note={
                metrics.oldestCandidateAt && (
                  <>
                    oldest <Time at={metrics.oldestCandidateAt} />
                  </>
                )
              }
            />
          </Group>
        )}
      </QueryView>
    </Page>
  )
}
