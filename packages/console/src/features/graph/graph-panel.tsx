import { Group, SegmentedControl, Text } from '@mantine/core'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { lazy, Suspense, useMemo, useState } from 'react'
import { graphQuery } from '../../api/graph.ts'
import { heldLinksQuery } from '../../api/profile-held-links.ts'
import { profileQuery } from '../../api/profile.ts'
import { itemsOf } from '../../ui/flat-pages.ts'
import { countOf } from '../../ui/numbers.ts'
import { Card } from '../../ui/page.tsx'
import { useSpace } from '../../ui/session.ts'
import { LoadingRows, QueryView } from '../../ui/states.tsx'
import { GraphTable } from './graph-table.tsx'
import type { GraphAnswer, HeldLink } from '../../api/answers.ts'

const Picture = lazy(async () => ({ default: (await import('./picture.tsx')).Picture }))

/** How everything that tells who somebody is hangs together: as a picture, and as a table that says the same. */
export function GraphPanel({ id, height }: { id: string; height: number }) {
  const space = useSpace()
  const graph = useQuery(graphQuery(space, id))
  const held = useInfiniteQuery(heldLinksQuery(space, id))
  const profile = useQuery(profileQuery(space, id))
  return (
    <QueryView query={graph}>
      {(answer) => (
        <Panel
          answer={answer}
          held={held.data ? itemsOf(held.data) : []}
          name={profile.data?.name ?? 'This customer'}
          height={height}
        />
      )}
    </QueryView>
  )
}

interface PanelProps {
  readonly answer: GraphAnswer
  readonly held: readonly HeldLink[]
  readonly name: string
  readonly height: number
}

function Panel({ answer, held, name, height }: PanelProps) {
  const [shown, setShown] = useState('picture')
  const counts = useMemo(
    () =>
      [
        countOf(answer.identifiers.length, 'identifier'),
        countOf(answer.traces.length, 'group of records', 'groups of records'),
        ...(held.length > 0 ? [`${held.length} held apart`] : []),
      ].join(' · '),
    [answer, held],
  )
  return (
    <Card
      title="Identity graph"
      lead={counts}
      isFlush
      actions={
        <SegmentedControl
          size="xs"
          aria-label="Show the graph as"
          value={shown}
          onChange={setShown}
          data={[
            { value: 'picture', label: 'Picture' },
            { value: 'table', label: 'Table' },
          ]}
        />
      }
    >
      {shown === 'picture' ? (
        <Suspense fallback={<LoadingRows />}>
          <Picture answer={answer} held={held} name={name} height={height} />
        </Suspense>
      ) : (
        <GraphTable answer={answer} held={held} />
      )}
      {!answer.complete && (
        <Group px="md" pb="sm">
          <Text size="xs" c="dimmed">
            There is more than is shown: the first {answer.traces.length} groups of records are.
          </Text>
        </Group>
      )}
    </Card>
  )
}
