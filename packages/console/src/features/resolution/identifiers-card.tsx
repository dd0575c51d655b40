import { ActionIcon, Group, Text, UnstyledButton } from '@mantine/core'
import { ArrowDown, ArrowUp, ChevronRight, GripVertical } from 'lucide-react'
import { useRef, useState, type DragEvent } from 'react'
import { Chip } from '../../ui/chip.tsx'
import { typeInWords } from '../../ui/identifier-words.ts'
import { Card } from '../../ui/page.tsx'
import { moveInList } from '../../ui/ruleset-text.ts'
import { IdentifierEditor } from './identifier-editor.tsx'
import type { Edit } from './resolution-page.tsx'
import type { WrittenIdentifier, WrittenRuleset } from './written-ruleset.ts'

/** The identifiers, strongest first: by drag, by the arrows, or by Alt with the arrow keys. */
export function IdentifiersCard({ ruleset, edit }: { ruleset: WrittenRuleset; edit: Edit }) {
  const identifiers = ruleset.identifiers ?? []
  const [open, setOpen] = useState<string | null>(null)
  const [over, setOver] = useState<number | null>(null)
  const dragged = useRef<number | null>(null)
  const [said, setSaid] = useState('')
  const move = (from: number, to: number) => {
    const moved = identifiers[from]
    if (!moved || to < 0 || to >= identifiers.length || from === to) return
    edit((text) => moveInList(text, ['identifiers'], from, to))
    setSaid(`${typeInWords(moved.name)} is number ${to + 1} of ${identifiers.length} now`)
  }
  const names = identifiers.map(({ name }) => name)
  return (
    <Card
      title="Identifiers by priority"
      lead="The first is the strongest: where the keys of a record lead to different people, it decides."
      isFlush
    >
      <ol className="timeline" aria-label="Identifiers, strongest first">
        {identifiers.map((identifier, place) => (
          <li
            key={identifier.name}
            className="identifier-row"
            data-over={over === place}
            onDragOver={(event: DragEvent) => {
              event.preventDefault()
              setOver(place)
            }}
            onDrop={() => {
              if (dragged.current !== null) move(dragged.current, place)
              setOver(null)
            }}
          >
            <Group wrap="nowrap" gap="xs">
              <span
                className="grip"
                draggable
                aria-hidden="true"
                onDragStart={() => {
                  dragged.current = place
                }}
                onDragEnd={() => setOver(null)}
              >
                <GripVertical size={15} />
              </span>
              <UnstyledButton
                flex={1}
                aria-expanded={open === identifier.name}
                onClick={() => setOpen(open === identifier.name ? null : identifier.name)}
                onKeyDown={(event) => {
                  if (!event.altKey || (event.key !== 'ArrowUp' && event.key !== 'ArrowDown')) return
                  event.preventDefault()
                  move(place, event.key === 'ArrowUp' ? place - 1 : place + 1)
                }}
              >
                <Group gap="xs">
                  <ChevronRight size={14} className="timeline-mark" data-open={open === identifier.name} aria-hidden />
                  <Text size="sm" fw={560}>
                    {place + 1}. {typeInWords(identifier.name)}
                  </Text>
                  <Summary identifier={identifier} />
                </Group>
              </UnstyledButton>
              <ActionIcon
                variant="subtle"
                color="gray"
                disabled={place === 0}
                aria-label={`Make ${typeInWords(identifier.name)} stronger`}
                onClick={() => move(place, place - 1)}
              >
                <ArrowUp size={15} />
              </ActionIcon>
              <ActionIcon
                variant="subtle"
                color="gray"
                disabled={place === identifiers.length - 1}
                aria-label={`Make ${typeInWords(identifier.name)} weaker`}
                onClick={() => move(place, place + 1)}
              >
                <ArrowDown size={15} />
              </ActionIcon>
            </Group>
            {open === identifier.name && (
              <IdentifierEditor identifier={identifier} place={place} others={names} edit={edit} />
            )}
          </li>
        ))}
      </ol>
      <div role="status" className="visually-hidden">
        {said}
      </div>
    </Card>
  )
}

function Summary({
  identifier: { kind, standardize, max_unique_values, blocked_values, shared_when },
}: {
  identifier: WrittenIdentifier
}) {
  return (
    <Group gap={6}>
      <Chip tone={kind === 'anchor' ? 'violet' : kind === 'claim' ? 'blue' : 'gray'}>{kind ?? 'attribute'}</Chip>
      <Text size="xs" c="dimmed">
        {[
          standardize && standardize.length > 0
            ? standardize.map((name) => name.replaceAll('_', ' ')).join(', ')
            : 'exact',
          max_unique_values === undefined ? null : `at most ${max_unique_values} per profile`,
          blocked_values && blocked_values.length > 0 ? `${blocked_values.length} blocked` : null,
          shared_when ? 'quarantined when shared' : null,
        ]
          .filter((text) => text !== null)
          .join(' · ')}
      </Text>
    </Group>
  )
}
