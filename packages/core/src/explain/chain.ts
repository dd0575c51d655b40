/** A link between two traces; `E` is what is known of its ends. */
export interface ChainLink<E extends { readonly trace: number }> {
  readonly left: E
  readonly right: E
}

/** A link walked in one direction: from the side nearer the first record to the other. */
export interface ChainStep<L extends ChainLink<{ readonly trace: number }>> {
  readonly link: L
  readonly from: L['left']
  readonly to: L['right']
}

/** The shortest chain of links from one trace to another, earlier links first where several are as short; null: none. */
export function chainBetween<L extends ChainLink<{ readonly trace: number }>>(
  links: readonly L[],
  from: number,
  to: number,
): readonly ChainStep<L>[] | null {
  const stepsOf = new Map<number, ChainStep<L>[]>()
  const add = (trace: number, step: ChainStep<L>) => {
    const known = stepsOf.get(trace)
    if (known) known.push(step)
    else stepsOf.set(trace, [step])
  }
  for (const link of links) {
    add(link.left.trace, { link, from: link.left, to: link.right })
    add(link.right.trace, { link, from: link.right, to: link.left })
  }
  const cameBy = new Map<number, ChainStep<L> | null>([[from, null]])
  for (const [trace] of cameBy) {
    if (trace === to) return walkBack(cameBy, to)
    for (const step of stepsOf.get(trace) ?? []) if (!cameBy.has(step.to.trace)) cameBy.set(step.to.trace, step)
  }
  return null
}

function walkBack<L extends ChainLink<{ readonly trace: number }>>(
  cameBy: ReadonlyMap<number, ChainStep<L> | null>,
  to: number,
): readonly ChainStep<L>[] {
  const steps: ChainStep<L>[] = []
  for (let step = cameBy.get(to); step; step = cameBy.get(step.from.trace)) steps.push(step)
  return steps.reverse()
}
