import { Link } from '@tanstack/react-router'
import { ValueText } from './value-text.tsx'

/** The name of a profile, or what stands for it where none is known. */
export function ProfileName({ id, name }: { id: string; name: string | null }) {
  return name === null ? <>Anonymous {id.slice(2, 8)}</> : <ValueText text={name} longest={60} />
}

export function ProfileLink({ id, name }: { id: string; name: string | null }) {
  return (
    <Link to="/customers/$id" params={{ id }}>
      <ProfileName id={id} name={name} />
    </Link>
  )
}
