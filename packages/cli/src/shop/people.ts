/** An invented customer of the shop that `--demo` shows. */
export interface Customer {
  readonly place: number
  readonly first: string
  readonly last: string
  readonly email: string
  readonly phone: string
  readonly city: string
  readonly plan: string
  /** Cookies and devices, the one of most visits first. */
  readonly browsers: readonly string[]
}

/** Numbers from 0 to 1 that are the same at every start. */
export function lots(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

/** The customers, Sarah first: she comes with a laptop, a phone and a tablet. */
export function makeCustomers(count: number, draw: () => number): readonly Customer[] {
  const pick = <T>(list: readonly T[]): T => list[Math.floor(draw() * list.length)] as T
  return Array.from({ length: count }, (_, place) => {
    const first = place === 0 ? 'Sarah' : pick(firstNames)
    const last = place === 0 ? 'Johnson' : pick(lastNames)
    const mark = place === 0 ? '' : String(place)
    const browsers = place === 0 ? ['sarah-laptop', 'sarah-phone', 'sarah-tablet'] : devicesOf(place, draw())
    return {
      place,
      first,
      last,
      // Here and there two people of one household share a mailbox.
      email:
        place % 50 === 7
          ? `family${place + 1}@example.com`
          : place % 50 === 8
            ? `family${place}@example.com`
            : `${first}.${last}${mark}@example.com`.toLowerCase(),
      phone: `+1555${String(2_000_000 + place * 37).slice(-7)}`,
      city: pick(cities),
      plan: pick(['free', 'plus', 'plus', 'family']),
      browsers,
    }
  })
}

function devicesOf(place: number, drawn: number): readonly string[] {
  return Array.from({ length: 1 + Math.floor(drawn * 3) }, (_, device) => `browser-${place}-${device}`)
}

const firstNames = [
  'Amara',
  'Anna',
  'Ben',
  'Carlos',
  'Chidi',
  'Chloe',
  'Daniel',
  'Elena',
  'Emma',
  'Farah',
  'Grace',
  'Hana',
  'Ivan',
  'Jamal',
  'Jonas',
  'Julia',
  'Kenji',
  'Laila',
  'Liam',
  'Lucía',
  'Maria',
  'Mateo',
  'Mia',
  'Nadia',
  'Noah',
  'Olga',
  'Omar',
  'Priya',
  'Rosa',
  'Sofia',
  'Tariq',
  'Thomas',
  'Yuki',
  'Zoë',
] as const
const lastNames = [
  'Adeyemi',
  'Ali',
  'Andersson',
  'Becker',
  'Brown',
  'Castillo',
  'Chen',
  'Dubois',
  'Eriksen',
  'Ferrari',
  'Garcia',
  'Haddad',
  'Hughes',
  'Ito',
  'Jensen',
  'Kaya',
  'Kowalski',
  'Lopez',
  'Meyer',
  'Nakamura',
  'Nguyen',
  "O'Brien",
  'Okafor',
  'Patel',
  'Petrova',
  'Rossi',
  'Schmidt',
  'Silva',
  'Smith',
  'Taylor',
  'Walker',
  'Weber',
  'Williams',
  'Young',
] as const
const cities = ['Austin', 'Boston', 'Chicago', 'Denver', 'Miami', 'Portland', 'Seattle', 'San Diego'] as const
