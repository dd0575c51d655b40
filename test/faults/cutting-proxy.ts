import { connect, createServer, type AddressInfo, type Socket } from 'node:net'

export interface CuttingProxy {
  readonly port: number
  /** Share of commits before which, and after which, the connection is cut. */
  cut(before: number, after: number): void
  /** Connections cut until now, by when. */
  readonly cuts: { before: number; after: number }
  close(): void
}

/** Stands between a server and PostgreSQL, and cuts connections when a COMMIT goes by, or when its confirmation does. */
export async function startCuttingProxy(postgresPort: number, random: () => number): Promise<CuttingProxy> {
  const sockets = new Set<Socket>()
  const cuts = { before: 0, after: 0 }
  let shares = { before: 0, after: 0 }
  const proxy = createServer((client) => {
    const server = connect(postgresPort, '127.0.0.1')
    const end = () => {
      client.destroy()
      server.destroy()
    }
    for (const socket of [client, server]) {
      sockets.add(socket)
      socket.on('error', end)
      socket.on('close', () => {
        sockets.delete(socket)
        end()
      })
    }
    client.on('data', (data) => {
      if (data.includes('COMMIT') && random() < shares.before) {
        cuts.before++
        end()
      } else server.write(data)
    })
    server.on('data', (data) => {
      if (data.includes('COMMIT\0') && random() < shares.after) {
        cuts.after++
        end()
      } else client.write(data)
    })
  })
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
  return {
    port: (proxy.address() as AddressInfo).port,
    cuts,
    cut: (before, after) => {
      shares = { before, after }
    },
    close: () => {
      proxy.close()
      for (const socket of sockets) socket.destroy()
    },
  }
}
