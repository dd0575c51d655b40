import picocolors from 'picocolors'

export { plainText } from '@selfsame/core'

export type Colors = ReturnType<typeof picocolors.createColors>

/** Where a command writes. Data goes to `out`, everything said beside it to `note`. */
export interface Terminal {
  readonly out: (text: string) => void
  /** Resolves when what went to `out` does not pile up: a slow reader is waited for. */
  readonly outDrained: () => Promise<void>
  readonly note: (text: string) => void
  /** Colours of what goes to `out`, and of what goes to `note`. */
  readonly outColors: Colors
  readonly noteColors: Colors
  /** Somebody watches standard error: progress is shown. */
  readonly watched: boolean
  /** Columns of the terminal; 80 where there is none. */
  readonly width: number
}

type Stream = NodeJS.WriteStream

export function processTerminal(env: NodeJS.ProcessEnv = process.env): Terminal {
  return {
    out: (text) => void process.stdout.write(text),
    outDrained: () => drained(process.stdout),
    note: (text) => void process.stderr.write(text),
    outColors: picocolors.createColors(wantsColor(process.stdout, env)),
    noteColors: picocolors.createColors(wantsColor(process.stderr, env)),
    watched: process.stderr.isTTY === true && env['TERM'] !== 'dumb' && !env['CI'],
    width: process.stderr.columns || process.stdout.columns || 80,
  }
}

function drained(stream: Stream): Promise<void> {
  if (!stream.writableNeedDrain) return Promise.resolve()
  return new Promise((resolve) => {
    stream.once('drain', resolve)
  })
}

/** NO_COLOR (not empty) and FORCE_COLOR=0 turn colour off, any other FORCE_COLOR on; else it is for terminals. */
export function wantsColor(stream: Pick<Stream, 'isTTY'>, env: NodeJS.ProcessEnv): boolean {
  if (env['NO_COLOR']) return false
  const forced = env['FORCE_COLOR']
  if (forced !== undefined) return forced !== '0' && forced !== 'false'
  return stream.isTTY === true && env['TERM'] !== 'dumb'
}
