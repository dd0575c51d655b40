import { ActionIcon, Box, Group } from '@mantine/core'
import { Maximize, Minus, Plus } from 'lucide-react'
import { memo, useCallback, useEffect, useMemo, useRef, useState, type KeyboardEvent, type PointerEvent } from 'react'
import type { GraphAnswer, HeldLink } from '../../api/answers.ts'
import { typeInWords } from '../../ui/identifier-words.ts'
import { countOf } from '../../ui/numbers.ts'
import { NodeDetail } from './node-detail.tsx'
import { graphOf, placesOf, type Graph, type GraphEdge, type GraphNode, type Place } from './layout.ts'
import './picture.css'

interface Props {
  readonly answer: GraphAnswer
  readonly held: readonly HeldLink[]
  readonly name: string
  readonly height: number
}

interface Look {
  readonly x: number
  readonly y: number
  readonly zoom: number
}

/** The graph, to be moved about by mouse, finger and keys: arrows go from node to node, + and − zoom, 0 shows all of it. */
export function Picture({ answer, held, name, height }: Props) {
  const graph = useMemo(() => graphOf(answer, held, name), [answer, held, name])
  const places = useMemo(() => placesOf(graph), [graph])
  const frame = useRef<SVGSVGElement>(null)
  const [size, setSize] = useState({ width: 900, height })
  const fit = useMemo(() => lookAtAll(places, size), [places, size])
  const [moved, setMoved] = useState<Look | null>(null)
  const look = moved ?? fit
  const [chosen, setChosen] = useState<string | null>(null)
  const drag = useRef<{ readonly x: number; readonly y: number; readonly look: Look } | null>(null)

  useEffect(() => {
    const svg = frame.current
    if (!svg) return
    const watch = new ResizeObserver(([entry]) => {
      if (entry) setSize({ width: entry.contentRect.width, height: entry.contentRect.height })
    })
    watch.observe(svg)
    const zoomBy = (event: WheelEvent) => {
      if (!event.ctrlKey && !event.metaKey && Math.abs(event.deltaY) < 1) return
      event.preventDefault()
      setMoved((known) => zoomed(known ?? fit, event.deltaY < 0 ? 1.12 : 1 / 1.12))
    }
    svg.addEventListener('wheel', zoomBy, { passive: false })
    return () => {
      watch.disconnect()
      svg.removeEventListener('wheel', zoomBy)
    }
  }, [fit])

  const near = useMemo(() => neighboursOf(graph, chosen), [graph, chosen])
  const showsAllLabels = graph.nodes.length <= 60 || look.zoom > 1.5
  const toggle = useCallback((id: string) => setChosen((known) => (known === id ? null : id)), [])
  // Moving and zooming leave these as they are: only the group around them is moved.
  const edges = useMemo(
    () =>
      graph.edges.map((edge, place) => {
        const [from, to] = [places.get(edge.from), places.get(edge.to)]
        const isNear = near?.has(edge.from) === true && near.has(edge.to)
        return from && to ? <EdgeMark key={place} edge={edge} from={from} to={to} isNear={isNear} /> : null
      }),
    [graph, places, near],
  )
  const nodes = useMemo(
    () =>
      graph.nodes.map((one) => {
        const at = places.get(one.id)
        const isNear = near?.has(one.id) === true
        if (!at) return null
        return (
          <NodeMark
            key={one.id}
            node={one}
            at={at}
            isChosen={one.id === chosen}
            isNear={isNear}
            isLabelled={showsAllLabels || one.kind === 'profile' || isNear}
            toggle={toggle}
          />
        )
      }),
    [graph, places, near, chosen, showsAllLabels, toggle],
  )
  const node = graph.nodes.find(({ id }) => id === chosen) ?? null
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === '+' || event.key === '=') setMoved(zoomed(look, 1.25))
    else if (event.key === '-') setMoved(zoomed(look, 0.8))
    else if (event.key === '0') setMoved(null)
    else if (event.key === 'Escape') setChosen(null)
    else if (event.key.startsWith('Arrow')) {
      event.preventDefault()
      focusNext(frame.current, graph, places, event.key)
    }
  }
  return (
    <Box className="graph-frame">
      <svg
        ref={frame}
        className="graph"
        data-focused={near !== null}
        style={{ height }}
        role="group"
        aria-label="Identity graph: arrow keys go from node to node, plus and minus zoom, zero shows all"
        onKeyDown={onKeyDown}
        onPointerDown={(event: PointerEvent<SVGSVGElement>) => {
          if (event.target instanceof Element && event.target.closest('.graph-node')) return
          drag.current = { x: event.clientX, y: event.clientY, look }
          event.currentTarget.setPointerCapture(event.pointerId)
        }}
        onPointerMove={(event) => {
          const from = drag.current
          if (!from) return
          setMoved({ ...from.look, x: from.look.x + event.clientX - from.x, y: from.look.y + event.clientY - from.y })
        }}
        onPointerUp={() => {
          drag.current = null
        }}
      >
        <g transform={`translate(${size.width / 2 + look.x} ${size.height / 2 + look.y}) scale(${look.zoom})`}>
          {edges}
          {nodes}
        </g>
      </svg>
      <Group className="graph-tools" gap={4}>
        <Tool label="Zoom in" onClick={() => setMoved(zoomed(look, 1.25))} icon={Plus} />
        <Tool label="Zoom out" onClick={() => setMoved(zoomed(look, 0.8))} icon={Minus} />
        <Tool label="Show all" onClick={() => setMoved(null)} icon={Maximize} />
      </Group>
      <div className="graph-legend" aria-hidden="true">
        <span data-kind="identifier">identifier</span>
        <span data-kind="trace">records</span>
        {held.length > 0 && <span data-kind="held">held apart</span>}
      </div>
      {node && <NodeDetail node={node} graph={graph} answer={answer} close={() => setChosen(null)} />}
    </Box>
  )
}

