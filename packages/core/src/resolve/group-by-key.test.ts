import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { groupByKey } from './group-by-key.ts'

function plainly(keys: Int32Array, keyCount: number): { starts: number[]; order: number[] } {
  const starts: number[] = []
  const order: number[] = []
  for (let key = 0; key < keyCount; key++) {
    starts.push(order.length)
    keys.forEach((other, place) => {
      if (other === key) order.push(place)
    })
  }
  return { starts: [...starts, order.length], order }
}

describe('grouping by key', () => {
  it('keeps the places of a key in order and leaves negative keys out', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -1, max: 20 }), { maxLength: 60 }), (list) => {
        const keys = Int32Array.from(list)
        const { starts, order } = groupByKey(keys, 21)
        expect({ starts: [...starts], order: [...order] }).toEqual(plainly(keys, 21))
      }),
    )
  })

  it('groups many keys as it groups few', () => {
    const keyCount = 70_000 + 3
    const keys = Int32Array.from({ length: 150_000 }, (_, place) => ((place * 7919) % (keyCount + 11)) - 11)
    const { starts, order } = groupByKey(keys, keyCount)
    expect(order.length).toBe(keys.filter((key) => key >= 0).length)
    expect(starts.length).toBe(keyCount + 1)
    expect(starts[keyCount]).toBe(order.length)
    let key = 0
    for (let at = 0; at < order.length; at++) {
      while ((starts[key + 1] as number) <= at) key++
      if (keys[order[at] as number] !== key) throw new Error(`place ${order[at]} is not of key ${key}`)
      if (at > (starts[key] as number) && (order[at] as number) <= (order[at - 1] as number))
        throw new Error(`places of key ${key} are out of order`)
    }
  })
})
