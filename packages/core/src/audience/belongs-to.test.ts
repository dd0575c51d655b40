import { describe, expect, it } from 'vitest'
import type { AudienceRule } from './audience.ts'
import { belongsTo } from './belongs-to.ts'

const fields = {
  city: 'Rome',
  plan: 'Gold',
  visits: 12,
  tags: ['vip', 'press'],
  joined: '2026-03-01',
  address: { zip: '00100' },
  blank: ' ',
  gone: null,
}
const done: Readonly<Record<string, number>> = { cart_updated: 2 }
const facts = { fields, timesDone: ({ event }: { event: string }) => done[event] ?? 0 }
const trait = (field: string, is: string, ...values: string[]) => ({ field, is, values }) as AudienceRule

describe('belonging to an audience', () => {
  it('asks for traits, whatever their case, inside objects and lists too', () => {
    for (const rule of [
      trait('city', 'equals', 'rome'),
      trait('plan', 'one_of', 'silver', 'gold'),
      trait('city', 'starts_with', 'ro'),
      trait('city', 'ends_with', 'ME'),
      trait('city', 'contains', 'om'),
      trait('tags', 'equals', 'press'),
      trait('address.zip', 'equals', '00100'),
      trait('visits', 'greater_than', '11.5'),
      trait('visits', 'less_than', '13'),
      trait('joined', 'after', '2026-02-28'),
      trait('joined', 'before', '2026-03-02T00:00:00Z'),
      trait('city', 'exists'),
    ])
      expect(belongsTo(rule, facts), JSON.stringify(rule)).toBe(true)
  })

  it('a condition on what is missing, blank or no number does not hold', () => {
    for (const rule of [
      trait('none', 'exists'),
      trait('blank', 'exists'),
      trait('gone', 'exists'),
      trait('none', 'equals', ''),
      trait('city', 'greater_than', '1'),
      trait('visits', 'less_than', 'many'),
      trait('city', 'before', '2026-01-01'),
      trait('constructor', 'exists'),
      trait('__proto__.toString', 'exists'),
      trait('city', 'equals', 'om'),
    ])
      expect(belongsTo(rule, facts), JSON.stringify(rule)).toBe(false)
  })

  it('asks for events done so often, or never, and combines conditions', () => {
    const cart = { event: 'cart_updated', atLeast: 2, withinMs: null }
    const noCheckout = { event: 'checkout', atLeast: 0, withinMs: 1 }
    expect(belongsTo({ all: [cart, noCheckout] }, facts)).toBe(true)
    expect(belongsTo({ all: [{ ...cart, atLeast: 3 }, noCheckout] }, facts)).toBe(false)
    expect(belongsTo({ any: [{ ...cart, atLeast: 3 }, noCheckout] }, facts)).toBe(true)
    expect(belongsTo({ not: { any: [cart] } }, facts)).toBe(false)
    expect(belongsTo({ all: [] }, facts)).toBe(true)
    expect(belongsTo({ any: [] }, facts)).toBe(false)
  })
})
