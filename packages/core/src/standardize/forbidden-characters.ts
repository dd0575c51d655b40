/**
 * Whether a text holds a character that nobody sees: control characters (NUL, tab and line ends included), zero-width and
 * direction characters, variation selectors and whatever else Unicode calls ignorable, line separators, lone surrogates.
 * Two values that look alike must not differ by one of these.
 */
export function hasForbiddenCharacter(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code < 32 || code === 127) return true
    if (code > 127) return unseen.test(text)
  }
  return false
}

const unseen = /[\p{Cc}\p{Cf}\p{Cs}\p{Default_Ignorable_Code_Point}\u2028\u2029]/u
