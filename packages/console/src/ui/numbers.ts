const whole = new Intl.NumberFormat('en')
const share = new Intl.NumberFormat('en', { style: 'percent', maximumFractionDigits: 1 })

export function numberText(value: number): string {
  return whole.format(value)
}

export function shareText(value: number | null): string {
  return value === null ? '—' : share.format(value)
}

/** `1 record`, `2 records`. */
export function countOf(value: number, one: string, many = `${one}s`): string {
  return `${whole.format(value)} ${value === 1 ? one : many}`
}
