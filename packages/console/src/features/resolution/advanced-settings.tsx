import { Checkbox, Group, NumberInput, Select, Stack, Text } from '@mantine/core'
import { useState } from 'react'
import type { WrittenRule } from './written-ruleset.ts'

interface Props {
  readonly rule: WrittenRule
  /** undefined takes the setting away. */
  readonly change: (key: 'max_group_size' | 'within' | 'compare' | 'action', value: string | number | undefined) => void
}

/** Group size, time window, and how the rule compares and acts. */
export function AdvancedSettings({ rule, change }: Props) {
  const { max_group_size, within, compare, action } = rule
  const isUsed = [max_group_size, within, compare, action].some((value) => value !== undefined)
  const [isShown, setIsShown] = useState(isUsed)
  const windows = ['30d', '90d', '365d']
  return (
    <Stack gap="sm">
      <Checkbox
        label="Enable advanced settings"
        checked={isShown}
        onChange={(event) => {
          setIsShown(event.currentTarget.checked)
          if (event.currentTarget.checked) return
          for (const key of ['max_group_size', 'within', 'compare', 'action'] as const) change(key, undefined)
        }}
      />
      {isShown && (
        <Group align="flex-start" gap="md">
          <NumberInput
            label="Maximum Group Size"
            description="Profiles joined in one step; begin with 10"
            w={210}
            min={2}
            allowDecimal={false}
            value={max_group_size ?? ''}
            onChange={(value) => change('max_group_size', value === '' ? undefined : Number(value))}
          />
          <Select
            label="Time window"
            description="Only what was seen that close"
            w={210}
            data={[
              { value: '', label: 'Any time' },
              { value: '30d', label: 'within 30 days' },
              { value: '90d', label: 'within 90 days' },
              { value: '365d', label: 'within a year' },
              ...(within !== undefined && !windows.includes(within) ? [{ value: within, label: within }] : []),
            ]}
            value={within ?? ''}
            onChange={(value) => change('within', value === null || value === '' ? undefined : value)}
          />
          <Select
            label="Then"
            description="What a match does"
            w={210}
            data={[
              { value: 'merge', label: 'merge them' },
              { value: 'review', label: 'ask a person' },
            ]}
            value={action ?? 'merge'}
            onChange={(value) => change('action', value === 'review' ? value : undefined)}
          />
          <Select
            label="Compare"
            description="Where the values must stand"
            w={210}
            data={[
              { value: 'profile', label: 'anywhere on the profile' },
              { value: 'record', label: 'on one record' },
            ]}
            value={compare ?? 'profile'}
            onChange={(value) => change('compare', value === 'record' ? value : undefined)}
          />
          <Text size="xs" c="dimmed">
            A small group and a window keep people with a common name or a family phone apart.
          </Text>
        </Group>
      )}
    </Stack>
  )
}
