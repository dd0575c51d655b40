import {
  forceCollide,
  forceLink,
  forceManyBody,
  forceSimulation,
  forceX,
  forceY,
  type SimulationNodeDatum,
} from 'd3-force'
import type { GraphAnswer, HeldLink, Identifier } from '../../api/answers.ts'

export type GraphNode =
  | { readonly kind: 'profile'; readonly id: string; readonly label: string }
  | { readonly kind: 'identifier'; readonly id: string; readonly label: string; readonly identifier: Identifier }
  | {
      readonly kind: 'trace'
      readonly id: string
      readonly label: string
      readonly trace: GraphAnswer['traces'][number]
    }
  | { readonly kind: 'held'; readonly id: string; readonly label: string; readonly profileId: string }

export interface GraphEdge {
  readonly from: string
  readonly to: string
  readonly isHeld: boolean
  /** Why it is there, in words. */
  readonly why: string
}

export interface Graph {
  readonly nodes: readonly GraphNode[]
  readonly edges: readonly GraphEdge[]
}

export interface Place {
  readonly x: number
  readonly y: number
}

/** The picture of a profile: it in the middle, its identifiers around it, the records that carry them outside, and whom a guard keeps apart. */
export function graphOf(answer: GraphAnswer, held: readonly HeldLink[], name: string): Graph {
  const center: GraphNode = { kind: 'profile', id: 'profile', label: name }
  const identifiers = answer.identifiers.map(
    (identifier): GraphNode => ({ kind: 'identifier', id: `i ${identifier.id}`, label: identifier.value, identifier }),
  )
  const traces = answer.traces.map(
    (trace): GraphNode => ({ kind: 'trace', id: `t ${trace.id}`, label: trace.source, trace }),
  )
  const others = new Map<string, HeldLink>()
  for (const link of held) others.set(link.profileId === answer.profileId ? link.refusedBy : link.profileId, link)
  const apart = [...others].map(
    ([profileId]): GraphNode => ({ kind: 'held', id: `h ${profileId}`, label: 'kept apart', profileId }),
  )
  const ruleByValue = new Map(answer.links.map((link) => [`${link.type} ${link.value}`, link]))
  const carriers = new Map<string, number>()
  for (const { identifier } of answer.sightings) carriers.set(identifier, (carriers.get(identifier) ?? 0) + 1)
  const edges: GraphEdge[] = [
    ...answer.identifiers.map((identifier) => {
      const link = ruleByValue.get(`${identifier.type} ${identifier.value}`)
      const said =
        link === undefined
          ? 'known from one group of records'
          : link.decision === null
            ? `joined records by the rule “${link.rule}”`
            : 'joined records by a decision'
      return { from: 'profile', to: `i ${identifier.id}`, isHeld: false, why: said }
    }),
    ...answer.sightings.map(({ trace, identifier, verified }) => ({
      from: `i ${identifier}`,
      to: `t ${trace}`,
      isHeld: false,
      why: `these records carry the value, ${verified ? 'verified' : 'unverified'}`,
    })),
    ...[...others].map(([profileId, link]) => {
      const known = answer.identifiers.find(({ type, value }) => type === link.type && value === link.value)
      return {
        from: known ? `i ${known.id}` : 'profile',
        to: `h ${profileId}`,
        isHeld: true,
        why: `linked by “${link.rule}”, and held apart: ${link.reasons.join('; ') || link.guard.replaceAll('_', ' ')}`,
      }
    }),
  ]
  const bare = answer.traces.filter(({ id }) => !answer.sightings.some(({ trace }) => trace === id))
  const loose = bare.map(({ id }) => ({
    from: 'profile',
    to: `t ${id}`,
    isHeld: false,
    why: 'records without an identifier',
  }))
  return { nodes: [center, ...identifiers, ...traces, ...apart], edges: [...edges, ...loose] }
}

interface Body extends SimulationNodeDatum {
  readonly id: string
  readonly radius: number
}

/** Where every node stands. The same graph always comes out the same. */
export function placesOf({ nodes, edges }: Graph): ReadonlyMap<string, Place> {
  const isLarge = nodes.length > 60
  const bodies: Body[] = nodes.map((node, place) => {
    const ring = node.kind === 'profile' ? 0 : node.kind === 'identifier' ? 150 : 280
    const angle = place * 2.399963
    const at = { x: Math.cos(angle) * ring, y: Math.sin(angle) * ring }
    const body = { id: node.id, radius: radiusOf(node, isLarge), ...at }
    return node.kind === 'profile' ? { ...body, fx: 0, fy: 0 } : body
  })
  const links = edges.map(({ from, to }) => ({ source: from, target: to }))
  forceSimulation(bodies)
    .force(
      'link',
      forceLink<Body, { source: string | Body; target: string | Body }>(links)
        .id(({ id }) => id)
        .distance(isLarge ? 70 : 120)
        .strength(0.7),
    )
    .force('charge', forceManyBody().strength(isLarge ? -140 : -420))
    .force(
      'collide',
      forceCollide<Body>(({ radius }) => radius),
    )
    .force('x', forceX(0).strength(0.04))
    .force('y', forceY(0).strength(0.09))
    .stop()
    .tick(isLarge ? 160 : 300)
  return new Map(bodies.map(({ id, x = 0, y = 0 }) => [id, { x, y }]))
}

function radiusOf(node: GraphNode, isLarge: boolean): number {
  if (node.kind === 'profile') return 60
  if (isLarge) return 14
  return node.kind === 'identifier' ? 62 : 44
}
