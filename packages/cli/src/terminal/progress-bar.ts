import type { RunPhase, RunProgress } from '@selfsame/batch'
import { SingleBar } from 'cli-progress'
import { formatCount, formatDuration } from '../report/numbers.ts'
import type { Terminal } from './terminal.ts'

/** Usual parts of a run's time, in their order. Only how far the whole is, and the time left, are guessed from them. */
const phaseWeights: readonly (readonly [phase: RunPhase, weight: number])[] = [
  ['reading', 0.05],
  ['encoding', 0.25],
  ['resolving', 0.15],
  ['golden records', 0.2],
  ['writing', 0.35],
]

export interface ProgressBar {
  readonly show: (progress: RunProgress) => void
  /** Takes the bar off the screen; the next `show` puts it back. */
  readonly clear: () => void
}

/** A bar with rows a second and the time left, on standard error, while somebody watches; nothing on a pipe. */
export function progressBar(terminal: Terminal, enabled: boolean): ProgressBar {
  if (!enabled || !terminal.watched) return { show: () => {}, clear: () => {} }
  let state: ProgressState | null = null
  let started = false
  const bar = new SingleBar({
    stream: process.stderr,
    clearOnComplete: true,
    hideCursor: true,
    gracefulExit: false,
    // Drawn anew ten times a second, since time passes between two messages of the engine.
    format: () => (state ? progressLine(state, performance.now(), terminal) : ''),
  })
  return {
    show: (progress) => {
      const now = performance.now()
      const phaseStartedMs =
        state && state.progress.phase === progress.phase ? state.phaseStartedMs : progress.elapsedMs
      state = { progress, toldAt: now, phaseStartedMs }
      if (!started) bar.start(1, 0)
      started = true
    },
    clear: () => {
      if (started) bar.stop()
      started = false
    },
  }
}

export interface ProgressState {
  readonly progress: RunProgress
  /** When it was told, by the clock that `now` is read from. */
  readonly toldAt: number
  /** Since the run began. */
  readonly phaseStartedMs: number
}

/** How much of the whole run is done, 0 to 1. Between two messages it is guessed from the time that passes. */
export function shareDone({ progress, toldAt, phaseStartedMs }: ProgressState, now: number): number {
  const place = phaseWeights.findIndex(([phase]) => phase === progress.phase)
  const before = phaseWeights.slice(0, place).reduce((sum, [, weight]) => sum + weight, 0)
  const weight = phaseWeights[place]?.[1] ?? 0
  const told = progress.total ? Math.min(1, progress.done / progress.total) : 0
  const expectedMs = before > 0 ? (phaseStartedMs / before) * weight : 0
  const inPhaseMs = progress.elapsedMs + (now - toldAt) - phaseStartedMs
  const guessed = expectedMs > 0 ? 0.95 * (1 - Math.exp(-inPhaseMs / expectedMs)) : 0
  return Math.min(1, before + weight * Math.max(told, guessed))
}

function progressLine(state: ProgressState, now: number, terminal: Terminal): string {
  const { noteColors: colors } = terminal
  const share = shareDone(state, now)
  const elapsedMs = state.progress.elapsedMs + (now - state.toldAt)
  const cells = Math.max(10, Math.min(30, terminal.width - 60))
  const full = Math.round(share * cells)
  const bar = `${colors.cyan('█'.repeat(full))}${colors.dim('░'.repeat(cells - full))}`
  const lines = state.progress.lines
  const rate = lines > 0 && elapsedMs > 0 ? `, ${formatCount(Math.round((lines / elapsedMs) * 1000))} rows/s` : ''
  const left =
    elapsedMs > 800 && share > 0.02 ? `, ${formatDuration(roundUp((elapsedMs * (1 - share)) / share))} left` : ''
  return `${bar} ${String(Math.floor(share * 100)).padStart(3)} %  ${state.progress.phase}${rate}${left}`
}

/** Whole seconds: a countdown in tenths only flickers. */
function roundUp(ms: number): number {
  return Math.ceil(ms / 1000) * 1000
}
