import { fold } from '../standardize/text.ts'
import { namesByShortForm } from './nickname-table.ts'

/**
 * 1 where the first words of two names are equal, where one is a short form of the other, or where both are short forms
 * of one name; else 0. Symmetric. Case and accents do not count; the table is our own (`nickname-table.ts`).
 */
export function nicknameSimilarity(left: string, right: string): number {
  if (left === right) return 1
  const a = firstWord(left)
  const b = firstWord(right)
  if (a === '' || b === '') return 0
  if (a === b) return 1
  const namesOfA = namesByShortForm.get(a)
  const namesOfB = namesByShortForm.get(b)
  if (namesOfA?.has(b) || namesOfB?.has(a)) return 1
  if (namesOfA && namesOfB) for (const name of namesOfA) if (namesOfB.has(name)) return 1
  return 0
}

function firstWord(name: string): string {
  const trimmed = name.trim()
  const end = trimmed.search(/\s/u)
  const word = end < 0 ? trimmed : trimmed.slice(0, end)
  return /^[a-z]*$/u.test(word) ? word : fold(word)
}
