import type { TestProject } from 'vitest/node'
import { postgresMajors, startPostgres, type PostgresServer } from './postgres-server.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** Ports of the PostgreSQL servers of this run, newest version first. */
    postgres: readonly { readonly major: number; readonly port: number }[]
  }
}

let servers: readonly PostgresServer[] = []

/** One server per version for the whole run. They are not synced: that is tested on servers of their own. */
export async function setup(project: TestProject): Promise<void> {
  servers = await Promise.all(
    postgresMajors.map((major) => startPostgres(major, ['fsync=off', 'full_page_writes=off'])),
  )
  project.provide(
    'postgres',
    servers.map(({ major, port }) => ({ major, port })),
  )
}

export async function teardown(): Promise<void> {
  await Promise.all(servers.map((server) => server.stop()))
}
