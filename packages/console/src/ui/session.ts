import { createContext, useContext } from 'react'

export type Role = 'viewer' | 'manager' | 'admin'

/** Who looks at the console, at which space, and what they may do there. */
export interface Session {
  readonly userName: string
  readonly administrator: boolean
  readonly space: string
  readonly role: Role
  readonly spaces: readonly { readonly id: string; readonly name: string; readonly role: Role }[]
}

export const SessionContext = createContext<Session | null>(null)

export function useSession(): Session {
  const session = useContext(SessionContext)
  if (!session) throw new Error('this belongs inside the signed-in part of the console')
  return session
}

/** Name of the space that is looked at. */
export function useSpace(): string {
  return useSession().space
}

const order: readonly Role[] = ['viewer', 'manager', 'admin']

/** Whether the role in this space reaches so far. The server decides it again. */
export function useMay(least: Role): boolean {
  return order.indexOf(useSession().role) >= order.indexOf(least)
}
