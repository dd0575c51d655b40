import { ActionIcon, Button, Group, MultiSelect, NumberInput, Select, Stack, TagsInput, Text } from '@mantine/core'
import { X } from 'lucide-react'
import { typeInWords } from '../../ui/identifier-words.ts'
import { setOrDelete } from '../../ui/ruleset-text.ts'
import type { Edit } from './resolution-page.tsx'
import type { WrittenIdentifier } from './written-ruleset.ts'

const standardizers = ['trim', 'case_insensitive', 'only_numeric', 'email', 'phone', 'date', 'fold']

interface Props {
  readonly identifier: WrittenIdentifier
  readonly place: number
  readonly others: readonly string[]
  readonly edit: Edit
}

/** How an identifier is compared, how many of it a profile may hold, and which of its values link nobody. */
export function IdentifierEditor({ identifier, place, others, edit }: Props) {
  const set = (key: keyof WrittenIdentifier, value: unknown) =>
    edit((text) => setOrDelete(text, ['identifiers', place, key], value))
  const shared = Object.entries(identifier.shared_when ?? {})
  const setShared = (next: readonly (readonly [string, number])[]) =>
    set('shared_when', next.length === 0 ? undefined : Object.fromEntries(next))
  const unused = others.filter((name) => name !== identifier.name && !shared.some(([known]) => known === name))
  return (
    <Stack gap="sm" py="sm" pl={38}>
      <MultiSelect
        label="Standardization"
        description="Before two values are compared. Choose the least that does: too much makes strangers equal."
        data={standardizers.map((name) => ({ value: name, label: name.replaceAll('_', ' ') }))}
        value={[...(identifier.standardize ?? [])]}
        onChange={(names) => set('standardize', names.length === 0 ? undefined : names)}
      />
      <Group align="flex-start">
        <NumberInput
          label="Values per profile at most"
          description={limitAdvice[identifier.name] ?? 'Empty: no limit'}
          w={230}
          min={1}
          allowDecimal={false}
          value={identifier.max_unique_values ?? ''}
          onChange={(value) => set('max_unique_values', value === '' ? undefined : Number(value))}
        />
        <Select
          label="Beyond it"
          description="What happens to the junior side"
          w={250}
          data={[
            { value: 'hold', label: 'the junior side is held apart' },
            { value: 'block', label: 'the whole group stays apart' },
          ]}
          value={identifier.when_exceeded ?? 'hold'}
          onChange={(value) => set('when_exceeded', value === 'block' ? value : undefined)}
        />
      </Group>
      <TagsInput
        label="Blocked values"
        description="Exact, with * as a glob, or /a pattern/. They stay on the record and link nobody."
        placeholder="noreply@*"
        value={[...(identifier.blocked_values ?? [])]}
        onChange={(values) => set('blocked_values', values.length === 0 ? undefined : values)}
      />
      <div>
        <Text size="sm" fw={500}>
          Shared when
        </Text>
        <Text size="xs" c="dimmed" mb={4}>
          A value that so many different people carry tells nothing: it is put in quarantine.
        </Text>
        <Stack gap={6}>
          {shared.map(([type, count], n) => (
            <Group key={type} gap="xs">
              <Text size="sm" w={170}>
                more than this many {typeInWords(type)}
              </Text>
              <NumberInput
                aria-label={`Different ${typeInWords(type)} at most`}
                w={100}
                min={1}
                allowDecimal={false}
                value={count}
                onChange={(value) =>
                  value !== '' &&
                  setShared(shared.map((entry, m) => (m === n ? ([type, Number(value)] as const) : entry)))
                }
              />
              <ActionIcon
                variant="subtle"
                color="gray"
                aria-label={`Do not count ${typeInWords(type)}`}
                onClick={() => setShared(shared.filter(([known]) => known !== type))}
              >
                <X size={14} />
              </ActionIcon>
            </Group>
          ))}
          {unused.length > 0 && (
            <Group>
              <Button
                size="compact-sm"
                variant="subtle"
                onClick={() => setShared([...shared, [unused[0] ?? 'email', 5]])}
              >
                Count another identifier
              </Button>
            </Group>
          )}
        </Stack>
      </div>
    </Stack>
  )
}

const limitAdvice: Readonly<Record<string, string>> = {
  customer_id: 'Usually 1',
  user_id: 'Usually 1',
  email: 'Usually 1 to 3',
  phone: 'Usually 1 or 2',
  anonymous_id: '5 to 10, or none',
  device_id: '5 to 10, or none',
}
