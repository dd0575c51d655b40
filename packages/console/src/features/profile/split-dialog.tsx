import { Button, Checkbox, Group, Modal, Stack, Text, Textarea } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { revertDecision } from '../../api/decide.ts'
import { identifiersQuery } from '../../api/identifiers.ts'
import { splitProfile } from '../../api/split-profile.ts'
import { typeInWords } from '../../ui/identifier-words.ts'
import { countOf } from '../../ui/numbers.ts'
import { useSpace } from '../../ui/session.ts'
import { QueryView } from '../../ui/states.tsx'
import { useToldUndo } from '../../ui/told-undo.tsx'
import { useWrite } from '../../ui/use-write.ts'
import { ValueText } from '../../ui/value-text.tsx'

/** Taking identifiers off a profile: what carries nothing else leaves with them, and never joins it again. */
export function SplitDialog({ id, isOpen, close }: { id: string; isOpen: boolean; close: () => void }) {
  return (
    <Modal opened={isOpen} onClose={close} title="Split this profile" size="lg">
      {isOpen && <SplitForm id={id} close={close} />}
    </Modal>
  )
}

function SplitForm({ id, close }: { id: string; close: () => void }) {
  const space = useSpace()
  const told = useToldUndo()
  const query = useQuery(identifiersQuery(space, id))
  const [picked, setPicked] = useState<readonly string[]>([])
  const [reason, setReason] = useState('')
  const identifiers = (query.data?.items ?? [])
    .filter(({ type, value }) => picked.includes(`${type} ${value}`))
    .map(({ type, value }) => ({ type, value }))
  const preview = useQuery({
    queryKey: [space, 'split-preview', id, identifiers],
    enabled: identifiers.length > 0,
    queryFn: () => splitProfile(space, { id, identifiers, preview: true }),
  })
  const split = useWrite(
    () => splitProfile(space, { id, identifiers, reason: reason === '' ? null : reason, preview: false }),
    {
      onSuccess: ({ decisionId }) => {
        close()
        told('Split for good', () => revertDecision(space, { id: decisionId }))
      },
    },
  )
  return (
    <Stack>
      <Text size="sm" c="dimmed">
        Pick what belongs to somebody else. Records that carry nothing but that leave with it, and stay apart from then
        on.
      </Text>
      <QueryView query={query}>
        {({ items }) => (
          <Checkbox.Group value={[...picked]} onChange={setPicked} aria-label="Identifiers that leave">
            <Stack gap={8}>
              {items.map(({ type, value }) => (
                <Checkbox
                  key={`${type} ${value}`}
                  value={`${type} ${value}`}
                  label={
                    <>
                      {typeInWords(type)}: <ValueText text={value} longest={60} />
                    </>
                  }
                />
              ))}
            </Stack>
          </Checkbox.Group>
        )}
      </QueryView>
      <Text size="sm" role="status">
        {identifiers.length > 0 &&
          (preview.data
            ? `${countOf(preview.data.before.length, 'profile')} would be ${countOf(preview.data.after.length, 'profile')}: ${preview.data.profiles
                .map(({ recordCount }) => countOf(recordCount, 'record'))
                .join(' and ')}.`
            : (preview.error?.message ?? 'Trying …'))}
      </Text>
      <Textarea
        label="Reason"
        description="For those who look later"
        value={reason}
        autosize
        onChange={(event) => setReason(event.currentTarget.value)}
      />
      <Group justify="flex-end">
        <Button variant="subtle" onClick={close}>
          Cancel
        </Button>
        <Button disabled={!preview.data} loading={split.isPending} onClick={() => split.mutate(undefined)}>
          Split
        </Button>
      </Group>
    </Stack>
  )
}
