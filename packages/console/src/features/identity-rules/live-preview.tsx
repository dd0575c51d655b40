import { Box, Group, JsonInput, SegmentedControl, Select, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { MappingPreview, PreviewAnswer, Samples } from '../../api/answers.ts'
import { previewMappingQuery, type Sample } from '../../api/preview-mapping.ts'
import { samplesQuery } from '../../api/samples.ts'
import { Chip, TrustChip } from '../../ui/chip.tsx'
import { typeInWords } from '../../ui/identifier-words.ts'
import { JsonView } from '../../ui/json-view.tsx'
import { Card } from '../../ui/page.tsx'
import { useSpace } from '../../ui/session.ts'
import { ErrorState } from '../../ui/states.tsx'
import { JsonText, ValueText } from '../../ui/value-text.tsx'
import { kindTones, outcomeInWords, targets, whyNot } from './mapping-words.ts'
import { faultsOf, mappingOf, type RuleForm } from './rule-form.ts'

const pastedAtFirst = `{
  "event": "identify",
  "conversation_id": "c-1",
  "props": { "user": { "email": "sarah@example.com" } }
}`

/** What the rule does with a sample, as the server would do it: while it is being written. */
export function LivePreview({ form, place }: { form: RuleForm; place: number | null }) {
  const space = useSpace()
  const [from, setFrom] = useState('recent')
  const [picked, setPicked] = useState<string | null>(null)
  const [pasted, setPasted] = useState(pastedAtFirst)
  const samples = useQuery({ ...samplesQuery(space, form.source), enabled: form.source !== '' })
  const items = samples.data?.items ?? []
  const isRecent = from === 'recent' && items.length > 0
  const chosen = items.find(({ key }) => key === picked) ?? sampleFor(items, form)
  const envelope = readObject(pasted)
  const sample: Sample | null = isRecent
    ? chosen
      ? { record: { source: form.source, key: chosen.key } }
      : null
    : envelope && { envelope, kind: 'event' }
  return (
    <aside className="live-preview" aria-label="Live preview">
      <Card title="Live preview" lead="What the server does with this record, with the rule as it stands.">
        <Stack gap="sm">
          {items.length > 0 && (
            <SegmentedControl
              size="xs"
              aria-label="Sample"
              value={from}
              onChange={setFrom}
              data={[
                { value: 'recent', label: 'A recent record' },
                { value: 'pasted', label: 'Paste one' },
              ]}
            />
          )}
          {isRecent ? (
            <Select
              aria-label="Recent record"
              data={items.map(({ key, event }) => ({ value: key, label: `${event ?? 'row'} · ${key}` }))}
              value={chosen?.key ?? null}
              onChange={setPicked}
            />
          ) : (
            <JsonInput
              aria-label="Pasted envelope"
              autosize
              minRows={4}
              maxRows={12}
              value={pasted}
              onChange={setPasted}
              error={envelope === null ? 'This is not a JSON object yet.' : null}
              styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)', fontSize: '0.75rem' } }}
            />
          )}
          {sample === null ? (
            <Text c="dimmed">No sample is chosen.</Text>
          ) : (
            <Previewed form={form} place={place} sample={sample} />
          )}
        </Stack>
      </Card>
    </aside>
  )
}

function Previewed({ form, place, sample }: { form: RuleForm; place: number | null; sample: Sample }) {
  const space = useSpace()
  const { when } = faultsOf(form)
  const query = useQuery({
    ...previewMappingQuery(space, {
      source: form.source,
      mapping: mappingOf(form),
      ...(place !== null && { place }),
      sample,
    }),
    enabled: when === null && form.source !== '' && form.read !== '',
  })
  if (form.read === '') return <Text c="dimmed">Say what to read, and what it does is shown here.</Text>
  if (query.error) return <ErrorState error={query.error} />
  if (!query.data) return <Text c="dimmed">{when ?? 'Reading …'}</Text>
  return <PreviewResult answer={query.data} to={form.to} />
}

function PreviewResult({ answer, to }: { answer: PreviewAnswer; to: string }) {
  const found = answer.mappings.find(({ place }) => place === answer.place) ?? null
  const issue = answer.issues[0]
  return (
    <>
      <div role="status">
        <Group gap="xs">
          <Chip tone={found?.fires ? 'green' : 'gray'}>{found?.fires ? 'Fires' : 'No match'}</Chip>
          <Text size="sm" c="dimmed">
            {issue
              ? issue.message
              : answer.refused !== null
                ? `the record would be refused: ${answer.refused}`
                : found?.because
                  ? whyNot[found.because]
                  : ''}
          </Text>
        </Group>
      </div>
      {found && <Extracted preview={found} />}
      {found?.fires && <OutcomeBox preview={found} />}
      {answer.envelope !== null && answer.envelope !== undefined && (
        <Box>
          <Text size="xs" c="dimmed" mb={4}>
            The sample
            {answer.event !== null && (
              <>
                {' '}
                of the event <code>{answer.event}</code>
              </>
            )}
            {found?.fires && ', with what is read marked'}
          </Text>
          <JsonView
            value={answer.envelope}
            label={`Sample envelope for ${typeInWords(to)}`}
            marked={found?.path ?? null}
          />
        </Box>
      )}
    </>
  )
}

function Extracted({ preview }: { preview: MappingPreview }) {
  if (!preview.fires) {
    return (
      <Text size="sm" c="dimmed">
        Nothing is extracted.
      </Text>
    )
  }
  const kind = targets.find(([name]) => name === preview.target)?.[2] ?? 'attribute'
  const isName = kind === 'name'
  return (
    <Box className="extracted">
      <Text size="xs" c="dimmed">
        Extracted
      </Text>
      <Text fw={560} component="div">
        <JsonText value={preview.value} />
      </Text>
      {preview.standardized !== null && preview.standardized !== preview.value && (
        <Text size="xs" c="dimmed" component="div">
          compared as <ValueText text={preview.standardized} />
        </Text>
      )}
      <Group gap={6} mt={4}>
        <Chip tone={kindTones[kind]}>{typeInWords(preview.target)}</Chip>
        {preview.key !== null && <code>{preview.key}</code>}
        {preview.outcome !== null &&
          preview.outcome !== 'trait_writes' &&
          (isName ? <Chip tone="teal">name hint</Chip> : <TrustChip verified={preview.verified} />)}
      </Group>
    </Box>
  )
}

function OutcomeBox({ preview }: { preview: MappingPreview }) {
  const { title, text, tone } = outcomeInWords(preview)
  return (
    <Box className="outcome" data-tone={tone} role="status">
      <Text fw={600} size="sm">
        {title}
      </Text>
      <Text size="sm">{text}</Text>
    </Box>
  )
}

function sampleFor(items: Samples['items'], { isAnyEvent, when }: RuleForm) {
  return (isAnyEvent || when === '' ? undefined : items.find(({ event }) => event === when)) ?? items[0]
}

function readObject(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : null
  } catch {
    return null
  }
}
