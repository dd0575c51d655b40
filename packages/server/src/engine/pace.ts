/** Lets other work of the process in, between the steps of a long one. */
export type Pace = () => Promise<void>

/** Gives way where the event loop has been held for ten milliseconds. Throws the reason of the signal where it is aborted. */
export function givingWay(signal: AbortSignal | null = null): Pace {
  let since = performance.now()
  return async () => {
    signal?.throwIfAborted()
    if (performance.now() - since < everyMs) return
    await new Promise((next) => setImmediate(next))
    since = performance.now()
  }
}

const everyMs = 10
/** How many small steps are done before it is asked whether to give way. */
const stepsPerRest = 200

/** Does something with each element, giving way in between. */
export async function forEachAtEase<Element>(
  elements: Iterable<Element>,
  pace: Pace,
  work: (element: Element) => void,
): Promise<void> {
  let steps = 0
  for (const element of elements) {
    work(element)
    if (++steps % stepsPerRest === 0) await pace()
  }
}
