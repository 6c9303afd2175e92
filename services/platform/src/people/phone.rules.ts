import parsePhone from 'libphonenumber-js/max'

/** Mobile numbers of mainland China that every operator has assigned: nearly all that come, and parsing costs a hundred times more. */
const MOBILE = /^(?:\+?86|0086)?(1(?:3\d|5[0-35-9]|8\d)\d{8})$/
/** A number and its extension, after a word or a mark. */
const EXTENSION = /^(.*\d\)?)\s*(?:;?\s*ext(?:ension|n)?|转接?|轉|分机号?|分機|[-–—_#,; x])[\s.:=]*(\d{1,8})#?$/iu

/**
 * A phone number as E.164, a number of mainland China without a country code as one of +86. An extension stays behind it, as
 * RFC 3966 writes it: behind one relay number are many people.
 * @param text after NFKC and trim
 * @returns undefined when it is no valid number
 */
export function foldPhone(text: string): string | undefined {
  const mobile = MOBILE.exec(text.replaceAll(/[\s-]/g, ''))?.[1]
  // 139-1234-5678 is a mobile; 13912345678-1 is too long to be one.
  if (mobile) return `+86${mobile}`
  const dialled = text.replace(/^00(?=[1-9])/, '+')
  return read(dialled) ?? readExtended(dialled)
}

function read(text: string): string | undefined {
  const phone = parsePhone(text, 'CN')
  if (!phone?.isValid()) return undefined
  return phone.ext ? `${phone.number};ext=${phone.ext}` : phone.number
}

function readExtended(text: string): string | undefined {
  const [, number = '', extension] = EXTENSION.exec(text) ?? []
  const folded = read(number)
  return folded && extension && !folded.includes(';ext=') ? `${folded};ext=${extension}` : undefined
}

/** Whether a folded number has an extension: it leads to a person today, and perhaps to another one tomorrow. */
export const isExtended = (folded: string): boolean => folded.includes(';ext=')
