/**
 * Writes the code points of a text into `into`, from its start, and gives their number. `into` must be at least as long
 * as the text in UTF-16 units. A lone surrogate counts as one code point.
 */
export function writeCodePoints(text: string, into: Int32Array): number {
  let count = 0
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    if ((unit & 0xfc00) === 0xd800) {
      const point = text.codePointAt(i) as number
      if (point > 0xffff) i++
      into[count++] = point
    } else into[count++] = unit
  }
  return count
}
