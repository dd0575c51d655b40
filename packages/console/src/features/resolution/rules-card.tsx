import { ActionIcon, Button, Group, Stack, Switch, Text, TextInput } from '@mantine/core'
import { ArrowDown, ArrowUp, Plus, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { Card } from '../../ui/page.tsx'
import { moveInList, putInList, setOrDelete, takeFromList } from '../../ui/ruleset-text.ts'
import { AdvancedSettings } from './advanced-settings.tsx'
import { CriterionEditor } from './criterion-editor.tsx'
import type { Edit } from './resolution-page.tsx'
import { criterionOf, writtenCriterion, type WrittenRule, type WrittenRuleset } from './written-ruleset.ts'

interface Props {
  readonly ruleset: WrittenRuleset
  readonly sentences: readonly string[]
  readonly edit: Edit
}

/** The match rules: any of them suffices, the strongest first. */
export function RulesCard({ ruleset, sentences, edit }: Props) {
  const rules = ruleset.rules ?? []
  const types = typesOf(ruleset)
  const [open, setOpen] = useState<number | null>(null)
  const add = () => {
    edit((text) => putInList(text, ['rules'], null, { name: 'New rule', match: [{ exact: types[0] ?? 'email' }] }))
    setOpen(rules.length)
  }
  return (
    <Card
      title="Match rules"
      lead="Any one of them suffices. The first is the strongest, and what it joins a later one does not undo."
      actions={
        <Button size="compact-sm" variant="default" leftSection={<Plus size={14} aria-hidden />} onClick={add}>
          OR: add a rule
        </Button>
      }
    >
      {rules.length === 0 && (
        <Text size="sm" c="dimmed">
          There is no rule: only anchors, such as a customer id, link records.
        </Text>
      )}
      {rules.map((rule, place) => (
        <div key={place}>
          {place > 0 && <div className="between">OR</div>}
          <RuleCard
            rule={rule}
            place={place}
            count={rules.length}
            types={types}
            sentence={sentences[place] ?? rule.name}
            isOpen={open === place}
            toggle={() => setOpen(open === place ? null : place)}
            edit={edit}
          />
        </div>
      ))}
    </Card>
  )
}

interface CardProps {
  readonly rule: WrittenRule
  readonly place: number
  readonly count: number
  readonly types: readonly string[]
  readonly sentence: string
  readonly isOpen: boolean
  readonly toggle: () => void
  readonly edit: Edit
}

function RuleCard({ rule, place, count, types, sentence, isOpen, toggle, edit }: CardProps) {
  const isOn = rule.enabled !== false
  const at = ['rules', place] as const
  return (
    <div className="rule-card" data-off={!isOn}>
      <Group justify="space-between" wrap="nowrap" align="flex-start">
        <div>
          <Text className="rule-sentence" aria-live="polite">
            {sentence}
          </Text>
          <Text size="xs" c="dimmed">
            {rule.name}
            {!isOn && ' · switched off'}
          </Text>
        </div>
        <Group gap={4} wrap="nowrap">
          <Switch
            size="xs"
            checked={isOn}
            aria-label={`${rule.name} is ${isOn ? 'on' : 'off'}`}
            onChange={() => edit((text) => setOrDelete(text, [...at, 'enabled'], isOn ? false : undefined))}
          />
          <ActionIcon
            variant="subtle"
            color="gray"
            disabled={place === 0}
            aria-label={`Make ${rule.name} stronger`}
            onClick={() => edit((text) => moveInList(text, ['rules'], place, place - 1))}
          >
            <ArrowUp size={15} />
          </ActionIcon>
          <ActionIcon
            variant="subtle"
            color="gray"
            disabled={place === count - 1}
            aria-label={`Make ${rule.name} weaker`}
            onClick={() => edit((text) => moveInList(text, ['rules'], place, place + 1))}
          >
            <ArrowDown size={15} />
          </ActionIcon>
          <Button size="compact-sm" variant="default" onClick={toggle} aria-expanded={isOpen} data-edit-rule>
            {isOpen ? 'Close' : 'Edit'}
          </Button>
        </Group>
      </Group>
      {isOpen && (
        <Stack gap="sm" mt="sm">
          <TextInput
            label="Name"
            value={rule.name}
            onChange={(event) => {
              const { value } = event.currentTarget
              edit((text) => text.setIn([...at, 'name'], value))
            }}
          />
          {(rule.match ?? []).map((written, n) => {
            const criterion = criterionOf(written)
            return (
              <div key={n}>
                {n > 0 && <div className="between">AND</div>}
                {criterion === null ? (
                  <Text size="sm" c="dimmed" className="criterion">
                    This criterion says more than the form can: edit it in the text beside.
                  </Text>
                ) : (
                  <CriterionEditor
                    criterion={criterion}
                    types={types}
                    change={(next) => edit((text) => putInList(text, [...at, 'match'], n, writtenCriterion(next)))}
                    remove={
                      rule.match.length > 1 ? () => edit((text) => takeFromList(text, [...at, 'match'], n)) : null
                    }
                  />
                )}
              </div>
            )
          })}
          <Group justify="space-between">
            <Button
              size="compact-sm"
              variant="default"
              leftSection={<Plus size={14} aria-hidden />}
              onClick={() =>
                edit((text) => putInList(text, [...at, 'match'], null, { exact: unusedType(rule, types) }))
              }
            >
              AND: add a criterion
            </Button>
            <Button
              size="compact-sm"
              variant="subtle"
              color="red"
              leftSection={<Trash2 size={14} aria-hidden />}
              onClick={() => edit((text) => takeFromList(text, ['rules'], place))}
            >
              Delete the rule
            </Button>
          </Group>
          <AdvancedSettings
            rule={rule}
            change={(key, value) => edit((text) => setOrDelete(text, [...at, key], value))}
          />
        </Stack>
      )}
    </div>
  )
}

const builtInAttributes = ['first_name', 'last_name', 'birth_date', 'postcode'] as const

/** What a criterion may compare: the identifiers of the ruleset, and what is built in. */
function typesOf(ruleset: WrittenRuleset): readonly string[] {
  return [...new Set([...(ruleset.identifiers ?? []).map(({ name }) => name), ...builtInAttributes])]
}

function unusedType(rule: WrittenRule, types: readonly string[]): string {
  const used = new Set(rule.match.flatMap((written) => criterionOf(written)?.types ?? []))
  return ['phone', 'email', ...types].find((type) => types.includes(type) && !used.has(type)) ?? types[0] ?? 'email'
}
