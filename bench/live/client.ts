import { Agent, request } from 'node:http'

export interface Figures {
  readonly events: number
  readonly seconds: number
  readonly eventsPerSecond: number
  /** Of requests, milliseconds. */
  readonly p50: number
  readonly p99: number
}

/** Sends bodies over so many connections, each as soon as the one before is answered. Throws where one is not taken. */
export async function send(
  address: string,
  path: string,
  key: string,
  bodies: readonly string[],
  connections: number,
  eventsPerBody: number,
): Promise<Figures> {
  const agent = new Agent({ keepAlive: true, maxSockets: connections })
  const { hostname, port } = new URL(address)
  const times: number[] = []
  let next = 0
  const post = (body: string) =>
    new Promise<void>((resolve, reject) => {
      const began = performance.now()
      const sent = request(
        {
          agent,
          hostname,
          port,
          path,
          method: 'POST',
          headers: {
            authorization: `Bearer ${key}`,
            'content-type': 'application/json',
            'content-length': Buffer.byteLength(body),
          },
        },
        (response) => {
          response.resume()
          response.on('end', () => {
            times.push(performance.now() - began)
            if (response.statusCode === 200) resolve()
            else reject(new Error(`answered with ${String(response.statusCode)}`))
          })
        },
      )
      sent.on('error', reject)
      sent.end(body)
    })
  const began = performance.now()
  await Promise.all(
    Array.from({ length: connections }, async () => {
      for (let body = bodies[next++]; body !== undefined; body = bodies[next++]) await post(body)
    }),
  )
  const seconds = (performance.now() - began) / 1000
  agent.destroy()
  times.sort((a, b) => a - b)
  const at = (share: number) => times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0
  const events = bodies.length * eventsPerBody
  return { events, seconds, eventsPerSecond: events / seconds, p50: at(0.5), p99: at(0.99) }
}
