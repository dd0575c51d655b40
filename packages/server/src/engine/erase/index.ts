export { ErasureFault } from './erase.ts'
export type { ErasureReport } from './erase-person.ts'
