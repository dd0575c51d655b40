/** Text from a file or a record as it may be shown: nothing in it moves a cursor or turns the line around. */
export function plainText(text: string): string {
  return text.replace(
    /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu,
    (sign) => `\\u{${(sign.codePointAt(0) as number).toString(16)}}`,
  )
}

/** The first `limit` characters, the last of them an ellipsis where there are more. */
export function shortenedText(text: string, limit: number): string {
  const all = [...text]
  return all.length <= limit ? text : `${all.slice(0, limit - 1).join('')}…`
}
