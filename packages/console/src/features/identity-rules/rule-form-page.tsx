import { Anchor, Button, Group } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useParams } from '@tanstack/react-router'
import { FileQuestion } from 'lucide-react'
import { useState } from 'react'
import type { IdentityRule, Ruleset, Source } from '../../api/answers.ts'
import { rulesetQuery } from '../../api/ruleset.ts'
import { sourcesQuery } from '../../api/sources.ts'
import { Page } from '../../ui/page.tsx'
import { usePublishChange } from '../../ui/publish-change.tsx'
import { editRuleset, putInList } from '../../ui/ruleset-text.ts'
import { useSpace } from '../../ui/session.ts'
import { EmptyState, QueryView } from '../../ui/states.tsx'
import { LivePreview } from './live-preview.tsx'
import { faultsOf, isWhole, mappingOf, type RuleForm } from './rule-form.ts'
import { RuleSteps } from './rule-steps.tsx'
import './rule-form.css'

export function NewRulePage() {
  return <RulePage rule={null} />
}

export function EditRulePage() {
  const { rule = '' } = useParams({ strict: false })
  return <RulePage rule={rule} />
}

function RulePage({ rule }: { rule: string | null }) {
  const space = useSpace()
  const ruleset = useQuery(rulesetQuery(space, 'published'))
  const sources = useQuery(sourcesQuery(space))
  return (
    <Page
      title={rule === null ? 'New identity rule' : 'Edit identity rule'}
      above={
        <Anchor component={Link} to="/customers/identity-rules" size="sm">
          What we read
        </Anchor>
      }
    >
      <QueryView query={ruleset}>
        {(found) => (
          <QueryView query={sources}>
            {(known) => {
              const edited = rule === null ? null : found.identityRules.items.find(({ id }) => id === rule)
              if (edited === undefined) return <EmptyState icon={FileQuestion} title="There is no such rule any more" />
              return <RuleEditor ruleset={found} sources={known} edited={edited} />
            }}
          </QueryView>
        )}
      </QueryView>
    </Page>
  )
}

interface Props {
  readonly ruleset: Ruleset
  readonly sources: readonly Source[]
  readonly edited: IdentityRule | null
}

function RuleEditor({ ruleset, sources, edited }: Props) {
  const [form, setForm] = useState<RuleForm>(() => formOf(edited, sources))
  const [shown] = useDebouncedValue(form, 150)
  const { propose, dialog } = usePublishChange()
  const navigate = useNavigate()
  const rules = ruleset.identityRules.items
  const isFirstOfSource = edited === null && !rules.some(({ source }) => source === form.source)
  const faults = faultsOf(form)
  const save = () =>
    propose({
      title: edited === null ? `Read ${form.read} as ${form.to}` : `Change the rule on ${form.read}`,
      from: ruleset.version,
      onDone: () => void navigate({ to: '/customers/identity-rules' }),
      yaml: editRuleset(ruleset.yaml, (text) =>
        putInList(text, ['sources', form.source, 'mappings'], edited?.place ?? null, mappingOf(form)),
      ),
    })
  return (
    <form
      className="rule-editor"
      onSubmit={(event) => {
        event.preventDefault()
        if (isWhole(form)) save()
      }}
    >
      <div>
        <RuleSteps
          form={form}
          change={(part) => setForm({ ...form, ...part })}
          faults={faults}
          sources={sources.map(({ source }) => source)}
          isNew={edited === null}
          isFirstOfSource={isFirstOfSource}
          ruleset={ruleset}
        />
        <Group mt="md">
          <Button type="submit" disabled={!isWhole(form)}>
            Save
          </Button>
          <Button variant="subtle" renderRoot={(props) => <Link to="/customers/identity-rules" {...props} />}>
            Cancel
          </Button>
        </Group>
      </div>
      <LivePreview form={shown} place={edited?.place ?? null} />
      {dialog}
    </form>
  )
}

function formOf(rule: IdentityRule | null, sources: readonly Source[]): RuleForm {
  if (rule === null) {
    return {
      source: sources[0]?.source ?? '',
      isAnyEvent: false,
      when: '',
      read: '',
      to: 'email',
      key: '',
      verified: false,
      precedence: 100,
      enabled: true,
    }
  }
  return {
    source: rule.source,
    isAnyEvent: rule.when === null,
    when: rule.when ?? '',
    read: rule.read,
    to: rule.to,
    key: rule.key ?? '',
    verified: rule.trust === 'verified',
    precedence: rule.precedence,
    enabled: rule.enabled,
  }
}
