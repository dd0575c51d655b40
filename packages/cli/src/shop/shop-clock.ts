/** Days that the history of the shop goes back. */
export const shopDays = 45

/**
 * The clock of a server that shows the invented shop: while the past is being told it stands in the past, so that the trend of
 * weeks is there to look at; afterwards it is the machine's.
 */
export interface ShopClock {
  readonly now: () => number
  /** Milliseconds that the clock is behind from now on. */
  readonly setBehind: (behindMs: number) => void
}

/** `inThePast`: it begins where the shop's history does. */
export function shopClock(inThePast: boolean): ShopClock {
  let behind = inThePast ? shopDays * 86_400_000 : 0
  return {
    now: () => Date.now() - behind,
    setBehind: (behindMs) => {
      behind = behindMs
    },
  }
}
