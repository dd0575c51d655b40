import { Alert, Button, Group, List, Progress, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { FilePen } from 'lucide-react'
import type { DraftAnswer, Run } from '../../api/answers.ts'
import { draftQuery } from '../../api/draft.ts'
import { publishDraft } from '../../api/publish-ruleset.ts'
import { runQuery } from '../../api/run.ts'
import { copyRuleset, dropDraft } from '../../api/save-draft.ts'
import { simulateDraft } from '../../api/simulate-draft.ts'
import { Card, Page } from '../../ui/page.tsx'
import { PlanStory } from '../../ui/plan-story.tsx'
import { useUndo } from '../../ui/publish-change.tsx'
import { useMay, useSession, useSpace } from '../../ui/session.ts'
import { EmptyState, QueryView } from '../../ui/states.tsx'
import { Time } from '../../ui/time.tsx'
import { useWrite } from '../../ui/use-write.ts'
import { Versions } from './versions.tsx'

/** What a draft would change, tried on everything stored before it counts; and every version that was published. */
export function DraftsPage() {
  const query = useQuery(draftQuery(useSpace()))
  return (
    <Page
      title="Drafts"
      lead="Try a change on everything that is stored, see who it concerns by name, then publish it. Every version can come back."
    >
      <QueryView query={query}>
        {(answer) =>
          answer.draft === null ? <NoDraft /> : <Draft draft={answer.draft} published={answer.published} />
        }
      </QueryView>
      <Versions />
    </Page>
  )
}

function NoDraft() {
  const space = useSpace()
  const { spaces } = useSession()
  const mayChange = useMay('manager')
  const others = spaces.filter(({ name }) => name !== space)
  const copy = useWrite((fromSpace: string) => copyRuleset(space, { fromSpace, expectedRevision: 0 }), {
    said: () => 'A draft holds what the other space has published',
  })
  return (
    <Card>
      <EmptyState
        icon={FilePen}
        title="There is no draft"
        action={
          mayChange && (
            <>
              <Button variant="default" renderRoot={(props) => <Link to="/customers/identity-resolution" {...props} />}>
                Change the rules
              </Button>
              {others.map(({ name }) => (
                <Button key={name} variant="subtle" loading={copy.isPending} onClick={() => copy.mutate(name)}>
                  Import from the space {name}
                </Button>
              ))}
            </>
          )
        }
      >
        Change the rules and choose <em>Save to draft</em>, or begin with what another space has published.
      </EmptyState>
    </Card>
  )
}

function Draft({ draft, published }: { draft: NonNullable<DraftAnswer['draft']>; published: number }) {
  const space = useSpace()
  const mayChange = useMay('manager')
  const undo = useUndo()
  const navigate = useNavigate()
  const { run } = useSearch({ strict: false })
  const show = (id: string | undefined) =>
    void navigate({ to: '.', search: (known: object) => ({ ...known, run: id }), replace: true })
  const simulate = useWrite((sample: number | null) => simulateDraft(space, sample), {
    onSuccess: ({ runId }) => show(runId),
  })
  const publish = useWrite(
    () => publishDraft(space, { expectedRevision: draft.revision, note: draft.changes[0] ?? null }),
    {
      onSuccess: ({ version }) => {
        show(undefined)
        undo(version, published)
      },
    },
  )
  const drop = useWrite(() => dropDraft(space, draft.revision), { said: () => 'The draft is dropped' })
  const isWhole = draft.check.valid
  return (
    <Card
      title="The draft"
      lead={
        <>
          Saved <Time at={draft.updatedAt} />, on top of version {draft.basedOn}
          {draft.basedOn !== published && `; version ${published} is published since`}
        </>
      }
      actions={
        mayChange && (
          <>
            <Button variant="subtle" color="red" loading={drop.isPending} onClick={() => drop.mutate(undefined)}>
              Drop
            </Button>
            <Button variant="default" renderRoot={(props) => <Link to="/customers/identity-resolution" {...props} />}>
              Edit
            </Button>
            <Button
              variant="default"
              disabled={!isWhole}
              loading={simulate.isPending}
              onClick={() => simulate.mutate(null)}
            >
              Try it on everything
            </Button>
            <Button disabled={!isWhole} loading={publish.isPending} onClick={() => publish.mutate(undefined)}>
              Publish
            </Button>
          </>
        )
      }
    >
      <Stack gap="md">
        {draft.changes.length === 0 ? (
          <Text size="sm">It decides nothing otherwise than the published version.</Text>
        ) : (
          <List size="sm" spacing={4}>
            {draft.changes.map((sentence) => (
              <List.Item key={sentence}>{sentence}</List.Item>
            ))}
          </List>
        )}
        {!isWhole && (
          <Alert variant="outline" color="red" title="It has faults">
            <List size="sm">
              {draft.check.issues.map(({ path, message }) => (
                <List.Item key={`${path} ${message}`}>
                  <code>{path}</code> {message}
                </List.Item>
              ))}
            </List>
          </Alert>
        )}
        {run !== undefined && run !== '' && <Tried id={run} />}
      </Stack>
    </Card>
  )
}

function Tried({ id }: { id: string }) {
  const query = useQuery(runQuery(useSpace(), id))
  return <QueryView query={query}>{(run) => <Story run={run} />}</QueryView>
}

function Story({ run }: { run: Run }) {
  if (run.state === 'running') {
    const { phase, done = 0, total = 0 } = run.progress
    return (
      <div role="status">
        <Text size="sm" mb={6}>
          Trying it on everything stored: {phase}
        </Text>
        <Progress
          value={total === 0 ? 100 : (done / total) * 100}
          animated={total === 0}
          aria-label="Progress of the trial"
        />
      </div>
    )
  }
  if (run.report === null) {
    return (
      <Alert variant="outline" color="red">
        The trial did not come to its end{run.because !== null && `: ${run.because}`}.
      </Alert>
    )
  }
  return (
    <section aria-label="What it would change">
      <Group mb="xs">
        <Text fw={600}>What it would change</Text>
        <Text size="sm" c="dimmed">
          tried <Time at={run.startedAt} />; nothing has changed
        </Text>
      </Group>
      <PlanStory report={run.report} />
    </section>
  )
}
