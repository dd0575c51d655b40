/** Lets one plan of this process be made at a time: each holds a whole space in memory. */
export type PlanningTurn = <T>(work: () => Promise<T>) => Promise<T>

/** Whoever comes later waits. After the signal is aborted nobody begins. */
export function planningTurn(signal: AbortSignal): PlanningTurn {
  let last: Promise<unknown> = Promise.resolve()
  return (work) => {
    const turn = last.then(() => {
      signal.throwIfAborted()
      return work()
    })
    last = turn.catch(() => undefined)
    return turn
  }
}
