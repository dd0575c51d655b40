import { formalNamesByShortForm } from './nickname-table.ts'

/**
 * 1 where the first words of two names are equal, where one is a short form of the other, or where both are short forms of
 * one name; else 0. Values are expected folded (lower case, no accents).
 */
export function nicknameSimilarity(left: string, right: string): number {
  const a = firstWord(left)
  const b = firstWord(right)
  if (a === '' || b === '') return 0
  if (a === b) return 1
  const formalA = formalNamesByShortForm.get(a)
  const formalB = formalNamesByShortForm.get(b)
  if (formalA?.has(b) || formalB?.has(a)) return 1
  if (formalA && formalB) for (const name of formalA) if (formalB.has(name)) return 1
  return 0
}

function firstWord(name: string): string {
  const trimmed = name.trim()
  const end = trimmed.indexOf(' ')
  return end < 0 ? trimmed : trimmed.slice(0, end)
}
