import type { ReactNode } from 'react'

interface Props {
  readonly value: unknown
  readonly label: string
  /** Keys from the top to the leaf that is marked. */
  readonly marked?: readonly string[] | null
}

/** JSON as text, never as markup, with one leaf marked. */
export function JsonView({ value, label, marked = null }: Props) {
  return (
    <pre className="json" tabIndex={0} aria-label={label}>
      {written(value, '', marked)}
    </pre>
  )
}

function written(value: unknown, indent: string, marked: readonly string[] | null): ReactNode {
  if (marked?.length === 0) return <mark>{JSON.stringify(value)}</mark>
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? ''
  const deeper = `${indent}  `
  if (Array.isArray(value)) {
    if (value.length === 0) return '[]'
    return (
      <>
        {'['}
        {value.map((item, place) => (
          <span key={place}>
            {`\n${deeper}`}
            {written(item, deeper, null)}
            {place < value.length - 1 && ','}
          </span>
        ))}
        {`\n${indent}]`}
      </>
    )
  }
  const entries = Object.entries(value)
  if (entries.length === 0) return '{}'
  return (
    <>
      {'{'}
      {entries.map(([key, item], place) => (
        <span key={key}>
          {`\n${deeper}${JSON.stringify(key)}: `}
          {written(item, deeper, marked !== null && marked[0] === key ? marked.slice(1) : null)}
          {place < entries.length - 1 && ','}
        </span>
      ))}
      {`\n${indent}}`}
    </>
  )
}
