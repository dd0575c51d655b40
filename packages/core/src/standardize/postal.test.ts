import { describe, expect, it } from 'vitest'
import { address } from './address.ts'
import { organization } from './organization.ts'

describe('an address', () => {
  it.each([
    ['123 North Main Street, Apartment 4', '123 n main st apt 4'],
    ['123 N. Main St., Apt. 4', '123 n main st apt 4'],
    ['9 Rue St. Honoré', '9 rue st honore'],
    ['44 N. E. Fourth Avenue', '44 ne 4th ave'],
    ['44 Northeast 4th Ave', '44 ne 4th ave'],
    ['Hauptstraße 5', 'hauptstr 5'],
    ['Hauptstr. 5', 'hauptstr 5'],
    ['1486 2nd Ave. between 77th and 78th Sts.', '1486 2nd ave'],
    ['Near Street 4', 'near st 4'],
    ['   ', ''],
  ])('%j is %j', (raw, folded) => expect(address(raw)).toBe(folded))
})

describe('the name of an organisation', () => {
  it.each([
    ['Acme, Inc.', 'acme'],
    ['ACME Corporation', 'acme'],
    ['Müller & Söhne GmbH & Co. KG', 'muller and sohne'],
    ['The Bell Company, L.L.C.', 'bell'],
    ['I.B.M. Corp', 'ibm'],
    ['Banco Sol S.A.', 'banco sol'],
    ['Company', 'company'],
    ['The Limited', 'limited'],
    ['3 M Co', '3 m'],
  ])('%j is %j', (raw, folded) => expect(organization(raw)).toBe(folded))
})
