/** How fast each key may send: `perSecond` on average, `atOnce` in one go. */
export class TokenBuckets {
  private readonly buckets = new Map<string, { tokens: number; at: number }>()
  private readonly perSecond: number
  private readonly atOnce: number
  private readonly now: () => number

  constructor(perSecond: number, atOnce: number, now: () => number) {
    this.perSecond = perSecond
    this.atOnce = atOnce
    this.now = now
  }

  /** Takes tokens; 0 where there were enough, else the seconds after which there will be. */
  take(key: string, count: number): number {
    const at = this.now()
    const known = this.buckets.get(key) ?? { tokens: this.atOnce, at }
    const gained = (Math.max(0, at - known.at) / 1000) * this.perSecond
    const tokens = Math.min(this.atOnce, known.tokens + gained)
    const wanted = Math.min(count, this.atOnce)
    if (tokens < wanted) {
      this.buckets.set(key, { tokens, at })
      return Math.max(1, Math.ceil((wanted - tokens) / this.perSecond))
    }
    this.buckets.set(key, { tokens: tokens - wanted, at })
    return 0
  }
}
