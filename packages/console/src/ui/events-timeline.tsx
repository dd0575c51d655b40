import { Box, Group, Text, UnstyledButton } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { ChevronRight, History } from 'lucide-react'
import { useState } from 'react'
import type { StoredRecord } from '../api/answers.ts'
import { eventsQuery } from '../api/profile-events.ts'
import { Chip } from './chip.tsx'
import { LoadMore } from './data-table.tsx'
import { itemsOf } from './flat-pages.ts'
import { JsonView } from './json-view.tsx'
import { Card } from './page.tsx'
import { useSpace } from './session.ts'
import { EmptyState, QueryView } from './states.tsx'
import { Time } from './time.tsx'
import { ValueText } from './value-text.tsx'

const dayText = new Intl.DateTimeFormat('en', { dateStyle: 'full' })

/** Everything that happened, of every channel, the latest first. */
export function EventsTimeline({ id, title = 'Events' }: { id: string; title?: string }) {
  const query = useInfiniteQuery(eventsQuery(useSpace(), id))
  return (
    <Card title={title} lead="From every channel, the latest first." isFlush>
      <QueryView query={query}>
        {(data) => {
          const records = itemsOf(data)
          if (records.length === 0) return <EmptyState icon={History} title="Nothing happened yet" />
          return (
            <>
              <ol className="timeline">
                {byDay(records).map(([day, ofDay]) => (
                  <li key={day} className="timeline-day">
                    <Text size="xs" fw={560} c="dimmed" px="md" py={6}>
                      {day}
                    </Text>
                    <ol className="timeline">
                      {ofDay.map((record) => (
                        <TimelineEntry key={`${record.source} ${record.key}`} record={record} />
                      ))}
                    </ol>
                  </li>
                ))}
              </ol>
              <LoadMore {...query} />
            </>
          )
        }}
      </QueryView>
    </Card>
  )
}

function TimelineEntry({ record }: { record: StoredRecord }) {
  const [isOpen, setIsOpen] = useState(false)
  const { source, key, kind, event, effectiveAt, payload } = record
  return (
    <li className="timeline-entry">
      <UnstyledButton className="timeline-line" onClick={() => setIsOpen(!isOpen)} aria-expanded={isOpen}>
        <ChevronRight size={14} className="timeline-mark" data-open={isOpen} aria-hidden />
        <Chip tone={kind === 'row' ? 'teal' : 'gray'}>{source}</Chip>
        <Box flex={1} miw={0}>
          <Text size="sm" fw={500} truncate>
            {event === null ? 'Row of a table' : <ValueText text={event} longest={60} />}
          </Text>
        </Box>
        <Text size="xs" c="dimmed" component="span">
          <Time at={effectiveAt} />
        </Text>
      </UnstyledButton>
      {isOpen && (
        <Box px="md" pb="sm">
          <Group gap="xs" mb={6}>
            <Text size="xs" c="dimmed" component="div">
              Record <ValueText text={key} longest={60} />, received <Time at={record.receivedAt} />
            </Text>
          </Group>
          <JsonView value={payload} label={`What ${source} sent`} />
        </Box>
      )}
    </li>
  )
}

function byDay(records: readonly StoredRecord[]): readonly (readonly [string, readonly StoredRecord[]])[] {
  const days = new Map<string, StoredRecord[]>()
  for (const record of records) {
    const day = dayText.format(new Date(record.effectiveAt))
    const known = days.get(day)
    if (known) known.push(record)
    else days.set(day, [record])
  }
  return [...days]
}
