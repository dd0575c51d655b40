/** What the package carries from the root of the repository. */
export const carried: readonly string[] = [
  'README.md',
  'LICENSE',
  'ARCHITECTURE.md',
  'CHANGELOG.md',
  'CONTRIBUTING.md',
  'GLOSSARY.md',
  'SECURITY.md',
  'docs',
  'examples',
]
