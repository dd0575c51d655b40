import { describe, expect, it } from 'vitest'
import { chainBetween } from './chain.ts'

const link = (left: number, right: number) => ({
  left: { trace: left, source: 'crm', key: String(left) },
  right: { trace: right, source: 'crm', key: String(right) },
  rule: 'Same e-mail',
  stage: 0,
  type: 'email',
  value: `${left}-${right}@example.com`,
  decision: null,
})

describe('the chain of links between two records', () => {
  const links = [link(0, 1), link(1, 2), link(2, 3), link(0, 4), link(4, 3), link(5, 6)]

  it('is the shortest one, told from the first record to the second', () => {
    const chain = chainBetween(links, 3, 0)
    expect(chain?.map((step) => [step.from.trace, step.to.trace])).toEqual([
      [3, 4],
      [4, 0],
    ])
  })

  it('is empty for one trace, and does not exist between unlinked ones', () => {
    expect(chainBetween(links, 2, 2)).toEqual([])
    expect(chainBetween(links, 0, 6)).toBeNull()
  })
})
