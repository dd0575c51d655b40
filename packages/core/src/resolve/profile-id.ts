import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'

/**
 * Id of a profile in a run over files: a hash of its senior record, so that the same records give the same ids in any order.
 * `p_` and 32 hexadecimal digits (128 bits of SHA-256) of source, unit separator, key; a source name holds no control character.
 */
export function profileIdOf(source: string, key: string): string {
  return `p_${bytesToHex(sha256(utf8ToBytes(`${source}\u001f${key}`))).slice(0, 32)}`
}
