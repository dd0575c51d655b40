/** An instant in milliseconds as ISO 8601 in UTC; null for NaN. */
export function instantText(ms: number): string | null {
  return Number.isNaN(ms) ? null : new Date(ms).toISOString()
}
