import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { snakeCase } from './snake-case.ts'

describe('snake_case', () => {
  it.each([
    ['E-mail Address', 'e_mail_address'],
    ['Order Completed', 'order_completed'],
    ['userId', 'user_id'],
    ['userID', 'user_id'],
    ['EMAIL', 'email'],
    ['HTTPCode', 'http_code'],
    ['first__name', 'first_name'],
    ['  Zip / Postcode ', 'zip_postcode'],
    ['_id', 'id'],
    ['Customer No.', 'customer_no'],
    ['phone2', 'phone2'],
    ['address2Line', 'address2_line'],
    ['Straße', 'straße'],
    ['Téléphone', 'téléphone'],
    ['$%&', ''],
    ['ORDER COMPLETED', 'order_completed'],
  ])('%j is %j', (name, expected) => {
    expect(snakeCase(name)).toBe(expected)
  })

  it('is idempotent', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string({ unit: 'grapheme' }), fc.string({ unit: fc.constantFrom(...'aZé_ -.1İǅ\u{1D400}') })),
        (name) => {
          expect(snakeCase(snakeCase(name))).toBe(snakeCase(name))
        },
      ),
      { numRuns: 2000 },
    )
  })
})