function Tool({ label, onClick, icon: Icon }: { label: string; onClick: () => void; icon: typeof Plus }) {
  return (
    <ActionIcon variant="default" aria-label={label} onClick={onClick}>
      <Icon size={15} />
    </ActionIcon>
  )
}

interface MarkProps {
  readonly node: GraphNode
  readonly at: Place
  readonly isChosen: boolean
  readonly isNear: boolean
  readonly isLabelled: boolean
  readonly toggle: (id: string) => void
}

const EdgeMark = memo(function EdgeMark({ edge, from, to, isNear }: EdgeProps) {
  return (
    <g className="graph-edge" data-held={edge.isHeld} data-near={isNear}>
      <line x1={from.x} y1={from.y} x2={to.x} y2={to.y} />
      <line x1={from.x} y1={from.y} x2={to.x} y2={to.y} className="graph-edge-catch">
        <title>{edge.why}</title>
      </line>
    </g>
  )
})

interface EdgeProps {
  readonly edge: GraphEdge
  readonly from: Place
  readonly to: Place
  readonly isNear: boolean
}

const NodeMark = memo(function NodeMark({ node, at, isChosen, isNear, isLabelled, toggle }: MarkProps) {
  const choose = () => toggle(node.id)
  const label = shortened(node.label, node.kind === 'profile' ? 22 : 24)
  const size = node.kind === 'profile' ? 26 : node.kind === 'identifier' ? 9 : 7
  const tone = node.kind === 'identifier' ? node.identifier.state : node.kind
  const place = `translate(${at.x} ${at.y})`
  return (
    <>
      <g
        className="graph-node"
        data-kind={node.kind}
        data-tone={tone}
        data-near={isNear}
        data-node={node.id}
        transform={place}
        role="button"
        tabIndex={node.kind === 'profile' || isChosen ? 0 : -1}
        aria-pressed={isChosen}
        aria-label={nodeInWords(node)}
        onClick={choose}
        onKeyDown={(event) => {
          if (event.key !== 'Enter' && event.key !== ' ') return
          event.preventDefault()
          choose()
        }}
      >
        {node.kind === 'trace' || node.kind === 'held' ? (
          <rect x={-size} y={-size} width={size * 2} height={size * 2} rx={4} />
        ) : (
          <circle r={size} />
        )}
        {node.kind === 'profile' && <PersonMark />}
      </g>
      {isLabelled && (
        <text
          className="graph-label"
          data-kind={node.kind}
          data-near={isNear}
          transform={place}
          y={size + 15}
          textAnchor="middle"
          aria-hidden="true"
        >
          {node.kind === 'identifier' && (
            <tspan className="graph-type" x={0}>
              {typeInWords(node.identifier.type)}
            </tspan>
          )}
          <tspan x={0} dy={node.kind === 'identifier' ? 13 : 0}>
            {label}
          </tspan>
        </text>
      )}
    </>
  )
})

