import { Alert, Button, Group, List, Modal, Stack, Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState, type ReactNode } from 'react'
import { ApiFault } from '../api/client.ts'
import { diffRulesetsQuery } from '../api/diff-rulesets.ts'
import { draftQuery } from '../api/draft.ts'
import { publishRuleset, rollBack } from '../api/publish-ruleset.ts'
import { saveDraft } from '../api/save-draft.ts'
import { useSpace } from './session.ts'
import { ErrorState, LoadingRows } from './states.tsx'
import { useWrite } from './use-write.ts'

export interface RulesetChange {
  readonly title: string
  readonly yaml: string
  /** The published version that it was made from. */
  readonly from: number
  readonly onDone?: () => void
}

/** Publishing one change: what it changes is said first, and Undo brings the version before back. */
export function usePublishChange(): { readonly propose: (change: RulesetChange) => void; readonly dialog: ReactNode } {
  const [change, setChange] = useState<RulesetChange | null>(null)
  const dialog = (
    <Modal opened={change !== null} onClose={() => setChange(null)} title={change?.title} size="lg">
      {change && <Proposal change={change} close={() => setChange(null)} />}
    </Modal>
  )
  return { propose: setChange, dialog }
}

function Proposal({ change, close }: { change: RulesetChange; close: () => void }) {
  const space = useSpace()
  const undo = useUndo()
  const { yaml, from, title, onDone } = change
  const diff = useQuery(diffRulesetsQuery(space, 'published', { yaml }))
  const draft = useQuery(draftQuery(space))
  const publish = useWrite(() => publishRuleset(space, { yaml, note: title, expectedVersion: from }), {
    onSuccess: ({ version }) => {
      close()
      undo(version, from)
      onDone?.()
    },
  })
  const save = useWrite(() => saveDraft(space, { yaml, expectedRevision: draft.data?.draft?.revision ?? 0 }), {
    said: () => 'Saved to the draft. Try it on everything stored under Drafts.',
    onSuccess: () => {
      close()
      onDone?.()
    },
  })
  if (diff.error) return <ErrorState error={diff.error} />
  if (!diff.data) return <LoadingRows rows={3} />
  return (
    <Stack gap="md">
      {diff.data.changes.length === 0 ? (
        <Text size="sm">This decides nothing otherwise than the published version.</Text>
      ) : (
        <List size="sm" spacing={4}>
          {diff.data.changes.map((sentence) => (
            <List.Item key={sentence}>{sentence}</List.Item>
          ))}
        </List>
      )}
      <Text size="sm" c="dimmed">
        Published, it counts at once, for what is stored as well. It can be undone.
      </Text>
      <Conflict error={publish.error ?? save.error} />
      {draft.data?.draft && (
        <Alert variant="outline" color="ink">
          There is a draft already; saving there replaces its text.
        </Alert>
      )}
      <Group justify="flex-end">
        <Button variant="subtle" onClick={close}>
          Cancel
        </Button>
        <Button variant="default" loading={save.isPending} onClick={() => save.mutate(undefined)}>
          Save to draft
        </Button>
        <Button loading={publish.isPending} onClick={() => publish.mutate(undefined)} data-autofocus>
          Publish now
        </Button>
      </Group>
    </Stack>
  )
}

/** Somebody else changed it meanwhile: what they changed. */
function Conflict({ error }: { error: Error | null }) {
  if (!(error instanceof ApiFault) || !error.code.endsWith('_conflict')) return null
  const { changes } = error.more
  return (
    <Alert variant="outline" color="red" role="alert" title="Somebody else was faster">
      <Text size="sm">{error.message}. Open the page anew to go on from there.</Text>
      {Array.isArray(changes) && (
        <List size="sm" mt="xs">
          {changes.map((sentence) => (
            <List.Item key={String(sentence)}>{String(sentence)}</List.Item>
          ))}
        </List>
      )}
    </Alert>
  )
}

/** Says that a version was published, with the way back. */
export function useUndo(): (version: number | null, before: number) => void {
  const space = useSpace()
  const queryClient = useQueryClient()
  return (version, before) => {
    const id = `published-${version ?? 'now'}`
    const undo = async () => {
      notifications.hide(id)
      await rollBack(space, before)
      notifications.show({ message: `Back to what version ${before} said`, color: 'green' })
      await queryClient.invalidateQueries()
    }
    notifications.show({
      id,
      color: 'green',
      autoClose: 12_000,
      message: (
        <Group justify="space-between" wrap="nowrap">
          <span>{version === null ? 'Published' : `Version ${version} is published`}</span>
          <Button size="compact-sm" variant="subtle" onClick={() => void undo()}>
            Undo
          </Button>
        </Group>
      ),
    })
  }
}
