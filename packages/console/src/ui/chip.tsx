import type { ReactNode } from 'react'

export type Tone = 'gray' | 'blue' | 'green' | 'amber' | 'red' | 'violet' | 'teal'

/** A word or two with a meaning of its own, in the colour of that meaning. */
export function Chip({ tone = 'gray', title, children }: { tone?: Tone; title?: string; children: ReactNode }) {
  return (
    <span className="chip" data-tone={tone} title={title}>
      {children}
    </span>
  )
}

export function TrustChip({ verified }: { verified: boolean }) {
  return <Chip tone={verified ? 'green' : 'amber'}>{verified ? 'verified' : 'unverified'}</Chip>
}
