import { Alert, Button, Checkbox, Group, List, Modal, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { Candidate, DecidedMany } from '../../api/answers.ts'
import { decideCandidates, type CandidateAction } from '../../api/decide.ts'
import { countOf } from '../../ui/numbers.ts'
import { useSpace } from '../../ui/session.ts'
import { QueryView } from '../../ui/states.tsx'
import { useWrite } from '../../ui/use-write.ts'

interface Props {
  readonly items: readonly Candidate[]
  readonly picked: ReadonlySet<string>
  readonly setPicked: (picked: ReadonlySet<string>) => void
  readonly onDecided: (decisionIds: readonly string[]) => void
}

/** Several pairs at once, tried before they are decided. */
export function BulkBar({ items, picked, setPicked, onDecided }: Props) {
  const space = useSpace()
  const [action, setAction] = useState<CandidateAction | null>(null)
  const ids = items.map(({ candidateId }) => candidateId).filter((id) => picked.has(id))
  const decide = useWrite((given: CandidateAction) => decideCandidates(space, { candidateIds: ids, action: given }), {
    said: ({ decided, skipped }) =>
      `${countOf(decided, 'pair')} decided${skipped > 0 ? `, ${skipped} could not be any more` : ''}`,
    onSuccess: ({ results }) => {
      onDecided(results.flatMap(({ decision }) => decision?.decisionId ?? []))
      setPicked(new Set())
      setAction(null)
    },
  })
  return (
    <Group gap="xs" mb="xs" justify="space-between">
      <Checkbox
        size="xs"
        label={ids.length === 0 ? 'Pick all' : `${ids.length} picked`}
        checked={ids.length > 0 && ids.length === items.length}
        indeterminate={ids.length > 0 && ids.length < items.length}
        onChange={() =>
          setPicked(ids.length === items.length ? new Set() : new Set(items.map((item) => item.candidateId)))
        }
      />
      {ids.length > 0 && (
        <Group gap={6}>
          <Button size="compact-sm" variant="default" onClick={() => setAction('dismiss')}>
            Not a match
          </Button>
          <Button size="compact-sm" onClick={() => setAction('confirm')}>
            Merge
          </Button>
        </Group>
      )}
      <Modal
        opened={action !== null}
        onClose={() => setAction(null)}
        title={
          action === 'confirm' ? `Merge ${countOf(ids.length, 'pair')}?` : `Keep ${countOf(ids.length, 'pair')} apart?`
        }
        size="lg"
      >
        {action && (
          <Stack>
            <BulkPreview ids={ids} action={action} />
            <Group justify="flex-end">
              <Button variant="subtle" onClick={() => setAction(null)}>
                Cancel
              </Button>
              <Button loading={decide.isPending} onClick={() => decide.mutate(action)}>
                {action === 'confirm' ? 'Merge all of them' : 'Keep all of them apart'}
              </Button>
            </Group>
          </Stack>
        )}
      </Modal>
    </Group>
  )
}

/** What the decision would do, tried without storing anything. */
function BulkPreview({ ids, action }: { ids: readonly string[]; action: CandidateAction }) {
  const space = useSpace()
  const query = useQuery({
    queryKey: [space, 'decide-preview', action, ids],
    queryFn: () => decideCandidates(space, { candidateIds: ids, action, preview: true }),
  })
  return <QueryView query={query}>{(tried) => <Tried tried={tried} />}</QueryView>
}

function Tried({ tried }: { tried: DecidedMany }) {
  const decisions = tried.results.flatMap(({ decision }) => (decision ? [decision] : []))
  const before = new Set(decisions.flatMap((decision) => decision.before)).size
  const after = new Set(decisions.flatMap((decision) => decision.after)).size
  return (
    <Stack gap="xs">
      <Text size="sm">
        {countOf(before, 'profile')} would be {countOf(after, 'profile')}.
      </Text>
      {tried.skipped > 0 && (
        <Alert variant="outline" color="yellow" title={`${countOf(tried.skipped, 'pair')} cannot be decided any more`}>
          <List size="sm">
            {[...new Set(tried.results.flatMap(({ problem }) => problem?.detail ?? []))].map((detail) => (
              <List.Item key={detail}>{detail}</List.Item>
            ))}
          </List>
        </Alert>
      )}
    </Stack>
  )
}
