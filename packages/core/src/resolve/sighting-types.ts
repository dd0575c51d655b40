import type { Population } from './population.ts'

/** More runs of one type than this are looked up by code. */
const mostRuns = 64

/**
 * The identifier type of every sighting. Codes of one type mostly stand together, so a sighting's type is told by the run its
 * code falls into; looking every code up all over memory is what costs.
 */
export function typesOfSightings({ codes, typeOf, valueCount }: Population): Uint16Array {
  const types = new Uint16Array(codes.length)
  const ends: number[] = []
  const typeOfRun: number[] = []
  for (let code = 0; code < valueCount && ends.length <= mostRuns; code++) {
    if (code > 0 && typeOf[code] === typeOf[code - 1]) continue
    if (code > 0) ends.push(code)
    typeOfRun.push(typeOf[code] as number)
  }
  ends.push(valueCount)
  if (ends.length > mostRuns) {
    for (let entry = 0; entry < codes.length; entry++) types[entry] = typeOf[codes[entry] as number] as number
    return types
  }
  const runEnds = Int32Array.from(ends)
  const runTypes = Uint16Array.from(typeOfRun)
  for (let entry = 0; entry < codes.length; entry++) {
    const code = codes[entry] as number
    let run = 0
    while ((runEnds[run] as number) <= code) run++
    types[entry] = runTypes[run] as number
  }
  return types
}
