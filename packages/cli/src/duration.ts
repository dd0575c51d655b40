import { UsageFault } from './exit-code.ts'

const unitMs: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 }
const longestMs = 10 * 366 * 86_400_000

/** Milliseconds of `30m`, `24h` or `90d`; at most ten years. Throws `UsageFault`, which names the option. */
export function parseDuration(text: string, option: string): number {
  const match = /^(\d{1,6})([mhd])$/.exec(text.trim())
  const unit = unitMs[match?.[2] ?? '']
  const ms = match && unit !== undefined ? Number(match[1]) * unit : Number.NaN
  if (ms <= longestMs) return ms
  throw new UsageFault('usage.option', `${option} takes a length of time such as 30m, 24h or 90d, ten years at most`)
}
