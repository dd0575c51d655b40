export * from './options.ts'
export { resolveFiles } from './resolve-files.ts'
export * from './summary.ts'
export * from './write/run-folder.ts'
