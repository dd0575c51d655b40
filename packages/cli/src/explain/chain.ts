import type { RunLink } from './open-run.ts'

/** A link walked in one direction: from the side nearer the first record to the other. */
export interface ChainStep {
  readonly link: RunLink
  readonly from: RunLink['left']
  readonly to: RunLink['right']
}

/** The shortest chain of links from one trace to another, earlier links first where several are as short; null: none. */
export function chainBetween(links: readonly RunLink[], from: number, to: number): readonly ChainStep[] | null {
  const stepsOf = new Map<number, ChainStep[]>()
  const add = (trace: number, step: ChainStep) => {
    const known = stepsOf.get(trace)
    if (known) known.push(step)
    else stepsOf.set(trace, [step])
  }
  for (const link of links) {
    add(link.left.trace, { link, from: link.left, to: link.right })
    add(link.right.trace, { link, from: link.right, to: link.left })
  }
  const cameBy = new Map<number, ChainStep | null>([[from, null]])
  for (const [trace] of cameBy) {
    if (trace === to) return walkBack(cameBy, to)
    for (const step of stepsOf.get(trace) ?? []) if (!cameBy.has(step.to.trace)) cameBy.set(step.to.trace, step)
  }
  return null
}

function walkBack(cameBy: ReadonlyMap<number, ChainStep | null>, to: number): readonly ChainStep[] {
  const steps: ChainStep[] = []
  for (let step = cameBy.get(to); step; step = cameBy.get(step.from.trace)) steps.push(step)
  return steps.reverse()
}
