declare module 'punycode/punycode.es6.js' {
  /** A domain with every label that is not ASCII as an A-label (RFC 3492). */
  export function toASCII(domain: string): string
}
