export { ErasureFault } from './erase.ts'
export { eraseAgain } from './erase-again.ts'
export type { ErasureReport } from './erase-person.ts'
