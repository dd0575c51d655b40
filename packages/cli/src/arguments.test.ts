import { describe, expect, it } from 'vitest'
import { UsageFault } from './exit-code.ts'
import { parseMemorySize } from './memory-size.ts'
import { formatBytes, formatDuration, formatShare } from './report/numbers.ts'
import { inputOfAssignment, inputOfFile, parseRecordName } from './source-input.ts'
import { plainText, wantsColor } from './terminal/terminal.ts'

describe('the arguments of the command line', () => {
  it('a file without a named source is its base name without extensions', () => {
    expect(
      ['exports/crm.csv', 'events.jsonl.gz', 'shop.PARQUET', 'crm.2026.csv', 'plain', '.csv', '-'].map(
        (path) => inputOfFile(path).source,
      ),
    ).toEqual(['crm', 'events', 'shop', 'crm.2026', 'plain', '.csv', 'stdin'])
  })

  it('a source is named before the first equals sign', () => {
    expect(inputOfAssignment('crm=a=b.csv')).toEqual({ source: 'crm', path: 'a=b.csv' })
    for (const wrong of ['crm', '=a.csv', 'crm=', ' =x']) expect(() => inputOfAssignment(wrong)).toThrow(UsageFault)
  })

  it('the key of a record may hold colons', () => {
    expect(parseRecordName('crm:a:b')).toEqual({ source: 'crm', key: 'a:b' })
    for (const wrong of ['crm', ':1', 'crm:']) expect(() => parseRecordName(wrong)).toThrow(UsageFault)
  })

  it('a memory size is a number and a unit', () => {
    expect(['4GB', '512 mb', '1.5GiB', '2g'].map(parseMemorySize)).toEqual([4e9, 512e6, 1.5 * 2 ** 30, 2e9])
    for (const wrong of ['4', 'GB', '0GB', '-1GB', 'lots', '4XB'])
      expect(() => parseMemorySize(wrong)).toThrow(UsageFault)
  })
})

describe('what is shown', () => {
  it('a share never claims all or nothing where some is left', () => {
    expect([0, 0.0004, 0.0066, 0.0999, 0.5, 0.9999, 1, null].map(formatShare)).toEqual([
      '0 %',
      '< 0.1 %',
      '0.6 %',
      '9.9 %',
      '50 %',
      '99.9 %',
      '100 %',
      '–',
    ])
  })

  it('durations and sizes have a unit that fits', () => {
    expect([40, 2400, 61_000, 185_000, 7_500_000].map(formatDuration)).toEqual([
      '0 s',
      '2.4 s',
      '61 s',
      '3 min 05 s',
      '2 h 05 min',
    ])
    expect([999, 1400, 512e6, 1.44e9].map(formatBytes)).toEqual(['999 B', '1.4 kB', '512 MB', '1.4 GB'])
  })

  it('colour follows NO_COLOR, FORCE_COLOR and the terminal, in this order', () => {
    const tty = { isTTY: true }
    const pipe = { isTTY: false }
    expect(wantsColor(tty, {})).toBe(true)
    expect(wantsColor(pipe, {})).toBe(false)
    expect(wantsColor(pipe, { FORCE_COLOR: '1' })).toBe(true)
    expect(wantsColor(tty, { FORCE_COLOR: '0' })).toBe(false)
    expect(wantsColor(tty, { NO_COLOR: '1', FORCE_COLOR: '1' })).toBe(false)
    expect(wantsColor(tty, { TERM: 'dumb' })).toBe(false)
  })

  it('text from a file cannot steer the terminal', () => {
    expect(plainText('a\u001b[2Jb\u202ec\rd')).toBe('a\\u{1b}[2Jb\\u{202e}c\\u{d}d')
  })
})
