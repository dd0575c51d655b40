import { ControlFault } from './control-fault.ts'

const spaceName = /^[a-z0-9][a-z0-9_-]{0,62}$/
const sourceName = /^[\p{L}\p{N}][\p{L}\p{M}\p{N} ._-]{0,99}$/u
const userName = /^[\p{L}\p{N}][\p{L}\p{M}\p{N} .@_+'-]{0,127}$/u

export function checkSpaceName(name: string): void {
  if (spaceName.test(name)) return
  throw new ControlFault(
    'space.malformed_name',
    'the name of a space is made of small letters, digits, - and _, begins with a letter or digit, and has 63 characters at most',
  )
}

export function checkSourceName(name: string): void {
  if (sourceName.test(name) && name === name.trim() && name === name.normalize('NFC')) return
  throw new ControlFault(
    'source.malformed_name',
    'the name of a source is made of letters, digits, spaces, dots, - and _, begins with a letter or digit, and has 100 characters at most',
  )
}

export function checkUserName(name: string): void {
  if (userName.test(name) && name === name.trim() && name === name.normalize('NFC')) return
  throw new ControlFault(
    'user.malformed_name',
    "the name of a user is made of letters, digits, spaces and . @ _ + ' -, begins with a letter or digit, and has 128 characters at most",
  )
}
