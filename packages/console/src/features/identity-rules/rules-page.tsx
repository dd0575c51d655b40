import { ActionIcon, Button, Group, Switch, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { BookOpenCheck, Pencil, Plus, Trash2 } from 'lucide-react'
import type { IdentityRule, Ruleset } from '../../api/answers.ts'
import { rulesetQuery } from '../../api/ruleset.ts'
import { sourcesQuery } from '../../api/sources.ts'
import { Chip } from '../../ui/chip.tsx'
import { DataTable, type Column } from '../../ui/data-table.tsx'
import { typeInWords } from '../../ui/identifier-words.ts'
import { numberText } from '../../ui/numbers.ts'
import { Card, Page, Stat } from '../../ui/page.tsx'
import { usePublishChange } from '../../ui/publish-change.tsx'
import { editRuleset, takeFromList } from '../../ui/ruleset-text.ts'
import { useMay, useSpace } from '../../ui/session.ts'
import { EmptyState, QueryView } from '../../ui/states.tsx'
import { kindTones, trustWords } from './mapping-words.ts'

/** What is read out of what arrives: the identity rules of all sources, by precedence. */
export function IdentityRulesPage() {
  const query = useQuery(rulesetQuery(useSpace(), 'published'))
  const mayChange = useMay('manager')
  return (
    <Page
      title="What we read"
      lead={
        <>
          Identity rules say which part of an event or row identifies somebody. The events themselves are never altered.
          What makes two of them one person is said under{' '}
          <Link to="/customers/identity-resolution">When it is one person</Link>.
        </>
      }
      actions={
        mayChange && (
          <Button
            leftSection={<Plus size={16} aria-hidden />}
            renderRoot={(props) => <Link to="/customers/identity-rules/new" {...props} />}
          >
            New rule
          </Button>
        )
      }
    >
      <QueryView query={query}>{(ruleset) => <Rules ruleset={ruleset} />}</QueryView>
    </Page>
  )
}

function Rules({ ruleset }: { ruleset: Ruleset }) {
  const { propose, dialog } = usePublishChange()
  const mayChange = useMay('manager')
  const { items, strip } = ruleset.identityRules
  const columns = columnsOf({
    mayChange,
    toggle: ({ source, place, enabled, read }) =>
      propose({
        title: enabled ? `Pause the rule on ${read}` : `Switch the rule on ${read} on`,
        from: ruleset.version,
        yaml: editRuleset(ruleset.yaml, (text) => {
          text.setIn(['sources', source, 'mappings', place, 'enabled'], !enabled)
        }),
      }),
    remove: ({ source, place, read }) =>
      propose({
        title: `Delete the rule on ${read}`,
        from: ruleset.version,
        yaml: editRuleset(ruleset.yaml, (text) => takeFromList(text, ['sources', source, 'mappings'], place)),
      }),
  })
  return (
    <>
      <Group gap="sm" align="stretch">
        <Stat label="Active rules" value={numberText(strip.active)} note={`of ${numberText(strip.total)}`} />
        <Stat label="Anchors" value={numberText(strip.anchors)} note="stitch on sight" />
        <Stat label="Claims" value={numberText(strip.claims)} note="merge when verified" />
        <Stat label="Traits" value={numberText(strip.traits)} note="never matched" />
      </Group>
      <Card isFlush>
        {items.length === 0 ? (
          <EmptyState
            icon={BookOpenCheck}
            title="Every source is read by the customary names"
            action={
              mayChange && (
                <Button
                  variant="default"
                  renderRoot={(props) => <Link to="/customers/identity-rules/new" {...props} />}
                >
                  Write the first rule
                </Button>
              )
            }
          >
            E-mail and phone fields, names and the envelope’s own ids are found wherever they stand. A source with rules
            of its own is read by those alone.
          </EmptyState>
        ) : (
          <DataTable label="Identity rules" columns={columns} rows={items} keyOf={({ id }) => id} />
        )}
      </Card>
      <DefaultReading ruleset={ruleset} />
      {dialog}
    </>
  )
}

/** The sources without rules of their own. */
function DefaultReading({ ruleset }: { ruleset: Ruleset }) {
  const sources = useQuery(sourcesQuery(useSpace()))
  const own = new Set(ruleset.identityRules.items.map(({ source }) => source))
  const others = (sources.data ?? []).filter(({ source }) => !own.has(source))
  if (own.size === 0 || others.length === 0) return null
  return (
    <Text size="sm" c="dimmed" component="div">
      Read by the customary names (e-mail, phone, names, the envelope’s own ids):{' '}
      {others.map(({ source }) => (
        <Chip key={source}>{source}</Chip>
      ))}
    </Text>
  )
}

interface Actions {
  readonly mayChange: boolean
  readonly toggle: (rule: IdentityRule) => void
  readonly remove: (rule: IdentityRule) => void
}

function columnsOf({ mayChange, toggle, remove }: Actions): readonly Column<IdentityRule>[] {
  return [
    { header: '#', cell: (_, place) => place + 1, width: 40 },
    { header: 'Source', cell: ({ source }) => <Chip>{source}</Chip> },
    {
      header: 'When event',
      cell: ({ when }) =>
        when === null ? (
          <Text size="sm" c="dimmed">
            any event
          </Text>
        ) : (
          <code>{when}</code>
        ),
    },
    { header: 'Read path', cell: ({ read }) => <code>{read}</code> },
    {
      header: 'Map to',
      cell: ({ to, key, kind }) => (
        <Group gap={6} wrap="nowrap">
          <Chip tone={kindTones[kind]}>{typeInWords(to)}</Chip>
          {key !== null && <code>{key}</code>}
        </Group>
      ),
    },
    {
      header: 'Trust',
      cell: ({ trust }) => {
        const [word, tone] = trustWords[trust]
        return <Chip tone={tone}>{word}</Chip>
      },
    },
    {
      header: 'Enabled',
      cell: (rule) => (
        <Switch
          size="xs"
          checked={rule.enabled}
          disabled={!mayChange}
          onChange={() => toggle(rule)}
          aria-label={`Rule ${rule.read} to ${rule.to} is ${rule.enabled ? 'on' : 'off'}`}
        />
      ),
      width: 80,
    },
    ...(mayChange
      ? [
          {
            header: 'Change',
            isBare: true,
            width: 80,
            cell: (rule: IdentityRule) => (
              <Group gap={2} wrap="nowrap">
                <ActionIcon
                  variant="subtle"
                  color="gray"
                  aria-label={`Edit the rule on ${rule.read}`}
                  renderRoot={(props) => (
                    <Link to="/customers/identity-rules/$rule/edit" params={{ rule: rule.id }} {...props} />
                  )}
                >
                  <Pencil size={15} />
                </ActionIcon>
                <ActionIcon
                  variant="subtle"
                  color="red"
                  aria-label={`Delete the rule on ${rule.read}`}
                  onClick={() => remove(rule)}
                >
                  <Trash2 size={15} />
                </ActionIcon>
              </Group>
            ),
          },
        ]
      : []),
  ]
}
