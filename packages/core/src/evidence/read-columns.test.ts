import { describe, expect, it } from 'vitest'
import { defaultRuleset, parseRuleset } from '../ruleset/index.ts'
import { readColumns } from './read-columns.ts'

const read = (headers: readonly string[], yaml = '', source = 'crm') => {
  const result = parseRuleset(`version: 1\n${yaml}`)
  if (!result.ok) throw new Error(result.issues.map(({ message }) => message).join('; '))
  return readColumns(headers, source, result.ruleset)
}
const described = (headers: readonly string[], yaml = '') =>
  read(headers, yaml).readings.map(
    ({ header, type, field, verified }) => `${header}: ${type ?? '-'} ${field ?? '-'}${verified ? ' verified' : ''}`,
  )

describe('the columns of a table', () => {
  it.each([
    [['record_id', 'id', 'email'], 'record_id'],
    [['email', 'ID'], 'ID'],
    [['uuid', 'email'], 'uuid'],
    [['crm_id', 'email'], 'crm_id'],
    [['Crm Id'], 'Crm Id'],
    [['_id', 'crm_id'], '_id'],
  ])('of %j the key is %s', (headers, key) => {
    expect(read(headers).key).toEqual([key])
    expect(read(headers).readings.map(({ header }) => header)).not.toContain(key)
  })

  it('a key that nobody named is not guessed, and a customer id is an identifier rather than the key', () => {
    expect(read(['customer_id', 'email', 'account_id']).key).toEqual([])
    expect(described(['id', 'customer_id'])).toEqual(['customer_id: customer_id customer_id verified'])
  })

  it('the ruleset may name the key, of several columns too, and the time', () => {
    const yaml = 'sources: { crm: { key: [Order No, line], observed_at: sold_on } }'
    const table = read(['order_no', 'line', 'Sold On', 'updated_at'], yaml)
    expect([table.key, table.observedAt, table.missing]).toEqual([['order_no', 'line'], 'Sold On', []])
    expect(read(['line'], yaml).missing).toEqual(['Order No', 'sold_on'])
  })

  it.each([
    [['created_at', 'Updated At'], 'Updated At'],
    [['created', 'timestamp'], 'timestamp'],
    [['name'], null],
  ])('of %j the time is %s', (headers, time) => {
    expect(read(headers).observedAt).toBe(time)
    expect(read(headers).readings.map(({ header }) => header)).not.toContain(time)
  })

  it('says how each column is read', () => {
    expect(described(['name', 'E-mail', 'Work Phone', 'agent_email', 'Surname', 'City'])).toEqual([
      'City: - city',
      'agent_email: - agent_email',
      'agent_email: email -',
      'E-mail: email email verified',
      'Surname: last_name last_name verified',
      'Work Phone: phone phone verified',
      'name: display_name display_name verified',
    ])
  })

  it('written mappings replace the customary names, by precedence', () => {
    const yaml =
      'sources: { crm: { mappings: [ { read: "Mail 2", to: email, precedence: 2, verified: false }, { read: mail_1, to: email, precedence: 1 }, { read: x, to: phone, enabled: false }, { when: identify, read: y, to: phone }, { read: z, to: trait, key: zed }, { read: gone, to: phone } ] } }'
    const table = read(['Mail 1', 'Mail 2', 'email', 'x', 'y', 'z'], yaml)
    expect(described(['Mail 1', 'Mail 2', 'email', 'x', 'y', 'z'], yaml)).toEqual([
      'Mail 1: email email verified',
      'Mail 2: email email',
      'z: - zed',
    ])
    expect(table.missing).toEqual(['gone'])
  })

  it('anchors of a public source are unverified', () => {
    expect(described(['user_id', 'anonymous_id', 'email'], 'sources: { crm: { class: public } }').sort()).toEqual([
      'anonymous_id: anonymous_id anonymous_id verified',
      'email: email email',
      'user_id: user_id user_id',
    ])
  })

  it('headers without a word, and those that lead to a prototype, are left alone', () => {
    expect(
      readColumns(['', '--', '__proto__', 'constructor', 'toString'], 'crm', defaultRuleset()).readings.map(
        ({ header }) => header,
      ),
    ).toEqual(['toString'])
  })
})
