/** One plain address. Characters that mail programs read as a list, a group, a route or a comment are refused. */
const EMAIL = /^([^\s@<>"(),:;[\]\\]{1,64})@([^\s@<>"(),:;[\]\\/?#%]+\.[^\s@<>"(),:;[\]\\/?#%.\d][^\s@<>"(),:;[\]\\/?#%.]+)$/

/**
 * An e-mail address in lower case with an ASCII domain. A part behind + stays: it is another mailbox at many servers.
 * @param text after NFKC and trim
 * @returns undefined when it is no plain address
 */
export function foldEmail(text: string): string | undefined {
  const [, local, domain] = EMAIL.exec(text.toLowerCase().replaceAll('。', '.')) ?? []
  const host = domain && URL.parse(`http://${domain}`)?.hostname
  return local && host ? `${local}@${host}` : undefined
}
