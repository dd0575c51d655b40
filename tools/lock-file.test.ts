import { describe, expect, it } from 'vitest'
import { lockFileFaults } from './lock-file.ts'

describe('lock file', () => {
  it('a platform package that the lock file leaves out is a fault', () => {
    const packages = {
      '': {},
      'node_modules/engine': { optionalDependencies: { '@engine/linux': '1.0.0', '@engine/darwin': '1.0.0' } },
      'node_modules/@engine/linux': {},
    }
    expect(lockFileFaults(packages)).toEqual([expect.stringContaining('@engine/darwin')])
  })

  it('an optional package nested below its owner counts as held', () => {
    const packages = { 'node_modules/a': { optionalDependencies: { b: '1.0.0' } }, 'node_modules/a/node_modules/b': {} }
    expect(lockFileFaults(packages)).toEqual([])
  })

  it('the address of a registry is a fault, the link to a workspace is not', () => {
    const packages = {
      'node_modules/@selfsame/core': { resolved: 'packages/core', link: true },
      'node_modules/a': { resolved: 'https://registry.example.com/a.tgz' },
    }
    expect(lockFileFaults(packages)).toEqual([expect.stringContaining('node_modules/a names the address')])
  })
})
