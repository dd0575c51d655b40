export * from './app.ts'
export * from './context.ts'
export * from './problem.ts'
export * from './who-asks.ts'
