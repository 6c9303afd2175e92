/**
 * Removes the rejected value from a message of graphql-js. Callers log errors, and a value that does not fit into a field is often
 * a phone number or a token in the wrong place. Names of fields, variables and types stay.
 */
export function hideValues(message: string): string {
  return message
    .replace(/ got invalid value [\s\S]*?(?= at "|; |$)/, ' got an invalid value')
    .replace(/(cannot represent an invalid [a-z-]*string) [\s\S]*$/, '$1')
    .replace(/(cannot represent [^:]*): [\s\S]*$/, '$1')
    .replace(/(found (?:String|BlockString|Int|Float)) "[\s\S]*$/, '$1')
    .replace(/(Expected value of type "[^"]*"), found [\s\S]*$/, '$1')
    .replace(/(Value) "[^"]*"( does not exist in)/, '$1$2')
}
