import { runPhases, type RunPhase, type RunProgress } from '@selfsame/batch'
import { SingleBar } from 'cli-progress'
import { formatCount, formatDuration } from '../report/numbers.ts'
import type { Terminal } from './terminal.ts'

/** Usual parts of a run's time. Only the time left is guessed from them. */
const weightOf: Record<RunPhase, number> = { reading: 0.3, encoding: 0.25, resolving: 0.15, 'golden records': 0.15, writing: 0.15 }

export interface ProgressBar {
  readonly show: (progress: RunProgress) => void
  /** Takes the bar off the screen. */
  readonly clear: () => void
}

/** A bar with rows a second and the time left, on standard error, while somebody watches; nothing on a pipe. */
export function progressBar(terminal: Terminal, enabled: boolean): ProgressBar {
  if (!enabled || !terminal.watched) return { show: () => {}, clear: () => {} }
  let last: RunProgress | null = null
  const bar = new SingleBar({
    stream: process.stderr,
    clearOnComplete: true,
    hideCursor: true,
    gracefulExit: false,
    etaBuffer: 10,
    format: () => (last ? progressLine(last, terminal) : ''),
  })
  let started = false
  return {
    show: (progress) => {
      last = progress
      if (!started) bar.start(1000, 0)
      started = true
      bar.update(Math.round(shareDone(progress) * 1000))
    },
    clear: () => {
      if (started) bar.stop()
      started = false
    },
  }
}

/** How much of the whole run is done, 0 to 1. */
export function shareDone(progress: RunProgress): number {
  let before = 0
  for (const phase of runPhases) {
    if (phase === progress.phase) break
    before += weightOf[phase]
  }
  const within = progress.total ? Math.min(1, progress.done / progress.total) : 0
  return Math.min(1, before + weightOf[progress.phase] * within)
}

function progressLine(progress: RunProgress, terminal: Terminal): string {
  const { noteColors: colors } = terminal
  const share = shareDone(progress)
  const cells = Math.max(10, Math.min(30, terminal.width - 60))
  const full = Math.round(share * cells)
  const bar = `${colors.cyan('█'.repeat(full))}${colors.dim('░'.repeat(cells - full))}`
  const rate = progress.elapsedMs > 0 ? (progress.lines / progress.elapsedMs) * 1000 : 0
  const left = progress.elapsedMs > 800 && share > 0.02 ? `, ${formatDuration((progress.elapsedMs * (1 - share)) / share)} left` : ''
  return `${bar} ${String(Math.floor(share * 100)).padStart(3)} %  ${progress.phase}, ${formatCount(Math.round(rate))} rows/s${left}`
}
