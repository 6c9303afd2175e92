/** Client id of the explorer at the development issuer. */
export const EXPLORER = 'renmai-explorer'

/** Client id of any other frontend in development. */
export const APP = 'renmai-app'

/** Audience of the access tokens. */
export const AUDIENCE = 'urn:renmai:api'

/** Addresses that a frontend in development may be sent back to; `RENMAI_REDIRECT_URIS` replaces them. */
export const APP_REDIRECT_URIS = [3000, 4200, 5173, 8080].flatMap((port) => [
  `http://localhost:${port}/callback`,
  `http://127.0.0.1:${port}/callback`,
])
