import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['packages/*/src/**/*.test.ts', 'test/**/*.test.ts', 'tools/**/*.test.ts'],
    globalSetup: ['test/postgres/global-setup.ts', 'test/e2e/console-setup.ts'],
    testTimeout: 180_000,
    hookTimeout: 180_000,
  },
})
