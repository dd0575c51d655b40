import {
  ActionIcon,
  Autocomplete,
  Button,
  Group,
  NumberInput,
  SegmentedControl,
  Select,
  Stack,
  Text,
  TextInput,
} from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { Plus, X } from 'lucide-react'
import { useMemo, useState } from 'react'
import type { AudienceRule } from '../../api/answers.ts'
import { createAudience, tryAudienceQuery } from '../../api/audiences.ts'
import { samplesQuery } from '../../api/samples.ts'
import { numberText } from '../../ui/numbers.ts'
import { useSpace } from '../../ui/session.ts'
import { useWrite } from '../../ui/use-write.ts'
import { isWords, ruleInWords, type Condition } from './audience-words.ts'

/** What somebody must be or must have done, counted while it is being written. */
export function AudienceForm({ onMade }: { onMade: (audienceId: string) => void }) {
  const space = useSpace()
  const [name, setName] = useState('')
  const [join, setJoin] = useState('all')
  const [conditions, setConditions] = useState<readonly Condition[]>([{ field: 'plan', is: 'equals', values: [''] }])
  const samples = useQuery(samplesQuery(space))
  const events = (samples.data?.events ?? []).map(({ event }) => event)
  const isWhole = conditions.every(isFilled)
  const rule = useMemo(
    () => (join === 'all' ? { all: conditions } : { any: conditions }) as AudienceRule,
    [join, conditions],
  )
  const [shown] = useDebouncedValue(rule, 250)
  const count = useQuery({ ...tryAudienceQuery(space, shown), enabled: isWhole && shown === rule })
  const create = useWrite(() => createAudience(space, { name: name.trim(), rule }), {
    onSuccess: ({ audienceId }) => onMade(audienceId),
  })
  const set = (place: number, condition: Condition) =>
    setConditions(conditions.map((one, n) => (n === place ? condition : one)))
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        create.mutate(undefined)
      }}
    >
      <Stack>
        <TextInput
          label="Name"
          required
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          data-autofocus
        />
        <SegmentedControl
          aria-label="How many of the conditions"
          size="xs"
          value={join}
          onChange={setJoin}
          data={[
            { value: 'all', label: 'All of these' },
            { value: 'any', label: 'Any of these' },
          ]}
        />
        {conditions.map((condition, place) => (
          <Group key={place} align="flex-end" gap="xs">
            <ConditionFields condition={condition} events={events} set={(next) => set(place, next)} />
            {conditions.length > 1 && (
              <ActionIcon
                variant="subtle"
                color="gray"
                aria-label="Remove the condition"
                mb={4}
                onClick={() => setConditions(conditions.filter((_, n) => n !== place))}
              >
                <X size={15} />
              </ActionIcon>
            )}
          </Group>
        ))}
        <Group gap="xs">
          <Button
            size="compact-sm"
            variant="default"
            leftSection={<Plus size={13} aria-hidden />}
            onClick={() => setConditions([...conditions, { field: 'city', is: 'equals', values: [''] }])}
          >
            What they are
          </Button>
          <Button
            size="compact-sm"
            variant="default"
            leftSection={<Plus size={13} aria-hidden />}
            onClick={() => setConditions([...conditions, { event: events[0] ?? '', atLeast: 1, within: '30d' }])}
          >
            What they did
          </Button>
        </Group>
        <Text size="sm" role="status">
          {isWhole
            ? `${ruleInWords(rule)}: ${count.data ? `${numberText(count.data.profiles)} of ${numberText(count.data.of)} people` : '…'}`
            : 'Fill in every condition.'}
        </Text>
        <Group justify="flex-end">
          <Button type="submit" loading={create.isPending} disabled={name.trim() === '' || !isWhole}>
            Save the audience
          </Button>
        </Group>
      </Stack>
    </form>
  )
}

interface FieldsProps {
  readonly condition: Condition
  readonly events: readonly string[]
  readonly set: (condition: Condition) => void
}

function ConditionFields({ condition, events, set }: FieldsProps) {
  if ('field' in condition) {
    return (
      <>
        <TextInput
          label="Field"
          w={150}
          value={condition.field}
          onChange={(event) => set({ ...condition, field: event.currentTarget.value })}
        />
        <Select
          label="Is"
          w={150}
          data={Object.entries(isWords).map(([value, label]) => ({ value, label }))}
          value={condition.is}
          onChange={(is) =>
            set({ ...condition, is: is ?? 'equals', values: is === 'exists' ? [] : [condition.values[0] ?? ''] })
          }
        />
        {condition.is !== 'exists' && (
          <TextInput
            label="Value"
            w={180}
            value={condition.values.join(', ')}
            onChange={(event) => {
              const { value } = event.currentTarget
              set({ ...condition, values: condition.is === 'one_of' ? value.split(/,\s*/) : [value] })
            }}
          />
        )}
      </>
    )
  }
  return (
    <>
      <Select
        label="They"
        w={110}
        data={[
          { value: 'did', label: 'did' },
          { value: 'never', label: 'never did' },
        ]}
        value={condition.atLeast === 0 ? 'never' : 'did'}
        onChange={(value) => set({ ...condition, atLeast: value === 'never' ? 0 : 1 })}
      />
      <Autocomplete
        label="Event"
        w={180}
        data={[...events]}
        value={condition.event}
        onChange={(event) => set({ ...condition, event })}
      />
      {condition.atLeast > 0 && (
        <NumberInput
          label="Times at least"
          w={110}
          min={1}
          allowDecimal={false}
          value={condition.atLeast}
          onChange={(value) => set({ ...condition, atLeast: Number(value) || 1 })}
        />
      )}
      <Select
        label="When"
        w={140}
        data={[
          { value: '', label: 'ever' },
          { value: '7d', label: 'within 7 days' },
          { value: '30d', label: 'within 30 days' },
          { value: '90d', label: 'within 90 days' },
        ]}
        value={condition.within ?? ''}
        onChange={(value) => set({ ...condition, within: value === null || value === '' ? null : value })}
      />
    </>
  )
}

function isFilled(condition: Condition): boolean {
  if ('field' in condition) return condition.field !== '' && condition.values.every((value) => value !== '')
  return /^[a-z0-9_]+$/.test(condition.event)
}
