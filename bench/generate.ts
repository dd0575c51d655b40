import { createWriteStream } from 'node:fs'
import { once } from 'node:events'

/**
 * Writes a customer table that a seed decides: record_id, customer_id, email, phone, first_name, last_name. 0.4 persons per row;
 * e-mail 75 % filled (15 % in capitals, 5 % padded, one in ten a second address), phone 65 % in four spellings, customer id 35 %.
 */
export async function generateCustomers(path: string, rows: number, seed = 5): Promise<void> {
  const random = randomFrom(seed)
  const persons = Math.max(1, Math.floor(rows * 0.4))
  const out = createWriteStream(path)
  let buffer = 'record_id,customer_id,email,phone,first_name,last_name\n'
  for (let row = 0; row < rows; row++) {
    const person = Math.floor(random() * persons)
    const first = firstNames[person % firstNames.length] as string
    const last = `Name${Math.floor(person / 7)}`
    buffer += `r${row},${random() < 0.35 ? `C${String(person).padStart(8, '0')}` : ''},${emailOf(person, first, last, random)},${phoneOf(person, random)},${first},${last}\n`
    if (buffer.length > 1 << 20) {
      if (!out.write(buffer)) await once(out, 'drain')
      buffer = ''
    }
  }
  out.end(buffer)
  await once(out, 'finish')
}

/** Like `generateCustomers`, with typing errors in names, a birth date and a postcode instead of the customer id; 0.5 persons per row. */
export async function generatePeople(path: string, rows: number, seed = 7): Promise<void> {
  const random = randomFrom(seed)
  const persons = Math.max(1, Math.floor(rows * 0.5))
  const out = createWriteStream(path)
  let buffer = 'record_id,first_name,last_name,birth_date,postcode,email,phone\n'
  for (let row = 0; row < rows; row++) {
    const person = Math.floor(random() * persons)
    const first = misspelt(firstNames[person % firstNames.length] as string, random)
    const last = misspelt(
      `${syllables[(person % 97) % syllables.length] ?? ''}${syllables[Math.floor(person / 7) % syllables.length] ?? ''}${syllables[Math.floor(person / 61) % syllables.length] ?? ''}`,
      random,
    )
    const day = new Date(Date.UTC(1940, 0, 1) + ((person * 7919) % 25_000) * 86_400_000).toISOString().slice(0, 10)
    const postcode = String(10_000 + ((person * 31) % 80_000))
    const email = random() < 0.3 ? emailOf(person, first, 'x', random) : ''
    buffer += `r${row},${first},${last},${random() < 0.9 ? day : ''},${postcode},${email},${random() < 0.3 ? phoneOf(person, random) : ''}\n`
    if (buffer.length > 1 << 20) {
      if (!out.write(buffer)) await once(out, 'drain')
      buffer = ''
    }
  }
  out.end(buffer)
  await once(out, 'finish')
}

/**
 * Rows that all hold one birth date, as a form's default leaves it behind: record_id, first_name, last_name, birth_date. Up to 0.2
 * last names per row, a few of them common, one in twenty mistyped.
 */
export async function generateHotValue(path: string, rows: number, seed = 11): Promise<void> {
  const random = randomFrom(seed)
  const out = createWriteStream(path)
  let buffer = 'record_id,first_name,last_name,birth_date\n'
  for (let row = 0; row < rows; row++) {
    const last = lastNameOf(Math.floor(random() * random() * rows * 0.2))
    const written = random() < 0.05 ? `${last.slice(0, 2)}${last[3] ?? ''}${last[2] ?? ''}${last.slice(4)}` : last
    buffer += `r${row},${firstNames[row % firstNames.length] as string},${written},1981-01-01\n`
    if (buffer.length > 1 << 20) {
      if (!out.write(buffer)) await once(out, 'drain')
      buffer = ''
    }
  }
  out.end(buffer)
  await once(out, 'finish')
}

function lastNameOf(number: number): string {
  let rest = number * 7919 + 13
  let name = ''
  for (let syllable = 0; syllable < 3; syllable++) {
    name += 'bcdfghklmnprstvw'[rest % 16] ?? ''
    rest = Math.floor(rest / 16)
    name += 'aeiou'[rest % 5] ?? ''
    rest = Math.floor(rest / 5)
  }
  return name + (['son', 'man', 'er', 'ez', 'ski', 'ini', '', 'ton'][number % 8] ?? '')
}

const firstNames = ['Anna', 'Ben', 'Carla', 'David', 'Eva', 'Frank', 'Gina', 'Hans', 'Ida', 'Jon']
const syllables = [
  'ber',
  'man',
  'ton',
  'wel',
  'kin',
  'dor',
  'las',
  'mer',
  'son',
  'field',
  'gar',
  'hol',
  'vin',
  'sta',
  'ric',
  'bel',
  'nor',
  'fal',
  'cra',
  'low',
  'tre',
  'pen',
  'ham',
]

function emailOf(person: number, first: string, last: string, random: () => number): string {
  if (random() >= 0.75) return ''
  const address = `${first}.${last}.${person * 3 + (random() < 0.1 ? 1 : 0)}@example${person % 50}.com`.toLowerCase()
  const written = random() < 0.15 ? address.toUpperCase() : address
  return random() < 0.05 ? ` ${written}` : written
}

function phoneOf(person: number, random: () => number): string {
  if (random() >= 0.65) return ''
  const digits = String(2_002_000_000 + person * 37)
  const [area, exchange, line] = [digits.slice(0, 3), digits.slice(3, 6), digits.slice(6)]
  return [digits, `+1${digits}`, `(${area}) ${exchange}-${line}`, `${area}-${exchange}-${line}`][
    Math.floor(random() * 4)
  ] as string
}

function misspelt(name: string, random: () => number): string {
  if (random() >= 0.15 || name.length < 4) return name
  const at = 1 + Math.floor(random() * (name.length - 2))
  return `${name.slice(0, at)}${name[at + 1] ?? ''}${name[at] ?? ''}${name.slice(at + 2)}`
}

/** mulberry32. */
function randomFrom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
