import { UsageFault } from './exit-code.ts'

const unitBytes: Record<string, number> = {
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
  K: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  KIB: 2 ** 10,
  MIB: 2 ** 20,
  GIB: 2 ** 30,
  TIB: 2 ** 40,
}

/** `4GB`, `512MB`, `1.5 GiB` in bytes. kB, MB, GB and TB are powers of ten. */
export function parseMemorySize(text: string): number {
  const match = /^\s*(\d+(?:\.\d+)?)\s*([a-z]+)\s*$/i.exec(text)
  const unit = match ? unitBytes[(match[2] as string).toUpperCase()] : undefined
  const bytes = match && unit ? Math.floor(Number(match[1]) * unit) : 0
  if (bytes <= 0)
    throw new UsageFault(
      'usage.option',
      `--memory "${text}" is not a size; write a number and a unit, such as 4GB or 512MB`,
    )
  return bytes
}
