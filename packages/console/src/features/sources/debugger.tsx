import { Box, Group, Switch, Text, UnstyledButton } from '@mantine/core'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { ChevronRight, Radio } from 'lucide-react'
import { useState } from 'react'
import type { PreviewAnswer, RecentRecord } from '../../api/answers.ts'
import { previewMappingQuery } from '../../api/preview-mapping.ts'
import { recordsQuery } from '../../api/records.ts'
import { Chip, TrustChip } from '../../ui/chip.tsx'
import { itemsOf } from '../../ui/flat-pages.ts'
import { typeInWords } from '../../ui/identifier-words.ts'
import { JsonView } from '../../ui/json-view.tsx'
import { Card } from '../../ui/page.tsx'
import { ProfileLink } from '../../ui/profile-name.tsx'
import { useSpace } from '../../ui/session.ts'
import { EmptyState, QueryView } from '../../ui/states.tsx'
import { Time } from '../../ui/time.tsx'
import { ValueText } from '../../ui/value-text.tsx'

/** The last records as they come in: what was read out of each, and which profile it reached. */
export function Debugger() {
  const [isLive, setIsLive] = useState(true)
  const query = useInfiniteQuery({ ...recordsQuery(useSpace()), refetchInterval: isLive ? 2_000 : false })
  return (
    <Card
      title="Live debugger"
      lead="The last records, what was read out of each, and which profile it reached."
      isFlush
      actions={<Switch label="Live" checked={isLive} onChange={(event) => setIsLive(event.currentTarget.checked)} />}
    >
      <QueryView query={query}>
        {(data) => {
          const records = itemsOf(data)
          if (records.length === 0) {
            return (
              <EmptyState icon={Radio} title="Nothing has come in yet">
                Send an event with a write key: it shows here within seconds.
              </EmptyState>
            )
          }
          return (
            <ul className="timeline" aria-label="The last records">
              {records.map((record) => (
                <Line key={`${record.source} ${record.key}`} record={record} />
              ))}
            </ul>
          )
        }}
      </QueryView>
    </Card>
  )
}

function Line({ record }: { record: RecentRecord }) {
  const [isOpen, setIsOpen] = useState(false)
  const { source, kind, event, receivedAt, profileId } = record
  return (
    <li className="timeline-entry">
      <Group wrap="nowrap" gap={0}>
        <UnstyledButton className="timeline-line" onClick={() => setIsOpen(!isOpen)} aria-expanded={isOpen}>
          <ChevronRight size={14} className="timeline-mark" data-open={isOpen} aria-hidden />
          <Chip tone={kind === 'row' ? 'teal' : 'gray'}>{source}</Chip>
          <Box flex={1} miw={0}>
            <Text size="sm" fw={500} truncate component="div">
              {event === null ? 'Row of a table' : <ValueText text={event} longest={60} />}
            </Text>
          </Box>
          <Text size="xs" c="dimmed" component="span">
            <Time at={receivedAt} />
          </Text>
        </UnstyledButton>
        <Text size="xs" px="md" w={150} component="div">
          {profileId === null ? (
            <Text size="xs" c="dimmed">
              nobody
            </Text>
          ) : (
            <ProfileLink id={profileId} name={profileId.slice(0, 12)} />
          )}
        </Text>
      </Group>
      {isOpen && <Reading record={record} />}
    </li>
  )
}

function Reading({ record }: { record: RecentRecord }) {
  const { source, key } = record
  const query = useQuery(previewMappingQuery(useSpace(), { source, sample: { record: { source, key } } }))
  return (
    <Box px="md" pb="sm">
      <QueryView query={query} rows={2}>
        {(answer) => <WhatWasRead answer={answer} />}
      </QueryView>
      <JsonView value={record.payload} label={`What ${source} sent`} />
    </Box>
  )
}

function WhatWasRead({ answer: { reading, mappings } }: { answer: PreviewAnswer }) {
  if (reading === null) return null
  return (
    <Box mb="xs">
      {reading.sightings.length + reading.rejected.length === 0 && (
        <Text size="sm" c="dimmed">
          Nothing in it tells who it is.
        </Text>
      )}
      {reading.sightings.map(({ type, value, verified }) => (
        <Group key={`${type} ${value}`} gap={6} mb={4}>
          <Chip tone="blue">{typeInWords(type)}</Chip>
          <ValueText text={value} longest={60} />
          <TrustChip verified={verified} />
        </Group>
      ))}
      {reading.rejected.map(({ type, value, code }) => (
        <Group key={`${type} ${value}`} gap={6} mb={4}>
          <Chip tone="gray">{typeInWords(type)}</Chip>
          <ValueText text={value} longest={60} />
          <Chip tone="red">{code}</Chip>
        </Group>
      ))}
      {mappings.map(({ place, sentence }) => (
        <Text key={place} size="xs" c="dimmed">
          Rule {place + 1}: {sentence}
        </Text>
      ))}
    </Box>
  )
}
