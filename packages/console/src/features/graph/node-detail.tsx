import { CloseButton, Group, Stack, Text } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import type { GraphAnswer } from '../../api/answers.ts'
import { Chip, TrustChip } from '../../ui/chip.tsx'
import { typeInWords } from '../../ui/identifier-words.ts'
import { countOf } from '../../ui/numbers.ts'
import { Time } from '../../ui/time.tsx'
import { ValueText } from '../../ui/value-text.tsx'
import type { Graph, GraphNode } from './layout.ts'

interface Props {
  readonly node: GraphNode
  readonly graph: Graph
  readonly answer: GraphAnswer
  readonly close: () => void
}

/** What a node is, when and where it was seen, and why each of its edges is there. */
export function NodeDetail({ node, graph, answer, close }: Props) {
  const edges = graph.edges.filter(({ from, to }) => from === node.id || to === node.id)
  const labels = new Map(graph.nodes.map((one) => [one.id, one.label]))
  return (
    <aside className="graph-detail" aria-label="The chosen node">
      <Group justify="space-between" wrap="nowrap" align="flex-start">
        <Text fw={600} size="sm" component="div">
          <NodeTitle node={node} />
        </Text>
        <CloseButton size="sm" aria-label="Close" onClick={close} />
      </Group>
      <Stack gap={6} mt="xs">
        <NodeFacts node={node} answer={answer} />
        {node.kind !== 'profile' &&
          edges.slice(0, 12).map((edge, place) => (
            <Text key={place} size="xs" c="dimmed" component="div">
              <ValueText text={labels.get(edge.from === node.id ? edge.to : edge.from) ?? ''} longest={32} />:{' '}
              {edge.why}
            </Text>
          ))}
        {edges.length > 12 && (
          <Text size="xs" c="dimmed">
            and {edges.length - 12} more
          </Text>
        )}
      </Stack>
    </aside>
  )
}

function NodeTitle({ node }: { node: GraphNode }) {
  if (node.kind === 'identifier') {
    return (
      <>
        <Chip tone="blue">{typeInWords(node.identifier.type)}</Chip>{' '}
        <ValueText text={node.identifier.value} longest={60} />
      </>
    )
  }
  if (node.kind === 'trace') return <>{countOf(node.trace.recordCount, 'record')}</>
  return <ValueText text={node.label} longest={60} />
}

function NodeFacts({ node, answer }: { node: GraphNode; answer: GraphAnswer }) {
  switch (node.kind) {
    case 'profile':
      return (
        <Text size="xs" c="dimmed">
          {countOf(answer.identifiers.length, 'identifier')} on{' '}
          {countOf(answer.traces.length, 'group of records', 'groups of records')}
        </Text>
      )
    case 'identifier':
      return (
        <>
          <Group gap={6}>
            <TrustChip verified={node.identifier.verified} />
            {node.identifier.state !== 'active' && <Chip tone="red">{node.identifier.state}</Chip>}
          </Group>
          {node.identifier.sources.map(({ source, recordCount, firstSeen, lastSeen }) => (
            <Text key={source} size="xs" component="div">
              <Chip>{source}</Chip> {countOf(recordCount, 'record')}, first <Time at={firstSeen} />, last{' '}
              <Time at={lastSeen} />
            </Text>
          ))}
        </>
      )
    case 'trace':
      return (
        <Text size="xs" component="div">
          <Chip>{node.trace.source}</Chip> first <Time at={node.trace.firstSeen} />, last{' '}
          <Time at={node.trace.lastSeen} />
        </Text>
      )
    case 'held':
      return (
        <Text size="xs">
          <Link to="/customers/$id" params={{ id: node.profileId }}>
            Open the other profile
          </Link>
        </Text>
      )
  }
}
