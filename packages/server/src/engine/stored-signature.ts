import { createHash } from 'node:crypto'
import type { TraceMaker } from '@selfsame/core'

/** An index of PostgreSQL takes 2,704 bytes, the space's id among them. */
const longestStored = 1_000

/** The signature of a trace as it is stored and looked up: a long one by its SHA-256. Signatures are JSON, so none looks like a hash. */
export function storedSignature(signature: string): string {
  if (Buffer.byteLength(signature) <= longestStored) return signature
  return `sha256:${createHash('sha256').update(signature).digest('hex')}`
}

/** Makes traces whose signatures can be stored. */
export function withStoredSignatures(maker: TraceMaker): TraceMaker {
  return {
    ...maker,
    signatureOf: (record, side) => storedSignature(maker.signatureOf(record, side)),
    startTrace: (record, id, seq, side) => {
      const trace = maker.startTrace(record, id, seq, side)
      return { ...trace, signature: storedSignature(trace.signature) }
    },
  }
}
