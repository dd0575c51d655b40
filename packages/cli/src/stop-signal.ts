/** The user stopped the command. */
export class Stopped extends Error {
  constructor() {
    super('stopped')
    this.name = 'Stopped'
  }
}

/** How soon after the first ^C a second one counts as one of its own: a launcher passes on what the terminal sends to both. */
const echoMs = 300

/**
 * Runs work that ^C (or SIGTERM) stops: the signal's reason is `Stopped`, and the work cleans up after itself. A second ^C
 * leaves at once.
 */
export async function untilStopped<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController()
  let stoppedAt = 0
  const stop = () => {
    if (controller.signal.aborted) {
      if (performance.now() - stoppedAt > echoMs) process.exit(130)
      return
    }
    stoppedAt = performance.now()
    controller.abort(new Stopped())
  }
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
  for (const signal of signals) process.on(signal, stop)
  try {
    return await work(controller.signal)
  } finally {
    for (const signal of signals) process.off(signal, stop)
  }
}
