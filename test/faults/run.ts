import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { startPostgres } from '../postgres/postgres-server.ts'
import { killCycles, powerCuts, type Outcome } from './scenarios.ts'

/**
 * The faults for as long as one likes: `npm run faults -- --cycles 1000`. `--seed N` begins elsewhere (default 1); `--only`
 * takes some of `kill-sqlite`, `kill-postgres`, `power`, `power-failing-syncs`, `power-restarted`, parted by commas.
 */
const { values } = parseArgs({
  options: { cycles: { type: 'string' }, seed: { type: 'string' }, only: { type: 'string' } },
})
const cycles = Number(values.cycles ?? 100)
const seed = Number(values.seed ?? 1)
/** Power cuts that one recording is cut by. */
const cutsPerRecording = 100
/** Kills of one database, before the next one begins empty. */
const killsPerDatabase = 50

const scenarios: Readonly<Record<string, () => Promise<void>>> = {
  'kill-sqlite': () =>
    rounds('kill-sqlite', killsPerDatabase, async (count, roundSeed) => {
      const folder = mkdtempSync(join(tmpdir(), 'selfsame-kill-'))
      try {
        return await killCycles(`sqlite:${join(folder, 'kill.db')}`, count, roundSeed)
      } finally {
        rmSync(folder, { recursive: true, force: true })
      }
    }),
  'kill-postgres': async () => {
    const server = await startPostgres(18)
    try {
      await rounds('kill-postgres', killsPerDatabase, async (count, roundSeed) =>
        killCycles(await server.createDatabase(), count, roundSeed),
      )
    } finally {
      await server.stop()
    }
  },
  power: () => rounds('power', cutsPerRecording, (count, roundSeed) => powerCuts(count, roundSeed)),
  'power-failing-syncs': () =>
    rounds('power-failing-syncs', cutsPerRecording, (count, roundSeed) =>
      powerCuts(count, roundSeed, { failingSyncs: true }),
    ),
  'power-restarted': () =>
    rounds('power-restarted', cutsPerRecording, (count, roundSeed) => powerCuts(count, roundSeed, { restarted: true })),
}

for (const name of values.only?.split(',') ?? Object.keys(scenarios)) {
  const scenario = scenarios[name]
  if (!scenario) throw new Error(`there is no scenario ${name}`)
  await scenario()
}

/** Runs `cycles` in rounds, each with a seed of its own, and says after each how it stands. Stops where something is found. */
async function rounds(
  name: string,
  perRound: number,
  run: (count: number, roundSeed: number) => Promise<Outcome>,
): Promise<void> {
  let acknowledged = 0
  for (let done = 0; done < cycles; ) {
    const count = Math.min(perRound, cycles - done)
    const roundSeed = seed + done
    const outcome = await run(count, roundSeed)
    acknowledged += outcome.acknowledged
    done += count
    process.stdout.write(`${name}: ${done} of ${cycles}, ${acknowledged} events acknowledged\n`)
    if (outcome.findings.length === 0) continue
    process.stdout.write(`${name}, seed ${roundSeed}:\n${outcome.findings.map((text) => `  ${text}\n`).join('')}`)
    process.exitCode = 1
    return
  }
}
