import { Group, Select, Stack, Switch, TextInput } from '@mantine/core'
import { Card } from '../../ui/page.tsx'
import { setOrDelete } from '../../ui/ruleset-text.ts'
import type { Edit } from './resolution-page.tsx'
import type { WrittenRuleset } from './written-ruleset.ts'

/** Whether links merge by themselves, and which value survives where the sides disagree. */
export function MergeSettingsCard({ ruleset, edit }: { ruleset: WrittenRuleset; edit: Edit }) {
  const { merge = {}, automatic = true, default_country = 'US' } = ruleset
  return (
    <Card title="Merging" lead="What happens when a rule links two profiles.">
      <Stack gap="md">
        <Switch
          label="Automatic resolution"
          description="On: rules merge by themselves. Off: only anchors do, and everything else goes to the merge review."
          checked={automatic}
          onChange={(event) => {
            const isOn = event.currentTarget.checked
            edit((text) => setOrDelete(text, ['automatic'], isOn ? undefined : false))
          }}
        />
        <Group align="flex-start">
          <Select
            label="Merge strategy"
            w={260}
            data={[
              { value: 'most_recent', label: 'Most recent wins' },
              { value: 'primary', label: 'Primary wins' },
              { value: 'manual_review', label: 'Manual review' },
            ]}
            value={merge.strategy ?? 'most_recent'}
            description={strategyWords[merge.strategy ?? 'most_recent']}
            onChange={(value) => edit((text) => text.setIn(['merge', 'strategy'], value ?? 'most_recent'))}
          />
          {merge.strategy === 'primary' && (
            <Select
              label="The primary is"
              description="Whose values stay"
              w={220}
              data={[
                { value: 'oldest', label: 'the oldest side' },
                { value: 'most_complete', label: 'the most complete side' },
              ]}
              value={merge.primary ?? 'oldest'}
              onChange={(value) => edit((text) => text.setIn(['merge', 'primary'], value ?? 'oldest'))}
            />
          )}
          <TextInput
            label="Default country"
            description="Of phones written nationally"
            w={200}
            maxLength={2}
            value={default_country}
            onChange={(event) => {
              const { value } = event.currentTarget
              edit((text) => setOrDelete(text, ['default_country'], value === '' ? undefined : value.toUpperCase()))
            }}
          />
        </Group>
      </Stack>
    </Card>
  )
}

const strategyWords: Readonly<Record<string, string>> = {
  most_recent: 'Per field, the value seen last',
  primary: 'The primary keeps its values',
  manual_review: 'A difference in a name asks a person',
}
