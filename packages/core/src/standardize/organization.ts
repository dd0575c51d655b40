import { fold } from './text.ts'

/**
 * Folds the name of an organisation and leaves out what registers add to it: legal forms at its end (`Ltd`, `Inc.`, `GmbH &
 * Co. KG`, `S.A.`), an article at its beginning. Letters parted by points become one word (`I.B.M.` is `ibm`), `&` is `and`.
 * A name of such words alone keeps its last one. Idempotent.
 */
export function organization(raw: string): string {
  const words = joinSingleLetters(
    fold(raw.replaceAll('&', ' and '))
      .split(' ')
      .filter((word) => word !== ''),
  )
  let start = 0
  let end = words.length
  while (end - start > 1 && words[start] === 'the') start++
  while (end - start > 1 && endings.has(words[end - 1] as string)) end--
  return words.slice(start, end).join(' ')
}

const endings: ReadonlySet<string> = new Set(
  (
    'and co company corp corporation inc incorporated limited llc llp lp ltd pc plc pllc pty pte pvt ulc unlimited ' +
    'ag ev eg gbr gmbh kg kgaa mbh ohg se ug ' +
    'sa sas sarl sarlu sci snc eurl ' +
    'sl slu sau sapi cv srl srls spa sapa lda ltda ' +
    'bv nv bvba vof ab oy oyj as asa aps sp zoo sro kft zrt doo ooo oao zao kk'
  ).split(' '),
)

/** `i b m corp` becomes `ibm corp`. A letter that stands alone stays. */
function joinSingleLetters(words: readonly string[]): readonly string[] {
  const joined: string[] = []
  let run = ''
  for (const word of words) {
    if (word.length === 1 && word >= 'a') {
      run += word
      continue
    }
    if (run !== '') joined.push(run)
    run = ''
    joined.push(word)
  }
  if (run !== '') joined.push(run)
  return joined
}
