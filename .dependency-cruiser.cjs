/** The walls between the rooms. A room may import what its rule does not forbid; `npm test` fails when nothing was cruised. */
module.exports = {
  forbidden: [
    {
      name: 'core-imports-no-room',
      comment: 'What is decided stands alone: everything else may lean on it.',
      severity: 'error',
      from: { path: '^packages/core/' },
      to: { path: '^packages/(?!core/)|^(test|bench|tools)/' },
    },
    {
      name: 'core-imports-nothing-of-node',
      comment: 'The same code decides in a browser, in a worker and in a server.',
      severity: 'error',
      from: { path: '^packages/core/src/', pathNot: '\\.test\\.ts$' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'batch-imports-core-alone',
      severity: 'error',
      from: { path: '^packages/batch/' },
      to: { path: '^packages/(?!batch/|core/)|^(bench|tools)/' },
    },
    {
      name: 'contract-and-store-import-core-alone',
      severity: 'error',
      from: { path: '^packages/(contract|store)/' },
      to: { path: '^packages/(?!$1/|core/)|^(bench|tools)/' },
    },
    {
      name: 'server-imports-inner-rooms',
      severity: 'error',
      from: { path: '^packages/server/' },
      to: { path: '^packages/(?!server/|core/|contract/|store/|batch/)|^(bench|tools)/' },
    },
    {
      name: 'console-imports-contract-and-core',
      comment: 'It stands on the public interface alone, as anybody else may.',
      severity: 'error',
      from: { path: '^packages/console/' },
      to: { path: '^packages/(?!console/|core/|contract/)|^(bench|tools|test)/' },
    },
    {
      name: 'nobody-imports-the-console',
      severity: 'error',
      from: { path: '^packages/(?!console/)' },
      to: { path: '^packages/console/' },
    },
    {
      name: 'features-do-not-import-each-other',
      severity: 'error',
      from: { path: '^packages/console/src/features/([^/]+)/' },
      to: { path: '^packages/console/src/(app/|features/(?!$1/))' },
    },
    {
      name: 'nobody-imports-the-command-line',
      severity: 'error',
      from: { path: '^packages/(?!cli/)' },
      to: { path: '^packages/cli/' },
    },
    {
      name: 'rooms-are-entered-by-their-door',
      comment: 'Another room is imported by its name, which leads to its index.ts.',
      severity: 'error',
      from: { path: '^packages/([^/]+)/' },
      to: { path: '^packages/', pathNot: '^packages/($1/|[^/]+/src/index\\.ts$)' },
    },
    {
      name: 'what-is-shipped-leans-on-no-tests',
      severity: 'error',
      from: { path: '^packages/[^/]+/src/', pathNot: '\\.test\\.ts$' },
      to: { path: '^(test|bench|tools|fixtures)/|\\.test\\.ts$' },
    },
    {
      name: 'everything-resolves',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'types', 'node', 'default'] },
  },
}
