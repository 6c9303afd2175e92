/** What a browser may do with our own pages: run and load content from this host, connect to this host, and show them in no frame. */
const policyFor = (origins: readonly string[]) =>
  [
    "default-src 'none'",
    // The explorer and the reference have scripts and styles within the page, and the explorer compiles a grammar.
    "script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:",
    "worker-src 'self' blob:",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "font-src 'self' data:",
    ["connect-src 'self'", ...origins].join(' '),
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ')

/**
 * Headers of a page for browsers.
 * @param origins other origins that the page sends requests to
 */
export const pageHeaders = (origins: readonly string[] = []) => ({
  'content-security-policy': policyFor(origins),
  'x-frame-options': 'DENY',
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
})

/** Headers of every page that sends requests to this host only. */
export const PAGE_HEADERS = pageHeaders()
