/** What people may see of an identifier without a reason: enough to recognise it, too little to use it. */
export function maskIdentifier(kind: string, value: string): string {
  if (kind === 'email') return maskEmail(value)
  return kind === 'phone' ? maskPhone(value) : middle(value, 3, 2)
}

/** As phones are masked everywhere in China: the first three digits behind the country and the last four. */
const maskPhone = (value: string): string =>
  /^\+86\d{11}$/.test(value) ? `${value.slice(0, 6)}****${value.slice(-4)}` : middle(value, 4, 4)

/** The first letter and the domain. */
function maskEmail(value: string): string {
  const at = value.lastIndexOf('@')
  return `${value.slice(0, Math.min(1, at))}***${value.slice(at)}`
}

/** At least half of the characters are masked, however short the value is. */
function middle(value: string, before: number, after: number): string {
  const characters = Array.from(value)
  const most = Math.floor(characters.length / 2)
  const [first, last] = before + after <= most ? [before, after] : [Math.ceil(most / 2), Math.floor(most / 2)]
  return `${characters.slice(0, first).join('')}****${last > 0 ? characters.slice(-last).join('') : ''}`
}
