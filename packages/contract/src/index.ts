export * from './control.ts'
export * from './errors.ts'
