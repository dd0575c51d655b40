import { useEffect, useState } from 'react'

const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto' })
const exact = new Intl.DateTimeFormat('en', { dateStyle: 'full', timeStyle: 'long' })
const steps: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ['year', 365.25 * 86_400],
  ['month', 30.44 * 86_400],
  ['week', 7 * 86_400],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
]

/** How long ago, with the exact instant in the reader's zone on hover. */
export function Time({ at }: { at: string | null }) {
  const now = useNow()
  if (at === null) return <span>—</span>
  const when = new Date(at)
  return (
    <time dateTime={at} title={Number.isNaN(when.getTime()) ? at : exact.format(when)}>
      {inWords(when.getTime() - now)}
    </time>
  )
}

/** `3 days ago`, of a distance in milliseconds; negative is the past. */
export function inWords(distanceMs: number): string {
  const seconds = distanceMs / 1000
  for (const [unit, length] of steps) {
    if (Math.abs(seconds) >= length) return relative.format(Math.round(seconds / length), unit)
  }
  return Number.isNaN(seconds) ? '—' : seconds > 30 ? relative.format(Math.round(seconds), 'second') : 'just now'
}

let tellers: ((now: number) => void)[] = []
let clock: ReturnType<typeof setInterval> | null = null

/** The time, kept for all that show it by one clock. */
function useNow(): number {
  const [now, setNow] = useState(() => Date.now())
  useEffect(() => {
    tellers.push(setNow)
    clock ??= setInterval(() => tellers.forEach((tell) => tell(Date.now())), 30_000)
    return () => {
      tellers = tellers.filter((tell) => tell !== setNow)
      if (tellers.length === 0 && clock !== null) {
        clearInterval(clock)
        clock = null
      }
    }
  }, [])
  return now
}
