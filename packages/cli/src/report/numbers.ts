const whole = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 })

/** `1,204`. */
export function formatCount(count: number): string {
  return whole.format(count)
}

/** `1 record`, `1,204 records`. */
export function formatOf(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`
}

/** A share of 0 to 1 as `33 %`, `4.2 %`, `< 0.1 %`; `–` where there was nothing to divide by. Never `100 %` or `0 %` of what is not all or nothing. */
export function formatShare(share: number | null): string {
  if (share === null) return '–'
  const percent = share * 100
  if (percent === 0) return '0 %'
  if (percent < 0.1) return '< 0.1 %'
  if (percent < 10) return `${trimZero(Math.floor(percent * 10 + 1e-9) / 10)} %`
  if (percent > 99 && percent < 100) return `${trimZero(Math.min(99.9, Math.floor(percent * 10) / 10))} %`
  return `${Math.round(percent)} %`
}

/** `0.4 s`, `12 s`, `3 min 05 s`. */
export function formatDuration(ms: number): string {
  if (ms < 10_000) return `${trimZero(Math.round(ms / 100) / 10)} s`
  const seconds = Math.round(ms / 1000)
  if (seconds < 120) return `${seconds} s`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 120) return `${minutes} min ${String(seconds % 60).padStart(2, '0')} s`
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')} min`
}

/** `512 MB`, `1.4 GB`; decimal units as in `--memory`. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB']
  let value = bytes
  let unit = 0
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000
    unit++
  }
  return `${value < 10 && unit > 0 ? trimZero(Math.round(value * 10) / 10) : Math.round(value)} ${units[unit]}`
}

function trimZero(value: number): string {
  return String(value)
}
