import type { IdentifierType, Ruleset } from '../ruleset/ruleset.ts'
import { standardizeValue } from '../standardize/index.ts'

/** The values of a type that are never shared: as they are written, and standardized. */
export function allowedTexts(
  { allowedValues, standardize }: Pick<IdentifierType, 'allowedValues' | 'standardize'>,
  settings: Pick<Ruleset, 'defaultCountry' | 'dateOrder'>,
): ReadonlySet<string> {
  return new Set(
    allowedValues.flatMap((written) => {
      const result = standardizeValue(written, standardize, settings)
      return result.ok ? [written, result.value] : [written]
    }),
  )
}
