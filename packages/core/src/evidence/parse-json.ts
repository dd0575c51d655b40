/**
 * Parses JSON as `JSON.parse` does, but keeps whole numbers beyond 2^53 as texts of the digits that were written: an id
 * `9007199254740993` must not become its neighbour. Throws a SyntaxError.
 */
export function parseJson(text: string): unknown {
  return mayHoldLongNumber.test(text) ? JSON.parse(text, asWritten) : JSON.parse(text)
}

const mayHoldLongNumber = /(?:^|[:[,])\s*-?[0-9]{16}/

function asWritten(this: unknown, _key: string, value: unknown, context?: { readonly source?: string }): unknown {
  if (typeof value !== 'number' || Number.isSafeInteger(value)) return value
  const source = context?.source ?? ''
  return /^-?[0-9]+$/.test(source) ? source : value
}
