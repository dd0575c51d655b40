import { learnTablesOnce, migrate, openDatabase, spacesOf } from '@selfsame/store'
import { createAccess } from './access/access.ts'
import { docsRoom, readingRoom } from './api/index.ts'
import { firstStart } from './control/first-start.ts'
import { controlRoom } from './control/routes/index.ts'
import { createEngine } from './engine/create-engine.ts'
import { abandonLostRuns } from './engine/run-book.ts'
import { letterRoom } from './ingest/letter-routes.ts'
import { buildApp, type Routes } from './http/app.ts'
import { consoleRoom } from './http/console-room.ts'
import { freezeBuiltIns } from './http/freeze-built-ins.ts'
import { defaultConfig, type ServerConfig } from './http/context.ts'

export interface ServerOptions {
  /** `sqlite:…` or `postgres://…`. */
  readonly databaseUrl: string
  /** Default 127.0.0.1: nobody but this machine. */
  readonly host: string
  /** 0: any free one. */
  readonly port: number
  /** Address that people reach the server at, through a proxy that ends https; null: the one it listens on. Default null. */
  readonly publicUrl?: string | null
  readonly config: Partial<ServerConfig> & Pick<ServerConfig, 'version'>
  /** The machine's clock, milliseconds. */
  readonly now?: () => number
  readonly rooms?: readonly Routes[]
}

export interface RunningServer {
  /** `http://host:port`. */
  readonly address: string
  /** Token of the first administrator's link; null: this was not the first start. */
  readonly signInToken: string | null
  /** Takes no more, answers what has come, and closes the database. */
  close(): Promise<void>
}

/** Opens the database, brings its schema up to date, makes the workspace on the first start, and listens. */
export async function startServer({
  databaseUrl,
  host,
  port,
  publicUrl = null,
  config: given,
  now = Date.now,
  rooms = [],
}: ServerOptions): Promise<RunningServer> {
  freezeBuiltIns()
  const database = openDatabase(databaseUrl)
  try {
    await migrate(database, now())
    await learnTablesOnce(database)
    const { workspaceId, signInToken } = await firstStart({ database, now })
    const spaces = await spacesOf(database, workspaceId)
    await abandonLostRuns(
      { database, now },
      spaces.map(({ space_id }) => space_id),
    )
    const access = createAccess({ database, workspaceId, now, publicUrl })
    const engine = createEngine({ database, now })
    const isLocal = host === '127.0.0.1' || host === 'localhost' || host === '::1'
    const config: ServerConfig = {
      ...defaultConfig,
      ...(isLocal && {
        allowedHosts: [...loopbackNames, ...(publicUrl === null ? [] : [new URL(publicUrl).hostname])],
      }),
      ...given,
    }
    const app = await buildApp({ database, engine, access, workspaceId, now, config }, [
      docsRoom,
      controlRoom,
      readingRoom,
      letterRoom,
      (inner) => consoleRoom(inner),
      ...rooms,
    ])
    const address = await app.listen({ host, port })
    return {
      address,
      signInToken,
      close: async () => {
        engine.stopRuns()
        await app.close()
        await engine.close()
        await access.close()
        await database.close()
      },
    }
  } catch (error) {
    await database.close()
    throw error
  }
}

const loopbackNames = ['localhost', '127.0.0.1', '[::1]', '::1'] as const
