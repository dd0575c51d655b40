import { Alert, Button, Group, List, Stack, Text } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { lazy, Suspense, useState } from 'react'
import type { Document } from 'yaml'
import type { DraftAnswer, Ruleset } from '../../api/answers.ts'
import { checkRulesetQuery } from '../../api/check-ruleset.ts'
import { draftQuery } from '../../api/draft.ts'
import { rulesetQuery } from '../../api/ruleset.ts'
import { Card, Page } from '../../ui/page.tsx'
import { usePublishChange } from '../../ui/publish-change.tsx'
import { editRuleset } from '../../ui/ruleset-text.ts'
import { useMay, useSpace } from '../../ui/session.ts'
import { LoadingRows, QueryView } from '../../ui/states.tsx'
import { DefaultRuleCard } from './default-rule-card.tsx'
import { IdentifiersCard } from './identifiers-card.tsx'
import { MergeSettingsCard } from './merge-settings-card.tsx'
import { RulesCard } from './rules-card.tsx'
import { readRuleset } from './written-ruleset.ts'
import './resolution-page.css'

const YamlEditor = lazy(async () => ({ default: (await import('./yaml-editor.tsx')).YamlEditor }))

/** An edit of the text beside the form. */
export type Edit = (edit: (ruleset: Document) => void) => void

/** When records are one person: the match rules, the identifiers by strength, and what is done where they disagree. */
export function ResolutionPage() {
  const space = useSpace()
  const ruleset = useQuery(rulesetQuery(space, 'published'))
  const draft = useQuery(draftQuery(space))
  return (
    <Page
      title="When it is one person"
      lead={
        <>
          Match rules say which records belong together. What is read out of records is said under{' '}
          <Link to="/customers/identity-rules">What we read</Link>.
        </>
      }
    >
      <QueryView query={ruleset}>
        {(published) => (
          <QueryView query={draft}>
            {(answer) => <Editor key={published.version} published={published} draft={answer} />}
          </QueryView>
        )}
      </QueryView>
    </Page>
  )
}

function Editor({ published, draft }: { published: Ruleset; draft: DraftAnswer }) {
  const space = useSpace()
  const mayChange = useMay('manager')
  const [text, setText] = useState(published.yaml)
  const [asked] = useDebouncedValue(text, 120)
  const check = useQuery(checkRulesetQuery(space, asked))
  const { propose, dialog } = usePublishChange()
  const written = readRuleset(text)
  const isChanged = text !== published.yaml
  const edit: Edit = (change) => setText((now) => editRuleset(now, change))
  const sentences = (check.data?.english ?? []).map(({ sentence }) => sentence)
  return (
    <>
      <DefaultRuleCard ruleset={published} />
      {draft.draft && text !== draft.draft.text && (
        <Alert variant="outline" color="ink">
          <Group justify="space-between">
            <Text size="sm">A draft waits, with changes that are not published.</Text>
            <Group gap="xs">
              <Button size="compact-sm" variant="default" onClick={() => setText(draft.draft?.text ?? text)}>
                Go on with the draft
              </Button>
              <Button
                size="compact-sm"
                variant="subtle"
                renderRoot={(props) => <Link to="/customers/drafts" {...props} />}
              >
                Try it
              </Button>
            </Group>
          </Group>
        </Alert>
      )}
      <div className="resolution">
        <Stack gap="md" miw={0}>
          {written === null ? (
            <Card>
              <Alert variant="outline" color="red" title="The text beside is no YAML map yet">
                The form goes on where the text does.
              </Alert>
            </Card>
          ) : (
            <fieldset className="bare" disabled={!mayChange}>
              <Stack gap="md">
                <RulesCard ruleset={written} sentences={sentences} edit={edit} />
                <IdentifiersCard ruleset={written} edit={edit} />
                <MergeSettingsCard ruleset={written} edit={edit} />
              </Stack>
            </fieldset>
          )}
        </Stack>
        <div className="yaml-side">
          <Card title="The same as a file" lead="Form and text are always in step." isFlush>
            <Suspense fallback={<LoadingRows />}>
              <YamlEditor
                text={text}
                change={setText}
                issues={[...(check.data?.issues ?? []), ...(check.data?.warnings ?? [])]}
                isReadOnly={!mayChange}
              />
            </Suspense>
          </Card>
        </div>
      </div>
      {(check.data?.issues.length ?? 0) > 0 && (
        <Alert variant="outline" color="red" title="This cannot be published yet" role="alert">
          <List size="sm">
            {check.data?.issues.map(({ path, message }) => (
              <List.Item key={`${path} ${message}`}>
                <code>{path}</code> {message}
              </List.Item>
            ))}
          </List>
        </Alert>
      )}
      {(check.data?.warnings.length ?? 0) > 0 && (
        <Alert variant="outline" color="yellow" title="Allowed, but seldom meant">
          <List size="sm">
            {check.data?.warnings.map(({ path, message }) => (
              <List.Item key={`${path} ${message}`}>{message}</List.Item>
            ))}
          </List>
        </Alert>
      )}
      {mayChange && isChanged && (
        <div className="save-bar" role="region" aria-label="Unpublished changes">
          <Text size="sm">There are changes that nobody else sees yet.</Text>
          <Group gap="xs">
            <Button variant="subtle" onClick={() => setText(published.yaml)}>
              Discard
            </Button>
            <Button
              disabled={check.data?.valid !== true}
              onClick={() => propose({ title: 'Change when it is one person', yaml: text, from: published.version })}
            >
              Save
            </Button>
          </Group>
        </div>
      )}
      {dialog}
    </>
  )
}
