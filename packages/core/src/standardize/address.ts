import { fold } from './text.ts'

/**
 * Folds a postal address and writes its usual words one way: `123 North Main Street, Apartment 4` and `123 N. Main St. #4`
 * become `123 n main st apt 4` and `123 n main st 4`. Words for kinds of streets, for directions and for ordinals up to the
 * twentieth are shortened; `strasse` at the end of a word becomes `str`. What says where to look rather than where it is is
 * left out (`between 77th and 78th Sts.`, `near the station`), unless the address begins with it. Nothing is looked up or completed.
 * Idempotent.
 */
export function address(raw: string): string {
  const words = fold(raw)
    .split(' ')
    .filter((word) => word !== '')
    .map((word) => customary.get(word) ?? (word.endsWith('strasse') ? `${word.slice(0, -'strasse'.length)}str` : word))
  const hint = words.findIndex((word, at) => at > 0 && hints.has(word))
  return joinDirections(hint < 0 ? words : words.slice(0, hint)).join(' ')
}

const hints: ReadonlySet<string> = new Set(['between', 'btw', 'near', 'opposite', 'opp', 'behind'])

const spellings = `
st: street str saint streets sts
ave: avenue av aven avenues aves
rd: road
blvd: boulevard boul
dr: drive drv
ln: lane
ct: court crt
pl: place
sq: square
ter: terrace terr
pkwy: parkway pkway
hwy: highway hway
expy: expressway
fwy: freeway
cir: circle
cres: crescent
aly: alley
plz: plaza
trl: trail
tpke: turnpike
rte: route
ctr: center centre
hts: heights
mt: mount
ft: fort
apt: apartment appartment
ste: suite
fl: floor flr
bldg: building
rm: room
dept: department
n: north
s: south
e: east
w: west
ne: northeast
nw: northwest
se: southeast
sw: southwest
1st: first
2nd: second
3rd: third
4th: fourth
5th: fifth
6th: sixth
7th: seventh
8th: eighth
9th: ninth
10th: tenth
11th: eleventh
12th: twelfth
13th: thirteenth
14th: fourteenth
15th: fifteenth
16th: sixteenth
17th: seventeenth
18th: eighteenth
19th: nineteenth
20th: twentieth
`

const customary: ReadonlyMap<string, string> = new Map(
  spellings
    .trim()
    .split('\n')
    .flatMap((line) => {
      const [short = '', long = ''] = line.split(': ')
      return long.split(' ').map((word): readonly [string, string] => [word, short])
    }),
)

/** `n e` becomes `ne`: directions are written with and without points. */
function joinDirections(words: readonly string[]): readonly string[] {
  const joined: string[] = []
  for (const word of words) {
    const before = joined.at(-1)
    if ((before === 'n' || before === 's') && (word === 'e' || word === 'w')) joined[joined.length - 1] = before + word
    else joined.push(word)
  }
  return joined
}
