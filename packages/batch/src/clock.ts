import type { RunHooks, RunPhase } from './options.ts'

/** Times the phases and tells how far they are. */
export class Clock {
  readonly startedAt = new Date()
  readonly phases: { name: string; ms: number }[] = []
  private readonly hooks: RunHooks
  private phase: RunPhase | null = null
  private since = performance.now()
  private readonly start = performance.now()
  private done_ = 0
  private total: number | null = null

  constructor(hooks: RunHooks) {
    this.hooks = hooks
  }

  enter(phase: RunPhase, total: number | null): void {
    if (phase !== this.phase) this.close()
    this.phase = phase
    this.total = total
    this.done_ = 0
    this.advance(0)
  }

  advance(by: number): void {
    if (this.phase === null) return
    this.done_ += by
    this.hooks.onProgress?.({
      phase: this.phase,
      done: this.done_,
      total: this.total,
      unit: this.phase === 'reading' ? 'bytes' : 'records',
      lines: this.phase === 'reading' ? 0 : (this.total ?? 0),
      elapsedMs: performance.now() - this.start,
    })
  }

  elapsed(): number {
    return performance.now() - this.start
  }

  /** Phases so far, the present one included. */
  soFar(): readonly { readonly name: string; readonly ms: number }[] {
    return this.phase === null
      ? this.phases
      : [...this.phases, { name: this.phase, ms: performance.now() - this.since }]
  }

  done(): void {
    this.close()
    this.phase = null
  }

  private close(): void {
    if (this.phase !== null) this.phases.push({ name: this.phase, ms: performance.now() - this.since })
    this.since = performance.now()
  }
}

/** Throws the signal's reason where a run is asked to stop. */
export function stopWhenAsked(hooks: RunHooks): void {
  if (hooks.signal?.aborted) throw hooks.signal.reason
}
