import '@mantine/charts/styles.css'
import { AreaChart, BarChart } from '@mantine/charts'
import { Button, Group, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { Resolution, Series } from '../../api/answers.ts'
import { countFigures } from '../../api/count-figures.ts'
import { seriesQuery } from '../../api/metric-series.ts'
import { resolutionQuery } from '../../api/resolution-metrics.ts'
import { Chip } from '../../ui/chip.tsx'
import { DataTable } from '../../ui/data-table.tsx'
import { typeInWords } from '../../ui/identifier-words.ts'
import { numberText, shareText } from '../../ui/numbers.ts'
import { Card } from '../../ui/page.tsx'
import { useMay, useSpace } from '../../ui/session.ts'
import { QueryView } from '../../ui/states.tsx'
import { Time } from '../../ui/time.tsx'
import { useWrite } from '../../ui/use-write.ts'
import { ResolutionSplit } from './resolution-split.tsx'

const dayText = new Intl.DateTimeFormat('en', { month: 'short', day: 'numeric', timeZone: 'UTC' })

/** The period day by day, and what became of the records. */
export function Plots({ days }: { days: number }) {
  const space = useSpace()
  const series = useQuery(seriesQuery(space, days))
  const resolution = useQuery(resolutionQuery(space))
  return (
    <>
      <QueryView query={series}>{({ points }) => <Trend points={points} />}</QueryView>
      <QueryView query={resolution}>{(found) => <Became resolution={found} />}</QueryView>
    </>
  )
}

function Trend({ points }: { points: Series['points'] }) {
  const data = points.map(({ at, ...point }) => ({ day: dayText.format(new Date(at)), ...point }))
  const grown = points.at(-1)?.profiles ?? 0
  return (
    <div className="plots">
      <Card
        title="Records"
        lead={`${numberText(points.reduce((sum, point) => sum + point.recordsStored, 0))} stored in the period`}
      >
        <BarChart
          h={220}
          data={data}
          dataKey="day"
          series={[{ name: 'recordsStored', label: 'Records stored', color: 'ink.6' }]}
          tickLine="none"
          gridAxis="x"
          barProps={{ isAnimationActive: false, radius: [3, 3, 0, 0] }}
        />
      </Card>
      <Card title="Customers and review" lead={`${numberText(grown)} customers at the end of it`}>
        <AreaChart
          h={220}
          data={data}
          dataKey="day"
          series={[
            { name: 'profiles', label: 'Customers', color: 'teal.7' },
            { name: 'candidates', label: 'Waiting for review', color: 'orange.7' },
          ]}
          curveType="monotone"
          withDots={false}
          tickLine="none"
          gridAxis="x"
          withLegend
          areaProps={{ isAnimationActive: false }}
        />
      </Card>
    </div>
  )
}

function Became({ resolution }: { resolution: Resolution }) {
  const { figures } = resolution
  return (
    <>
      <Card
        title="What became of the records"
        lead={`${numberText(resolution.records)} records; ${shareText(resolution.rate)} met another record of the same person`}
      >
        <ResolutionSplit split={resolution.resolution} />
      </Card>
      <div className="plots">
        <Card title="By source" isFlush>
          <DataTable
            label="Records by source"
            rows={resolution.sources}
            keyOf={({ source }) => source}
            columns={[
              { header: 'Source', cell: ({ source }) => <Chip>{source}</Chip> },
              { header: 'Records', cell: ({ records }) => numberText(records), align: 'end' },
              {
                header: 'Matched',
                cell: ({ matched, records }) => shareText(records === 0 ? null : matched / records),
                align: 'end',
              },
              { header: 'Unique', cell: ({ unique }) => numberText(unique), align: 'end' },
              { header: 'Conflict', cell: ({ conflict }) => numberText(conflict), align: 'end' },
              { header: 'Missing', cell: ({ missing }) => numberText(missing), align: 'end' },
            ]}
          />
        </Card>
        <Card
          title="By rule"
          lead={
            figures && (
              <>
                as of <Time at={figures.asOf} />
              </>
            )
          }
          isFlush
        >
          {figures === null ? (
            <NotCounted />
          ) : (
            <DataTable
              label="Figures by rule"
              rows={figures.rules}
              keyOf={({ rule, stage }) => `${rule} ${stage}`}
              columns={[
                { header: 'Rule', cell: ({ sentence }) => sentence },
                { header: 'Applicable', cell: ({ applicability }) => shareText(applicability), align: 'end' },
                { header: 'Valid match', cell: ({ validMatchRate }) => shareText(validMatchRate), align: 'end' },
                { header: 'Conflict', cell: ({ conflictRate }) => shareText(conflictRate), align: 'end' },
              ]}
            />
          )}
        </Card>
      </div>
      {figures !== null && (
        <Card title="By identifier" isFlush>
          <DataTable
            label="Figures by identifier"
            rows={figures.identifiers}
            keyOf={({ type }) => type}
            columns={[
              { header: 'Identifier', cell: ({ type }) => typeInWords(type) },
              { header: 'Records with it', cell: ({ completeness }) => shareText(completeness), align: 'end' },
              {
                header: 'Customers with it',
                cell: ({ profileCompleteness }) => shareText(profileCompleteness),
                align: 'end',
              },
              { header: 'Conflict', cell: ({ conflictRate }) => shareText(conflictRate), align: 'end' },
            ]}
          />
        </Card>
      )}
    </>
  )
}

/** Counting by rule resolves everything once; it is asked for. */
function NotCounted() {
  const space = useSpace()
  const mayCount = useMay('manager')
  const count = useWrite(() => countFigures(space), { said: () => 'Counted on everything stored' })
  return (
    <Group px="md" pb="md" gap="sm">
      <Text size="sm" c="dimmed">
        Counted when a ruleset is published or tried on everything stored.
      </Text>
      {mayCount && (
        <Button size="compact-sm" variant="default" loading={count.isPending} onClick={() => count.mutate(undefined)}>
          Count now
        </Button>
      )}
    </Group>
  )
}
