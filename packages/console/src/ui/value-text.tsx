import { UnstyledButton } from '@mantine/core'
import { useState } from 'react'

/**
 * Text that somebody else wrote: never markup, its direction kept to itself, its invisible characters shown, and what is long
 * cut until asked for.
 */
export function ValueText({ text, longest = 120 }: { text: string; longest?: number }) {
  const [isOpen, setIsOpen] = useState(false)
  const isLong = text.length > longest
  const shown = isLong && !isOpen ? `${text.slice(0, longest)}…` : text
  return (
    <>
      <bdi className="value">{shown.replace(invisible, (found) => `⟨${codeOf(found)}⟩`)}</bdi>
      {isLong && (
        <UnstyledButton fz="xs" c="var(--mantine-color-anchor)" ml={6} onClick={() => setIsOpen(!isOpen)}>
          {isOpen ? 'less' : `all ${text.length.toLocaleString('en')} characters`}
        </UnstyledButton>
      )}
    </>
  )
}

/** Whatever JSON holds, in a line. */
export function JsonText({ value }: { value: unknown }) {
  return <ValueText text={typeof value === 'string' ? value : (JSON.stringify(value) ?? '')} />
}

/** Characters that would turn the line around them, or hide. */
const invisible = /[\u0000-\u0008\u000b-\u001f\u007f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/gu

function codeOf(character: string): string {
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`
}
