import { useParams } from '@tanstack/react-router'
import { GraphPanel } from '../features/graph/graph-panel.tsx'
import { ProfilePage } from '../features/profile/profile-page.tsx'

export function ProfileRoute() {
  const { id = '' } = useParams({ strict: false })
  return <ProfilePage key={id} id={id} graph={<GraphPanel id={id} height={420} />} />
}

export function GraphRoute() {
  const { id = '' } = useParams({ strict: false })
  return <ProfilePage key={id} id={id} tab="graph" graph={<GraphPanel id={id} height={560} />} />
}
