import {
  Alert,
  Autocomplete,
  Checkbox,
  Group,
  NumberInput,
  Select,
  Stack,
  Switch,
  Text,
  TextInput,
} from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import type { Ruleset } from '../../api/answers.ts'
import { samplesQuery } from '../../api/samples.ts'
import { typeInWords } from '../../ui/identifier-words.ts'
import { Card } from '../../ui/page.tsx'
import { useSpace } from '../../ui/session.ts'
import { leavesOf } from './leaves.ts'
import { targets } from './mapping-words.ts'
import type { FormFaults, RuleForm } from './rule-form.ts'

interface Props {
  readonly form: RuleForm
  readonly change: (part: Partial<RuleForm>) => void
  readonly faults: FormFaults
  readonly sources: readonly string[]
  readonly isNew: boolean
  readonly isFirstOfSource: boolean
  readonly ruleset: Ruleset
}

/** When, what, as what, and how far it is believed. */
export function RuleSteps({ form, change, faults, sources, isNew, isFirstOfSource, ruleset }: Props) {
  const space = useSpace()
  const samples = useQuery({ ...samplesQuery(space, form.source), enabled: form.source !== '' })
  const events = (samples.data?.events ?? []).map(({ event }) => event)
  const fitting = (samples.data?.items ?? []).filter(
    ({ event }) => form.isAnyEvent || form.when === '' || event === form.when,
  )
  const paths = [...new Set(fitting.flatMap(({ envelope }) => leavesOf(envelope)))]
  const kind = kindOf(form.to, ruleset)
  return (
    <Stack gap="sm">
      <Step number={1} title="When">
        <Stack gap="sm">
          <Select
            label="Source"
            data={[...sources]}
            value={form.source === '' ? null : form.source}
            disabled={!isNew}
            onChange={(source) => change({ source: source ?? '' })}
          />
          {isFirstOfSource && form.source !== '' && (
            <Alert variant="outline" color="yellow">
              The source {form.source} is read by the customary names so far. With a rule of its own it is read by its
              rules alone, and by the ids of the envelope.
            </Alert>
          )}
          <Checkbox
            label="Any event"
            description="For what rides on every signal, such as context.customer_id"
            checked={form.isAnyEvent}
            onChange={(event) => change({ isAnyEvent: event.currentTarget.checked })}
          />
          {!form.isAnyEvent && (
            <Autocomplete
              label="Event name"
              placeholder="identify"
              data={events}
              value={form.when}
              error={faults.when}
              onChange={(when) => change({ when })}
            />
          )}
        </Stack>
      </Step>
      <Step number={2} title="Read">
        <Autocomplete
          label="Path"
          description="Words with dots between them. What the sample holds is suggested."
          placeholder="props.user.email"
          data={paths}
          limit={50}
          value={form.read}
          error={faults.read}
          onChange={(read) => change({ read })}
          styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)' } }}
        />
      </Step>
      <Step number={3} title="Map to">
        <Stack gap="sm">
          <Select
            label="Target"
            data={[
              { group: 'Usual targets', items: targets.map(([value, label]) => ({ value, label })) },
              { group: 'More identifiers', items: moreTargets(ruleset) },
            ]}
            value={form.to}
            onChange={(to) => change({ to: to ?? 'email' })}
          />
          {form.to === 'trait' && (
            <TextInput
              label="Trait key"
              placeholder="plan"
              value={form.key}
              error={faults.key}
              onChange={(event) => change({ key: event.currentTarget.value })}
            />
          )}
          <Text size="sm" c="dimmed">
            {kindWords[kind]}
          </Text>
        </Stack>
      </Step>
      <Step number={4} title="Trust">
        <Stack gap="sm">
          {kind === 'claim' && (
            <Switch
              label="Mark extracted value as verified"
              description="On for what your backend or a confirmed login sends; off for what a visitor typed."
              checked={form.verified}
              onChange={(event) => change({ verified: event.currentTarget.checked })}
            />
          )}
          <Group align="flex-start">
            <NumberInput
              label="Precedence"
              description="Lower is read first and wins a name or trait"
              value={form.precedence}
              min={0}
              allowDecimal={false}
              w={240}
              onChange={(precedence) => change({ precedence: Number(precedence) || 0 })}
            />
          </Group>
          <Switch
            label="Enabled"
            checked={form.enabled}
            onChange={(event) => change({ enabled: event.currentTarget.checked })}
          />
        </Stack>
      </Step>
    </Stack>
  )
}

function Step({ number, title, children }: { number: number; title: string; children: ReactNode }) {
  return (
    <Card
      title={
        <Group gap="xs">
          <span className="step-number">{number}</span>
          {title}
        </Group>
      }
    >
      {children}
    </Card>
  )
}

type Kind = 'anchor' | 'claim' | 'name' | 'trait' | 'attribute'

const kindWords: Readonly<Record<Kind, string>> = {
  anchor:
    'An anchor stitches on sight: whoever carries the same value is one person. Whether it is verified does not matter.',
  claim:
    'A claim merges by itself when it is verified; an unverified one that meets another profile goes to the merge review.',
  name: 'A name only hints what the profile is called. It never merges anybody.',
  trait: 'A trait is kept and shown on the profile, and never used for matching.',
  attribute: 'An attribute is compared beside other evidence, where a match rule asks for it.',
}

interface WrittenIdentifier {
  readonly name: string
  readonly kind: string
}

function identifiersOf({ document }: Ruleset): readonly WrittenIdentifier[] {
  const { identifiers = [] } = document as { readonly identifiers?: readonly WrittenIdentifier[] }
  return identifiers
}

function kindOf(target: string, ruleset: Ruleset): Kind {
  const usual = targets.find(([name]) => name === target)?.[2]
  if (usual) return usual
  const kind = identifiersOf(ruleset).find(({ name }) => name === target)?.kind
  return kind === 'anchor' || kind === 'claim' ? kind : 'attribute'
}

function moreTargets(ruleset: Ruleset) {
  const usual = new Set<string>(targets.map(([name]) => name))
  return identifiersOf(ruleset)
    .filter(({ name }) => !usual.has(name))
    .map(({ name }) => ({ value: name, label: typeInWords(name) }))
}