function PersonMark() {
  return (
    <g className="graph-person" aria-hidden="true">
      <circle cy={-5} r={6} />
      <path d="M -11 13 a 11 10 0 0 1 22 0" />
    </g>
  )
}

function nodeInWords(node: GraphNode): string {
  if (node.kind === 'profile') return `${node.label}, the profile`
  if (node.kind === 'identifier') {
    const { type, value, verified, sources, state } = node.identifier
    const from = sources.map(({ source }) => source).join(', ')
    return `${typeInWords(type)} ${value}, ${verified ? 'verified' : 'unverified'}, ${state}, from ${from}`
  }
  if (node.kind === 'trace') return `${countOf(node.trace.recordCount, 'record')} from ${node.trace.source}`
  return 'a profile that is held apart'
}

function shortened(text: string, longest: number): string {
  const characters = [...text.replace(/[\u0000-\u001f\u200b-\u200f\u202a-\u202e\u2066-\u2069]/gu, '')]
  return characters.length <= longest ? characters.join('') : `${characters.slice(0, longest - 1).join('')}…`
}

function neighboursOf({ edges }: Graph, chosen: string | null): ReadonlySet<string> | null {
  if (chosen === null || chosen === 'profile') return null
  const near = new Set([chosen])
  for (const { from, to } of edges) {
    if (from === chosen) near.add(to)
    if (to === chosen) near.add(from)
  }
  return near
}

function lookAtAll(
  places: ReadonlyMap<string, Place>,
  size: { readonly width: number; readonly height: number },
): Look {
  const all = [...places.values()]
  const xs = all.map(({ x }) => x)
  const ys = all.map(({ y }) => y)
  const [left, right] = [Math.min(...xs) - 90, Math.max(...xs) + 90]
  const [top, bottom] = [Math.min(...ys) - 40, Math.max(...ys) + 60]
  const zoom = Math.min(1.15, size.width / (right - left), size.height / (bottom - top))
  return { x: (-(left + right) / 2) * zoom, y: (-(top + bottom) / 2) * zoom, zoom }
}

function zoomed(look: Look, by: number): Look {
  const zoom = Math.min(4, Math.max(0.05, look.zoom * by))
  const change = zoom / look.zoom
  return { x: look.x * change, y: look.y * change, zoom }
}

/** The nearest node in the direction of the arrow gets the focus. */
function focusNext(svg: SVGSVGElement | null, graph: Graph, places: ReadonlyMap<string, Place>, key: string): void {
  const now = document.activeElement?.getAttribute('data-node') ?? 'profile'
  const from = places.get(now)
  if (!svg || !from) return
  const [dx, dy] = key === 'ArrowLeft' ? [-1, 0] : key === 'ArrowRight' ? [1, 0] : key === 'ArrowUp' ? [0, -1] : [0, 1]
  let best: { readonly id: string; readonly far: number } | null = null
  for (const { id } of graph.nodes) {
    const at = places.get(id)
    if (!at || id === now) continue
    const along = (at.x - from.x) * dx + (at.y - from.y) * dy
    const aside = Math.abs((at.x - from.x) * dy) + Math.abs((at.y - from.y) * dx)
    if (along <= 0) continue
    const far = along + aside * 2
    if (!best || far < best.far) best = { id, far }
  }
  const target = best && svg.querySelector<SVGGElement>(`[data-node=${JSON.stringify(best.id)}]`)
  target?.focus()
}
