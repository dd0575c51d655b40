import { Button, Group, Text } from '@mantine/core'
import { CircleCheck } from 'lucide-react'
import type { Ruleset } from '../../api/answers.ts'
import { Chip } from '../../ui/chip.tsx'
import { Card } from '../../ui/page.tsx'

/** The rule that every space begins with, and what it does. */
export function DefaultRuleCard({ ruleset }: { ruleset: Ruleset }) {
  const rule = ruleset.english.find(({ sentence }) => sentence.startsWith('Email field'))
  const edit = () => {
    const first = document.querySelector<HTMLElement>('[data-edit-rule]')
    first?.scrollIntoView({ block: 'center' })
    first?.click()
    first?.focus()
  }
  return (
    <Card
      title="Default Identity Resolution"
      actions={
        <>
          <Chip tone={rule?.enabled ? 'green' : 'gray'}>{rule?.enabled ? 'active' : 'off'}</Chip>
          <Button variant="default" size="compact-sm" onClick={edit}>
            Edit
          </Button>
        </>
      }
    >
      <Group gap="sm" wrap="nowrap" align="flex-start">
        <CircleCheck size={18} color="var(--tone-green-fg)" aria-hidden />
        <div>
          <Text fw={560}>{rule?.sentence ?? 'No rule on the e-mail field is left.'}</Text>
          <Text size="sm" c="dimmed">
            E-mail fields of every source are looked up, and records that share one are linked, whatever its spelling.
            It counts for sources that are connected later, too, from their first record on.
          </Text>
        </div>
      </Group>
    </Card>
  )
}
