/**
 * The README as the registry shows it. There, a link into the repository leads nowhere, because the registry does not know
 * where the repository is: what it led to is named with its path in the package instead. Links to other sites stay.
 */
export function publishedReadme(text: string): string {
  // A picture would be a broken one.
  const readable = text.replace(/!\[[^\]]*\]\((?![a-z]+:)[^)\s]+\)\n*/g, '')
  return readable.replace(/\[((?:[^[\]]|\[[^\]]*\])*)\]\(([^)\s]+)\)/g, (whole, shown: string, target: string) => {
    if (/^(?:[a-z]+:|#)/.test(target)) return whole
    const path = target.replace(/#.*$/, '')
    const plain = shown.replaceAll('`', '').replace(/\s+/g, ' ')
    return plain === path ? `\`${path}\`` : `${shown} (\`${path}\`)`
  })
}
